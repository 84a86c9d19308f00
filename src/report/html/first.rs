//! The first screen: the question, the answer, the difference at a glance, and what passes.
//!
//! One idea: whoever reads this screen alone can decide; everything below is why.

use maud::{Markup, html};

use super::wall;
use crate::report::words::Part;
use crate::report::{reading, words};
use crate::results::{Objective, ObjectiveVerdict, Results, Said, StandingVerdict, Unit, Variant};

/// The screen.
pub(super) fn screen(results: &Results) -> Markup {
    html! {
        section #answer.first aria-labelledby="question" {
            p.kicker { @for part in words::kicker(results) { span { (part) } } }
            h1 #question { (words::headline(results)) }
            @if let Some(text) = words::incomplete(results) { p.warning { strong { (text) } } }
            p.answer { @for (part, text) in words::lead(results) { (said(part, &text)) } }
            (wall::wall(results))
            (matrix(results))
            (contents(results))
            (controls(results))
        }
    }
}

/// A part of the answer, with its weight.
fn said(part: Part, text: &str) -> Markup {
    match part {
        Part::Word(Said::Yes) => html! { strong.good { (text) } },
        Part::Word(Said::No) => html! { strong.bad { (text) } },
        Part::Word(Said::NotSettled) => html! { strong.doubt { (text) } },
        Part::Pick => html! { strong.good { (text) } },
        Part::Rest => html! { (text) },
    }
}

/// What is shown, and against what; the script shows these and listens to them.
fn controls(results: &Results) -> Markup {
    if !reading::is_compared(results) {
        return html! {};
    }
    html! {
        div #controls hidden {
            fieldset {
                legend { (super::control("variants")) }
                @for (index, (name, _)) in reading::variants(results).enumerate() {
                    label {
                        input type="checkbox" name="variant" value=(name) checked;
                        i class=(format!("pen v{}", index % PENS)) {}
                        (words::variant_label(results, name))
                    }
                }
            }
            label {
                (words::PIN) " "
                select #pin {
                    @for (name, _) in reading::variants(results) {
                        option value=(name) { (words::variant_label(results, name)) }
                    }
                }
            }
        }
    }
}

/// Pens of variants that the style has.
pub(super) const PENS: usize = 6;

/// What the columns of the matrix are: the objectives, else the headline metrics.
fn columns(results: &Results) -> Vec<Column<'_>> {
    let base = reading::baseline(results);
    let objectives = base.map_or(&[][..], |variant| &variant.objectives);
    if objectives.is_empty() {
        let metrics = reading::headline(results).into_iter();
        let all = metrics.map(|metric| Column {
            metric,
            head: [words::metric_head(results, metric), String::new()],
            objective: None,
        });
        return all.collect();
    }
    let all = objectives.iter().enumerate();
    let all = all.map(|(at, objective)| Column {
        metric: &objective.metric,
        head: words::objective_head(results, objective),
        objective: Some(at),
    });
    all.collect()
}

struct Column<'a> {
    metric: &'a str,
    head: [String; 2],
    /// Its number among the objectives of a variant.
    objective: Option<usize>,
}

/// Variants × objectives, with what each costs.
fn matrix(results: &Results) -> Markup {
    let columns = columns(results);
    let cost = reading::variants(results).any(|(_, v)| words::cost(v).is_some());
    let compared = reading::is_compared(results);
    if columns.is_empty() && !cost {
        return html! {};
    }
    html! {
        div.scroll tabindex="0" role="group" aria-label=(words::MATRIX) {
            table.matrix {
                caption.unseen { (words::MATRIX) }
                thead {
                    tr {
                        th scope="col" { (words::WHAT_IF) }
                        @for column in &columns {
                            th scope="col" { (column.head[0]) br; span { (column.head[1]) } }
                        }
                        @if cost { th.cost scope="col" { (words::cost_head(results)) } }
                        @if compared { th scope="col" { span.unseen { (words::STANDING) } } }
                    }
                }
                tbody {
                    @for (name, variant) in reading::variants(results) {
                        (row(results, (name, variant), (&columns, cost)))
                    }
                }
            }
        }
    }
}

fn row(results: &Results, of: (&str, &Variant), shown: (&[Column<'_>], bool)) -> Markup {
    let (name, variant) = of;
    let (columns, cost) = shown;
    let found = results.answers.question.as_ref();
    let pick = found
        .and_then(|answered| answered.cheapest.as_ref())
        .filter(|cheapest| cheapest.variant == name);
    html! {
        tr class=[pick.map(|_| "pick")] data-variant=(name) {
            th scope="row" {
                (words::variant_label(results, name)) " "
                small { (words::changes_in_short(variant)) }
            }
            @for column in columns {
                @let objective = column.objective.and_then(|at| variant.objectives.get(at));
                (cell(results, (name, variant), (column, objective)))
            }
            @if cost {
                td.number data-name=(words::cost_head(results)) {
                    (words::estimate(words::cost(variant), Unit::Count))
                }
            }
            @if reading::is_compared(results) {
                td.badges {
                    @if name == reading::baseline_name(results) {
                        b.badge.base { (words::BASELINE_BADGE) }
                    } @else if let Some(standing) = &variant.standing {
                        @let (symbol, word) = words::standing(standing.verdict);
                        b class=(format!("badge {}", class_of(standing.verdict))) {
                            span aria-hidden="true" { (symbol) " " } (word)
                        }
                    }
                    @if let Some(cheapest) = pick {
                        b.badge.cheapest {
                            @if cheapest.so_far { (words::CHEAPEST_SO_FAR) }
                            @else { (words::CHEAPEST_BADGE) }
                        }
                    }
                }
            }
        }
    }
}

fn cell(results: &Results, of: (&str, &Variant), at: (&Column<'_>, Option<&Objective>)) -> Markup {
    let (name, variant) = of;
    let (column, objective) = at;
    let unit = reading::measure(results, column.metric).unit;
    let value = match objective {
        Some(objective) => words::estimate(objective.value.as_ref(), objective.unit),
        None => words::estimate(reading::metric(variant, column.metric), unit),
    };
    let found = reading::difference(results, name, column.metric);
    let change = found.and_then(|d| d.estimate);
    let change = change.map(|change| crate::report::number::change(change, unit));
    let class = objective.map_or("", |objective| verdict_class(objective.verdict));
    html! {
        td class=(class) data-name=(format!("{} {}", column.head[0], column.head[1])) {
            @if let Some(objective) = objective {
                span.sym aria-hidden="true" { (words::objective_symbol(objective.verdict)) }
            }
            (value)
            small {
                @if let Some(objective) = objective {
                    (words::objective_state(objective))
                }
                span.change data-metric=(column.metric) { @if let Some(change) = change {
                    @if objective.is_some() { " · " }
                    (change)
                } }
            }
        }
    }
}

fn verdict_class(verdict: ObjectiveVerdict) -> &'static str {
    match verdict {
        ObjectiveVerdict::Met => "good",
        ObjectiveVerdict::Failed => "bad",
        ObjectiveVerdict::Unclear => "doubt",
    }
}

fn class_of(verdict: StandingVerdict) -> &'static str {
    match verdict {
        StandingVerdict::Better => "good",
        StandingVerdict::Worse => "bad",
        StandingVerdict::Same => "base",
        StandingVerdict::Mixed | StandingVerdict::Unclear => "doubt",
    }
}

fn contents(results: &Results) -> Markup {
    html! {
        nav aria-label=(words::CONTENTS) {
            @for one in words::questions(results) {
                a href=(format!("#{}", one.id())) { (one.words()) }
            }
        }
    }
}
