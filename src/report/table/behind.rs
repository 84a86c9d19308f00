//! The figures behind every chart, so that nobody needs to see it.
//!
//! One idea: what a picture draws stands in rows as well, thinned where there are more bins than
//! anybody reads; the CSV file has them all.

use super::observed::values;
use super::{
    ROWS, Table, best, causes, factorial, fitted, frontier, objectives, outcomes, sized, swept,
    tipped, worth, worth_knowing,
};
use crate::report::chart::{
    Kind, Picture, Place, Subject, density, funnel, heat, lanes, level, multiples, outcome, ribbon,
    servers, spectrum,
};
use crate::report::{number, reading, words};
use crate::results::{Results, Timeline, Unit, Variant, key};

/// The figures behind a chart.
pub(crate) fn of_picture(results: &Results, picture: &Picture) -> Table {
    let name = match &picture.subject {
        Subject::Variant(name) => name.as_str(),
        Subject::Study => reading::baseline_name(results),
    };
    let nobody = Variant::default();
    let variant = results.variants.get(name).unwrap_or(&nobody);
    match &picture.kind {
        Kind::Outcome => outcome_rows(variant),
        Kind::Heat => heat_rows(results, variant),
        Kind::Ribbon(step) => ribbon_rows(variant, step),
        Kind::Density(step) => density_rows(variant, step),
        Kind::Spectrum(step) => spectrum_rows(results, step),
        Kind::Forest => forest_rows(results),
        Kind::Waterfall(of, metric) => worth(results, of, metric),
        Kind::Multiples(names) => multiples_rows(results, names),
        Kind::Funnel(journey) => funnel_rows(variant, journey),
        Kind::Servers(of) => server_rows(variant, of),
        Kind::Phase => phase_rows(variant),
        Kind::Growth(place) => growth_rows(results, place),
        Kind::Lanes => lane_rows(variant),
        Kind::Level(place) => level_rows(results, place),
        Kind::Observed(at) => values(variant, *at),
        Kind::Profiles => fitted(results),
        Kind::Ladder => sized(results),
        Kind::Frontier => frontier(results),
        Kind::Swept(_) | Kind::Scalability => swept(results),
        Kind::Tip => tipped(results),
        Kind::Causes => causes(results),
        Kind::Tornado => worth_knowing(results),
        Kind::Behind => best(results),
        Kind::Combined(of, metric) => factorial(results, of, metric),
        Kind::Dots => objectives(results),
        Kind::Topology => call_rows(results, variant),
    }
}

/// The bins that a table shows: at most [`ROWS`], at even distances, with their start.
fn bins(timeline: &Timeline) -> Vec<(usize, String)> {
    let count = timeline.n as usize;
    let step = count.div_ceil(ROWS).max(1);
    (0..count)
        .step_by(step)
        .map(|bin| {
            (
                bin,
                number::instant(timeline.start_s + timeline.bin_s * bin as f64),
            )
        })
        .collect()
}

/// Columns of series over time: head, values, unit.
type Column<'a> = (String, &'a [Option<f64>], Unit);

fn over_time(timeline: &Timeline, columns: &[Column<'_>]) -> Table {
    let mut table = Table::new(words::BY_TIME, &[words::TIME]);
    table.head.extend(columns.iter().map(|c| c.0.clone()));
    for (bin, at) in bins(timeline) {
        let cells = columns.iter().map(|(_, values, unit)| {
            let value = values.get(bin).copied().flatten();
            value.map_or_else(|| number::ABSENT.to_owned(), |v| number::value(v, *unit))
        });
        table.rows.push([at].into_iter().chain(cells).collect());
    }
    table
}

fn outcome_rows(variant: &Variant) -> Table {
    let timeline = &variant.timeline;
    let layers = outcome::layers(variant);
    let names = [key::ARRIVED]
        .into_iter()
        .chain(layers.iter().map(|l| l.name));
    let mut columns: Vec<Column<'_>> = Vec::new();
    for name in names {
        if let Some(series) = timeline.series.get(&key::count(name)) {
            columns.push((words::so_far_head(name), &series.mean, Unit::Count));
        }
        if let Some(series) = timeline.series.get(&key::rate(name)) {
            columns.push((words::rate_head(name), &series.mean, Unit::PerSecond));
        }
    }
    over_time(timeline, &columns)
}

fn server_rows(variant: &Variant, service: &str) -> Table {
    let mut odd = servers::known(variant).filter(|(of, _)| *of == service);
    let Some((_, odd)) = odd.next() else {
        return Table::default();
    };
    let full: Vec<Vec<Option<f64>>> = odd
        .lanes
        .iter()
        .map(|lane| lane.full.iter().copied().map(Some).collect())
        .collect();
    let lanes = odd.lanes.iter().zip(&full);
    let columns: Vec<Column<'_>> = lanes
        .map(|(lane, full)| (words::lane(lane), &full[..], Unit::Share))
        .collect();
    over_time(&variant.timeline, &columns)
}

fn heat_rows(results: &Results, variant: &Variant) -> Table {
    let rows = heat::rows(&results.model, variant);
    let columns: Vec<Column<'_>> = rows
        .iter()
        .map(|row| (row.name.to_owned(), row.held, Unit::Share))
        .collect();
    over_time(&variant.timeline, &columns)
}

fn ribbon_rows(variant: &Variant, step: &str) -> Table {
    let timeline = &variant.timeline;
    let mut columns: Vec<Column<'_>> = ["p50", "p95", "p99"]
        .into_iter()
        .map(|form| {
            (
                form.to_owned(),
                ribbon::times(timeline, form, step),
                Unit::Seconds,
            )
        })
        .collect();
    let shares = ribbon::shares(timeline, step);
    columns.push((words::SHARE_WHO_GOT_IN.to_owned(), shares, Unit::Share));
    over_time(timeline, &columns)
}

/// Counts by time of start, neighbouring classes added up into a few.
fn density_rows(variant: &Variant, step: &str) -> Table {
    const COLUMNS: usize = 8;
    let mut table = Table::new(words::BY_START, &[words::TIME]);
    let heat = variant.heat.get(step);
    let Some(heat) = heat.filter(|_| density::is_known(variant, step)) else {
        return table;
    };
    let classes = heat.edges_s.len() - 1;
    let together = classes.div_ceil(COLUMNS);
    let ends = (0..classes).step_by(together);
    let ends = ends.map(|from| heat.edges_s[(from + together).min(classes)]);
    table.head.extend(ends.map(words::up_to));
    let each = heat.counts.len().div_ceil(ROWS).max(1);
    for (index, rows) in heat.counts.chunks(each).enumerate() {
        let at = variant.timeline.start_s + heat.row_s * (index * each) as f64;
        let count = |from: usize| -> u64 {
            let to = (from + together).min(classes);
            rows.iter().flat_map(|row| &row[from..to]).sum()
        };
        let cells = (0..classes).step_by(together);
        let cells = cells.map(|from| number::whole(count(from) as f64));
        let row = [number::instant(at)].into_iter().chain(cells);
        table.rows.push(row.collect());
    }
    table
}

fn spectrum_rows(results: &Results, step: &str) -> Table {
    let curves = spectrum::curves(results, step);
    let mut table = Table::new(words::time_of_all(step), &[words::PERCENTILE]);
    table
        .head
        .extend(curves.iter().map(|(_, name, _)| name.clone()));
    let mut shares: Vec<f64> = curves
        .iter()
        .flat_map(|(_, _, c)| c.q.iter().copied())
        .collect();
    shares.sort_by(f64::total_cmp);
    shares.dedup_by(|a, b| a.total_cmp(b).is_eq());
    // Those near the end of one curve say nothing of the others.
    let is_named = |share: f64| (share * 1e4 - (share * 1e4).round()).abs() < 1e-6;
    shares.retain(|share| curves.len() == 1 || is_named(*share));
    let step = shares.len().div_ceil(ROWS).max(1);
    for share in shares.into_iter().step_by(step) {
        let cells = curves.iter().map(|(_, _, curve)| {
            let at = curve.q.iter().position(|q| q.total_cmp(&share).is_eq());
            match at.map(|at| curve.s.get(at).copied().flatten()) {
                Some(Some(time)) => number::duration(time),
                Some(None) => words::NEVER.to_owned(),
                None => number::ABSENT.to_owned(),
            }
        });
        table.rows.push(
            [number::percentile(share)]
                .into_iter()
                .chain(cells)
                .collect(),
        );
    }
    let shares = curves.iter().map(|(_, _, c)| number::share(c.served_share));
    let last = [words::SHARE_WHO_GOT_IN.to_owned()]
        .into_iter()
        .chain(shares);
    table.rows.push(last.collect());
    table
}

fn forest_rows(results: &Results) -> Table {
    let mut table = Table::new(words::PAIRED_DIFFERENCES, &words::DIFFERENCE_HEAD);
    table.head[2] = words::difference_head(results, &table.head[2]);
    for metric in reading::headline(results) {
        let unit = reading::measure(results, metric).unit;
        for (name, _) in reading::others(results) {
            let Some(found) = reading::difference(results, name, metric) else {
                continue;
            };
            let threshold = found.threshold.map(|t| words::threshold(t, unit));
            table.rows.push(vec![
                metric.to_owned(),
                words::variant_label(results, name),
                words::difference_with_level(results, found, unit),
                threshold.unwrap_or_default(),
                words::marked_verdict(found, unit),
                words::pairs(found),
            ]);
        }
    }
    table
}

fn multiples_rows(results: &Results, names: &[String]) -> Table {
    let mut part = results.clone();
    part.order.retain(|name| names.contains(name));
    debug_assert!(names.len() <= multiples::COLUMNS);
    outcomes(&part)
}

fn funnel_rows(variant: &Variant, journey: &str) -> Table {
    let mut table = Table::new(words::steps_of(journey), &words::STEP_HEAD);
    let Some(flow) = variant
        .journeys
        .get(journey)
        .filter(|j| funnel::is_known(j))
    else {
        return table;
    };
    for step in &flow.steps {
        table.rows.push(vec![
            step.name.clone(),
            words::estimate(step.reached.as_ref(), Unit::Count),
            words::estimate(step.passed.as_ref(), Unit::Count),
            words::lost_at(step),
        ]);
        for call in &step.calls {
            let Some(request) = variant.requests.get(call) else {
                continue;
            };
            table.rows.push(vec![
                words::within_step(call),
                words::estimate(request.started.as_ref(), Unit::Count),
                words::estimate(request.ok.as_ref(), Unit::Count),
                words::requests_within(request),
            ]);
        }
    }
    table
}

/// A row for each call.
fn call_rows(results: &Results, variant: &Variant) -> Table {
    let mut table = Table::new(words::WHO_CALLS, &words::CALL_HEAD);
    for call in &results.model.calls {
        for name in &call.names {
            let sent = match call.message {
                true => variant.messages.get(name).and_then(|one| one.sent),
                false => variant.requests.get(name).and_then(|one| one.attempts.sent),
            };
            table.rows.push(vec![
                name.clone(),
                call.from.clone().unwrap_or_else(|| words::USERS.to_owned()),
                call.to.clone(),
                words::estimate(sent.as_ref(), Unit::Count),
            ]);
        }
    }
    table
}

/// A column for each variant and question.
fn level_rows(results: &Results, place: &Place) -> Table {
    let panels = level::panels(place);
    let curves: Vec<(level::Curve<'_>, &level::Panel)> = panels
        .iter()
        .flat_map(|panel| {
            let all = level::curves(results, &panel.series).into_iter();
            all.map(move |curve| (curve, panel))
        })
        .collect();
    let columns = curves.iter().map(|((_, name, _, series), panel)| {
        let head = words::level_head(name, panel.unit);
        (head, &*series.mean, panel.unit)
    });
    let columns: Vec<Column<'_>> = columns.collect();
    let timeline = curves.first().map(|((_, _, timeline, _), _)| *timeline);
    let mut table = timeline.map_or_else(Table::default, |of| over_time(of, &columns));
    table.caption = words::level_title(place);
    table
}

/// The path of the first launch, and where every other one ends.
fn phase_rows(variant: &Variant) -> Table {
    let mut table = Table::new(words::PHASE, &words::PHASE_HEAD);
    let Some(phase) = &variant.phase else {
        return table;
    };
    let row = |launch: u32, at: usize, both: (f64, f64)| {
        let at = phase.start_s + phase.step_s * at as f64;
        vec![
            number::whole(f64::from(launch) + 1.0),
            number::instant(at),
            number::count(both.0),
            number::count(both.1),
        ]
    };
    for (index, path) in phase.paths.iter().enumerate() {
        let points: Vec<(f64, f64)> = path.queue.iter().copied().zip(path.orbit.clone()).collect();
        let Some(last) = points.len().checked_sub(1) else {
            continue;
        };
        let step = points.len().div_ceil(ROWS).max(1);
        let shown = (0..points.len()).step_by(step).filter(|_| index == 0);
        for at in shown.filter(|at| *at != last).chain([last]) {
            table.rows.push(row(path.launch, at, points[at]));
        }
    }
    table
}

fn growth_rows(results: &Results, place: &str) -> Table {
    let name = key::amplification(place);
    let variants = reading::variants(results).filter_map(|(variant, of)| {
        let series = of.timeline.series.get(&name)?;
        Some((variant.to_owned(), &*series.mean, Unit::Ratio))
    });
    let columns: Vec<Column<'_>> = variants.collect();
    let timeline = reading::baseline(results).map(|baseline| &baseline.timeline);
    timeline.map_or_else(Table::default, |timeline| over_time(timeline, &columns))
}

fn lane_rows(variant: &Variant) -> Table {
    let mut table = Table::new(words::LANES, &words::LANE_HEAD);
    for lane in lanes::lanes(variant) {
        for (from, to) in lane.spans {
            let to = (to > from).then(|| number::instant(to));
            let row = vec![
                lane.what.clone(),
                number::instant(from),
                to.unwrap_or_default(),
            ];
            table.rows.push(row);
        }
    }
    table
}
