//! What `run` and `compare` print: the verdict first, then users, then resources, in 80 columns.
//!
//! One idea: the same words on every terminal. Colour and bars are added where they help and left
//! out where they cannot be seen; nothing is said by colour alone. It only sets what `words` and
//! `number` say.

mod compare;
mod layout;
mod run;
mod uncertain;

pub use compare::compare;
pub use layout::labelled;
pub use run::run;
pub use uncertain::uncertain;

use anstyle::{AnsiColor, Style};

/// Columns of a line.
pub const WIDTH: usize = 80;

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
