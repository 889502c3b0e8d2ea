//! What happens in the demo account.

use super::{Account, Principal};
use crate::scope::Scope;

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
