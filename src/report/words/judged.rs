//! What a word rests on: launches that are never, objectives that change sides, objectives that
//! were met so far, what got worse beside it.
//!
//! One idea: a word is believed when the launches behind it are counted out.

use super::{
    capital, change_estimate, count_of, estimate, k_of_n, launches, listed, small, verdict_word,
};
use crate::report::{number, reading};
use crate::results::{
    Attribution, Because, Difference, Estimate, Objective, ObjectiveVerdict, Probability, Results,
    StandingVerdict, Unit, Variant, Verdict,
};

/// The word of a difference that rests on counted launches: `better (in 10 of 10)`, `worse: 30 of
/// 30 launches no longer meet share(home.ok) >= 99.9%`. `None` if it rests on its values.
pub(super) fn counted(found: &Difference) -> Option<String> {
    let word = verdict_word(found.verdict?);
    let of = |k: u32, n: u32| {
        let (k, n) = (f64::from(k), f64::from(n));
        format!("{} of {}", number::whole(k), number::whole(n))
    };
    match (found.because?, &found.changed_sides, found.never) {
        (Because::Objective, Some(sides), _) => {
            let (k, change) = match sides.lost > sides.won {
                true => (sides.lost, "no longer meet"),
                false => (sides.won, "now meet"),
            };
            let seen = format!("{} launches {change} {}", of(k, sides.n), sides.that);
            Some(match sides.needed {
                Some(needed) => {
                    let needed = number::whole(f64::from(needed));
                    format!("{word}: {seen}; so few cannot prove it, {needed} can")
                }
                None => format!("{word}: {seen}"),
            })
        }
        (Because::Objective, None, _) => Some(format!("{word}: the objective changes sides")),
        (Because::Never, _, Some(pairs)) => match found.verdict? {
            Verdict::Better | Verdict::Worse => {
                let k = pairs.higher.max(pairs.lower);
                Some(format!("{word} (in {})", of(k, pairs.n)))
            }
            Verdict::Same if pairs.baseline == pairs.n => Some(format!("{word}: never in both")),
            _ => None,
        },
        _ => None,
    }
}

/// A difference where a side is never in some launches: `shorter in 10 of 10`.
pub(super) fn by_pairs(found: &Difference, unit: Unit) -> Option<String> {
    let pairs = found.never?;
    let (k, less) = match pairs.higher > pairs.lower {
        true => (pairs.higher, false),
        false => (pairs.lower, true),
    };
    let word = match (unit, less) {
        _ if k == 0 => return None,
        (Unit::Seconds, true) => "shorter",
        (Unit::Seconds, false) => "longer",
        (Unit::Instant, true) => "sooner",
        (Unit::Instant, false) => "later",
        (_, true) => "less",
        (_, false) => "more",
    };
    let (k, n) = (f64::from(k), f64::from(pairs.n));
    Some(format!(
        "{word} in {} of {}",
        number::whole(k),
        number::whole(n)
    ))
}

/// The symbol and the word of a variant.
pub fn standing(verdict: StandingVerdict) -> (&'static str, &'static str) {
    match verdict {
        StandingVerdict::Better => ("▲", "better"),
        StandingVerdict::Worse => ("▼", "worse"),
        StandingVerdict::Mixed => ("±", "mixed"),
        StandingVerdict::Same => ("=", "same"),
        StandingVerdict::Unclear => ("?", "unclear"),
    }
}

/// `9 in 10`, `19 in 20`; `97.3 %` where no small number says it.
pub(super) fn in_launches(required: f64) -> String {
    let whole = |of: &f64| (required * of - (required * of).round()).abs() < 1e-9;
    match [10.0, 20.0, 100.0, 1_000.0].into_iter().find(whole) {
        Some(of) => format!(
            "{} in {}",
            number::whole((required * of).round()),
            number::whole(of)
        ),
        None => format!("{} of launches", number::level(required)),
    }
}

/// `met in all 10 launches so far; 29 would prove 9 in 10`, if that is all that is open about it.
pub(super) fn met_so_far(objective: &Objective) -> Option<String> {
    let (chance, needed) = (objective.chance?, objective.needed?);
    objective.is_met_so_far().then(|| {
        format!(
            "met in all {} so far; {} would prove {}",
            launches(chance.n),
            number::whole(f64::from(needed)),
            in_launches(objective.required)
        )
    })
}

/// The same of all that is unclear about a variant, if all of it was met so far.
pub(super) fn all_met_so_far(variant: &Variant) -> Option<String> {
    let unclear = || {
        let all = variant.objectives.iter();
        all.filter(|o| o.verdict == ObjectiveVerdict::Unclear)
    };
    let most = unclear().max_by_key(|o| o.needed)?;
    let every = unclear().all(Objective::is_met_so_far);
    let text = met_so_far(most).filter(|_| every)?;
    let (count, all) = (unclear().count(), variant.objectives.len());
    let which = match (count, all) {
        (1, 1) => "its objective is".to_owned(),
        (2, 2) => "both objectives are".to_owned(),
        _ if count == all => format!("all {} objectives are", small(all)),
        (1, _) => format!("one of {} objectives is", small(all)),
        _ => format!("{} of {} objectives are", small(count), small(all)),
    };
    Some(format!("{which} {text}"))
}

/// What is to be said of the objectives of which some failed and some are unclear: `fails one of
/// four objectives; the others were met in all 10 launches so far`.
pub(super) fn failed_and_unclear(variant: &Variant, fails: &str) -> String {
    let unclear = count_of(variant, ObjectiveVerdict::Unclear);
    let so_far = all_met_so_far(variant).is_some();
    let launches_so_far = variant.objectives.iter().find_map(|o| o.chance);
    let rest = match (so_far, launches_so_far) {
        (true, Some(chance)) => {
            let failed = count_of(variant, ObjectiveVerdict::Failed);
            let whose = match (failed + unclear == variant.objectives.len(), unclear) {
                (true, 1) => "the other was".to_owned(),
                (true, _) => "the others were".to_owned(),
                (false, 1) => "one other was".to_owned(),
                (false, _) => format!("{} others were", small(unclear)),
            };
            format!("{whose} met in all {} so far", launches(chance.n))
        }
        _ => {
            let verb = if unclear == 1 { "is" } else { "are" };
            format!("{} {verb} unclear", small(unclear))
        }
    };
    format!("{fails}; {rest}")
}

/// What else the word of a variant rests on, where its lead metric does not say it: `worse:
/// share(buy.served or buy.sold_out) (92.9 % → 75.3 %)`.
pub(super) fn beside(results: &Results, name: &str, lead: Option<&str>) -> Option<String> {
    let standing = results.variants.get(name)?.standing.as_ref()?;
    let of = |metrics: &[String]| -> Vec<String> {
        let others = metrics
            .iter()
            .filter(|metric| Some(metric.as_str()) != lead);
        others.map(|metric| moved(results, name, metric)).collect()
    };
    let (worse, better) = (of(&standing.worse), of(&standing.better));
    let mut parts = Vec::new();
    if !worse.is_empty() {
        parts.push(format!("worse: {}", listed(&worse)));
    }
    let tells = [StandingVerdict::Better, StandingVerdict::Mixed].contains(&standing.verdict);
    if !better.is_empty() && tells {
        parts.push(format!("better: {}", listed(&better)));
    }
    (!parts.is_empty()).then(|| format!("{}.", capital(&parts.join("; "))))
}

/// `p95(login.time) (never → 1m58s in 10 of 10)`.
fn moved(results: &Results, name: &str, metric: &str) -> String {
    let unit = reading::measure(results, metric).unit;
    let level = |variant: Option<&Variant>| {
        estimate(variant.and_then(|v| reading::metric(v, metric)), unit)
    };
    let (from, to) = (
        level(reading::baseline(results)),
        level(results.variants.get(name)),
    );
    let pairs = reading::difference(results, name, metric).and_then(|found| found.never);
    let counted = pairs.map_or_else(String::new, |pairs| {
        let whole = |k: u32| number::whole(f64::from(k));
        format!(
            " in {} of {}",
            whole(pairs.higher.max(pairs.lower)),
            whole(pairs.n)
        )
    });
    format!("{metric} ({from} → {to}{counted})")
}

/// `worked out from 5 of 30 launches, in which the whole is +74.5 pt`, where what a change is worth
/// rests on fewer of them.
pub fn shared_of_fewer(found: &Attribution, unit: Unit) -> Option<String> {
    let total = found.total.as_ref()?;
    let (launches, whole) = (fewer(total)?, change_estimate(Some(total), unit));
    Some(format!(
        "worked out from {launches}, in which the whole is {whole}"
    ))
}

/// ` (in 10 of 30 launches)`, where what a change is worth rests on fewer of them.
pub(super) fn on_fewer(total: &Estimate) -> String {
    fewer(total).map_or_else(String::new, |launches| format!(" (in {launches})"))
}

/// `10 of 30 launches`, where there are fewer than all.
fn fewer(total: &Estimate) -> Option<String> {
    let chance = Probability {
        k: total.n,
        n: total.of,
        ..Probability::default()
    };
    (total.n < total.of).then(|| format!("{} launches", k_of_n(Some(&chance))))
}
