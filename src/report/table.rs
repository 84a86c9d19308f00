//! Tables: what a report prints as rows, and the figures behind every chart.
//!
//! One idea: a table is made once, as text in cells, and set by the page and by Markdown alike.

mod behind;
mod best;
mod calibrate;
mod size;
mod uncertain;
mod sweep;
mod tip;
mod explain;
mod factorial;
mod observed;
mod overload;

pub(crate) use behind::of_picture;
pub(crate) use best::best;
pub(crate) use calibrate::{correlations, fitted, fitted_parts};
pub(crate) use explain::{actions, broken, causes, chain, cleared, preventions, sensitive};
pub(crate) use factorial::{factorial, factorials};
pub(crate) use observed::{figures, measured};
pub(crate) use overload::{overload, recoveries};
pub(crate) use size::{frontier, sized};
pub(crate) use sweep::swept;
pub(crate) use tip::tipped;
pub(crate) use uncertain::{regrets, worth_knowing};

use super::{number, reading, words};
use crate::results::{Estimate, Percentiles, Results, Unit, Variant, key};

/// A table as text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    /// What it shows.
    pub(crate) caption: String,
    /// Heads of its columns; the first column names the rows.
    pub(crate) head: Vec<String>,
    /// Its rows.
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    fn new(caption: impl Into<String>, head: &[&str]) -> Table {
        Table {
            caption: caption.into(),
            head: head.iter().map(|h| (*h).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Whether it has any row.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Most rows of a table over time; all bins are in the CSV file.
const ROWS: usize = 16;

/// The outcomes of users by variant, with what each comes to.
pub(crate) fn outcomes(results: &Results) -> Table {
    let mut table = Table::new(words::USERS_BY_OUTCOME, &[words::USERS]);
    let variants: Vec<(&str, &Variant)> = reading::variants(results).collect();
    table.head.extend(
        variants
            .iter()
            .map(|(name, _)| words::variant_label(results, name)),
    );
    let mut row = |label: String, text: &dyn Fn(&Variant) -> String| {
        let cells = variants.iter().map(|(_, v)| text(v));
        table.rows.push([label].into_iter().chain(cells).collect());
    };
    row(words::ARRIVED.to_owned(), &|v| {
        words::estimate(v.users.arrived.as_ref(), Unit::Count)
    });
    let mut names: Vec<&str> = key::OUTCOMES.to_vec();
    for (_, variant) in &variants {
        let further = words::outcome_names(&variant.users.outcome);
        names.extend(further.filter(|name| !key::OUTCOMES.contains(name)));
    }
    names[key::OUTCOMES.len()..].sort_unstable();
    names.dedup();
    for name in names {
        let is_met = variants.iter().any(|(_, v)| {
            let count = words::outcome(&v.users.outcome, name).and_then(|e| e.estimate);
            count.is_some_and(|c| c > 0.0)
        });
        if is_met || name == "served" {
            row(words::outcome_word(name), &|v| {
                words::outcome_with_share(&v.users, name)
            });
        }
    }
    row(words::PEAK.to_owned(), &|v| {
        words::estimate(v.users.peak_rate.as_ref(), Unit::PerSecond)
    });
    if variants.iter().any(|(_, v)| v.cost.price.is_some()) {
        row(words::PRICE.to_owned(), &|v| {
            words::estimate(v.cost.price.as_ref(), Unit::Count)
        });
    }
    if variants.iter().any(|(_, v)| v.cost.server_hours.is_some()) {
        row(words::SERVER_HOURS.to_owned(), &|v| {
            words::estimate(v.cost.server_hours.as_ref(), Unit::Count)
        });
    }
    table
}

/// Variants × objectives, or headline metrics where the model has no objective; with what each
/// variant costs and how it stands.
pub(crate) fn matrix(results: &Results) -> Table {
    let objectives = reading::baseline(results).map_or(&[][..], |base| &base.objectives);
    let mut table = Table::new(words::MATRIX, &[words::WHAT_IF]);
    let metrics: Vec<&str> = match objectives {
        [] => reading::headline(results),
        some => some.iter().map(|o| o.metric.as_str()).collect(),
    };
    let heads = objectives
        .iter()
        .map(|o| words::objective_head(results, o).join(" "));
    match objectives {
        [] => {
            let heads = metrics
                .iter()
                .map(|metric| words::metric_head(results, metric));
            table.head.extend(heads);
        }
        _ => table.head.extend(heads),
    }
    let has_cost = reading::variants(results).any(|(_, v)| words::cost(v).is_some());
    table
        .head
        .extend(has_cost.then(|| words::cost_head(results)));
    let compared = reading::is_compared(results);
    table
        .head
        .extend(compared.then(|| words::STANDING.to_owned()));
    for (name, variant) in reading::variants(results) {
        let mut row = vec![words::variant_label(results, name)];
        for (at, metric) in metrics.iter().enumerate() {
            let unit = reading::measure(results, metric).unit;
            let value = words::estimate(reading::metric(variant, metric), unit);
            row.push(match variant.objectives.get(at) {
                Some(objective) => {
                    let symbol = words::objective_symbol(objective.verdict);
                    format!("{symbol} {value}, {}", words::objective_state(objective))
                }
                None => value,
            });
        }
        row.extend(has_cost.then(|| words::estimate(words::cost(variant), Unit::Count)));
        row.extend(compared.then(|| words::badges(results, name, variant).join(", ")));
        table.rows.push(row);
    }
    table
}

/// Headline metrics of every variant, with differences and words.
pub(crate) fn comparison(results: &Results) -> Table {
    let mut table = Table::new(words::HEADLINE_METRICS, &words::COMPARISON_HEAD);
    table.head[2] = words::with_level(&table.head[2], results.confidence);
    table.head[4] = words::difference_head(results, &table.head[4]);
    for metric in reading::headline(results) {
        let unit = reading::measure(results, metric).unit;
        for (name, variant) in reading::variants(results) {
            let value = words::estimate_with_interval(reading::metric(variant, metric), unit);
            let beside = reading::got_in(variant, metric).map_or_else(String::new, words::of_those);
            let found = reading::difference(results, name, metric);
            table.rows.push(vec![
                metric.to_owned(),
                words::variant_label(results, name),
                value,
                beside,
                found.map_or_else(String::new, |d| {
                    words::difference_with_level(results, d, unit)
                }),
                found.map_or_else(String::new, |d| words::marked_verdict(d, unit)),
            ]);
        }
    }
    table
}

/// The objectives of every variant.
pub(crate) fn objectives(results: &Results) -> Table {
    let mut table = Table::new(words::OBJECTIVES, &words::OBJECTIVE_HEAD);
    table.head[3] = words::with_level(&table.head[3], results.confidence);
    for (name, variant) in reading::variants(results) {
        for objective in &variant.objectives {
            table.rows.push(vec![
                words::variant_label(results, name),
                objective.that.clone(),
                words::marked_objective(objective.verdict),
                words::estimate_with_interval(objective.value.as_ref(), objective.unit),
                words::nine_of_ten(objective),
                words::objective_reason(objective),
            ]);
        }
    }
    table
}

/// What each station of a variant saw.
pub(crate) fn stations(results: &Results, name: &str, variant: &Variant) -> Table {
    let mut table = Table::new(
        words::services_of(&words::variant_label(results, name)),
        &words::STATION_HEAD,
    );
    let share = |e: Option<&Estimate>| words::estimate(e, Unit::Share);
    let count = |e: Option<&Estimate>| words::estimate(e, Unit::Count);
    let ordered = results.model.services.iter();
    let unlisted = variant
        .services
        .keys()
        .filter(|n| !results.model.services.contains(n));
    for place in ordered.chain(unlisted) {
        let Some(service) = variant.services.get(place) else {
            continue;
        };
        let p95 = service.wait.as_ref().and_then(|w| w.p95.as_ref());
        table.rows.push(vec![
            place.clone(),
            share(service.held.as_ref()),
            share(service.busy.as_ref()),
            share(service.blocked.as_ref()),
            count(service.queue.max.as_ref()),
            words::estimate(p95, Unit::Seconds),
            words::estimate(service.amplification.as_ref(), Unit::Ratio),
            count(service.refused.as_ref()),
            remark(variant, place),
        ]);
    }
    for (place, pool) in &variant.pools {
        let p95 = pool.wait.as_ref().and_then(|w| w.p95.as_ref());
        table.rows.push(vec![
            place.clone(),
            share(pool.held.as_ref()),
            String::new(),
            String::new(),
            count(pool.queue.max.as_ref()),
            words::estimate(p95, Unit::Seconds),
            String::new(),
            count(pool.refused.as_ref()),
            remark(variant, place),
        ]);
    }
    table
}

fn remark(variant: &Variant, place: &str) -> String {
    let found = variant.bottlenecks.iter().find(|b| b.place == place);
    let odd = variant
        .services
        .get(place)
        .and_then(|service| service.odd.as_ref());
    let said = found.map(words::bottleneck_remark);
    let all: Vec<String> = said.into_iter().chain(odd.map(words::odd)).collect();
    all.join("; ")
}

/// What callers saw of a variant's steps.
pub(crate) fn requests(results: &Results, name: &str, variant: &Variant) -> Table {
    let mut table = Table::new(
        words::requests_of(&words::variant_label(results, name)),
        &words::REQUEST_HEAD,
    );
    let count = |e: Option<&Estimate>| words::estimate(e, Unit::Count);
    for (step, request) in &variant.requests {
        let times = request.ok_time.as_ref();
        let time = |e: Option<&Estimate>| words::estimate(e, Unit::Seconds);
        table.rows.push(vec![
            step.clone(),
            count(request.started.as_ref()),
            words::estimate(request.share_ok.as_ref(), Unit::Share),
            time(times.and_then(|t| t.p50.as_ref())),
            time(times.and_then(|t| t.p95.as_ref())),
            time(times.and_then(|t| t.p99.as_ref())),
            words::estimate(request.amplification.as_ref(), Unit::Ratio),
            count(request.attempts.refused.as_ref()),
            count(request.attempts.timed_out.as_ref()),
        ]);
    }
    table
}

/// Rooms of a variant.
pub(crate) fn rooms(results: &Results, name: &str, variant: &Variant) -> Table {
    let mut table = Table::new(
        words::rooms_of(&words::variant_label(results, name)),
        &words::ROOM_HEAD,
    );
    let count = |e: Option<&Estimate>| words::estimate(e, Unit::Count);
    for (room, found) in &variant.rooms {
        let p95 = found.wait.as_ref().and_then(|w| w.p95.as_ref());
        table.rows.push(vec![
            room.clone(),
            count(found.arrived.as_ref()),
            count(found.admitted.as_ref()),
            count(found.refused.as_ref()),
            words::estimate(p95, Unit::Seconds),
            count(found.inside.max.as_ref()),
        ]);
    }
    table
}

/// Milestones of every variant.
pub(crate) fn marks(results: &Results) -> Table {
    let mut table = Table::new(words::MILESTONES, &words::MARK_HEAD);
    table.head[2] = words::with_level(&table.head[2], results.confidence);
    for (name, variant) in reading::variants(results) {
        for (mark, found) in &variant.marks {
            table.rows.push(vec![
                mark.clone(),
                words::variant_label(results, name),
                words::estimate_with_interval(found.count.as_ref(), Unit::Count),
                words::spread(found.count.as_ref(), Unit::Count),
                words::estimate(found.first_s.as_ref(), Unit::Instant),
                words::estimate(found.last_s.as_ref(), Unit::Instant),
            ]);
        }
    }
    by_first_column(table)
}

/// What the mechanisms of every variant counted.
pub(crate) fn mechanisms(results: &Results) -> Table {
    let mut table = Table::new(words::MECHANISMS, &words::MECHANISM_HEAD);
    table.head[3] = words::with_level(&table.head[3], results.confidence);
    for (name, variant) in reading::variants(results) {
        for (mechanism, counted) in &variant.mechanisms {
            for (word, times) in counted {
                table.rows.push(vec![
                    mechanism.clone(),
                    word.replace('_', " "),
                    words::variant_label(results, name),
                    words::estimate_with_interval(Some(times), Unit::Count),
                    words::spread(Some(times), Unit::Count),
                ]);
            }
        }
    }
    table.rows.sort_by(|one, other| one[..2].cmp(&other[..2]));
    table
}

/// Stocks of every variant.
pub(crate) fn stock(results: &Results) -> Table {
    let mut table = Table::new(words::STOCK, &words::STOCK_HEAD);
    for (name, variant) in reading::variants(results) {
        for (stock, found) in &variant.stock {
            table.rows.push(vec![
                stock.clone(),
                words::variant_label(results, name),
                words::estimate(found.sold.as_ref(), Unit::Count),
                words::k_of_n(found.sold_out.as_ref()),
                words::estimate(found.sold_out_at_s.as_ref(), Unit::Instant),
            ]);
        }
    }
    by_first_column(table)
}

/// Messages of every variant.
pub(crate) fn messages(results: &Results) -> Table {
    let mut table = Table::new(words::MESSAGES, &words::MESSAGE_HEAD);
    let count = |e: Option<&Estimate>| words::estimate(e, Unit::Count);
    for (name, variant) in reading::variants(results) {
        for (endpoint, found) in &variant.messages {
            let delay = |of: fn(&Percentiles) -> Option<&Estimate>| {
                words::estimate(found.delay.as_ref().and_then(of), Unit::Seconds)
            };
            table.rows.push(vec![
                endpoint.clone(),
                words::variant_label(results, name),
                count(found.sent.as_ref()),
                count(found.undelivered.as_ref()),
                delay(|d| d.p50.as_ref()),
                delay(|d| d.p99.as_ref()),
                count(found.backlog.max.as_ref()),
            ]);
        }
    }
    by_first_column(table)
}

/// Rows of one thing together, its variants in order.
fn by_first_column(mut table: Table) -> Table {
    table.rows.sort_by(|a, b| a[0].cmp(&b[0]));
    table
}

/// What was concluded, and how often it holds when inputs are drawn from their ranges.
pub(crate) fn conclusions(results: &Results) -> Table {
    let mut table = Table::new(words::CONCLUSIONS, &words::CONCLUSION_HEAD);
    table.head[2] = words::with_level(&table.head[2], results.confidence);
    let found = results.answers.uncertain.iter();
    for conclusion in found.flat_map(|u| &u.conclusions) {
        table.rows.push(vec![
            conclusion.name.clone(),
            conclusion.rule.clone(),
            words::holds_in(conclusion),
        ]);
    }
    table
}

/// The ranges that inputs were drawn from, and where the kept draws lie.
pub(crate) fn drawn_params(results: &Results) -> Table {
    let mut table = Table::new(words::DRAWN_INPUTS, &words::DRAWN_HEAD);
    let found = results.answers.uncertain.iter();
    for (name, drawn) in found.flat_map(|u| &u.params) {
        let value = |v: f64| words::input_value(results, name, v);
        let kept = |v: Option<f64>| v.map_or_else(|| number::ABSENT.to_owned(), value);
        table.rows.push(vec![
            name.clone(),
            value(drawn.low),
            value(drawn.high),
            kept(drawn.kept_min),
            kept(drawn.kept_median),
            kept(drawn.kept_max),
        ]);
    }
    table
}

/// What happened, by time; with the clock on the wall if the model says what T+0 is called.
pub(crate) fn events(results: &Results, name: &str, variant: &Variant) -> Table {
    let mut table = Table::new(
        words::events_of(results, &words::variant_label(results, name)),
        &words::EVENT_HEAD,
    );
    let clock = words::clock_head(results);
    for event in &variant.events {
        let at = event.at_s.and_then(Estimate::middle);
        let mut row = vec![
            at.map_or_else(|| number::ABSENT.to_owned(), number::instant),
            words::told(event),
            words::k_of_n(event.in_launches.as_ref()),
        ];
        if clock.is_some() {
            row.insert(1, event.clock.clone().unwrap_or_default());
        }
        table.rows.push(row);
    }
    if let Some(head) = clock {
        table.head.insert(1, head);
    }
    table
}

/// Every input with its range and how it is known.
pub(crate) fn params(results: &Results) -> Table {
    let mut table = Table::new(words::INPUTS, &words::PARAM_HEAD);
    for (name, param) in &results.model.params {
        let range = param.range_written.as_ref();
        table.rows.push(vec![
            name.clone(),
            param.label.clone().unwrap_or_default(),
            param.written.clone(),
            range.map_or_else(
                || number::ABSENT.to_owned(),
                |[low, high]| format!("{low} … {high}"),
            ),
            words::known_word(param.known).to_owned(),
        ]);
    }
    table
}

/// Who comes, and what fails.
pub(crate) fn sources(results: &Results) -> Table {
    let mut table = Table::new(words::WHO_COMES, &words::SOURCE_HEAD);
    for (name, source) in &results.model.sources {
        let users = source.expected_users;
        table.rows.push(vec![
            name.clone(),
            source.journey.clone(),
            source.form.clone(),
            users.map_or_else(|| number::ABSENT.to_owned(), number::count),
        ]);
    }
    table
}

/// Faults of the model.
pub(crate) fn faults(results: &Results) -> Table {
    let mut table = Table::new(words::FAULTS, &words::FAULT_HEAD);
    for fault in &results.model.faults {
        table.rows.push(vec![
            fault.name.clone(),
            number::instant(fault.from_s),
            fault
                .to_s
                .map_or_else(|| words::TO_THE_END.to_owned(), number::instant),
            fault.what.clone().unwrap_or_default(),
        ]);
    }
    table
}

/// What each variant changes.
pub(crate) fn changes(results: &Results) -> Table {
    let mut table = Table::new(words::CHANGES, &words::CHANGE_HEAD);
    for (name, variant) in reading::others(results) {
        for (path, change) in &variant.changes {
            table.rows.push(vec![
                words::variant_label(results, name),
                path.clone(),
                change.set.clone(),
                change.was.clone().unwrap_or_default(),
                change.now.clone().unwrap_or_default(),
            ]);
        }
    }
    table
}

/// What each change of a variant is worth on a metric.
pub(crate) fn worth(results: &Results, name: &str, metric: &str) -> Table {
    let title = words::worth_title(results, name, metric);
    let mut table = Table::new(title, &words::WORTH_HEAD);
    for head in &mut table.head[1..] {
        *head = words::with_level(head, results.confidence);
    }
    let unit = reading::measure(results, metric).unit;
    let Some(found) = results.attribution.get(name).and_then(|by| by.get(metric)) else {
        return table;
    };
    let text = |e| words::estimate_of_change(e, unit);
    for change in &found.order {
        if let Some(part) = found.parts.get(change) {
            table.rows.push(vec![
                words::variant_label(results, change),
                text(part.alone.as_ref()),
                text(part.share.as_ref()),
            ]);
        }
    }
    let together = text(found.interaction.as_ref());
    table.rows.push(vec![
        words::together(found).to_owned(),
        together,
        String::new(),
    ]);
    let total = text(found.total.as_ref());
    table
        .rows
        .push(vec![words::ALL_TOGETHER.to_owned(), total.clone(), total]);
    table
}
