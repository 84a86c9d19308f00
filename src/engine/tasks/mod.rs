//! Whoever runs instructions, as plain data: users on their journeys, attempts in their endpoints,
//! branches of a `parallel`; where each stands, and who is above it.

pub(in crate::engine) mod cursor;
pub(in crate::engine) mod doing;
pub(in crate::engine) mod frame;
pub(in crate::engine) mod label;
pub(in crate::engine) mod pass;
pub(in crate::engine) mod population;
pub(in crate::engine) mod round;
