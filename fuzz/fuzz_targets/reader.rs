//! Any text at all, through everything that happens to a model before it is run.

#![no_main]

#[path = "../../tests/language/survival.rs"]
mod survival;

libfuzzer_sys::fuzz_target!(|text: &str| survival::survives(text));
