//! Links of a report lead to what is there, whomever it is for.

use super::{report, story};
use crate::support::TempDir;

/// Values of an attribute outside of the data island.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let shown = page.split("<script").next().unwrap();
    let start = format!(" {attribute}=\"");
    let found = shown.split(start.as_str()).skip(1);
    found.map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn every_link_has_its_target() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    story().person("new", "New").publish(&db, 2);
    for flags in [
        &[][..],
        &["1", "2"],
        &["--for", "auditor"],
        &["--at", "1", "--for", "auditor"],
        &["1", "2", "--for", "auditor"],
        &["--scope", "account", "--for", "owner"],
    ] {
        let page = report(&db, flags);
        let ids = values(&page, "id");
        for target in values(&page, "href") {
            assert!(ids.contains(&&target[1..]), "{flags:?}: {target}");
        }
        let tells = page.contains("With what changed since");
        assert_eq!(tells, ids.contains(&"changes"), "{flags:?}");
    }
}
