//! What an import found, as the tables of a model: plain data, before it is text.
//!
//! One idea: every format ends here, so that all of them are written alike; what a table cannot say
//! stands as a remark above it.

/// A model to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Skeleton {
    /// What it was made of and what was assumed, above everything.
    pub(super) head: Vec<String>,
    pub(super) title: String,
    pub(super) question: Option<String>,
    /// T+0 as the language writes a date.
    pub(super) starts: Option<String>,
    pub(super) run_for_s: i64,
    pub(super) params: Vec<Param>,
    pub(super) sources: Vec<Source>,
    pub(super) journeys: Vec<Journey>,
    pub(super) services: Vec<Service>,
    pub(super) retries: Vec<Retry>,
    pub(super) faults: Vec<Happening>,
    pub(super) objectives: Vec<Objective>,
    pub(super) variants: Vec<Variant>,
    /// What was measured, by time, for a file beside the model.
    pub(super) observed: Option<String>,
    /// What of it is to be held against launches.
    pub(super) held: Option<Observed>,
}

/// What was measured, and the metrics that it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Observed {
    /// Columns of the file beside the model, each with its metric.
    pub(super) columns: Vec<(String, String)>,
    /// The standard error of each value of them.
    pub(super) give: String,
    /// Single figures, for a model without a file beside it.
    pub(super) figures: Vec<Figure>,
}

/// A measured figure, as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    pub(super) that: String,
    pub(super) is: String,
    pub(super) give: String,
}

/// A named input that is not known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Param {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) range: Option<[String; 2]>,
    pub(super) label: String,
}

/// Who comes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Source {
    pub(super) remarks: Vec<String>,
    pub(super) name: String,
    pub(super) journey: String,
    pub(super) shape: Shape,
}

/// How many, and when.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// Users by bins of equal width from T+0.
    Counts {
        /// Seconds of a bin.
        width_s: i64,
        /// Users of each.
        counts: Vec<f64>,
    },
    /// Rates as somebody wrote them.
    Ramps(Vec<Ramp>, Spacing),
    /// So many, who start over when they are done.
    Population(u64),
}

/// How regular users come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spacing {
    /// By chance.
    Poisson,
    /// One after the other, so that their number is certain.
    Even,
}

/// A stretch of a rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ramp {
    /// Users a second, for so many seconds.
    Rate(f64, f64),
    /// In a straight line to so many users a second, in so many seconds.
    To(f64, f64),
    /// Of a parameter, for so many seconds.
    Named(&'static str, f64),
}

impl Ramp {
    /// How many seconds it lasts.
    pub(super) fn secs(self) -> f64 {
        match self {
            Ramp::Rate(_, secs) | Ramp::To(_, secs) | Ramp::Named(_, secs) => secs,
        }
    }
}

/// What they do.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Journey {
    pub(super) remarks: Vec<String>,
    pub(super) name: String,
    pub(super) steps: Vec<Step>,
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// A call of `service.endpoint`; whatever becomes of it, the user goes on.
    Call(String),
    /// A call of an endpoint by another, perhaps with a retry; it fails with it.
    Ask(String, Option<&'static str>),
    /// As `Call` and `Ask`, but nobody waits longer than this.
    CallWithin(String, &'static str),
    AskWithin(String, &'static str),
    /// A message.
    Send(String),
    Think(String),
    Cpu(String),
    Wait(String),
    /// The endpoint ends with this.
    Fail(&'static str),
    Repeat(String, Vec<Step>),
    /// Side by side.
    Parallel(Vec<Vec<Step>>),
    /// Branches with their shares of 1; the last takes the rest.
    Choose(Vec<(f64, Vec<Step>)>),
}

/// What they hit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Service {
    pub(super) remarks: Vec<String>,
    pub(super) name: String,
    /// Keys and their values as they are written.
    pub(super) keys: Vec<(&'static str, String)>,
    pub(super) endpoints: Vec<Endpoint>,
}

/// What a service can be asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Endpoint {
    pub(super) remarks: Vec<String>,
    pub(super) name: String,
    pub(super) steps: Vec<Step>,
}

/// How calls try again.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Retry {
    pub(super) remark: String,
    pub(super) name: &'static str,
    pub(super) attempts: u64,
}

/// Something that goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Happening {
    pub(super) remarks: Vec<String>,
    pub(super) name: String,
    /// Keys and their values as they are written.
    pub(super) keys: Vec<(&'static str, String)>,
}

/// What must hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Objective {
    pub(super) remark: String,
    pub(super) that: String,
}

/// A what-if.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Variant {
    pub(super) name: &'static str,
    pub(super) label: String,
    /// Paths and values as they are written.
    pub(super) set: Vec<(String, String)>,
}
