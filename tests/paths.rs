//! Every path of a model that has everything, set by an action and by a variant: no panic, and what
//! `check` accepts, `run` runs.
//!
//! One idea: the schema of the language says what can be written where, so the paths are those of
//! the schema walked beside the model, those that are not written included, and the values those of
//! every kind. A run of the tests sets every path to a few values; this sets all of them:
//!
//! ```console
//! $ ONRUSH_PATHS=all cargo test --locked paths -- --nocapture
//! ```

pub(crate) mod spots;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use onrush::cli::check;
use onrush::engine::{LISTED_BYTES, Limits, SERVER_BYTES};
use onrush::model::budget::Budget;
use onrush::model::files::Files;
use onrush::model::reference::key_lists;
use onrush::model::{self, Checked, Model};
use onrush::report::markdown;
use onrush::study::{self, Attribute, Effort, Failure, Onlooker, Plan, Silent};
use onrush::text::render::{Colour, Frame, render};
use onrush::text::{Level, Source};

use crate::support::Scene;
use spots::{Spot, spots, values};

/// A model that uses every table of the language and every kind of step.
pub(crate) const EVERYTHING: &str = include_str!("paths/everything.toml");
/// The data file that it names.
pub(crate) const LOG: (&str, &str) = ("log.csv", "at,users\n0.5,1\n1,2\n4,3\n");

/// What became of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// It has errors, or needs too much.
    Refused,
    /// It was run.
    Ran,
}

#[test]
fn an_action_may_set_any_path() {
    each_path("[action.tried]\nat = \"1s\"", None);
}

#[test]
fn a_variant_may_set_any_path() {
    each_path("[variant.tried]", Some("tried"));
}

/// Sets each path by what begins so, and runs the model, or its variant, where it is valid.
fn each_path(heading: &str, variant: Option<&str>) {
    let all = std::env::var("ONRUSH_PATHS").is_ok_and(|asked| asked == "all");
    let (mut wrong, mut ran, mut tried) = (Vec::new(), BTreeSet::new(), 0);
    let spots = spots(EVERYTHING);
    for (number, spot) in spots.iter().enumerate() {
        let values = values(spot);
        // A run of the tests tries what is written, and of the other values each path another.
        let one = 1 + number % (values.len() - 1);
        let few = if spot.is_written() {
            vec![0, one]
        } else {
            vec![one]
        };
        let chosen = if all {
            (0..values.len()).collect()
        } else {
            few
        };
        for at in chosen {
            let set = format!("\"{}\" = {}", spot.path, values[at]);
            let text = format!("{EVERYTHING}\n{heading}\nset = {{ {set} }}\n");
            tried += 1;
            match ended(&text, variant) {
                Ok(Ending::Ran) => {
                    ran.insert(spot.path.clone());
                }
                Ok(Ending::Refused) => {}
                Err(why) => wrong.push(format!("{set}: {why}")),
            }
        }
    }
    println!("{} paths, {tried} values, {} run", spots.len(), ran.len());
    assert!(wrong.is_empty(), "{heading}\n{}", wrong.join("\n"));
    assert!(ran.len() > 60, "only {} paths could be changed", ran.len());
}

/// What becomes of a model in everything that `check` and then `run` or `compare` do.
fn ended(text: &str, variant: Option<&str>) -> Result<Ending, String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| lives(text, variant)));
    outcome.unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
        Err(format!("panic: {}", said.unwrap_or_default()))
    })
}

fn lives(text: &str, variant: Option<&str>) -> Result<Ending, String> {
    let mut files = Files::new();
    files.insert(LOG.0, LOG.1.to_owned());
    let (model, diagnostics) = model::read(Source::new("model.toml", text), files);
    let shown = render(&diagnostics, model.sources(), Colour::Plain, Frame::Ascii);
    if !model.is_sound() {
        let errors = diagnostics.iter().filter(|one| one.level == Level::Error);
        let placed = errors
            .clone()
            .all(|one| one.place.is_some() && !one.found.is_empty());
        return match placed && errors.count() > 0 {
            true => Ok(Ending::Refused),
            false => Err(format!("a message without place or words:\n{shown}")),
        };
    }
    let limits = Limits {
        events: 20_000,
        bytes: 100_000_000,
    };
    let budget = Budget {
        events: limits.events,
        bytes: limits.bytes,
        bytes_of_user: LISTED_BYTES,
        bytes_of_server: SERVER_BYTES,
    };
    check::said("model.toml", &model);
    let changed = variant.and_then(|name| Some(model.variant(name)?.0));
    let beyond = |model: &Model| !model.beyond(&budget).is_empty();
    if beyond(&model) || changed.as_ref().is_some_and(beyond) {
        return Ok(Ending::Refused);
    }
    let plan = Plan {
        effort: Effort::Replications(2),
        threads: 1,
        attribute: Attribute::Nothing,
        limits,
        ..Plan::of(&model)
    };
    let onlooker = Onlooker {
        progress: &Silent,
        stop: &|| false,
        until: None,
        store: None,
    };
    let model = Checked::new(model).expect("it is sound");
    let results = match variant {
        Some(name) => study::compare(&model, &[name.to_owned()], &plan, onlooker),
        None => study::run(&model, None, &plan, onlooker),
    };
    match results {
        Ok(results) => {
            markdown::summary(&results);
            Ok(Ending::Ran)
        }
        Err(Failure::Exceeded { .. }) => Ok(Ending::Ran),
        Err(why) => Err(format!("`check` accepts it, but not `run`: {why}")),
    }
}

/// Whoever adds a word to the language adds it to the model that has everything.
#[test]
fn everything_has_every_table_and_key() {
    let spots = spots(EVERYTHING);
    let known: BTreeSet<String> = spots.iter().map(Spot::word).collect();
    for (table, list) in key_lists() {
        let rows = list
            .lines()
            .filter(|row| !row.contains("*not yet supported*"));
        let keys = rows.filter_map(|row| row.strip_prefix("| `")?.split('`').next());
        for key in keys.filter(|_| !["top", "live"].contains(&table.as_str())) {
            let word = format!("{table}.{key}");
            assert!(known.contains(&word), "nothing can set `{word}`");
        }
    }
    assert_eq!(ended(EVERYTHING, None), Ok(Ending::Ran), "as it is written");
}

/// What the command says of an action that changes more than it may.
#[test]
fn an_action_that_may_not_change_a_step_is_an_error_at_its_place() {
    let action = "[action.tried]\nat = \"1s\"\nset = { \"journey.buy.steps.3.mark\" = \"paid\" }\n";
    let scene = Scene::with_model(&format!("{EVERYTHING}\n{action}")).file(LOG.0, LOG.1);
    for command in ["check", "run"] {
        let answer = scene.run([command, "model.toml"]).expect(104);
        let said = "error[E074]: an action cannot change `journey.buy.steps.3.mark`: it is read \
                    only once, before the start";
        assert!(answer.err.contains(said), "{}", answer.err);
        assert!(
            answer
                .err
                .contains("of a step an action may change `timeout`")
        );
        let line = 3 + EVERYTHING.lines().count() + 1;
        assert!(
            answer.err.contains(&format!("model.toml:{line}:9")),
            "{}",
            answer.err
        );
    }
}
