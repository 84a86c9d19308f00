//! What reports look up in the document: the lead metric, what stands beside a percentile, the
//! steps worth a picture.
//!
//! One idea: every report asks the same questions of the document, so they are answered once. It
//! computes no figure and prints no word.

use crate::results::{
    Attribution, Bottleneck, BottleneckKind, Difference, Estimate, Factorial, Measure, Results,
    Unit, Variant, Verdict,
};

/// The metric that the first sentence is about, wherever it was measured.
pub(crate) const SERVED: &str = "share(served)";

/// Name of the variant that all others are held against: the first.
pub(crate) fn baseline_name(results: &Results) -> &str {
    results.order.first().map_or("baseline", String::as_str)
}

/// That variant, if anything was run.
pub(crate) fn baseline(results: &Results) -> Option<&Variant> {
    results.variants.get(baseline_name(results))
}

/// The variants in order, each with its name.
pub(crate) fn variants(results: &Results) -> impl Iterator<Item = (&str, &Variant)> {
    results
        .order
        .iter()
        .filter_map(|name| Some((name.as_str(), results.variants.get(name)?)))
}

/// The variants after the baseline.
pub(crate) fn others(results: &Results) -> impl Iterator<Item = (&str, &Variant)> {
    variants(results).skip(1)
}

/// Whether there is anything to compare.
pub(crate) fn is_compared(results: &Results) -> bool {
    results.order.len() > 1
}

/// Unit of a metric, and which direction is better.
pub(crate) fn measure(results: &Results, metric: &str) -> Measure {
    results
        .measures
        .get(metric)
        .copied()
        .unwrap_or_else(|| Measure {
            unit: guess_unit(metric),
            ..Measure::default()
        })
}

/// The unit that the form of a metric implies, for documents that do not give it.
fn guess_unit(metric: &str) -> Unit {
    let form = metric.split('(').next().unwrap_or("");
    match form {
        "share" => Unit::Share,
        "rate" => Unit::PerSecond,
        _ if percentile_of(metric).is_some() => Unit::Seconds,
        _ => Unit::Count,
    }
}

/// The paired difference of a variant on a metric.
pub(crate) fn difference<'a>(
    results: &'a Results,
    variant: &str,
    metric: &str,
) -> Option<&'a Difference> {
    results.differences.get(variant)?.get(metric)
}

/// The metrics that are given words, `share(served)` first, then in the order of the document.
pub(crate) fn headline(results: &Results) -> Vec<&str> {
    let listed: Vec<&str> = match &results.family {
        Some(family) => family.headline.iter().map(String::as_str).collect(),
        None => objective_metrics(results),
    };
    let mut all: Vec<&str> = Vec::new();
    let lead = listed.iter().copied().filter(|m| *m == SERVED);
    for metric in lead.chain(listed.iter().copied()) {
        if !all.contains(&metric) {
            all.push(metric);
        }
    }
    all
}

/// Metrics of the baseline's objectives, in the order of the file.
fn objective_metrics(results: &Results) -> Vec<&str> {
    baseline(results).map_or(Vec::new(), |variant| {
        variant
            .objectives
            .iter()
            .map(|o| o.metric.as_str())
            .collect()
    })
}

/// The metric of the first sentence: `share(served)`, else the first headline metric.
pub(crate) fn lead_metric(results: &Results) -> Option<&str> {
    headline(results).into_iter().next()
}

/// A metric of a variant as the study reports it.
pub(crate) fn metric<'a>(variant: &'a Variant, key: &str) -> Option<&'a Estimate> {
    variant
        .metrics
        .get(key)
        .or_else(|| {
            let objective = variant.objectives.iter().find(|o| o.metric == key)?;
            objective.value.as_ref()
        })
        .or_else(|| (key == SERVED).then_some(variant.users.share.served.as_ref())?)
}

/// Percentile and step of a metric such as `p95(login.time)`; `None` for any other form, also for
/// the times of those that ended ok.
pub(crate) fn percentile_of(metric: &str) -> Option<(&str, &str)> {
    let (form, rest) = metric.split_once('(')?;
    let what = rest.split([',', ')']).next()?;
    let step = what.strip_suffix(".time")?;
    let digits = form.strip_prefix('p')?;
    let is_number = digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    (is_number && !step.ends_with(".ok")).then_some((form, step))
}

/// What stands beside a percentile that counts those that did not end ok as never: the same
/// percentile of those that did, and their share.
#[derive(Clone, Copy)]
pub(crate) struct GotIn<'a> {
    /// Which percentile: `p95`.
    pub(crate) form: &'a str,
    /// Of what.
    pub(crate) whose: Whose,
    /// The percentile of those that ended ok.
    pub(crate) time: Option<&'a Estimate>,
    /// The share that ended ok.
    pub(crate) share: Option<&'a Estimate>,
}

/// What a time is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Requests of a step.
    Requests,
    /// Users of a journey.
    Users,
}

/// From this share on, everything ended ok as far as a percentile can tell.
const NEARLY_ALL: f64 = 0.999;

/// Those that ended ok, for a metric that is a percentile of a time; `None` if all did.
pub(crate) fn got_in<'a>(variant: &'a Variant, key: &'a str) -> Option<GotIn<'a>> {
    let (form, step) = percentile_of(key)?;
    let (whose, times, share) = match variant.requests.get(step) {
        Some(request) => (
            Whose::Requests,
            request.ok_time.as_ref(),
            request.share_ok.as_ref(),
        ),
        None => {
            let journey = variant.journeys.get(step)?;
            (
                Whose::Users,
                journey.ok_time.as_ref(),
                journey.users.share.served.as_ref(),
            )
        }
    };
    let time = times.and_then(|t| match form {
        "p50" => t.p50.as_ref(),
        "p90" => t.p90.as_ref(),
        "p95" => t.p95.as_ref(),
        "p99" => t.p99.as_ref(),
        "p99.9" => t.p999.as_ref(),
        _ => None,
    });
    let is_everybody = share
        .and_then(|e| e.estimate)
        .is_none_or(|s| s >= NEARLY_ALL);
    (!is_everybody).then_some(GotIn {
        form,
        whose,
        time,
        share,
    })
}

/// The cause that matters most: it holds up most others, in most launches, for longest.
pub(crate) fn cause(variant: &Variant) -> Option<&Bottleneck> {
    let causes = variant
        .bottlenecks
        .iter()
        .filter(|b| b.kind == BottleneckKind::Cause);
    let weight = |b: &Bottleneck| {
        let all = variant.bottlenecks.iter();
        let waiting = all.filter(|other| other.waits_for.as_ref() == Some(&b.place));
        let launches = b.in_launches.map_or(0, |p| p.k);
        (waiting.count().max(b.effects.len()), launches)
    };
    let length = |b: &Bottleneck| {
        let at = |e: Option<Estimate>| e.and_then(Estimate::middle).unwrap_or(0.0);
        at(b.to_s) - at(b.from_s)
    };
    // The first of equals: `max_by` would take the last.
    causes.rev().max_by(|a, b| {
        let by_weight = weight(a).cmp(&weight(b));
        by_weight.then(length(a).total_cmp(&length(b)))
    })
}

/// Whether a service or pool was full, and why.
pub(crate) fn cause_at<'a>(variant: &'a Variant, name: &str) -> Option<&'a Bottleneck> {
    variant.bottlenecks.iter().find(|one| one.place == name)
}

/// From when to when a resource was full, in the median over launches that see it so.
pub(crate) fn spell(found: &Bottleneck) -> Option<(f64, f64)> {
    let at = |e: Option<Estimate>| e.and_then(Estimate::middle);
    at(found.from_s)
        .zip(at(found.to_s))
        .filter(|(from, to)| to > from)
}

/// All bottlenecks, the cause that matters most first, the others as the document lists them.
pub(crate) fn bottlenecks(variant: &Variant) -> Vec<&Bottleneck> {
    let main = cause(variant);
    let is_main = |b: &&Bottleneck| main.is_some_and(|m| std::ptr::eq(m, *b));
    let others = variant.bottlenecks.iter().filter(|b| !is_main(b));
    main.into_iter().chain(others).collect()
}

/// The attributions worth telling: variant, its metric, what its changes are worth on it. Where a
/// variant leaves its metric the same there is nothing to share out: see [`unshared`].
pub(crate) fn attributions(results: &Results) -> Vec<(&str, &str, &Attribution)> {
    let mut all = of_the_lead(results);
    all.retain(|one| !is_same(results, one));
    all
}

/// What was found over all combinations, where that was asked for: variant, metric.
pub(crate) fn factorials(results: &Results) -> Vec<(&str, &str, &Factorial)> {
    let all = of_the_lead(results).into_iter();
    all.filter_map(|(name, metric, found)| Some((name, metric, found.factorial.as_ref()?)))
        .collect()
}

/// The variants of several changes that leave the metric the same, with that metric.
pub(crate) fn unshared(results: &Results) -> Vec<(&str, &str)> {
    let all = of_the_lead(results).into_iter();
    all.filter(|one| is_same(results, one))
        .map(|(name, metric, _)| (name, metric))
        .collect()
}

/// Whether the whole is the same: by the launches that were shared out, or by all of them.
fn is_same(results: &Results, (name, metric, found): &(&str, &str, &Attribution)) -> bool {
    let all = difference(results, name, metric).and_then(|d| d.verdict);
    found.verdict == Some(Verdict::Same) || all == Some(Verdict::Same)
}

/// The attribution of each variant of several changes, on the lead metric if there is one.
fn of_the_lead(results: &Results) -> Vec<(&str, &str, &Attribution)> {
    let lead = lead_metric(results);
    others(results)
        .filter_map(|(name, _)| {
            let by_metric = results.attribution.get(name)?;
            let (metric, found) = lead
                .and_then(|lead| by_metric.get_key_value(lead))
                .or_else(|| by_metric.iter().next())?;
            (found.order.len() > 1).then_some((name, metric.as_str(), found))
        })
        .collect()
}

/// The confidence of all differences of headline metrics, if they share one.
pub(crate) fn level_of_differences(results: &Results) -> Option<f64> {
    let headline = headline(results);
    let all = results.differences.values().flat_map(|by| by.iter());
    let mut levels = all
        .filter(|(metric, _)| headline.contains(&metric.as_str()))
        .map(|(_, found)| found.confidence);
    let first = levels.next()?;
    levels
        .all(|level| (level - first).abs() < 1e-9)
        .then_some(first)
}

/// Where users, attempts, messages or units stand and can be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A service: attempts that wait.
    Service(String),
    /// A pool: those who wait for a unit.
    Pool(String),
    /// A room: users who wait at its door.
    Room(String),
    /// An endpoint that messages are sent to: those not yet worked off.
    Message(String),
    /// A stock: units that are left.
    Stock(String),
}

impl Place {
    /// What the model calls it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Place::Service(name)
            | Place::Pool(name)
            | Place::Room(name)
            | Place::Message(name)
            | Place::Stock(name) => name,
        }
    }
}

/// The places that are drawn by themselves: all stocks, those that headline metrics name, and those
/// where the baseline broke.
pub(crate) fn places(results: &Results) -> Vec<Place> {
    let Some(variant) = baseline(results) else {
        return Vec::new();
    };
    let mut all: Vec<Place> = variant.stock.keys().cloned().map(Place::Stock).collect();
    for metric in headline(results) {
        all.extend(names_in(metric, |name| place_of(variant, name)));
    }
    let full = bottlenecks(variant).into_iter().take(FOCUS_PLACES);
    all.extend(full.filter_map(|one| place_of(variant, &one.place)));
    let mut seen: Vec<Place> = Vec::new();
    for place in all {
        if !seen.contains(&place) {
            seen.push(place);
        }
    }
    seen
}

/// Most places that are drawn because they were full.
const FOCUS_PLACES: usize = 3;

fn place_of(variant: &Variant, name: &str) -> Option<Place> {
    let name = name.to_owned();
    if variant.stock.contains_key(&name) {
        Some(Place::Stock(name))
    } else if variant.rooms.contains_key(&name) {
        Some(Place::Room(name))
    } else if variant.messages.contains_key(&name) {
        Some(Place::Message(name))
    } else if variant.pools.contains_key(&name) {
        Some(Place::Pool(name))
    } else {
        let is_service = variant.services.contains_key(&name);
        is_service.then_some(Place::Service(name))
    }
}

/// What the names in a metric stand for, each by as many of its parts as are known: in
/// `p99(mail.confirmation.delay)` the endpoint `mail.confirmation`.
fn names_in<T>(metric: &str, known: impl Fn(&str) -> Option<T>) -> Vec<T> {
    let is_name = |c: char| c.is_alphanumeric() || "._-".contains(c);
    let words = metric.split(|c: char| !is_name(c));
    let longest = |word: &str| {
        let ends = word.match_indices('.').map(|(at, _)| at);
        let ends: Vec<usize> = ends.chain([word.len()]).collect();
        ends.into_iter().rev().find_map(|end| known(&word[..end]))
    };
    words.filter_map(longest).collect()
}

/// Most steps that are drawn by themselves if no headline metric names one.
const FOCUS_STEPS: usize = 3;

/// The steps whose times are drawn: all that headline metrics speak of; else of each journey the
/// calls, the one with the least share ok first.
pub(crate) fn focus_steps(results: &Results) -> Vec<&str> {
    let Some(variant) = baseline(results) else {
        return Vec::new();
    };
    let known = |name: &str| {
        let found = variant.requests.get_key_value(name);
        found.map(|(name, _)| name.as_str())
    };
    let metrics = headline(results).into_iter();
    let mut steps: Vec<&str> = metrics.flat_map(|metric| names_in(metric, known)).collect();
    let most = if steps.is_empty() {
        FOCUS_STEPS
    } else {
        steps.len()
    };
    if steps.is_empty() {
        let flows = variant.journeys.values().flat_map(|journey| &journey.steps);
        let names = flows.flat_map(|step| std::iter::once(&step.name).chain(&step.calls));
        steps = names
            .map(String::as_str)
            .filter(|step| variant.requests.contains_key(*step))
            .collect();
        let ok = |step: &str| {
            let share = variant.requests.get(step).and_then(|r| r.share_ok);
            share.and_then(|e| e.estimate).unwrap_or(1.0)
        };
        steps.sort_by(|a, b| ok(a).total_cmp(&ok(b)));
    }
    let mut seen = Vec::new();
    for step in steps {
        if !seen.contains(&step) {
            seen.push(step);
        }
    }
    seen.truncate(most);
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_metric_names_is_found_by_its_longest_known_part() {
        let known = |name: &str| {
            ["mail.confirmation", "login", "mail", "doors"]
                .into_iter()
                .find(|one| *one == name)
        };
        for (metric, found) in [
            ("p99(mail.confirmation.delay)", vec!["mail.confirmation"]),
            ("share(login.ok) between 5m and 14m", vec!["login"]),
            ("p95(doors.wait)", vec!["doors"]),
            ("max(mail.queue)", vec!["mail"]),
            ("share(served)", vec![]),
        ] {
            assert_eq!(names_in(metric, known), found, "{metric}");
        }
    }

    #[test]
    fn a_percentile_names_its_step() {
        assert_eq!(percentile_of("p95(login.time)"), Some(("p95", "login")));
        assert_eq!(
            percentile_of("p99.9(shop.login.time, 60s)"),
            Some(("p99.9", "shop.login"))
        );
        assert_eq!(percentile_of("p95(login.ok.time)"), None);
        assert_eq!(percentile_of("share(served)"), None);
        assert_eq!(percentile_of("peak(x.time)"), None);
    }
}
