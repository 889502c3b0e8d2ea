//! How this Harness differs from the strictest one of its kind.

use std::time::Duration;

use crate::account::{Permission, permissions};

#[derive(Clone, Debug)]
pub struct Switches {
    /// Off: every check is true and nobody is named.
    pub access_control: bool,
    /// Refuse access checks in scopes that do not exist, as newer servers may.
    pub reject_sentinels: bool,
    /// Leave managed roles out of the lists of organizations and projects; assignments to them stay.
    pub hide_managed_roles: bool,
    /// Honour `filterType` on the service-account aggregate, as servers of 2026 do.
    pub service_account_filter_type: bool,
    /// Honour `filterType` on the lists of user groups; else only those of the asked scope show.
    pub user_group_filter_type: bool,
    /// Whether role assignments of many scopes can be asked for at once.
    pub v2_filter: bool,
    /// Permissions with another status than the catalogue's, by identifier; `INACTIVE` and `STAGING` ones are not listed.
    pub permission_statuses: Vec<(&'static str, &'static str)>,
    /// A page of that list with a row whose role is missing becomes a 500.
    pub v2_fails_on_dangling_role: bool,
    /// Honour page sizes above 100 instead of refusing them.
    pub larger_pages: bool,
    /// Answer no to access checks in scopes that do not exist, as a server that knows scopes by unique ids may.
    pub deny_sentinels: bool,
    /// Whether resource groups are also found under `/resourcegroup`, and not under `/authz` alone.
    pub resource_group_service: bool,
    /// Answer HTML with status 404 to every path without `/gateway` before it.
    pub gateway_only: bool,
    /// The caller's service account is switched off: every request is refused.
    pub caller_disabled: bool,
    /// The catalogue of permissions of 2026 instead of that of December 2023.
    pub catalogue_of_2026: bool,
    /// Show the custom roles, resource groups and groups of a parent scope in the lists of its children, too.
    pub parent_rows: bool,
    /// Whether `/audit/api/audits/list` exists.
    pub audit_list: bool,
    /// Whether `/audit/api/audits/listV2` exists.
    pub audit_list_v2: bool,
    /// Refuse filters of the audit trail by actions that the server of 2023 does not know.
    pub closed_audit_actions: bool,
    /// How many milliseconds events are kept; `None`: for ever.
    pub audit_retention: Option<i64>,
    /// Whether changes leave events at all; following a large account takes a copy of it.
    pub audit_trail: bool,
    /// Whether `/v1/analyze-access-policies` exists.
    pub policy_analyzer: bool,
    /// Requests per sliding minute and key before 429; `None`: no limit.
    pub requests_per_minute: Option<usize>,
    /// Slept for real before each answer over a socket.
    pub latency: Duration,
    /// Remember every request.
    pub log: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            access_control: true,
            reject_sentinels: false,
            hide_managed_roles: false,
            service_account_filter_type: true,
            user_group_filter_type: true,
            v2_filter: true,
            permission_statuses: Vec::new(),
            v2_fails_on_dangling_role: true,
            larger_pages: false,
            deny_sentinels: false,
            resource_group_service: true,
            gateway_only: false,
            caller_disabled: false,
            catalogue_of_2026: false,
            parent_rows: false,
            audit_list: true,
            audit_list_v2: true,
            closed_audit_actions: false,
            audit_retention: None,
            audit_trail: true,
            policy_analyzer: false,
            requests_per_minute: None,
            latency: Duration::ZERO,
            log: true,
        }
    }
}

impl Switches {
    /// The permissions that this Harness knows.
    pub(crate) fn catalogue(&self) -> &'static [Permission] {
        permissions(self.catalogue_of_2026)
    }

    /// The status of a permission as this Harness has it; `None` for one it does not know.
    pub fn status_of(&self, permission: &str) -> Option<&'static str> {
        let here = self
            .permission_statuses
            .iter()
            .find(|(identifier, _)| *identifier == permission)
            .map(|(_, status)| *status);
        here.or_else(|| {
            let known = self
                .catalogue()
                .iter()
                .find(|row| row.identifier == permission)?;
            Some(known.status)
        })
    }
}
