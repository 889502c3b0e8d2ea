//! What a real server may do that the reference does not say, by name: a table of deviations, each a change of
//! switches and faults. Several can be applied to one fake.
//!
//! They are examples of kinds. The parts they are made of (`Fault` with `Rewrite`, `Switches`) make others of each kind.

mod access_check;
mod catalogue;
mod emptied;
mod envelope;
mod facts;
mod lists;
mod rows;
mod scopes;
mod unanswered;

use crate::{FakeHarness, Fault, FaultHandle, FaultKind, Rewrite};

/// One way to differ from the reference.
#[derive(Clone, Copy)]
pub struct Deviation {
    /// Tells it from the others.
    pub name: &'static str,
    /// What it is about: `catalogue`, `access check`, `lists`, `emptied`, `unanswered`, `scopes`, `rows`, `facts` or `envelope`.
    pub kind: &'static str,
    apply: fn(&FakeHarness),
}

impl Deviation {
    /// All of them, by kind.
    pub fn all() -> impl Iterator<Item = Self> {
        let tables = [
            ("catalogue", catalogue::ALL),
            ("access check", access_check::ALL),
            ("lists", lists::ALL),
            ("emptied", emptied::ALL),
            ("unanswered", unanswered::ALL),
            ("scopes", scopes::ALL),
            ("rows", rows::ALL),
            ("facts", facts::ALL),
            ("envelope", envelope::ALL),
        ];
        tables.into_iter().flat_map(|(kind, table)| {
            let of_kind = move |&(name, apply): &(_, _)| Self { name, kind, apply };
            table.iter().map(of_kind)
        })
    }

    /// Makes a server differ so, from the next request on.
    pub fn apply(&self, fake: &FakeHarness) {
        (self.apply)(fake);
    }
}

type Table = &'static [(&'static str, fn(&FakeHarness))];

/// Another answer than the account's, always.
fn answers(fake: &FakeHarness, route: &str, kind: FaultKind) -> FaultHandle {
    fake.fault(Fault::on(route, kind))
}

/// The account's answer, said otherwise, always.
fn rewrites(fake: &FakeHarness, route: &str, rewrite: Rewrite) -> FaultHandle {
    answers(fake, route, FaultKind::Rewritten(rewrite))
}

/// As the services answer an unknown path.
fn not_found() -> FaultKind {
    FaultKind::Answer(crate::shapes::not_found(404, "HTTP 404 Not Found", "c-0"))
}

fn not_allowed() -> FaultKind {
    let message = "HTTP 405 Method Not Allowed";
    FaultKind::Answer(crate::shapes::not_found(405, message, "c-0"))
}

fn bad_request() -> FaultKind {
    let message = "Invalid request: unexpected parameter";
    FaultKind::Answer(crate::shapes::general_error(
        400,
        "INVALID_REQUEST",
        message,
    ))
}

/// Any status, said as Harness says errors.
fn status(status: u16) -> FaultKind {
    FaultKind::Answer(crate::shapes::general_error(
        status,
        "UNEXPECTED",
        "An unexpected condition",
    ))
}

/// Any status, said by something that stands before Harness.
fn plain(status: u16, text: &str) -> FaultKind {
    FaultKind::Answer(crate::Answer::new(status, "text/plain", text))
}

/// As the edge refuses what it takes for an attack.
fn forbidden_html() -> FaultKind {
    let page = "<!DOCTYPE html><html><head><title>403 Forbidden</title></head><body>Forbidden</body></html>";
    FaultKind::Answer(crate::Answer::new(403, "text/html", page))
}
