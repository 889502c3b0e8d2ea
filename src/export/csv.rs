//! CSV for reviewers: one row for each principal, role, scope, resource group and user group it comes through. What people
//! read comes first, ids last.

use std::collections::HashMap;
use std::io::Write;

use super::exporter::{ExportSource, Exporter};
use super::sign_ins::{self, SignIns};
use super::target::ExportTarget;
use crate::access::{Access, Path, PathAnswer};
use crate::error::Error;
use crate::model::{PrincipalFact, Scope};
use crate::output::access::words::{covers, flags, reasons};
use crate::output::csv::{self, fitting};
use crate::output::text::named;
use crate::store::Reader;

/// The preset `matrix`.
#[derive(Clone, Copy, Debug)]
pub struct Matrix {
    /// Begin with a byte order mark, without which Excel takes the text for another encoding.
    pub bom: bool,
}

const COLUMNS: [&str; 23] = [
    "Name",
    "E-mail",
    "Type",
    "State",
    "Two-factor",
    "Last login",
    "Role",
    "Resource group",
    "Organization",
    "Project",
    "Covers",
    "Via group",
    "Certain",
    "Depends on",
    "Since",
    "Snapshot taken",
    "snapshot",
    "scope",
    "principal_id",
    "role_id",
    "resource_group_id",
    "via_group_id",
    "role_assignment",
];

impl Exporter for Matrix {
    fn format(&self) -> &'static str {
        "csv"
    }

    fn preset(&self) -> Option<&'static str> {
        Some("matrix")
    }

    fn write(
        &self,
        source: &ExportSource<'_>,
        target: &mut ExportTarget<'_>,
    ) -> Result<u64, Error> {
        let access = Access::new(source.reader.access_facts(source.snapshot.id)?);
        let details = Details::load(source.reader)?;
        if self.bom {
            target.write_all(csv::BOM)?;
        }
        csv::row(target, &COLUMNS)?;
        let snapshot = source.snapshot.id.to_string();
        let mut count = 0;
        for path in access.everything_held().flatten() {
            count += 1;
            let of_snapshot = [source.snapshot.finished_at.as_str(), &snapshot];
            write_row(&access, &details, &path, of_snapshot, target)?;
        }
        Ok(count)
    }
}

fn write_row(
    access: &Access,
    details: &Details,
    path: &Path,
    [taken, snapshot]: [&str; 2],
    out: &mut dyn Write,
) -> Result<(), Error> {
    let principal = access.principal(path.principal);
    let via = path.via.map(|via| access.principal(via));
    let (role, group, scope) = (
        access.role(path),
        access.resource_group(path),
        access.scope(path),
    );
    let certain = match path.answer() {
        PathAnswer::Yes => "yes",
        PathAnswer::Depends => "depends",
    };
    let scope_text = scope.to_string();
    let [organization, project] = details.containers_of(scope);
    let via_name = via.map_or_else(String::new, |via| {
        let name = named(via.name.as_deref(), &via.identifier);
        format!("{name} ({})", via.scope)
    });
    csv::row(
        out,
        &[
            named(principal.name.as_deref(), &principal.identifier),
            principal.email.as_deref().unwrap_or_default(),
            &principal.kind.as_str().replace('_', " "),
            &state(principal),
            details.second_factor_of(&principal.id),
            &details.last_login_of(&principal.id),
            named(role.name.as_deref(), &role.identifier),
            named(group.name.as_deref(), &group.identifier),
            organization,
            project,
            &fitting(&covers(path)),
            &via_name,
            certain,
            &fitting(&reasons(access, path)),
            details.since(access, path),
            taken,
            snapshot,
            &scope_text,
            &principal.id,
            &role.id,
            &group.id,
            via.map_or("", |via| &via.id),
            &access.role_assignment(path).unwrap_or_default(),
        ],
    )?;
    Ok(())
}

fn state(principal: &PrincipalFact) -> String {
    let flags = flags(principal);
    if flags.is_empty() {
        "active".to_owned()
    } else {
        flags.join(", ")
    }
}

/// What reviewers want to know besides who holds what.
struct Details {
    names: HashMap<String, String>,
    second_factor: HashMap<String, bool>,
    sign_ins: HashMap<String, SignIns>,
    /// When each snapshot was finished, by number.
    moments: HashMap<i64, String>,
}

impl Details {
    fn load(reader: &Reader) -> Result<Self, Error> {
        let mut details = Self {
            names: HashMap::new(),
            second_factor: HashMap::new(),
            sign_ins: sign_ins::load(reader)?,
            moments: reader.moments()?,
        };
        details.load_resources(reader)?;
        Ok(details)
    }

    fn load_resources(&mut self, reader: &Reader) -> Result<(), Error> {
        reader.each_row::<Error>(
            "SELECT id, type, name, json_extract(attributes, '$.two_factor_enabled') FROM resources
             WHERE type IN ('organization', 'project', 'user')",
            &mut |row| {
                let (Some(id), Some(kind)) = (row[0], row[1]) else {
                    return Ok(());
                };
                if let (true, Some(enabled)) = (kind == "user", row[3]) {
                    self.second_factor.insert(id.to_owned(), enabled == "1");
                } else if let (false, Some(name)) = (kind == "user", row[2]) {
                    self.names.insert(id.to_owned(), name.to_owned());
                }
                Ok(())
            },
        )
    }

    /// Since when somebody holds a role: both the role grant and the membership must be there.
    fn since(&self, access: &Access, path: &Path) -> &str {
        let moment = |snapshot: u32| {
            let moment = self.moments.get(&i64::from(snapshot));
            moment.map_or("", String::as_str)
        };
        let joined = access.membership(path).map(|of| moment(of.since));
        moment(access.grant(path).since).max(joined.unwrap_or_default())
    }

    fn last_login_of(&self, id: &str) -> String {
        self.sign_ins.get(id).map(SignIns::day).unwrap_or_default()
    }

    fn second_factor_of(&self, id: &str) -> &'static str {
        match self.second_factor.get(id) {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        }
    }

    /// Names of the organization and the project that a scope is.
    fn containers_of<'a>(&'a self, scope: &'a Scope) -> [&'a str; 2] {
        let named = |id: String, identifier: &'a str| {
            let name = self.names.get(&id).map(String::as_str);
            named(name, identifier)
        };
        match scope {
            Scope::Organization { org } => [named(format!("organization/{org}"), org), ""],
            Scope::Project { org, project } => [
                named(format!("organization/{org}"), org),
                named(format!("project/{org}/{project}"), project),
            ],
            Scope::Account | Scope::Harness => ["", ""],
        }
    }
}
