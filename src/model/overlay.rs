//! Paths and changes: `service.shop.servers = "x2"`.

use super::document::Node;
use crate::text::Place;

/// A change of one path, as an entry of `set` or `--set` says it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What is changed, as written.
    pub path: String,
    /// The new value, possibly relative.
    pub value: Node,
    /// Where the path is written.
    pub place: Place,
}
