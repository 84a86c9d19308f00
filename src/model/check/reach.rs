//! What cannot be reached: objectives beyond a stock, load beyond what services can carry.

use crate::base::unit::Rate;
use crate::model::Model;
use crate::model::capacity::ResourceKind;
use crate::model::journey::Journey;
use crate::model::metric::{Quantity, Statistic};
use crate::model::objective::Objective;
use crate::model::step::{Or, Step, StepKind};
use crate::text::Diagnostic;

/// Objectives that neither the model nor any of its variants can meet.
pub(super) fn objectives(model: &Model) -> Vec<Diagnostic> {
    if !model.is_sound() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let bare = model.with_hollow_variants();
    for (n, objective) in model.objectives.iter().enumerate() {
        let Some(bound) = most(model, objective) else {
            continue;
        };
        let reached = |most: &Bound| objective.comparison.holds(most.share, objective.limit);
        if objective.comparison.wants_small() || reached(&bound) {
            continue;
        }
        let by_variant = model.variants.iter().any(|variant| {
            let Some(changes) = model.changes(&variant.name) else {
                return false;
            };
            let (changed, _) = bare.changed(&changes);
            let objective = changed.objectives.get(n);
            objective.is_none_or(|objective| most(&changed, objective).is_none_or(|b| reached(&b)))
        });
        if !by_variant {
            let percent = (bound.share * 1000.0).floor() / 10.0;
            let text = format!(
                "no variant can reach this: {} of `{}` for {} users is {percent}%",
                bound.units, bound.stock, bound.users
            );
            let diagnostic = Diagnostic::new("W003", text).at(objective.place);
            found.push(
                diagnostic.help("count users who find it sold out as well, or lower the limit"),
            );
        }
    }
    found
}

struct Bound {
    share: f64,
    units: u64,
    stock: String,
    users: f64,
}

/// The most that the share of users served can be, if a stock bounds it.
fn most(model: &Model, objective: &Objective) -> Option<Bound> {
    let metric = &objective.metric;
    let Quantity::Outcomes(outcomes) = &metric.quantity else {
        return None;
    };
    let [only] = outcomes.as_slice() else {
        return None;
    };
    let whole = metric.statistic == Statistic::Share
        && metric.window.is_none()
        && metric.within.is_none()
        && only.outcome == "served";
    if !whole {
        return None;
    }
    let name = match &only.journey {
        Some(name) => name,
        None if model.journeys.len() == 1 => model.journeys.keys().next()?,
        None => return None,
    };
    let journey = model.journeys.get(name)?;
    let users: f64 = model
        .arrivals
        .values()
        .filter(|source| source.journey == *name)
        .map(|source| source.users_expected(model.horizon()))
        .sum();
    let bounds = certain_takes(journey).filter_map(|(stock, units)| {
        let there = model.stocks.get(stock)?.units;
        let share = (there as f64 / units).floor() / users;
        Some(Bound {
            share,
            units: there,
            stock: stock.to_owned(),
            users,
        })
    });
    bounds
        .filter(|bound| users > 0.0 && bound.share < 1.0)
        .min_by(|a, b| a.share.total_cmp(&b.share))
}

/// What every user must take to be served.
fn certain_takes(journey: &Journey) -> impl Iterator<Item = (&str, f64)> {
    journey
        .steps
        .iter()
        .filter_map(|step: &Step| match (&step.kind, &step.or) {
            (StepKind::Take { stock, units, .. }, Or::Fail | Or::Outcome(_)) => {
                let each = units.mean().filter(|each| *each > 0.0)?;
                Some((stock.as_str(), each))
            }
            _ => None,
        })
}

/// Services and pools that need more than they have.
pub(super) fn load(model: &Model) -> Vec<Diagnostic> {
    if !model.is_sound() {
        return Vec::new();
    }
    let capacity = model.capacity();
    let Some(at) = capacity.peak_at else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    for resource in capacity
        .resources
        .iter()
        .filter(|resource| resource.load > 1.0)
    {
        let name = resource.kind.name();
        if told.contains(&name) {
            continue;
        }
        told.push(name);
        let unit = match resource.units {
            1.0 => resource.kind.one(),
            _ => resource.kind.unit(),
        };
        let load = match resource.load {
            load if load.is_finite() => format!("{:.0}% of its {unit}", load * 100.0),
            _ => format!("{unit}, of which it then has none"),
        };
        let text = format!(
            "`{name}` needs {load} at the peak, {} at {at}",
            Rate(capacity.peak_rate).to_string().replace('/', " users/")
        );
        let place = match &resource.kind {
            ResourceKind::Pool(_) => model.pools.get(name).map(|pool| pool.place),
            _ => model.services.get(name).map(|service| service.place),
        };
        let mut diagnostic = Diagnostic::new("N001", text);
        diagnostic.place = place;
        found.push(diagnostic);
    }
    found
}
