//! What any results document must survive: being read, written again, and reported in every form.
//!
//! One idea: bytes that are no JSON find little, so most of them say what is changed in a document
//! that a study wrote: a value becomes another one, goes, is doubled, comes from elsewhere.

use std::sync::OnceLock;

use arbitrary::{Result, Unstructured};
use onrush::base::visible::is_hidden;
use onrush::report::terminal::{self, Look, Screen};
use onrush::report::words::Asked;
use onrush::report::{html, junit, markdown};
use onrush::results::{Results, from_json, to_json};
use onrush::study::{Effort, Onlooker, Plan, Silent, compare};
use serde_json::{Value, json};

use crate::replicate::checked;

/// A model whose results have most of what results can have.
const MODEL: &str = concat!(
    include_str!("../determinism/shop.toml"),
    r#"
[[objective]]
that = "share(served) >= 50%"
label = "Half are served"
[[objective]]
that = "p95(login.time) < 400ms"
[[note]]
at = "5s"
text = "A remark"
[variant.patch]
label = "A faster login"
set = { "param.login_work" = "4ms" }
[variant.double]
set = { "service.shop.servers" = "x2" }
[variant.both]
of = ["patch", "double"]
"#
);

/// The first byte says whether the others are a document or changes of one.
pub(crate) fn survives(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let text = match first {
        0 => String::from_utf8_lossy(rest).into_owned(),
        _ => changed(&mut Unstructured::new(rest)).to_string(),
    };
    let Ok(results) = from_json(&text) else {
        return;
    };
    let again = from_json(&to_json(&results)).expect("what was read can be written and read");
    assert_eq!(again, results);
    reported(&results);
}

/// A document that a study wrote, made once.
fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let model = checked(MODEL, &[]);
        let mut plan = Plan::of(&model);
        plan.effort = Effort::Replications(3);
        let onlooker = Onlooker {
            progress: &Silent,
            stop: &|| false,
            until: None,
            store: None,
        };
        let results = compare(&model, &[], &plan, onlooker).expect("nothing is in its way");
        serde_json::from_str(&to_json(&results)).expect("it is a document")
    })
}

/// The document with some changes; fewer, where the bytes end.
fn changed(bytes: &mut Unstructured<'_>) -> Value {
    let mut changed = document().clone();
    let changes = bytes.int_in_range(1..=6).unwrap_or(1);
    for _ in 0..changes {
        if bytes.is_empty() || change(bytes, &mut changed).is_err() {
            break;
        }
    }
    changed
}

fn change(bytes: &mut Unstructured<'_>, document: &mut Value) -> Result<()> {
    let odd = odd(bytes)?;
    let place = place(bytes, document)?;
    match bytes.int_in_range(0..=5)? {
        0..=2 => *place = odd,
        3 => *place = Value::Null,
        4 => match place {
            Value::Array(items) => items.truncate(bytes.choose_index(items.len() + 1)?),
            Value::Object(entries) => {
                let keys: Vec<String> = entries.keys().cloned().collect();
                let gone = bytes.choose(&keys)?;
                entries.remove(gone);
            }
            other => *other = Value::Null,
        },
        _ => match place {
            Value::Array(items) => items.extend(items.clone()),
            Value::Object(entries) => {
                entries.insert("another".to_owned(), odd);
            }
            Value::String(text) => text.push_str("\u{202e}\u{1b}[31m\u{7}\r\n\0<&\">|`*\u{ffff}"),
            other => *other = odd,
        },
    }
    Ok(())
}

/// A value somewhere in a document, to be changed.
fn place<'v>(bytes: &mut Unstructured<'_>, document: &'v mut Value) -> Result<&'v mut Value> {
    let mut here = document;
    while let Some(at) = within(bytes, here)? {
        here = match here {
            Value::Array(items) => &mut items[at],
            Value::Object(entries) => entries.values_mut().nth(at).expect("there are so many"),
            _ => return Err(arbitrary::Error::IncorrectFormat),
        };
    }
    Ok(here)
}

/// A value somewhere in a document.
fn found<'v>(bytes: &mut Unstructured<'_>, document: &'v Value) -> Result<&'v Value> {
    let mut here = document;
    while let Some(at) = within(bytes, here)? {
        here = match here {
            Value::Array(items) => &items[at],
            Value::Object(entries) => entries.values().nth(at).expect("there are so many"),
            _ => return Err(arbitrary::Error::IncorrectFormat),
        };
    }
    Ok(here)
}

/// Which of the values in a value comes next on the way; none where the way ends.
fn within(bytes: &mut Unstructured<'_>, value: &Value) -> Result<Option<usize>> {
    let size = match value {
        Value::Array(items) => items.len(),
        Value::Object(entries) => entries.len(),
        _ => 0,
    };
    if size == 0 || bytes.ratio(1, 8)? {
        return Ok(None);
    }
    bytes.choose_index(size).map(Some)
}

/// A value that does not belong there, or one from elsewhere in the document.
fn odd(bytes: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match bytes.int_in_range(0..=13)? {
        0 => json!(0),
        1 => json!(-1),
        2 => json!(f64::MAX),
        3 => json!(f64::MIN),
        4 => json!(f64::from_bits(1)),
        5 => json!(u64::MAX),
        6 => json!(0.5),
        7 => json!(""),
        8 => json!("never"),
        9 => json!([]),
        10 => json!({}),
        11 => json!(true),
        _ => found(bytes, document())?.clone(),
    })
}

/// Every form of a report, and nothing in it that nobody would see.
fn reported(results: &Results) {
    let asked = Asked::of(results);
    for (look, columns) in [(Look::Plain, 60), (Look::Symbols, 80), (Look::Colour, 120)] {
        let screen = Screen::new(look, columns);
        let all = terminal::run(results, &asked, screen)
            + &terminal::compare(results, &asked, screen)
            + &terminal::uncertain(results, screen);
        if look == Look::Plain {
            assert!(all.is_ascii(), "{all}");
        }
        if look == Look::Symbols {
            is_seen(&all);
        }
    }
    is_seen(&markdown::summary(results));
    is_seen(&html::page(results));
    for unclear in [junit::Unclear::Skips, junit::Unclear::Fails] {
        let require = results.order.first().cloned();
        is_seen(&junit::junit(
            results,
            &junit::Strictness { unclear, require },
        ));
    }
}

fn is_seen(text: &str) {
    if let Some(at) = text.find(|c| is_hidden(c) && c != '\n') {
        let around: String = text[at..].chars().take(40).collect();
        panic!("something is hidden: {around:?}");
    }
}
