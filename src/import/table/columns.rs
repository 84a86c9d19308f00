//! Which column holds what, beside the times and the rates.
//!
//! One idea: people name columns alike, and a unit stands in the name; what is named on the command
//! line goes before all that is guessed.

use crate::model::arrival::layout::{Layout, simple};

/// What a column may hold, each with the names that people give it, letters and digits alone.
const NAMES: [(Role, &[&str]); 6] = [
    (
        Role::Took,
        &[
            "elapsed",
            "latency",
            "duration",
            "responsetime",
            "took",
            "requesttime",
            "timetaken",
            "resptime",
            "rt",
            "httpreqduration",
            "servicetime",
            "ms",
            "millis",
        ],
    ),
    (
        Role::Label,
        &[
            "label",
            "endpoint",
            "name",
            "url",
            "uri",
            "path",
            "route",
            "handler",
            "request",
            "operation",
            "transaction",
            "page",
            "api",
        ],
    ),
    (Role::Method, &["method", "httpmethod", "verb"]),
    (
        Role::Status,
        &[
            "status",
            "code",
            "statuscode",
            "responsecode",
            "httpstatus",
            "rc",
        ],
    ),
    (Role::Success, &["success", "ok", "succeeded", "passed"]),
    (
        Role::User,
        &[
            "user",
            "userid",
            "session",
            "sessionid",
            "visitor",
            "visitorid",
            "clientip",
            "ip",
            "client",
            "account",
            "accountid",
            "remoteaddr",
        ],
    ),
];
/// Units at the end of a name, with their nanoseconds; the longer ones first.
const UNITS: [(&str, u64); 12] = [
    ("milliseconds", 1_000_000),
    ("microseconds", 1_000),
    ("nanoseconds", 1),
    ("millis", 1_000_000),
    ("micros", 1_000),
    ("nanos", 1),
    ("seconds", 1_000_000_000),
    ("secs", 1_000_000_000),
    ("sec", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// How long it took.
    Took,
    /// What was asked.
    Label,
    Method,
    /// A status of HTTP.
    Status,
    /// Whether it went well.
    Success,
    /// Who asked.
    User,
}

/// Columns by what they hold, from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) took: Option<usize>,
    /// The nanoseconds of the unit of the times that it took, if it is said.
    pub(crate) unit_ns: Option<u64>,
    pub(crate) label: Option<usize>,
    pub(crate) method: Option<usize>,
    pub(crate) status: Option<usize>,
    pub(crate) success: Option<usize>,
    pub(crate) user: Option<usize>,
    /// How many were at work at once, of whom each waits for its answer.
    pub(crate) threads: Option<usize>,
    /// Rows that say this here sum up others.
    pub(crate) sums: Option<(usize, &'static str)>,
}

impl Columns {
    /// Those that the names say; the columns of times and rates are taken.
    pub(crate) fn of(layout: &Layout) -> Columns {
        let mut found = Columns::default();
        let names: Vec<String> = layout.names.iter().map(|name| simple(name)).collect();
        for (role, words) in NAMES {
            let is_one = |(column, name): &(usize, &String)| {
                let taken = *column == layout.time || Some(*column) == layout.rate;
                let bare = name.trim_end_matches(unit_of(name).map_or("", |(unit, _)| unit));
                !taken && (words.contains(&name.as_str()) || words.contains(&bare))
            };
            let columns: Vec<(usize, &String)> = names.iter().enumerate().filter(is_one).collect();
            // Of several the one whose word stands first in the list.
            let rank = |name: &String| words.iter().position(|word| name.starts_with(word));
            let best = columns
                .into_iter()
                .min_by_key(|(column, name)| (rank(name), *column));
            if let Some((column, name)) = best {
                *found.place(role) = Some(column);
                if role == Role::Took {
                    found.unit_ns = unit_of(name).map(|(_, nanos)| nanos);
                }
            }
        }
        found
    }

    /// The place of a role.
    pub(crate) fn place(&mut self, role: Role) -> &mut Option<usize> {
        match role {
            Role::Took => &mut self.took,
            Role::Label => &mut self.label,
            Role::Method => &mut self.method,
            Role::Status => &mut self.status,
            Role::Success => &mut self.success,
            Role::User => &mut self.user,
        }
    }

    /// The columns that are used, with what they are used for.
    pub(crate) fn said(&self, layout: &Layout) -> Vec<String> {
        let all = [
            (self.took, "how long it took"),
            (self.label, "what was asked"),
            (self.method, "the method"),
            (self.status, "the status"),
            (self.success, "whether it went well"),
            (self.user, "who asked"),
        ];
        let used = all
            .into_iter()
            .filter_map(|(column, what)| Some((column?, what)));
        used.map(|(column, what)| format!("{what} in {}", layout.called(column)))
            .collect()
    }
}

/// The unit at the end of a name.
fn unit_of(name: &str) -> Option<(&'static str, u64)> {
    UNITS.into_iter().find(|(unit, _)| name.ends_with(unit))
}

/// Nanoseconds of a unit as the command line writes it.
pub(crate) fn unit_ns(unit: &str) -> Option<u64> {
    let known = UNITS.iter().find(|(known, _)| *known == unit);
    known
        .map(|(_, nanos)| *nanos)
        .or((unit == "s").then_some(1_000_000_000))
}
