//! The one way to wait: for a worker, for a unit of a pool, at a door. Who is next, who has left,
//! and how long the line is (semantics#service).

pub(in crate::engine) mod line;
pub(in crate::engine) mod queue;
pub(in crate::engine) mod standing;
mod turns;
