//! Which permissions Harness enforces at all.

use std::collections::HashMap;

use crate::api::call::Call;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::wire::PermissionItem;
use crate::collect::definition::WithoutPermission;
use crate::collect::listings::LISTINGS;

/// Permissions that Harness does not enforce: it answers yes to those, whoever asks.
#[derive(Debug, Default)]
pub(crate) struct Unenforced(HashMap<&'static str, Enforcement>);

/// Why a yes of Harness means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Enforcement {
    /// By its status.
    Status(&'static str),
    Unlisted,
}

/// Statuses of permissions that are not enforced.
const UNENFORCED: [&str; 3] = ["EXPERIMENTAL", "INACTIVE", "STAGING"];

impl Unenforced {
    /// Looks up every permission that is ever probed.
    pub(crate) fn ask(client: &Client) -> Result<Self, ApiError> {
        let call = Call::new("/authz/api/permissions").query("scopeFilterDisabled", "true");
        let catalogue: Vec<PermissionItem> = client.get(&call)?.data;
        let permissions = LISTINGS
            .into_iter()
            .filter(|listing| {
                matches!(
                    listing.without_permission,
                    WithoutPermission::Gap | WithoutPermission::LeftOut
                )
            })
            .filter_map(|listing| listing.permission.as_ref())
            .map(|required| required.permission);
        let unenforced = |permission: &'static str| {
            let item = catalogue
                .iter()
                .find(|item| item.permission.identifier == permission);
            let why = match item.map(|item| item.permission.status.as_deref()) {
                None => Enforcement::Unlisted,
                Some(status) => Enforcement::Status(
                    UNENFORCED
                        .into_iter()
                        .find(|known| status.is_some_and(|own| own.eq_ignore_ascii_case(known)))?,
                ),
            };
            Some((permission, why))
        };
        Ok(Self(permissions.filter_map(unenforced).collect()))
    }

    /// Why a yes about a permission means nothing, if it does.
    pub(crate) fn why(&self, permission: &str) -> Option<String> {
        Some(match self.0.get(permission)? {
            Enforcement::Status(status) => format!(
                "Harness calls {permission} {} and does not enforce it",
                status.to_ascii_lowercase()
            ),
            Enforcement::Unlisted => {
                format!("Harness does not list {permission} among its permissions")
            }
        })
    }
}
