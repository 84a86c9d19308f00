//! A variant's one word against the baseline: better, worse, mixed, same, unclear.
//!
//! One idea: objectives first. A variant that meets every one of them where the baseline fails one
//! is better, whatever else got worse; otherwise its headline metrics decide together.

use crate::results::{Objective, ObjectiveVerdict, Standing, StandingVerdict, Verdict};

/// The word for a variant, from the words of its headline metrics in order and the objectives of
/// both sides. A metric without a word counts as unclear.
pub fn standing(
    words: &[(&str, Option<Verdict>)],
    baseline: &[Objective],
    variant: &[Objective],
) -> Standing {
    let of = |wanted: &dyn Fn(Option<Verdict>) -> bool| -> Vec<String> {
        let found = words.iter().filter(|(_, verdict)| wanted(*verdict));
        found.map(|(metric, _)| (*metric).to_owned()).collect()
    };
    let better = of(&|verdict| verdict == Some(Verdict::Better));
    let worse = of(&|verdict| verdict == Some(Verdict::Worse));
    let unclear = of(&|verdict| matches!(verdict, None | Some(Verdict::Unclear)));
    let by_objectives = is_every(variant, ObjectiveVerdict::Met)
        && baseline
            .iter()
            .any(|objective| objective.verdict == ObjectiveVerdict::Failed);
    let verdict = match (better.is_empty(), worse.is_empty(), unclear.is_empty()) {
        _ if by_objectives => StandingVerdict::Better,
        (false, false, _) => StandingVerdict::Mixed,
        (false, true, _) => StandingVerdict::Better,
        (true, false, _) => StandingVerdict::Worse,
        (true, true, true) if !words.is_empty() => StandingVerdict::Same,
        _ => StandingVerdict::Unclear,
    };
    Standing {
        verdict,
        by_objectives,
        better,
        worse,
        unclear,
    }
}

/// Whether there are objectives, and all of them have this verdict.
fn is_every(objectives: &[Objective], verdict: ObjectiveVerdict) -> bool {
    let mut all = objectives.iter();
    !objectives.is_empty() && all.all(|objective| objective.verdict == verdict)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ObjectiveVerdict::{Failed, Met, Unclear as Open};
    use StandingVerdict as Word;
    use Verdict::{Better, Same, Unclear, Worse};

    fn objectives(verdicts: &[ObjectiveVerdict]) -> Vec<Objective> {
        let objective = |verdict: &ObjectiveVerdict| Objective {
            verdict: *verdict,
            ..Objective::default()
        };
        verdicts.iter().map(objective).collect()
    }

    #[test]
    fn the_word_of_a_variant_from_those_of_its_metrics() {
        for (words, expected) in [
            (vec![Some(Same), Some(Same)], Word::Same),
            (vec![Some(Same), Some(Better)], Word::Better),
            (vec![Some(Worse), Some(Same)], Word::Worse),
            (vec![Some(Worse), Some(Better)], Word::Mixed),
            (vec![Some(Unclear), Some(Better)], Word::Better),
            (vec![Some(Unclear), Some(Worse)], Word::Worse),
            (vec![Some(Unclear), Some(Worse), Some(Better)], Word::Mixed),
            (vec![Some(Unclear), Some(Same)], Word::Unclear),
            (vec![None, Some(Same)], Word::Unclear),
            (vec![], Word::Unclear),
        ] {
            let named: Vec<(&str, Option<Verdict>)> =
                words.iter().map(|word| ("metric", *word)).collect();
            let found = standing(&named, &[], &[]);
            assert_eq!(found.verdict, expected, "{words:?}");
            assert!(!found.by_objectives);
        }
    }

    #[test]
    fn objectives_go_first_and_what_got_worse_is_named() {
        let words = [("served", Some(Worse)), ("p95", Some(Unclear))];
        for (before, after, expected) in [
            (vec![Failed, Met], vec![Met, Met], Word::Better),
            (vec![Open, Met], vec![Met, Met], Word::Worse),
            (vec![Failed, Met], vec![Met, Open], Word::Worse),
            (vec![Met, Met], vec![Met, Met], Word::Worse),
        ] {
            let found = standing(&words, &objectives(&before), &objectives(&after));
            assert_eq!(found.verdict, expected, "{before:?} {after:?}");
            assert_eq!(found.by_objectives, expected == Word::Better);
            assert_eq!(
                (found.worse[0].as_str(), found.unclear.len()),
                ("served", 1)
            );
        }
    }
}
