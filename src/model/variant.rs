//! The what-ifs: named changes of the model, in file order.

use super::overlay::Change;
use crate::text::Place;

/// A what-if.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// Other variants that it is made of, applied first, in this order.
    pub of: Vec<String>,
    /// Its own changes, applied last.
    pub set: Vec<Change>,
    /// Where its table begins.
    pub place: Place,
}
