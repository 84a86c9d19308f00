//! What metrics are about: every named quantity, its nature and its unit.
//!
//! The nature says which statistics make sense; the grammar refuses the others.

use super::Unit;
use crate::model::tally::Tally;

/// A named quantity of one replication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Users that end in one of these outcomes; a share is of those who arrived in the journeys
    /// named (of all, where none is named).
    Outcomes(Vec<OutcomeOf>),
    /// Visits of all users, or of those on one journey.
    Visits {
        /// The journey; all of them if absent.
        journey: Option<String>,
        /// What about them.
        aspect: VisitAspect,
    },
    /// Requests as their callers see them.
    Requests {
        /// Which.
        of: RequestsOf,
        /// What about them.
        aspect: RequestAspect,
    },
    /// Messages sent to an endpoint.
    Messages {
        /// The service.
        service: String,
        /// Its endpoint.
        endpoint: String,
        /// What about them.
        aspect: MessageAspect,
    },
    /// A service, as it sees itself.
    Service {
        /// The service.
        service: String,
        /// What about it.
        aspect: ServiceAspect,
    },
    /// A pool.
    Pool {
        /// The pool.
        pool: String,
        /// What about it.
        aspect: PoolAspect,
    },
    /// A room.
    Room {
        /// The room.
        room: String,
        /// What about it.
        aspect: RoomAspect,
    },
    /// A stock.
    Stock {
        /// The stock.
        stock: String,
        /// What about it.
        aspect: StockAspect,
    },
    /// Milestones reached (events).
    Mark(String),
    /// What a mechanism counts beside the usual (events).
    Tally(Tally),
    /// Users who try again, or are at home before another visit (a level).
    Orbit,
    /// Those of them without an attempt under way (a level).
    OrbitWaiting,
    /// Whether and when the system came back.
    Recovery(RecoveryAspect),
}

/// An outcome of users.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutcomeOf {
    /// Users on this journey; all of them if absent.
    pub journey: Option<String>,
    /// The outcome.
    pub outcome: String,
}

/// Which requests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequestsOf {
    /// Those of one named `call` step.
    Step {
        /// Where the step is written.
        owner: StepOwner,
        /// Its name.
        name: String,
    },
    /// Those of every `call` step to an endpoint.
    Endpoint {
        /// The service.
        service: String,
        /// Its endpoint.
        endpoint: String,
    },
}

/// What a step belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepOwner {
    /// A journey.
    Journey(String),
    /// An endpoint of a service.
    Endpoint {
        /// The service.
        service: String,
        /// Its endpoint.
        endpoint: String,
    },
}

/// What about visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitAspect {
    /// Users who arrived (events).
    Arrived,
    /// From arrival to the end of the last visit; longer than any time unless `served`.
    Time,
    /// The same, of those served.
    OkTime,
    /// Users present (a level).
    InSystem,
}

/// What about requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestAspect {
    /// Requests started (events); the aspect meant when none is written.
    Started,
    /// Requests ended ok; a share is of those started.
    Ok,
    /// Requests failed for good, abandoned ones included; a share is of those started.
    Failed,
    /// Requests under way at the end; a share is of those started.
    Unfinished,
    /// From reaching the step to its answer; longer than any time unless ok.
    Time,
    /// The same, of those that ended ok.
    OkTime,
    /// Attempts ÷ requests.
    Amplification,
    /// Attempts sent.
    Attempts,
    /// Attempts that ended ok; a share is of those sent.
    AttemptsOk,
    /// Attempts turned away.
    AttemptsRefused,
    /// Attempts that a guard of their caller stopped.
    AttemptsStopped,
    /// Attempts given up by the caller's clock.
    AttemptsTimedOut,
    /// Attempts answered with an error.
    AttemptsError,
    /// Attempts given up for another reason.
    AttemptsCancelled,
    /// Attempts under way at the end.
    AttemptsUnfinished,
    /// From sending to answer; longer than any time unless ok.
    AttemptTime,
    /// The same, of those that ended ok.
    AttemptOkTime,
}

/// What about messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageAspect {
    /// Messages sent.
    Sent,
    /// Messages worked off; a share is of those sent.
    Delivered,
    /// Messages lost or still waiting; a share is of those sent.
    Undelivered,
    /// From sent to worked off; longer than any time unless delivered.
    Delay,
    /// Messages sent and not yet worked off (a level).
    Backlog,
}

/// What about a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceAspect {
    /// Attempts arrived.
    Arrived,
    /// Attempts arrived that are nobody's retry or reload.
    Original,
    /// Attempts accepted.
    Accepted,
    /// Attempts worked off.
    Completed,
    /// Attempts worked off while their caller still waited.
    Goodput,
    /// Attempts turned away; a share is of those arrived.
    Refused,
    /// Attempts that left the queue.
    LeftQueue,
    /// Attempts lost by a crash.
    Lost,
    /// Attempts served for nobody; a share is of those served.
    Wasted,
    /// Arrived ÷ original.
    Amplification,
    /// Waiting for a worker (a level).
    Queue,
    /// Waiting or in service (a level).
    InSystem,
    /// Time in the queue, of accepted attempts.
    Wait,
    /// Attempts not started at once; a share is of those accepted.
    Waited,
    /// From acceptance to the end of its work, of completed attempts.
    Time,
    /// Worker-time held ÷ worker-time up.
    Held,
    /// Core-time executing ÷ core-time up.
    Busy,
    /// The part of held time spent in nested calls, pools and locks.
    Blocked,
    /// Instances up ÷ nominal.
    Up,
    /// The same as held.
    Utilisation,
}

/// What about a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolAspect {
    /// Time spent waiting for a unit.
    Wait,
    /// Those who did not get a unit at once; a share is of all who asked.
    Waited,
    /// Those turned away; a share is of all who asked.
    Refused,
    /// Unit-time held ÷ unit-time there.
    Held,
    /// Units held (a level).
    InUse,
    /// Waiting for a unit (a level).
    Queue,
}

/// What about a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomAspect {
    /// Users who came to the door.
    Arrived,
    /// Users let in; a share is of those who came.
    Admitted,
    /// Users turned away; a share is of those who came.
    Refused,
    /// Users lost while waiting; a share is of those who came.
    Lost,
    /// Users inside (a level).
    Inside,
    /// Users waiting at the door (a level).
    Waiting,
    /// Time spent waiting at the door.
    Wait,
}

/// What about a stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StockAspect {
    /// Units taken for good or held (events).
    Sold,
    /// Units left (a level).
    Left,
    /// From when on nothing was left until the end.
    SoldOutAt,
    /// When nothing was left for the first time.
    FirstSoldOutAt,
}

/// What about collapse and recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryAspect {
    /// From the trigger's end until healthy.
    Time,
    /// Whether it collapsed.
    Collapsed,
    /// Whether it was unhealthy at all.
    Unhealthy,
    /// Whether it recovered, of those unhealthy.
    Recovered,
}

/// What kind of figure a quantity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// A time of each of many things. `complete`: only of those that ended well, so that averages
    /// exist.
    Durations {
        /// Whether mean, standard deviation and maximum exist.
        complete: bool,
    },
    /// Things that happen. `part`: of a larger number of things, so that a share exists.
    Events {
        /// Whether a share exists.
        part: bool,
    },
    /// A number at every instant.
    Level,
    /// A ratio of times, 0 to 1.
    Fraction,
    /// A ratio of counts.
    Ratio,
    /// An instant, once in a replication.
    Instant,
    /// Whether something happened in a replication.
    Chance,
}

impl Nature {
    /// The word of the statistic that most ask for; of what is one figure by itself there is none.
    pub(crate) fn usual_statistic(self) -> &'static str {
        match self {
            Nature::Durations { .. } => "p95",
            Nature::Events { part: true } => "share",
            Nature::Events { part: false } => "count",
            Nature::Level | Nature::Fraction | Nature::Ratio => "mean",
            Nature::Instant | Nature::Chance => "",
        }
    }
}

const TIMES: Nature = Nature::Durations { complete: false };
const OK_TIMES: Nature = Nature::Durations { complete: true };
const EVENTS: Nature = Nature::Events { part: false };
const PART: Nature = Nature::Events { part: true };

impl Quantity {
    /// What kind of figure it is.
    pub fn nature(&self) -> Nature {
        match self {
            Quantity::Outcomes(_) => PART,
            Quantity::Visits { aspect, .. } => aspect.nature(),
            Quantity::Requests { aspect, .. } => aspect.nature(),
            Quantity::Messages { aspect, .. } => aspect.nature(),
            Quantity::Service { aspect, .. } => aspect.nature(),
            Quantity::Pool { aspect, .. } => aspect.nature(),
            Quantity::Room { aspect, .. } => aspect.nature(),
            Quantity::Stock { aspect, .. } => match aspect {
                StockAspect::Sold => EVENTS,
                StockAspect::Left => Nature::Level,
                StockAspect::SoldOutAt | StockAspect::FirstSoldOutAt => Nature::Instant,
            },
            Quantity::Mark(_) | Quantity::Tally(_) => EVENTS,
            Quantity::Orbit | Quantity::OrbitWaiting => Nature::Level,
            Quantity::Recovery(RecoveryAspect::Time) => Nature::Instant,
            Quantity::Recovery(_) => Nature::Chance,
        }
    }

    /// The unit of its single values.
    pub fn value_unit(&self) -> Unit {
        match self.nature() {
            Nature::Durations { .. } | Nature::Instant => Unit::Seconds,
            Nature::Events { .. } | Nature::Level => Unit::Count,
            Nature::Fraction | Nature::Chance => Unit::Share,
            Nature::Ratio => Unit::Ratio,
        }
    }

    /// Whether less of it is better news.
    pub fn small_is_good(&self) -> bool {
        match self {
            Quantity::Outcomes(outcomes) => !outcomes.iter().any(|of| of.outcome == "served"),
            Quantity::Visits { aspect, .. } => *aspect != VisitAspect::Arrived,
            Quantity::Requests { aspect, .. } => !matches!(
                aspect,
                RequestAspect::Ok | RequestAspect::AttemptsOk | RequestAspect::Started
            ),
            Quantity::Messages { aspect, .. } => {
                !matches!(aspect, MessageAspect::Delivered | MessageAspect::Sent)
            }
            Quantity::Service { aspect, .. } => !matches!(
                aspect,
                ServiceAspect::Completed
                    | ServiceAspect::Accepted
                    | ServiceAspect::Goodput
                    | ServiceAspect::Up
            ),
            Quantity::Tally(_)
            | Quantity::Pool { .. }
            | Quantity::Orbit
            | Quantity::OrbitWaiting => true,
            Quantity::Room { aspect, .. } => *aspect != RoomAspect::Admitted,
            Quantity::Stock { aspect, .. } => *aspect != StockAspect::Sold,
            Quantity::Mark(_) => false,
            Quantity::Recovery(aspect) => *aspect != RecoveryAspect::Recovered,
        }
    }
}

impl VisitAspect {
    fn nature(self) -> Nature {
        match self {
            VisitAspect::Arrived => EVENTS,
            VisitAspect::Time => TIMES,
            VisitAspect::OkTime => OK_TIMES,
            VisitAspect::InSystem => Nature::Level,
        }
    }
}

impl RequestAspect {
    fn nature(self) -> Nature {
        match self {
            RequestAspect::Started | RequestAspect::Attempts => EVENTS,
            RequestAspect::Time | RequestAspect::AttemptTime => TIMES,
            RequestAspect::OkTime | RequestAspect::AttemptOkTime => OK_TIMES,
            RequestAspect::Amplification => Nature::Ratio,
            RequestAspect::Ok
            | RequestAspect::Failed
            | RequestAspect::Unfinished
            | RequestAspect::AttemptsOk
            | RequestAspect::AttemptsRefused
            | RequestAspect::AttemptsStopped
            | RequestAspect::AttemptsTimedOut
            | RequestAspect::AttemptsError
            | RequestAspect::AttemptsCancelled
            | RequestAspect::AttemptsUnfinished => PART,
        }
    }
}

impl MessageAspect {
    fn nature(self) -> Nature {
        match self {
            MessageAspect::Sent => EVENTS,
            MessageAspect::Delivered | MessageAspect::Undelivered => PART,
            MessageAspect::Delay => TIMES,
            MessageAspect::Backlog => Nature::Level,
        }
    }
}

impl ServiceAspect {
    fn nature(self) -> Nature {
        match self {
            ServiceAspect::Arrived
            | ServiceAspect::Original
            | ServiceAspect::Completed
            | ServiceAspect::Goodput => EVENTS,
            ServiceAspect::Accepted
            | ServiceAspect::Refused
            | ServiceAspect::LeftQueue
            | ServiceAspect::Lost
            | ServiceAspect::Wasted
            | ServiceAspect::Waited => PART,
            ServiceAspect::Amplification => Nature::Ratio,
            ServiceAspect::Queue | ServiceAspect::InSystem => Nature::Level,
            ServiceAspect::Wait | ServiceAspect::Time => OK_TIMES,
            ServiceAspect::Held
            | ServiceAspect::Busy
            | ServiceAspect::Blocked
            | ServiceAspect::Up
            | ServiceAspect::Utilisation => Nature::Fraction,
        }
    }
}

impl PoolAspect {
    fn nature(self) -> Nature {
        match self {
            PoolAspect::Wait => OK_TIMES,
            PoolAspect::Waited | PoolAspect::Refused => PART,
            PoolAspect::Held => Nature::Fraction,
            PoolAspect::InUse | PoolAspect::Queue => Nature::Level,
        }
    }
}

impl RoomAspect {
    fn nature(self) -> Nature {
        match self {
            RoomAspect::Arrived => EVENTS,
            RoomAspect::Admitted | RoomAspect::Refused | RoomAspect::Lost => PART,
            RoomAspect::Inside | RoomAspect::Waiting => Nature::Level,
            RoomAspect::Wait => OK_TIMES,
        }
    }
}
