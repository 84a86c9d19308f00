//! How many there are of what several share: one vocabulary for pools, guards and caches.

use super::reader::{Fields, Reader};
use super::table::{KeyDef, Kind, key};

/// How many pools, budgets, breakers or caches of one name there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One for each instance of the service that runs the step; in a journey one for each user.
    Server,
    /// One for each service that runs the step; all users together are one.
    Service,
    /// One.
    Global,
}

const WORDS: &[&str] = &["server", "service", "global"];
const SCOPE: [(&str, Scope); 3] = [
    ("server", Scope::Server),
    ("service", Scope::Service),
    ("global", Scope::Global),
];

/// The key `scope`.
pub(crate) const fn scope(default: &'static str, doc: &'static str) -> KeyDef {
    key("scope", Kind::Words(WORDS), default, doc)
}

/// Reads `scope`, where it is written.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Scope> {
    fields.word(r, "scope", &SCOPE)
}
