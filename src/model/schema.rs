//! The JSON Schema of models (draft 2020-12), made from the definitions of the language.
//!
//! Editors use it to complete keys and show their meaning. It is looser than the reader where a
//! value may be a `$param`: whatever a parameter can stand for may be a text.

use super::language::ROOT;
use super::step::reading::STEP;
use super::table::{KeyDef, Kind, TableDef};

/// The JSON Schema of a model, as text.
pub fn schema() -> String {
    let mut top = vec![
        (
            "$schema",
            Json::text("https://json-schema.org/draft/2020-12/schema"),
        ),
        ("title", Json::text("onrush model")),
    ];
    top.extend(members(&ROOT));
    let definitions = vec![
        ("step", Json::Object(members(&STEP))),
        (
            "steps",
            Json::Object(vec![
                ("type", Json::text("array")),
                ("items", reference("step")),
            ]),
        ),
    ];
    top.push(("$defs", Json::Object(definitions)));
    let mut text = String::new();
    Json::Object(top).write(&mut text, 0);
    text.push('\n');
    text
}

/// A JSON value, as far as a schema needs it.
enum Json {
    Text(String),
    False,
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

impl Json {
    fn text(text: &str) -> Json {
        Json::Text(text.to_owned())
    }

    fn texts(texts: &[&str]) -> Json {
        Json::List(texts.iter().map(|text| Json::text(text)).collect())
    }

    fn write(&self, out: &mut String, depth: usize) {
        let line = |out: &mut String, depth: usize| {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        };
        match self {
            Json::Text(text) => write_text(text, out),
            Json::False => out.push_str("false"),
            Json::List(items) => {
                out.push('[');
                for (n, item) in items.iter().enumerate() {
                    out.push_str(if n == 0 { "" } else { ", " });
                    item.write(out, depth);
                }
                out.push(']');
            }
            Json::Object(members) => {
                out.push('{');
                for (n, (key, value)) in members.iter().enumerate() {
                    out.push_str(if n == 0 { "" } else { "," });
                    line(out, depth + 1);
                    write_text(key, out);
                    out.push_str(": ");
                    value.write(out, depth + 1);
                }
                line(out, depth);
                out.push('}');
            }
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn reference(definition: &str) -> Json {
    Json::Object(vec![("$ref", Json::Text(format!("#/$defs/{definition}")))])
}

/// An object with exactly the keys of a table.
fn members(table: &'static TableDef) -> Vec<(&'static str, Json)> {
    let keys = table.keys.iter();
    let properties = keys.map(|key| (key.name, property(key))).collect();
    vec![
        ("type", Json::text("object")),
        ("description", Json::text(table.doc)),
        ("properties", Json::Object(properties)),
        ("additionalProperties", Json::False),
    ]
}

fn property(key: &'static KeyDef) -> Json {
    let mut members = kind(&key.kind);
    let described = match key.default {
        "" => key.doc.to_owned(),
        default => format!("{} (default: {default})", key.doc),
    };
    // A description of the key says more than that of the table it holds.
    members.retain(|(name, _)| *name != "description");
    members.push(("description", Json::Text(described)));
    Json::Object(members)
}

fn kind(kind: &'static Kind) -> Vec<(&'static str, Json)> {
    let types = |types: &[&str]| match types {
        [one] => vec![("type", Json::text(one))],
        many => vec![("type", Json::texts(many))],
    };
    let list_of = |items: Json| vec![("type", Json::text("array")), ("items", items)];
    let by_name = |values: Json| {
        vec![
            ("type", Json::text("object")),
            ("additionalProperties", values),
        ]
    };
    match kind {
        Kind::Text
        | Kind::Date
        | Kind::Rate
        | Kind::Size
        | Kind::SizeRate
        | Kind::Duration
        | Kind::Instant
        | Kind::Times => types(&["string"]),
        Kind::Name(table) => {
            let comment = format!("the name of a `[{table}.NAME]`");
            vec![
                ("type", Json::text("string")),
                ("$comment", Json::Text(comment)),
            ]
        }
        Kind::Gaps | Kind::Endpoint | Kind::File | Kind::Condition => types(&["string"]),
        Kind::Flag => types(&["boolean", "string"]),
        Kind::Count => types(&["integer", "string"]),
        Kind::Number | Kind::Share | Kind::Counts => types(&["number", "string"]),
        // A parameter may stand for any word, so other texts are not excluded.
        Kind::Words(words) => vec![
            ("type", Json::text("string")),
            ("examples", Json::texts(words)),
        ],
        Kind::Any => Vec::new(),
        Kind::Range => list_of(Json::Object(types(&["number", "string"]))),
        Kind::Numbers => list_of(Json::Object(types(&["integer", "string"]))),
        Kind::Texts => list_of(Json::Object(types(&["string"]))),
        Kind::Settings => types(&["object"]),
        Kind::Matches => by_name(Json::Object(types(&["string"]))),
        Kind::Steps => vec![("$ref", Json::text("#/$defs/steps"))],
        Kind::Branches => list_of(reference("steps")),
        Kind::StepsByName(table) => {
            let forms = vec![reference("steps"), Json::Object(members(table))];
            by_name(Json::Object(vec![("anyOf", Json::List(forms))]))
        }
        Kind::Table(table) => members(table),
        Kind::Map(table) => by_name(Json::Object(members(table))),
        Kind::Tables(table) => list_of(Json::Object(members(table))),
        Kind::Either(kinds) => {
            let forms = kinds
                .iter()
                .map(|one| Json::Object(self::kind(one)))
                .collect();
            vec![("anyOf", Json::List(forms))]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_json_and_knows_every_table() {
        let schema: serde_json::Value = serde_json::from_str(&schema()).expect("it is JSON");
        for key in ROOT.names() {
            let about = &schema["properties"][key]["description"];
            assert!(about.is_string(), "{key} is described");
        }
        let steps = &schema["$defs"]["step"]["properties"];
        assert!(steps["choose"]["items"]["properties"]["steps"]["$ref"].is_string());
    }
}
