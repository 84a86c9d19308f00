//! An answer as the page shows it: drawn by the code that draws the report.

use crate::report::{html, number, words};
use crate::results::{ReadFailure, Results, from_json};

/// The one sentence that says how it came out, for those who hear the page.
pub(super) fn sentence(results: &Results) -> String {
    words::question_answered(results).unwrap_or_else(|| words::answer(results))
}

/// How wide the intervals of the share of served users are, at most: `± 2.4 points`. Nothing where
/// one launch has none.
pub(super) fn width(results: &Results) -> Option<String> {
    let variants = results.variants.values();
    let shares = variants.filter_map(|variant| variant.users.share.served.as_ref());
    let widths = shares.filter_map(|share| Some((share.high? - share.low?) / 2.0));
    let widest = widths.fold(None, |most: Option<f64>, width| {
        Some(most.map_or(width, |most| most.max(width)))
    })?;
    Some(format!("± {} points", number::points(widest)))
}

/// The page that is kept: the same as `report.html` of the command line.
///
/// # Errors
/// If the text is no results document of this version.
pub(super) fn report(results: &str) -> Result<String, ReadFailure> {
    Ok(html::page(&from_json(results)?))
}
