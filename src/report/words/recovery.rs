//! What is said of health: when users' requests fell into trouble, of what kind, and whether the
//! launch came out of it by itself.

use crate::report::number::{self, duration, instant};
use crate::results::{
    Estimate, Probability, Recovery, Stable, Symptom, SymptomTest, TriggerKind, Variant,
};

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
    sentences.extend(variant.stable.as_ref().map(stable));
    Some(sentences.join(" "))
}

/// From which load on any of this is possible.
fn stable(found: &Stable) -> String {
    let Some(worst) = found.worst else {
        return "No load is safe from that: how often people ask again has no limit.".to_owned();
    };
    let mut text = format!(
        "Safe from that is only a load below {} visits, of the {} that it carries with nobody \
         asking twice: at worst the work is {} times as much",
        number::rate(found.stable_per_s),
        number::rate(found.normal_per_s),
        number::ratio(worst),
    );
    if let (Some(offered), Some(headroom)) = (found.offered_per_s, found.headroom) {
        text.push_str(&format!(
            "; at the peak {} come, so the headroom is {}",
            number::rate(offered),
            number::share(headroom)
        ));
    }
    text + "."
}

/// `10 of 10`.
fn all_of(chance: &Probability) -> String {
    let n = number::whole(f64::from(chance.n));
    format!("{n} of {n}")
}

fn they_stay(launches: u32) -> &'static str {
    if launches == 1 {
        "It stays"
    } else {
        "They stay"
    }
}

fn half(estimate: Option<&Estimate>) -> Option<f64> {
    estimate.and_then(|e| e.middle())
}

/// When it began, and what is wrong then.
fn onset(found: &Recovery, unhealthy: &Probability) -> String {
    let at = half(found.onset_s.as_ref()).map_or_else(String::new, |at| {
        let about = if unhealthy.k > 1 {
            "half of them by"
        } else {
            "at"
        };
        match found.onset_s.is_some_and(|e| e.p10 == e.p90) {
            true => format!(" at {}", instant(at)),
            false => format!(", {about} {}", instant(at)),
        }
    });
    let become_ = if unhealthy.k == 1 {
        "becomes"
    } else {
        "become"
    };
    let launches = k_of_n(Some(unhealthy));
    let mut text = format!("{launches} launches {become_} unhealthy{at}");
    let seen = symptoms(found);
    if !seen.is_empty() {
        text.push_str(&format!(": {seen}"));
    }
    text + "."
}

/// What is wrong with the steps that were bad at first; empty if nothing is known.
pub(super) fn symptoms(found: &Recovery) -> String {
    let Some(first) = found.symptoms.first() else {
        return String::new();
    };
    let mut text = symptom(first);
    let mut others: Vec<String> = Vec::new();
    for other in found.symptoms.iter().skip(1) {
        let name = format!("`{}`", other.step);
        if other.step != found.symptoms[0].step && !others.contains(&name) {
            others.push(name);
        }
    }
    if !others.is_empty() {
        let is = if others.len() == 1 { "is" } else { "are" };
        text.push_str(&format!("; {} {is} in trouble too", listed(&others)));
    }
    text
}

/// What is wrong with a step.
fn symptom(found: &Symptom) -> String {
    let step = &found.step;
    let (seen, usual) = (half(found.seen.as_ref()), half(found.usual.as_ref()));
    match (found.test, seen, usual) {
        (SymptomTest::ShareOk, Some(seen), Some(usual)) => format!(
            "{} of the `{step}` requests end ok, usually {}",
            number::share(seen),
            number::share(usual)
        ),
        (SymptomTest::ShareOk, ..) => format!("too few `{step}` requests end ok"),
        (SymptomTest::Median, Some(seen), Some(usual)) => format!(
            "the median time of `{step}` is {}, usually {}",
            duration(seen),
            duration(usual)
        ),
        (SymptomTest::Median, ..) => format!("`{step}` takes too long"),
        (SymptomTest::Stuck, Some(seen), _) => format!(
            "{} `{step}` requests are open and none ends ok",
            number::count(seen)
        ),
        (SymptomTest::Stuck, ..) => format!("`{step}` requests are open and none ends ok"),
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
    let half_of_them = if recovered.k == 1 {
        ""
    } else {
        "half of them "
    };
    let time = half(found.time_s.as_ref()).map_or_else(String::new, |time| match time > 0.0 {
        true => format!(", {half_of_them}within {} {}", duration(time), since(found)),
        false => format!(
            ", {half_of_them}by {}",
            since(found).trim_start_matches("of ")
        ),
    });
    let recover = if recovered.k == 1 {
        "recovers"
    } else {
        "recover"
    };
    let who = match recovered.k == recovered.n {
        true if recovered.n == 1 => "It".to_owned(),
        true => format!("All {}", number::whole(f64::from(recovered.n))),
        false => format!("{} of them", k_of_n(Some(&recovered))),
    };
    Some(format!("{who} {recover}{time}."))
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
        true => format!(
            "{} unhealthy until {until}: none recovers.",
            they_stay(ended.k)
        ),
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
        true => format!("{} unhealthy to the end: none recovers.", they_stay(left)),
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
