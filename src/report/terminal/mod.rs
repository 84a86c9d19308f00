//! What `run` and `compare` print: the verdict first, then users, then resources, in the width that
//! there is.
//!
//! One idea: the same words on every terminal. Colour and bars are added where they help and left
//! out where they cannot be seen; nothing is said by colour alone. It only sets what `words` and
//! `number` say.

mod calibrate;
mod explain;
mod compare;
mod layout;
mod run;
mod size;
mod sweep;
mod tip;
mod uncertain;

pub use calibrate::calibrate;
pub use compare::compare;
pub use explain::explain;
pub use layout::labelled;
pub use run::run;
pub use size::size;
pub use sweep::sweep;
pub use tip::tip;
pub use uncertain::{ranged, uncertain};

use anstyle::{AnsiColor, Style};

/// Columns of a line where nobody says how many there are.
pub const WIDTH: usize = 80;

/// Fewest columns that are laid out for; a narrower terminal breaks lines by itself.
const NARROWEST: usize = 60;

/// Most columns that are used: longer lines are hard to read.
const WIDEST: usize = 120;

/// What a text is laid out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    look: Look,
    columns: usize,
}

impl Screen {
    /// A screen of so many columns, of which 60 to 120 are used.
    pub fn new(look: Look, columns: usize) -> Screen {
        Screen {
            look,
            columns: columns.clamp(NARROWEST, WIDEST),
        }
    }
}

/// How much a terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// ASCII alone: no colour, no bars, words for symbols.
    Plain,
    /// Symbols and bars without colour.
    Symbols,
    /// Symbols, bars and colour.
    Colour,
}

/// What a piece of text means, for those who see colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing special.
    Normal,
    /// A heading.
    Heading,
    /// Something good.
    Good,
    /// Something bad.
    Bad,
    /// Something not known.
    Doubtful,
}

impl Look {
    /// `text` in the colour of its tone.
    pub(crate) fn paint(self, text: &str, tone: Tone) -> String {
        if self != Look::Colour || tone == Tone::Normal || text.trim().is_empty() {
            return text.to_owned();
        }
        let style = match tone {
            Tone::Normal => Style::new(),
            Tone::Heading => Style::new().bold(),
            Tone::Good => Style::new().fg_color(Some(AnsiColor::Green.into())),
            Tone::Bad => Style::new().fg_color(Some(AnsiColor::Red.into())).bold(),
            Tone::Doubtful => Style::new().fg_color(Some(AnsiColor::Yellow.into())),
        };
        format!("{style}{text}{style:#}")
    }

    /// Whether bars and sparklines are drawn.
    pub(crate) fn has_bars(self) -> bool {
        self != Look::Plain
    }
}

#[cfg(test)]
mod tests;
