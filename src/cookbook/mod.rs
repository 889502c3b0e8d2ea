//! The cookbook: everyday questions, each one short SELECT over the views. They are compiled in, so that `query --name` runs
//! them where there is no sqlite3 shell, and `docs/cookbook.md` shows the same text.
//!
//! A recipe is a file: its name, then a head of comments (`question`, any number of `parameter: NAME = EXAMPLE`, and the
//! `command` of this program that answers the same, where there is one), then the statement.

/// A question of the cookbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Its name, such as `account-administrators`.
    pub name: &'static str,
    /// What it answers.
    pub question: &'static str,
    /// What must be given, each with an example.
    pub parameters: Vec<Parameter>,
    /// The arguments of this program that answer the same.
    pub command: Option<&'static str>,
    /// One SELECT.
    pub sql: &'static str,
}

/// A parameter of a recipe, written `:name` in its statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// A value, as an example.
    pub example: &'static str,
}

const FILES: [(&str, &str); 38] = [
    (
        "what-can-one-person-do",
        include_str!("what-can-one-person-do.sql"),
    ),
    (
        "account-administrators",
        include_str!("account-administrators.sql"),
    ),
    (
        "administrators-everywhere",
        include_str!("administrators-everywhere.sql"),
    ),
    (
        "holders-of-a-permission",
        include_str!("holders-of-a-permission.sql"),
    ),
    (
        "who-may-do-something-in-a-project",
        include_str!("who-may-do-something-in-a-project.sql"),
    ),
    (
        "who-may-edit-pipelines-in-a-project",
        include_str!("who-may-edit-pipelines-in-a-project.sql"),
    ),
    (
        "who-gained-access-last-week",
        include_str!("who-gained-access-last-week.sql"),
    ),
    (
        "what-changed-for-a-person",
        include_str!("what-changed-for-a-person.sql"),
    ),
    (
        "who-had-access-on-a-day",
        include_str!("who-had-access-on-a-day.sql"),
    ),
    (
        "could-read-secrets-then-not-now",
        include_str!("could-read-secrets-then-not-now.sql"),
    ),
    (
        "two-people-compared",
        include_str!("two-people-compared.sql"),
    ),
    (
        "administrators-without-two-factor",
        include_str!("administrators-without-two-factor.sql"),
    ),
    (
        "tokens-that-expire-soon",
        include_str!("tokens-that-expire-soon.sql"),
    ),
    (
        "tokens-that-never-expire",
        include_str!("tokens-that-never-expire.sql"),
    ),
    (
        "tokens-that-reach-production",
        include_str!("tokens-that-reach-production.sql"),
    ),
    (
        "only-through-sso-groups",
        include_str!("only-through-sso-groups.sql"),
    ),
    ("held-directly", include_str!("held-directly.sql")),
    (
        "leavers-and-what-they-held",
        include_str!("leavers-and-what-they-held.sql"),
    ),
    ("outside-domains", include_str!("outside-domains.sql")),
    (
        "service-accounts-without-keys",
        include_str!("service-accounts-without-keys.sql"),
    ),
    ("most-roles", include_str!("most-roles.sql")),
    (
        "unlinked-groups-that-give-administrator",
        include_str!("unlinked-groups-that-give-administrator.sql"),
    ),
    (
        "disabled-people-with-access",
        include_str!("disabled-people-with-access.sql"),
    ),
    ("empty-groups", include_str!("empty-groups.sql")),
    ("members-of-a-group", include_str!("members-of-a-group.sql")),
    ("what-a-group-gives", include_str!("what-a-group-gives.sql")),
    (
        "holders-of-a-custom-role",
        include_str!("holders-of-a-custom-role.sql"),
    ),
    (
        "custom-roles-that-nobody-holds",
        include_str!("custom-roles-that-nobody-holds.sql"),
    ),
    (
        "who-reaches-a-resource-group",
        include_str!("who-reaches-a-resource-group.sql"),
    ),
    (
        "grants-that-name-something-gone",
        include_str!("grants-that-name-something-gone.sql"),
    ),
    (
        "who-changed-access-most",
        include_str!("who-changed-access-most.sql"),
    ),
    (
        "changes-while-impersonating",
        include_str!("changes-while-impersonating.sql"),
    ),
    (
        "changes-that-nobody-is-recorded-for",
        include_str!("changes-that-nobody-is-recorded-for.sql"),
    ),
    (
        "access-that-came-and-went",
        include_str!("access-that-came-and-went.sql"),
    ),
    (
        "administrators-who-do-not-sign-in",
        include_str!("administrators-who-do-not-sign-in.sql"),
    ),
    ("what-escalates", include_str!("what-escalates.sql")),
    ("what-was-not-seen", include_str!("what-was-not-seen.sql")),
    ("access-by-scope", include_str!("access-by-scope.sql")),
];

/// Every recipe, in the order of the cookbook.
#[must_use]
pub fn recipes() -> Vec<Recipe> {
    FILES
        .iter()
        .filter_map(|(name, text)| Recipe::read(name, text))
        .collect()
}

impl Recipe {
    /// The recipe of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        recipes().into_iter().find(|recipe| recipe.name == name)
    }

    fn read(name: &'static str, text: &'static str) -> Option<Self> {
        let body = text.find("\nSELECT").map_or(0, |at| at + 1);
        let (head, sql) = text.split_at(body);
        let fields = |wanted: &'static str| {
            head.lines().filter_map(move |line| {
                let (field, value) = line.strip_prefix("-- ")?.split_once(": ")?;
                (field == wanted).then_some(value)
            })
        };
        let parameter = |text: &'static str| {
            let (name, example) = text.split_once(" = ")?;
            Some(Parameter { name, example })
        };
        Some(Self {
            name,
            question: fields("question").next()?,
            parameters: fields("parameter").filter_map(parameter).collect(),
            command: fields("command").next(),
            sql: sql.trim_end(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{FILES, recipes};

    #[test]
    fn every_file_is_a_recipe() {
        assert_eq!(recipes().len(), FILES.len());
        for recipe in recipes() {
            assert!(recipe.sql.starts_with("SELECT"), "{}", recipe.name);
            for parameter in &recipe.parameters {
                assert!(
                    recipe.sql.contains(&format!(":{}", parameter.name)),
                    "{}",
                    recipe.name
                );
            }
        }
    }
}
