//! Lines, columns, wrapping, bars.
//!
//! One idea: text is laid out by the characters that are seen and painted afterwards, so colour
//! moves nothing. It knows no results.

use super::super::number::GAP;
use super::super::words;
use super::{Look, Tone, WIDTH};

/// Text that grows line by line.
pub(super) struct Page {
    look: Look,
    text: String,
}

/// A piece of a line: its text, the columns that it fills, its tone.
pub(super) struct Cell {
    text: String,
    width: usize,
    tone: Tone,
}

/// A cell of plain tone, filled up to `width` on its right.
pub(super) fn cell(text: impl Into<String>, width: usize) -> Cell {
    Cell {
        text: text.into(),
        width,
        tone: Tone::Normal,
    }
}

impl Cell {
    /// The same in another tone.
    pub(super) fn toned(mut self, tone: Tone) -> Cell {
        self.tone = tone;
        self
    }
}

/// Columns that a text takes.
pub(super) fn columns(text: &str) -> usize {
    text.chars().count()
}

impl Page {
    pub(super) fn new(look: Look) -> Page {
        Page {
            look,
            text: String::new(),
        }
    }

    pub(super) fn look(&self) -> Look {
        self.look
    }

    /// The text with one newline at its end.
    pub(super) fn finish(self) -> String {
        format!("{}\n", self.text.trim_end())
    }

    /// Text as this terminal can show it; spaces of every kind are plain ones.
    fn shown(&self, text: &str) -> String {
        match self.look {
            Look::Plain => words::ascii(text),
            _ => text.replace([GAP, '\u{a0}'], " "),
        }
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A line of cells; a cell that is too long pushes the rest on, but never sticks to it.
    pub(super) fn line(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let mut line = String::new();
        let mut pending = 0;
        for cell in cells {
            let text = self.shown(&cell.text);
            line.push_str(&" ".repeat(pending));
            let used = columns(&text);
            line.push_str(&self.look.paint(&text, cell.tone));
            pending = cell.width.saturating_sub(used);
            if pending == 0 && cell.width > 0 {
                pending = 1;
            }
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A heading with what stands beside it.
    pub(super) fn heading(&mut self, title: &str, beside: &str) {
        self.blank();
        let width = if beside.is_empty() {
            0
        } else {
            columns(title) + 2
        };
        self.line([cell(title, width).toned(Tone::Heading), cell(beside, 0)]);
    }

    /// Lines of running text; a number is never parted from its unit.
    fn filled(&self, text: &str, width: usize) -> Vec<String> {
        const TIE: char = '\u{1}';
        let tied = self.shown(&text.replace([GAP, '\u{a0}'], &TIE.to_string()));
        let lines = wrap(&tied, width).into_iter();
        lines.map(|line| line.replace(TIE, " ")).collect()
    }

    /// Running text, wrapped, every line but the first set in by `indent`.
    pub(super) fn wrapped(&mut self, text: &str, indent: usize, tone: Tone) {
        for (index, line) in self.filled(text, WIDTH - indent).iter().enumerate() {
            let margin = if index == 0 { 0 } else { indent };
            let painted = self.look.paint(line, tone);
            self.text
                .push_str(&format!("{}{painted}\n", " ".repeat(margin)));
        }
    }

    /// Running text, wrapped, set in by `indent` from its first line on.
    pub(super) fn indented(&mut self, text: &str, indent: usize) {
        for line in self.filled(text, WIDTH - indent) {
            self.text
                .push_str(&format!("{}{line}\n", " ".repeat(indent)));
        }
    }
}

/// Words filled into lines of at most `width` columns; a longer word stands alone.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        match lines.last_mut() {
            Some(line) if columns(line) + 1 + columns(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A label with running text beside it, wrapped and set in by the label's column.
pub fn labelled(label: &str, column: usize, text: &str) -> String {
    let lines = wrap(text, WIDTH - column);
    let mut set = String::new();
    for (index, line) in lines.iter().enumerate() {
        let beside = if index == 0 { label } else { "" };
        set.push_str(&format!("{beside:<column$}{line}\n"));
    }
    set
}

/// A bar for a share of `width` columns; a sliver for what is less than half a column.
pub(super) fn bar(share: f64, width: usize) -> String {
    let filled = (share.clamp(0.0, 1.0) * width as f64).round() as usize;
    match filled {
        0 if share > 0.0 => "▏".to_owned(),
        _ => "█".repeat(filled),
    }
}

/// A line of eight heights from the means of `width` stretches of `values`.
pub(super) fn sparkline(values: &[Option<f64>], width: usize) -> String {
    const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = values.iter().flatten().copied().fold(0.0, f64::max);
    if values.is_empty() || most <= 0.0 {
        return String::new();
    }
    (0..width)
        .map(|index| {
            let (from, to) = (
                index * values.len() / width,
                (index + 1) * values.len() / width,
            );
            let part = &values[from..to.max(from + 1).min(values.len())];
            let top = part.iter().flatten().copied().fold(0.0, f64::max);
            HEIGHTS[((top / most * 7.0).round() as usize).min(7)]
        })
        .collect()
}
