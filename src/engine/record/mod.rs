//! Everything that is counted and measured: nothing else in the engine counts.

pub(in crate::engine) mod answers;
pub(in crate::engine) mod gauge;
pub(in crate::engine) mod holders;
pub(in crate::engine) mod instruments;
pub(in crate::engine) mod meter;
pub(in crate::engine) mod octaves;
pub(in crate::engine) mod readings;
pub(in crate::engine) mod recorder;
pub(in crate::engine) mod samples;
pub(in crate::engine) mod shelf;
pub(in crate::engine) mod sliding;
pub(in crate::engine) mod tally;
pub(in crate::engine) mod watch;
pub(in crate::engine) mod windows;
