//! The nearest spelling of a word, for "did you mean".
//!
//! Distance is Damerau–Levenshtein (an edit, or a swap of neighbours, costs 1); a word is near
//! enough when the distance is at most a third of its length, and at least one edit is allowed.

/// The candidate nearest to what was written, if any is near enough to be meant.
///
/// Of equally near ones the first in the given order wins.
pub fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let allowed = (written.chars().count() / 3).clamp(1, 4);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let distance = distance(written, candidate);
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Differences that hands do not notice cost nothing: case, and `-` for `_`.
fn distance(written: &str, candidate: &str) -> usize {
    let plain = |word: &str| word.to_lowercase().replace('-', "_");
    strsim::damerau_levenshtein(&plain(written), &plain(candidate))
}

/// `did you mean `x`?`, or the list of what exists if nothing is near and the list is short.
pub fn suggestion<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<String> {
    if let Some(near) = nearest(written, candidates.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let all: Vec<String> = candidates
        .into_iter()
        .map(|name| format!("`{name}`"))
        .collect();
    (1..=16)
        .contains(&all.len())
        .then(|| format!("known here: {}", all.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swaps_and_single_edits_are_near() {
        let keys = ["servers", "workers", "cores"];
        assert_eq!(nearest("severs", keys), Some("servers"));
        assert_eq!(nearest("sevrers", keys), Some("servers"));
        assert_eq!(nearest("Workers", keys), Some("workers"));
        assert_eq!(nearest("threads", keys), None);
    }

    #[test]
    fn short_words_allow_one_edit() {
        assert_eq!(nearest("db", ["dbs"]), Some("dbs"));
        assert_eq!(nearest("db", ["mail"]), None);
    }

    #[test]
    fn far_words_get_the_list() {
        assert_eq!(
            suggestion("zzz", ["a", "b"]).as_deref(),
            Some("known here: `a`, `b`")
        );
        assert_eq!(suggestion("zzz", []), None);
    }
}
