//! What `run` prints: will it hold, what became of the users, where it broke, what happened when.

use super::super::words::{self, Asked};
use super::super::{number, reading, table};
use super::layout::{Cell, Page, bar, cell, columns, sparkline};
use super::{Look, Screen, Tone, WIDTH};
use crate::results::{
    Bottleneck, Estimate, Event, EventKind, Objective, ObjectiveVerdict, Results, Times, Unit,
    Variant, key,
};

/// Columns of the longest bar.
const BAR: usize = 48;

/// Most events that are printed, beyond those that the model plans.
const EVENTS: usize = 16;

/// The answer to `run` for a terminal, without its last line (files written, exit code).
pub fn run(results: &Results, asked: &Asked, screen: Screen) -> String {
    let mut page = Page::new(screen);
    head(&mut page, results);
    question(&mut page, results);
    if let Some(text) = words::chain_lead(results) {
        page.blank();
        page.wrapped(&text, 0, Tone::Heading);
    }
    if let Some(variant) = reading::baseline(results) {
        answer(&mut page, results, variant);
        objectives(&mut page, results, variant);
        users(&mut page, variant);
        where_it_broke(&mut page, variant);
        timeline(&mut page, results, variant);
        groups(&mut page, results, variant);
        chains(&mut page, results);
        measured(&mut page, results, variant);
        next(&mut page, results, asked);
    } else {
        page.blank();
        page.wrapped(&words::answer(results), 0, Tone::Normal);
    }
    notes(&mut page, results);
    page.finish()
}

/// What happened in two launches, one thing after the other.
fn chains(page: &mut Page, results: &Results) {
    let told = words::chains(results);
    if told.is_empty() {
        return;
    }
    page.heading(&words::CHAINS.to_uppercase(), "");
    for (head, sentences) in told {
        page.wrapped(&head, 2, Tone::Heading);
        for text in sentences {
            page.wrapped(&text, 4, Tone::Normal);
        }
    }
}

/// What was run: version, file, hash, seed, launches.
pub(super) fn head(page: &mut Page, results: &Results) {
    let model = &results.model;
    page.wrapped(&words::provenance(results), 0, Tone::Normal);
    if !model.title.is_empty() {
        page.wrapped(&model.title, 0, Tone::Heading);
    }
    if let Some(text) = words::incomplete(results) {
        page.wrapped(&text, 0, Tone::Doubtful);
    }
}

/// The question of the model and its answer, where it asks one.
pub(super) fn question(page: &mut Page, results: &Results) {
    let asked = results.answers.question.as_ref();
    let Some((asked, answer)) = asked.zip(words::question_answered(results)) else {
        return;
    };
    page.blank();
    page.wrapped(&asked.question, 0, Tone::Heading);
    page.wrapped(&answer, 0, Tone::Normal);
}

fn answer(page: &mut Page, results: &Results, variant: &Variant) {
    page.blank();
    let failed = words::count_of(variant, ObjectiveVerdict::Failed);
    let unclear = words::count_of(variant, ObjectiveVerdict::Unclear);
    let verdict = match (variant.objectives.len(), failed, unclear) {
        (0, ..) => None,
        (_, 0, 0) => Some(ObjectiveVerdict::Met),
        (_, 0, _) => Some(ObjectiveVerdict::Unclear),
        _ => Some(ObjectiveVerdict::Failed),
    };
    let mark = match (page.look(), verdict) {
        (Look::Plain, _) | (_, None) => String::new(),
        (_, Some(verdict)) => format!("{} ", words::objective_symbol(verdict)),
    };
    let tone = verdict.map_or(Tone::Normal, tone_of);
    page.wrapped(&format!("{mark}{}", words::answer(results)), 2, tone);
}

/// The tone of an objective's verdict.
pub(super) fn tone_of(verdict: ObjectiveVerdict) -> Tone {
    match verdict {
        ObjectiveVerdict::Met => Tone::Good,
        ObjectiveVerdict::Failed => Tone::Bad,
        ObjectiveVerdict::Unclear => Tone::Doubtful,
    }
}

/// The mark of an objective: a symbol, or its ASCII form.
pub(super) fn mark(page: &Page, verdict: ObjectiveVerdict) -> String {
    match page.look() {
        Look::Plain => words::objective_ascii(verdict).to_owned(),
        _ => words::objective_symbol(verdict).to_owned(),
    }
}

pub(super) fn objectives(page: &mut Page, results: &Results, variant: &Variant) {
    if variant.objectives.is_empty() {
        return;
    }
    let marks = if page.look() == Look::Plain { 10 } else { 4 };
    let names = if page.width() < WIDTH { marks } else { 31 };
    page.blank();
    page.line([
        cell("OBJECTIVES", names).toned(Tone::Heading),
        cell(words::with_level("average", results.confidence), 22),
        cell("9 of 10 launches", 18),
        cell("met in", 0),
    ]);
    for objective in &variant.objectives {
        let lead = [
            cell("", 2),
            cell(mark(page, objective.verdict), marks - 2).toned(tone_of(objective.verdict)),
        ];
        let figures = figures(objective);
        if columns(&objective.that) + marks < names {
            let name = cell(objective.that.clone(), names - marks);
            page.line(lead.into_iter().chain([name]).chain(figures));
        } else {
            page.line(lead.into_iter().chain([cell(objective.that.clone(), 0)]));
            page.line([cell("", names)].into_iter().chain(figures));
        }
        beside(page, variant, objective, marks);
    }
}

/// Average, spread and chance of an objective.
fn figures(objective: &Objective) -> [Cell; 3] {
    [
        cell(
            words::estimate_with_interval(objective.value.as_ref(), objective.unit),
            22,
        ),
        cell(words::nine_of_ten(objective), 18),
        cell(words::k_of_n(objective.chance.as_ref()), 0),
    ]
}

/// What a reader must know beside an objective's figures.
fn beside(page: &mut Page, variant: &Variant, objective: &Objective, indent: usize) {
    if let Some(got_in) = reading::got_in(variant, &objective.metric) {
        page.indented(&words::of_those(got_in), indent);
    }
    if objective.verdict == ObjectiveVerdict::Unclear {
        page.indented(&words::objective_reason(objective), indent);
    }
}

fn users(page: &mut Page, variant: &Variant) {
    let users = &variant.users;
    let arrived = words::estimate(users.arrived.as_ref(), Unit::Count);
    let peak = words::estimate(users.peak_rate.as_ref(), Unit::PerSecond);
    page.heading(
        "USERS",
        &format!("             {arrived} arrived · peak {peak}"),
    );
    for outcome in words::outcomes(users) {
        let filled = if page.look().has_bars() {
            bar(outcome.share_value, (page.width() - 40).min(BAR))
        } else {
            String::new()
        };
        page.line([
            cell("", 2),
            cell(outcome.word, 14),
            cell(format!("{:>10}", outcome.count), 12),
            cell(format!("{:>8}", outcome.share), 10),
            cell(filled, 0),
        ]);
    }
}

/// Columns before the figures of a station.
fn beside_stations(page: &Page) -> usize {
    if page.width() < WIDTH { 10 } else { 20 }
}

fn where_it_broke(page: &mut Page, variant: &Variant) {
    page.blank();
    let names = beside_stations(page);
    let mut head = vec![cell("WHERE IT BROKE", 20).toned(Tone::Heading)];
    if names < 20 {
        page.line(head);
        head = vec![cell("", names)];
    }
    head.extend(
        ["held", "cores", "blocked", "queue max", "wait p95"].map(|t| cell(format!("{t:>9}"), 10)),
    );
    page.line(head);
    if variant.bottlenecks.is_empty() {
        page.indented(words::NOTHING_SATURATED, 2);
        for (name, held) in busiest(variant) {
            station_row(page, name, (name, variant), held);
        }
        return;
    }
    for (rank, bottleneck) in reading::bottlenecks(variant).into_iter().enumerate() {
        let label = format!("{} {}", rank + 1, bottleneck.place);
        let held = held_of(variant, &bottleneck.place);
        station_row(page, &label, (&bottleneck.place, variant), held);
        page.indented(&words::bottleneck_remark(bottleneck), 4);
    }
    if let Some(first) = reading::cause(variant) {
        queue_over_time(page, variant, first);
    }
}

fn held_of<'a>(variant: &'a Variant, place: &str) -> Option<&'a Estimate> {
    let service = variant.services.get(place).and_then(|s| s.held.as_ref());
    service.or_else(|| variant.pools.get(place).and_then(|p| p.held.as_ref()))
}

/// The three services that are held most.
fn busiest(variant: &Variant) -> Vec<(&str, Option<&Estimate>)> {
    let mut all: Vec<(&str, Option<&Estimate>)> = variant
        .services
        .iter()
        .map(|(name, service)| (name.as_str(), service.held.as_ref()))
        .collect();
    let size = |held: Option<&Estimate>| held.and_then(|e| e.estimate).unwrap_or(0.0);
    all.sort_by(|a, b| size(b.1).total_cmp(&size(a.1)));
    all.truncate(3);
    all
}

/// A station's figures beside its label, or below it if that is long.
fn station_row(
    page: &mut Page,
    label: &str,
    (place, variant): (&str, &Variant),
    held: Option<&Estimate>,
) {
    let p95 =
        |wait: Option<&Times>| words::estimate(wait.and_then(|w| w.p95.as_ref()), Unit::Seconds);
    let (busy, blocked, queue, wait) = match (variant.services.get(place), variant.pools.get(place))
    {
        (Some(service), _) => (
            words::estimate(service.busy.as_ref(), Unit::Share),
            words::estimate(service.blocked.as_ref(), Unit::Share),
            words::estimate(service.queue.max.as_ref(), Unit::Count),
            p95(service.wait.as_ref()),
        ),
        (None, Some(pool)) => (
            String::new(),
            String::new(),
            words::estimate(pool.queue.max.as_ref(), Unit::Count),
            p95(pool.wait.as_ref()),
        ),
        (None, None) => Default::default(),
    };
    let held = words::estimate(held, Unit::Share);
    let names = beside_stations(page);
    let mut row = vec![cell("", 2), cell(label, names - 2)];
    if columns(label) > names - 3 {
        page.line(row);
        row = vec![cell("", names)];
    }
    row.extend([held, busy, blocked, queue, wait].map(|text| cell(format!("{text:>9}"), 10)));
    page.line(row);
}

fn queue_over_time(page: &mut Page, variant: &Variant, cause: &Bottleneck) {
    let Some(series) = variant.timeline.series.get(&key::queue(&cause.place)) else {
        return;
    };
    let most = series.mean.iter().flatten().copied().fold(0.0, f64::max);
    if most <= 0.0 || !page.look().has_bars() {
        return;
    }
    let from = variant.timeline.start_s;
    let to = from + variant.timeline.bin_s * f64::from(variant.timeline.n);
    let width = (page.width() - 34).min(52);
    page.line([
        cell(format!("  queue {}", cause.place), 20),
        cell(sparkline(&series.mean, width), width + 2),
        cell(format!("up to {}", number::count(most)), 0),
    ]);
    let (from, to) = (number::instant(from), number::instant(to));
    let gap = width.saturating_sub(columns(&from) + columns(&to));
    page.line([
        cell("", 20),
        cell(format!("{from}{}{to}", " ".repeat(gap)), 0),
    ]);
}

fn timeline(page: &mut Page, results: &Results, variant: &Variant) {
    if variant.events.is_empty() {
        return;
    }
    page.heading("TIMELINE", words::TIMELINE_NOTE);
    if let Some(zero) = words::t_zero(results) {
        page.indented(&zero, 2);
    }
    let clocks = variant.events.iter().filter_map(|e| e.clock.as_deref());
    let clock = clocks.map(|text| columns(text) + 2).max().unwrap_or(0);
    let shown = told(&variant.events);
    for event in &shown {
        let at = event.at_s.and_then(Estimate::middle);
        let at = at.map_or_else(|| number::ABSENT.to_owned(), number::instant);
        let mut row = vec![cell("", 2), cell(at, 12)];
        if clock > 0 {
            row.push(cell(event.clock.clone().unwrap_or_default(), clock));
        }
        row.push(cell(words::event(event), 0));
        page.line(row);
    }
    if shown.len() < variant.events.len() {
        let more = words::more_events(variant.events.len() - shown.len());
        page.indented(&more, 2);
    }
}

/// The events that are printed: all that the model plans or remarks, of the others the first ones.
fn told(events: &[Event]) -> Vec<&Event> {
    let is_planned = |event: &Event| match event.kind {
        EventKind::Saturated | EventKind::Objective | EventKind::Milestone => false,
        EventKind::Fault
        | EventKind::Action
        | EventKind::Door
        | EventKind::SoldOut
        | EventKind::Dried
        | EventKind::Note => true,
    };
    let planned = events.iter().filter(|event| is_planned(event)).count();
    let mut room = EVENTS.saturating_sub(planned);
    let is_shown = |event: &&Event| {
        let is_first = room > 0;
        if !is_planned(event) {
            room = room.saturating_sub(1);
        }
        is_planned(event) || is_first
    };
    events.iter().filter(is_shown).collect()
}

/// The two groups of launches, and recovery.
fn groups(page: &mut Page, results: &Results, variant: &Variant) {
    let recovery = words::recovery(variant);
    let split = words::two_groups(results, reading::baseline_name(results), variant);
    if recovery.is_none() && split.is_none() {
        return;
    }
    page.heading("LAUNCHES", "");
    for text in recovery.into_iter().chain(split) {
        page.indented(&text, 2);
    }
}

/// How what was measured compares.
pub(super) fn measured(page: &mut Page, results: &Results, variant: &Variant) {
    let told = words::observed(results, reading::baseline_name(results));
    if told.is_empty() {
        return;
    }
    page.heading("MEASURED", "");
    for text in told {
        page.indented(&text, 2);
    }
    let figures = table::figures(variant);
    for row in &figures.rows {
        page.indented(
            &format!("{}: {}; simulated {}, {}", row[0], row[1], row[2], row[3]),
            4,
        );
    }
}

/// What to type next.
pub(super) fn next(page: &mut Page, results: &Results, asked: &Asked) {
    if let Some(text) = words::next_step(results, asked) {
        page.blank();
        page.wrapped(&text, 6, Tone::Normal);
    }
}

/// Notes and warnings; of each kind the first, and how many more there are.
pub(super) fn notes(page: &mut Page, results: &Results) {
    let mut told: Vec<&str> = Vec::new();
    for note in &results.notes {
        if told.contains(&note.code.as_str()) {
            continue;
        }
        if told.is_empty() {
            page.blank();
        }
        told.push(&note.code);
        let same = results.notes.iter().filter(|other| other.code == note.code);
        let text = words::note(note) + &words::more_of_the_same(same.count() - 1);
        page.wrapped(&text, 2, Tone::Normal);
    }
}
