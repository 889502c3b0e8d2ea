//! What the flags of `sync` and `doctor` choose to read.

use crate::cli::SelectionFlags;
use crate::error::Error;
use crate::model::{Depth, Extra, ScopeSelection};

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

fn check_without_account(flags: &SelectionFlags<'_>) -> Result<(), Error> {
    if flags.orgs.is_empty() && flags.projects.is_empty() {
        return Err(Error::Usage(
            "--without-account needs the organizations that the key lives in: name them with --org"
                .to_owned(),
        ));
    }
    let of_account = flags.extras.iter().find(|extra| match extra {
        Extra::Tokens | Extra::AuthSettings => true,
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
