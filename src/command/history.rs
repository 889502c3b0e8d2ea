//! `history`: when something appeared, changed and disappeared.

use super::Context;
use super::names::{self, thing};
use super::open::open_database;
use crate::cli::{History, HistoryFormat};
use crate::diff;
use crate::diff::history::events;
use crate::diff::lineage::{ids, stretches};
use crate::error::Error;
use crate::exit::Exit;
use crate::model::{GrantFact, MovedProject, ResourceFact, Span, Thing};
use crate::output;
use crate::output::text::line;
use crate::store::{Changed, GrantParts, Reader};

pub(crate) fn run(arguments: &History, context: &mut Context<'_>) -> Result<Exit, Error> {
    let reader = open_database(arguments.db.as_deref())?;
    let subject = Subject::from(&reader, &arguments.what)?;
    let past = Past {
        moves: reader.moved_projects()?,
        reader: &reader,
    };
    let mut groups = Vec::new();
    let (versions, grants) = match &subject.grant {
        None => past.of_thing(&subject.things[0].id)?,
        Some(parts) => {
            let mut direct = past.grants_with(parts)?;
            if direct.is_empty() {
                (groups, direct) = past.through_groups(parts)?;
            }
            (Vec::new(), direct)
        }
    };
    let mut events = events(versions, grants, &past.moves);
    for event in &mut events {
        let changed = match event.change.subject() {
            diff::Subject::Resource(fact) => Changed::Resource(&fact.id),
            diff::Subject::Grant(grant) => Changed::Grant(grant),
        };
        event.by = reader.made_by(event.moment.snapshot, changed)?;
    }
    reader.end_reading();
    match arguments.format {
        HistoryFormat::Table if events.is_empty() => {}
        HistoryFormat::Table => {
            output::history::table(&events, context.screen(arguments.color), context.out)?;
        }
        HistoryFormat::Json => output::history::json(&subject.things, &events, context.out)?,
        HistoryFormat::Csv => output::history::csv(&events, context.out)?,
    }
    context.out.flush()?;
    if !arguments.quiet && events.is_empty() {
        writeln!(context.err, "{}", line(&subject.nothing()))?;
    } else if !arguments.quiet && !groups.is_empty() {
        let groups = groups.join(", ");
        writeln!(context.err, "not directly; through {}", line(&groups))?;
    }
    Ok(Exit::Done)
}

type Facts = (Vec<Span<ResourceFact>>, Vec<Span<GrantFact>>);

/// What the words on the command line mean.
struct Subject {
    things: Vec<Thing>,
    /// The grants between the things; `None` = everything about the only one.
    grant: Option<GrantParts>,
}

impl Subject {
    /// Says that nothing was found.
    fn nothing(&self) -> String {
        let Some(grant) = &self.grant else {
            return format!("no snapshot in this file has {}", self.things[0].id);
        };
        let part = |word: &str, part: &Option<String>| {
            part.as_deref()
                .map_or_else(String::new, |part| format!(" {word} {part}"))
        };
        format!(
            "no snapshot in this file has a grant{}{}{}{}",
            part("of", &grant.target),
            part("to", &grant.principal),
            part("in", &grant.scope),
            part("over", &grant.resource_group)
        )
    }

    fn from(reader: &Reader, words: &[String]) -> Result<Self, Error> {
        match words {
            [] => Err(Error::Usage(
                "name a principal, role, group or grant".to_owned(),
            )),
            [one] => match thing(reader, one) {
                // A grant's text id in one argument, as `diff` prints it.
                Err(_) if one.contains(":member") || one.contains(":assigned ") => {
                    let words: Vec<String> = one.split(' ').map(str::to_owned).collect();
                    Self::grant(reader, &words)
                }
                found => Ok(Self {
                    things: vec![found?],
                    grant: None,
                }),
            },
            several => Self::grant(reader, several),
        }
    }

    fn grant(reader: &Reader, words: &[String]) -> Result<Self, Error> {
        let (principal, target, more) = match words {
            [principal, target, more @ ..] if more.len() <= 2 => (principal, target, more),
            _ => {
                return Err(Error::Usage(
                    "a grant is named by principal, role or group, scope and resource group, in this order"
                        .to_owned(),
                ));
            }
        };
        let target = target
            .strip_suffix(":assigned")
            .or_else(|| target.strip_suffix(":member"))
            .unwrap_or(target);
        let mut things = vec![thing(reader, principal)?, thing(reader, target)?];
        let scope = more
            .first()
            .map(|path| self::scope(reader, path))
            .transpose()?;
        let over = more.get(1).map(|name| thing(reader, name)).transpose()?;
        let parts = GrantParts {
            principal: Some(things[0].id.clone()),
            target: Some(things[1].id.clone()),
            scope,
            resource_group: over.as_ref().map(|group| group.id.clone()),
        };
        things.extend(over);
        Ok(Self {
            things,
            grant: Some(parts),
        })
    }
}

fn scope(reader: &Reader, path: &str) -> Result<String, Error> {
    Ok(names::scope(path, &names::known_scopes(reader)?, reader)?.to_string())
}

/// What the file knows of the past of things, under every name that they had.
struct Past<'a> {
    reader: &'a Reader,
    moves: Vec<MovedProject>,
}

impl Past<'_> {
    /// The versions of a thing, and the grants of, to or over it.
    fn of_thing(&self, id: &str) -> Result<Facts, Error> {
        let (mut versions, mut grants) = (Vec::new(), Vec::new());
        for called in ids(id, &self.moves) {
            let of_name = self.reader.versions_of(&called.name)?;
            versions.extend(of_name.into_iter().filter(|span| called.overlaps(span)));
            let of_name = self.reader.grants_around(&called.name)?;
            grants.extend(of_name.into_iter().filter(|span| called.overlaps(span)));
        }
        Ok((versions, grants))
    }

    fn grants_with(&self, parts: &GrantParts) -> Result<Vec<Span<GrantFact>>, Error> {
        let mut grants = Vec::new();
        for called in stretches(parts.clone(), &self.moves, |parts, name| {
            parts.renamed(name)
        }) {
            let of_names = self.reader.grants_with(&called.name)?;
            grants.extend(of_names.into_iter().filter(|span| called.overlaps(span)));
        }
        Ok(grants)
    }

    /// A user's way to a role through the groups: the memberships, and what the groups hold of it.
    fn through_groups(
        &self,
        parts: &GrantParts,
    ) -> Result<(Vec<String>, Vec<Span<GrantFact>>), Error> {
        let (mut groups, mut ways) = (Vec::new(), Vec::new());
        let Some(principal) = &parts.principal else {
            return Ok((groups, ways));
        };
        for membership in self.of_thing(principal)?.1 {
            let group = membership.fact.target.id.clone();
            if membership.fact.scope.is_some() || membership.fact.principal.id != *principal {
                continue;
            }
            let held = self.grants_with(&GrantParts {
                principal: Some(group.clone()),
                ..parts.clone()
            })?;
            if !held.is_empty() {
                ways.push(membership);
                if !groups.contains(&group) {
                    ways.extend(held);
                    groups.push(group);
                }
            }
        }
        Ok((groups, ways))
    }
}
