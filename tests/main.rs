//! One test crate; modules in reading order.

mod support;
mod replicate;
mod language;
mod semantics;
mod theory;
mod coverage;
mod calibration;
mod explained;
mod determinism;
mod memory;
mod chance;
mod paths;
mod mutants;
mod fuzzed;
mod commands;
mod handed;
mod limits;
mod bounds;
mod sizes;
mod sizing;
mod sweeping;
mod tipping;
mod storing;
mod ranges;
mod versions;
#[cfg(unix)]
mod files;
mod document;
mod import;
mod served;
mod judging;
mod reports;
mod gallery;
mod page;
mod readme;
mod house;
