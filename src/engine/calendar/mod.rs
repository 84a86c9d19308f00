//! What happens next, and the order of ties.

pub(in crate::engine) mod agenda;
pub(in crate::engine) mod bucket;
pub(in crate::engine) mod heap;
pub(in crate::engine) mod key;
pub(in crate::engine) mod near;
pub(in crate::engine) mod ring;
pub(in crate::engine) mod wheel;
