//! The load below which no trigger can leave a system stuck.
//!
//! One idea: a system that could carry its load with everybody asking as often as the model allows
//! at worst, as slowly as load alone can make it, comes back from anything: C_stable = C_norm ÷
//! (w_L* · w_C*) (Huang et al., "Metastable Failures in the Wild", OSDI 2022, theorem 2). C_norm
//! is by the utilisation law, without faults and actions.

use super::ResourceKind;
use super::demand::{Demand, Demands};
use super::roster::{ResourceId, Roster};
use super::units::units;
use crate::model::Model;
use crate::model::service::Service;

/// What a model can carry whatever happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Stable {
    /// Visits per second that the system carries when all goes well (C_norm).
    pub normal_per_s: f64,
    /// Visits per second below which no trigger leaves it stuck (C_stable); 0 if there is no such
    /// load.
    pub stable_per_s: f64,
    /// What limits that.
    pub by: ResourceKind,
    /// How many times the work at worst (w_L* · w_C*); infinite without a limit.
    pub worst: f64,
    /// Visits per second at the peak, if they come by a rate.
    pub offered_per_s: Option<f64>,
}

impl Stable {
    /// The stable capacity as a multiple of the load that is offered.
    pub fn headroom(&self) -> Option<f64> {
        self.offered_per_s
            .filter(|offered| *offered > 0.0)
            .map(|offered| self.stable_per_s / offered)
    }
}

impl Model {
    /// The load below which no trigger leaves the system stuck; none where nobody comes or nothing
    /// is asked for.
    pub fn stable(&self) -> Option<Stable> {
        let roster = Roster::of(self);
        let units = units(self, &roster);
        let usual = mixed(self, Demands::of(self, &roster))?;
        let worst = mixed(self, Demands::at_worst(self, &roster))?;
        let carried = |demand: &Demand, slowed: bool| {
            demand
                .iter()
                .filter(|(_, seconds)| **seconds > 0.0)
                .map(|(id, seconds)| {
                    let slower = if slowed {
                        slowest(self, &roster, *id)
                    } else {
                        1.0
                    };
                    (*id, units[*id] / (seconds * slower))
                })
                .min_by(|a, b| a.1.total_cmp(&b.1))
        };
        let (_, normal) = carried(&usual, false)?;
        let (by, stable) = carried(&worst, true)?;
        let capacity = self.capacity();
        Some(Stable {
            normal_per_s: normal,
            stable_per_s: stable,
            by: roster.kind(by),
            worst: normal / stable,
            offered_per_s: capacity.peak_at.map(|_| capacity.peak_rate),
        })
    }
}

/// What one visit asks for, of all journeys as their users are mixed over the whole launch.
fn mixed<'m>(model: &'m Model, mut demands: Demands<'m>) -> Option<Demand> {
    let horizon = model.horizon();
    let (mut all, mut users) = (Demand::new(), 0.0);
    for source in model.arrivals.values() {
        let many = source.users_before(horizon);
        let Some(journey) = model.journeys.get(&source.journey).filter(|_| many > 0.0) else {
            continue;
        };
        users += many;
        for (id, seconds) in demands.visit(journey) {
            *all.entry(id).or_insert(0.0) += many * seconds;
        }
    }
    all.values_mut().for_each(|seconds| *seconds /= users);
    (users > 0.0 && !all.is_empty()).then_some(all)
}

/// How many times slower load alone can make the work of a resource (w_C*).
fn slowest(model: &Model, roster: &Roster<'_>, id: ResourceId) -> f64 {
    let ResourceKind::Cores(name) = roster.kind(id) else {
        return 1.0;
    };
    model.services.get(&name).map_or(1.0, slowest_cores)
}

fn slowest_cores(service: &Service) -> f64 {
    let waiting = match (service.slowdown.per_waiting, service.queue.limit) {
        (each, _) if each <= 0.0 => 1.0,
        (each, Some(limit)) => 1.0 + each * limit as f64,
        (_, None) => f64::INFINITY,
    };
    let memory = service
        .memory
        .as_ref()
        .map_or(1.0, |memory| 1.0 + memory.gc.share);
    waiting * memory
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::files::Files;
    use crate::model::read;
    use crate::text::Source;

    fn stable(text: &str) -> Stable {
        let text = format!("[model]\nrun_for = \"10m\"\n{text}");
        let (model, found) = read(Source::new("model.toml", &text), Files::new());
        assert!(model.is_sound(), "{found:?}");
        model.stable().expect("there is something to carry")
    }

    fn near(found: f64, expected: f64) {
        assert!(
            (found / expected - 1.0).abs() < 1e-9,
            "{found}, not {expected}"
        );
    }

    const RUNNING: &str = "[arrivals.a]\njourney = \"j\"\nrate = \"5/s\"\n\
                           [journey.j]\nsteps = [ { call = \"s.work\", retry = \"five\" } ]\n\
                           [retry.five]\nattempts = 6\n\
                           [service.s]\nendpoint.work = [ { cpu = \"exp(100ms)\" } ]\n";

    /// The running example of HotOS 2025: 10/s, six attempts, so 1.67/s; that of HotOS 2021: 300/s,
    /// two attempts, so 150/s.
    #[test]
    fn published_stable_capacities() {
        let found = stable(RUNNING);
        near(found.normal_per_s, 10.0);
        near(found.stable_per_s, 10.0 / 6.0);
        near(found.headroom().expect("a rate"), 1.0 / 3.0);
        let text = RUNNING.replace("attempts = 6", "attempts = 2");
        let text = text.replace("[service.s]", "[service.s]\nworkers = 30");
        near(stable(&text).stable_per_s, 150.0);
    }

    #[test]
    fn layers_and_reloads_multiply_and_reloads_without_end_leave_nothing() {
        let deep = "[service.s]\nworkers = 100\nendpoint.work = [ { cpu = \"1ms\" }, { call = \
                    \"t.work\", retry = \"five\" } ]\n[service.t]\nendpoint.work = [ \
                    { cpu = \"exp(100ms)\" } ]\n";
        let at = RUNNING.find("[service.s]").expect("it is there");
        let text = format!("{}{deep}", &RUNNING[..at]);
        let found = stable(&text);
        near(found.stable_per_s, 10.0 / 36.0);
        assert_eq!(found.by.name(), "t");
        let reload = "[journey.j]\nreload = { after = \"9s\", at_most = 2 }";
        near(
            stable(&text.replace("[journey.j]", reload)).stable_per_s,
            10.0 / 108.0,
        );
        let reload = "[journey.j]\nreload = { after = \"9s\" }";
        let found = stable(&text.replace("[journey.j]", reload));
        assert!(found.stable_per_s <= 0.0 && found.worst.is_infinite());
    }

    #[test]
    fn what_load_slows_counts_too() {
        let text = RUNNING.replace(
            "[service.s]",
            "[service.s]\nqueue = { limit = 20 }\nslowdown = { per_waiting = \"5%\" }\nmemory = { \
             limit = \"1GB\", gc = { share = \"50%\" } }",
        );
        near(stable(&text).stable_per_s, 10.0 / (6.0 * 2.0 * 1.5));
    }
}
