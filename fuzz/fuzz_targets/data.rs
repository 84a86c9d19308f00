//! Any data file, read for arrivals and for a law, shown, compiled, run.

#![no_main]

#[path = "../../tests/fuzzed/data.rs"]
mod data;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| data::survives(bytes));
