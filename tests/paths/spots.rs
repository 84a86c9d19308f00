//! The paths of a model, from the schema of the language walked beside what is written.

use onrush::model::schema::schema;
use serde_json::Value as Schema;
use toml::Value;

/// A place that a path names.
pub(crate) struct Spot {
    /// Its path.
    pub(crate) path: String,
    /// The table of the language that it is in: `service.queue`, `step`.
    table: String,
    /// What may stand there.
    kind: Schema,
    /// What does.
    written: Option<Value>,
    /// The names of what is named in the model, by table.
    names: Vec<(String, Vec<String>)>,
}

impl Spot {
    /// Whether a value is written there.
    pub(crate) fn is_written(&self) -> bool {
        self.written
            .as_ref()
            .is_some_and(|written| !written.is_table())
    }

    /// Its key in the language, whatever is named how.
    pub(crate) fn word(&self) -> String {
        let key = self.path.rsplit('.').next().unwrap_or_default();
        format!("{}.{key}", self.table)
    }
}

/// Every path of a model, whether something is written there or not.
pub(crate) fn spots(text: &str) -> Vec<Spot> {
    let language: Schema = serde_json::from_str(&schema()).expect("the schema is JSON");
    let model: Value = toml::from_str(text).expect("the model is TOML");
    let tables = model.as_table().into_iter().flatten();
    let names = tables.filter_map(|(table, body)| {
        let names = body.as_table()?.keys().cloned().collect();
        Some((table.clone(), names))
    });
    let mut walk = Walk {
        names: names.collect(),
        language: language.clone(),
        spots: Vec::new(),
    };
    walk.table(&language, Some(&model), "", "");
    walk.spots
}

struct Walk {
    names: Vec<(String, Vec<String>)>,
    language: Schema,
    spots: Vec<Spot>,
}

impl Walk {
    /// The keys of a table, written or not.
    fn table(&mut self, def: &Schema, written: Option<&Value>, path: &str, table: &str) {
        let keys = def["properties"].as_object().into_iter().flatten();
        for (key, kind) in keys {
            let (path, inside) = (join(path, key), join(table, key));
            let written = written.and_then(|table| table.get(key));
            let top = path == *key;
            if !top {
                self.spot(&path, table, kind, written);
            }
            // Steps stand anywhere, so their words have one name.
            self.inside(kind, written, &path, &inside);
        }
    }

    fn spot(&mut self, path: &str, table: &str, kind: &Schema, written: Option<&Value>) {
        self.spots.push(Spot {
            path: path.to_owned(),
            table: table.to_owned(),
            kind: kind.clone(),
            written: written.cloned(),
            names: self.names.clone(),
        });
    }

    fn inside(&mut self, kind: &Schema, written: Option<&Value>, path: &str, table: &str) {
        let alternatives = kind["anyOf"].as_array().into_iter().flatten();
        for kind in alternatives {
            self.inside(kind, written, path, table);
        }
        if kind["$ref"] == "#/$defs/steps" {
            self.steps(written, path);
        } else if kind["properties"].is_object() {
            self.table(kind, written, path, table);
        } else if kind["additionalProperties"].is_object() {
            let kind = &kind["additionalProperties"];
            let named = written.and_then(Value::as_table).into_iter().flatten();
            for (number, (name, body)) in named.enumerate() {
                let named = join(path, name);
                if kind["$ref"].is_string() || kind["anyOf"].is_array() {
                    self.spot(&named, table, kind, Some(body));
                }
                self.inside(kind, Some(body), &named, table);
                if number == 0 {
                    self.inside(kind, Some(body), &join(path, "*"), table);
                }
            }
        } else if kind["items"].is_object() {
            let items = written.and_then(Value::as_array).into_iter().flatten();
            for (number, item) in (1..).zip(items) {
                self.inside(
                    &kind["items"],
                    Some(item),
                    &join(path, &number.to_string()),
                    table,
                );
            }
        }
    }

    fn steps(&mut self, written: Option<&Value>, path: &str) {
        // What `*` does inside of steps it does everywhere.
        if path.contains('*') {
            return;
        }
        let def = self.language["$defs"]["step"].clone();
        let steps = written.and_then(Value::as_array).into_iter().flatten();
        for (number, step) in (1..).zip(steps) {
            self.table(&def, Some(step), &join(path, &number.to_string()), "step");
            if let Some(name) = step.get("name").and_then(Value::as_str) {
                self.spot(
                    &format!("{path}.{name}.timeout"),
                    "step",
                    &Schema::Null,
                    None,
                );
            }
        }
    }
}

fn join(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    }
}

/// Values to set a place to, as TOML: what is written first, then some of every kind that fits,
/// then what does not.
pub(crate) fn values(spot: &Spot) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    if let Some(written) = spot.written.as_ref().filter(|written| !written.is_table()) {
        values.push(written.to_string());
    }
    let mut add = |more: &[&str]| values.extend(more.iter().map(|&text| text.to_owned()));
    let mut kinds = vec![&spot.kind];
    kinds.extend(spot.kind["anyOf"].as_array().into_iter().flatten());
    for kind in kinds {
        let has = |name: &str| match &kind["type"] {
            Schema::Array(types) => types.iter().any(|one| one == name),
            one => one == name,
        };
        let comment = kind["$comment"].as_str().unwrap_or_default();
        let named = spot.names.iter();
        let named = named.filter(|(table, _)| comment.contains(&format!("[{table}.")));
        let words = kind["examples"].as_array().into_iter().flatten();
        for word in words.filter_map(Schema::as_str) {
            add(&[&format!("\"{word}\"")]);
        }
        for name in named.flat_map(|(_, names)| names) {
            add(&[&format!("\"{name}\"")]);
        }
        if has("boolean") {
            add(&["false", "true"]);
        }
        if has("integer") {
            add(&["0", "3", "\"x2\"", "\"$crowd\"", "100_000", "\"+1\""]);
        }
        if has("number") {
            add(&["0.5", "2", "\"50%\"", "\"-20%\"", "0", "\"$part\"", "1e9"]);
        }
        if has("string") || kind["type"].is_null() {
            add(STRINGS);
        }
        if kind["$ref"].is_string() {
            add(STEPS);
        }
        if has("array") {
            add(LISTS);
        }
        if has("object") {
            add(&["{}", "{ \"service.db.servers\" = 2 }"]);
        }
    }
    add(&["nan", "\"\"", "2014-10-27T15:00:00Z"]);
    values
}

const STRINGS: &[&str] = &[
    "\"5ms\"",
    "\"exp(5ms)\"",
    "\"other\"",
    "\"x2\"",
    "\"3/s\"",
    "\"shop.home\"",
    "\"db.log\"",
    "\"4s\"",
    "\"0s\"",
    "\"-1s\"",
    "\"continue\"",
    "\"$work\"",
    "\"geometric(mean=2)\"",
    "\"bursty(cv=3)\"",
    "\"log.csv\"",
    "\"file(log.csv, unit=ms)\"",
    "\"failed\"",
    "\"+10ms\"",
    "\"1000h\"",
];

const STEPS: &[&str] = &[
    "[]",
    "[ { mark = \"new\" } ]",
    "[ { call = \"shop.home\", timeout = \"1s\" } ]",
    "[ { leave = \"elsewhere\" } ]",
    "[ { think = \"1ms\" }, { think = \"1ms\" } ]",
    "[ { hold = \"lines\", steps = [] } ]",
];

const LISTS: &[&str] = &[
    "[]",
    "[ [], [] ]",
    "[ \"failed\", \"served\" ]",
    "[ \"db\", \"shop\" ]",
    "[ 1, 2 ]",
    "[ \"1ms\", \"9ms\" ]",
    "[ { share = \"rest\", steps = [] } ]",
    "[ { rate = \"2/s\" } ]",
    "[ { that = \"share(served) > 1%\" } ]",
    "[ { at = \"1s\", text = \"then\" } ]",
];
