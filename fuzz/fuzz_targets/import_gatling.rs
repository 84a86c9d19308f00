//! Anything, imported as injection profiles of Gatling.

#![no_main]

#[path = "../../tests/fuzzed/import.rs"]
mod import;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| import::survives("gatling", bytes));
