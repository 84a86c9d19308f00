//! The numbers of a program: all that may change while it runs, and what each change is.
//!
//! Structure (code, ids, names) never changes. The numbers begin as [`Settings`]; an action is a
//! [`Patch`], which holds the new value of every number that it changes and of no other, so that
//! actions may take effect at instants and in an order that only the run knows.

use super::patch::{in_part, in_tables, whole};
use super::{
    BreakerId, BreakerSettings, Budget, CacheId, CallId, ChooseId, EndpointId, HedgeId, HoldId,
    JourneyId, LimitId, LimitSettings, PoolId, RetryId, RoomId, ScalerId, ServiceId, TakeId,
    ThrottleId, ThrottleSettings, WorkId,
};
use crate::base::table::Table;
use crate::base::time::{Span, Time};
use crate::observation::Outcome;
use crate::random::sampler::Sampler;

pub use crate::model::autoscaler::{Change, Policy};
pub use crate::model::balance::{Balance, Balancing};
pub use crate::model::health::{Eject, Health};
pub use crate::model::hedge::{After, MOST_HEDGES};
pub use crate::model::limiter::{Aimd, Breakwater, Dagor, Envoy, Gradient2, Limiter, Vegas};
pub use crate::model::queue::{QueueOrder, TurnBy};
pub use crate::model::retry::{BackoffKind, Jitter};
pub use crate::model::room::Admit;
pub use crate::model::service::{OnTimeout, Shed};
pub use crate::model::upkeep::{Collector, Memory, Pause};

in_tables! {
/// Every number in force.
pub struct Settings,
/// What an action changes of them.
pub struct Patch {
    /// Demands of `cpu`, `wait` and `think` in seconds, turns of `repeat` as counts.
    pub work: Table<WorkId, Sampler>,
    /// The caller's side of every `call` and `send`.
    pub calls: Table<CallId, CallSettings>,
    /// The longest wait of each `hold` for its unit.
    pub holds: Table<HoldId, Option<Span>>,
    /// How long each `take` reserves its units; `None` is until the visit ends.
    pub takes: Table<TakeId, Option<Span>>,
    /// Cumulated shares of each `choose`, in the order of its branches; the last is 1.
    pub choices: Table<ChooseId, Vec<f64>>,
    /// Services.
    pub services: Table<ServiceId, ServiceSettings>,
    /// Endpoints.
    pub endpoints: Table<EndpointId, EndpointSettings>,
    /// Units of each pool, for each of its instances.
    pub pools: Table<PoolId, PoolSettings>,
    /// Further attempts beside slow ones.
    pub hedges: Table<HedgeId, HedgeSettings>,
    /// Caches.
    pub caches: Table<CacheId, CacheSettings>,
    /// Doors of each room.
    pub rooms: Table<RoomId, RoomSettings>,
    /// The people of each journey.
    pub journeys: Table<JourneyId, JourneySettings>,
    /// The budget of each retry policy.
    pub budgets: Table<RetryId, Option<Budget>>,
    /// Circuit breakers.
    pub breakers: Table<BreakerId, BreakerSettings>,
    /// Throttles at callers.
    pub throttles: Table<ThrottleId, ThrottleSettings>,
    /// Rate limits.
    pub limits: Table<LimitId, LimitSettings>,
    /// Autoscalers.
    pub scalers: Table<ScalerId, ScalerSettings>,
}
}

in_part! {
/// The caller's side of a call.
pub struct CallSettings,
/// What an action changes of the caller's side of a call.
pub struct CallPatch {
    /// Per attempt, from its sending, both ways over the network included.
    pub timeout: Option<Span>,
    /// Per request, from its start, backoffs included.
    pub deadline: Option<Span>,
    /// The retry policy, if any.
    pub retry: Option<RetrySettings>,
}
}

/// A retry policy (semantics#retry).
#[derive(Clone, Debug, PartialEq)]
pub struct RetrySettings {
    /// Which: whose budget it is.
    pub id: RetryId,
    /// Attempts in all, with the first; at least 1.
    pub attempts: u32,
    /// How the wait grows.
    pub kind: BackoffKind,
    /// The first wait.
    pub base: Span,
    /// The longest wait.
    pub cap: Option<Span>,
    /// How the wait is spread.
    pub jitter: Jitter,
}

/// Parts of a core where it is not counted as a whole.
pub const THOUSANDTHS: u32 = 1_000;

in_part! {
/// A service (semantics#service, #scaling).
pub struct ServiceSettings,
/// What an action changes of a service.
pub struct ServicePatch {
    /// Identical instances.
    pub servers: u32,
    /// Requests that one instance works on at once.
    pub workers: u32,
    /// Cores of one instance, in whole thousandths.
    pub cores: f64,
    /// Longest queue (of one instance, or in all when shared); `None` is unlimited.
    pub queue_limit: Option<u64>,
    /// One queue for all instances in place of one each.
    pub shared: bool,
    /// A refused caller learns only at its timeout.
    pub silent: bool,
    /// A refused caller is told not to try again.
    pub is_final: bool,
    /// Who is next.
    pub order: QueueOrder,
    /// Who takes turns in a fair queue.
    pub by: TurnBy,
    /// In the order of classes, a newcomer takes a worker from a class behind its own.
    pub preempt: bool,
    /// Who has waited so long is refused when a worker would take it; `None` is never.
    pub max_age: Option<Span>,
    /// The longest wait while the queue stands; `None` is no limit.
    pub target: Option<Span>,
    /// A queue stands that was never empty for so long; the longest wait while it does not.
    pub interval: Span,
    /// What is turned away before a server is chosen.
    pub shed: Shed,
    /// How each server limits itself.
    pub limiter: Option<Limiter>,
    /// Seconds of CPU on the refusing instance for one refusal; `None` costs nothing.
    pub refuse_cost: Option<Sampler>,
    /// One way over the network, in seconds; `None` is no time at all.
    pub network: Option<Sampler>,
    /// How servers are checked.
    pub health: Option<Health>,
    /// How callers keep connections to its servers; `None` is not at all.
    pub connections: Option<Connections>,
    /// When servers that fail are left out.
    pub eject: Option<Eject>,
    /// Which instance an attempt goes to.
    pub balance: Balancing,
    /// What the service does when a caller stops waiting.
    pub on_timeout: OnTimeout,
    /// σ of the Universal Scalability Law.
    pub contention: f64,
    /// κ of the Universal Scalability Law.
    pub coherency: f64,
    /// By how much of itself work is slower for each that waits at the server.
    pub per_waiting: f64,
    /// Whether all that holds for the number at the server when a step starts, and is fixed then.
    pub at_start: bool,
    /// The memory of each instance; `None` is without limit.
    pub memory: Option<Memory>,
    /// When instances sleep; `None` is never.
    pub idle: Option<Idle>,
    /// From the decision to start an instance until it serves, in seconds.
    pub boot: Option<Sampler>,
    /// How many times slower a cold instance is.
    pub cold: f64,
    /// How long an instance stays cold.
    pub warm_after: Span,
}
}

in_part! {
/// An endpoint.
pub struct EndpointSettings,
/// What an action changes of an endpoint.
pub struct EndpointPatch {
    /// Whether the route is open.
    pub on: bool,
    /// What is turned away before a server is chosen, beside what the service sheds.
    pub shed: Shed,
}
}

in_part! {
/// A pool or a lock.
pub struct PoolSettings,
/// What an action changes of a pool or a lock.
pub struct PoolPatch {
    /// Units of each instance of the pool.
    pub size: u64,
    /// Longest queue of each instance; `None` is unlimited.
    pub queue_limit: Option<u64>,
    /// Who is next.
    pub order: QueueOrder,
}
}

in_part! {
/// Further attempts beside slow ones.
pub struct HedgeSettings,
/// What an action changes of them.
pub struct HedgePatch {
    /// Whether they are sent at all.
    pub on: bool,
    /// When, from the first attempt of the round.
    pub after: After,
    /// How many, beside the first.
    pub at_most: u32,
    /// The most, as a part of the requests so far.
    pub budget: Option<f64>,
    /// The copy that begins takes the other out of its queue.
    pub tied: bool,
}
}

in_part! {
/// A cache.
pub struct CacheSettings,
/// What an action changes of a cache.
pub struct CachePatch {
    /// Entries at most, of each instance.
    pub size: u32,
    /// How long an entry is good; `None` is without end.
    pub ttl: Option<Span>,
    /// How long after that it is still given, while it is filled anew; `None` is never.
    pub stale: Option<Span>,
    /// Whether it is there at all.
    pub on: bool,
}
}

in_part! {
/// A room with a clock.
pub struct RoomSettings,
/// What an action changes of a room.
pub struct RoomPatch {
    /// When the door opens; `None` is open from the start.
    pub opens: Option<Time>,
    /// When it closes for good; `None` is never.
    pub closes: Option<Time>,
    /// Users inside at most; `None` is without limit.
    pub active: Option<u64>,
    /// The pace of admission; `None` is at once.
    pub admit: Option<Admit>,
    /// Waiting at most; `None` is without limit.
    pub queue_limit: Option<u64>,
    /// Who is next.
    pub order: QueueOrder,
    /// Those who wait when it opens are mixed.
    pub shuffle: bool,
    /// Share of those admitted that fails at once.
    pub lost_at_entry: f64,
    /// Seconds until somebody who waits fails; `None` is never.
    pub lost_waiting: Option<Sampler>,
}
}

in_part! {
/// An autoscaler (semantics#autoscaler).
pub struct ScalerSettings,
/// What an action changes of an autoscaler.
pub struct ScalerPatch {
    /// Whether it decides at all.
    pub on: bool,
    /// What the metric should be.
    pub target: f64,
    /// How far off is near enough, 0 to 1.
    pub tolerance: f64,
    /// The fewest servers.
    pub least: u32,
    /// The most servers.
    pub most: u32,
    /// How long a server is up before it counts.
    pub ready_after: Span,
    /// Over how long answers must agree to scale out.
    pub agree_up: Span,
    /// Over how long answers must agree to scale in.
    pub agree_down: Span,
    /// How fast it scales out.
    pub up: Vec<Policy>,
    /// How fast it scales in.
    pub down: Vec<Policy>,
    /// From one delivery to the next; none where all are there at once.
    pub provision: Option<Span>,
}
}

in_part! {
/// The people of a journey (semantics#people).
pub struct JourneySettings,
/// What an action changes of the people of a journey.
pub struct JourneyPatch {
    /// How long a visit may take before the user leaves.
    pub patience: Option<Patience>,
    /// When the person asks again.
    pub reload: Option<Reload>,
    /// Who comes back after giving up.
    pub again: Option<Again>,
}
}

/// When an instance sleeps.
#[derive(Clone, Debug, PartialEq)]
pub struct Idle {
    /// How long it has nothing to do before.
    pub sleep_after: Span,
    /// Seconds from whoever wakes it until it works; `None` is no time at all.
    pub setup: Option<Sampler>,
}

/// How callers keep connections to the servers of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Connections {
    /// What comes before the first attempt on one, in seconds; `None` is no time at all.
    pub handshake: Option<Sampler>,
    /// How long one stays open without an attempt; `None` is for ever.
    pub keep: Option<Span>,
    /// How long one stays open in all; `None` is for ever.
    pub max_age: Option<Span>,
    /// Open ones that one server accepts; `None` is without limit.
    pub at_most: Option<u32>,
}

/// A user's patience, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub enum Patience {
    /// From arrival, everything included.
    Visit(Sampler),
    /// Only time spent waiting for answers, backoffs, pools and rooms.
    Waiting(Sampler),
}

/// The person who asks again.
#[derive(Clone, Debug, PartialEq)]
pub struct Reload {
    /// Seconds without an answer since the last attempt was sent.
    pub after: Option<Sampler>,
    /// Seconds after a request that failed for good.
    pub on_error: Option<Sampler>,
    /// Both together, per visit; `None` is without limit.
    pub at_most: Option<u32>,
}

/// The person who comes back.
#[derive(Clone, Debug, PartialEq)]
pub struct Again {
    /// Chance to come back, 0 to 1.
    pub share: f64,
    /// Seconds until then.
    pub after: Sampler,
    /// Further visits; `None` is without limit.
    pub at_most: Option<u32>,
    /// The outcomes after which a user may come back.
    pub on: Vec<Outcome>,
}

whole!(Sampler, Option<Span>, Vec<f64>);
