//! Which changes make a check fail.

use super::{Finding, Verb};

/// What counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Every change.
    Any,
    /// Changes that let somebody do more, unless Harness makes them by itself.
    Escalation,
    /// No change.
    None,
    /// Changes of these kinds.
    Verbs(Vec<Verb>),
}

impl Gate {
    /// Reads `any`, `escalation`, `none`, or a list such as `added,removed`.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "any" => return Ok(Self::Any),
            "escalation" => return Ok(Self::Escalation),
            "none" => return Ok(Self::None),
            _ => {}
        }
        let verb = |word: &str| match word {
            "added" => Ok(Verb::Added),
            "removed" => Ok(Verb::Removed),
            "changed" => Ok(Verb::Changed),
            _ => Err(format!(
                "`{word}` is none of any, escalation, none, or a list of added, removed, changed"
            )),
        };
        text.split(',')
            .map(verb)
            .collect::<Result<_, _>>()
            .map(Self::Verbs)
    }

    /// Whether a finding counts. Approved ones never do.
    #[must_use]
    pub fn counts(&self, finding: &Finding) -> bool {
        finding.approved.is_none()
            && match self {
                Self::Any => true,
                Self::Escalation => finding.escalation.is_some() && finding.built_in.is_none(),
                Self::None => false,
                Self::Verbs(verbs) => verbs.contains(&finding.change.verb()),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::{Gate, Verb};

    #[test]
    fn words_and_lists() {
        assert_eq!(Gate::parse("any"), Ok(Gate::Any));
        assert_eq!(
            Gate::parse("added,changed"),
            Ok(Gate::Verbs(vec![Verb::Added, Verb::Changed]))
        );
        for text in ["", "all", "added,", "added;removed", "any,added"] {
            assert!(Gate::parse(text).is_err(), "{text:?}");
        }
    }
}
