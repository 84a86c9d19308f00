//! Broken and doubtful models, and exactly what the user sees, as snapshots.
//!
//! A case is what is added to a sound frame; its snapshot shows the addition and the message.

use super::*;

/// A sound frame; what a case adds comes after it, so keys before a table belong to `service.shop`.
const FRAME: &str = r#"[model]
run_for = "10m"
[arrivals.all]
journey = "visit"
rate = "1/s"
[journey.visit]
steps = [ { name = "home", call = "shop.home", timeout = "9s" } ]
[service.shop]
endpoint.home = [ { cpu = "1ms" } ]
"#;

/// The folder of cases; what begins with `[model` is a whole model.
fn cases() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/language/broken");
    let entries = std::fs::read_dir(folder).expect("the folder of broken models is there");
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    let mut cases: Vec<(String, String)> = paths
        .map(|path| {
            let name = path
                .file_stem()
                .expect("a case has a name")
                .to_string_lossy()
                .into_owned();
            (
                name,
                std::fs::read_to_string(&path).expect("a case can be read"),
            )
        })
        .collect();
    cases.sort();
    cases
}

#[test]
fn every_broken_model_says_what_is_wrong() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, addition) in cases() {
            let whole = addition.starts_with("[model");
            let text = if whole {
                addition.clone()
            } else {
                format!("{FRAME}{addition}")
            };
            let seen = seen(&text);
            assert!(!seen.is_empty(), "{name} is broken");
            insta::assert_snapshot!(name, format!("{addition}\n{seen}"));
        }
    });
}

#[test]
fn there_are_at_least_sixty_broken_models() {
    assert!(cases().len() >= 60, "{} broken models", cases().len());
}
