//! Lines, columns, wrapping, bars.
//!
//! One idea: text is laid out by the characters that are seen and painted afterwards, so colour
//! moves nothing. It knows no results.

use super::super::number::GAP;
use super::super::words;
use super::{Look, Screen, Tone, WIDTH};

/// Text that grows line by line.
pub(super) struct Page {
    screen: Screen,
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
    pub(super) fn new(screen: Screen) -> Page {
        Page {
            screen,
            text: String::new(),
        }
    }

    pub(super) fn look(&self) -> Look {
        self.screen.look
    }

    /// Columns of a line.
    pub(super) fn width(&self) -> usize {
        self.screen.columns
    }

    /// The text with one newline at its end.
    pub(super) fn finish(self) -> String {
        format!("{}\n", self.text.trim_end())
    }

    /// Text as this terminal can show it; spaces of every kind are plain ones.
    fn shown(&self, text: &str) -> String {
        match self.look() {
            Look::Plain => words::ascii(text),
            _ => text.replace([GAP, '\u{a0}'], " "),
        }
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A line of cells. A cell that is too long pushes the rest on, but never sticks to it; what
    /// does not fit into the line goes on below, set in like the second column.
    pub(super) fn line(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let cells: Vec<Cell> = cells.into_iter().collect();
        let starts = cells.iter().scan(0, |at, cell| {
            *at += cell.width;
            Some(*at)
        });
        let half = self.width() / 2;
        let hang = starts.take_while(|at| *at <= half).last().unwrap_or(0);
        let mut line = Line::default();
        for cell in cells {
            let text = self.shown(&cell.text);
            let used = columns(text.trim_end());
            if line.used + line.pending + used > self.width() && !text.trim().is_empty() {
                let room = self.width() - line.used.min(self.width());
                let is_text = cell.width == 0 && room > line.pending + self.width() / 3;
                if !is_text {
                    self.end(&mut line, hang);
                }
                let start = line.used + line.pending;
                let pieces = self.filled(text.trim(), self.width() - start);
                for (index, piece) in pieces.iter().enumerate() {
                    if index > 0 {
                        self.end(&mut line, start);
                    }
                    line.push(piece, &self.look().paint(piece, cell.tone));
                }
                line.pending = cell.width.saturating_sub(used).max(1);
                continue;
            }
            line.push(&text, &self.look().paint(&text, cell.tone));
            line.pending = cell.width.saturating_sub(columns(&text));
            if line.pending == 0 && cell.width > 0 {
                line.pending = 1;
            }
        }
        self.end(&mut line, 0);
    }

    /// Ends a line that has anything in it; the next is set in by `hang`.
    fn end(&mut self, line: &mut Line, hang: usize) {
        let done = std::mem::take(line);
        if !done.text.trim_end().is_empty() || hang == 0 {
            self.text.push_str(done.text.trim_end());
            self.text.push('\n');
        }
        line.pending = hang;
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
    pub(super) fn filled(&self, text: &str, width: usize) -> Vec<String> {
        const TIE: char = '\u{1}';
        let tied = self.shown(&text.replace([GAP, '\u{a0}'], &TIE.to_string()));
        let lines = wrap(&tied, width).into_iter();
        lines.map(|line| line.replace(TIE, " ")).collect()
    }

    /// Running text, wrapped, every line but the first set in by `indent`.
    pub(super) fn wrapped(&mut self, text: &str, indent: usize, tone: Tone) {
        for (index, line) in self.filled(text, self.width() - indent).iter().enumerate() {
            let margin = if index == 0 { 0 } else { indent };
            let painted = self.look().paint(line, tone);
            self.text
                .push_str(&format!("{}{painted}\n", " ".repeat(margin)));
        }
    }

    /// Running text, wrapped, set in by `indent` from its first line on.
    pub(super) fn indented(&mut self, text: &str, indent: usize) {
        for line in self.filled(text, self.width() - indent) {
            self.text
                .push_str(&format!("{}{line}\n", " ".repeat(indent)));
        }
    }
}

/// A line as it grows: its text, the columns that are seen of it, the gap before what comes next.
#[derive(Default)]
struct Line {
    text: String,
    used: usize,
    pending: usize,
}

impl Line {
    /// Adds what is seen as `shown`, painted.
    fn push(&mut self, shown: &str, painted: &str) {
        self.text.push_str(&" ".repeat(self.pending));
        self.text.push_str(painted);
        self.used += self.pending + columns(shown);
    }
}

/// Words filled into lines of at most `width` columns; a longer word is broken, behind a comma or a
/// dot if it has one.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        for piece in pieces(word, width.max(1)) {
            match lines.last_mut() {
                Some(line) if columns(line) + 1 + columns(&piece) <= width => {
                    line.push(' ');
                    line.push_str(&piece);
                }
                _ => lines.push(piece),
            }
        }
    }
    lines
}

/// A word in pieces of at most `width` columns.
fn pieces(word: &str, width: usize) -> Vec<String> {
    let mut rest: Vec<char> = word.chars().collect();
    let mut all = Vec::new();
    while rest.len() > width {
        let soft = rest[..width].iter().rposition(|c| matches!(c, ',' | '.'));
        let at = soft.map_or(width, |at| at + 1);
        all.push(rest.drain(..at).collect());
    }
    all.push(rest.into_iter().collect());
    all
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_too_long_is_broken_behind_a_comma() {
        assert_eq!(
            wrap("say one,two,three,four now", 10),
            ["say", "one,two,", "three,four", "now"]
        );
        assert_eq!(wrap("abcdefghijkl", 5), ["abcde", "fghij", "kl"]);
    }

    #[test]
    fn cells_that_do_not_fit_go_on_below() {
        let mut page = Page::new(Screen::new(Look::Symbols, 60));
        let figures = ["one", "two", "three"].map(|text| cell(text.repeat(5), 18));
        page.line([cell("", 2), cell("a name", 10)].into_iter().chain(figures));
        let text = page.finish();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(lines.iter().all(|line| columns(line) <= 60), "{text}");
        assert!(lines[1].starts_with("            "), "{text}");
    }
}
