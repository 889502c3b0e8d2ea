//! Which changes make a check fail.

use super::{AssessedChange, Verb};
use crate::model::Certainty;

/// What counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// Every change.
    Any,
    /// Changes that let somebody do more, unless Harness makes them by itself.
    Escalation,
    /// Changes that nobody is recorded for, although the audit trail was read whole.
    Unexplained,
    /// No change.
    None,
    /// Changes of these kinds.
    Verbs(Vec<Verb>),
}

impl FailOn {
    /// Reads `any`, `escalation`, `unexplained`, `none`, or a list such as `added,removed`.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "any" => return Ok(Self::Any),
            "escalation" => return Ok(Self::Escalation),
            "unexplained" => return Ok(Self::Unexplained),
            "none" => return Ok(Self::None),
            _ => {}
        }
        let verb = |word: &str| {
            Verb::parse(word).ok_or_else(|| {
                format!(
                    "`{word}` is not any, escalation, unexplained, none, or a list of added, removed, changed"
                )
            })
        };
        text.split(',')
            .map(verb)
            .collect::<Result<_, _>>()
            .map(Self::Verbs)
    }

    /// Whether a change counts. Approved ones never do.
    #[must_use]
    pub fn counts(&self, assessed: &AssessedChange) -> bool {
        assessed.approved.is_none()
            && match self {
                Self::Any => true,
                Self::Escalation => assessed.escalates(),
                Self::Unexplained => assessed
                    .by
                    .as_ref()
                    .is_some_and(|by| by.certainty == Certainty::Unexplained),
                Self::None => false,
                Self::Verbs(verbs) => verbs.contains(&assessed.change.verb()),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::{FailOn, Verb};

    #[test]
    fn words_and_lists() {
        assert_eq!(FailOn::parse("any"), Ok(FailOn::Any));
        assert_eq!(
            FailOn::parse("added,changed"),
            Ok(FailOn::Verbs(vec![Verb::Added, Verb::Changed]))
        );
        for text in ["", "all", "added,", "added;removed", "any,added"] {
            assert!(FailOn::parse(text).is_err(), "{text:?}");
        }
    }
}
