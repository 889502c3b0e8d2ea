//! What `doctor` found.

use serde::Serialize;
use std::io::{self, Write};

use super::screen::Screen;
use super::table::{Align, Table};
use super::text::line;
use crate::model::{Diagnosis, ListDiagnosis, Proof, Scope, ScopeSelection};

/// Clocks this far apart, in seconds, deserve a word: times in the file come from both.
const NOTABLE_SKEW: u64 = 60;

/// The findings, as the JSON document has them.
#[derive(Debug, Serialize)]
pub struct DiagnosisDoc<'a> {
    format_version: u32,
    base_url: &'a str,
    account_id: &'a str,
    account_name: Option<&'a str>,
    cluster: Option<&'a str>,
    caller: Option<&'a str>,
    access_control: Option<bool>,
    clock_skew_seconds: Option<u64>,
    permissions: Vec<Permission>,
    organizations: Visibility,
    projects: Visibility,
    lists: Vec<List>,
    deviations: Vec<String>,
    #[serde(skip)]
    account_is_complete: bool,
    #[serde(skip)]
    without_account: bool,
    /// The account has gaps, and only some organizations were asked for.
    #[serde(skip)]
    may_live_below: bool,
    /// A sync of what was selected would be complete.
    pub can_sync: bool,
}

#[derive(Debug, Serialize)]
struct Permission {
    #[serde(rename = "permission")]
    name: &'static str,
    resource_type: &'static str,
    scope: String,
    needed: bool,
    held: bool,
}

/// What a sync would make of the lists of one kind.
#[derive(Debug, Serialize)]
struct List {
    kind: &'static str,
    scopes: usize,
    complete: bool,
    gaps: Vec<ListGap>,
}

#[derive(Debug, Serialize)]
struct ListGap {
    scope: String,
    reason: String,
}

#[derive(Debug, Serialize)]
struct Visibility {
    complete: bool,
    not_held_everywhere: Vec<&'static str>,
}

impl From<&Proof> for Visibility {
    fn from(whole: &Proof) -> Self {
        match whole {
            Proof::Proven => Self {
                complete: true,
                not_held_everywhere: Vec::new(),
            },
            Proof::Unproven(permissions) => Self {
                complete: false,
                not_held_everywhere: permissions.clone(),
            },
        }
    }
}

impl<'a> DiagnosisDoc<'a> {
    /// Puts the findings together.
    #[must_use]
    pub fn new(
        base_url: &'a str,
        account_id: &'a str,
        found: &'a Diagnosis,
        selection: &ScopeSelection,
    ) -> Self {
        let permissions = found.permissions.iter().map(|held| Permission {
            name: held.permission,
            resource_type: held.resource_type,
            scope: held.scope.to_string(),
            needed: held.needed,
            held: held.held,
        });
        let mut gaps = found.lists.iter().flat_map(|list| &list.gaps);
        let account_is_complete = gaps.all(|(scope, _)| *scope != Scope::Account);
        Self {
            format_version: 1,
            base_url,
            account_id,
            account_name: found.account_name.as_deref(),
            cluster: found.cluster.as_deref(),
            caller: found.caller.as_deref(),
            access_control: found.access_control,
            clock_skew_seconds: found.clock_skew.map(|skew| skew.as_secs()),
            permissions: permissions.collect(),
            organizations: (&found.organizations).into(),
            projects: (&found.projects).into(),
            lists: found.lists.iter().map(List::from).collect(),
            deviations: found.deviations.iter().map(ToString::to_string).collect(),
            account_is_complete,
            without_account: selection.without_account,
            may_live_below: !account_is_complete && !selection.orgs.is_empty(),
            can_sync: found.lists.iter().all(|list| list.gaps.is_empty()),
        }
    }

    /// For people.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write_table(&self, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "base URL  {} answers as Harness", self.base_url)?;
        match (self.caller, self.access_control) {
            (Some(caller), _) => writeln!(out, "key       accepted, of {}", line(caller))?,
            (None, Some(_)) => writeln!(
                out,
                "key       accepted; Harness does not say whose it is: access control seems to be off for the account"
            )?,
            (None, None) => writeln!(
                out,
                "key       accepted; Harness does not say whose it is: the permission check does not answer"
            )?,
        }
        writeln!(out, "account   {}", self.account())?;
        match self.clock_skew_seconds {
            Some(skew) if skew > NOTABLE_SKEW => {
                writeln!(
                    out,
                    "clock     {skew} s from Harness's; set this computer's clock"
                )?;
            }
            _ => {}
        }
        writeln!(out)?;
        self.permissions_table().write(screen, out)?;
        writeln!(out)?;
        self.lists_table().write(screen, out)?;
        writeln!(out)?;
        for deviation in &self.deviations {
            writeln!(out, "note: {}", line(deviation))?;
        }
        if !self.without_account {
            let account = if self.account_is_complete {
                "can be read completely"
            } else {
                "cannot be read completely"
            };
            writeln!(out, "the account's own scope  {account}")?;
            writeln!(out, "every organization       {}", self.organizations)?;
            writeln!(out, "every project            {}", self.projects)?;
        }
        let whole = if self.can_sync {
            "would be complete"
        } else {
            "would have the gaps above"
        };
        writeln!(out, "this sync                {whole}")?;
        if self.may_live_below {
            writeln!(
                out,
                "if the key lives in the organization alone, leave the account out with --without-account"
            )?;
        }
        Ok(())
    }

    fn account(&self) -> String {
        let name = self.account_name.map(|name| format!(" \"{}\"", line(name)));
        let cluster = self
            .cluster
            .map(|cluster| format!(", cluster {}", line(cluster)));
        let unread = (self.account_name.is_none() && self.cluster.is_none())
            .then_some(" (the key may not read its name)");
        format!(
            "{}{}{}{}",
            self.account_id,
            name.unwrap_or_default(),
            cluster.unwrap_or_default(),
            unread.unwrap_or_default()
        )
    }

    fn lists_table(&self) -> Table {
        let mut table = Table::new(vec![
            ("LIST", Align::Left),
            ("SCOPES", Align::Right),
            ("COMPLETE", Align::Left),
        ]);
        for list in &self.lists {
            let complete = match list.gaps.as_slice() {
                [] => "yes".to_owned(),
                [gap] => format!("NO, in {}: {}", gap.scope, line(&gap.reason)),
                [gap, more @ ..] => format!(
                    "NO, in {}: {}; and in {} more",
                    gap.scope,
                    line(&gap.reason),
                    more.len()
                ),
            };
            table.row(vec![
                list.kind.to_owned(),
                list.scopes.to_string(),
                complete,
            ]);
        }
        table
    }

    fn permissions_table(&self) -> Table {
        let mut table = Table::new(vec![
            ("PERMISSION", Align::Left),
            ("ON", Align::Left),
            ("SCOPE", Align::Left),
            ("", Align::Left),
            ("HELD", Align::Left),
        ]);
        for permission in &self.permissions {
            let needed = if permission.needed {
                "needed"
            } else {
                "optional"
            };
            let held = if permission.held { "yes" } else { "NO" };
            table.row(
                [
                    permission.name,
                    permission.resource_type,
                    &permission.scope,
                    needed,
                    held,
                ]
                .map(str::to_owned)
                .to_vec(),
            );
        }
        table
    }
}

impl From<&ListDiagnosis> for List {
    fn from(list: &ListDiagnosis) -> Self {
        Self {
            kind: list.kind.as_str(),
            scopes: list.scopes,
            complete: list.gaps.is_empty(),
            gaps: list
                .gaps
                .iter()
                .map(|(scope, reason)| ListGap {
                    scope: scope.to_string(),
                    reason: reason.clone(),
                })
                .collect(),
        }
    }
}

impl std::fmt::Display for Visibility {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.complete {
            return f.write_str("can be read completely");
        }
        write!(
            f,
            "may be incomplete; not held everywhere: {}",
            self.not_held_everywhere.join(", ")
        )
    }
}
