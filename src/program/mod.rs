//! The model made fast: flat, immutable, shared by all threads.
//!
//! A [`Program`] is structure (code, tables by dense id, names for the results) plus the
//! [`Settings`] that it begins with and a [`Patch`] for each action. The engine reads it and never
//! a name; the study reads the names and never the code. Compiling is the business of `compile`,
//! the only file that knows both the model and the program.

pub mod compile;
pub mod disturbance;
pub mod guard;
pub mod instruction;
pub mod listing;
pub mod names;
pub mod origin;
mod parting;
pub mod patch;
pub mod reaction;
pub mod settings;
pub mod source;

pub use crate::model::class::{Criticality, USUAL_PRIORITY};
pub use crate::model::tally::Tally;
pub use compile::{Asked, Reckoner, State, compile, expected_users};
pub use disturbance::{Begins, CutMessages, Edge, Fault, FaultKind, Selector, Site, Target};
pub use guard::*;
pub use instruction::{Instruction, NOWHERE, Pc};
pub use listing::listing;
pub use names::{Judge, Names};
pub use origin::Origin;
pub use parting::parting;
pub use reaction::{
    Condition, ConditionId, Deed, EffectId, Follows, Gauge, GaugeId, OfServer, Reactions, Restart,
    Scaler, ScalerId, Trigger,
};
pub use settings::*;
pub use source::{Form, Piece, Source, Spacing};

use crate::base::table::Table;
use crate::base::time::{Span, Time};
use crate::observation::{Layout, Outcome, Probe, TallyId};
use crate::random::key::Owner;
use crate::random::popularity::KeyDraw;

crate::id! {
    /// A journey, in the order of names.
    pub struct JourneyId;
    /// A top-level step of a journey, in the order of journeys and as they are written.
    pub struct StepId;
    /// A source of arrivals, in the order of names.
    pub struct SourceId;
    /// A service, in the order of names.
    pub struct ServiceId;
    /// An endpoint, in the order of services and names.
    pub struct EndpointId;
    /// A `call` or `send` step.
    pub struct CallId;
    /// A `cpu`, `wait` or `think` step, or the count of a `repeat`.
    pub struct WorkId;
    /// A `hold` step.
    pub struct HoldId;
    /// An `enter` step.
    pub struct EnterId;
    /// A `choose` step.
    pub struct ChooseId;
    /// A `repeat` step.
    pub struct RepeatId;
    /// A `parallel` step.
    pub struct ParallelId;
    /// A `take` step.
    pub struct TakeId;
    /// A mark, in the order of words.
    pub struct MarkId;
    /// A pool, in the order of names.
    pub struct PoolId;
    /// A hedge, in the order of names.
    pub struct HedgeId;
    /// A room, in the order of names.
    pub struct RoomId;
    /// A stock, in the order of names.
    pub struct StockId;
    /// A cache, in the order of names.
    pub struct CacheId;
    /// A `cache` step.
    pub struct LookupId;
    /// A `back_to` step.
    pub struct BackId;
    /// A class, in the order of names.
    pub struct ClassId;
    /// A space of keys, in the order of names.
    pub struct KeysId;
    /// A retry policy, in the order of names.
    pub struct RetryId;
    /// A circuit breaker, in the order of names.
    pub struct BreakerId;
    /// A throttle, in the order of names.
    pub struct ThrottleId;
    /// A rate limit, in the order of names.
    pub struct LimitId;
}

/// A compiled model.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// When it begins, is measured, and ends.
    pub clock: Clock,
    /// All code; journeys and endpoints say where they begin.
    pub code: Vec<Instruction>,
    /// Where users come from, in the order of names (which also breaks ties of arrivals).
    pub sources: Table<SourceId, Source>,
    /// Journeys.
    pub journeys: Table<JourneyId, Journey>,
    /// Services: what no action can change.
    pub services: Table<ServiceId, Service>,
    /// Endpoints.
    pub endpoints: Table<EndpointId, Endpoint>,
    /// `call` and `send` steps.
    pub calls: Table<CallId, Call>,
    /// Luck of each `cpu`, `wait`, `think` step (see [`Step luck`](Call::luck)).
    pub work: Table<WorkId, u64>,
    /// `hold` steps.
    pub holds: Table<HoldId, Hold>,
    /// `enter` steps.
    pub enters: Table<EnterId, Enter>,
    /// `choose` steps.
    pub chooses: Table<ChooseId, Choose>,
    /// `repeat` steps.
    pub repeats: Table<RepeatId, Repeat>,
    /// `parallel` steps.
    pub parallels: Table<ParallelId, Parallel>,
    /// `take` steps.
    pub takes: Table<TakeId, Take>,
    /// `cache` steps.
    pub lookups: Table<LookupId, Lookup>,
    /// `back_to` steps.
    pub backs: Table<BackId, Back>,
    /// Caches: what no action can change.
    pub caches: Table<CacheId, Cache>,
    /// By service, what counts attempts that fail after they have answered.
    pub late_failed: Table<ServiceId, Option<TallyId>>,
    /// Pools.
    pub pools: Table<PoolId, Pool>,
    /// Hedges.
    pub hedges: Table<HedgeId, Hedge>,
    /// Rooms: what no action can change.
    pub rooms: Table<RoomId, Room>,
    /// Who keeps what guards remember.
    pub keepers: Keepers,
    /// Units of each stock.
    pub stocks: Table<StockId, u64>,
    /// Kinds of traffic.
    pub classes: Table<ClassId, Class>,
    /// Spaces of keys, ready to draw.
    pub keys: Table<KeysId, KeyDraw>,
    /// How many marks there are.
    pub marks: u32,
    /// What is in force when the clock starts.
    pub settings: Settings,
    /// What actions by the clock change, in the order of their effect.
    pub actions: Vec<Action>,
    /// What deploys change of the numbers that their servers have.
    pub versions: Vec<Patch>,
    /// What is decided while it runs.
    pub reactions: Reactions,
    /// What goes wrong, in the order of begin and name.
    pub faults: Vec<Fault>,
    /// What is asked beyond the usual, in the order of [`Names::probes`].
    pub probes: Vec<Probe>,
    /// Where every count stands.
    pub layout: Layout,
    /// Words for the results; the engine never looks.
    pub names: Names,
    /// What it was compiled from.
    pub origin: Origin,
}

/// When a replication begins, is measured, and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The earliest possible arrival, at most T+0.
    pub start: Time,
    /// Where the measured period begins (the start, or the end of the warm-up).
    pub cut: Time,
    /// T+`run_for`: arrivals and integrals end.
    pub horizon: Time,
    /// Run on until everyone has left, at most until here.
    pub drain: Option<Time>,
    /// Run on, with the sources as they are at the horizon, until all that began in the measured
    /// period has ended, at most until here: in a steady study.
    pub tail: Option<Time>,
    /// Width of a bin of the timeline.
    pub bin: Span,
    /// Number of bins from start to horizon.
    pub bins: u32,
    /// The length of the windows by which health is judged; absent where it is not.
    pub window: Option<Span>,
}

impl Clock {
    /// Until when the sources send users.
    pub fn sources_end(&self) -> Time {
        self.tail.unwrap_or(self.horizon)
    }
}

/// An action by the clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// When it takes effect.
    pub at: Time,
    /// Its name.
    pub name: String,
    /// What it changes of what is in force before it, where nothing is decided while the program
    /// runs.
    pub patch: Patch,
    /// What it does instead, where that is not worked out beforehand.
    pub does: Option<Deed>,
}

/// A journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey {
    /// Where its code begins.
    pub entry: Pc,
    /// Stable hash of its name: the root of every path.
    pub luck: u64,
    /// The first of its top-level steps.
    pub first: StepId,
    /// How many of them it has.
    pub steps: u16,
}

/// A service, as far as no action can change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name: luck of what belongs to no user.
    pub owner: Owner,
    /// The rate limit before its balancer.
    pub limit: Option<LimitId>,
    /// What a check of one of its servers asks, as a message.
    pub check: Option<CallId>,
    /// Count servers that have missed their checks, and those ejected.
    pub standing: [TallyId; 2],
    /// The most instances that are ever asked for.
    pub servers_max: u32,
    /// Parts of a core that are counted: one where its servers always have whole cores, else a
    /// thousand.
    pub grain: u32,
    /// Counts the crashes of its servers without memory and the pauses of their collectors.
    pub memory: [TallyId; 2],
    /// Counts its servers that fall asleep, and that are woken.
    pub idle: [TallyId; 2],
    /// Count connections that callers opened to its servers, and those that these refused.
    pub connections: [TallyId; 2],
    /// Whether there ever is one queue for all instances.
    pub ever_shared: bool,
    /// Whether every worker always has a core to itself, and nothing slows those who work side by
    /// side.
    pub dedicated: bool,
    /// What it counts beside the usual.
    pub counts: ServiceTallies,
    /// Whether newcomers ever take workers from others.
    pub ever_preempts: bool,
    /// Whether some endpoint has `parallel`, so that one worker may be in `cpu` more than once.
    pub fans_out: bool,
}

/// What a service counts beside the usual, where it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServiceTallies {
    /// Attempts that had waited too long.
    pub expired: Option<TallyId>,
    /// Attempts that lost their worker to a newcomer.
    pub preempted: Option<TallyId>,
    /// Attempts that were shed.
    pub shed: Option<TallyId>,
    /// How often all its workers were held by those who waited for another.
    pub dried: Option<TallyId>,
    /// Attempts that the limiter of a server refused.
    pub limited: Option<TallyId>,
    /// Attempts that callers stopped by what it had told them.
    pub heeded: Option<TallyId>,
    /// Attempts that waited at their callers for a credit.
    pub waited: Option<TallyId>,
}

/// An endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Whose.
    pub service: ServiceId,
    /// Where its code begins.
    pub entry: Pc,
    /// The rate limit before it.
    pub limit: Option<LimitId>,
    /// Count attempts that found it closed, and those that it shed.
    pub counts: [TallyId; 2],
}

/// A `call` or `send` step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The endpoint asked.
    pub endpoint: EndpointId,
    /// The service of that endpoint.
    pub service: ServiceId,
    /// A `send`: one way, nobody waits.
    pub message: bool,
    /// Where the caller stands.
    pub from: Site,
    /// The guards that are asked before an attempt is sent.
    pub guards: CallGuards,
    /// Luck: stable hash of the chain of written steps, from the top of the journey or endpoint
    /// down to this one, each by its identity (semantics#luck).
    pub luck: u64,
    /// How it sends further attempts beside slow ones.
    pub hedge: Option<HedgeId>,
    /// Where to go on when it fails, or [`NOWHERE`].
    pub on_failure: Pc,
    /// The kind of traffic; that of the caller if none.
    pub class: Option<ClassId>,
    /// The keys of which the request asks for one; that of the caller if none.
    pub key: Option<KeysId>,
}

/// A kind of traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class {
    /// Lower goes first.
    pub priority: u32,
    /// How much it would hurt to turn it away.
    pub criticality: Criticality,
}

impl Class {
    /// Of traffic without a class.
    pub const NONE: Class = Class {
        priority: USUAL_PRIORITY,
        criticality: Criticality::Critical,
    };
}

/// A hedge, as far as no action can change it: who shares what is known stands in
/// [`Keepers::hedges`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hedge {
    /// Counts the hedges sent.
    pub sent: TallyId,
    /// Those whose answer came first.
    pub won: TallyId,
    /// Those that the budget stopped.
    pub stopped: TallyId,
    /// Copies that left a queue because the other had begun.
    pub untied: TallyId,
}

/// A `hold` step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Whose units.
    pub pool: PoolId,
    /// How many, all of them at once.
    pub units: u32,
    /// First of the pool's instances that this step uses.
    pub instance: u32,
    /// Add the number of the server that runs the step.
    pub per_server: Scope,
    /// The instruction after its [`Instruction::Release`].
    pub after: Pc,
    /// Where to go on when it fails, or [`NOWHERE`].
    pub on_failure: Pc,
}

/// Whether each server has its own instance of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One for all that run the step.
    Shared,
    /// One for each server of the service that runs the step.
    Server,
}

/// An `enter` step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enter {
    /// Which room.
    pub room: RoomId,
    /// Whether the place is kept until the steps end ([`Instruction::Exit`]).
    pub stay: Stay,
    /// Luck of being lost, and of the place among those who are mixed.
    pub luck: u64,
    /// Where to go on when it fails, or [`NOWHERE`].
    pub on_failure: Pc,
}

/// Whether a room is only passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    /// Only the door is passed.
    Passes,
    /// A place is kept while the steps run.
    Stays,
}

/// A `choose` step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choose {
    /// Luck of the draw.
    pub luck: u64,
    /// Where each branch begins, in the order of the cumulated shares.
    pub branches: Vec<Pc>,
    /// The condition of each branch; nothing where no branch has one.
    pub whens: Vec<Option<ConditionId>>,
    /// The instruction after all branches.
    pub after: Pc,
}

/// A `repeat` step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// How many turns.
    pub times: WorkId,
    /// Luck of the turns.
    pub luck: u64,
    /// The first instruction of a turn.
    pub body: Pc,
    /// The instruction after its [`Instruction::Turn`].
    pub after: Pc,
    /// Where to go on when a turn fails, or [`NOWHERE`].
    pub on_failure: Pc,
}

/// A `parallel` step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parallel {
    /// Where each branch begins.
    pub branches: Vec<Pc>,
    /// How many must succeed.
    pub needed: u32,
    /// The instruction after all branches.
    pub after: Pc,
    /// Where to go on when it fails, or [`NOWHERE`].
    pub on_failure: Pc,
}

/// A `take` step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Take {
    /// Of what.
    pub stock: StockId,
    /// How many.
    pub units: WorkId,
    /// What happens when the reservation ends before the visit does.
    pub expired: Expired,
    /// Where to go on when there are too few, or [`NOWHERE`].
    pub on_failure: Pc,
}

/// What happens when a reservation ends before the visit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expired {
    /// The visit ends so.
    Ends(Outcome),
    /// The visit goes on without the units.
    GoesOn,
    /// The visit does what stands here, and nothing of what was under way.
    Does(Pc),
}

/// A `cache` step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// Whose entries.
    pub cache: CacheId,
    /// First of the cache's instances that this step uses.
    pub instance: u32,
    /// Add the number of the server that runs the step.
    pub per_server: Scope,
    /// Those who ask for one key at once share one miss.
    pub single_flight: bool,
    /// Luck of a key that is drawn here.
    pub luck: u64,
    /// The instruction after its [`Instruction::Filled`].
    pub after: Pc,
    /// Where to go on when the miss fails, or [`NOWHERE`].
    pub on_failure: Pc,
}

/// A `back_to` step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    /// The step of the journey.
    pub to: Pc,
    /// How often in one visit.
    pub at_most: u32,
    /// What comes after it has luck of its own.
    pub luck: u64,
    /// Where to go on when that was often enough, or [`NOWHERE`].
    pub on_failure: Pc,
}

/// A cache, as far as no action can change it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cache {
    /// Its name: luck of the ages of entries.
    pub owner: Owner,
    /// The space of its keys, if it is not one of its own.
    pub keys: Option<KeysId>,
    /// The space of its own.
    pub own: Option<KeyDraw>,
    /// How many instances it has.
    pub instances: u32,
    /// Where each server of a service has one of its own: the number of the first server's, and the
    /// service, in the order of the numbers.
    pub homes: Vec<(u32, ServiceId)>,
    /// Whether the most popular keys are there at the start.
    pub starts_warm: bool,
    /// Whether any step shares misses.
    pub shares: bool,
    /// What it counts, in the order of [`CacheCount`].
    pub counts: [TallyId; 8],
}

/// What a cache counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum CacheCount {
    /// Requests that found their entry.
    Hit,
    /// Requests that did not, and did the miss.
    Missed,
    /// Requests that waited for the miss of another.
    Shared,
    /// Entries that gave way to others.
    Evicted,
    /// Entries that were too old.
    Expired,
    /// Entries that a flush has taken.
    Flushed,
    /// Hits of old entries.
    Stale,
    /// Old entries that were filled anew for nobody.
    Refilled,
}

impl Program {
    /// The keys of a cache.
    pub fn cache_keys(&self, id: CacheId) -> &KeyDraw {
        let cache = &self.caches[id];
        match (cache.keys, &cache.own) {
            (Some(keys), _) => &self.keys[keys],
            (None, Some(own)) => own,
            (None, None) => unreachable!("a cache has keys"),
        }
    }
}

/// A pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// First of its instances among those of all pools.
    pub first: u32,
    /// How many instances it has.
    pub instances: u32,
    /// Where each server of a service has one of its own: the number of the first server's, and the
    /// service, in the order of the numbers.
    pub homes: Vec<(u32, ServiceId)>,
    /// Its name: luck of a random order.
    pub owner: Owner,
    /// How often all its units were held by those who waited for more, where that may be.
    pub dried: Option<TallyId>,
}

/// A room, as far as no action can change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Its name: luck of a random order.
    pub owner: Owner,
    /// Whether its places, or those who wait, are ever limited: then it may be full.
    pub limited: bool,
}
