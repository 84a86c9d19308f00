//! One test crate; modules in reading order.

mod support;
mod replicate;
mod language;
mod semantics;
mod theory;
mod judging;
mod determinism;
mod memory;
mod chance;
mod commands;
mod limits;
mod document;
mod reports;
mod readme;
mod house;
