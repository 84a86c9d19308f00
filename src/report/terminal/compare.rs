//! What `compare` prints: every variant beside the baseline, what each change is worth, in words.

use super::super::words::{self, Asked};
use super::super::{number, reading, table};
use super::calibrate::set;
use super::layout::{Cell, Page, bar, cell, columns};
use super::run::{head, mark, next, notes, question, tone_of};
use super::{Look, Screen, Tone};
use crate::results::{Attribution, Difference, Results, Unit, Variant, Verdict};

/// Fewest columns of a variant; columns of the baseline, and of the labels before them.
const COLUMN: usize = 15;
const BASE: usize = 13;
const LABEL: usize = 22;

/// The answer to `compare` for a terminal, without its last line (files written, exit code).
pub fn compare(results: &Results, asked: &Asked, screen: Screen) -> String {
    let mut page = Page::new(screen);
    head(&mut page, results);
    question(&mut page, results);
    page.blank();
    if let Some(text) = words::best(results) {
        page.wrapped(&text, 0, Tone::Heading);
        for text in words::best_by(results) {
            page.wrapped(&text, 0, Tone::Normal);
        }
        set(&mut page, &table::best(results));
        page.blank();
    }
    let lead = words::second_version(results).or_else(|| words::combined(results));
    if let Some(text) = &lead {
        page.wrapped(text, 0, Tone::Heading);
    }
    page.wrapped(&words::pairing(results), 0, Tone::Normal);
    for text in words::versions(results) {
        page.wrapped(&text, 0, Tone::Normal);
    }
    page.blank();
    match column(&page, results) {
        Some(column) => side_by_side(&mut page, results, column),
        None => blocks(&mut page, results),
    }
    for (name, metric, found) in reading::attributions(results) {
        worth(&mut page, results, (name, metric), found);
    }
    for text in words::nothing_shared(results) {
        page.heading("WHY", "");
        page.indented(&text, 2);
    }
    for table in table::factorials(results) {
        set(&mut page, &table);
    }
    // What stands above is not said twice.
    let told = words::factorials(results).into_iter();
    for text in told.filter(|text| Some(text) != lead.as_ref()) {
        page.wrapped(&text, 0, Tone::Normal);
    }
    page.heading("IN WORDS", "");
    for sentence in words::answers(results) {
        page.wrapped(&sentence, 2, Tone::Normal);
    }
    for paragraph in words::in_words(results) {
        page.wrapped(&paragraph, 0, Tone::Normal);
    }
    next(&mut page, results, asked);
    notes(&mut page, results);
    page.finish()
}

/// Columns of each variant beside the baseline, if all of them fit.
fn column(page: &Page, results: &Results) -> Option<usize> {
    let others = results.order.len().saturating_sub(1);
    let longest = results.order.iter().map(|name| columns(name)).max();
    let column = COLUMN.max(longest.unwrap_or(0) + 1);
    let first = results.order.first().map_or(0, |name| columns(name));
    let fits = LABEL + BASE + column * others <= page.width() && first < BASE;
    fits.then_some(column)
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
fn word(page: &Page, found: Option<&Difference>, column: usize) -> Cell {
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
    cell(text, column).toned(tone(verdict))
}

fn side_by_side(page: &mut Page, results: &Results, column: usize) {
    let names = reading::variants(results).enumerate();
    let names = names.map(|(at, (name, _))| cell(name, width(at, column)).toned(Tone::Heading));
    page.line([cell("", LABEL)].into_iter().chain(names));
    labels(page, results, column);
    for metric in reading::headline(results) {
        metric_rows(page, results, metric, column);
    }
    let marks: Vec<Cell> = reading::variants(results)
        .enumerate()
        .map(|(at, (_, variant))| cell(marks(page, variant), width(at, column)))
        .collect();
    page.line([cell("objectives", LABEL)].into_iter().chain(marks));
    if results.variants.values().any(|v| v.cost.price.is_some()) {
        row(page, (words::PRICE, column), results, |variant| {
            words::estimate(variant.cost.price.as_ref(), Unit::Count)
        });
    }
    row(page, ("server-hours", column), results, |variant| {
        words::estimate(variant.cost.server_hours.as_ref(), Unit::Count)
    });
}

/// What variants are called in sentences, below their names; nothing where no label says more.
fn labels(page: &mut Page, results: &Results, column: usize) {
    let all: Vec<Vec<String>> = reading::variants(results)
        .enumerate()
        .map(
            |(at, (name, _))| match words::variant_label(results, name) {
                label if label == name => Vec::new(),
                label => page.filled(&label, width(at, column) - 1),
            },
        )
        .collect();
    let lines = all.iter().map(Vec::len).max().unwrap_or(0);
    for line in 0..lines {
        let cells = all.iter().enumerate().map(|(at, pieces)| {
            let piece = pieces.get(line).cloned().unwrap_or_default();
            cell(piece, width(at, column))
        });
        page.line([cell("", LABEL)].into_iter().chain(cells));
    }
}

/// Columns of the variant at this place.
fn width(at: usize, column: usize) -> usize {
    if at == 0 { BASE } else { column }
}

/// One row with a text for every variant; left out if no variant has any.
fn row(
    page: &mut Page,
    (label, column): (&str, usize),
    results: &Results,
    text: impl Fn(&Variant) -> String,
) {
    let all: Vec<String> = reading::variants(results).map(|(_, v)| text(v)).collect();
    if all.iter().all(|t| t == number::ABSENT) {
        return;
    }
    let cells = all
        .into_iter()
        .enumerate()
        .map(|(at, t)| cell(t, width(at, column)));
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
fn metric_rows(page: &mut Page, results: &Results, metric: &str, column: usize) {
    let unit = reading::measure(results, metric).unit;
    if columns(metric) >= LABEL {
        page.line([cell(metric, 0)]);
        row(page, ("", column), results, |v| {
            words::estimate(reading::metric(v, metric), unit)
        });
    } else {
        row(page, (metric, column), results, |v| {
            words::estimate(reading::metric(v, metric), unit)
        });
    }
    if let Some((form, _)) = reading::percentile_of(metric) {
        row(page, ("  end ok", column), results, |v| {
            let share = reading::got_in(v, metric).and_then(|g| g.share);
            words::estimate(share, Unit::Share)
        });
        row(
            page,
            (&format!("  {form} of these"), column),
            results,
            |v| {
                let time = reading::got_in(v, metric).and_then(|g| g.time);
                words::estimate(time, Unit::Seconds)
            },
        );
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
        .map(|d| cell(words::change_of(*d, unit), column));
    page.line(lead("  difference").into_iter().chain(changes));
    let intervals = found
        .iter()
        .map(|d| cell(short(words::interval_of(*d, unit), column), column));
    let level = found.iter().flatten().next().map(|d| d.confidence);
    let level = words::interval_label(level.unwrap_or(results.confidence));
    page.line(lead(&format!("  {level}")).into_iter().chain(intervals));
    let words: Vec<Cell> = found.iter().map(|d| word(page, *d, column)).collect();
    let from = words::same_below(found.iter().flatten().next().copied(), unit);
    page.line(lead(&format!("  {from}")).into_iter().chain(words));
}

/// An interval that fits into its column: without tenths if it has to be.
fn short(interval: String, column: usize) -> String {
    if columns(&interval) < column {
        return interval;
    }
    interval.replace(".0,", ",").replace(".0]", "]")
}

/// One block for each variant: more of them than columns.
fn blocks(page: &mut Page, results: &Results) {
    if let Some(text) = words::levels(results) {
        page.wrapped(&text, 0, Tone::Normal);
        page.blank();
    }
    for (index, (of, variant)) in reading::variants(results).enumerate() {
        if index > 0 {
            page.blank();
        }
        let changes = words::changes(variant);
        let label = words::variant_label(results, of);
        let beside = (label != of).then(|| cell(label, 0));
        let name = cell(of, columns(of) + 2).toned(Tone::Heading);
        page.line([name].into_iter().chain(beside));
        if !changes.is_empty() {
            page.indented(&changes, 2);
        }
        for metric in reading::headline(results) {
            block_metric(page, results, (of, variant), metric);
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
        let price = words::estimate(variant.cost.price.as_ref(), Unit::Count);
        if price != number::ABSENT {
            page.line([cell("  cost", 24), cell(price, 0)]);
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
    let found = reading::difference(results, name, metric);
    if let Some(found) = found.filter(|d| d.estimate.is_some() || d.verdict.is_some()) {
        cells.push(cell(words::difference_with_level(results, found, unit), 30));
        cells.push(word(page, Some(found), COLUMN));
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
    page.heading("WHY", &words::worth_title(results, name, metric));
    page.line([
        cell("", 26),
        cell("alone", 14),
        cell(words::SHARE_OF_WHOLE, 0),
    ]);
    for change in &found.order {
        let Some(part) = found.parts.get(change) else {
            continue;
        };
        let share = part.share.and_then(|e| e.estimate);
        let filled = match (share, total) {
            (Some(share), Some(total)) if page.look().has_bars() && total != 0.0 => {
                bar(share / total, (page.width() - 56).min(40))
            }
            _ => String::new(),
        };
        let label = words::variant_label(results, change);
        let mut name = cell(label.clone(), 24);
        if columns(&label) >= 24 {
            page.indented(&label, 2);
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
        cell(words::together(found), 24),
        cell(words::change_estimate(found.interaction.as_ref(), unit), 14),
    ]);
    if let Some(text) = words::what_meets(results, of, found) {
        page.indented(&text, 4);
    }
    if let Some(text) = words::shared_of_fewer(found, unit) {
        page.indented(&text, 4);
    }
}
