//! The what-ifs: named changes of the model, in file order.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::action::settings;
use super::document::Node;
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

/// Most others that a variant is made of, those of its members included.
const MOST_MEMBERS: usize = 100;

fn members<'a>(r: &mut Reader<'a>, name: &str, node: &'a Node) -> Vec<String> {
    let Some(items) = node.list() else {
        r.wrong_kind(node, "a list of variants such as `[\"a\", \"b\"]`");
        return Vec::new();
    };
    let mut members = Vec::new();
    let mut listed = BTreeSet::new();
    for item in items {
        let Some(member) = r.text(item) else { continue };
        let known = r.names("variant");
        if !known.contains(&member.as_str()) {
            let help = suggestion(&member, known.into_iter().filter(|known| *known != name));
            let diagnostic = Diagnostic::new("E010", format!("there is no variant `{member}`"));
            r.push(diagnostic.at(item.place).maybe_help(help));
        } else if !listed.insert(member.clone()) && member != name {
            let found = format!("`{member}` is listed twice");
            r.push(Diagnostic::new("E073", found).at(item.place));
        } else if !members.contains(&member) {
            members.push(member);
        }
    }
    members
}

/// What a variant is made of, its members' members included.
#[derive(Clone, Debug)]
enum Made {
    /// Of these, by their numbers.
    Of(Vec<usize>),
    /// Of something that was reported.
    Wrongly,
}

/// What is wrong with what a variant is made of, and the member at which that is shown.
struct Wrong {
    variant: usize,
    member: usize,
    code: &'static str,
    found: String,
    expected: Option<String>,
}

/// Refuses variants that contain themselves, or another one twice, or very many, each at the
/// innermost place. A wrong variant is made of nothing from here on.
///
/// Each is looked at when all of its members are known: the work is linear in what is written,
/// however they are nested.
pub(crate) fn resolve(r: &mut Reader<'_>, variants: &mut [Variant]) {
    let numbers = (0..).zip(variants.iter());
    let numbers: BTreeMap<&str, usize> = numbers.map(|(n, v)| (v.name.as_str(), n)).collect();
    let number = |name: &String| numbers.get(name.as_str()).copied();
    let each = variants.iter();
    let members: Vec<Vec<usize>> = each
        .map(|variant| variant.of.iter().filter_map(number).collect())
        .collect();
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); variants.len()];
    for (variant, members) in members.iter().enumerate() {
        members
            .iter()
            .for_each(|member| users[*member].push(variant));
    }
    let mut wrong: Vec<Wrong> = Vec::new();
    let mut open: Vec<usize> = members.iter().map(Vec::len).collect();
    let mut made: Vec<Option<Made>> = vec![None; variants.len()];
    let mut ready: VecDeque<usize> = (0..variants.len()).filter(|n| open[*n] == 0).collect();
    while let Some(variant) = ready.pop_front() {
        let of = whole(variant, &members[variant], &made, variants);
        made[variant] = Some(of.unwrap_or_else(|found| {
            wrong.push(found);
            Made::Wrongly
        }));
        for user in &users[variant] {
            open[*user] -= 1;
            if open[*user] == 0 {
                ready.push_back(*user);
            }
        }
    }
    wrong.extend(circles(&members, &made, variants));
    for one in wrong {
        let place = written(r, &variants[one.variant], &variants[one.member].name);
        let mut diagnostic = Diagnostic::new(one.code, one.found).at(place);
        diagnostic.expected = one.expected;
        r.push(diagnostic);
    }
    for (variant, made) in variants.iter_mut().zip(made) {
        if !matches!(made, Some(Made::Of(_))) {
            variant.of.clear();
        }
    }
}

/// Where a member of a variant is written.
fn written(r: &Reader<'_>, variant: &Variant, member: &str) -> Place {
    let table = r.document.get("variant").and_then(Node::table);
    let of = table.and_then(|table| table.get(&variant.name)?.table()?.get("of")?.list());
    let items = of.unwrap_or_default().iter();
    let found = items.rev().find(|item| item.text() == Some(member));
    found.map_or(variant.place, |item| item.place)
}

/// All that a variant is made of whose members are known, or what is wrong with it.
fn whole(
    variant: usize,
    members: &[usize],
    made: &[Option<Made>],
    variants: &[Variant],
) -> Result<Made, Wrong> {
    let name = |number: usize| &variants[number].name;
    let wrong = |code, member, found, expected| {
        Err(Wrong {
            variant,
            member,
            code,
            found,
            expected,
        })
    };
    // By the member that brings each.
    let mut all: BTreeMap<usize, usize> = BTreeMap::new();
    for &member in members {
        let Some(Made::Of(of)) = &made[member] else {
            return Ok(Made::Wrongly);
        };
        for &inner in of.iter().chain([&member]) {
            if let Some(first) = all.insert(inner, member) {
                let found = format!(
                    "the variant `{}` contains `{}` twice, by `{}` and by `{}`",
                    name(variant),
                    name(inner),
                    name(first),
                    name(member)
                );
                let expected = "expected each only once: what it changes is applied once";
                return wrong("E073", member, found, Some(expected.to_owned()));
            }
        }
        if all.len() > MOST_MEMBERS {
            let found = format!("the variant `{}` is made of very many", name(variant));
            let expected = format!("expected at most {MOST_MEMBERS}, their members included");
            return wrong("E006", member, found, Some(expected));
        }
    }
    Ok(Made::Of(all.into_keys().collect()))
}

/// What is wrong with each circle of variants.
fn circles(members: &[Vec<usize>], made: &[Option<Made>], variants: &[Variant]) -> Vec<Wrong> {
    let mut found = Vec::new();
    let mut seen = vec![false; variants.len()];
    for start in 0..variants.len() {
        let (mut way, mut at) = (Vec::new(), start);
        // Whose members were never all known stands in a circle, or is made of one that does.
        while made[at].is_none() && !seen[at] {
            seen[at] = true;
            way.push(at);
            let next = members[at].iter().find(|member| made[**member].is_none());
            at = *next.expect("a member that is not known keeps it from being known");
        }
        let Some(begin) = way.iter().position(|known| *known == at) else {
            continue;
        };
        let way: Vec<usize> = way[begin..].iter().copied().chain([at]).collect();
        let name = |number: &usize| format!("`{}`", variants[*number].name);
        let mut names: Vec<String> = way.iter().map(name).collect();
        // Of a long circle its ends are enough.
        if names.len() > 8 {
            names.splice(4..names.len() - 4, ["…".to_owned()]);
        }
        let text = format!("the variant {} contains itself", names[0]);
        found.push(Wrong {
            variant: at,
            member: way[1],
            code: "E073",
            found: match way.len() {
                2 => text,
                _ => format!("{text}: {}", names.join(" of ")),
            },
            expected: None,
        });
    }
    found
}
