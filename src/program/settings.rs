//! The numbers of a program: all that an action by the clock may change while it runs.
//!
//! Compiling the model as it stands after each action gives one [`Settings`] an epoch; the
//! engine swaps them at the instant of effect. Structure (code, ids, names) never changes.

use super::{CallId, ChooseId, HoldId, JourneyId, PoolId, RoomId, ServiceId, WorkId};
use crate::base::table::Table;
use crate::base::time::{Span, Time};
use crate::observation::Outcome;
use crate::random::sampler::Sampler;

/// Every number in force during one epoch.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Demands of `cpu`, `wait` and `think` in seconds, turns of `repeat` as counts.
    pub work: Table<WorkId, Sampler>,
    /// The caller's side of every `call` and `send`.
    pub calls: Table<CallId, CallSettings>,
    /// The longest wait of each `hold` for its unit.
    pub holds: Table<HoldId, Option<Span>>,
    /// Cumulated shares of each `choose`, in the order of its branches; the last is 1.
    pub choices: Table<ChooseId, Vec<f64>>,
    /// Services.
    pub services: Table<ServiceId, ServiceSettings>,
    /// Units of each pool, for each of its instances.
    pub pools: Table<PoolId, PoolSettings>,
    /// Doors of each room.
    pub rooms: Table<RoomId, RoomSettings>,
    /// The people of each journey.
    pub journeys: Table<JourneyId, JourneySettings>,
}

/// The caller's side of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallSettings {
    /// Per attempt, from its sending, both ways over the network included.
    pub timeout: Option<Span>,
    /// Per request, from its start, backoffs included.
    pub deadline: Option<Span>,
    /// The retry policy, if any.
    pub retry: Option<RetrySettings>,
}

/// A retry policy (semantics#retry).
#[derive(Clone, Debug, PartialEq)]
pub struct RetrySettings {
    /// Attempts in all, with the first; at least 1.
    pub attempts: u32,
    /// How the wait grows.
    pub kind: Backoff,
    /// The first wait.
    pub base: Span,
    /// The longest wait.
    pub cap: Option<Span>,
    /// How the wait is spread.
    pub jitter: Jitter,
}

/// How the wait before the n-th retry grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backoff {
    /// At once.
    None,
    /// The base every time.
    Constant,
    /// The base times n.
    Linear,
    /// The base times 2 to the n − 1.
    Exponential,
}

/// How a wait v is spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// v.
    None,
    /// U(0, v).
    Full,
    /// v/2 + U(0, v/2).
    Equal,
    /// Exponential with mean v.
    Exponential,
    /// min(cap, U(base, 3 · previous wait)), whatever the kind.
    Decorrelated,
}

/// A service (semantics#service, #scaling).
#[derive(Clone, Debug)]
pub struct ServiceSettings {
    /// Identical instances.
    pub servers: u32,
    /// Requests that one instance works on at once.
    pub workers: u32,
    /// Cores of one instance.
    pub cores: u32,
    /// Longest queue (of one instance, or in all when shared); `None` is unlimited.
    pub queue_limit: Option<u64>,
    /// One queue for all instances in place of one each.
    pub shared: bool,
    /// A refused caller learns only at its timeout.
    pub silent: bool,
    /// Who is next.
    pub order: Order,
    /// Seconds of CPU on the refusing instance for one refusal; `None` costs nothing.
    pub refuse_cost: Option<Sampler>,
    /// One way over the network, in seconds; `None` is no time at all.
    pub network: Option<Sampler>,
    /// Which instance an attempt goes to.
    pub balance: Balance,
    /// What the service does when a caller stops waiting.
    pub on_timeout: OnTimeout,
    /// σ of the Universal Scalability Law.
    pub contention: f64,
    /// κ of the Universal Scalability Law.
    pub coherency: f64,
    /// From the decision to start an instance until it serves, in seconds.
    pub boot: Option<Sampler>,
    /// How many times slower a cold instance is.
    pub cold: f64,
    /// How long an instance stays cold.
    pub warm_after: Span,
}

/// The order of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// First come, first served.
    Fifo,
    /// Last come, first served.
    Lifo,
    /// Anyone who waits, with equal chance.
    Random,
}

/// How attempts are spread over the instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balance {
    /// In turn; one counter a service.
    RoundRobin,
    /// Instance ⌊u·n⌋.
    Random,
    /// Fewest waiting and in service; ties to the lowest number.
    LeastLoaded,
    /// The better of two different ones.
    TwoChoices,
    /// Always the same one for a user.
    Sticky,
}

/// What a service does when a caller stops waiting (semantics#giving-up).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnTimeout {
    /// It knows nothing and does the work.
    Ignore,
    /// It notices when it would start the work.
    Expire,
    /// A waiting attempt leaves the queue at once; work begun goes on.
    Dequeue,
    /// Work begun stops too, and its own calls are given up likewise.
    Cancel,
}

/// A pool or a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolSettings {
    /// Units of each instance of the pool.
    pub size: u64,
    /// Longest queue of each instance; `None` is unlimited.
    pub queue_limit: Option<u64>,
    /// Who is next.
    pub order: Order,
}

/// A room with a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomSettings {
    /// When the door opens; `None` is open from the start.
    pub opens: Option<Time>,
    /// When it closes for good; `None` is never.
    pub closes: Option<Time>,
}

/// The people of a journey (semantics#people).
#[derive(Clone, Debug)]
pub struct JourneySettings {
    /// How long a visit may take before the user leaves.
    pub patience: Option<Patience>,
    /// When the person asks again.
    pub reload: Option<Reload>,
    /// Who comes back after giving up.
    pub again: Option<Again>,
}

/// A user's patience, in seconds.
#[derive(Clone, Debug)]
pub enum Patience {
    /// From arrival, everything included.
    Visit(Sampler),
    /// Only time spent waiting for answers, backoffs, pools and rooms.
    Waiting(Sampler),
}

/// The person who asks again.
#[derive(Clone, Debug)]
pub struct Reload {
    /// Seconds without an answer since the last attempt was sent.
    pub after: Option<Sampler>,
    /// Seconds after a request that failed for good.
    pub on_error: Option<Sampler>,
    /// Both together, per visit; `None` is without limit.
    pub at_most: Option<u32>,
}

/// The person who comes back.
#[derive(Clone, Debug)]
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
