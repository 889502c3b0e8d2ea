//! Projects that are in another organization now. What was in one is not gone, so the brake leaves it out.

use super::brake::Moved;
use super::merge::Merge;
use crate::model::{ResourceId, ResourceType, Scope};

impl Merge<'_> {
    /// A project moved where one that is gone and one that is new share an identifier, and no others do.
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
        let arrived: Vec<&str> = there
            .iter()
            .filter(|id| id.kind == ResourceType::Project && !is_held(id))
            .map(|id| id.identifier.as_str())
            .collect();
        let mut moved = Moved::default();
        for (key, org, project) in &gone {
            let left = gone.iter().filter(|(_, _, other)| other == project).count();
            let came = arrived.iter().filter(|other| *other == project).count();
            if (left, came) == (1, 1) {
                moved.projects.insert(*key);
                let path = scope(org, project).to_string();
                let scope = self.dictionary.scopes.get(&path);
                let listings = self.dictionary.listings.iter();
                let here = listings.filter(|((_, of), _)| Some(of) == scope);
                moved.listings.extend(here.map(|(_, listing)| *listing));
            }
        }
        drop((gone, arrived, there));
        self.moved = moved;
        Ok(())
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
