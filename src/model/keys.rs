//! What is asked for: keys of products, users or pages, and how popular each is.

use super::document::Node;
use super::reader::{Fields, Reader};
use super::table::{Kind, TableDef, key};
use super::value::{Amount, ArgumentValue, Thing};
use crate::random::popularity::Popularity;
use crate::text::{Diagnostic, Place};

/// A space of keys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keys {
    /// How many there are.
    pub count: u32,
    /// How requests spread over them.
    pub popularity: Popularity,
    /// Where its table begins.
    pub place: Place,
}

/// Keys at most: each has a place in memory.
pub(crate) const MOST_KEYS: u32 = 4_000_000;
/// Spaces of keys at most: who asks carries the number of one in five bits.
pub(crate) const MOST_SPACES: usize = 31;
/// The steepest popularity: the first key then has nearly all.
const MOST_SKEW: f64 = 100.0;

/// `[keys.NAME]`.
pub(crate) static KEYS: TableDef = TableDef {
    name: "`keys`",
    doc: "What is asked for: caches, hash balancing, fairness and hot keys use it.",
    keys: &[
        key("count", Kind::Count, "", "how many keys there are"),
        key("popularity", Kind::Text, "\"even\"", POPULARITY_DOC),
    ],
};

/// What `popularity` means.
pub(crate) const POPULARITY_DOC: &str = "how requests spread over them: `even`, `zipf(1.1)`, or \
                                         `hot(1: 20%)`, where one key takes a fifth";

/// Reads `[keys.NAME]`.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Keys> {
    fields.require(r, "count");
    let count = fields.within(r, "count", 1..=MOST_KEYS);
    let popularity = match fields.get("popularity") {
        Some(node) => popularity(r, node, count.unwrap_or(MOST_KEYS)),
        None => Some(Popularity::Even),
    };
    Some(Keys {
        count: count?,
        popularity: popularity?,
        place: fields.place,
    })
}

/// Reads how popular each of so many keys is.
pub(crate) fn popularity(r: &mut Reader<'_>, node: &Node, count: u32) -> Option<Popularity> {
    const EXPECTED: &str = "`even`, `zipf(1.1)` or `hot(1: 20%)`";
    if node.text().is_some_and(|text| text.trim() == "even") {
        return Some(Popularity::Even);
    }
    // `hot(1 key: 20%)` is how people say it.
    let plain = node
        .text()
        .map(|text| text.replace(" keys:", "     :").replace(" key:", "    :"));
    let mut node = node.clone();
    if let Some(plain) = plain {
        node.value = super::document::Value::Text(plain);
    }
    let Thing::Law(law) = r.thing(&node, EXPECTED)? else {
        r.wrong_kind(&node, EXPECTED);
        return None;
    };
    let one = match law.arguments.as_slice() {
        [one] if one.key.is_none() && law.factor.to_bits() == 1f64.to_bits() => Some(one),
        _ => None,
    };
    let read = one.and_then(|one| match (&*law.family, one.weight, &one.value) {
        ("zipf", None, ArgumentValue::Thing(Thing::Amount(Amount::Number(skew))))
            if (0.0..=MOST_SKEW).contains(skew) =>
        {
            Some(Popularity::Zipf { skew: *skew })
        }
        ("hot", Some(Amount::Number(keys)), ArgumentValue::Thing(Thing::Amount(share))) => {
            let share = match share {
                Amount::Percent(share) | Amount::Number(share) => *share,
                _ => return None,
            };
            let fits = keys.fract() == 0.0 && (1.0..=f64::from(count)).contains(&keys);
            let fits = fits && (0.0..=1.0).contains(&share);
            fits.then_some(Popularity::Hot {
                keys: keys as u32,
                share,
            })
        }
        _ => None,
    });
    if read.is_none() {
        let diagnostic = Diagnostic::new("E021", "this is no popularity of keys").at(node.place);
        r.push(diagnostic.expected(format!("expected {EXPECTED}")));
    }
    read
}
