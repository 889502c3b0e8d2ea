//! What is derived from the facts follows them, snapshot by snapshot.

use fake_harness::{Principal, Scope};

use crate::support::Test;

const DANA: &str = "uDANA00000000000000000";

/// Members with their groups, and every other holder of a role with itself.
const BY_THE_GRANTS: &str = "WITH member AS (SELECT g.principal, g.target FROM _grant g JOIN _resource t ON t.key = g.target
    AND t.type = 'user_group' WHERE g.scope = 0 AND g.valid_until IS NULL)
  SELECT principal, target FROM member
  UNION SELECT principal, principal FROM _grant WHERE scope <> 0 AND valid_until IS NULL
    AND principal NOT IN (SELECT target FROM member) ORDER BY 1, 2";

const AS_STORED: &str = "SELECT actor, holder FROM _acts WHERE valid_until IS NULL ORDER BY 1, 2";

#[test]
fn who_acts_with_whose_grants_follows_every_change_of_groups_and_roles() {
    let test = Test::synced();
    let top = Scope::account();
    let follows = || assert_eq!(test.ask(AS_STORED), test.ask(BY_THE_GRANTS));
    follows();
    test.observe_after(|account| {
        account.add_group(&top, "night", "Night shift");
        account.assign(
            Principal::Group("night"),
            "_account_viewer",
            "_all_account_level_resources",
            &top,
        );
    });
    follows();
    test.observe_after(|account| account.add_member(&top, "night", DANA));
    follows();
    test.observe_after(|account| account.remove_member(&top, "night", DANA));
    follows();
    test.observe_after(|account| account.remove_group(&top, "night"));
    follows();
    test.observe_after(|account| account.remove_assignment("role_assignment_contractor000000001"));
    follows();
}
