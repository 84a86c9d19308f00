//! What `compare` prints: every variant beside the baseline, what each change is worth, in words.

use super::super::words::{self, Asked};
use super::super::{number, reading};
use super::layout::{Cell, Page, bar, cell, columns};
use super::run::{head, mark, next, notes, question, tone_of};
use super::{Look, Tone};
use crate::results::{Attribution, Difference, Results, Unit, Variant, Verdict};

/// Most variants beside the baseline that fit into columns.
const COLUMNS: usize = 3;

/// Columns of a variant, of the baseline, and of the labels before them.
const COLUMN: usize = 15;
const BASE: usize = 13;
const LABEL: usize = 22;

/// The answer to `compare` for a terminal, without its last line (files written, exit code).
pub fn compare(results: &Results, asked: &Asked, look: Look) -> String {
    let mut page = Page::new(look);
    head(&mut page, results);
    question(&mut page, results);
    page.blank();
    page.wrapped(&words::pairing(results), 0, Tone::Normal);
    page.blank();
    let longest = results.order.iter().map(|name| columns(name)).max();
    let fits = longest.unwrap_or(0) < COLUMN - 1;
    if results.order.len() <= COLUMNS + 1 && fits {
        side_by_side(&mut page, results);
    } else {
        blocks(&mut page, results);
    }
    for (name, metric, found) in reading::attributions(results) {
        worth(&mut page, results, (name, metric), found);
    }
    page.heading("IN WORDS", "");
    page.wrapped(&words::answer(results), 0, Tone::Normal);
    for paragraph in words::in_words(results) {
        page.wrapped(&paragraph, 0, Tone::Normal);
    }
    next(&mut page, results, asked);
    notes(&mut page, results);
    page.finish()
}

/// Tone of a difference's word.
fn tone(verdict: Option<Verdict>) -> Tone {
    match verdict {
        Some(Verdict::Better) => Tone::Good,
        Some(Verdict::Worse) => Tone::Bad,
        Some(Verdict::Unclear) => Tone::Doubtful,
        _ => Tone::Normal,
    }
}

/// The word of a difference with its symbol where it can be seen.
fn word(page: &Page, found: Option<&Difference>) -> Cell {
    let verdict = found.and_then(|d| d.verdict);
    let text = match (verdict, page.look()) {
        (None, _) => number::ABSENT.to_owned(),
        (Some(verdict), Look::Plain) => words::verdict_word(verdict).to_owned(),
        (Some(verdict), _) => {
            format!(
                "{} {}",
                words::verdict_symbol(verdict),
                words::verdict_word(verdict)
            )
        }
    };
    cell(text, COLUMN).toned(tone(verdict))
}

fn side_by_side(page: &mut Page, results: &Results) {
    let names = reading::variants(results).enumerate();
    let names = names.map(|(at, (name, _))| cell(name, width(at)).toned(Tone::Heading));
    page.line([cell("", LABEL)].into_iter().chain(names));
    for metric in reading::headline(results) {
        metric_rows(page, results, metric);
    }
    let marks: Vec<Cell> = reading::variants(results)
        .enumerate()
        .map(|(at, (_, variant))| cell(marks(page, variant), width(at)))
        .collect();
    page.line([cell("objectives", LABEL)].into_iter().chain(marks));
    row(page, "server-hours", results, |variant| {
        words::estimate(variant.cost.server_hours.as_ref(), Unit::Count)
    });
}

/// Columns of the variant at this place.
fn width(at: usize) -> usize {
    if at == 0 { BASE } else { COLUMN }
}

/// One row with a text for every variant; left out if no variant has any.
fn row(page: &mut Page, label: &str, results: &Results, text: impl Fn(&Variant) -> String) {
    let all: Vec<String> = reading::variants(results).map(|(_, v)| text(v)).collect();
    if all.iter().all(|t| t == number::ABSENT) {
        return;
    }
    let cells = all
        .into_iter()
        .enumerate()
        .map(|(at, t)| cell(t, width(at)));
    page.line([cell(label, LABEL)].into_iter().chain(cells));
}

/// Marks of a variant's objectives in the order of the file.
fn marks(page: &Page, variant: &Variant) -> String {
    let all: Vec<String> = variant
        .objectives
        .iter()
        .map(|o| mark(page, o.verdict))
        .collect();
    match page.look() {
        Look::Plain => words::met_of(variant),
        _ => all.concat(),
    }
}

/// Value, who got in, difference, interval and word of one metric.
fn metric_rows(page: &mut Page, results: &Results, metric: &str) {
    let unit = reading::measure(results, metric).unit;
    if columns(metric) >= LABEL {
        page.line([cell(metric, 0)]);
        row(page, "", results, |v| {
            words::estimate(reading::metric(v, metric), unit)
        });
    } else {
        row(page, metric, results, |v| {
            words::estimate(reading::metric(v, metric), unit)
        });
    }
    if let Some((form, _)) = reading::percentile_of(metric) {
        row(page, "  who got in", results, |v| {
            let share = reading::got_in(v, metric).and_then(|g| g.share);
            words::estimate(share, Unit::Share)
        });
        row(page, &format!("  their {form}"), results, |v| {
            let time = reading::got_in(v, metric).and_then(|g| g.time);
            words::estimate(time, Unit::Seconds)
        });
    }
    let found: Vec<Option<&Difference>> = reading::others(results)
        .map(|(name, _)| reading::difference(results, name, metric))
        .collect();
    if found.iter().flatten().all(|d| d.estimate.is_none()) {
        return;
    }
    let lead = |label: &str| [cell(label, LABEL), cell("", BASE)];
    let changes = found
        .iter()
        .map(|d| cell(words::change_of(*d, unit), COLUMN));
    page.line(lead("  difference").into_iter().chain(changes));
    let intervals = found
        .iter()
        .map(|d| cell(short(words::interval_of(*d, unit)), COLUMN));
    page.line(lead("  interval").into_iter().chain(intervals));
    let words: Vec<Cell> = found.iter().map(|d| word(page, *d)).collect();
    let from = words::same_below(found.iter().flatten().next().copied(), unit);
    page.line(lead(&format!("  {from}")).into_iter().chain(words));
}

/// An interval that fits into its column: without tenths if it has to be.
fn short(interval: String) -> String {
    if columns(&interval) < COLUMN {
        return interval;
    }
    interval.replace(".0,", ",").replace(".0]", "]")
}

/// One block for each variant: more of them than columns.
fn blocks(page: &mut Page, results: &Results) {
    for (index, (name, variant)) in reading::variants(results).enumerate() {
        if index > 0 {
            page.blank();
        }
        let changes = words::changes(variant);
        page.line([cell(name, 0).toned(Tone::Heading)]);
        if !changes.is_empty() {
            page.indented(&changes, 2);
        }
        for metric in reading::headline(results) {
            block_metric(page, results, (name, variant), metric);
        }
        if !variant.objectives.is_empty() {
            let mut row = vec![cell("  objectives", 24)];
            row.extend(variant.objectives.iter().map(|o| {
                let text = mark(page, o.verdict);
                let width = columns(&text) + 1;
                cell(text, width).toned(tone_of(o.verdict))
            }));
            page.line(row);
        }
        let hours = words::estimate(variant.cost.server_hours.as_ref(), Unit::Count);
        if hours != number::ABSENT {
            page.line([cell("  server-hours", 24), cell(hours, 0)]);
        }
    }
}

fn block_metric(page: &mut Page, results: &Results, of: (&str, &Variant), metric: &str) {
    let (name, variant) = of;
    let unit = reading::measure(results, metric).unit;
    let value = words::estimate(reading::metric(variant, metric), unit);
    let label = format!("  {metric}");
    let mut cells = Vec::new();
    if columns(&label) >= 24 {
        page.line([cell(label, 0)]);
        cells.push(cell("", 24));
    } else {
        cells.push(cell(label, 24));
    }
    cells.push(cell(value, 11));
    if let Some(found) = reading::difference(results, name, metric) {
        cells.push(cell(words::difference(found, unit), 30));
        cells.push(word(page, Some(found)));
    }
    page.line(cells);
    if let Some(got_in) = reading::got_in(variant, metric) {
        page.indented(&words::of_those(got_in), 24);
    }
    let unclear =
        reading::difference(results, name, metric).filter(|d| d.verdict == Some(Verdict::Unclear));
    if let Some(found) = unclear {
        page.indented(&words::settling(found.settled_by, found.of), 24);
    }
}

/// What each change is worth: alone, and its share.
fn worth(page: &mut Page, results: &Results, of: (&str, &str), found: &Attribution) {
    let (name, metric) = of;
    let unit = reading::measure(results, metric).unit;
    let total = found.total.and_then(|e| e.estimate);
    if found.verdict == Some(Verdict::Same) {
        page.heading("WHY", "");
        page.indented(&words::nothing_to_share(name, metric), 2);
        return;
    }
    page.heading("WHY", &words::worth_title(results, name, metric));
    page.line([
        cell("", 26),
        cell("alone", 14),
        cell(format!("its share of {name}"), 0),
    ]);
    for change in &found.order {
        let Some(part) = found.parts.get(change) else {
            continue;
        };
        let share = part.share.and_then(|e| e.estimate);
        let filled = match (share, total) {
            (Some(share), Some(total)) if page.look().has_bars() && total != 0.0 => {
                bar(share / total, 24)
            }
            _ => String::new(),
        };
        let mut name = cell(change.clone(), 24);
        if columns(change) >= 24 {
            page.indented(change, 2);
            name = cell("", 24);
        }
        page.line([
            cell("", 2),
            name,
            cell(words::change_estimate(part.alone.as_ref(), unit), 14),
            cell(words::change_estimate(part.share.as_ref(), unit), 14),
            cell(filled, 0),
        ]);
    }
    page.line([
        cell("", 2),
        cell("together only", 24),
        cell(words::change_estimate(found.interaction.as_ref(), unit), 14),
        cell(words::already_shared(found.method), 0),
    ]);
}
