//! What happens in the demo account.

use super::{Account, Principal};
use crate::scope::Scope;
use crate::trail::By;

type Step = (By, fn(&mut Account));

/// What happens in the demo account between the first look and the second; says how many rows it touched.
pub fn next_day(account: &mut Account) -> usize {
    for (_, change) in next_day_by_whom() {
        change(account);
    }
    11
}

/// The same, step by step: an administrator, one who acts as another, Terraform and Harness itself.
pub(crate) fn next_day_by_whom() -> Vec<Step> {
    let (ada, gus) = ("uADA000000000000000000", "uGUS000000000000000000");
    let terraform = || By::service_account("terraform");
    vec![
        (By::user(ada).invitation(), nina_joins),
        (By::user(ada), nina_becomes_administrator),
        (By::system(), cleo_leaves_the_developers),
        (By::user(gus), people_change),
        (terraform(), release_managers_may_use_secrets),
        (By::user(gus).impersonating(ada), evan_becomes_administrator),
        (By::user(gus), evan_keeps_secrets_again),
        (terraform(), contractors_view_nothing),
        (terraform(), dana_keeps_secrets_under_another_identifier),
    ]
}

fn nina_joins(account: &mut Account) {
    account.add_user(
        "uNINA00000000000000000",
        "nina@example.test",
        "Nina Newcomer",
    );
}

fn nina_becomes_administrator(account: &mut Account) {
    account.add_member(
        &Scope::account(),
        "platform_admins",
        "uNINA00000000000000000",
    );
}

fn cleo_leaves_the_developers(account: &mut Account) {
    account.remove_member(&Scope::account(), "developers", "uCLEO00000000000000000");
}

/// Harness records neither.
fn people_change(account: &mut Account) {
    account.user("uCLEO00000000000000000").disabled = true;
    account.rename_user("uDANA00000000000000000", "Dana Example-Lee");
}

fn release_managers_may_use_secrets(account: &mut Account) {
    let role = account.role(&Scope::account(), "release_manager");
    role.permissions.push("core_secret_access".into());
}

fn evan_becomes_administrator(account: &mut Account) {
    account.assign(
        Principal::User("uEVAN00000000000000000"),
        "_account_admin",
        "_all_account_level_resources",
        &Scope::account(),
    );
}

fn evan_keeps_secrets_again(account: &mut Account) {
    account.enable_assignment("role_assignment_paused0000000000001");
}

fn contractors_view_nothing(account: &mut Account) {
    account.remove_assignment("role_assignment_contractor000000001");
}

/// No change of access.
fn dana_keeps_secrets_under_another_identifier(account: &mut Account) {
    account.remove_assignment("role_assignment_danaSecrets000000001");
    account.assign(
        Principal::User("uDANA00000000000000000"),
        "secret_keeper",
        "prod_resources",
        &Scope::account(),
    );
}
