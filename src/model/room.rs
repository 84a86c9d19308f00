//! Doors with a clock.

use crate::base::time::Time;
use crate::text::Place;

/// A door: who is early waits, who is late is turned away.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    /// When it opens; always open before `closes` if absent.
    pub opens: Option<Time>,
    /// When it closes; never if absent.
    pub closes: Option<Time>,
    /// Whether it is there at all: a room that is off lets everyone through at once.
    pub on: bool,
    /// Where its table begins.
    pub place: Place,
}
