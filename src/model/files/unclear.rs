//! Why a data file cannot be used, and what to do about it.
//!
//! One idea: whoever reads a file knows what is wrong, whoever reads the model knows where the file
//! is named; this is what the one hands to the other.

use crate::text::Diagnostic;

/// Why, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unclear {
    pub(crate) why: String,
    pub(crate) help: Option<String>,
}

impl Unclear {
    pub(crate) fn new(why: impl Into<String>) -> Unclear {
        Unclear {
            why: why.into(),
            help: None,
        }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Unclear {
        Unclear {
            help: Some(help.into()),
            ..self
        }
    }

    /// The error about the file of this path; its place is that of the path in the model.
    pub(crate) fn about(self, path: &str) -> Diagnostic {
        let found = format!("`{path}` cannot be used: {}", self.why);
        Diagnostic::new("E025", found).maybe_help(self.help)
    }
}
