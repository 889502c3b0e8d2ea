//! What rules need that not every sync reads: without it, a rule that finds nothing has not answered.

use super::Rule;

/// Something that a rule may need, by the word in its head.
#[derive(Debug)]
pub struct Need {
    /// The word.
    pub word: &'static str,
    /// What to do to have it.
    pub remedy: &'static str,
    /// A SELECT over the views that gives a row where it was read.
    pub evidence: &'static str,
}

/// Everything that may be needed.
pub const NEEDS: [Need; 5] = [
    Need {
        word: "tokens",
        remedy: "sync --with tokens",
        evidence: "SELECT 1 FROM listings WHERE kind LIKE '%\\_tokens' ESCAPE '\\' AND state = 'complete'
           AND snapshot_id = (SELECT max(id) FROM snapshots) LIMIT 1",
    },
    Need {
        word: "auth-settings",
        remedy: "sync --with auth-settings",
        evidence: "SELECT 1 FROM listings WHERE kind LIKE '%auth\\_settings' ESCAPE '\\' AND state = 'complete'
           AND snapshot_id = (SELECT max(id) FROM snapshots) LIMIT 1",
    },
    // The account itself may tell how people sign in, or its settings.
    Need {
        word: "sign-in",
        remedy: "sync --with auth-settings",
        evidence: "SELECT 1 FROM resources WHERE type IN ('account', 'auth_setting')
           AND ifnull(json_extract(attributes, '$.mechanism'), json_extract(attributes, '$.authentication_mechanism')) IS NOT NULL
           LIMIT 1",
    },
    Need {
        word: "logins",
        remedy: "sync --with logins, for 90 days",
        evidence: "SELECT 1 FROM users WHERE last_login_unknown_before <=
             (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', max(finished_at), '-90 days') FROM snapshots)
           AND last_login_unknown_after >=
             (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', max(finished_at), '-1 day') FROM snapshots) LIMIT 1",
    },
    Need {
        word: "audit",
        remedy: "sync --with audit, for 90 days",
        evidence: "SELECT 1 FROM audit_windows WHERE state = 'complete'
           AND begins <= (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', max(finished_at), '-90 days') FROM snapshots)
           AND ends >= (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', max(finished_at), '-1 day') FROM snapshots) LIMIT 1",
    },
];

impl Rule {
    /// What it needs; `None` = what every sync reads, or what we know nothing of.
    #[must_use]
    pub fn need(&self) -> Option<&'static Need> {
        let word = self.needs.as_deref()?;
        NEEDS.iter().find(|need| need.word == word)
    }
}
