//! What is decided while a program runs: the compiled forms of `when`, of actions that metrics trip
//! and of autoscalers.
//!
//! A [`Gauge`] is a metric of the last seconds, a [`Condition`] holds one against a limit, a
//! [`Trigger`] waits for one; what a trigger does is reckoned on what is in force when it takes
//! effect (see [`Reckoner`]). A model without any of them pays nothing.

use std::sync::Arc;

use super::{Reckoner, ServiceId, Target};
use crate::base::table::Table;
use crate::base::time::Span;
use crate::observation::{Comparison, Probe, TallyId};
use crate::random::key::Owner;

crate::id! {
    /// A metric that is read while a program runs.
    pub struct GaugeId;
    /// A gauge held against a limit.
    pub struct ConditionId;
    /// What an action makes of what is in force, in the order of the names of actions.
    pub struct EffectId;
    /// An autoscaler, in the order of names.
    pub struct ScalerId;
}

/// All that is decided while a program runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reactions {
    /// Metrics that are read.
    pub gauges: Table<GaugeId, Gauge>,
    /// What they are held against.
    pub conditions: Table<ConditionId, Condition>,
    /// Who waits for them, in the order of names.
    pub triggers: Vec<Trigger>,
    /// What changes the number of servers by itself.
    pub scalers: Table<ScalerId, Scaler>,
    /// What works out what an effect makes of what is in force; absent where all is known
    /// beforehand.
    pub reckoner: Option<Arc<Reckoner>>,
}

/// A metric of the last seconds, or a level at this instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Gauge {
    /// What is read. Its period says nothing.
    pub probe: Probe,
    /// Of how many complete seconds; of none for a level at this instant.
    pub seconds: u32,
}

/// A gauge held against a limit. Where it has no value, the condition is false.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// What is read.
    pub gauge: GaugeId,
    /// How it stands to the limit.
    pub comparison: Comparison,
    /// The limit.
    pub limit: f64,
}

/// Somebody who waits for a condition, looks every second, and does something.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// What must hold.
    pub condition: ConditionId,
    /// For how long.
    pub lasts: Span,
    /// How long after a decision it may decide again; never if absent.
    pub again_after: Option<Span>,
    /// From decision to effect.
    pub takes: Span,
    /// What it does.
    pub does: Deed,
    /// Counts its effects, if it is an action.
    pub taken: Option<TallyId>,
}

/// What is done at an instant that only the run knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// What is in force changes.
    Set {
        /// What it makes of it.
        effect: EffectId,
        /// Counts how often that would have been no model, so that nothing was changed.
        impossible: Option<TallyId>,
    },
    /// Servers restart.
    Restart(Restart),
    /// A fault begins, by its number in the program.
    Fault(u32),
}

/// Servers that stop and boot.
#[derive(Clone, Debug, PartialEq)]
pub struct Restart {
    /// Luck of the servers that are chosen.
    pub owner: Owner,
    /// Whose, and which.
    pub on: Target,
    /// Whether they finish what they have.
    pub drain: bool,
}

/// What changes the number of servers of a service by itself. Its numbers are settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaler {
    /// Whose servers.
    pub service: ServiceId,
    /// What it follows.
    pub follows: Follows,
    /// How often it decides.
    pub sync: Span,
    /// Counts servers ordered, and those withdrawn; answers above the number before, and below.
    pub counts: [TallyId; 4],
}

/// What an autoscaler follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follows {
    /// A metric of all: the number asked for is proportional to it.
    Whole(GaugeId),
    /// A metric of which each server can bear so much: KEDA's way.
    PerServer(GaugeId),
    /// Each server by itself, as an HPA follows pods.
    Servers {
        /// What is read of each.
        of: OfServer,
        /// Of how many complete seconds; of none for the level at this instant.
        seconds: u32,
    },
}

/// What is read of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfServer {
    /// Cores executing ÷ cores.
    Busy,
    /// Workers held ÷ workers.
    Held,
    /// Waiting for its workers.
    Queue,
    /// Waiting and in service.
    InSystem,
}

impl Reactions {
    /// Whether somebody looks at the clock every second.
    pub fn looks(&self) -> bool {
        !self.gauges.is_empty() || !self.triggers.is_empty() || !self.scalers.is_empty()
    }

    /// Whether somebody reads how busy the cores of each server of a service are.
    pub fn reads_cores_of(&self, service: ServiceId) -> bool {
        let busy = |follows: &Follows| {
            matches!(
                follows,
                Follows::Servers {
                    of: OfServer::Busy,
                    ..
                }
            )
        };
        let mut scalers = self.scalers.values();
        scalers.any(|scaler| scaler.service == service && busy(&scaler.follows))
    }

    /// Whether a service is scaled by itself.
    pub fn scales(&self, service: ServiceId) -> bool {
        self.scalers
            .values()
            .any(|scaler| scaler.service == service)
    }
}
