//! A small account, random changes of it, and who makes them.

use fake_harness::{Account, By, Principal, Random, Scope};

pub(super) const USERS: [&str; 5] = ["u0", "u1", "u2", "u3", "u4"];
const GROUPS: [&str; 3] = ["g0", "g1", "g2"];
const ROLES: [&str; 2] = ["r0", "r1"];

/// Somebody whom the trail does not tell of.
pub(super) const NOBODY: Actor = ("nobody", String::new(), None);

/// Who an event must name: kind, identifier, and the other person of an impersonation.
pub(super) type Actor = (&'static str, String, Option<String>);

pub(super) fn account() -> Account {
    let mut account = Account::empty("AbCdEfGhIjKlMnOpQrStUv");
    let scope = Scope::account();
    for user in USERS {
        account.add_user(user, &format!("{user}@example.test"), user);
    }
    for group in GROUPS {
        account.add_group(&scope, group, group);
        account.add_member(&scope, group, "u0");
    }
    for role in ROLES {
        account.add_role(&scope, role, &["core_secret_view"]);
    }
    account.add_service_account(&scope, "ci", "CI");
    account.add_organization("acme", "Acme");
    account.add_project("acme", "shop", "Shop");
    account.add_group(&Scope::project("acme", "shop"), "g0", "Shop's own");
    account.assign(
        Principal::Group("g0"),
        "r0",
        "_all_account_level_resources",
        &scope,
    );
    account
}

/// One random change; some change nothing.
pub(super) fn step(account: &mut Account, random: &mut Random) {
    let scope = Scope::account();
    let (user, group) = (*random.pick(&USERS), *random.pick(&GROUPS));
    let role = *random.pick(&ROLES);
    let has_group = account
        .groups
        .iter()
        .any(|of| of.scope == scope && of.identifier == group);
    let has_role = account
        .roles
        .iter()
        .any(|of| of.scope.as_ref() == Some(&scope) && of.identifier == role);
    let has_user = account.users.iter().any(|of| of.uuid == user);
    match random.below(14) {
        0..=2 if has_group && has_user => {
            let users = account.group(&scope, group).users.get_or_insert_default();
            if users.iter().any(|member| member == user) {
                account.remove_member(&scope, group, user);
            } else {
                account.add_member(&scope, group, user);
            }
        }
        3 | 4 if has_role => {
            let who = if random.below(2) == 0 {
                Principal::User(user)
            } else {
                Principal::Group(group)
            };
            toggle(account, who, role);
        }
        5 if has_group => account.remove_group(&scope, group),
        5 => drop(account.add_group(&scope, group, "made anew")),
        6 if has_group => account.group(&scope, group).name = format!("n{}", random.below(99)),
        7 if has_role => {
            let permissions = &mut account.role(&scope, role).permissions;
            permissions.push(format!("core_p{}", random.below(99)));
        }
        8 if has_role => account.remove_role(&scope, role),
        8 => drop(account.add_role(&scope, role, &["core_secret_access"])),
        9 if has_user => account.remove_user(user),
        9 => drop(account.add_user(user, &format!("{user}@example.test"), user)),
        10 if has_user => {
            account.user(user).email = format!("{user}.{}@example.test", random.below(99));
        }
        11 if account.projects.is_empty() => account.add_project("acme", "shop", "Shop"),
        11 => account.remove_project("acme", "shop"),
        12 if account.service_accounts.is_empty() => {
            account.add_service_account(&scope, "ci", "CI");
        }
        12 => account.remove_service_account(&scope, "ci"),
        13 => {
            let last = account.role_assignments.last_mut();
            if let Some(row) = last {
                row.disabled = !row.disabled;
            }
        }
        _ => {}
    }
}

fn toggle(account: &mut Account, who: Principal<'_>, role: &str) {
    let scope = Scope::account();
    let (Principal::User(name) | Principal::Group(name)) = who else {
        unreachable!("users and groups alone")
    };
    let held = account
        .role_assignments
        .iter()
        .find(|row| row.role == role && row.scope == scope && row.principal.identifier == name);
    match held.map(|row| row.identifier.clone()) {
        Some(identifier) => account.remove_assignment(&identifier),
        None => drop(account.assign(who, role, "_all_account_level_resources", &scope)),
    }
}

pub(super) fn actor(random: &mut Random, account: &Account) -> (By, Actor) {
    let user = |random: &mut Random| {
        account.users[random.below(account.users.len())]
            .uuid
            .clone()
    };
    match random.below(8) {
        7 => (By::nobody(), NOBODY),
        0 => (By::system(), ("system", "SYSTEM".to_owned(), None)),
        1 => (
            By::service_account("ci"),
            ("service_account", "ci".to_owned(), None),
        ),
        2 => {
            let (one, other) = (user(random), user(random));
            (
                By::user(&one).impersonating(&other),
                ("user", one, Some(other)),
            )
        }
        _ => {
            let one = user(random);
            (By::user(&one), ("user", one, None))
        }
    }
}
