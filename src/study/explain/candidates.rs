//! What could have been the cause, read off the model: each with what would take it away.
//!
//! One idea: a candidate is taken away by going back to what is usual, not by whatever would help:
//! a fault does not happen, a spike is as the rest of the day, the slow path is as fast as the
//! others, there are as many units as the load without faults needs. So a remedy that would cover
//! up any outage is no cause of this one.

use crate::model::arrival::{Arrivals, Form, Piece};
use crate::model::overlay::Change;
use crate::model::service::OnTimeout;
use crate::model::{Checked, Model};
use crate::results::{CauseKind, Cleared, ResourceKind, Variant};

use super::paths;

/// Something that could have been the cause.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    pub(super) kind: CauseKind,
    pub(super) name: String,
    pub(super) resource: Option<ResourceKind>,
    /// What takes it away.
    pub(super) changes: Vec<Change>,
}

impl Candidate {
    pub(super) fn new(kind: CauseKind, name: &str, changes: Vec<Change>) -> Candidate {
        Candidate {
            kind,
            name: name.to_owned(),
            resource: None,
            changes,
        }
    }

    fn off(kind: CauseKind, table: &str, name: &str) -> Candidate {
        let path = format!("{table}.{name}.on");
        Candidate::new(kind, name, vec![Change::new(&path, "false")])
    }

    /// Unique among the candidates.
    pub(super) fn key(&self) -> String {
        let word = match self.kind {
            CauseKind::Fault => "fault",
            CauseKind::Action => "action",
            CauseKind::Spike => "spike",
            CauseKind::Burst => "burst",
            CauseKind::Crowd => "crowd",
            CauseKind::Retries => "retries",
            CauseKind::Reloads => "reloads",
            CauseKind::Hedges => "hedges",
            CauseKind::SlowPath => "slow-path",
            CauseKind::Capacity => "capacity",
            CauseKind::ScalerDelay => "late",
            CauseKind::Scaler => "autoscaler",
            CauseKind::ColdCache => "cold",
            CauseKind::WorkInVain => "in-vain",
            CauseKind::Guard => "guard",
        };
        let name = self.name.replace(['.', ' '], "-");
        match self.resource {
            Some(ResourceKind::Cores) => format!("{word}-{name}-cores"),
            Some(ResourceKind::Workers) => format!("{word}-{name}-workers"),
            _ => format!("{word}-{name}"),
        }
    }

    /// Whether it is something that changed in the launch.
    pub(super) fn changed(&self) -> bool {
        match self.kind {
            CauseKind::Fault | CauseKind::Action | CauseKind::Spike | CauseKind::Burst => true,
            CauseKind::Crowd
            | CauseKind::Retries
            | CauseKind::Reloads
            | CauseKind::Hedges
            | CauseKind::SlowPath
            | CauseKind::Capacity
            | CauseKind::ScalerDelay
            | CauseKind::Scaler
            | CauseKind::ColdCache
            | CauseKind::WorkInVain
            | CauseKind::Guard => false,
        }
    }

    /// Of those that carry the same the lower is told first: what changed in the launch, then what
    /// is unlike the rest of the model, then what was there all the time.
    pub(super) fn rank(&self) -> u8 {
        match (self.changed(), self.kind) {
            (true, _) => 0,
            (false, CauseKind::SlowPath) => 1,
            (false, _) => 2,
        }
    }

    /// As something that is no cause.
    pub(super) fn cleared(&self) -> Cleared {
        Cleared {
            kind: self.kind,
            name: self.name.clone(),
            resource: self.resource,
            ..Cleared::default()
        }
    }
}

/// More policies than this are switched off together.
const APART: usize = 3;

/// All candidates of a model, from what it says and what it did; of some that are none, why.
pub(super) fn candidates(model: &Checked, variant: &Variant) -> (Vec<Candidate>, Vec<Cleared>) {
    let mut all = Vec::new();
    let faults = model.faults.keys();
    all.extend(faults.map(|name| Candidate::off(CauseKind::Fault, "fault", name)));
    let actions = model.actions.keys().chain(model.triggers.keys());
    all.extend(actions.map(|name| Candidate::off(CauseKind::Action, "action", name)));
    arrivals(model, &mut all);
    again(model, &mut all);
    let (paths, cleared) = paths::candidates(model, variant);
    all.extend(paths);
    scalers(model, &mut all);
    caches_and_guards(model, &mut all);
    in_vain(model, variant, &mut all);
    (all, cleared)
}

/// How many times the usual rate a spike is at least.
const SPIKE: f64 = 1.5;

/// Who comes: spikes, bursts beside others, crowds.
fn arrivals(model: &Model, all: &mut Vec<Candidate>) {
    for (name, source) in &model.arrivals {
        let path = |key: &str| format!("arrivals.{name}.{key}");
        let change = |key: &str, value: &str| vec![Change::new(&path(key), value)];
        match &source.form {
            Form::Flow { pieces, .. } => all.extend(spike(model, (name, source), pieces)),
            Form::Burst { .. } if model.arrivals.len() > 1 => {
                let changes = change("burst.users", "0");
                all.push(Candidate::new(CauseKind::Burst, name, changes));
            }
            Form::Burst { .. } => {
                let changes = change("burst.users", "x0.5");
                all.push(Candidate::new(CauseKind::Crowd, name, changes));
            }
            Form::Crowd { .. } => {
                let changes = change("crowd.users", "x0.5");
                all.push(Candidate::new(CauseKind::Crowd, name, changes));
            }
            Form::Instants(_) => {
                let changes = vec![scaled(model, name, 0.5)];
                all.push(Candidate::new(CauseKind::Crowd, name, changes));
            }
            Form::States { .. } | Form::Population(_) => {}
        }
    }
}

/// A source with `scale` times as many users.
fn scaled(model: &Model, name: &str, factor: f64) -> Change {
    let path = format!("arrivals.{name}.scale");
    let was = model.written_at(&path).and_then(|was| was.parse().ok());
    Change::new(&path, &format!("{}", was.unwrap_or(1.0) * factor))
}

/// A time in which many more come than usual: stages are cut to what is usual, what is read from a
/// file is scaled until its peak is.
fn spike(model: &Model, source: (&str, &Arrivals), pieces: &[Piece]) -> Option<Candidate> {
    let name = source.0;
    let usual = usual_rate(pieces)?;
    let rates = pieces.iter().map(|one| one.rate_from.max(one.rate_to));
    let peak = rates.fold(0.0, f64::max);
    if peak < SPIKE * usual {
        return None;
    }
    let mut changes = Vec::new();
    for (number, piece) in pieces.iter().enumerate() {
        if piece.rate_to < SPIKE * usual {
            continue;
        }
        let value = format!("x{}", usual / piece.rate_to);
        let stage = format!("arrivals.{name}.stages.{}", number + 1);
        // A stage has a `rate` or goes `to` one.
        let written = ["rate", "to"].map(|key| Change::new(&format!("{stage}.{key}"), &value));
        let sound = |change: &&Change| model.with_own(&[(*change).clone()]).0.is_sound();
        changes.extend(written.iter().find(sound).cloned());
    }
    if changes.is_empty() {
        changes.push(scaled(model, name, usual / peak));
    }
    Some(Candidate::new(CauseKind::Spike, name, changes))
}

/// The rate at which users come half of the time, or more.
fn usual_rate(pieces: &[Piece]) -> Option<f64> {
    let each = |piece: &Piece| {
        let seconds = piece.to.since(piece.from).as_secs_f64();
        let parts = (seconds.ceil() as usize).clamp(1, 64);
        let at = move |part: usize| (part as f64 + 0.5) / parts as f64;
        let (from, to) = (piece.rate_from, piece.rate_to);
        let rates = (0..parts).map(move |part| from + (to - from) * at(part));
        rates.map(move |rate| (rate, seconds / parts as f64))
    };
    let mut rates: Vec<(f64, f64)> = pieces.iter().flat_map(each).collect();
    rates.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = rates.iter().map(|(_, seconds)| seconds).sum::<f64>() / 2.0;
    let mut before = 0.0;
    let median = rates.iter().find(|(_, seconds)| {
        before += seconds;
        before >= half
    });
    median.map(|(rate, _)| *rate).filter(|rate| *rate > 0.0)
}

/// Who tries again: programs, people, second attempts.
fn again(model: &Model, all: &mut Vec<Candidate>) {
    let policies = model.retries.iter().filter(|(_, one)| one.attempts > 1);
    let names: Vec<&String> = policies.map(|(name, _)| name).collect();
    let once = |name: &&String| Change::new(&format!("retry.{name}.attempts"), "1");
    if names.len() > APART {
        let changes = names.iter().map(once).collect();
        all.push(Candidate::new(CauseKind::Retries, "all", changes));
    } else {
        let each = names.iter();
        all.extend(each.map(|name| Candidate::new(CauseKind::Retries, name, vec![once(name)])));
    }
    for (name, journey) in &model.journeys {
        let mut changes = Vec::new();
        if journey.reload.is_some() {
            changes.push(Change::new(&format!("journey.{name}.reload.at_most"), "0"));
        }
        if journey.again.is_some() {
            changes.push(Change::new(&format!("journey.{name}.again.share"), "0%"));
        }
        if !changes.is_empty() {
            all.push(Candidate::new(CauseKind::Reloads, name, changes));
        }
    }
    let hedges = model.hedges.iter().filter(|(_, one)| one.on);
    all.extend(hedges.map(|(name, _)| Candidate::off(CauseKind::Hedges, "hedge", name)));
}

/// Autoscalers: that they are there, and that they are late.
fn scalers(model: &Model, all: &mut Vec<Candidate>) {
    for (name, scaler) in model.autoscalers.iter().filter(|(_, one)| one.on) {
        let most = scaler.servers[1];
        let changes = vec![
            Change::new(
                &format!("autoscaler.{name}.servers"),
                &format!("[{most}, {most}]"),
            ),
            Change::new(
                &format!("service.{}.servers", scaler.service),
                &most.to_string(),
            ),
        ];
        all.push(Candidate::new(CauseKind::ScalerDelay, name, changes));
        all.push(Candidate::off(CauseKind::Scaler, "autoscaler", name));
    }
}

fn caches_and_guards(model: &Model, all: &mut Vec<Candidate>) {
    let cold = model.caches.iter();
    let cold = cold.filter(|(_, one)| one.on && !one.starts_warm);
    all.extend(cold.map(|(name, _)| {
        let changes = vec![Change::new(&format!("cache.{name}.starts"), "warm")];
        Candidate::new(CauseKind::ColdCache, name, changes)
    }));
    let mut guards: Vec<(&str, &String)> = Vec::new();
    let on = model.breakers.iter().filter(|(_, one)| one.on);
    guards.extend(on.map(|(name, _)| ("breaker", name)));
    let on = model.throttles.iter().filter(|(_, one)| one.on);
    guards.extend(on.map(|(name, _)| ("throttle", name)));
    let on = model.limits.iter().filter(|(_, one)| one.on);
    guards.extend(on.map(|(name, _)| ("limit", name)));
    for (table, name) in guards {
        let mut guard = Candidate::off(CauseKind::Guard, table, name);
        guard.name = format!("{table}.{name}");
        all.push(guard);
    }
    for (name, service) in &model.services {
        if service.limiter.is_some() {
            let path = format!("service.{name}.limiter.on");
            let changes = vec![Change::new(&path, "false")];
            let name = format!("{name}.limiter");
            all.push(Candidate::new(CauseKind::Guard, &name, changes));
        }
    }
}

/// Share of the work for callers who have left from which on it is looked at.
const VAIN: f64 = 0.1;

/// Services that work for callers who have left, where it was full.
fn in_vain(model: &Model, variant: &Variant, all: &mut Vec<Candidate>) {
    let wasted = |name: &str| {
        let mut full = variant.bottlenecks.iter().filter(|one| one.place == name);
        full.any(|one| {
            let share = one.wasted_share.and_then(|share| share.estimate);
            share.is_some_and(|share| share > VAIN)
        })
    };
    for (name, service) in &model.services {
        if service.on_timeout != OnTimeout::Cancel && wasted(name) {
            let path = format!("service.{name}.on_timeout");
            let changes = vec![Change::new(&path, "cancel")];
            all.push(Candidate::new(CauseKind::WorkInVain, name, changes));
        }
    }
}
