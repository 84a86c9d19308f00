//! The gallery: real incidents, what was published of them, and what their models give.
//!
//! One idea: a launch of the gallery draws anew every input that has a range, so the spread of its
//! launches holds both chance and what is not known. A figure that was not used for the model lies
//! inside if it stands between the 5 % and the 95 % point of the launches, and these are not more
//! than a factor of four apart. What each launch gave stands in `launches.txt`; everyday runs play
//! some of them again and must find the same, to the digit, and the page and the README say what
//! follows from it. `ONRUSH_FULL=1` plays all of them, `ONRUSH_BLESS=1` writes them and the page.

mod figures;
mod inputs;
mod page;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use onrush::engine::Arena;
use onrush::model::overlay::Change;
use onrush::model::{Checked, Model};

use crate::replicate::{Question, checked, replication, threads};
use figures::Figure;

/// Launches with the inputs drawn.
const DRAWN: usize = 20;
/// Launches with the inputs as they are written.
const WRITTEN: usize = 10;
/// How many of each are played in the everyday suite.
const EVERYDAY: usize = 1;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn asked(variable: &str) -> bool {
    std::env::var_os(variable).is_some()
}

/// The path of a model from the root: most have been written for the gallery.
fn path(model: &str) -> String {
    let own = format!("models/incidents/{model}.toml");
    if root().join(&own).exists() {
        own
    } else {
        format!("models/{model}.toml")
    }
}

fn model(name: &str) -> Model {
    let path = path(name);
    let text = fs::read_to_string(root().join(&path));
    let text = text.unwrap_or_else(|error| panic!("{path}: {error}"));
    checked(&text, &[]).into_model()
}

/// One launch of a model under a variant: its inputs drawn, or as they are written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Launch {
    model: String,
    variant: String,
    drawn: bool,
    number: usize,
}

/// What launches gave: by model, variant, metric and whether inputs were drawn, one value a launch.
type Values = BTreeMap<(String, String, String, bool), Vec<Option<f64>>>;

/// The metrics asked of each model under each variant.
fn asked_of(figures: &[Figure]) -> BTreeMap<(String, String), Vec<String>> {
    let mut all: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for figure in figures {
        for variant in figure.variants() {
            let of = all.entry((figure.model.clone(), variant.to_owned()));
            let metrics = of.or_default();
            if !metrics.contains(&figure.metric) {
                metrics.push(figure.metric.clone());
            }
        }
    }
    all
}

/// The first launches of each model and variant, of both kinds.
fn launches(asked: &BTreeMap<(String, String), Vec<String>>, most: usize) -> Vec<Launch> {
    let mut all = Vec::new();
    for (model, variant) in asked.keys() {
        for (drawn, count) in [(true, DRAWN), (false, WRITTEN)] {
            all.extend((0..count.min(most)).map(|number| Launch {
                model: model.clone(),
                variant: variant.clone(),
                drawn,
                number,
            }));
        }
    }
    all
}

/// Plays a launch, as `onrush run MODEL --variant … --set … --seed … --replications 1` would.
fn play(launch: &Launch, model: &Model, metrics: &[String], arena: &mut Arena) -> Vec<Option<f64>> {
    let mut changes: Vec<Change> = Vec::new();
    if launch.drawn {
        changes.extend(inputs::drawn(model, launch.number, DRAWN));
    }
    if !launch.variant.is_empty() {
        let own = model.changes(&launch.variant);
        changes.extend(own.unwrap_or_else(|| panic!("{launch:?}: there is no such variant")));
    }
    let (changed, said) = model.with(&changes);
    let model = Checked::new(changed).unwrap_or_else(|| panic!("{launch:?}: {said:?}"));
    let metrics: Vec<&str> = metrics.iter().map(String::as_str).collect();
    let question = Question::new(&model, &metrics);
    let seed = model.seed + launch.number as u64;
    let seen = replication(&question.program, seed, 0, arena);
    question.answers(&seen)
}

/// Plays launches on all threads; what they gave stands in their order.
fn play_all(
    launches: &[Launch],
    asked: &BTreeMap<(String, String), Vec<String>>,
) -> Vec<Vec<Option<f64>>> {
    let names: std::collections::BTreeSet<&str> =
        asked.keys().map(|(name, _)| name.as_str()).collect();
    let models: BTreeMap<&str, Model> = names.iter().map(|name| (*name, model(name))).collect();
    let next = AtomicUsize::new(0);
    let done = Mutex::new(vec![Vec::new(); launches.len()]);
    std::thread::scope(|scope| {
        for _ in 0..threads() {
            scope.spawn(|| {
                let mut arena = Arena::default();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(launch) = launches.get(at) else {
                        break;
                    };
                    let of = (launch.model.clone(), launch.variant.clone());
                    let model = &models[launch.model.as_str()];
                    let seen = play(launch, model, &asked[&of], &mut arena);
                    done.lock().expect("nobody panics")[at] = seen;
                }
            });
        }
    });
    done.into_inner().expect("nobody panics")
}

/// What launches gave, sorted by what was asked.
fn gathered(
    launches: &[Launch],
    seen: &[Vec<Option<f64>>],
    asked: &BTreeMap<(String, String), Vec<String>>,
) -> Values {
    let mut values = Values::new();
    for (launch, seen) in launches.iter().zip(seen) {
        let of = (launch.model.clone(), launch.variant.clone());
        for (metric, value) in asked[&of].iter().zip(seen) {
            let (model, variant) = of.clone();
            let key = (model, variant, metric.clone(), launch.drawn);
            values.entry(key).or_default().push(*value);
        }
    }
    values
}

/// One line for each metric: what it is about, then the launches.
fn written(values: &Values) -> String {
    let mut text = String::new();
    for ((model, variant, metric, drawn), values) in values {
        let kind = if *drawn { "drawn" } else { "as written" };
        let number = |value: &Option<f64>| value.map_or("none".to_owned(), |v| v.to_string());
        let numbers: Vec<String> = values.iter().map(number).collect();
        let numbers = numbers.join(" ");
        text += &format!("{model}; {variant}; {metric}; {kind}; {numbers}\n");
    }
    text
}

fn read(text: &str) -> Values {
    let mut values = Values::new();
    for line in text.lines() {
        let parts: Vec<&str> = line.split("; ").collect();
        let [model, variant, metric, kind, numbers] = parts[..] else {
            panic!("not a line of launches: {line}")
        };
        let number = |text: &str| (text != "none").then(|| text.parse().expect("a number"));
        let numbers = numbers.split(' ').map(number).collect();
        let of = [model, variant, metric].map(str::to_owned);
        let [model, variant, metric] = of;
        values.insert((model, variant, metric, kind == "drawn"), numbers);
    }
    values
}

const STORED: &str = "tests/gallery/launches.txt";

/// What all launches gave, as it is stored.
fn stored() -> Values {
    read(&fs::read_to_string(root().join(STORED)).unwrap_or_default())
}

#[test]
fn launches_give_what_is_stored() {
    let figures = figures::all();
    let asked_of = asked_of(&figures);
    let bless = asked("ONRUSH_BLESS");
    let most = if bless || asked("ONRUSH_FULL") {
        usize::MAX
    } else {
        EVERYDAY
    };
    let launches = launches(&asked_of, most);
    let seen = play_all(&launches, &asked_of);
    let values = gathered(&launches, &seen, &asked_of);
    if bless {
        fs::write(root().join(STORED), written(&values)).expect("launches can be written");
    }
    let stored = stored();
    let keys: Vec<_> = stored.keys().collect();
    assert_eq!(
        keys,
        values.keys().collect::<Vec<_>>(),
        "{STORED} is of other figures"
    );
    for (key, values) in &values {
        let stored = &stored[key];
        assert_eq!(stored.len(), if key.3 { DRAWN } else { WRITTEN }, "{key:?}");
        let same = stored.iter().zip(values).all(|(a, b)| a == b);
        assert!(
            same,
            "{key:?} gives {values:?}, not {stored:?} as {STORED} has it; if that is meant, run: \
             ONRUSH_BLESS=1 cargo test gallery"
        );
    }
}

#[test]
fn the_page_and_the_readme_say_what_launches_gave() {
    let figures = figures::all();
    let found = page::found(&figures, &stored());
    for (name, text) in [
        ("docs/gallery.md", page::tables(&found)),
        ("README.md", page::count(&found)),
    ] {
        let file = root().join(name);
        let there = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        let here = page::with_part(&there, &text);
        let here = here.unwrap_or_else(|| panic!("{name} has no part for figures"));
        if asked("ONRUSH_BLESS") {
            fs::write(&file, &here).expect("pages can be written");
        } else {
            assert!(
                there == here,
                "{name} does not say what {STORED} gives; if that is meant, run: \
                 ONRUSH_BLESS=1 cargo test gallery\n{text}"
            );
        }
    }
}

/// Six in ten of the figures that were not used lie inside, and each that does not has its reason.
#[test]
fn most_figures_that_were_not_used_lie_inside() {
    let figures = figures::all();
    let found = page::found(&figures, &stored());
    for found in &found {
        let figure = found.figure;
        let is_missed = figure.is_checked() && !found.is_inside();
        let of = format!("{}: {}", figure.model, figure.what);
        assert_eq!(is_missed, !figure.why.is_empty(), "{of}: {found:?}");
    }
    for of in [figures::Kind::Number, figures::Kind::Outcome] {
        let (inside, all) = page::counted(&found, of);
        println!("{of:?}: {inside} of {all} inside");
        assert!(
            inside * 10 >= all * 6,
            "{of:?}: only {inside} of {all} lie inside"
        );
    }
}

/// A model says at its head where it is from and what is guessed, and every input how well it is
/// known.
#[test]
fn models_say_what_they_rest_on() {
    let figures = figures::all();
    for entry in fs::read_dir(root().join("models/incidents")).expect("there are incidents") {
        let name = entry.expect("an entry").file_name();
        let name = name.to_string_lossy();
        let text = fs::read_to_string(root().join("models/incidents").join(&*name));
        let text = text.expect("a model is text");
        let head: String = text
            .lines()
            .take_while(|line| line.starts_with('#'))
            .collect();
        for word in ["Source", "Published", "itted", "Guessed", "To be found"] {
            assert!(
                head.contains(word),
                "{name}: its head says nothing of `{word}`"
            );
        }
        let params = text.matches("\n[param.").count();
        assert_eq!(
            params,
            text.matches("\nknown = ").count(),
            "{name}: `known` of inputs"
        );
        let stem = name.trim_end_matches(".toml");
        let has_figures = figures.iter().any(|figure| figure.model == stem);
        assert!(has_figures, "{name}: no figure is held to it");
    }
}

/// A figure of a model as it is stands in the model too, and is held out of a calibration if it was
/// not used here. (The language has no word for the figure of a variant.)
#[test]
fn figures_of_models_as_they_are_stand_in_them() {
    let figures = figures::all();
    let of_models = figures.iter().filter(|figure| {
        let is_own = path(&figure.model).starts_with("models/incidents/");
        figure.variant.is_empty() && figure.kind == figures::Kind::Number && is_own
    });
    for figure in of_models {
        let of = format!("{}: {}", figure.model, figure.what);
        let model = model(&figure.model);
        let metric = model.metric(&figure.metric).expect("it was asked before");
        let observed = model.observed.as_ref().map_or(&[][..], |all| &all.figures);
        let there = observed.iter().find(|there| there.metric == metric);
        let there = there.unwrap_or_else(|| panic!("{of} does not stand in the model"));
        assert_eq!(there.check, figure.is_checked(), "{of}");
        let is_close = |a: f64, b: f64| (a - b).abs() <= 1e-4 * b.abs();
        let (low, high) = (there.low * figure.times, there.high * figure.times);
        assert!(is_close(low, figure.least), "{of}: {low}");
        assert!(
            figure.most.is_infinite() || is_close(high, figure.most),
            "{of}: {high}"
        );
    }
}
