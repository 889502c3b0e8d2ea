//! What `doctor` found.

use serde::Serialize;
use std::io::{self, Write};

use super::screen::Screen;
use super::table::{Align, Table};
use super::text::line;
use crate::model::{Diagnosis, ListDiagnosis, Listing, Outlook, Proof, Scope, ScopeSelection};

/// `doctor` opens no database, so a sync may find more.
const BESIDES: &str =
    "what only the database knows: lists that lost most of their rows, projects that moved";

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
    /// `complete`, `gaps`, or `unknown` where nothing is wrong as far as was looked.
    verdict: &'static str,
    /// Why a sync would be refused in spite of a good verdict: the clock.
    refused: Option<String>,
    #[serde(skip)]
    proof_is_open: bool,
    /// Of the account's own lists; `None`: as far as they were looked at.
    #[serde(skip)]
    account_is_complete: Option<bool>,
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
    answered: bool,
}

/// What a sync would make of the lists of one kind.
#[derive(Debug, Serialize)]
struct List {
    kind: &'static str,
    scopes: usize,
    complete: bool,
    gaps: Vec<Part>,
    unread: Vec<Part>,
}

/// The list of one scope.
#[derive(Debug, Serialize)]
struct Part {
    scope: String,
    endpoint: String,
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
        refused: Option<String>,
    ) -> Self {
        let permissions = found.permissions.iter().map(|held| Permission {
            name: held.permission,
            resource_type: held.resource_type,
            scope: held.scope.to_string(),
            needed: held.needed,
            held: held.held,
            answered: held.answered,
        });
        let account_is_complete = of_account(found);
        let verdict = found.outlook();
        Self {
            format_version: 1,
            base_url,
            account_id,
            account_name: found.account_name.as_deref(),
            cluster: found.cluster.as_deref(),
            caller: found.caller.as_deref(),
            access_control: found.access_control,
            clock_skew_seconds: found.clock_ahead.map(i64::unsigned_abs),
            permissions: permissions.collect(),
            organizations: (&found.organizations).into(),
            projects: (&found.projects).into(),
            lists: found.lists.iter().map(List::from).collect(),
            deviations: found.deviations.iter().map(ToString::to_string).collect(),
            verdict: verdict.as_str(),
            can_sync: verdict == Outlook::Whole && refused.is_none(),
            refused,
            proof_is_open: found.proof_is_open,
            account_is_complete,
            without_account: selection.without_account,
            may_live_below: account_is_complete == Some(false)
                && !selection.without_account
                && !selection.orgs.is_empty(),
        }
    }

    /// Whether a sync would be refused for another reason than its lists.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    /// For people.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write_table(&self, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
        let key = match (self.caller, self.access_control) {
            (Some(caller), _) => format!("accepted, of {}", line(caller)),
            (None, Some(_)) => {
                "accepted; Harness does not say whose it is: access control seems to be off for the account".to_owned()
            }
            (None, None) => {
                "accepted; Harness does not say whose it is: the permission check does not answer".to_owned()
            }
        };
        let base_url = format!("{} answers as Harness", self.base_url);
        screen.write_folded("base URL  ", &base_url, out)?;
        screen.write_folded("key       ", &key, out)?;
        screen.write_folded("account   ", &self.account(), out)?;
        match self.clock_skew_seconds {
            Some(skew) if skew > NOTABLE_SKEW && self.refused.is_none() => {
                let clock = format!("{skew} s from Harness's; set this computer's clock");
                screen.write_folded("clock     ", &clock, out)?;
            }
            _ => {}
        }
        writeln!(out)?;
        self.permissions_table().write(screen, out)?;
        writeln!(out)?;
        self.lists_table().write(screen, out)?;
        writeln!(out)?;
        for deviation in &self.deviations {
            screen.write_folded("note: ", &line(deviation), out)?;
        }
        if !self.without_account {
            let account = match self.account_is_complete {
                Some(true) => "can be read completely",
                Some(false) => "cannot be read completely",
                None => "was not looked at to its end",
            };
            let (organizations, projects) =
                (self.organizations.to_string(), self.projects.to_string());
            screen.write_folded("the account's own scope  ", account, out)?;
            screen.write_folded("every organization       ", &organizations, out)?;
            screen.write_folded("every project            ", &projects, out)?;
        }
        screen.write_folded("this sync                ", &self.foretold(), out)?;
        screen.write_folded("not foretold             ", BESIDES, out)?;
        if self.may_live_below {
            let advice = "if the key lives in the organization alone, leave the account out with --without-account";
            screen.write_folded("", advice, out)?;
        }
        Ok(())
    }

    /// What the sync would come to.
    fn foretold(&self) -> String {
        const THE_REST: &str =
            "`sync` reads the rest, and stores nothing where a list is not whole";
        match (self.verdict, &self.refused) {
            ("complete", None) => "would be complete".to_owned(),
            ("complete", Some(clock)) => {
                format!("would be refused: {clock}; set the clock, or sync with --allow-clock-skew")
            }
            ("gaps", _) => "would have the gaps above".to_owned(),
            _ if self.proof_is_open => format!(
                "cannot be foretold: the key's own grants may prove what the permission check does not answer about, and \
                 not all of them were looked at; {THE_REST}"
            ),
            _ => format!(
                "cannot be foretold: nothing is wrong with what was looked at, which was not everything; {THE_REST}"
            ),
        }
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
        let mut said = None;
        for list in &self.lists {
            let reason = list.gaps.first().map(|gap| &gap.reason);
            let again = reason.is_some() && reason == said;
            said = reason.or(said);
            table.row(vec![
                list.kind.to_owned(),
                list.scopes.to_string(),
                list.told(again),
            ]);
        }
        table
    }

    fn permissions_table(&self) -> Table {
        let mut table = Table::new(vec![
            ("PERMISSION", Align::Left),
            ("ON", Align::Left),
            ("SCOPE", Align::Left),
            ("NEED", Align::Left),
            ("HELD", Align::Left),
        ]);
        for permission in &self.permissions {
            let needed = if permission.needed {
                "needed"
            } else {
                "optional"
            };
            let held = match (permission.held, permission.answered) {
                (true, _) => "yes",
                (false, true) => "NO",
                (false, false) => "not answered",
            };
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

/// Whether the account's own lists would be complete; `None` where they were not looked at to their end.
fn of_account(found: &Diagnosis) -> Option<bool> {
    let has_of_account = |lists: fn(&ListDiagnosis) -> &Vec<Listing>| {
        let of_access = found.lists.iter().filter(|list| list.kind.is_of_access());
        let mut all = of_access.flat_map(lists);
        all.any(|list| list.scope == Scope::Account)
    };
    if has_of_account(|list| &list.gaps) {
        Some(false)
    } else if has_of_account(|list| &list.unread) {
        None
    } else {
        Some(true)
    }
}

impl From<&ListDiagnosis> for List {
    fn from(list: &ListDiagnosis) -> Self {
        let parts = |lists: &[Listing]| lists.iter().map(Part::from).collect();
        Self {
            kind: list.kind.as_str(),
            scopes: list.scopes,
            complete: list.gaps.is_empty() && list.unread.is_empty(),
            gaps: parts(&list.gaps),
            unread: parts(&list.unread),
        }
    }
}

impl From<&Listing> for Part {
    fn from(listing: &Listing) -> Self {
        Self {
            scope: listing.scope.to_string(),
            endpoint: listing.endpoint.clone(),
            reason: listing.state.reason().unwrap_or_default().to_owned(),
        }
    }
}

impl List {
    /// `again`: the list above has a gap for the same reason.
    fn told(&self, again: bool) -> String {
        let more = |parts: &[Part]| match parts.len() {
            0 | 1 => String::new(),
            several => format!("; and in {} more", several - 1),
        };
        match (self.gaps.first(), self.unread.first()) {
            (None, None) => "yes".to_owned(),
            (Some(gap), _) => format!(
                "NO, in {} ({}): {}{}",
                gap.scope,
                gap.endpoint,
                if again {
                    "for the same reason".into()
                } else {
                    line(&gap.reason)
                },
                more(&self.gaps)
            ),
            (None, Some(part)) => format!(
                "as far as looked, in {}: {}{}",
                part.scope,
                line(&part.reason),
                more(&self.unread)
            ),
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
