//! What the fuzzers do, done in every run to what they once found.
//!
//! One idea: a fuzz target and the test of its name do exactly the same to some bytes, so that what
//! one of them finds is a case for the other. `fuzz/README.md` says how the corpora grow.

mod data;
mod import;
mod model;
mod results;
mod run;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{RefUnwindSafe, catch_unwind};

use clap::ValueEnum;
use onrush::cli::args::Importable;

/// Does to every file of a corpus what its fuzzer does.
fn replay(corpus: &str, least: usize, survives: impl Fn(&[u8]) + RefUnwindSafe) {
    let folder = format!(
        "{}/tests/fuzzed/corpus/{corpus}",
        env!("CARGO_MANIFEST_DIR")
    );
    let entries = fs::read_dir(&folder).expect("the corpus is there");
    let mut cases = 0;
    for entry in entries {
        let path = entry.expect("the corpus can be listed").path();
        let bytes = fs::read(&path).expect("it can be read");
        let survived = catch_unwind(|| survives(&bytes));
        assert!(survived.is_ok(), "{} is not survived", path.display());
        cases += 1;
    }
    assert!(
        cases >= least,
        "the corpus of {corpus} has shrunk to {cases}"
    );
}

#[test]
fn every_data_file_of_the_corpus_is_survived() {
    replay("data", 20, data::survives);
}

#[test]
fn every_results_document_of_the_corpus_is_survived() {
    replay("results", 20, results::survives);
}

#[test]
fn every_model_of_the_corpus_runs_by_the_rules() {
    replay("run", 20, run::survives);
}

#[test]
fn everything_of_the_corpus_is_imported_or_refused() {
    for (format, _) in import::FORMATS {
        let corpus = format!("import/{format}");
        replay(&corpus, 2, |bytes| import::survives(format, bytes));
    }
}

/// What `onrush import --help` lists is what is fuzzed.
#[test]
fn every_format_has_a_fuzzer() {
    let root = env!("CARGO_MANIFEST_DIR");
    let formats = Importable::value_variants().iter().map(|format| {
        let value = format.to_possible_value().expect("all can be asked for");
        value.get_name().replace('-', "_")
    });
    let formats: BTreeSet<String> = formats.collect();
    let fuzzed = import::FORMATS.map(|(name, _)| name.to_owned());
    assert_eq!(formats, BTreeSet::from(fuzzed));
    let manifest = fs::read_to_string(format!("{root}/fuzz/Cargo.toml")).expect("it is there");
    for format in formats {
        let path = format!("fuzz_targets/import_{format}.rs");
        let target = fs::read_to_string(format!("{root}/fuzz/{path}")).unwrap_or_default();
        assert!(target.contains(&format!("survives(\"{format}\"")), "{path}");
        assert!(manifest.contains(&format!("path = \"{path}\"")), "{path}");
    }
}
