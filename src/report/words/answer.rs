//! The answer to the model's own question: yes or no, the figure that decides, what is full, what
//! would do.
//!
//! One idea: what a colleague would say who has read the whole report, in two or three short
//! sentences. A label is the model's own text and may be of any form ("Twice the servers", "Patch
//! the login"), so it stands before a colon and is no part of a sentence.

use super::{capital, estimate, judged, launches, outcome_word, small};
use crate::report::number;
use crate::report::reading;
use crate::results::{
    Answered, Bottleneck, Cheaper, Cheapest, Estimate, Objective, ObjectiveVerdict, Results, Said,
    Variant,
};

/// The answer to the question of the model, if it asks one of a variant that was run: `No. Twice
/// the servers: 59.0 % of users are served; the database is full for about two hours. Patch the
/// login: 99.9 % of users are served, at the same cost.`
pub fn question_answered(results: &Results) -> Option<String> {
    let parts = answer_parts(results)?;
    Some(parts.into_iter().map(|(_, text)| text).collect())
}

/// What a part of the answer is, for those who set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The word: yes, no or not settled.
    Word(Said),
    /// Name of the variant that would do.
    Pick,
    /// Anything else.
    Rest,
}

/// The same in parts, that put together give the text.
pub fn answer_parts(results: &Results) -> Option<Vec<(Part, String)>> {
    let found = results.answers.question.as_ref()?;
    let variant = results.variants.get(&found.about)?;
    let mut parts = Vec::new();
    if let Some(said) = found.said {
        parts.push((Part::Word(said), word(said).to_owned()));
    }
    let sentence = about(results, found, variant);
    let too = found
        .holds_as_it_is
        .then(|| "It holds as it is, too.".to_owned());
    for text in [sentence, too].into_iter().flatten() {
        parts.push((Part::Rest, text));
    }
    if let Some((name, text)) = found
        .cheapest
        .as_ref()
        .and_then(|c| cheapest(results, found, c))
    {
        parts.push((Part::Pick, name));
        parts.push((Part::Rest, format!(": {text}.")));
    }
    let mut joined: Vec<(Part, String)> = Vec::new();
    for (part, text) in parts {
        let apart = !joined.is_empty() && !text.starts_with(':');
        if apart {
            joined.push((Part::Rest, " ".to_owned()));
        }
        joined.push((part, text));
    }
    (!joined.is_empty()).then_some(joined)
}

fn word(said: Said) -> &'static str {
    match said {
        Said::Yes => "Yes.",
        Said::No => "No.",
        Said::NotSettled => "Not settled yet.",
    }
}

/// `Twice the servers: 59.0 % of users are served; the database is full for about two hours.`
fn about(results: &Results, found: &Answered, variant: &Variant) -> Option<String> {
    let deciding = found.deciding.as_ref()?;
    let objective = deciding
        .objective
        .and_then(|at| variant.objectives.get(at as usize));
    let mut text = figure(results, &deciding.metric, deciding.value.as_ref())?;
    if let Some(open) = objective.and_then(open) {
        text.push_str(&format!(", {open}"));
    }
    if let Some(cause) = cause(results, variant) {
        text.push_str(&format!("; {cause}"));
    }
    Some(match found.about == reading::baseline_name(results) {
        true => format!("{}.", capital(&text)),
        false => format!("{}: {text}.", called(results, &found.about)),
    })
}

/// What is still open about an objective.
fn open(objective: &Objective) -> Option<String> {
    let so_far = judged::met_so_far(objective);
    let needed = || {
        let chance = objective.chance?;
        let unclear = objective.verdict == ObjectiveVerdict::Unclear;
        unclear.then(|| {
            format!(
                "and {} is met in {} of {}",
                objective.label.as_ref().unwrap_or(&objective.that),
                number::whole(f64::from(chance.k)),
                launches(chance.n)
            )
        })
    };
    so_far.or_else(needed)
}

/// `Patch the login` and `99.9 % of users are served, at the same cost`.
fn cheapest(results: &Results, found: &Answered, cheapest: &Cheapest) -> Option<(String, String)> {
    if cheapest.variant == found.about {
        return None;
    }
    let metric = found
        .deciding
        .as_ref()
        .map(|deciding| deciding.metric.as_str());
    let figure = metric.and_then(|metric| figure(results, metric, cheapest.value.as_ref()));
    let mut text = figure.unwrap_or_else(|| "meets every objective".to_owned());
    if cheapest.so_far {
        text.push_str(", and every objective is met in all launches so far");
    }
    let by_cost = matches!(
        cheapest.by,
        Some(Cheaper::Price | Cheaper::ServerHours | Cheaper::CoreHours)
    );
    text.push_str(match (cheapest.same_cost, cheapest.by, cheapest.so_far) {
        (true, ..) => ", at the same cost",
        (false, Some(_), true) if by_cost => ", the cheapest such variant",
        (false, Some(_), true) => ", the smallest such change",
        (false, None, true) => "; no other variant gets that far",
        (false, Some(_), false) if by_cost => ", the cheapest variant that meets every objective",
        (false, Some(_), false) => ", the smallest change that meets every objective",
        (false, None, false) => ", the only variant that meets every objective",
    });
    Some((variant_label(results, &cheapest.variant), text))
}

/// A metric and its value as a clause: `59.0 % of users are served`.
fn figure(results: &Results, metric: &str, value: Option<&Estimate>) -> Option<String> {
    let value = value?;
    let unit = reading::measure(results, metric).unit;
    let said = estimate(Some(value), unit);
    if said == number::ABSENT {
        return None;
    }
    let plain = || format!("{metric} is {said}");
    if let Some((form, step)) = reading::percentile_of(metric) {
        let Ok(percent) = form.trim_start_matches('p').parse::<f64>() else {
            return Some(plain());
        };
        let name = step_label(results, step);
        // 100 − 99.9 is not exactly 0.1.
        let beyond = (1_000.0 - percent * 10.0).round() / 10.0;
        return Some(match said == super::NEVER {
            true => format!("more than {beyond} % never get through {name}"),
            false => format!("{percent} % get through {name} within {said}"),
        });
    }
    let inside = metric
        .strip_prefix("share(")
        .and_then(|rest| rest.strip_suffix(')'));
    let Some(inside) = inside.filter(|inside| !inside.contains(['<', '>', ','])) else {
        return Some(plain());
    };
    Some(match outcomes(results, inside) {
        Some(ends) => format!("{said} of users {ends}"),
        None => match inside.strip_suffix(".ok") {
            Some(step) => format!(
                "{said} of requests at {} succeed",
                step_label(results, step)
            ),
            None => plain(),
        },
    })
}

/// `are served or find nothing left`, if the metric is about the outcomes of users.
fn outcomes(results: &Results, inside: &str) -> Option<String> {
    let users = |term: &str| -> Option<String> {
        let (journey, outcome) = term.rsplit_once('.').unwrap_or(("", term));
        let known = journey.is_empty() || results.model.journeys.contains_key(journey);
        let ends = match outcome {
            "served" => "are served",
            "abandoned" => "give up",
            "refused" => "are turned away",
            "failed" => "fail",
            "sold_out" => "find it sold out",
            "unfinished" => "are still there at the end",
            _ => return None,
        };
        known.then(|| ends.to_owned())
    };
    let all: Option<Vec<String>> = inside.split(" or ").map(users).collect();
    Some(all?.join(" or "))
}

/// `the database is full for about two hours`: so it must be in at least half of the launches.
fn cause(results: &Results, variant: &Variant) -> Option<String> {
    let is_usual = |one: &&Bottleneck| {
        one.in_launches
            .is_none_or(|chance| 2 * chance.k >= chance.n)
    };
    let cause = reading::cause(variant).filter(is_usual)?;
    let at = |e: Option<Estimate>| e.and_then(Estimate::middle);
    let name = match results.model.labels.services.get(&cause.place) {
        Some(label) => within_a_sentence(label),
        None => cause.place.clone(),
    };
    Some(match at(cause.from_s).zip(at(cause.to_s)) {
        Some((from, to)) if to > from => format!("{name} is full for {}", roughly(to - from)),
        _ => format!("{name} is full"),
    })
}

/// A length of time as it is said: `about two hours`, `about twenty minutes`.
fn roughly(seconds: f64) -> String {
    const TENS: [&str; 10] = [
        "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    let minutes = (seconds / 60.0).round() as usize;
    let fives = (seconds / 300.0).round() as usize * 5;
    let halves = (seconds / 1_800.0).round() as usize;
    match (minutes, fives) {
        (0, _) => "less than a minute".to_owned(),
        (1, _) => "about a minute".to_owned(),
        (2..=12, _) => format!("about {} minutes", small(minutes)),
        (_, 15) => "about a quarter of an hour".to_owned(),
        (_, 30) => "about half an hour".to_owned(),
        (_, 60) => "about an hour".to_owned(),
        (..90, _) if fives.is_multiple_of(10) => format!("about {} minutes", TENS[fives / 10]),
        (..90, _) => format!("about {}-five minutes", TENS[fives / 10]),
        _ if halves.is_multiple_of(2) => format!("about {} hours", small(halves / 2)),
        _ => format!("about {} and a half hours", small(halves / 2)),
    }
}

/// A label with an article as it stands within a sentence: `The database` → `the database`.
pub(super) fn within_a_sentence(label: &str) -> String {
    for article in ["The ", "A ", "An ", "Our "] {
        if let Some(rest) = label.strip_prefix(article) {
            return format!("{}{rest}", article.to_lowercase());
        }
    }
    label.to_owned()
}

/// What reports call a variant.
pub fn variant_label(results: &Results, name: &str) -> String {
    let labels = &results.model.labels.variants;
    let own = labels.get(name).cloned();
    own.or_else(|| super::explain::label_without(results, name))
        .unwrap_or_else(|| name.to_owned())
}

/// The same where a sentence begins with it.
pub fn called(results: &Results, name: &str) -> String {
    match name == "baseline" {
        true => capital(&variant_label(results, name)),
        false => variant_label(results, name),
    }
}

/// What reports call a step, within a sentence.
fn step_label(results: &Results, step: &str) -> String {
    match results.model.labels.steps.get(step) {
        Some(label) => within_a_sentence(label),
        None => outcome_word(step),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::results::{Deciding, Labels};

    #[test]
    fn lengths_of_time_are_said_in_words() {
        for (seconds, expected) in [
            (20.0, "less than a minute"),
            (70.0, "about a minute"),
            (430.0, "about seven minutes"),
            (840.0, "about a quarter of an hour"),
            (1_250.0, "about twenty minutes"),
            (1_500.0, "about twenty-five minutes"),
            (1_790.0, "about half an hour"),
            (3_500.0, "about an hour"),
            (4_800.0, "about eighty minutes"),
            (7_300.0, "about two hours"),
            (9_200.0, "about two and a half hours"),
        ] {
            assert_eq!(roughly(seconds), expected, "{seconds}");
        }
    }

    /// The sample with a question about twice the servers.
    fn asked(said: Option<Said>) -> Results {
        let mut results = sample::compare();
        let served = "share(served)";
        let value = |name: &str| results.variants[name].metrics.get(served).copied();
        let cheapest = Cheapest {
            variant: "patch-login".to_owned(),
            same_cost: true,
            value: value("patch-login"),
            ..Cheapest::default()
        };
        results.answers.question = Some(Answered {
            question: "Would twice the servers do?".to_owned(),
            about: "double-servers".to_owned(),
            said,
            deciding: Some(Deciding {
                metric: served.to_owned(),
                objective: None,
                value: value("double-servers"),
            }),
            holds_as_it_is: false,
            cheapest: Some(cheapest),
        });
        let label = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        results.model.labels = Labels {
            variants: [
                label("double-servers", "Twice the servers"),
                label("patch-login", "Patch the login"),
            ]
            .into(),
            services: [label("login", "The login")].into(),
            steps: [label("login", "the login")].into(),
        };
        results
    }

    #[test]
    fn the_answer_is_short_and_begins_with_a_word() {
        insta::assert_snapshot!(question_answered(&asked(Some(Said::No))).unwrap());
        let found = question_answered(&asked(Some(Said::NotSettled))).unwrap();
        assert!(
            found.starts_with("Not settled yet. Twice the servers: "),
            "{found}"
        );
        let found = question_answered(&asked(None)).unwrap();
        assert!(found.starts_with("Twice the servers: "), "{found}");
        assert_eq!(question_answered(&sample::compare()), None);
    }

    #[test]
    fn figures_are_clauses() {
        let mut results = asked(None);
        results.model.journeys.insert("buy".to_owned(), Vec::new());
        let clause = |metric: &str, value: Estimate| figure(&results, metric, Some(&value));
        let share = |value| Estimate {
            estimate: Some(value),
            ..Estimate::default()
        };
        let never = Estimate {
            never: 10,
            ..Estimate::default()
        };
        let gap = number::GAP;
        let of = |metric: &str, value| clause(metric, value).unwrap().replace(gap, " ");
        assert_eq!(
            of("share(served)", share(0.59)),
            "59.0 % of users are served"
        );
        assert_eq!(
            of("share(buy.served or buy.sold_out)", share(0.753)),
            "75.3 % of users are served or find it sold out"
        );
        assert_eq!(
            of("share(login.ok)", share(0.5)),
            "50.0 % of requests at the login succeed"
        );
        assert_eq!(
            of("p95(login.time)", never),
            "more than 5 % never get through the login"
        );
        assert_eq!(
            of("p95(login.time)", share(118.0)),
            "95 % get through the login within 1m58s"
        );
        assert_eq!(
            of("p99.9(pay.time)", never),
            "more than 0.1 % never get through pay"
        );
        assert_eq!(
            of("share(login.time <= 2s)", share(0.5)),
            "share(login.time <= 2s) is 50.0 %"
        );
    }
}
