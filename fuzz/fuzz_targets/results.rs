//! Any results document, read, written again, and reported in every form.

#![no_main]

#[path = "../../tests/replicate.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod replicate;
#[path = "../../tests/fuzzed/results.rs"]
mod results;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| results::survives(bytes));
