//! Any valid model, run: the books, the threads, and what cannot matter.

#![no_main]

#[path = "../../tests/chance/books.rs"]
mod books;
#[path = "../../tests/fuzzed/model.rs"]
mod model;
#[path = "../../tests/replicate.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod replicate;
#[path = "../../tests/fuzzed/run.rs"]
mod run;

/// What must hold of a replication, where the tests have it.
mod chance {
    pub(crate) use crate::books;
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| run::survives(bytes));
