//! Diagnostics as text: what was found, `path:line:column`, the line, the underline, the cure.
//!
//! The picture is drawn by `annotate-snippets`, the renderer of rustc. Whether to colour is an
//! argument: this module does not know terminals.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Drawn, Renderer, Snippet};

use super::diagnostic::{Diagnostic, Level};
use super::source::{Place, Source, Sources};
use crate::base::visible::{in_place, visible};

/// Whether messages carry colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// ANSI colours, for a terminal.
    Ansi,
    /// Plain characters.
    Plain,
}

/// Which characters draw the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// ASCII only.
    Ascii,
    /// Box-drawing characters.
    Unicode,
}

/// All diagnostics, one after the other with a blank line between, ending with a line break.
pub fn render(
    diagnostics: &[Diagnostic],
    sources: &Sources,
    colour: Colour,
    frame: Frame,
) -> String {
    let renderer = match colour {
        Colour::Ansi => Renderer::styled(),
        Colour::Plain => Renderer::plain(),
    };
    let renderer = renderer.decor_style(match frame {
        Frame::Ascii => DecorStyle::Ascii,
        Frame::Unicode => DecorStyle::Unicode,
    });
    let mut out = String::new();
    for (n, diagnostic) in diagnostics.iter().enumerate() {
        if n > 0 {
            out.push('\n');
        }
        out.push_str(&renderer.render(&[group(diagnostic, sources)]));
        out.push('\n');
    }
    out
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Group<'a> {
    let level = match diagnostic.level {
        Level::Error => Drawn::ERROR,
        Level::Warning => Drawn::WARNING,
        Level::Note => Drawn::NOTE,
    };
    let title = level
        .primary_title(diagnostic.found.as_str())
        .id(diagnostic.code);
    let mut group = Group::with_title(title);
    if let Some((place, source)) = placed(diagnostic.place, sources) {
        let mut primary = AnnotationKind::Primary.span(underlined(place, source));
        if let Some(expected) = &diagnostic.expected {
            primary = primary.label(expected.as_str());
        }
        let mut snippet = excerpt(source).annotation(primary);
        let mut elsewhere = None;
        let second = diagnostic.related.as_ref();
        let second =
            second.and_then(|related| Some((related, placed(Some(related.place), sources)?)));
        if let Some((related, (second, second_source))) = second {
            let span = underlined(second, second_source);
            let annotation = AnnotationKind::Context
                .span(span)
                .label(related.label.as_str());
            if second.file == place.file {
                snippet = snippet.annotation(annotation);
            } else {
                elsewhere = Some(excerpt(second_source).annotation(annotation));
            }
        }
        group = group.element(snippet);
        if let Some(other) = elsewhere {
            group = group.element(other);
        }
    } else if let Some(expected) = &diagnostic.expected {
        group = group.element(Drawn::NOTE.message(expected.as_str()));
    }
    match &diagnostic.help {
        Some(help) => group.element(Drawn::HELP.message(help.as_str())),
        None => group,
    }
}

fn placed(place: Option<Place>, sources: &Sources) -> Option<(Place, &Source)> {
    let place = place?;
    sources.get(place.file).map(|source| (place, source))
}

/// A text from which lines are shown, each hidden character as one that is seen.
fn excerpt<'a, T: Clone>(source: &'a Source) -> Snippet<'a, T> {
    Snippet::source(in_place(source.text())).path(visible(source.name()))
}

/// The part of a place that is underlined: its first line only, on character boundaries, where it
/// stands in the excerpt.
fn underlined(place: Place, source: &Source) -> std::ops::Range<usize> {
    let text = source.text();
    let mut start = place.range().start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = place.range().end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let length = text[start..end].find(['\n', '\r']).unwrap_or(end - start);
    let before = in_place(&text[..start]).len();
    before..before + in_place(&text[start..start + length]).len()
}
