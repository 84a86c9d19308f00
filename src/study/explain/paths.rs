//! Slow paths, and units that are missing: what stands behind a resource that was full.
//!
//! One idea: work is slow beside other work, and units are missing beside the load that comes when
//! nothing fails (utilisation law), so both can be read off a model without a history of it.

use super::candidates::Candidate;
use crate::estimate::order;
use crate::model::capacity::{Capacity, ResourceKind as Kind};
use crate::model::overlay::Change;
use crate::model::service::Service;
use crate::model::step::{Step, StepKind};
use crate::model::{Checked, Model};
use crate::results::{
    Bottleneck, BottleneckKind, CauseKind, Cleared, ClearedWhy, ResourceKind, Variant,
};

/// Full resources that are looked at.
const PLACES: usize = 3;

/// Above this load there are too few units, and this is the load with enough of them.
const TOO_MUCH: f64 = 0.8;
const ENOUGH: f64 = 0.7;

/// How many times the others' a slow path takes at least.
const SLOW: f64 = 3.0;

/// Units where nobody comes by a rate, as a multiple of those there are.
const TWICE: f64 = 2.0;

/// Slow paths and missing units of what was full; where there are enough units, that.
pub(super) fn candidates(model: &Checked, variant: &Variant) -> (Vec<Candidate>, Vec<Cleared>) {
    let full = variant.bottlenecks.iter();
    let full: Vec<&Bottleneck> = full
        .filter(|one| one.kind == BottleneckKind::Cause && one.swallowed.is_none())
        .take(PLACES)
        .collect();
    let capacity = without_faults(model).capacity();
    let (mut all, mut cleared) = (Vec::new(), Vec::new());
    let mut slow: Vec<&str> = Vec::new();
    for one in &full {
        match units(model, &capacity, one) {
            Units::Missing(candidate) => all.push(candidate),
            Units::Enough(one) => {
                // What is fast enough while nothing fails is not what is slow.
                cleared.push(one);
                continue;
            }
            Units::None => {}
        }
        let place = works_at(model, one);
        if !slow.contains(&place) {
            slow.push(place);
            all.extend(slow_path(model, place));
        }
    }
    (all, cleared)
}

/// The model in which nothing fails.
fn without_faults(model: &Checked) -> Model {
    let off = |name: &String| Change::new(&format!("fault.{name}.on"), "false");
    let changes: Vec<Change> = model.faults.keys().map(off).collect();
    model.with_own(&changes).0
}

/// The service at whose work the holders of a resource are: of a pool what they hold it for.
fn works_at<'a>(model: &Model, one: &'a Bottleneck) -> &'a str {
    let is_service = |name: &str| model.services.contains_key(name);
    let mut holders = one.holders.iter().map(|holder| holder.place.as_str());
    match one.resource {
        ResourceKind::Pool => holders.find(|name| is_service(name)).unwrap_or(&one.place),
        _ => &one.place,
    }
}

enum Units {
    Missing(Candidate),
    Enough(Cleared),
    None,
}

/// How many units of a resource there must be, if there are too few.
fn units(model: &Model, capacity: &Capacity, full: &Bottleneck) -> Units {
    let name = &full.place;
    let (kind, path, have) = match (full.resource, model.services.get(name)) {
        (ResourceKind::Workers, Some(service)) => {
            let path = format!("service.{name}.workers");
            (
                Kind::Workers(name.clone()),
                path,
                f64::from(service.workers),
            )
        }
        (ResourceKind::Cores, Some(service)) => {
            let path = format!("service.{name}.cores");
            (Kind::Cores(name.clone()), path, service.cores)
        }
        (ResourceKind::Pool, _) => {
            let Some(pool) = model.pools.get(name) else {
                return Units::None;
            };
            let path = format!("pool.{name}.size");
            (Kind::Pool(name.clone()), path, f64::from(pool.size))
        }
        _ => return Units::None,
    };
    let mut known = capacity.resources.iter();
    let load = known.find(|one| one.kind == kind).map(|one| one.load);
    let factor = match (capacity.peak_at, load) {
        (Some(_), Some(load)) if load.is_finite() => load / ENOUGH,
        _ => TWICE,
    };
    let mut candidate = Candidate::new(CauseKind::Capacity, name, Vec::new());
    candidate.resource = Some(full.resource);
    if factor * ENOUGH <= TOO_MUCH {
        return Units::Enough(Cleared {
            why: ClearedWhy::Enough,
            ..candidate.cleared()
        });
    }
    candidate.changes = more(model, (&path, have, factor), full);
    Units::Missing(candidate)
}

/// So many times the units, with what must grow with them.
fn more(model: &Model, (path, have, factor): (&str, f64, f64), full: &Bottleneck) -> Vec<Change> {
    let many = (have * factor).ceil();
    let mut changes = vec![Change::new(path, &format!("{many}"))];
    let Some(service) = model.services.get(&full.place) else {
        return changes;
    };
    // Cores that nobody can be at are no help, and workers without cores are none.
    let workers = (f64::from(service.workers) * factor).ceil();
    if full.resource == ResourceKind::Cores && f64::from(service.workers) < many {
        let path = format!("service.{}.workers", full.place);
        changes.push(Change::new(&path, &format!("{workers}")));
    }
    if full.resource == ResourceKind::Workers && service.cores <= f64::from(service.workers) {
        let cores = (service.cores * factor).ceil();
        let path = format!("service.{}.cores", full.place);
        changes.push(Change::new(&path, &format!("{cores}")));
    }
    changes
}

/// The mean of the own work of some steps, seconds, with the paths of those that have any.
fn own_work(steps: &[Step], path: &str, all: &mut Vec<(String, f64)>) -> f64 {
    let mut sum = 0.0;
    for (number, step) in steps.iter().enumerate() {
        let path = format!("{path}.{}", number + 1);
        match &step.kind {
            StepKind::Cpu(law) | StepKind::Wait(law) => {
                let key = if matches!(step.kind, StepKind::Cpu(_)) {
                    "cpu"
                } else {
                    "wait"
                };
                let mean = law.mean().unwrap_or(0.0);
                all.push((format!("{path}.{key}"), mean));
                sum += mean;
            }
            StepKind::Hold { steps, .. } | StepKind::Repeat { steps, .. } => {
                sum += own_work(steps, &format!("{path}.steps"), all);
            }
            StepKind::Lookup { miss, .. } => {
                sum += own_work(miss, &format!("{path}.miss"), all);
            }
            _ => {}
        }
    }
    sum
}

/// Each endpoint of a service with its own work.
fn endpoints<'a>(
    name: &'a str,
    service: &'a Service,
) -> impl Iterator<Item = (String, f64, Vec<(String, f64)>)> + 'a {
    service.endpoints.iter().map(move |(endpoint, one)| {
        let mut all = Vec::new();
        let path = format!("service.{name}.endpoint.{endpoint}.steps");
        let sum = own_work(&one.steps, &path, &mut all);
        (format!("{name}.{endpoint}"), sum, all)
    })
}

/// The endpoint of a service whose work is much longer than that of its others; if it is alone,
/// than that of any other in the model.
fn slow_path(model: &Model, place: &str) -> Option<Candidate> {
    let service = model.services.get(place)?;
    let longest = endpoints(place, service).reduce(|a, b| if b.1 > a.1 { b } else { a });
    let (name, own, steps) = longest?;
    let is_other = |one: &(String, f64, Vec<(String, f64)>)| one.0 != name && one.1 > 0.0;
    let beside = endpoints(place, service).filter(is_other).map(|one| one.1);
    let beside = order::of_sorted(&order::sorted(beside), 0.5);
    let all = model.services.iter();
    let all = all.flat_map(|(name, one)| endpoints(name, one));
    let others = all.filter(is_other).map(|one| one.1);
    let usual = beside.or(others.reduce(f64::max))?;
    if own < SLOW * usual {
        return None;
    }
    let factor = format!("x{}", usual / own);
    let changes = steps.iter();
    let changes = changes.map(|(path, _)| Change::new(path, &factor));
    Some(Candidate::new(
        CauseKind::SlowPath,
        &name,
        changes.collect(),
    ))
}
