//! Anything, imported as executions of Taurus.

#![no_main]

#[path = "../../tests/fuzzed/import.rs"]
mod import;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| import::survives("taurus", bytes));
