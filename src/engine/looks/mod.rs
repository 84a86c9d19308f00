//! Looks at how full everything is, and at what those are at who hold something. Nobody waits for a
//! look, and none changes what happens.

pub(in crate::engine) mod innermost;
pub(in crate::engine) mod profile;
