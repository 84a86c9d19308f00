//! Anything, imported as rates beside utilisation.

#![no_main]

#[path = "../../tests/fuzzed/import.rs"]
mod import;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| import::survives("demands", bytes));
