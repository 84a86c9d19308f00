//! What users hit: instances behind a balancer, their workers, cores and queue, and what each
//! endpoint does.

use std::collections::BTreeMap;

use super::step::Step;
use crate::base::time::Span;
use crate::random::family::Distribution;
use crate::text::Place;

/// A service: identical instances behind a balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Instances; may be 0.
    pub servers: u32,
    /// Requests that one instance works on at once.
    pub workers: u32,
    /// CPU of one instance; need not be whole.
    pub cores: f64,
    /// Those who wait for a worker.
    pub queue: Queue,
    /// CPU seconds that a refusal costs the refusing instance; nothing if absent.
    pub refuse_cost: Option<Distribution>,
    /// How the balancer chooses an instance.
    pub balance: Balance,
    /// Seconds of one way over the network, drawn for each way.
    pub network: Distribution,
    /// What happens to work whose caller stopped waiting.
    pub on_timeout: OnTimeout,
    /// How concurrent work slows itself.
    pub slowdown: Slowdown,
    /// Seconds until a new or crashed instance takes work.
    pub boot: Distribution,
    /// How much slower an instance is while it is cold.
    pub cold: f64,
    /// How long an instance is cold after its boot; never if zero.
    pub warm_after: Span,
    /// What it can be asked.
    pub endpoints: BTreeMap<String, Endpoint>,
    /// Where its table begins.
    pub place: Place,
}

/// What a service does when asked one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    /// The steps that a worker goes through.
    pub steps: Vec<Step>,
    /// Where it is written.
    pub place: Place,
}

/// Those who wait for a worker of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Waiting at most (per instance, or in total if shared); no limit if absent.
    pub limit: Option<u64>,
    /// Who is next.
    pub order: QueueOrder,
    /// One queue for all instances.
    pub shared: bool,
    /// Whether the refused hear nothing.
    pub silent: bool,
}

/// Who is next in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueOrder {
    /// Who came first.
    Fifo,
    /// Who came last.
    Lifo,
    /// Anyone, by luck.
    Random,
}

/// How a balancer chooses an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balance {
    /// In turn; one counter a service.
    RoundRobin,
    /// By luck: instance ⌊u·n⌋.
    Random,
    /// Fewest waiting and in service, ties to the lowest number.
    LeastLoaded,
    /// The better of two different ones drawn by luck.
    TwoChoices,
    /// Always the same for the same user.
    Sticky,
}

/// What a service does with work whose caller stopped waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnTimeout {
    /// Knows nothing and does it.
    Ignore,
    /// Notices when it would start it.
    Expire,
    /// Takes it out of the queue at once; work begun goes on.
    Dequeue,
    /// Stops it at once, and gives up its own calls likewise.
    Cancel,
}

/// Universal Scalability Law: with n in a `cpu` step each runs at
/// min(1, cores/n) ÷ (1 + σ(n−1) + κ·n(n−1)).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slowdown {
    /// σ, 0 to 1.
    pub contention: f64,
    /// κ, 0 to 1.
    pub coherency: f64,
}
