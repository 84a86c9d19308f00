//! One test crate; modules in reading order.

mod chance;
mod language;
mod semantics;
mod house;
mod replicate;
mod theory;
