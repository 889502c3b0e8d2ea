//! In one minute: up to seven sentences made from numbers.

use super::context::Context;
use super::html::{Html, counted};
use super::material::Audience;
use super::power::Tally;
use super::seen;
use super::words::minute;
use crate::diff::{AssessedChange, Comparison};
use crate::findings::Severity;

/// Writes the sentences, then the pictures.
pub(super) fn write(context: &Context<'_>, page: &mut Html) {
    page.raw("<ul class=\"minute\">\n");
    for sentence in sentences(context) {
        page.raw("<li>").add(&sentence).raw("</li>\n");
    }
    page.raw("</ul>\n");
    super::picture::power_by_scope(context, page);
    if context.material.audience != Audience::Owner {
        super::time_line::write(context, page);
    }
}

fn sentences(context: &Context<'_>) -> Vec<Html> {
    let mut sentences = vec![who_is_there(context), administrators(context)];
    sentences.push(holders_of(context, "secrets", "can use secrets"));
    sentences.push(holders_of(
        context,
        "production",
        "can deploy to production environments",
    ));
    let compared = context.material.comparison;
    sentences.extend(compared.map(|comparison| changed(context, comparison)));
    sentences.push(found(context));
    sentences.push(sign_ins(context));
    sentences
}

fn who_is_there(context: &Context<'_>) -> Html {
    let held = &context.list.of_principal;
    let mut tally = Tally::default();
    for fact in held.keys().map(|at| context.access.principal(*at)) {
        tally.count(fact);
    }
    let mut piece = Html::default();
    subject(context, &mut piece, tally);
    piece
        .raw(if held.len() == 1 { " holds" } else { " hold" })
        .raw(" at least one role");
    let rows = counted(context.list.rows, "way of access", "ways of access");
    piece
        .raw(", in <a href=\"#everything\">")
        .prose(&rows)
        .raw("</a>.");
    piece
}

fn administrators(context: &Context<'_>) -> Html {
    let mut piece = Html::default();
    let Some(power) = context
        .powers
        .iter()
        .find(|power| power.key == "account-administrators")
    else {
        return piece;
    };
    let certain = || power.holders.iter().filter(|holder| holder.is_certain());
    let directly = certain().filter(|holder| {
        holder
            .paths
            .iter()
            .any(|path| path.via.is_none() && path.doubts.is_empty())
    });
    let (all, direct) = (certain().count(), directly.count());
    let tally = power.tally(context.access);
    subject(context, &mut piece, tally);
    piece.raw(if all == 1 { " is an " } else { " are " });
    let what = match all {
        1 => "account administrator",
        _ => "account administrators",
    };
    piece.add(&context.linked_in("power", "power/account-administrators", what));
    if direct > 0 {
        piece.prose(&format!(
            ", {direct} of them directly rather than through a user group"
        ));
    }
    barred(&mut piece, tally);
    piece.raw(".");
    piece
}

fn holders_of(context: &Context<'_>, key: &str, does: &'static str) -> Html {
    let mut piece = Html::default();
    if let Some(power) = context.powers.iter().find(|power| power.key == key) {
        let tally = power.tally(context.access);
        subject(context, &mut piece, tally);
        piece
            .raw(" ")
            .add(&context.linked_in("power", &format!("power/{key}"), does));
        barred(&mut piece, tally);
        if tally.depends > 0 {
            piece.prose(&format!("; for {} more it depends", tally.depends));
        }
        piece.raw(".");
    }
    piece
}

/// Whoever cannot sign in keeps every role, which is not the same as doing something with it.
fn barred(piece: &mut Html, tally: Tally) {
    if tally.barred > 0 {
        piece.prose(&format!(", {} of them disabled or locked", tally.barred));
    }
}

/// `41 people and 9 service accounts`; `Nobody`.
fn subject(context: &Context<'_>, piece: &mut Html, tally: Tally) {
    let mut parts = Vec::new();
    for (number, one, many) in [
        (tally.people, "person", "people"),
        (
            tally.service_accounts,
            "service account",
            "service accounts",
        ),
        (
            tally.others,
            "principal in no list",
            "principals in no list",
        ),
    ] {
        if number > 0 {
            parts.push(counted(number, one, many));
        }
    }
    let words = match parts.as_slice() {
        [] => seen::nobody(context).to_owned(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    piece.raw("<b>").prose(&words).raw("</b>");
}

fn changed(context: &Context<'_>, comparison: &Comparison) -> Html {
    let changes = super::changes::here(context, comparison);
    let escalations: Vec<&AssessedChange> = changes
        .iter()
        .copied()
        .filter(|change| change.escalates())
        .collect();
    let open = escalations
        .iter()
        .filter(|change| change.approved.is_none())
        .count();
    let mut piece = Html::default();
    let from = &comparison.from.snapshot;
    piece.raw("<b>").prose(&match changes.len() {
        0 => "No change".to_owned(),
        number => counted(number, "change", "changes"),
    });
    piece
        .raw("</b> since ")
        .prose(&minute(&from.finished_at))
        .raw("; ");
    let more = match escalations.len() {
        0 => "none lets anybody do more".to_owned(),
        1 => "1 lets somebody do more".to_owned(),
        many => format!("{many} let somebody do more"),
    };
    piece.add(&context.linked_in("changes", "changes", &more));
    if !escalations.is_empty() {
        piece.prose(&match open {
            0 => ", all of them approved".to_owned(),
            1 if escalations.len() == 1 => " and is not approved".to_owned(),
            all if all == escalations.len() => ", none of them approved".to_owned(),
            1 => ", 1 of them is not approved".to_owned(),
            many => format!(", {many} of them are not approved"),
        });
    }
    piece.raw(".");
    if !comparison.is_comparable() {
        piece.raw(" Not everything could be compared.");
    }
    piece
}

fn found(context: &Context<'_>) -> Html {
    let mut piece = Html::default();
    let of = |severity: Severity| -> usize {
        let rules = super::findings::kept(context);
        rules
            .iter()
            .filter(|(rule, _)| rule.severity == severity)
            .map(|(_, found)| found.len())
            .sum()
    };
    let (errors, warnings, notes) = (
        of(Severity::Error),
        of(Severity::Warning),
        of(Severity::Note),
    );
    piece
        .raw("<a href=\"#findings\">")
        .prose(&counted(errors + warnings + notes, "finding", "findings"))
        .raw("</a>: ");
    piece.prose(&format!(
        "{errors} to change, {warnings} to look at, {notes} to know."
    ));
    piece
}

/// Sign-ins are known where a sync asked for them; elsewhere the report says that rather than nothing.
fn sign_ins(context: &Context<'_>) -> Html {
    let people = &context.material.inventory.people;
    let read = people
        .iter()
        .filter(|person| !person.logins_from.is_empty());
    let silent = read
        .clone()
        .filter(|person| person.last_login.is_empty())
        .count();
    let mut piece = Html::default();
    if read.count() == 0 {
        piece.raw("Last sign-in of people: <b>not observed</b>.");
    } else {
        piece.prose(&counted(silent, "person", "people")).raw(
            " did not sign in within the time that was read; each card says how far back that is.",
        );
    }
    piece
}
