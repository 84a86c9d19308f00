//! Words that every layer shares; knows nothing of queues or users.
//!
//! Time is an integer count of nanoseconds ([`time`]), which labels name by the clock on the wall
//! ([`calendar`]), what an author writes with a unit is read exactly ([`decimal`], [`mod@unit`],
//! [`size`]), things are found by typed numbers ([`table`]) or by tickets
//! that go stale ([`slab`]), and every function that is not exact comes through one door
//! ([`math`]). Characters that nobody could see are shown by symbols ([`visible`]),
//! words that a shell would take apart in quotes ([`shell`]).

pub mod time;
pub mod calendar;
pub mod unit;
pub mod size;
pub mod digest;
pub mod decimal;
pub mod student;
pub mod math;
pub mod exponential;
pub mod logarithm;
pub mod gamma;
pub mod linear;
pub mod table;
pub mod rank;
pub mod slab;
pub mod slim;
pub mod fetch;
pub mod visible;
pub mod shell;
