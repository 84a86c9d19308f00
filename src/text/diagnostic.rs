//! What is wrong or doubtful about a model: the only message type that users see about it.
//!
//! A diagnostic is data; [`super::render`] turns it into text. Its code is stable: scripts and the
//! reference name it. Its texts are made visible when they are said, so that no word of a file
//! moves a terminal's cursor.

use super::source::Place;
use crate::base::visible::visible;

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The model cannot be used.
    Error,
    /// The model can be used, but is probably not what was meant.
    Warning,
    /// Worth knowing.
    Note,
}

impl Level {
    /// The level that a code's letter stands for (`E`, `W`, `N`).
    pub fn of_code(code: &str) -> Level {
        match code.as_bytes().first() {
            Some(b'W') => Level::Warning,
            Some(b'N') => Level::Note,
            _ => Level::Error,
        }
    }

    /// The word that messages begin with.
    pub fn word(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// A fragment for people: it may quote what somebody wrote, so all of it is made visible.
fn fragment(text: impl Into<String>) -> String {
    visible(&text.into()).into_owned()
}

/// A second place that explains the first, with what to say there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is there, as a fragment.
    pub label: String,
}

/// One finding about a model: what was found, where, what was expected, how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it matters; given by the code's letter.
    pub level: Level,
    /// Stable code such as `E012`, explained in the reference.
    pub code: &'static str,
    /// Where; absent for what has no place, such as an empty model.
    pub place: Option<Place>,
    /// What was found: a lower-case fragment without full stop, the user's words in backquotes.
    pub found: String,
    /// What would be right at this place, written under the underline.
    pub expected: Option<String>,
    /// A second place that matters.
    pub related: Option<Box<Related>>,
    /// How to mend it, if that can be guessed.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding without a place yet; the level follows from the code.
    pub fn new(code: &'static str, found: impl Into<String>) -> Diagnostic {
        Diagnostic {
            level: Level::of_code(code),
            code,
            place: None,
            found: fragment(found),
            expected: None,
            related: None,
            help: None,
        }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: Place) -> Diagnostic {
        self.place = Some(place);
        self
    }

    /// Says what would be right.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Diagnostic {
        self.expected = Some(fragment(expected));
        self
    }

    /// Points at a second place.
    #[must_use]
    pub fn related(mut self, place: Place, label: impl Into<String>) -> Diagnostic {
        self.related = Some(Box::new(Related {
            place,
            label: fragment(label),
        }));
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(fragment(help));
        self
    }

    /// Adds a help line if there is one.
    #[must_use]
    pub fn maybe_help(self, help: Option<String>) -> Diagnostic {
        match (&self.help, help) {
            (None, Some(help)) => self.help(help),
            _ => self,
        }
    }
}
