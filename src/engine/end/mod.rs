//! The end of a replication: who is still there, whether the books balance, and what was seen.

pub(in crate::engine) mod audit;
pub(in crate::engine) mod binned;
pub(in crate::engine) mod tail;
