//! What every resource needs of what it has, in order of time, and the bottleneck at the peak.
//!
//! One idea: what a planner would reckon on paper, with doors, actions, faults and stock in it:
//! when something changes, how many come then, what is loaded most.

use crate::model::Model;
use crate::model::capacity::{Capacity, Phase, Resource, ResourceKind};
use crate::model::step::StepKind;
use crate::report::number;
use crate::report::terminal::labelled;

use super::BESIDE;

/// Most rows of a table: what is loaded less does not matter.
const ROWS: usize = 12;
/// Most phases that are told.
const PHASES: usize = 16;

/// The load of a model; empty if nobody comes by a rate.
pub(super) fn said(model: &Model) -> String {
    let capacity = model.capacity();
    let mut text = phases(&capacity.course);
    text.push_str(&peak(&capacity));
    text.push_str(&stable(model));
    text.push_str(&stock(model, &capacity));
    text
}

/// What happens in order of time, where more than who comes changes.
fn phases(course: &[Phase]) -> String {
    if course.len() < 2 {
        return String::new();
    }
    let mut text = "\nIN TIME     what changes, how many come, what is loaded most\n".to_owned();
    for phase in course.iter().take(PHASES) {
        let label = format!("  {}", number::instant(phase.from.as_secs_f64()));
        text.push_str(&labelled(&label, BESIDE, &phase_said(phase)));
    }
    if course.len() > PHASES {
        text.push_str(&format!("  and {} more changes\n", course.len() - PHASES));
    }
    text
}

fn phase_said(phase: &Phase) -> String {
    let mut parts = Vec::new();
    if phase.at_once >= 1.0 {
        let users = number::count(phase.at_once);
        let work = phase.at_once_for.as_ref().map(|(kind, seconds)| {
            let lasts = number::duration(*seconds);
            format!(", {lasts} of work for {}", all_of(kind))
        });
        let work = work.unwrap_or_default();
        parts.push(format!("up to {users} who waited are let in at once{work}"));
    }
    if phase.rate > 0.0 {
        parts.push(format!("{} come", number::rate(phase.rate)));
    }
    parts.push(match &phase.most {
        Some((kind, load)) if load.is_finite() => {
            let over = if *load > 1.0 {
                ", more than it has"
            } else {
                ""
            };
            let load = number::share(*load);
            format!(
                "{} needs up to {load} of its {}{over}",
                kind.name(),
                kind.unit()
            )
        }
        Some((kind, _)) => format!("{} has no {} left", kind.name(), kind.unit()),
        None => "nothing is loaded by them".to_owned(),
    });
    let begins = phase.begins.join(", ").replace('`', "");
    match begins.is_empty() {
        true => parts.join("; "),
        false => format!("{begins}: {}", parts.join("; ")),
    }
}

fn all_of(kind: &ResourceKind) -> String {
    format!("the {} of {}", kind.unit(), kind.name())
}

fn peak(capacity: &Capacity) -> String {
    let Some(peak) = capacity.peak_at else {
        return String::new();
    };
    let mut text = format!(
        "\nLOAD        at the peak, {} at {}, without retries (utilisation law)\n",
        number::rate(capacity.peak_rate),
        number::instant(peak.as_secs_f64()),
    );
    let loaded = |resource: &&Resource| resource.load > 0.0;
    for resource in capacity.resources.iter().filter(loaded).take(ROWS) {
        text.push_str(&row(resource));
    }
    if let (Some(first), Some(most)) = (capacity.resources.first(), capacity.visits_per_s) {
        let only = if first.load > 1.0 { " only" } else { "" };
        let verdict = format!(
            "{} can handle{only} {}; at the peak {} come",
            all_of(&first.kind),
            number::rate(most).replace('/', " visits/"),
            number::rate(capacity.peak_rate),
        );
        text.push_str(&format!("\n{}", labelled("BOTTLENECK", BESIDE, &verdict)));
    }
    text
}

/// The load below which nothing leaves the system stuck.
fn stable(model: &Model) -> String {
    let Some(found) = model.stable() else {
        return String::new();
    };
    let visits = |rate: f64| number::rate(rate).replace('/', " visits/");
    let mut said = match found.worst.is_finite() {
        true => format!(
            "below {} no trigger leaves it stuck: {} carried, up to {} times the work",
            visits(found.stable_per_s),
            visits(found.normal_per_s),
            number::ratio(found.worst),
        ),
        false => {
            "no load is safe from staying stuck: how often people ask again has no limit".to_owned()
        }
    };
    if let (Some(headroom), true) = (found.headroom(), found.worst.is_finite()) {
        said.push_str(&format!(
            "; headroom {} of the peak",
            number::share(headroom)
        ));
    }
    format!("\n{}", labelled("STABLE", BESIDE, &said))
}

fn row(resource: &Resource) -> String {
    let units = number::ratio(resource.units);
    let unit = match units.as_str() {
        "1" => resource.kind.one(),
        _ => resource.kind.unit(),
    };
    let units = format!("{units} {unit}");
    let demand = number::duration(resource.demand_s);
    let over = if resource.load > 1.0 {
        "  more than it has"
    } else {
        ""
    };
    let load = match resource.load.is_finite() {
        true => number::share(resource.load),
        false => "all down".to_owned(),
    };
    format!(
        "  {:<22}{units:<16}{demand:>10} a visit{load:>9}{over}\n",
        resource.kind.name(),
    )
}

/// For how many users each stock is enough.
fn stock(model: &Model, capacity: &Capacity) -> String {
    let mut text = String::new();
    for (name, stock) in &model.stocks {
        let (mut each, mut users) = (0, 0.0);
        for source in model.arrivals.values() {
            let Some(journey) = model.journeys.get(&source.journey) else {
                continue;
            };
            let mut takes = 0;
            for step in &journey.steps {
                step.visit(&mut |step| match &step.kind {
                    StepKind::Take { stock, units, .. } if stock == name => {
                        let each = units.mean().unwrap_or(1.0).round().max(1.0);
                        takes = takes.max(each as u64);
                    }
                    _ => {}
                });
            }
            if takes > 0 {
                each = each.max(takes);
                users += source.users_before(model.horizon());
            }
        }
        if each == 0 || users < 1.0 {
            continue;
        }
        let enough = (stock.units / each) as f64;
        let to_each = if each == 1 {
            String::new()
        } else {
            format!(", {each} to a user")
        };
        let units = number::count(stock.units as f64);
        let mut said = format!("{name}: {units} units{to_each}");
        if enough >= users {
            said.push_str(&format!(
                ", enough for all of about {}",
                number::count(users)
            ));
        } else {
            said.push_str(&format!(
                ", enough for {} of about {} users ({})",
                number::count(enough),
                number::count(users),
                number::share(enough / users)
            ));
            if let Some(pace) = capacity.visits_per_s {
                let lasts = number::duration(enough / pace);
                said.push_str(&format!("; at the pace of the bottleneck it lasts {lasts}"));
            }
        }
        text.push_str(&format!("\n{}", labelled("STOCK", BESIDE, &said)));
    }
    text
}
