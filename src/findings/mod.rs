//! Checks an auditor would make. A rule is one documented SELECT over the views, so that anybody with SQL can read it,
//! run it by hand and write more; this module knows the form of a rule and the rules we bring.

mod accepted;
mod needs;

pub use accepted::AcceptedFindings;
pub use needs::{NEEDS, Need};

use crate::agreed::Agreement;

/// How bad it is; the words of SARIF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// To know.
    Note,
    /// To look at.
    Warning,
    /// To change.
    Error,
}

impl Severity {
    /// Reads the word.
    ///
    /// # Errors
    /// The words there are.
    pub fn parse(word: &str) -> Result<Self, String> {
        [Self::Note, Self::Warning, Self::Error]
            .into_iter()
            .find(|severity| severity.as_str() == word)
            .ok_or_else(|| "expected \"note\", \"warning\" or \"error\"".to_owned())
    }

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable, such as `HA001`.
    pub code: String,
    /// How bad a finding is.
    pub severity: Severity,
    /// What a finding means, in a few words.
    pub title: String,
    /// What to do.
    pub remedy: String,
    /// What a sync must have read besides, else the rule finds nothing whatever is so; a word of [`NEEDS`].
    pub needs: Option<String>,
    /// One SELECT that gives subject, name, email, scope and detail.
    pub sql: String,
}

/// One row of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Text id of what it is about.
    pub subject: String,
    /// Its name.
    pub name: Option<String>,
    /// The address of the person it is about.
    pub email: Option<String>,
    /// Where.
    pub scope: Option<String>,
    /// What exactly.
    pub detail: Option<String>,
    /// Who agreed to live with it.
    pub accepted: Option<Box<Agreement>>,
}

const BUILT_IN: [&str; 20] = [
    include_str!("account_admins.sql"),
    include_str!("direct_admins.sql"),
    include_str!("all_users.sql"),
    include_str!("disabled_users.sql"),
    include_str!("admin_service_accounts.sql"),
    include_str!("unresolved.sql"),
    include_str!("empty_groups.sql"),
    include_str!("self_raising_roles.sql"),
    include_str!("hidden.sql"),
    include_str!("eternal_tokens.sql"),
    include_str!("lasting_tokens.sql"),
    include_str!("orphaned_tokens.sql"),
    include_str!("one_factor_admins.sql"),
    include_str!("local_sign_in.sql"),
    include_str!("password_beside_sso.sql"),
    include_str!("not_signed_in.sql"),
    include_str!("admins_not_signed_in.sql"),
    include_str!("self_granted.sql"),
    include_str!("odd_admin_grants.sql"),
    include_str!("idle_service_accounts.sql"),
];

/// The rules we bring.
///
/// # Panics
/// Never: a test reads them all.
#[must_use]
pub fn built_in() -> Vec<Rule> {
    BUILT_IN
        .iter()
        .map(|text| Rule::parse(text).expect("a rule of ours"))
        .collect()
}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// What its head lacks.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text); // of editors on Windows
        let optional = |name: &str| {
            text.lines()
                .map_while(|line| line.strip_prefix("--"))
                .find_map(|line| line.trim_start().strip_prefix(name)?.strip_prefix(':'))
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        let field = |name: &str| {
            optional(name).ok_or_else(|| format!("its head has no line `-- {name}: ...`"))
        };
        let severity = field("severity")?;
        let known = [Severity::Note, Severity::Warning, Severity::Error];
        Ok(Self {
            code: field("code")?,
            severity: known
                .into_iter()
                .find(|known| known.as_str() == severity)
                .ok_or_else(|| {
                    format!("`{severity}` is not a severity; use note, warning or error")
                })?,
            title: field("title")?,
            remedy: field("remedy")?,
            needs: optional("needs"),
            sql: text.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Rule, built_in};

    #[test]
    fn our_codes_are_unique_and_in_order() {
        let codes: Vec<String> = built_in().into_iter().map(|rule| rule.code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
    }

    #[test]
    fn the_rule_about_self_raising_roles_knows_every_such_permission() {
        let sql = include_str!("self_raising_roles.sql");
        for (permission, _) in crate::model::SELF_RAISING {
            let part = permission.starts_with("core_usergroup_manage");
            assert!(
                part || sql.contains(&format!("'{permission}'")),
                "{permission}"
            );
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_rule() {
        let text = "-- code: X\r\n-- severity: note\r\n-- title: T\r\n-- remedy: R\r\nSELECT 1";
        let rule = Rule::parse(&format!("\u{feff}{text}")).expect("a rule");
        assert_eq!(Ok(rule), Rule::parse(text));
    }

    #[test]
    fn a_head_must_be_whole() {
        assert_eq!(
            Rule::parse("-- code: X\n-- severity: bad\n"),
            Err("`bad` is not a severity; use note, warning or error".to_owned())
        );
        assert_eq!(
            Rule::parse("SELECT 1"),
            Err("its head has no line `-- severity: ...`".to_owned())
        );
    }
}
