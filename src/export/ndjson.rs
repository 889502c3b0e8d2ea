//! A snapshot as lines of JSON: the snapshot itself, then resources, then grants, in a fixed order.

use serde::Serialize;
use std::io::Write;

use super::exporter::{ExportSource, Exporter};
use super::target::ExportTarget;
use crate::error::Error;
use crate::model::{Gap, SnapshotInfo};
use crate::output::write_json_line;
use crate::store::Reader;

#[derive(Serialize)]
struct Head<'a> {
    format_version: u32,
    record: &'static str,
    #[serde(flatten)]
    snapshot: &'a SnapshotInfo,
    coverage: &'a [Gap],
}

#[derive(Serialize)]
struct Resource<'a> {
    record: &'static str,
    id: &'a str,
    r#type: &'a str,
    scope: &'a str,
    identifier: &'a str,
    name: Option<&'a str>,
    attributes: Option<serde_json::Value>,
    since: Option<&'a str>,
    unverified: bool,
}

#[derive(Serialize)]
struct Grant<'a> {
    record: &'static str,
    entitlement_id: &'a str,
    principal_id: &'a str,
    principal_type: &'a str,
    resource_id: &'a str,
    scope: Option<&'a str>,
    resource_group_id: Option<&'a str>,
    role_assignment: Option<&'a str>,
    harness_managed: bool,
    created_at: Option<&'a str>,
    since: Option<&'a str>,
    unverified: bool,
    unresolved: Option<&'a str>,
}

/// The format `ndjson`.
#[derive(Clone, Copy, Debug)]
pub struct Ndjson;

impl Exporter for Ndjson {
    fn format(&self) -> &'static str {
        "ndjson"
    }

    fn write(
        &self,
        source: &ExportSource<'_>,
        target: &mut ExportTarget<'_>,
    ) -> Result<u64, Error> {
        let head = Head {
            format_version: 1,
            record: "snapshot",
            snapshot: source.snapshot,
            coverage: source.gaps,
        };
        line(&head, target)?;
        Ok(1 + write_resources(source.reader, target)? + write_grants(source.reader, target)?)
    }
}

fn write_resources(reader: &Reader, out: &mut dyn Write) -> Result<u64, Error> {
    let mut lines = 0;
    let sql =
        "SELECT id, type, scope, identifier, name, attributes, since, unverified FROM resources
        ORDER BY scope, type, id";
    reader.each_row::<Error>(sql, &mut |row| {
        lines += 1;
        let text = |at: usize| row[at].unwrap_or_default();
        let resource = Resource {
            record: "resource",
            id: text(0),
            r#type: text(1),
            scope: text(2),
            identifier: text(3),
            name: row[4],
            attributes: row[5].and_then(|json| serde_json::from_str(json).ok()),
            since: row[6],
            unverified: row[7] == Some("1"),
        };
        line(&resource, out)
    })?;
    Ok(lines)
}

fn write_grants(reader: &Reader, out: &mut dyn Write) -> Result<u64, Error> {
    let mut lines = 0;
    let columns =
        "entitlement_id, principal_id, principal_type, resource_id, scope, resource_group_id,
      role_assignment, harness_managed, created_at, since, unverified, unresolved";
    reader.each_grant::<Error>(columns, &mut |row| {
        lines += 1;
        let text = |at: usize| row[at].unwrap_or_default();
        let grant = Grant {
            record: "grant",
            entitlement_id: text(0),
            principal_id: text(1),
            principal_type: text(2),
            resource_id: text(3),
            scope: row[4],
            resource_group_id: row[5],
            role_assignment: row[6],
            harness_managed: row[7] == Some("1"),
            created_at: row[8],
            since: row[9],
            unverified: row[10] == Some("1"),
            unresolved: row[11],
        };
        line(&grant, out)
    })?;
    Ok(lines)
}

fn line(record: &impl Serialize, out: &mut dyn Write) -> Result<(), Error> {
    Ok(write_json_line(record, out)?)
}
