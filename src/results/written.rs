//! How the document is laid out as text.
//!
//! One idea: a key a line, so that a change shows in a comparison of lines, but a list on one line:
//! a series has hundreds of numbers, and a line for each would be most of the file.

use std::io::{Result, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{Formatter, PrettyFormatter};

use super::Results;

/// The document as text, ending in a newline.
pub(super) fn text(results: &Results) -> String {
    let mut bytes = Vec::new();
    let layout = Layout {
        keys: PrettyFormatter::new(),
    };
    results
        .serialize(&mut Serializer::with_formatter(&mut bytes, layout))
        .expect("maps have text keys, numbers are finite");
    bytes.push(b'\n');
    String::from_utf8(bytes).expect("JSON is text")
}

/// Objects as usual, lists on one line.
struct Layout {
    keys: PrettyFormatter<'static>,
}

impl Formatter for Layout {
    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.keys.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.keys.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        self.keys.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.keys.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.keys.end_object_value(writer)
    }
}
