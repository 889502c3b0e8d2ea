//! How people name scopes and things: the same for every command.

use crate::diff::lineage::ids;
use crate::error::Error;
use crate::model::{Scope, Thing};
use crate::output::text::{named, shortened};
use crate::similar::{closest, did_you_mean};
use crate::store::Reader;

/// At most so many of the things that a name may mean are listed.
const MOST_CANDIDATES: usize = 10;

/// Columns that a name takes in a sentence.
const NAME: usize = 60;

/// The scope that was typed: its path, `ORGANIZATION/PROJECT`, or the identifier or name of an organization or project, among
/// those that are known.
///
/// # Errors
/// When it is none, or may be several, or the file cannot be read.
pub(crate) fn scope(text: &str, known: &[Scope], reader: &Reader) -> Result<Scope, Error> {
    if let Some(scope) = Scope::parse(text).filter(|scope| *scope != Scope::Harness) {
        let has_level = |of: &Scope| known.iter().any(|known| known.level() == of.level());
        // Without the list of organizations or projects nobody can say that there is none.
        if known.contains(&scope) || !has_level(&scope) || scope == Scope::Account {
            return Ok(scope);
        }
    }
    let mut meant: Vec<&Scope> = known.iter().filter(|scope| is_named(scope, text)).collect();
    if meant.is_empty() {
        let mut named = known_scopes_and_names(reader)?;
        named.retain(|(_, name)| name.eq_ignore_ascii_case(text));
        let is_meant = |scope: &&Scope| named.iter().any(|(path, _)| *path == scope.to_string());
        meant = known.iter().filter(is_meant).collect();
    }
    meant.sort();
    meant.dedup();
    match meant.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let known = known.iter().flat_map(|scope| {
                let identifier = scope.project().or(scope.org()).unwrap_or_default();
                [short(scope), identifier.to_owned()].map(|name| (scope.to_string(), name))
            });
            Err(Error::Unknown {
                message: format!("`{}` is not a scope of this account", typed(text)),
                hint: Some(did_you_mean(&closest(text, known)).unwrap_or_else(|| {
                    "scopes are account, org/<org> and org/<org>/project/<project>".to_owned()
                })),
            })
        }
        several => {
            let lines: Vec<String> = several.iter().map(ToString::to_string).collect();
            Err(ambiguous(text, "scopes", &lines))
        }
    }
}

/// Whether a text is the path or identifier of a scope, whatever its case.
pub(super) fn is_named(scope: &Scope, text: &str) -> bool {
    let text = text
        .strip_prefix("project/")
        .or_else(|| text.strip_prefix("organization/"))
        .unwrap_or(text);
    let identifier = scope.project().or(scope.org());
    short(scope).eq_ignore_ascii_case(text)
        || scope.to_string().eq_ignore_ascii_case(text)
        || identifier.is_some_and(|identifier| identifier.eq_ignore_ascii_case(text))
}

/// `ORGANIZATION/PROJECT`; other scopes have no shorter form.
fn short(scope: &Scope) -> String {
    match (scope.org(), scope.project()) {
        (Some(org), Some(project)) => format!("{org}/{project}"),
        _ => scope.to_string(),
    }
}

/// The organizations and projects that a file knows.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn known_scopes(reader: &Reader) -> Result<Vec<Scope>, Error> {
    let known = known_scopes_and_names(reader)?;
    Ok(known
        .iter()
        .filter_map(|(path, _)| Scope::parse(path))
        .collect())
}

/// The organizations and projects of the snapshot that the reader shows.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn scopes_now(reader: &Reader) -> Result<Vec<Scope>, Error> {
    let paths = reader.select(
        "SELECT CASE type WHEN 'organization' THEN 'org/' || identifier ELSE scope || '/project/' || identifier END
         FROM resources WHERE type IN ('organization', 'project')
           -- the index of ids leads to them
           AND (id BETWEEN 'organization/' AND 'organization0' OR id BETWEEN 'project/' AND 'project0')",
    )?;
    let paths = paths.rows.into_iter().flatten().flatten();
    Ok(paths.filter_map(|path| Scope::parse(&path)).collect())
}

/// The paths and names of the organizations and projects that a file knows.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn known_scopes_and_names(reader: &Reader) -> Result<Vec<(String, String)>, Error> {
    let mut known = Vec::new();
    reader.each_row::<Error>(
        "SELECT DISTINCT CASE type WHEN 'organization' THEN 'org/' || identifier ELSE scope || '/project/' || identifier END,
           ifnull(name, '')
         FROM resource_history WHERE type IN ('organization', 'project')",
        &mut |row| {
            let text = |at: usize| row[at].unwrap_or_default().to_owned();
            known.push((text(0), text(1)));
            Ok(())
        },
    )?;
    Ok(known)
}

/// The only thing that a text may mean.
///
/// # Errors
/// When it means nothing, or several things.
pub(crate) fn thing(reader: &Reader, text: &str) -> Result<Thing, Error> {
    the_one(reader, text, reader.find(text)?)
}

/// The only thing of a type that a text may mean.
///
/// # Errors
/// When it means nothing of the type, or several things, or the file cannot be read.
pub(crate) fn thing_of_type(reader: &Reader, text: &str, kind: &str) -> Result<Thing, Error> {
    let mut found = reader.find(text)?;
    let others: Vec<String> = found.iter().map(|thing| thing.id.clone()).collect();
    found.retain(|thing| thing.r#type == kind);
    if found.is_empty() && !others.is_empty() {
        return Err(Error::Unknown {
            message: format!(
                "`{}` is not a {}: it is {}",
                typed(text),
                kind.replace('_', " "),
                others[0]
            ),
            hint: None,
        });
    }
    the_one(reader, text, found)
}

/// A project that moved, and what it holds, is one thing of several ids: the last one stands for it.
fn without_earlier_ids(reader: &Reader, found: &mut Vec<Thing>) -> Result<(), Error> {
    let moves = reader.moved_projects()?;
    let there: Vec<String> = found
        .iter()
        .filter(|thing| thing.gone_since_snapshot.is_none())
        .map(|thing| thing.id.clone())
        .collect();
    found.retain(|thing| {
        let known = ids(&thing.id, &moves);
        thing.gone_since_snapshot.is_none() || !known.iter().any(|id| there.contains(&id.name))
    });
    Ok(())
}

fn the_one(reader: &Reader, text: &str, mut found: Vec<Thing>) -> Result<Thing, Error> {
    if found.len() > 1 {
        without_earlier_ids(reader, &mut found)?;
    }
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => {
            let mut known = Vec::new();
            reader.each_row::<Error>(
                // People by address, where it is the address of one person.
                "WITH named AS (SELECT id, name, iif(type = 'user', json_extract(attributes, '$.email'), NULL) AS email
                   FROM resources),
                 single AS (SELECT lower(email) AS email FROM named WHERE email <> ''
                   GROUP BY lower(email) HAVING count(*) = 1),
                 shown AS (SELECT iif(lower(email) IN (SELECT email FROM single), email, id) AS shown, * FROM named)
                 SELECT shown, id FROM shown
                 UNION ALL SELECT shown, name FROM shown WHERE name IS NOT NULL
                 UNION ALL SELECT shown, email FROM shown WHERE email IS NOT NULL",
                &mut |row| {
                    let text = |at: usize| row[at].unwrap_or_default().to_owned();
                    known.push((text(0), text(1)));
                    Ok(())
                },
            )?;
            Err(Error::Unknown {
                message: format!("no snapshot in this file has anything named `{}`", typed(text)),
                hint: Some(did_you_mean(&closest(text, known.into_iter())).unwrap_or_else(|| {
                    "give a uuid, an e-mail address, a text id such as user_group/account/ops, or a part of a name"
                        .to_owned()
                })),
            })
        }
        _ => {
            let lines: Vec<String> = found
                .iter()
                .map(|thing| {
                    let name = shortened(named(thing.name.as_deref(), "no name"), NAME);
                    let gone = thing.gone_since_snapshot;
                    let gone = gone.map(|snapshot| format!(", gone since snapshot {snapshot}"));
                    format!("{} ({name}{})", thing.id, gone.unwrap_or_default())
                })
                .collect();
            Err(ambiguous(text, "things", &lines))
        }
    }
}

/// What was typed, as an error repeats it.
pub(crate) fn typed(text: &str) -> String {
    shortened(text, NAME)
}

/// Several things have a name.
pub(crate) fn ambiguous(text: &str, what: &str, candidates: &[String]) -> Error {
    let text = typed(text);
    let mut lines = vec![format!("`{text}` may be {} {what}:", candidates.len())];
    lines.extend(candidates.iter().take(MOST_CANDIDATES).cloned());
    if candidates.len() > MOST_CANDIDATES {
        lines.push("...".to_owned());
    }
    Error::Unknown {
        message: lines.join("\n"),
        hint: Some("give the id of one of them".to_owned()),
    }
}
