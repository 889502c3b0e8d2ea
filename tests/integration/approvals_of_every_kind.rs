//! What `diff --write-approvals` prints, filled in, covers the change it was printed for and nothing else: for every
//! kind of resource and grant, and every change of it.

use harness_access::diff::approvals::Approvals;
use harness_access::diff::{AssessedChange, Change, Comparison, FailOn, Side, assess};
use harness_access::model::{
    GrantFact, Impacts, Named, ResourceFact, ResourceId, ResourceType, Scope, SnapshotInfo,
};
use harness_access::output::diff::approvals::write;
use std::sync::Arc;

/// Identifiers of strangers: one ends like a pattern, one is the beginning of another.
const IDENTIFIERS: [&str; 4] = ["a", "ab", "a*", "\\*"];

fn resource(kind: &ResourceType, identifier: &str, attributes: &str) -> ResourceFact {
    let id = ResourceId {
        kind: kind.clone(),
        scope: Scope::Account,
        identifier: identifier.to_owned(),
    };
    ResourceFact {
        namesake: None,
        scope: "account".to_owned(),
        kind: kind.clone(),
        id: id.to_string(),
        name: Some("\"quoted\"\n[[approval]]".to_owned()),
        attributes: attributes.to_owned(),
        newly_visible: false,
        read_by_both: false,
    }
}

fn changes_of(kind: &ResourceType) -> Vec<Change> {
    let plain = |identifier: &str| resource(kind, identifier, r#"{"description":"x"}"#);
    let of = |identifier: &&str| {
        let added = Change::ResourceAdded(Box::new(plain(&format!("new_{identifier}"))));
        let removed = Change::ResourceRemoved(Box::new(plain(&format!("old_{identifier}"))));
        let changed = Change::ResourceChanged {
            before: Box::new(plain(identifier)),
            after: Box::new(resource(kind, identifier, r#"{"description":"y"}"#)),
        };
        [added, removed, changed]
    };
    let lists = |text: &str| resource(kind, "lists", text);
    let odd = [
        (r#"{"settings":["a","b"]}"#, r#"{"settings":["b","a"]}"#),
        (r#"{"settings":["a","a"]}"#, r#"{"settings":["a"]}"#),
        ("{}", r#"{"description":[]}"#),
        ("{}", "not JSON"),
    ];
    let odd = odd.map(|(before, after)| Change::ResourceChanged {
        before: Box::new(lists(before)),
        after: Box::new(lists(after)),
    });
    IDENTIFIERS.iter().flat_map(of).chain(odd).collect()
}

fn named(id: &str, kind: ResourceType) -> Arc<Named> {
    Arc::new(Named {
        namesake: None,
        id: id.to_owned(),
        kind,
        name: None,
        email: None,
        resolved: true,
    })
}

fn grant(principal: Arc<Named>, identifier: &str, scope: Option<&str>) -> GrantFact {
    let target = match scope {
        None => named(
            &format!("user_group/account/{identifier}"),
            ResourceType::UserGroup,
        ),
        Some(_) => named(&format!("role/account/{identifier}"), ResourceType::Role),
    };
    let over = named(
        &format!("resource_group/account/{identifier}"),
        ResourceType::ResourceGroup,
    );
    GrantFact {
        report_scope: scope.unwrap_or("account").into(),
        scope: scope.map(Into::into),
        target,
        principal,
        resource_group: scope.map(|_| over),
        role_assignment: None,
        created_at: None,
        harness_managed: false,
        newly_visible: false,
        read_by_both: false,
    }
}

fn changes_of_grants() -> Vec<Change> {
    let kinds = ResourceType::ALL.into_iter();
    let principals = kinds
        .filter(ResourceType::is_principal)
        .chain([ResourceType::Other("robot".to_owned())]);
    let mut changes = Vec::new();
    for kind in principals {
        for identifier in IDENTIFIERS {
            for scope in [None, Some("account"), Some("org/a*")] {
                let holder = named(&format!("{kind}/{identifier}"), kind.clone());
                changes.push(Change::GrantAdded(grant(holder.clone(), identifier, scope)));
                changes.push(Change::GrantRemoved(grant(holder, identifier, scope)));
            }
        }
    }
    changes
}

fn side(id: i64) -> Side {
    let text = String::new;
    let snapshot = SnapshotInfo {
        id,
        label: None,
        state: text(),
        started_at: text(),
        finished_at: text(),
        account_id: text(),
        base_url: text(),
        scopes: text(),
        caller: None,
        tool_version: text(),
        requests: 0,
        users: 0,
        service_accounts: 0,
        user_groups: 0,
        roles: 0,
        resource_groups: 0,
        grants: 0,
        disabled_role_assignments: 0,
        digest: None,
    };
    Side {
        accepted: Vec::new(),
        snapshot,
        file: text(),
        gaps: Vec::new(),
    }
}

fn written(changes: &[AssessedChange]) -> String {
    let comparison = Comparison {
        unseen: Vec::new(),
        unread: None,
        lapsed: Vec::new(),
        from: side(1),
        to: side(2),
        fail_on: FailOn::Any,
        changes: changes.to_vec(),
        newly_visible: 0,
        out_of_sight: 0,
    };
    let mut text = Vec::new();
    write(&comparison, &mut text).expect("written to memory");
    String::from_utf8(text).expect("UTF-8")
}

fn filled_in(text: &str) -> String {
    text.replace("reason = \"\"", "reason = \"as agreed\"")
        .replace("approver = \"\"", "approver = \"Grace\"")
}

#[test]
fn every_entry_covers_its_change_and_nothing_else() {
    let mut changes = changes_of_grants();
    changes.extend(ResourceType::ALL.iter().flat_map(changes_of));
    let assessed = assess(changes, &Impacts::default(), &Impacts::default());
    for (at, one) in assessed.iter().enumerate() {
        let entry = filled_in(&written(std::slice::from_ref(one)));
        let approvals = Approvals::parse(&entry).unwrap_or_else(|wrong| panic!("{wrong}\n{entry}"));
        let mut all = assessed.clone();
        let notices = approvals.apply(&mut all, "2026-01-01");
        let covered: Vec<usize> = (0..all.len())
            .filter(|at| all[*at].approved.is_some())
            .collect();
        assert_eq!(covered, [at], "{entry}");
        assert!(notices.is_empty(), "{notices:?}");
    }
}
