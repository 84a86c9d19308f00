//! What journeys and endpoints consist of.
//!
//! A step carries its *identity*: the text by which luck knows it. It is the step's `name`, else
//! its kind and target and its rank among the same in its list (`call shop.home#0`, `think#1`),
//! never its position, so that a step added elsewhere moves nobody's luck.

pub(crate) mod reading;

use super::document::Node;
use crate::base::time::Span;
use crate::random::family::Distribution;
use crate::text::Place;

/// One step of a journey or an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its name, unique in its journey or endpoint at any depth.
    pub name: Option<String>,
    /// What reports call it; its name if absent.
    pub label: Option<String>,
    /// What luck knows it by, unique in its list.
    pub identity: String,
    /// What it does.
    pub kind: StepKind,
    /// What happens when it fails.
    pub or: Or,
    /// Where it is written.
    pub place: Place,
}

/// What a step does. Durations are in seconds.
#[derive(Clone, Debug, PartialEq)]
pub enum StepKind {
    /// Ask a service and wait for the answer.
    Call(Call),
    /// Tell a service and go on.
    Send {
        /// The service.
        service: String,
        /// Its endpoint.
        endpoint: String,
    },
    /// Work that needs a core.
    Cpu(Distribution),
    /// Time that needs no core.
    Wait(Distribution),
    /// A user's pause.
    Think(Distribution),
    /// Take a unit of a pool, keep it during `steps`.
    Hold {
        /// The pool.
        pool: String,
        /// How many units, all of them at once.
        units: u32,
        /// What is done meanwhile.
        steps: Vec<Step>,
        /// How long to wait for the unit at most.
        timeout: Option<Span>,
    },
    /// Wait for admission to a room.
    Enter {
        /// The room.
        room: String,
        /// What is done inside; without it only the door is passed.
        steps: Option<Vec<Step>>,
    },
    /// Do one of several lists of steps.
    Choose(Vec<Branch>),
    /// Do several lists of steps at once.
    Parallel {
        /// The lists, at least one.
        branches: Vec<Vec<Step>>,
        /// When it is decided.
        join: Join,
    },
    /// Do a list of steps several times.
    Repeat {
        /// How often: a distribution of counts.
        times: Distribution,
        /// What is repeated.
        steps: Vec<Step>,
    },
    /// Look for an entry of a cache, and do something where it is not there.
    Lookup {
        /// The cache.
        cache: String,
        /// What is done on a miss.
        miss: Vec<Step>,
        /// Whether those who ask for one key at once share one miss; as the cache says if absent.
        single_flight: Option<bool>,
    },
    /// The caller has its answer, the worker goes on.
    Answer,
    /// Go back to a step of the journey.
    BackTo {
        /// Its name.
        step: String,
        /// How often in one visit; without limit if absent.
        at_most: Option<u32>,
    },
    /// Take units of a stock.
    Take {
        /// The stock.
        stock: String,
        /// How many: a distribution of counts.
        units: Distribution,
        /// For how long they are reserved; until the visit ends if absent.
        keep: Option<Span>,
        /// What happens when that time is over.
        expired: Expired,
    },
    /// Count a milestone.
    Mark(String),
    /// End the visit with an outcome.
    Leave(String),
    /// End the endpoint with an error.
    Fail {
        /// What the caller sees.
        kind: FailKind,
        /// Whether callers must not retry it.
        is_final: bool,
    },
}

/// A call as it is written in a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The service.
    pub service: String,
    /// Its endpoint.
    pub endpoint: String,
    /// For each attempt.
    pub timeout: Option<Span>,
    /// For the request, backoffs included; travels with nested calls.
    pub deadline: Option<Span>,
    /// The retry policy.
    pub retry: Option<String>,
    /// The kind of traffic; that of the caller if absent.
    pub class: Option<String>,
    /// The keys of which the request asks for one.
    pub key: Option<String>,
    /// The circuit breaker.
    pub breaker: Option<String>,
    /// The throttle at the caller.
    pub throttle: Option<String>,
    /// The rate limit at the caller.
    pub limit: Option<String>,
    /// How it hedges.
    pub hedge: Option<String>,
}

/// One branch of a `choose`; the shares of a step add up to 1, of those without a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// Its probability; none where it has a condition.
    pub share: f64,
    /// The condition under which it is taken before all that follow, as it is written.
    pub when: Option<Asked>,
    /// What is done.
    pub steps: Vec<Step>,
}

/// A condition that a step asks, before it is read: that needs the names of all steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The condition as it is written.
    pub text: String,
    /// Where.
    pub(crate) node: Node,
}

/// When a `parallel` step is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// When every branch succeeded, or one failed.
    All,
    /// When one branch succeeded, or all failed.
    Any,
    /// When so many succeeded, or too many failed.
    AtLeast(u32),
}

/// What happens when a reservation ends before the visit does.
#[derive(Clone, Debug, PartialEq)]
pub enum Expired {
    /// The visit ends with this outcome.
    Outcome(String),
    /// The visit goes on, without the units.
    Continue,
    /// What is left of the visit is given up for these steps; then it ends `expired`.
    Steps(Vec<Step>),
}

/// The outcome of a visit whose reservation has ended.
pub const EXPIRED: &str = "expired";

/// How an endpoint fails on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailKind {
    /// As if turned away.
    Refused,
    /// With an error.
    Failed,
}

/// What to do when a step fails.
#[derive(Clone, Debug, PartialEq)]
pub enum Or {
    /// The endpoint answers with an error; the journey ends by the kind of failure.
    Fail,
    /// Go on as if it had succeeded.
    Continue,
    /// The visit ends with this outcome.
    Outcome(String),
    /// These steps are done instead.
    Steps(Vec<Step>),
}

impl Join {
    /// How many of `branches` must succeed.
    pub fn needed(self, branches: usize) -> usize {
        match self {
            Join::All => branches,
            Join::Any => 1,
            Join::AtLeast(k) => k as usize,
        }
    }
}

impl Step {
    /// The lists of steps directly inside this one, in order, `or` last.
    pub fn lists(&self) -> Vec<&[Step]> {
        let mut lists: Vec<&[Step]> = match &self.kind {
            StepKind::Hold { steps, .. }
            | StepKind::Repeat { steps, .. }
            | StepKind::Enter {
                steps: Some(steps), ..
            } => vec![steps],
            StepKind::Choose(branches) => branches
                .iter()
                .map(|branch| branch.steps.as_slice())
                .collect(),
            StepKind::Parallel { branches, .. } => branches.iter().map(Vec::as_slice).collect(),
            StepKind::Take {
                expired: Expired::Steps(steps),
                ..
            }
            | StepKind::Lookup { miss: steps, .. } => vec![steps],
            _ => Vec::new(),
        };
        if let Or::Steps(steps) = &self.or {
            lists.push(steps);
        }
        lists
    }

    /// Calls `look` on this step and every step inside it, in written order.
    pub fn visit<'a>(&'a self, look: &mut dyn FnMut(&'a Step)) {
        look(self);
        for list in self.lists() {
            for step in list {
                step.visit(look);
            }
        }
    }
}
