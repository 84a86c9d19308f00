//! One test crate; modules in reading order.

mod support;
mod language;
mod semantics;
mod commands;
mod house;
mod readme;
mod reports;
