//! Words that every layer shares; knows nothing of queues or users.
//!
//! Time is an integer count of nanoseconds ([`time`]), what an author writes with a unit is read
//! exactly ([`decimal`], [`unit`]), things are found by typed numbers ([`table`]) or by tickets that
//! go stale ([`slab`]).

pub mod time;
pub mod unit;
pub mod decimal;
pub mod table;
pub mod slab;
