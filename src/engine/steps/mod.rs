//! What steps do, one instruction after the other: the one `match` over instructions, and
//! structured steps that end well, fail, or are stopped from outside.

pub(in crate::engine) mod execute;
pub(in crate::engine) mod join;
