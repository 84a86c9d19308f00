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

/// The candidates in the order of their likeness to what was written, so many at most.
pub fn closest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let mut all: Vec<(usize, &str)> = candidates
        .into_iter()
        .map(|candidate| (distance(written, candidate), candidate))
        .collect();
    all.sort_unstable();
    all.into_iter()
        .take(most)
        .map(|(_, candidate)| candidate)
        .collect()
}

/// `did you mean `x`?`, or the list of what exists if nothing is near: of a long one the part that
/// is most alike.
pub fn suggestion<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<String> {
    if let Some(near) = nearest(written, candidates.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let all: Vec<&str> = candidates.into_iter().collect();
    let listed = match all.len() {
        0 => return None,
        1..=MOST_LISTED => all,
        _ => closest(written, all, MOST_LISTED / 2),
    };
    let listed: Vec<String> = listed.iter().map(|name| format!("`{name}`")).collect();
    Some(format!("known here: {}", listed.join(", ")))
}

/// Of more names than these, only those most alike are listed.
const MOST_LISTED: usize = 16;

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
        let many: Vec<String> = (0..40).map(|n| format!("service{n}")).collect();
        let some = suggestion("s39", many.iter().map(String::as_str)).expect("there are many");
        assert_eq!(some.matches('`').count(), 2 * MOST_LISTED / 2);
        assert!(some.starts_with("known here: `service39`"), "{some}");
    }
}
