//! Texts and places in them: a [`Place`] is a byte range of one text, shown as line and column.
//!
//! Columns count characters, as editors do. The module does not read files: whoever has a text
//! hands it in under the name that the user should see.

use std::ops::Range;
use std::sync::Arc;

/// Which of the texts in [`Sources`] a place belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileId(u16);

impl FileId {
    /// The first text: the model file itself.
    pub const MODEL: FileId = FileId(0);
}

/// A range of bytes in one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// The text.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Place {
    /// The range of a text; ends beyond 4 GiB are cut, which no readable text reaches.
    pub fn new(file: FileId, range: Range<usize>) -> Place {
        let cut = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Place {
            file,
            start: cut(range.start),
            end: cut(range.end),
        }
    }

    /// The bytes as a range for slicing.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A position as people count it: both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A text with the name that the user sees for it.
#[derive(Clone, Debug)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
    line_starts: Arc<[u32]>,
}

impl Source {
    /// A text under the name that messages show, usually its path as the user gave it.
    pub fn new(name: &str, text: &str) -> Source {
        let after_breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(after_breaks.map(|(at, _)| at + 1));
        let line_starts = starts
            .map(|at| u32::try_from(at).unwrap_or(u32::MAX))
            .collect();
        Source {
            name: name.into(),
            text: text.into(),
            line_starts,
        }
    }

    /// The name that messages show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte; a byte inside a character counts as its start.
    pub fn position(&self, byte: usize) -> Position {
        let byte = byte.min(self.text.len());
        let line = self
            .line_starts
            .partition_point(|start| *start as usize <= byte);
        let start = self.line_starts[line - 1] as usize;
        let characters = self.text[start..].char_indices();
        let column = characters
            .take_while(|(at, c)| start + at + c.len_utf8() <= byte)
            .count()
            + 1;
        Position { line, column }
    }

    /// The text at a range, empty if the range does not fit the text.
    pub fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }
}

/// All texts of one reading: the model, and whatever changes it (`--set`).
#[derive(Clone, Debug, Default)]
pub struct Sources {
    texts: Vec<Source>,
}

impl Sources {
    /// A set that begins with the model's text.
    pub fn new(model: Source) -> Sources {
        Sources { texts: vec![model] }
    }

    /// Adds a text and says how places name it.
    pub fn add(&mut self, source: Source) -> FileId {
        let id = FileId(u16::try_from(self.texts.len()).expect("fewer than 65 536 texts are read"));
        self.texts.push(source);
        id
    }

    /// The text of an id; none if the id belongs to another set.
    pub fn get(&self, file: FileId) -> Option<&Source> {
        self.texts.get(usize::from(file.0))
    }

    /// What is written at a place, empty if the place is not of this set.
    pub fn at(&self, place: Place) -> &str {
        self.get(place.file)
            .map_or("", |source| source.slice(place.range()))
    }

    /// `name:line:column` of the start of a place, as messages show it.
    pub fn locate(&self, place: Place) -> String {
        match self.get(place.file) {
            Some(source) => {
                let position = source.position(place.start as usize);
                format!("{}:{}:{}", source.name(), position.line, position.column)
            }
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let source = Source::new("a.toml", "x = 1\nü = \"20ms\"\n");
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(6), Position { line: 2, column: 1 });
        assert_eq!(source.position(8), Position { line: 2, column: 2 });
        assert_eq!(
            source.position(7),
            Position { line: 2, column: 1 },
            "inside a character"
        );
        assert_eq!(source.position(999), Position { line: 3, column: 1 });
    }

    #[test]
    fn places_are_located_by_name() {
        let sources = Sources::new(Source::new("a.toml", "x = 1\ny = 2\n"));
        let place = Place::new(FileId::MODEL, 6..7);
        assert_eq!(sources.locate(place), "a.toml:2:1");
        assert_eq!(sources.at(place), "y");
    }
}
