//! The what-ifs: named changes of the model, in file order.

use super::action::settings;
use super::overlay::Change;
use super::reader::{Fields, Reader};
use super::table::{Kind, TableDef, key};
use crate::text::nearest::suggestion;
use crate::text::{Diagnostic, Place};

/// `[variant.NAME]`.
pub(crate) static VARIANT: TableDef = TableDef {
    name: "a variant",
    doc: "A what-if: changes of the model under a name.",
    keys: &[
        key("label", Kind::Text, "its name", "what reports call it"),
        key("set", Kind::Settings, "", "paths and what they are set to"),
        key(
            "of",
            Kind::Texts,
            "",
            "other variants that it is made of, applied first",
        ),
    ],
};

/// A what-if.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// What reports call it; its name if absent.
    pub label: Option<String>,
    /// Other variants that it is made of, applied first, in this order.
    pub of: Vec<String>,
    /// Its own changes, applied last.
    pub set: Vec<Change>,
    /// Where its table begins.
    pub place: Place,
}

/// Reads `[variant.NAME]`.
pub(crate) fn read<'a>(r: &mut Reader<'a>, name: &str, fields: &Fields<'a>) -> Variant {
    let set = fields
        .get("set")
        .and_then(|node| settings(r, node))
        .unwrap_or_default();
    let of = fields
        .get("of")
        .map(|node| members(r, name, node))
        .unwrap_or_default();
    if name == "baseline" {
        let diagnostic = Diagnostic::new("E008", "`baseline` is the model as it is written");
        r.push(
            diagnostic
                .at(fields.place)
                .help("give the variant another name"),
        );
    }
    Variant {
        name: name.to_owned(),
        label: fields.label(r, "label"),
        of,
        set,
        place: fields.place,
    }
}

fn members<'a>(r: &mut Reader<'a>, name: &str, node: &'a super::document::Node) -> Vec<String> {
    let Some(items) = node.list() else {
        r.wrong_kind(node, "a list of variants such as `[\"a\", \"b\"]`");
        return Vec::new();
    };
    let mut members = Vec::new();
    for item in items {
        let Some(member) = r.text(item) else { continue };
        let known = r.names("variant");
        if !known.contains(&member.as_str()) {
            let help = suggestion(&member, known.into_iter().filter(|known| *known != name));
            let diagnostic = Diagnostic::new("E010", format!("there is no variant `{member}`"));
            r.push(diagnostic.at(item.place).maybe_help(help));
        } else if members.contains(&member) {
            let found = format!("`{member}` is listed twice");
            r.push(Diagnostic::new("E073", found).at(item.place));
        } else if contains(r, &member, name, 0) {
            let found = format!("the variant `{name}` contains itself");
            r.push(Diagnostic::new("E073", found).at(item.place));
        } else {
            members.push(member);
        }
    }
    members
}

/// Whether `outer` is, or is made of, `inner`.
fn contains(r: &Reader<'_>, outer: &str, inner: &str, depth: usize) -> bool {
    if outer == inner {
        return true;
    }
    let variants = r.document.get("variant").and_then(|node| node.table());
    let of = variants.and_then(|table| table.get(outer)?.table()?.get("of")?.list());
    // A circle elsewhere is reported at its own members; here it only must end.
    let names = of.unwrap_or_default().iter().filter_map(|node| node.text());
    depth < 64
        && names
            .into_iter()
            .any(|name| contains(r, name, inner, depth + 1))
}
