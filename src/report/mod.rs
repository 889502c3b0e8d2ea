//! The report: one HTML file that people open, print and hand on. It tells what a snapshot shows and what changed, and
//! needs nothing but the file itself.
//!
//! # Rules of the file
//! - No request of any kind: style, script, pictures and data are inside, and a content security policy with the hashes
//!   of style and script lets nothing else run or load.
//! - Names come from strangers. They are written as text by `html`, in the data island with every character escaped
//!   that HTML gives a meaning, and by the script as text nodes only.
//! - The same snapshot gives the same bytes: no clock, no random ids, fixed order.
//! - Whole without script. The script adds search, filters, sorting and copying to the list of everything.
//! - It computes nothing of its own: every number comes from the access engine, the comparison, the rules or a view.
//!
//! # Modules
//! One a section: `cover`, `minute`, `changes`, `powerful`, `findings`, `people`, `service_accounts`, `groups`, `places`,
//! `everything`, `making`; `page` puts them in order. Behind them `material` is what comes in, `inventory` what the views
//! say besides access, `power` the questions to the engine, `list` everything in few bytes, `cut` the part for one scope,
//! `selection` what has a card, `seen` what was looked at, `context` all of that. `html` writes markup, `island` data, `picture` and `time_line` draw, `policy`
//! hashes.

mod changes;
mod commands;
mod context;
mod cover;
mod cut;
mod everything;
mod findings;
mod groups;
mod html;
mod inventory;
mod island;
mod limits;
mod list;
mod making;
mod material;
mod minute;
mod page;
mod people;
mod picture;
mod places;
mod policy;
mod power;
mod powerful;
mod seen;
mod selection;
mod service_accounts;
mod time_line;
mod words;

pub use inventory::Inventory;
pub use material::{Audience, Material, Point};
pub use page::{SCRIPT, STYLE};

use context::Context;

/// A finished report.
#[derive(Debug)]
pub struct Report {
    /// The page.
    pub html: String,
    /// Rows in its list.
    pub rows: usize,
    /// Rows that the list leaves out.
    pub left_out: usize,
}

/// Writes the report.
#[must_use]
pub fn report(material: &Material<'_>) -> Report {
    let context = Context::new(material);
    let html = page::page(&context);
    Report {
        html,
        rows: context.list.kept,
        left_out: context.list.rows - context.list.kept,
    }
}
