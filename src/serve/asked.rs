//! What the page may ask, as it is written: JSON with known keys and bounded sizes.

use serde::{Deserialize, Serialize};

use crate::base::time::Span;
use crate::study::Knob;

/// Bytes of the text of a model that a page may send: two hundred times what a hand writes.
pub(super) const LARGEST_MODEL: usize = 1 << 20;
/// Bytes of a request, results apart.
pub(super) const LARGEST_REQUEST: usize = 4 << 20;
/// Bytes of results that are sent back to be drawn.
pub(super) const LARGEST_RESULTS: usize = 64 << 20;
/// Changes at one time, and bytes of each.
const MOST_CHANGES: usize = 500;
const LONGEST_CHANGE: usize = 2_000;
/// Variants at one time.
const MOST_VARIANTS: usize = 100;
/// Launches of a run: what more would settle is for the command line.
const MOST_LAUNCHES: u32 = 1_000;
/// Inputs that a question moves over a range.
const MOST_KNOBS: usize = 2;
/// Seconds that an answer to a question may take: unless told otherwise, and at most.
const USUAL_TIME: u32 = 10;
const LONGEST_TIME: u32 = 3_600;

/// A model with changes, and what is asked of it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Asked {
    /// The text of the model.
    pub(super) model: String,
    /// Changes in order: path and value as `--set` has them.
    pub(super) set: Vec<(String, String)>,
    /// The variants to compare; none is a run of the model alone.
    pub(super) variants: Vec<String>,
    /// The seed, if it is not that of the model.
    pub(super) seed: Option<u64>,
    /// Launches, if they are not those of the model.
    pub(super) replications: Option<u32>,
    /// How much is done.
    pub(super) stage: Stage,
    /// What is asked.
    pub(super) ask: Ask,
    /// What a question moves, and how far, as `--knob` has it.
    pub(super) knobs: Vec<String>,
    /// Seconds that the answer to a question may take.
    pub(super) within: Option<u32>,
    /// When the page asked, by its own count: what it asked earlier may arrive later.
    pub(super) turn: Option<u64>,
}

/// What is asked of a model, by the word of the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Ask {
    /// Will it hold, and which variant helps.
    #[default]
    Run,
    /// How much is enough.
    Size,
    /// Where is the knee.
    Sweep,
    /// Where does it tip.
    Tip,
    /// Which guess decides.
    Uncertain,
}

impl Ask {
    /// Whether it is asked over ranges that the planner gives.
    fn moves(self) -> bool {
        match self {
            Ask::Size | Ask::Sweep | Ask::Tip => true,
            Ask::Run | Ask::Uncertain => false,
        }
    }

    /// Whether the variants that are ticked take part.
    pub(super) fn compares(self) -> bool {
        match self {
            Ask::Run | Ask::Uncertain => true,
            Ask::Size | Ask::Sweep | Ask::Tip => false,
        }
    }
}

/// How much is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Stage {
    /// A few launches, as many as fit into a moment.
    Preview,
    /// What the command line would do.
    #[default]
    Full,
}

impl Stage {
    /// The word of the page.
    pub(super) fn word(self) -> &'static str {
        match self {
            Stage::Preview => "preview",
            Stage::Full => "full",
        }
    }
}

impl Asked {
    /// What is asked in a text, or why that cannot be answered.
    pub(super) fn read(text: &[u8]) -> Result<Asked, String> {
        let asked: Asked =
            serde_json::from_slice(text).map_err(|why| format!("this cannot be read: {why}"))?;
        asked.bounded()?;
        Ok(asked)
    }

    fn bounded(&self) -> Result<(), String> {
        if self.model.len() > LARGEST_MODEL {
            return Err(format!("the model is larger than {LARGEST_MODEL} bytes"));
        }
        let length = |(path, value): &(String, String)| path.len() + value.len();
        if self.set.len() > MOST_CHANGES || self.set.iter().any(|s| length(s) > LONGEST_CHANGE) {
            return Err("too many changes at one time, or a change that is too long".to_owned());
        }
        if self.variants.len() > MOST_VARIANTS {
            return Err(format!("more than {MOST_VARIANTS} variants at one time"));
        }
        self.answerable()?;
        match self.replications {
            Some(n) if !(1..=MOST_LAUNCHES).contains(&n) => Err(format!(
                "the page runs 1 to {MOST_LAUNCHES} launches; the command line runs more"
            )),
            _ => Ok(()),
        }
    }

    /// Whether a question has what it needs.
    fn answerable(&self) -> Result<(), String> {
        if self.ask != Ask::Run && self.stage == Stage::Preview {
            return Err("only a run has a preview".to_owned());
        }
        if self.knobs.len() > MOST_KNOBS || self.knobs.iter().any(|k| k.len() > LONGEST_CHANGE) {
            return Err(format!(
                "more than {MOST_KNOBS} ranges, or a range that is too long; the command line \
                 takes more"
            ));
        }
        match self.within {
            Some(seconds) if !(1..=LONGEST_TIME).contains(&seconds) => {
                Err(format!("an answer may take 1 to {LONGEST_TIME} seconds"))
            }
            _ => Ok(()),
        }
    }

    /// How long the answer may take; of a run it takes what it takes.
    pub(super) fn allowed(&self) -> Option<Span> {
        let seconds = self.within.unwrap_or(USUAL_TIME);
        (self.ask != Ask::Run).then(|| Span::from_secs(i64::from(seconds)))
    }

    /// What is moved, or why that is no range.
    pub(super) fn moved(&self) -> Result<Vec<Knob>, String> {
        if !self.ask.moves() {
            return Ok(Vec::new());
        }
        let read = |text: &String| Knob::parse(text).map_err(|why| format!("`{text}`: {why}"));
        let knobs: Vec<Knob> = self.knobs.iter().map(read).collect::<Result<_, _>>()?;
        match knobs.is_empty() {
            true => Err(
                "nothing is moved: a path and a range are needed, as in service.shop.servers=1..40"
                    .to_owned(),
            ),
            false => Ok(knobs),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_or_unknown_is_refused_with_a_sentence() {
        let why = |text: &str| Asked::read(text.as_bytes()).expect_err("it is refused");
        assert!(why(r#"{"path": "models/x.toml"}"#).contains("unknown field `path`"));
        assert!(why("{").starts_with("this cannot be read"));
        assert!(why(r#"{"replications": 1001}"#).contains("1 to 1000 launches"));
        assert!(why(r#"{"replications": 0}"#).contains("1 to 1000 launches"));
        let large = format!(r#"{{"model": "{}"}}"#, "#".repeat(LARGEST_MODEL + 1));
        assert_eq!(why(&large), "the model is larger than 1048576 bytes");
        assert!(why(r#"{"ask": "size", "stage": "preview"}"#).contains("preview"));
        assert!(why(r#"{"ask": "size", "within": 0}"#).contains("1 to 3600 seconds"));
        assert!(why(r#"{"knobs": ["a=1..2", "b=1..2", "c=1..2"]}"#).contains("2 ranges"));
        let read = Asked::read(br#"{"model": "x", "set": [["a", "1"]], "stage": "preview"}"#);
        let read = read.expect("it is asked well");
        assert_eq!(read.set, [("a".to_owned(), "1".to_owned())]);
        assert_eq!((read.stage, read.seed), (Stage::Preview, None));
    }
}
