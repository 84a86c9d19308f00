//! What users do: a list of steps, and the person who goes through them.
//!
//! Patience, reload and coming again belong to the person; retries belong to the program.

pub(crate) mod reading;

use std::collections::BTreeSet;

use super::step::{EXPIRED, Expired, Or, Step, StepKind};
use crate::random::family::Distribution;
use crate::text::Place;

/// Outcomes that every journey can have, in the order in which reports show them.
pub const OUTCOMES: [&str; 6] = [
    "served",
    "abandoned",
    "refused",
    "failed",
    "sold_out",
    "unfinished",
];

/// What the users of a source do.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// When the user leaves; never if absent.
    pub patience: Option<Patience>,
    /// When the user sends again; never if absent.
    pub reload: Option<Reload>,
    /// When the user comes back after a visit; never if absent.
    pub again: Option<Again>,
    /// The steps of a visit.
    pub steps: Vec<Step>,
    /// Where its table begins.
    pub place: Place,
}

/// How long a user bears it, in seconds of what `counts` says.
#[derive(Clone, Debug, PartialEq)]
pub struct Patience {
    /// What uses it up.
    pub counts: PatienceCounts,
    /// How much there is.
    pub law: Distribution,
}

/// What uses up patience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatienceCounts {
    /// The whole visit from arrival.
    Visit,
    /// Only time spent waiting for answers, backoffs, pools and rooms.
    Waiting,
}

/// The person's own retry: reloads of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Reload {
    /// Seconds without an answer since the last attempt was sent.
    pub after: Option<Distribution>,
    /// Seconds after a request failed for good.
    pub on_error: Option<Distribution>,
    /// Both kinds together, per visit; no limit if absent.
    pub at_most: Option<u32>,
}

/// Coming back after a visit that went badly.
#[derive(Clone, Debug, PartialEq)]
pub struct Again {
    /// The chance to come back, 0 to 1.
    pub share: f64,
    /// Seconds until then.
    pub after: Distribution,
    /// Further visits at most; no limit if absent.
    pub at_most: Option<u32>,
    /// Outcomes after which the user comes back.
    pub on: BTreeSet<String>,
}

impl Journey {
    /// Every outcome that its users can have: the general ones, then its own words by name.
    pub fn outcomes(&self) -> Vec<String> {
        let general = OUTCOMES.iter().map(|word| (*word).to_owned());
        general.chain(self.own_outcomes()).collect()
    }

    /// The outcomes of its users in words of its own, by name.
    pub fn own_outcomes(&self) -> BTreeSet<String> {
        let mut own = BTreeSet::new();
        for step in &self.steps {
            step.visit(&mut |step| {
                if let StepKind::Leave(word) = &step.kind {
                    own.insert(word.clone());
                }
                if let StepKind::Take {
                    keep: Some(_),
                    expired,
                    ..
                } = &step.kind
                {
                    own.extend(match expired {
                        Expired::Outcome(word) => Some(word.clone()),
                        Expired::Steps(_) => Some(EXPIRED.to_owned()),
                        Expired::Continue => None,
                    });
                }
                if let Or::Outcome(word) = &step.or {
                    own.insert(word.clone());
                }
            });
        }
        own.retain(|word| !OUTCOMES.contains(&word.as_str()));
        own
    }
}
