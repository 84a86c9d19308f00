//! Anything, imported as a recording of a browser.

#![no_main]

#[path = "../../tests/fuzzed/import.rs"]
mod import;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| import::survives("har", bytes));
