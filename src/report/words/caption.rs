//! Words in and around charts: titles, takeaways, axes, labels.
//!
//! One idea: a chart's title says what it shows and its takeaway says what it means, from the
//! same figures that the rest of the report prints.

use super::{
    capital, causes_caption, change_estimate, difference_with_level, dots_caption, estimate,
    from_to, growth_takeaway, interval_label, level_caption, listed, observed_caption, outcome,
    outcome_names, outcome_word, phase_takeaway, profiles_caption, spans, threshold, variant_label,
    verdict_sentence, verdict_symbol, verdict_word, what_meets, with_clock,
};
use crate::base::decimal::significant;
use crate::report::chart::{Kind, Subject};
use crate::report::number::{self, GAP, share};
use crate::report::reading;
use crate::results::{
    Better, Bottleneck, BottleneckKind, Estimate, Objective, Request, Results, StepFlow, Times,
    Unit, Users, Variant, key,
};

/// Vertical axis of the outcome areas.
pub const USERS_SO_FAR: &str = "Users so far";

/// Vertical axis of the rates under them.
pub const USERS_PER_SECOND: &str = "Users per second";

/// What the heat map's colours are.
pub const WORKERS_HELD: &str = "Workers held";

/// What the colours of the servers of a service are.
pub const WORKERS_ALL_TAKEN: &str = "Time without a free worker";

/// Where that scale begins.
pub const LITTLE_OF_IT: &str = "a little";

/// Where that scale ends.
pub const ALL_THE_TIME: &str = "all the time";

/// The colour of nothing.
pub const NONE_HELD: &str = "none";

/// Where the scale of colours begins.
pub const LITTLE_HELD: &str = "few";

/// Where the scale of colours ends.
pub const ALL_HELD: &str = "all";

/// What the colours of times over time are.
pub const REQUESTS_IN_CELL: &str = "Requests";

/// What stands under times.
pub const SHARE_WHO_GOT_IN: &str = "Share that ends ok";

/// Horizontal axis of percentiles.
pub const PERCENTILE_AXIS: &str =
    "Share of all requests that take up to this time; at a dotted wall the rest never ends ok";

/// What the right end of an axis of differences is.
pub fn right_side(better: Better) -> &'static str {
    match better {
        Better::Higher | Better::Lower => "better →",
        Better::Neither => "more →",
    }
}

/// What the grey band around zero means: `grey: same within ±2 s`.
pub fn same_within(least: f64, unit: Unit) -> String {
    format!("grey: same within ±{}", threshold(least, unit))
}

/// What all axes of differences show, with the level of the intervals.
pub fn difference_axis(results: &Results) -> String {
    let confidence = reading::level_of_differences(results);
    let level = confidence.map_or_else(String::new, |confidence| {
        format!(", with its {}", interval_label(confidence))
    });
    format!("{DIFFERENCE_AXIS}{level}. A dashed arrow: one side is never.")
}

/// What a chart had no room for.
pub fn more_in_the_table(count: usize) -> String {
    match count {
        1 => " One more metric stands in the table.".to_owned(),
        _ => format!(" {count} more metrics stand in the table."),
    }
}

/// The sum of a waterfall.
pub const ALL_TOGETHER: &str = "all together";

/// Horizontal axis of a waterfall.
pub const DIFFERENCE_AXIS: &str = "Difference from the baseline";

/// The last row of a funnel.
pub const SERVED_ROW: &str = "served";

/// Title and takeaway of a chart, with the clock on the wall beside every instant.
pub fn caption(results: &Results, kind: &Kind, subject: &Subject) -> (String, String) {
    let (title, takeaway) = said(results, kind, subject);
    (title, with_clock(results, &takeaway))
}

/// The variant that a picture is of.
fn subject_name<'a>(results: &'a Results, subject: &'a Subject) -> &'a str {
    match subject {
        Subject::Variant(name) => name.as_str(),
        Subject::Study => reading::baseline_name(results),
    }
}

fn said(results: &Results, kind: &Kind, subject: &Subject) -> (String, String) {
    let name = subject_name(results, subject);
    let variant = results.variants.get(name);
    let name = variant_label(results, name);
    match kind {
        Kind::Outcome => (
            format!("Who was served, who left: {name}"),
            variant.map_or_else(String::new, outcome_takeaway),
        ),
        Kind::Heat => (
            format!("Where and when it is full: {name}"),
            variant.map_or_else(String::new, heat_takeaway),
        ),
        Kind::Ribbon(step) => (
            format!("How long {step} takes if it ends ok: {name}"),
            variant.map_or_else(String::new, |v| step_takeaway(v, step)),
        ),
        Kind::Density(step) => (
            format!("How the times of {step} are spread: {name}"),
            variant.map_or_else(String::new, |v| density_takeaway(v, step)),
        ),
        Kind::Spectrum(step) => (
            format!("How long {step} takes, percentile by percentile"),
            spectrum_takeaway(results, step),
        ),
        Kind::Forest => (
            "Which differences are real, and which matter?".to_owned(),
            forest_takeaway(results),
        ),
        Kind::Waterfall(of, metric) => worth_caption(results, of, metric),
        Kind::Multiples(names) => multiples_caption(results, names),
        Kind::Servers(of) => servers_caption(results, (variant, &name), of),
        Kind::Phase => (
            format!("Who waits and who tries again: {name}"),
            variant.map_or_else(String::new, phase_takeaway),
        ),
        Kind::Growth(place) => (
            format!("How attempts at {place} grow"),
            variant.map_or_else(String::new, |v| growth_takeaway(v, place)),
        ),
        Kind::Level(place) => level_caption(results, place),
        Kind::Observed(at) => observed_caption(results, subject_name(results, subject), *at),
        Kind::Profiles => profiles_caption(results),
        Kind::Ladder => super::ladder_caption(results),
        Kind::Frontier => super::frontier_caption(results),
        Kind::Swept(number) => super::curve_caption(results, *number),
        Kind::Scalability => super::scalability_caption(results),
        Kind::Tip => super::tip_caption(results),
        Kind::Causes => causes_caption(results),
        Kind::Tornado => super::tornado_caption(results),
        Kind::Behind => super::behind_caption(results),
        Kind::Combined(of, metric) => super::combined_caption(results, of, metric),
        Kind::Dots => dots_caption(results),
        Kind::Topology => (format!("Who calls whom: {name}"), TOPOLOGY.to_owned()),
        Kind::Lanes => (
            format!("What happened in which order: {name}"),
            LANES.to_owned(),
        ),
        Kind::Funnel(journey) => (
            format!("Where users leave the journey {journey}: {name}"),
            variant.map_or_else(String::new, |v| funnel_takeaway(v, journey)),
        ),
    }
}

/// How the picture of calls is read.
const TOPOLOGY: &str = "A line is as wide as its attempts are many, a dashed one is messages; the \
                        bar is the share of the workers that is held, and a thick frame says that \
                        they were all.";

/// How the lanes are read.
const LANES: &str = "Bars run from begin to end, in the median over launches; a diamond is an \
                     instant.";

fn multiples_caption(results: &Results, names: &[String]) -> (String, String) {
    let others: Vec<&str> = names.iter().skip(1).map(String::as_str).collect();
    let all: Vec<String> = others.iter().map(|n| served_change(results, n)).collect();
    (
        "The variants side by side, on the same axes".to_owned(),
        format!("{}.", listed(&all)),
    )
}

fn servers_caption(
    results: &Results,
    (variant, name): (Option<&Variant>, &str),
    service: &str,
) -> (String, String) {
    let odd = variant.and_then(|v| v.services.get(service)?.odd.as_ref());
    let takeaway = odd.map(|found| format!("{}.", capital(&super::odd(found))));
    (
        format!(
            "How full the servers of {} are: {name}",
            super::thing(results, service)
        ),
        takeaway.unwrap_or_default(),
    )
}

fn outcome_takeaway(variant: &Variant) -> String {
    let users = &variant.users;
    let mut text = format!(
        "{} of {} users are served",
        estimate(users.share.served.as_ref(), Unit::Share),
        estimate(users.arrived.as_ref(), Unit::Count)
    );
    let others = outcome_names(&users.share).skip(1).filter_map(|name| {
        let value = outcome(&users.share, name)?;
        (value.estimate? >= 0.0005).then(|| {
            format!(
                "{} {}",
                estimate(Some(value), Unit::Share),
                outcome_word(name)
            )
        })
    });
    let others: Vec<String> = others.collect();
    if !others.is_empty() {
        text.push_str("; ");
        text.push_str(&listed(&others));
    }
    text.push('.');
    if at_home(variant).is_some_and(|home| home >= 0.5) {
        text.push_str(
            " Users at home at the end, before another visit, count by how their last one ended.",
        );
    }
    text
}

/// Users at home at the end, before another visit: those who ended, less those who had ended before
/// the last bin was over.
fn at_home(variant: &Variant) -> Option<f64> {
    let ended = |name: &str| {
        let all = outcome(&variant.users.outcome, name)?.estimate?;
        let series = variant.timeline.series.get(&key::count(name))?;
        Some((all - (*series.mean.last()?)?).max(0.0))
    };
    let all = outcome_names(&variant.users.outcome);
    let names = all.filter(|name| *name != "unfinished");
    let home: Vec<f64> = names.filter_map(ended).collect();
    (!home.is_empty()).then(|| home.iter().sum())
}

fn heat_takeaway(variant: &Variant) -> String {
    let causes: Vec<String> = places(variant, BottleneckKind::Cause);
    let waiting: Vec<String> = places(variant, BottleneckKind::Waits);
    let mut text = match causes.len() {
        0 => "Nothing is full.".to_owned(),
        1 => format!("{} is full.", causes[0]),
        _ => format!("{} are full.", listed(&causes)),
    };
    if !waiting.is_empty() {
        let verb = if waiting.len() == 1 {
            "is full too, but only waits"
        } else {
            "are full too, but only wait"
        };
        text.push_str(&format!(" {} {verb} for others.", listed(&waiting)));
    }
    text
}

fn places(variant: &Variant, kind: BottleneckKind) -> Vec<String> {
    let all = reading::bottlenecks(variant)
        .into_iter()
        .filter(|b| b.kind == kind);
    all.map(|b| b.place.clone()).collect()
}

fn step_takeaway(variant: &Variant, step: &str) -> String {
    let Some(request) = variant.requests.get(step) else {
        return String::new();
    };
    let p95 = request.ok_time.and_then(|t| t.p95);
    format!(
        "{} of requests end ok; 95{GAP}% of these take up to {}.",
        estimate(request.share_ok.as_ref(), Unit::Share),
        estimate(p95.as_ref(), Unit::Seconds)
    )
}

/// Between which times most who got in lie, and how many did not.
fn density_takeaway(variant: &Variant, step: &str) -> String {
    let Some(request) = variant.requests.get(step) else {
        return String::new();
    };
    let time = |of: fn(&Times) -> Option<Estimate>| {
        let found = request.ok_time.as_ref().and_then(of);
        estimate(found.as_ref(), Unit::Seconds)
    };
    let tail = match time(|t| t.p99) {
        known if known != number::ABSENT => format!(", all but one in a hundred up to {known}"),
        _ => String::new(),
    };
    format!(
        "{} of requests end ok: half of these take up to {}{tail}. Each column is a histogram of \
         the requests that started then.",
        estimate(request.share_ok.as_ref(), Unit::Share),
        time(|t| t.p50)
    )
}

fn spectrum_takeaway(results: &Results, step: &str) -> String {
    let all: Vec<String> = reading::variants(results)
        .filter_map(|(name, variant)| {
            let spectrum = variant.spectrum.get(step)?;
            let name = variant_label(results, name);
            Some(format!("{name} {}", share(spectrum.served_share)))
        })
        .collect();
    format!("Share of requests that end ok: {}.", listed(&all))
}

fn forest_takeaway(results: &Results) -> String {
    let all: Vec<String> = reading::others(results)
        .map(|(name, _)| verdict_sentence(results, name))
        .collect();
    match all.len() {
        0..=2 => all.join(" "),
        _ => {
            let all: Vec<String> = reading::others(results)
                .map(|(name, _)| served_change(results, name))
                .collect();
            format!("{}.", listed(&all))
        }
    }
}

/// `both +56.1 pt (better)`, on the lead metric.
fn served_change(results: &Results, name: &str) -> String {
    let label = variant_label(results, name);
    let Some(metric) = reading::lead_metric(results) else {
        return label;
    };
    let unit = reading::measure(results, metric).unit;
    match reading::difference(results, name, metric) {
        Some(found) if found.estimate.is_some() => {
            let change = number::change(found.estimate.unwrap_or(0.0), unit);
            let word = found
                .verdict
                .map_or_else(String::new, |v| format!(" ({})", verdict_word(v)));
            format!("{label} {change}{word}")
        }
        _ => format!("{label}{}", from_to(results, name, metric)),
    }
}

fn worth_caption(results: &Results, of: &str, metric: &str) -> (String, String) {
    let unit = reading::measure(results, metric).unit;
    let found = results.attribution.get(of).and_then(|by| by.get(metric));
    let total = change_estimate(found.and_then(|f| f.total.as_ref()), unit);
    let meets = found.and_then(|found| what_meets(results, (of, metric), found));
    let meets = meets.map_or_else(String::new, |text| format!(" {}.", capital(&text)));
    (
        format!(
            "What each change is worth on {metric}: {}",
            variant_label(results, of)
        ),
        format!(
            "Together {total}.{meets} Each bar is one change alone and begins where the one before \
             it ends."
        ),
    )
}

fn funnel_takeaway(variant: &Variant, journey: &str) -> String {
    let Some(flow) = variant.journeys.get(journey) else {
        return String::new();
    };
    let lost = |step: &StepFlow| -> f64 {
        let all = outcome_names(&step.left).filter(|name| *name != "served");
        all.filter_map(|name| outcome(&step.left, name)?.estimate)
            .sum()
    };
    let worst = flow.steps.iter().max_by(|a, b| lost(a).total_cmp(&lost(b)));
    match worst.filter(|step| lost(step) > 0.0) {
        Some(step) => format!(
            "Most are lost at {}: {} visits reach it, {} pass.",
            step.name,
            estimate(step.reached.as_ref(), Unit::Count),
            estimate(step.passed.as_ref(), Unit::Count)
        ),
        None => "Nobody is lost on the way.".to_owned(),
    }
}

/// Name of a layer of the outcome areas.
pub fn layer_name(name: &str) -> String {
    match name {
        "inside" => "not done yet".to_owned(),
        _ => outcome_word(name),
    }
}

/// Label of a layer: its outcome, its users at the end, their share.
pub fn layer_label(users: &Users, name: &str) -> String {
    let outcome_of_layer = if name == "inside" { "unfinished" } else { name };
    let count = outcome(&users.outcome, outcome_of_layer);
    let part = outcome(&users.share, outcome_of_layer);
    match count.and_then(|e| e.estimate).filter(|c| *c >= 0.5) {
        Some(count) => format!(
            "{} {} ({})",
            layer_name(name),
            number::count(count),
            estimate(part, Unit::Share)
        ),
        None => layer_name(name),
    }
}

/// Label of a rate.
pub fn rate_label(name: &str) -> String {
    outcome_word(name)
}

/// What stands beside a row of the heat map, the most important first: where it was full, why, how
/// much was held meanwhile and from when to when; else how much is held overall.
pub fn heat_remark(variant: &Variant, name: &str) -> Vec<String> {
    let Some(found) = variant.bottlenecks.iter().find(|b| b.place == name) else {
        let service = variant.services.get(name).and_then(|s| s.held.as_ref());
        let held = service.or_else(|| variant.pools.get(name).and_then(|p| p.held.as_ref()));
        let held = held.map(|held| format!("{} on average", estimate(Some(held), Unit::Share)));
        return held.into_iter().collect();
    };
    let held = found.held.as_ref();
    let held = held.map(|held| format!("{} when full", estimate(Some(held), Unit::Share)));
    let waiting = found.queue.as_ref().filter(|e| e.estimate >= Some(1.0));
    let waiting = waiting.map(|queue| format!("{} wait", estimate(Some(queue), Unit::Count)));
    let span = reading::spell(found).map(|spell| spans(&[spell]));
    let all = [Some(why(found)), held, span, waiting];
    all.into_iter().flatten().collect()
}

/// What stands in the box of a service: `94.2 % held, bottleneck`.
pub fn held_in_box(held: Option<&Estimate>, full: Option<&Bottleneck>) -> String {
    let held = held.map(|held| format!("{} held", estimate(Some(held), Unit::Share)));
    let all: Vec<String> = held.into_iter().chain(full.map(why)).collect();
    all.join(", ")
}

fn why(found: &Bottleneck) -> String {
    match (found.kind, &found.waits_for) {
        (BottleneckKind::Cause, _) => "bottleneck".to_owned(),
        (BottleneckKind::Waits, Some(whom)) => format!("waits for {whom}"),
        (BottleneckKind::Waits, None) => "only waits".to_owned(),
    }
}

/// Vertical axis of the ribbon.
pub fn time_of_those_who_got_in(step: &str) -> String {
    format!("Time of {step}, of requests that end ok")
}

/// The same where there is little room.
pub fn time_short(step: &str) -> String {
    format!("{step} if ok: p50, p95, p99")
}

/// Vertical axis of the percentile spectrum.
pub fn time_of_all(step: &str) -> String {
    format!("Time of {step}, of all requests")
}

/// Label of a percentile: `p50 (half)`.
pub fn percentile_label(form: &str) -> String {
    match form {
        "p50" => "p50: half".to_owned(),
        _ => form.to_owned(),
    }
}

/// The text of an objective's line in a chart.
pub fn objective_line(objective: &Objective) -> String {
    format!("objective: {}", objective.that)
}

/// Label of a variant's curve: `baseline, 57.1 % never`.
pub fn spectrum_label(name: &str, served_share: f64) -> String {
    let never = 1.0 - served_share;
    if never > 0.0 {
        format!("{name}: {} never", share(never))
    } else {
        name.to_owned()
    }
}

/// A difference in its own unit with its word, beside its dot; where a side is never, both sides.
pub fn forest_label(results: &Results, name: &str, metric: &str) -> String {
    let unit = reading::measure(results, metric).unit;
    let found = reading::difference(results, name, metric);
    let number = found.filter(|found| found.estimate.is_some());
    let text = match number {
        Some(found) => difference_with_level(results, found, unit),
        None => {
            let both = from_to(results, name, metric);
            both.trim_matches([' ', '(', ')']).to_owned()
        }
    };
    match found.and_then(|found| found.verdict) {
        Some(verdict) => format!(
            "{text} {} {}",
            verdict_symbol(verdict),
            verdict_word(verdict)
        ),
        None => text,
    }
}

/// A tick of an axis of differences in their own unit, with all its digits: `+10 pt`, `+0.05 pt`.
pub fn tick_of_difference(tick: f64, unit: Unit) -> String {
    let size = match unit {
        Unit::Seconds | Unit::Instant => number::duration(tick.abs()),
        Unit::Share => format!("{}{GAP}pt", significant(tick.abs() * 100.0, 4)),
        Unit::PerSecond => format!("{}/s", plain(tick.abs())),
        Unit::Count | Unit::Ratio => plain(tick.abs()),
    };
    let sign = match tick {
        _ if tick == 0.0 => "",
        _ if tick < 0.0 => "−",
        _ => "+",
    };
    format!("{sign}{size}")
}

/// A round number with all its digits.
fn plain(value: f64) -> String {
    if value >= 1_000.0 {
        number::whole(value)
    } else {
        significant(value, 4)
    }
}

/// An instant in as few characters as say it, for narrow axes: `T+0`, `+5m`, `−90s`, `+1h30m`.
pub fn short_instant(secs: f64) -> String {
    if secs.abs() < 0.5 {
        return "T+0".to_owned();
    }
    let sign = if secs < 0.0 { number::MINUS } else { '+' };
    format!("{sign}{}", number::duration(secs.abs()).replace(GAP, ""))
}

/// `its share +6.9 pt`.
pub fn share_of_total(value: Option<&Estimate>, unit: Unit) -> String {
    match value.and_then(|e| e.estimate) {
        Some(found) => format!("its share {}", number::change(found, unit)),
        None => String::new(),
    }
}

/// What is lost at a step: `12 904 abandoned, 3 826 refused`.
pub fn lost_at(step: &StepFlow) -> String {
    let all = outcome_names(&step.left).filter(|name| *name != "served");
    let parts: Vec<String> = all
        .filter_map(|name| {
            let users = outcome(&step.left, name)?.estimate?;
            let count = number::whole(users);
            (count != "0").then(|| format!("{count} {}", outcome_word(name)))
        })
        .collect();
    listed(&parts)
}

/// What became of the requests of a call within a step: `24 386 requests, 9 449 not ok`.
pub fn requests_within(request: &Request) -> String {
    let count = |of: Option<&Estimate>| of.and_then(|e| e.estimate).unwrap_or(0.0);
    let started = count(request.started.as_ref());
    let lost = started - count(request.ok.as_ref());
    let requests = format!("{} requests", number::whole(started));
    if lost < 0.5 {
        return format!("{requests}, all ok");
    }
    format!("{requests}, {} of them ok", number::whole(started - lost))
}

/// `42.9 % served`.
pub fn served_of(variant: &Variant) -> String {
    format!(
        "{} served",
        estimate(variant.users.share.served.as_ref(), Unit::Share)
    )
}
