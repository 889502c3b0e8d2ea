//! Projects that are in another organization now. What was in one is not gone, so the brake leaves it out.

use rusqlite::named_params;
use std::collections::HashSet;

use super::brake::Moved;
use super::grants::GrantKey;
use super::merge::Merge;
use crate::model::{Grant, ResourceId, ResourceType, Scope, is_move};
use crate::store::derived::{OWN, ProjectMove};

impl Merge<'_> {
    /// A project moved where one that is gone and one that is new share an identifier, no others do, and most of what the
    /// one held is in the other: the rule of `diff`, or a project that was deleted would pass for one that moved.
    pub(super) fn note_moved_projects(&mut self) -> rusqlite::Result<()> {
        let held = self.held_projects()?;
        let there = self.scopes_there();
        let gone: Vec<&(i64, String, String)> = held
            .iter()
            .filter(|(_, org, project)| self.has_vanished(&scope(org, project), &there))
            .collect();
        let is_held = |id: &ResourceId| {
            let org = id.scope.org().unwrap_or_default();
            held.iter()
                .any(|(_, held, project)| held == org && *project == id.identifier)
        };
        let arrived: Vec<(i64, &ResourceId)> = self
            .observation
            .resources
            .iter()
            .map(|resource| {
                (
                    resource.id.index(),
                    self.observation.directory.id(resource.id),
                )
            })
            .filter(|(_, id)| id.kind == ResourceType::Project && !is_held(id))
            .map(|(at, id)| (self.resources[at], id))
            .collect();
        let mut moved = Moved::default();
        for (key, org, project) in &gone {
            let left = gone.iter().filter(|(_, _, other)| other == project).count();
            let mut came = arrived.iter().filter(|(_, id)| id.identifier == *project);
            let (Some((new, to)), None, 1) = (came.next(), came.next(), left) else {
                continue;
            };
            let from = scope(org, project);
            if let Some(to) = to.as_scope()
                && let Some(project) = self.project_move([*key, *new], &from, &to)
                && self.came_along(&project, &to)?
            {
                moved.projects.insert(*key);
                let listings = self.dictionary.listings.iter();
                let here = listings.filter(|((_, of), _)| *of == project.old_scope);
                moved.listings.extend(here.map(|(_, listing)| *listing));
            }
        }
        drop((gone, arrived, there));
        self.moved = moved;
        Ok(())
    }

    /// `None` = nothing ever was in one of them.
    fn project_move(&self, [old, new]: [i64; 2], from: &Scope, to: &Scope) -> Option<ProjectMove> {
        let (from, to) = (from.to_string(), to.to_string());
        Some(ProjectMove {
            old,
            old_scope: *self.dictionary.scopes.get(&from)?,
            new,
            new_scope: *self.dictionary.scopes.get(&to)?,
            from,
            to,
        })
    }

    /// Whether the new project shows enough of what the old one held.
    fn came_along(&self, project: &ProjectMove, to: &Scope) -> rusqlite::Result<bool> {
        let (target, principal, over) = (
            project.renamed("t"),
            project.renamed("p"),
            project.renamed("rg"),
        );
        let (scope, held) = (project.renamed_scope(), project.holds());
        let (resources, grants) = self.observed_in(to);
        let parameters = named_params! {":to": project.to};
        let mut along = self
            .connection
            .prepare(&format!(
                "SELECT {target} FROM _resource t WHERE t.scope = {} AND t.version IS NOT NULL AND {OWN}",
                project.old_scope
            ))?
            .query_map(parameters, |row| {
                let key: Option<i64> = row.get(0)?;
                Ok(key.is_some_and(|key| resources.contains(&key)))
            })?
            .collect::<rusqlite::Result<Vec<bool>>>()?;
        let mut held = self.connection.prepare(&format!(
            "SELECT {target}, {principal}, {scope}, {over}
             FROM _grant g CROSS JOIN _resource t ON t.key = g.target CROSS JOIN _resource p ON p.key = g.principal
             CROSS JOIN _resource rg ON rg.key = g.resource_group
             WHERE g.valid_until IS NULL AND {held} AND {OWN}"
        ))?;
        let mut rows = held.query(parameters)?;
        while let Some(row) = rows.next()? {
            let key: [Option<u32>; 4] = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
            let key = key.map(Option::unwrap_or_default); // what is not there has no key, and 0 stands for none
            along.push(grants.contains(&key));
        }
        Ok(is_move(&along))
    }

    /// The keys of the resources and grants that were observed in a scope.
    fn observed_in(&self, scope: &Scope) -> (HashSet<i64>, HashSet<GrantKey>) {
        let directory = &self.observation.directory;
        let resources = self.observation.resources.iter();
        let resources = resources.filter(|resource| directory.id(resource.id).scope == *scope);
        let is_of = |target: &ResourceId| {
            target.scope == *scope || target.as_scope().as_ref() == Some(scope)
        };
        let is_here = |grant: &&Grant| match grant.scope {
            Some(of) => directory.scopes()[of.index()] == *scope,
            None => is_of(directory.id(grant.target)),
        };
        let grants = self.observation.grants.iter().filter(is_here);
        (
            resources
                .map(|resource| self.resources[resource.id.index()])
                .collect(),
            grants.map(|grant| self.key_of(grant)).collect(),
        )
    }

    /// Whether a fact of this listing is elsewhere rather than gone.
    pub(super) fn is_moved(&self, listing: Option<i64>) -> bool {
        listing.is_some_and(|listing| self.moved.listings.contains(&listing))
    }

    /// The projects of the snapshot before: key, organization and identifier.
    fn held_projects(&self) -> rusqlite::Result<Vec<(i64, String, String)>> {
        self.connection
            .prepare(
                "SELECT r.key, substr(s.path, 5), r.identifier FROM _resource r JOIN _scope s ON s.key = r.scope
                 WHERE r.type = 'project' AND r.version IS NOT NULL",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect()
    }
}

fn scope(org: &str, project: &str) -> Scope {
    Scope::Project {
        org: org.to_owned(),
        project: project.to_owned(),
    }
}
