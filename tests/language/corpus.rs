//! The corpus of the fuzzer, replayed in every run: what it found once is survived for good.
//!
//! `fuzz/README.md` says how it grows.

use super::survival::survives;

#[test]
fn every_text_of_the_corpus_is_survived() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/language/corpus");
    let entries = std::fs::read_dir(folder).expect("the corpus is there");
    let mut texts = 0;
    for entry in entries {
        let path = entry.expect("the corpus can be listed").path();
        let text = std::fs::read_to_string(&path).expect("the corpus is text");
        let survived = std::panic::catch_unwind(|| survives(&text));
        assert!(survived.is_ok(), "{} is not survived", path.display());
        texts += 1;
    }
    assert!(texts > 100, "the corpus has shrunk to {texts}");
}
