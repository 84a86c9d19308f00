//! What is said of health: when users' requests fell into trouble, of what kind, and whether the
//! launch came out of it by itself.

use crate::report::number::{self, duration, instant};
use crate::results::{Estimate, Probability, Recovery, Symptom, SymptomTest, TriggerKind, Variant};

use super::{k_of_n, listed};

/// What collapse and recovery were seen, in whole sentences.
pub fn recovery(variant: &Variant) -> Option<String> {
    let found = variant.recovery.as_ref()?;
    let unhealthy = found.unhealthy?;
    if unhealthy.k == 0 {
        return Some(format!(
            "In {} launches the requests of users fare as usual throughout: nothing collapses.",
            all_of(&unhealthy)
        ));
    }
    let mut sentences = vec![onset(found, &unhealthy)];
    sentences.extend(recovered(found));
    sentences.extend(ended(found));
    sentences.extend(never(found, &unhealthy));
    sentences.extend(relapsed(found));
    Some(sentences.join(" "))
}

/// `10 of 10`.
fn all_of(chance: &Probability) -> String {
    let n = number::whole(f64::from(chance.n));
    format!("{n} of {n}")
}

fn half(estimate: Option<&Estimate>) -> Option<f64> {
    estimate.and_then(|e| e.p50.or(e.estimate))
}

/// When it began, and what is wrong then.
fn onset(found: &Recovery, unhealthy: &Probability) -> String {
    let at = half(found.onset_s.as_ref())
        .map_or_else(String::new, |at| format!(", from {} on", instant(at)));
    let most = found.symptoms.first().and_then(|s| s.in_launches);
    let as_often = |symptom: &&Symptom| {
        let k = |chance: Option<Probability>| chance.map_or(0, |chance| chance.k);
        k(symptom.in_launches) == k(most)
    };
    let seen: Vec<String> = found
        .symptoms
        .iter()
        .filter(as_often)
        .map(symptom)
        .collect();
    let what = match seen.is_empty() {
        true => String::new(),
        false => format!(": {}", listed(&seen)),
    };
    let launches = k_of_n(Some(unhealthy));
    format!("{launches} launches become unhealthy{at}{what}.")
}

/// What is wrong with a step.
fn symptom(found: &Symptom) -> String {
    let step = &found.step;
    let (seen, usual) = (half(found.seen.as_ref()), half(found.usual.as_ref()));
    match (found.test, seen, usual) {
        (SymptomTest::ShareOk, Some(seen), Some(usual)) => format!(
            "{} of the `{step}` requests end ok instead of {}",
            number::share(seen),
            number::share(usual)
        ),
        (SymptomTest::ShareOk, ..) => format!("too few `{step}` requests end ok"),
        (SymptomTest::Median, Some(seen), Some(usual)) => format!(
            "half of the `{step}` requests take more than {} instead of {}",
            duration(seen),
            duration(usual)
        ),
        (SymptomTest::Median, ..) => format!("`{step}` requests take too long"),
        (SymptomTest::Stuck, Some(seen), _) => format!(
            "{} `{step}` requests are stuck, and none ends ok",
            number::count(seen)
        ),
        (SymptomTest::Stuck, ..) => format!("`{step}` requests are stuck"),
    }
}

/// After what a recovery is counted.
fn since(found: &Recovery) -> String {
    let end = found
        .trigger_end_s
        .map_or_else(String::new, |end| format!(" at {}", instant(end)));
    match found.trigger {
        TriggerKind::Onset => "of its begin".to_owned(),
        TriggerKind::Overload => format!("of the end of the overload{end}"),
        TriggerKind::Change | TriggerKind::ChangeAndOverload | TriggerKind::Given => {
            format!("of the end of what caused it{end}")
        }
    }
}

fn recovered(found: &Recovery) -> Option<String> {
    let recovered = found.recovered.filter(|p| p.k > 0)?;
    let who = match recovered.k == recovered.n {
        true if recovered.n == 1 => "It recovers".to_owned(),
        true => format!("All {} recover", number::whole(f64::from(recovered.n))),
        false => format!("{} of them recover", k_of_n(Some(&recovered))),
    };
    let time = half(found.time_s.as_ref()).map_or_else(String::new, |time| match time > 0.0 {
        true => format!(", half of them within {} {}", duration(time), since(found)),
        false => format!(
            ", half of them by the end {}",
            since(found).replacen("of the end ", "", 1)
        ),
    });
    Some(format!("{who}{time}."))
}

/// Those that were over because the crowd had gone.
fn ended(found: &Recovery) -> Option<String> {
    let ended = found.ended.filter(|p| p.k > 0)?;
    let doors = found.doors_close_s.filter(|doors| {
        half(found.over_s.as_ref()).is_none_or(|over| over + found.window_s >= *doors)
    });
    let until = match (doors, half(found.over_s.as_ref())) {
        (Some(doors), _) => format!("the doors close at {}", instant(doors)),
        (None, Some(over)) => format!("hardly anybody comes any more, at {}", instant(over)),
        (None, None) => "hardly anybody comes any more".to_owned(),
    };
    Some(match ended.k == ended.n {
        true => format!("They stay unhealthy until {until}: none recovers."),
        false => format!(
            "{} of them stay unhealthy until {until}: that is no recovery.",
            k_of_n(Some(&ended))
        ),
    })
}

/// Those that are still unhealthy at the end.
fn never(found: &Recovery, unhealthy: &Probability) -> Option<String> {
    let k = |chance: Option<Probability>| chance.map_or(0, |chance| chance.k);
    let left = unhealthy
        .k
        .saturating_sub(k(found.recovered) + k(found.ended));
    (left > 0).then(|| match left == unhealthy.k {
        true => "They stay unhealthy to the end: none recovers.".to_owned(),
        false => format!(
            "{} of {} stay unhealthy to the end.",
            number::whole(f64::from(left)),
            number::whole(f64::from(unhealthy.k))
        ),
    })
}

fn relapsed(found: &Recovery) -> Option<String> {
    let relapsed = found.relapsed.filter(|p| p.k > 0)?;
    Some(format!(
        "{} of them become unhealthy again after they had recovered.",
        k_of_n(Some(&relapsed))
    ))
}
