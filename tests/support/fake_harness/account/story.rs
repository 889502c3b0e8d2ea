//! Named changes, for the demo and the benchmark, which run the fake in another process.

use super::super::random::Random;
use super::super::scope::Scope;
use super::{Account, Principal};

/// Applies a named change and says how many rows it touched.
pub fn apply_named_change(
    account: &mut Account,
    name: &str,
    percent: f64,
    seed: u64,
) -> Result<usize, String> {
    match name {
        "churn" => Ok(churn(account, percent, seed)),
        "next-day"
            if account
                .users
                .iter()
                .any(|user| user.uuid == "uCLEO00000000000000000") =>
        {
            Ok(next_day(account))
        }
        "next-day" => Err("only the demo account has a next day".into()),
        _ => Err(format!(
            "no change is named {name:?}; there are: churn, next-day"
        )),
    }
}

/// Re-creates a share of the role assignments for other users, as everyday work in an account does.
fn churn(account: &mut Account, percent: f64, seed: u64) -> usize {
    let rows = account.role_assignments.len();
    let wanted = ((rows as f64 * percent / 100.0).round() as usize).min(rows);
    let mut random = Random::new(seed);
    for number in 0..wanted {
        let row = &mut account.role_assignments[number * rows / wanted];
        row.identifier = format!("role_assignment_x{seed:04}{number:07}{}", random.letters(8));
        row.principal.kind = "USER".into();
        row.principal.identifier = random.pick(&account.users).uuid.as_str().into();
        row.principal.scope_level = None;
    }
    wanted
}

/// What happens in the demo account between the first look and the second; says how many rows it touched.
pub fn next_day(account: &mut Account) -> usize {
    let top = Scope::account();
    account.add_user(
        "uNINA00000000000000000",
        "nina@example.test",
        "Nina Newcomer",
    );
    account.add_member(&top, "platform_admins", "uNINA00000000000000000");
    account.remove_member(&top, "developers", "uCLEO00000000000000000");
    account.user("uCLEO00000000000000000").disabled = true;
    account.rename_user("uDANA00000000000000000", "Dana Example-Lee");
    account
        .role(&top, "release_manager")
        .permissions
        .push("core_secret_access".into());
    account.assign(
        Principal::User("uEVAN00000000000000000"),
        "_account_admin",
        "_all_account_level_resources",
        &top,
    );
    account.enable_assignment("role_assignment_paused0000000000001");
    account.remove_assignment("role_assignment_contractor000000001");
    // The same access under another identifier is no change of access.
    account.remove_assignment("role_assignment_danaSecrets000000001");
    account.assign(
        Principal::User("uDANA00000000000000000"),
        "secret_keeper",
        "prod_resources",
        &top,
    );
    11
}
