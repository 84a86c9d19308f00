//! What an operator does by the clock. Actions that are switched off are not in the model.

use super::overlay::Change;
use crate::base::time::{Span, Time};
use crate::text::Place;

/// A change of the model at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// When it is decided.
    pub at: Time,
    /// From decision to effect; `boot` comes on top.
    pub takes: Span,
    /// What it changes, on what is in force at its effect.
    pub set: Vec<Change>,
    /// Where its table begins.
    pub place: Place,
}

impl Action {
    /// The instant at which it changes something.
    pub fn effect(&self) -> Time {
        self.at + self.takes
    }
}
