//! What became of a question.

use super::compare::Compared;
use super::reason::Reason;
use super::sample::SampledQuestion;

/// What became of a question.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Both sides answered.
    Told {
        /// The question.
        asked: SampledQuestion,
        /// The two answers.
        compared: Compared,
        /// Why they may differ; of no meaning when they agree.
        reason: Reason,
    },
    /// Harness did not answer it.
    Untold {
        /// The question.
        asked: SampledQuestion,
        /// Why not.
        why: String,
    },
}

impl Outcome {
    /// Whether the two answers differ.
    #[must_use]
    pub fn differs(&self) -> bool {
        matches!(self, Self::Told { compared, .. } if !compared.agrees() && !compared.depends())
    }

    /// Whether the snapshot says neither yes nor no, so that there is nothing to differ from.
    #[must_use]
    pub fn depends(&self) -> bool {
        matches!(self, Self::Told { compared, .. } if compared.depends())
    }

    /// Whether the two answers are the same.
    #[must_use]
    pub fn agrees(&self) -> bool {
        !self.differs() && !self.depends() && !self.is_untold()
    }

    /// Whether there is no answer to compare with.
    #[must_use]
    pub fn is_untold(&self) -> bool {
        matches!(self, Self::Untold { .. })
    }

    /// The question.
    #[must_use]
    pub fn asked(&self) -> &SampledQuestion {
        match self {
            Self::Told { asked, .. } | Self::Untold { asked, .. } => asked,
        }
    }
}
