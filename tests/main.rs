//! One test crate; modules in reading order.

mod language;
mod semantics;
mod house;
mod readme;
mod reports;
