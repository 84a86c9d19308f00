//! What the page may ask, as it is written: JSON with known keys and bounded sizes.

use serde::Deserialize;

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
    /// When the page asked, by its own count: what it asked earlier may arrive later.
    pub(super) turn: Option<u64>,
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
        match self.replications {
            Some(n) if !(1..=MOST_LAUNCHES).contains(&n) => Err(format!(
                "the page runs 1 to {MOST_LAUNCHES} launches; the command line runs more"
            )),
            _ => Ok(()),
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
        let read = Asked::read(br#"{"model": "x", "set": [["a", "1"]], "stage": "preview"}"#);
        let read = read.expect("it is asked well");
        assert_eq!(read.set, [("a".to_owned(), "1".to_owned())]);
        assert_eq!((read.stage, read.seed), (Stage::Preview, None));
    }
}
