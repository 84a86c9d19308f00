//! What a model can carry, by the utilisation law, before anything is simulated.
//!
//! Demand D of a resource is what one visit asks of it on average; at λ visits per second it is
//! busy a share λ·D ÷ units of the time (utilisation law: P. J. Denning, J. P. Buzen, "The
//! Operational Analysis of Queueing Network Models", ACM Computing Surveys 10, 1978). Doors,
//! actions and faults are in it (`course`); retries, failures and queues are not: it is the best
//! case.

mod course;
mod demand;
mod epoch;
mod roster;
mod stable;
mod units;

use self::course::Course;
pub use self::course::Phase;
pub use self::stable::Stable;
use super::Model;
use super::arrival::{Arrivals, Form, long_run, some_bursts};
use crate::base::time::Time;
use crate::random::family::Distribution;

/// What a model can carry, and what it has to.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    /// Every resource that visits ask something of, the most loaded first.
    pub resources: Vec<Resource>,
    /// The instant at which the most loaded resource is loaded most; none if nobody comes by a
    /// rate (a closed population has none).
    pub peak_at: Option<Time>,
    /// Users per second that come then.
    pub peak_rate: f64,
    /// Visits per second, mixed as they are then, that the bottleneck could serve.
    pub visits_per_s: Option<f64>,
    /// What is asked for in order of time, cut where anything changes.
    pub course: Vec<Phase>,
}

/// A resource and its load at the peak.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Which.
    pub kind: ResourceKind,
    /// How many units of it there are: cores (after slowdown), workers, pool units.
    pub units: f64,
    /// Seconds of it that the average visit at the peak asks for.
    pub demand_s: f64,
    /// The share of it that is busy at the peak, above 1 where it is overloaded.
    pub load: f64,
}

/// What kind of resource it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceKind {
    /// The cores of a service.
    Cores(String),
    /// The workers of a service.
    Workers(String),
    /// The units of a pool.
    Pool(String),
}

impl ResourceKind {
    /// The thing's name, as messages show it.
    pub fn name(&self) -> &str {
        match self {
            ResourceKind::Cores(name) | ResourceKind::Workers(name) | ResourceKind::Pool(name) => {
                name
            }
        }
    }

    /// What of it is meant, as several.
    pub fn unit(&self) -> &'static str {
        match self {
            ResourceKind::Cores(_) => "cores",
            ResourceKind::Workers(_) => "workers",
            ResourceKind::Pool(_) => "units",
        }
    }

    /// What of it is meant, as one.
    pub fn one(&self) -> &'static str {
        match self {
            ResourceKind::Cores(_) => "core",
            ResourceKind::Workers(_) => "worker",
            ResourceKind::Pool(_) => "unit",
        }
    }
}

impl Model {
    /// What the model can carry, by the utilisation law, and when it has to.
    pub fn capacity(&self) -> Capacity {
        let course = Course::of(self);
        let (phases, peak) = course.phases();
        let Some(peak) = peak else {
            return Capacity {
                resources: course.idle(),
                peak_at: None,
                peak_rate: 0.0,
                visits_per_s: None,
                course: phases,
            };
        };
        let resources = peak.resources;
        let load = resources.first().map_or(0.0, |resource| resource.load);
        let visits_per_s = (load > 0.0 && load.is_finite()).then(|| peak.rate / load);
        Capacity {
            resources,
            peak_at: Some(peak.at),
            peak_rate: peak.rate,
            visits_per_s,
            course: phases,
        }
    }
}

/// Users per second whom a source brings on average between two instants.
fn rate_between(source: &Arrivals, from: Time, to: Time) -> Option<f64> {
    let seconds = to.since(from).as_secs_f64();
    let part = |law: &Distribution, start: Time| {
        let upto = |time: Time| match time.since(start).as_secs_f64() {
            late if late >= 0.0 => law.cdf(late),
            _ => 0.0,
        };
        upto(to) - upto(from)
    };
    let users = match &source.form {
        Form::Flow { pieces, .. } => {
            let rate = |piece: &super::arrival::Piece, at: Time| {
                let length = piece.to.since(piece.from).as_secs_f64();
                let done = at.since(piece.from).as_secs_f64();
                piece.rate_from + (piece.rate_to - piece.rate_from) * done / length
            };
            let inside = pieces
                .iter()
                .filter(|piece| piece.from < to && piece.to > from);
            let users = inside.map(|piece| {
                let (start, end) = (piece.from.max(from), piece.to.min(to));
                let mean = (rate(piece, start) + rate(piece, end)) / 2.0;
                mean * end.since(start).as_secs_f64()
            });
            users.sum()
        }
        Form::States { states, .. } => {
            let inside = to.since(from.max(Time::ZERO)).as_secs_f64().max(0.0);
            long_run(states) * inside
        }
        Form::Crowd {
            users,
            from: start,
            arrive,
        } => *users as f64 * part(arrive, *start),
        Form::Burst {
            users,
            at,
            every,
            spread,
            ..
        } => {
            let bursts = some_bursts(*at, *every, to);
            let share = bursts.map(|(burst, many)| many * part(spread, burst));
            *users as f64 * share.sum::<f64>()
        }
        Form::Instants(instants) => {
            let first = instants.partition_point(|instant| *instant < from);
            let last = instants.partition_point(|instant| *instant < to);
            (last - first) as f64
        }
        Form::Population(_) => return None,
    };
    Some(users / seconds)
}
