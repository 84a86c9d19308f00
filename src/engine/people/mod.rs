//! People: when they arrive, how patient they are, how their visits end, and whether they come
//! again (semantics#people).

pub(in crate::engine) mod arrivals;
mod switching;
pub(in crate::engine) mod visit;
