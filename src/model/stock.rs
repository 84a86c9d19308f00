//! Things that run out.

use crate::text::Place;

/// A stock of identical units.
#[derive(Clone, Debug, PartialEq)]
pub struct Stock {
    /// Units at the start.
    pub units: u64,
    /// Where its table begins.
    pub place: Place,
}
