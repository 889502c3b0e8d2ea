//! The report: one HTML file that people open, print and hand on. It tells what a snapshot shows and what changed, and
//! needs nothing but the file itself.
//!
//! # Rules of the file
//! - No request of any kind: style, script, pictures and data are inside, and a content security policy with the hashes
//!   of style and script lets nothing else run or load.
//! - Names come from strangers. They are written as text by [`html`], in the data island with every character escaped
//!   that HTML gives a meaning, and by the script as text nodes only.
//! - The same snapshot gives the same bytes: no clock, no random ids, fixed order.
//! - Whole without script. The script adds search, filters, sorting and copying to the list of everything.
//! - It computes nothing of its own: every number comes from the access engine, the comparison, the rules or a view.
//!
//! # Modules
//! One a section, in the order of the page; `html` writes markup, `list` the data island, `power` asks the questions,
//! `cut` keeps to one scope, `inventory` reads what the views say besides, `picture` draws.

mod changes;
mod cover;
mod cut;
mod everything;
mod findings;
mod groups;
mod html;
mod inventory;
mod list;
mod making;
mod minute;
mod page;
mod people;
mod picture;
mod places;
mod policy;
mod power;
mod powerful;
mod service_accounts;
mod words;

pub use inventory::Inventory;
pub use page::{MOST_ROWS, SCRIPT, STYLE};

use std::collections::{HashMap, HashSet};

use crate::access::{Access, Path};
use crate::diff::Comparison;
use crate::model::{Gap, Scope, SnapshotInfo, Unverified};
use crate::output::findings::RuleFindings;
use cut::Cut;
use html::Html;
use list::{Days, List};
use power::Power;
use words::{address_of, display, kind_word};

/// For whom the report is; decides which sections it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// All sections.
    #[default]
    Everybody,
    /// Completeness, numbers, findings and the whole list; people folded.
    Auditor,
    /// The owner of one scope: who can do what there.
    Owner,
}

/// A snapshot of the file as the time line shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The snapshot.
    pub snapshot: SnapshotInfo,
    /// Changes since the point before that let somebody do more; `None` for the first.
    pub escalations: Option<usize>,
}

/// What a report is made of.
#[derive(Debug)]
pub struct Material<'a> {
    /// The snapshot.
    pub snapshot: &'a SnapshotInfo,
    /// Name of the database, without folders.
    pub file: &'a str,
    /// Lists that were not complete.
    pub gaps: &'a [Gap],
    /// What nobody can vouch for.
    pub unverified: Unverified,
    /// SHA-256 of the snapshot as `export --format ndjson` writes it.
    pub sha256: &'a str,
    /// Who can do what.
    pub access: &'a Access,
    /// What the views say besides.
    pub inventory: &'a Inventory,
    /// What changed since an earlier snapshot.
    pub comparison: Option<&'a Comparison>,
    /// What the rules found.
    pub findings: &'a [RuleFindings],
    /// Snapshots of the file, oldest first.
    pub timeline: &'a [Point],
    /// The scope it is about; `None` = the whole account.
    pub scope: Option<&'a Scope>,
    /// For whom.
    pub audience: Audience,
    /// Two snapshots were named, so that the changes are what the report is for.
    pub reviews: bool,
    /// Rows of the list at most.
    pub max_rows: usize,
}

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

/// What the sections share: the material, and what follows from it.
struct Context<'a> {
    material: &'a Material<'a>,
    access: &'a Access,
    cut: Cut<'a>,
    days: Days<'a>,
    powers: Vec<Power>,
    list: List,
    /// Positions of principals by text id.
    principals: HashMap<&'a str, u32>,
    /// The groups of each member, with the number of the snapshot since when.
    groups_of: HashMap<u32, Vec<(u32, i64)>>,
    /// Addresses that the page has.
    shown: HashSet<String>,
    /// People with cards, by position.
    cards: Vec<u32>,
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

impl<'a> Context<'a> {
    fn new(material: &'a Material<'a>) -> Self {
        let access = material.access;
        let cut = Cut(material.scope);
        let facts = access.facts();
        let days = Days {
            moments: &material.inventory.moments,
            memberships: facts
                .memberships
                .iter()
                .map(|of| ((of.group, of.member), i64::from(of.since)))
                .collect(),
        };
        let list = list::list(
            access,
            &cut,
            &days,
            material.snapshot.id,
            material.max_rows,
            everything::FIRST_ROWS,
        );
        let principals = (0..).zip(&facts.principals);
        let mut context = Self {
            material,
            access,
            cut,
            days,
            powers: power::powers(access, &cut, material.findings),
            list,
            principals: principals
                .map(|(at, fact)| (fact.id.as_str(), at))
                .collect(),
            groups_of: groups_of(access),
            shown: HashSet::new(),
            cards: Vec::new(),
        };
        context.cards = people::cards(&context);
        context.shown = context.addresses();
        context
    }

    /// The addresses of what has a place of its own in the page.
    fn addresses(&self) -> HashSet<String> {
        let cards = self.cards.iter();
        let people = cards.map(|at| self.access.principal(*at).id.as_str());
        people
            .chain(
                service_accounts::shown(self)
                    .into_iter()
                    .map(|account| account.id.as_str()),
            )
            .chain(
                groups::groups_shown(self)
                    .into_iter()
                    .map(|group| group.id.as_str()),
            )
            .chain(
                groups::roles_shown(self)
                    .into_iter()
                    .map(|role| role.id.as_str()),
            )
            .map(address_of)
            .collect()
    }

    /// Whether a thing has a place of its own in the page.
    fn is_shown(&self, id: &str) -> bool {
        self.shown.contains(&address_of(id))
    }

    /// A name, linked to its place in the page where it has one.
    fn linked(&self, id: &str, name: &str) -> Html {
        let mut piece = Html::default();
        let address = address_of(id);
        if self.shown.contains(&address) {
            piece.raw("<a").attribute("href", &format!("#{address}"));
            piece.raw(">").text(name).raw("</a>");
        } else {
            piece.text(name);
        }
        piece
    }

    /// A principal: name, e-mail address, and what is odd about it.
    fn who(&self, at: u32) -> Html {
        let fact = self.access.principal(at);
        let (name, second) = display(fact);
        let mut piece = self.linked(&fact.id, name);
        if !second.is_empty() {
            piece
                .raw(" <span class=\"quiet\">")
                .text(second)
                .raw("</span>");
        }
        for flag in crate::output::access_words::flags(fact) {
            piece
                .raw(" <span class=\"flag\">")
                .text(flag)
                .raw("</span>");
        }
        piece
    }

    /// The same with its type in front, where readers cannot know it.
    fn who_and_what(&self, at: u32) -> Html {
        let mut piece = Html::default();
        piece
            .text(&kind_word(&self.access.principal(at).kind))
            .raw(" ");
        piece.add(&self.who(at));
        piece
    }

    /// The role of a path.
    fn role(&self, path: &Path) -> Html {
        let role = self.access.role(path);
        let name = crate::output::text::named(role.name.as_deref(), &role.identifier);
        self.linked(&role.id, name)
    }

    /// `directly`, or through which group.
    fn through(&self, path: &Path) -> Html {
        match path.via {
            None => html::text("directly"),
            Some(at) => {
                let group = self.access.principal(at);
                self.linked(&group.id, display(group).0)
            }
        }
    }

    /// Nothing, or why it depends.
    fn certainty(&self, path: &Path) -> Html {
        let mut piece = Html::default();
        if path.doubts.is_empty() {
            piece.raw("yes");
        } else {
            piece.raw("<b>depends</b>: ");
            piece.prose(&crate::output::access_words::reasons(self.access, path));
        }
        piece
    }
}

fn groups_of(access: &Access) -> HashMap<u32, Vec<(u32, i64)>> {
    let mut groups: HashMap<u32, Vec<(u32, i64)>> = HashMap::new();
    for membership in &access.facts().memberships {
        let of = groups.entry(membership.member).or_default();
        of.push((membership.group, i64::from(membership.since)));
    }
    groups
}
