//! What the flags of `sync` and `doctor` choose to read.

use super::Context;
use crate::cli::{SelectionFlags, Sync};
use crate::error::Error;
use crate::model::{Depth, Extra, ScopeSelection};
use crate::output::text::line;
use crate::store::Writer;

/// Naming an organization asks for organizations, naming a project for projects, unless a depth is given. An organization
/// without the account is read with its projects.
pub(crate) fn selection(flags: &SelectionFlags<'_>) -> Result<ScopeSelection, Error> {
    let (named, by) = if !flags.projects.is_empty() {
        (Depth::All, "--project")
    } else if !flags.orgs.is_empty() {
        (Depth::Organizations, "--org")
    } else {
        (Depth::Account, "")
    };
    let usual = if flags.without_account {
        Depth::All
    } else {
        named
    };
    let depth = flags.scopes.unwrap_or(usual);
    if depth < named {
        return Err(Error::Usage(format!(
            "--scopes {depth} leaves out what {by} names"
        )));
    }
    if flags.without_account {
        check_without_account(flags)?;
    }
    Ok(ScopeSelection {
        depth,
        without_account: flags.without_account,
        orgs: flags.orgs.to_vec(),
        projects: flags.projects.to_vec(),
        extras: flags.extras.iter().copied().collect(),
    })
}

/// What the flags ask for; without any, what the last snapshot asked for.
pub(crate) fn remembered(
    asked: ScopeSelection,
    arguments: &Sync,
    writer: &Writer,
    context: &mut Context<'_>,
) -> Result<ScopeSelection, Error> {
    let snapshots = writer.reader().and_then(|reader| reader.snapshots());
    let last = snapshots
        .ok()
        .and_then(|snapshots| snapshots.last().cloned());
    let Some((last, before)) = last.and_then(|last| {
        let before = ScopeSelection::parse(&last.scopes)?;
        Some((last, before))
    }) else {
        return Ok(asked);
    };
    let says_nothing = arguments.scopes.is_none()
        && arguments.org.is_empty()
        && arguments.project.is_empty()
        && !arguments.without_account
        && arguments.with.is_empty();
    if says_nothing {
        let is_told = context.err_is_terminal || arguments.verbose > 0;
        if before != asked && is_told && !arguments.quiet {
            let scopes = line(&last.scopes);
            writeln!(
                context.err,
                "asking for what snapshot {} asked for: {scopes}",
                last.id
            )?;
        }
        return Ok(before);
    }
    if asked.leaves_out_some_of(&before) && !arguments.quiet {
        writeln!(
            context.err,
            "this sync asks for less ({asked}) than snapshot {} did ({}); what it leaves out cannot be compared",
            last.id,
            line(&last.scopes)
        )?;
    }
    Ok(asked)
}

/// Flags about the audit trail say nothing where it is not read, and must not seem to.
pub(crate) fn check_trail(arguments: &Sync, selection: &ScopeSelection) -> Result<(), Error> {
    let typed = [
        ("--audit-since", arguments.audit_since.is_some()),
        ("--audit-details", arguments.audit_details),
    ];
    match typed.into_iter().find(|(_, is_typed)| *is_typed) {
        Some((flag, _)) if !selection.extras.contains(&Extra::Audit) => Err(Error::Usage(format!(
            "{flag} is about the audit trail, which this sync does not read: add --with audit"
        ))),
        _ => Ok(()),
    }
}

fn check_without_account(flags: &SelectionFlags<'_>) -> Result<(), Error> {
    if flags.orgs.is_empty() && flags.projects.is_empty() {
        return Err(Error::Usage(
            "--without-account needs the organizations that the key lives in: name them with --org"
                .to_owned(),
        ));
    }
    let of_account = flags.extras.iter().find(|extra| match extra {
        Extra::Tokens | Extra::AuthSettings | Extra::Audit | Extra::Logins => true,
        Extra::ProjectUsers => false,
    });
    match of_account {
        Some(extra) => Err(Error::Usage(format!(
            "--with {} reads the account, which --without-account leaves out",
            extra.as_str()
        ))),
        None => Ok(()),
    }
}
