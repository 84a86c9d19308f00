//! Anything, imported as resources of Chaos Mesh.

#![no_main]

#[path = "../../tests/fuzzed/import.rs"]
mod import;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| import::survives("chaos_mesh", bytes));
