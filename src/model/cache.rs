//! Caches: what of many keys is kept, how much of it, and for how long.

use std::collections::BTreeMap;

use super::keys::{Keys, MOST_KEYS, POPULARITY_DOC, popularity};
use super::reader::{Fields, Reader};
use super::scope::{self, Scope, scope};
use super::table::{Kind, TableDef, key};
use crate::base::time::Span;
use crate::random::popularity::{KeyDraw, Popularity};
use crate::random::working_set::{hit_share, size_for};
use crate::text::{Diagnostic, Place};

/// A cache.
#[derive(Clone, Debug, PartialEq)]
pub struct Cache {
    /// The `[keys]` table that it holds entries of; a space of its own if absent.
    pub keys: Option<String>,
    /// How many keys there are.
    pub count: u32,
    /// How requests spread over them.
    pub popularity: Popularity,
    /// Entries at most.
    pub size: u32,
    /// How long an entry is good.
    pub ttl: Option<Span>,
    /// How long after that it is still given, while it is filled anew.
    pub stale: Option<Span>,
    /// How many such caches there are.
    pub scope: Scope,
    /// Whether the most popular keys are there at the start.
    pub starts_warm: bool,
    /// Whether those who ask for one key at once share one miss.
    pub single_flight: bool,
    /// The share of requests that is expected to find its entry, once it is warm.
    pub hit: f64,
    /// Whether it is there at all: one that is off holds nothing.
    pub on: bool,
    /// Where its table begins.
    pub place: Place,
}

/// `[cache.NAME]`.
pub(crate) static CACHE: TableDef = TableDef {
    name: "a cache",
    doc: "Entries of the keys that were asked for last: LRU.",
    keys: &[
        key(
            "keys",
            Kind::Either(&[Kind::Count, Kind::Name("keys")]),
            "",
            "how many keys there are, or the `[keys]` table that says it",
        ),
        key("popularity", Kind::Text, "\"even\"", POPULARITY_DOC),
        key(
            "size",
            Kind::Count,
            "all keys",
            "entries at most: the one that was used longest ago gives way",
        )
        .live(),
        key(
            "hit",
            Kind::Share,
            "",
            "in place of `size`: that with which this share finds its entry, once warm",
        )
        .live(),
        key("ttl", Kind::Duration, "no end", "how long an entry is good").live(),
        scope("\"service\"", "how many such caches there are"),
        key(
            "starts",
            Kind::Words(STARTS_WORDS),
            "\"warm\"",
            "whether the most popular keys are there at the start",
        ),
        key(
            "single_flight",
            Kind::Flag,
            "false",
            "whether those who ask for one key at once share one miss",
        ),
        key(
            "stale",
            Kind::Duration,
            "never",
            "how long after `ttl` an entry is still given, while it is filled anew",
        )
        .live(),
        key(
            "on",
            Kind::Flag,
            "true",
            "whether the cache is there at all",
        )
        .live(),
    ],
};

const STARTS_WORDS: &[&str] = &["warm", "cold"];
const STARTS: [(&str, bool); 2] = [("warm", true), ("cold", false)];

/// Reads `[cache.NAME]`.
pub(crate) fn read<'a>(
    r: &mut Reader<'a>,
    fields: &Fields<'a>,
    spaces: &BTreeMap<String, Keys>,
) -> Option<Cache> {
    let (keys, count, popularity) = space(r, fields, spaces)?;
    let draw = KeyDraw::new(count, popularity);
    let size = fields.within(r, "size", 1..=u32::MAX);
    let hit = fields.share(r, "hit");
    if let (Some(_), Some(node)) = (size, fields.get("hit")) {
        let found = "`size` and `hit` both say how large the cache is";
        let diagnostic = Diagnostic::new("E008", found).at(node.place);
        r.push(diagnostic.related(fields.key_place("size"), "the size is given here"));
    }
    let size = match (size, hit) {
        (Some(size), _) => size.min(count),
        (None, Some(hit)) => size_for(&draw, hit),
        (None, None) => count,
    };
    let ttl = fields.period(r, "ttl");
    let stale = fields.period(r, "stale");
    if stale.is_some() && ttl.is_none() {
        let found = "no entry grows old: there is no `ttl`";
        let diagnostic = Diagnostic::new("E008", found).at(fields.key_place("stale"));
        r.push(diagnostic.help("leave `stale` out, or say how long an entry is good"));
    }
    Some(Cache {
        keys,
        count,
        popularity,
        size,
        ttl,
        stale,
        scope: scope::read(r, fields).unwrap_or(Scope::Service),
        starts_warm: fields.word(r, "starts", &STARTS).unwrap_or(true),
        single_flight: fields.flag(r, "single_flight").unwrap_or(false),
        hit: hit_share(&draw, size),
        on: fields.flag(r, "on").unwrap_or(true),
        place: fields.place,
    })
}

/// The keys of a cache: those of a table, or a space of its own.
fn space<'a>(
    r: &mut Reader<'a>,
    fields: &Fields<'a>,
    spaces: &BTreeMap<String, Keys>,
) -> Option<(Option<String>, u32, Popularity)> {
    let node = fields.require(r, "keys")?;
    let is_name = node
        .text()
        .is_some_and(|text| text.starts_with(|c: char| c.is_ascii_alphabetic()));
    if !is_name {
        let count = r.count(node, 1..=u64::from(MOST_KEYS))?;
        let count = u32::try_from(count).ok()?;
        let how = match fields.get("popularity") {
            Some(node) => popularity(r, node, count)?,
            None => Popularity::Even,
        };
        return Some((None, count, how));
    }
    let name = r.reference(node, "keys")?;
    if fields.get("popularity").is_some() {
        let found = format!("the keys `{name}` say how popular they are");
        let diagnostic = Diagnostic::new("E008", found).at(fields.key_place("popularity"));
        r.push(diagnostic.help("leave it out here"));
    }
    let space = spaces.get(&name)?;
    let (count, popularity) = (space.count, space.popularity);
    Some((Some(name), count, popularity))
}
