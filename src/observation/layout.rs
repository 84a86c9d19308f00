//! Where each counter, level and sample of a program stands: one dense index for each.
//!
//! The layout is a function of how many services, calls, … a program has. The compiler uses it
//! to say what a metric reads, the engine to record, the study to read back; nobody else knows
//! an offset. It knows no name and no meaning beyond the kind.

use super::Outcome;

/// Index of a counter: a number of things, or a sum of nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CounterId(pub u32);

/// Index of a level: a number that changes in time and is integrated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LevelId(pub u32);

/// Index of a sample: a collection of durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SampleId(pub u32);

/// Index of what a mechanism counts beside the usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TallyId(pub u32);

/// Levels that belong together share a meter, which is advanced once for all of them.
pub const LANES: u32 = 8;

/// How many of everything a program has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Journeys.
    pub journeys: u32,
    /// Call and send steps.
    pub calls: u32,
    /// Services.
    pub services: u32,
    /// Endpoints of all services.
    pub endpoints: u32,
    /// Pools.
    pub pools: u32,
    /// Rooms.
    pub rooms: u32,
    /// Stocks.
    pub stocks: u32,
    /// Marks.
    pub marks: u32,
    /// Outcomes in words of the model's own.
    pub own_outcomes: u8,
    /// What mechanisms count beside the usual.
    pub tallies: u32,
}

/// Counted for users in all and for each journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum UserCounter {
    /// Users that arrived.
    Arrived = 0,
    /// Users that ended so; add the number of an [`Outcome`] that every model has.
    Outcome = 1,
    /// Visits after the first.
    Returned = 7,
}
const USER_COUNTERS: u32 = 8;

/// Counted for each call step: requests, attempts (semantics#three-things).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum CallCounter {
    /// Requests started.
    Started,
    /// Requests that ended ok.
    Ok,
    /// Requests that failed for good, or were given up by a user who left.
    Failed,
    /// Requests in progress at the end.
    Unfinished,
    /// Attempts sent, or refused by a guard before sending.
    Sent,
    /// Attempts answered ok in time.
    AttemptOk,
    /// Attempts refused.
    AttemptRefused,
    /// Attempts whose caller's clock ran out.
    AttemptTimedOut,
    /// Attempts answered with an error.
    AttemptError,
    /// Attempts given up for another reason: patience, reload, lost join, cancelled caller.
    AttemptCancelled,
    /// Attempts under way at the end.
    AttemptUnfinished,
    /// Attempts of a person who asked again (they count among the sent).
    Reloaded,
    /// Attempts that a guard of their caller stopped (they count among the refused).
    AttemptStopped,
}
/// How many counters a call step has, in a row.
pub const CALL_COUNTERS: u32 = 13;

/// Counted for each service: the server's view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum ServiceCounter {
    /// Attempts and messages that arrived.
    Arrived,
    /// Those that are the first try of their request, and so for every caller above.
    Original,
    /// Those that found a worker or a place in the queue.
    Accepted,
    /// Accepted ones that did not start at the instant of acceptance.
    Waited,
    /// Work that ran to its end, ok or not.
    Completed,
    /// Those turned away.
    Refused,
    /// Accepted ones that left the queue without service.
    LeftQueue,
    /// Work in progress lost by a crash.
    Lost,
    /// Completions ok whose caller was still waiting (messages: whose work ended ok).
    Goodput,
    /// Attempts that got service and whose result no waiting caller received.
    Wasted,
    /// Worker-nanoseconds of those.
    WastedHeldNs,
    /// Core-nanoseconds of those, at nominal speed.
    WastedCpuNs,
    /// Sum of the time in the system of all that left it (or were in it at the end), in ns.
    SojournNs,
    /// Work in progress that was stopped because nobody waited for it any more.
    Stopped,
    /// Accepted ones that a worker took at the instant of acceptance.
    AtOnce,
}
/// How many counters a service has, in a row.
pub const SERVICE_COUNTERS: u32 = 15;

/// Counted for each pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum PoolCounter {
    /// Steps that asked for a unit.
    Asked,
    /// Units granted.
    Granted,
    /// Those that had to wait.
    Waited,
    /// Those turned away by a full queue.
    Refused,
    /// Those that stopped waiting.
    GaveUp,
}
const POOL_COUNTERS: u32 = 5;

/// Counted for each room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum RoomCounter {
    /// Users that came to the door.
    Arrived,
    /// Users that were let in.
    Admitted,
    /// Users turned away.
    Refused,
    /// Users that left while waiting.
    Lost,
}
const ROOM_COUNTERS: u32 = 4;

/// Counted for each stock, in units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum StockCounter {
    /// Taken.
    Taken,
    /// Given back by users who did not end served.
    GivenBack,
    /// Takes that found too few units.
    SoldOut,
    /// Kept by users who ended served.
    Sold,
    /// Given back because their reservation ended before the visit did.
    Expired,
}
const STOCK_COUNTERS: u32 = 5;

/// Counted for each endpoint that messages are sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum MessageCounter {
    /// Sent.
    Sent,
    /// Worked off.
    Delivered,
    /// Lost by a full queue, a cut, a crash or an error.
    Undelivered,
}
const MESSAGE_COUNTERS: u32 = 3;

/// Levels of users in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum UserLevel {
    /// Users in the system (on a visit).
    Inside,
    /// Users with a request whose first attempt has failed or was given up and that has not ended,
    /// and those at home before another visit.
    Orbit,
    /// Those of them without an attempt under way.
    OrbitWaiting,
}

/// Levels of a service, summed over its instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum ServiceLevel {
    /// Waiting and in service.
    InSystem = 0,
    /// Waiting.
    Queue = 1,
    /// Occupied workers.
    Held = 2,
    /// Occupied workers whose work is in `cpu` or `wait` (the others are blocked).
    Active = 3,
    /// Cores executing: min(work in `cpu`, cores), summed over instances.
    Busy = 4,
    /// 1 while somebody waits.
    QueueNonEmpty = 5,
    /// Workers of instances up or draining.
    Workers = 8,
    /// Cores of instances up or draining.
    Cores = 9,
    /// Instances up or draining.
    Up = 10,
    /// Instances that the settings ask for.
    Nominal = 11,
}

/// Levels of a pool, summed over its instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum PoolLevel {
    /// Units in use.
    InUse,
    /// Waiting for a unit.
    Queue,
    /// Units there are.
    Size,
}

/// Levels of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum RoomLevel {
    /// Users inside (only of an `enter` with steps).
    Inside,
    /// Users waiting to be let in.
    Waiting,
}

/// Durations recorded for each call step, from the intended start (semantics#intended-start).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum CallSample {
    /// Requests that ended ok, from reaching the step.
    Request,
    /// Attempts that ended ok, from sending.
    Attempt,
}

/// Durations recorded for each service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum ServiceSample {
    /// Time in the queue of accepted attempts, also of those that left it.
    Wait,
    /// From acceptance to the end of the work.
    Time,
}

impl Layout {
    /// Counter of all users.
    pub const fn users(&self, what: UserCounter) -> CounterId {
        CounterId(what as u32)
    }
    /// Users, of all journeys, that ended so.
    pub const fn users_ended(&self, outcome: Outcome) -> CounterId {
        match outcome {
            Outcome::Own(number) => CounterId(self.own_outcomes_at() + number as u32),
            general => CounterId(UserCounter::Outcome as u32 + general.number() as u32),
        }
    }
    /// Counter of the users of one journey.
    pub const fn journey(&self, journey: u32, what: UserCounter) -> CounterId {
        CounterId(USER_COUNTERS * (1 + journey) + what as u32)
    }
    /// Users of one journey that ended so.
    pub const fn journey_ended(&self, journey: u32, outcome: Outcome) -> CounterId {
        match outcome {
            Outcome::Own(number) => {
                let before = self.own_outcomes as u32 * (1 + journey);
                CounterId(self.own_outcomes_at() + before + number as u32)
            }
            general => {
                let of = UserCounter::Outcome as u32 + general.number() as u32;
                CounterId(USER_COUNTERS * (1 + journey) + of)
            }
        }
    }
    const fn calls_at(&self) -> u32 {
        USER_COUNTERS * (1 + self.journeys)
    }
    /// First of the [`CALL_COUNTERS`] of a call step.
    pub const fn call_row(&self, call: u32) -> CounterId {
        CounterId(self.calls_at() + CALL_COUNTERS * call)
    }
    /// Counter of a call step.
    pub const fn call(&self, call: u32, what: CallCounter) -> CounterId {
        CounterId(self.calls_at() + CALL_COUNTERS * call + what as u32)
    }
    const fn services_at(&self) -> u32 {
        self.calls_at() + CALL_COUNTERS * self.calls
    }
    /// First of the [`SERVICE_COUNTERS`] of a service.
    pub const fn service_row(&self, service: u32) -> CounterId {
        CounterId(self.services_at() + SERVICE_COUNTERS * service)
    }
    /// Counter of a service.
    pub const fn service(&self, service: u32, what: ServiceCounter) -> CounterId {
        CounterId(self.services_at() + SERVICE_COUNTERS * service + what as u32)
    }
    const fn pools_at(&self) -> u32 {
        self.services_at() + SERVICE_COUNTERS * self.services
    }
    /// Counter of a pool.
    pub const fn pool(&self, pool: u32, what: PoolCounter) -> CounterId {
        CounterId(self.pools_at() + POOL_COUNTERS * pool + what as u32)
    }
    const fn rooms_at(&self) -> u32 {
        self.pools_at() + POOL_COUNTERS * self.pools
    }
    /// Counter of a room.
    pub const fn room(&self, room: u32, what: RoomCounter) -> CounterId {
        CounterId(self.rooms_at() + ROOM_COUNTERS * room + what as u32)
    }
    const fn stocks_at(&self) -> u32 {
        self.rooms_at() + ROOM_COUNTERS * self.rooms
    }
    /// Counter of a stock.
    pub const fn stock(&self, stock: u32, what: StockCounter) -> CounterId {
        CounterId(self.stocks_at() + STOCK_COUNTERS * stock + what as u32)
    }
    const fn marks_at(&self) -> u32 {
        self.stocks_at() + STOCK_COUNTERS * self.stocks
    }
    /// How often a mark was passed.
    pub const fn mark(&self, mark: u32) -> CounterId {
        CounterId(self.marks_at() + mark)
    }
    const fn messages_at(&self) -> u32 {
        self.marks_at() + self.marks
    }
    /// Counter of the messages to an endpoint.
    pub const fn message(&self, endpoint: u32, what: MessageCounter) -> CounterId {
        CounterId(self.messages_at() + MESSAGE_COUNTERS * endpoint + what as u32)
    }
    /// Users, of all and of each journey, that ended in words of the model's own.
    const fn own_outcomes_at(&self) -> u32 {
        self.messages_at() + MESSAGE_COUNTERS * self.endpoints
    }
    const fn tallies_at(&self) -> u32 {
        self.own_outcomes_at() + self.own_outcomes as u32 * (1 + self.journeys)
    }
    /// What a mechanism counts beside the usual.
    pub const fn tally(&self, tally: TallyId) -> CounterId {
        CounterId(self.tallies_at() + tally.0)
    }
    /// How many counters there are.
    pub const fn counters(&self) -> usize {
        (self.tallies_at() + self.tallies) as usize
    }

    /// Level of all users.
    pub const fn user_level(&self, what: UserLevel) -> LevelId {
        LevelId(what as u32)
    }
    /// Level of a service.
    pub const fn service_level(&self, service: u32, what: ServiceLevel) -> LevelId {
        LevelId(LANES * (1 + 2 * service) + what as u32)
    }
    /// The levels that say how full the system is: users inside, then those in each service.
    pub fn states(&self) -> impl Iterator<Item = LevelId> {
        let services = 0..self.services;
        let inside = std::iter::once(self.user_level(UserLevel::Inside));
        inside.chain(services.map(|one| self.service_level(one, ServiceLevel::InSystem)))
    }
    /// Level of a pool.
    pub const fn pool_level(&self, pool: u32, what: PoolLevel) -> LevelId {
        LevelId(LANES * (1 + 2 * self.services + pool) + what as u32)
    }
    /// Level of a room.
    pub const fn room_level(&self, room: u32, what: RoomLevel) -> LevelId {
        LevelId(LANES * (1 + 2 * self.services + self.pools + room) + what as u32)
    }
    /// Messages to an endpoint that were sent and not yet worked off or lost.
    pub const fn backlog(&self, endpoint: u32) -> LevelId {
        LevelId(LANES * (1 + 2 * self.services + self.pools + self.rooms + endpoint))
    }
    /// Meters of those that have one of their own, or two; the levels behind share theirs.
    const fn own_meters(&self) -> u32 {
        1 + 2 * self.services + self.pools + self.rooms + self.endpoints
    }
    /// Users of one journey in the system (on a visit).
    pub const fn journey_inside(&self, journey: u32) -> LevelId {
        LevelId(LANES * self.own_meters() + journey)
    }
    /// Units left of a stock.
    pub const fn stock_left(&self, stock: u32) -> LevelId {
        LevelId(LANES * self.own_meters() + self.journeys + stock)
    }
    /// How many meters there are, each of [`LANES`] levels.
    pub const fn meters(&self) -> usize {
        (self.own_meters() + (self.journeys + self.stocks).div_ceil(LANES)) as usize
    }
    /// How many levels there are.
    pub const fn levels(&self) -> usize {
        self.meters() * LANES as usize
    }

    /// Durations of the visits of a journey's users who were served, from first arrival.
    pub const fn journey_time(&self, journey: u32) -> SampleId {
        SampleId(journey)
    }
    /// Durations at a call step.
    pub const fn call_time(&self, call: u32, what: CallSample) -> SampleId {
        SampleId(self.journeys + 2 * call + what as u32)
    }
    /// Durations at a service.
    pub const fn service_time(&self, service: u32, what: ServiceSample) -> SampleId {
        SampleId(self.journeys + 2 * self.calls + 2 * service + what as u32)
    }
    /// Waits for a unit of a pool, of those granted or given up.
    pub const fn pool_wait(&self, pool: u32) -> SampleId {
        SampleId(self.journeys + 2 * (self.calls + self.services) + pool)
    }
    /// Waits for a room.
    pub const fn room_wait(&self, room: u32) -> SampleId {
        SampleId(self.journeys + 2 * (self.calls + self.services) + self.pools + room)
    }
    /// Delays of messages to an endpoint, from sent to worked off.
    pub const fn delay(&self, endpoint: u32) -> SampleId {
        SampleId(
            self.journeys + 2 * (self.calls + self.services) + self.pools + self.rooms + endpoint,
        )
    }
    /// How many samples there are.
    pub const fn samples(&self) -> usize {
        (self.journeys
            + 2 * (self.calls + self.services)
            + self.pools
            + self.rooms
            + self.endpoints) as usize
    }
}
