//! The two streams: results on stdout, everything else on stderr.
//!
//! One idea: whoever pipes the results away still sees notes, failures and how it ended. Colour
//! and symbols depend on the stream that a text goes to, on `NO_COLOR` and on what was asked for.

use std::io::{self, ErrorKind, IsTerminal as _, Write};

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};

use super::args::{Colouring, Voice};
use super::exit::{Ending, Exit};
use crate::report::terminal::{Look, Screen, WIDTH};
use crate::text::render::{Colour, Frame, render};
use crate::text::{Diagnostic, Sources};

/// The streams, and how they are spoken to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Console {
    voice: Voice,
    results_on_stderr: bool,
}

/// Why results could not be printed.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to stdout: {0}")]
pub(super) struct Unprintable(#[from] io::Error);

impl Console {
    /// The streams of this process.
    pub(super) fn new(voice: Voice) -> Console {
        Console {
            voice,
            results_on_stderr: false,
        }
    }

    /// The streams when stdout is taken by a document: words for people go to stderr.
    #[must_use]
    pub(super) fn beside_a_document(self) -> Console {
        Console {
            results_on_stderr: true,
            ..self
        }
    }

    /// Speaking as was also asked elsewhere.
    #[must_use]
    pub(super) fn and(self, other: Voice) -> Console {
        let color = match self.voice.color {
            Colouring::Auto => other.color,
            Colouring::Always | Colouring::Never => self.voice.color,
        };
        let voice = Voice {
            quiet: self.voice.quiet || other.quiet,
            plain: self.voice.plain || other.plain,
            color,
        };
        Console { voice, ..self }
    }

    /// Whether progress is drawn: on a terminal that was not told to be quiet.
    pub(super) fn shows_progress(&self) -> bool {
        !self.voice.quiet && io::stderr().is_terminal()
    }

    /// Whether only results and failures are wanted.
    pub(super) fn is_quiet(&self) -> bool {
        self.voice.quiet
    }

    /// Whether only ASCII may be shown.
    pub(super) fn is_plain(&self) -> bool {
        self.voice.plain
    }

    /// How much the stream of the results can show.
    pub(super) fn look(&self) -> Look {
        let choice = match self.results_on_stderr {
            true => Stream::of(&io::stderr()),
            false => Stream::of(&io::stdout()),
        };
        match (self.voice.plain, self.voice.color, choice) {
            (true, ..) => Look::Plain,
            (_, Colouring::Always, _) => Look::Colour,
            (_, _, Stream::File) => Look::Plain,
            (_, Colouring::Never, _) | (_, _, Stream::Colourless) => Look::Symbols,
            (_, Colouring::Auto, Stream::Coloured) => Look::Colour,
        }
    }

    /// What the stream of the results can show, and in how many columns: what `COLUMNS` says, else
    /// what the terminal has, else 80.
    pub(super) fn screen(&self) -> Screen {
        let told = std::env::var("COLUMNS").ok();
        let told = told
            .and_then(|text| text.trim().parse().ok())
            .filter(|n| *n > 0);
        let size = match self.results_on_stderr {
            true => terminal_size::terminal_size_of(io::stderr()),
            false => terminal_size::terminal_size_of(io::stdout()),
        };
        let has = size.map(|(columns, _)| usize::from(columns.0));
        Screen::new(self.look(), told.or(has).unwrap_or(WIDTH))
    }

    /// Prints results for people.
    ///
    /// # Errors
    /// If the stream cannot be written; a reader that has seen enough is no error.
    pub(super) fn result(&self, text: &str) -> Result<(), Unprintable> {
        match self.results_on_stderr {
            true if self.voice.quiet => Ok(()),
            true => forgiving(io::stderr().write_all(text.as_bytes())),
            false => self.document(text),
        }
    }

    /// Prints a document for programs.
    ///
    /// # Errors
    /// If stdout cannot be written; a reader that has seen enough is no error.
    pub(super) fn document(&self, text: &str) -> Result<(), Unprintable> {
        let mut stdout = io::stdout().lock();
        forgiving(
            stdout
                .write_all(text.as_bytes())
                .and_then(|()| stdout.flush()),
        )
    }

    /// Says something by the way, unless told to be quiet.
    pub(super) fn note(&self, text: &str) {
        if !self.voice.quiet {
            say(text);
        }
    }

    /// Shows what is wrong or doubtful about a model; a quiet console shows errors alone.
    pub(super) fn diagnostics(&self, found: &[Diagnostic], sources: &Sources) {
        use crate::text::Level;
        let shown = found
            .iter()
            .filter(|d| !self.voice.quiet || d.level == Level::Error);
        let shown: Vec<Diagnostic> = shown.cloned().collect();
        if shown.is_empty() {
            return;
        }
        let stream = Stream::of(&io::stderr());
        let colour = match (self.voice.plain, self.voice.color, stream) {
            (true, ..) | (_, Colouring::Never, _) => Colour::Plain,
            (_, Colouring::Always, _) | (_, _, Stream::Coloured) => Colour::Ansi,
            _ => Colour::Plain,
        };
        let frame = match (self.voice.plain, stream) {
            (true, _) | (_, Stream::File) => Frame::Ascii,
            _ => Frame::Unicode,
        };
        say(render(&shown, sources, colour, frame).trim_end());
    }

    /// The last line: which exit code, and why. A quiet console says it unless all is well.
    pub(super) fn closing(&self, ending: &Ending) {
        if !self.voice.quiet || ending.exit != Exit::Done {
            say(&ending.to_string());
        }
    }
}

/// What a stream leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    /// A terminal with colour.
    Coloured,
    /// A terminal without, or one that must not use it.
    Colourless,
    /// A file or a pipe.
    File,
}

impl Stream {
    fn of<S: RawStream>(stream: &S) -> Stream {
        match (stream.is_terminal(), AutoStream::choice(stream)) {
            (false, _) => Stream::File,
            (true, ColorChoice::Never) => Stream::Colourless,
            (true, _) => Stream::Coloured,
        }
    }
}

/// One line on stderr. Nobody is left to be told if stderr cannot be written.
pub(super) fn say(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = writeln!(stderr, "{text}");
}

/// Whether all that was printed has left us.
///
/// # Errors
/// If stdout cannot be written; a reader that has seen enough is no error.
pub(super) fn printed(printed: io::Result<()>) -> Result<(), Unprintable> {
    forgiving(printed.and_then(|()| io::stdout().flush()))
}

fn forgiving(written: io::Result<()>) -> Result<(), Unprintable> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}
