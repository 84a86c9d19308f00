//! What became of the users: outcomes, journeys, where they left.
//!
//! One idea: arrived = served + abandoned + refused + failed + sold out + unfinished + those who
//! ended in words of the model's own, for all users and for each journey alike.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, Percentiles, Times};

/// What became of a group of users.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Users {
    /// How many came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrived: Option<Estimate>,
    /// How many ended in each way.
    pub outcome: Outcomes,
    /// Each of these as a share of those who came.
    pub share: Outcomes,
    /// Most arrivals in one bin, as a rate per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_rate: Option<Estimate>,
}

/// One figure for each way in which a user's visit can end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Outcomes {
    /// Did all that they came for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub served: Option<Estimate>,
    /// Lost patience.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abandoned: Option<Estimate>,
    /// Were turned away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Estimate>,
    /// Met an error or a timeout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<Estimate>,
    /// Found nothing left in stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sold_out: Option<Estimate>,
    /// Were still there at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Estimate>,
    /// Ended in a word of the model's own, by that word.
    #[serde(flatten)]
    pub own: BTreeMap<String, Estimate>,
}

/// A journey: its users, their times from arrival, and where they left.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Journey {
    /// Users of this journey.
    pub users: Users,
    /// Time from arrival to the end, of all who came; who was not served counts as never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Percentiles>,
    /// Time from arrival to the end, of those served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok_time: Option<Times>,
    /// Its steps, in order.
    pub steps: Vec<StepFlow>,
}

/// How users pass one step of a journey.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct StepFlow {
    /// Name of the step.
    pub name: String,
    /// Users who reached it in their last visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached: Option<Estimate>,
    /// Users who came past it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed: Option<Estimate>,
    /// Users whose visit ended at it, by outcome.
    pub left: Outcomes,
    /// Of a step with steps of its own: the calls among these, in order, by their names in
    /// `requests`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<String>,
}
