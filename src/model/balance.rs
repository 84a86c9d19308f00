//! How a balancer chooses an instance: by turns, luck, load, who asks or what is asked for.

use super::reader::{Fields, Reader};
use super::table::{Kind, TableDef, key};
use crate::base::time::Span;
use crate::text::Diagnostic;

/// How a balancer chooses an instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Balancing {
    /// By which rule.
    pub kind: Balance,
    /// How old what it knows of loads may be; nothing is old if absent.
    pub stale: Option<Span>,
    /// How many instances each caller uses; all if absent.
    pub subset: Option<u32>,
    /// How long a new instance gets less; as much as others at once if absent.
    pub slow_start: Option<Span>,
    /// What each instance gets beside the others, by number; 1 beyond the list.
    pub weight: Vec<f64>,
}

impl Balancing {
    /// By turns among all.
    pub fn usual() -> Balancing {
        Balancing::by(Balance::RoundRobin)
    }

    fn by(kind: Balance) -> Balancing {
        Balancing {
            kind,
            stale: None,
            subset: None,
            slow_start: None,
            weight: Vec::new(),
        }
    }

    /// Whether a rule is all there is to it, and it knows everything.
    pub fn is_plain(&self) -> bool {
        let is_even = self.slow_start.is_none() && self.weight.is_empty();
        let knows = self.stale.is_none() && self.subset.is_none();
        is_even && knows && self.kind != Balance::Hash
    }
}

/// The rule by which a balancer chooses an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balance {
    /// In turn; one counter a service.
    RoundRobin,
    /// By luck: instance ⌊u·n⌋.
    Random,
    /// Fewest waiting and in service, ties to the lowest number.
    LeastLoaded,
    /// The better of two different ones drawn by luck.
    TwoChoices,
    /// Always the same for the same user.
    Sticky,
    /// Always the same for the same key; of those without a key, for the same user.
    Hash,
}

const WORDS: &[&str] = &[
    "round-robin",
    "random",
    "least-loaded",
    "two-choices",
    "sticky",
    "hash",
];
const KINDS: [(&str, Balance); 6] = [
    ("round-robin", Balance::RoundRobin),
    ("random", Balance::Random),
    ("least-loaded", Balance::LeastLoaded),
    ("two-choices", Balance::TwoChoices),
    ("sticky", Balance::Sticky),
    ("hash", Balance::Hash),
];

/// What may stand at `balance`.
pub(crate) const BALANCE_KIND: Kind = Kind::Either(&[Kind::Words(WORDS), Kind::Table(&BALANCE)]);

/// `balance` of a service, as a table.
static BALANCE: TableDef = TableDef {
    name: "`balance`",
    doc: "How an instance is chosen, and what the balancer knows.",
    keys: &[
        key(
            "kind",
            Kind::Words(WORDS),
            "\"round-robin\"",
            "by which rule; the word alone may stand for the table",
        )
        .live(),
        key(
            "stale",
            Kind::Duration,
            "always fresh",
            "how often the balancer looks at loads; between looks it knows no newer ones",
        )
        .live(),
        key(
            "subset",
            Kind::Count,
            "all",
            "how many instances each caller uses, chosen by its luck",
        )
        .live(),
        key(
            "slow_start",
            Kind::Duration,
            "none",
            "how long the weight of a new instance grows, from a tenth",
        )
        .live(),
        key(
            "weight",
            Kind::Numbers,
            "1 each",
            "what each instance gets beside the others, by number",
        )
        .live(),
    ],
};

/// Reads `balance`: a word, or a table.
pub(super) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Balancing {
    let Some(node) = fields.get("balance") else {
        return Balancing::usual();
    };
    if node.table().is_none() {
        let kind = r.word(node, &KINDS);
        return Balancing::by(kind.unwrap_or(Balance::RoundRobin));
    }
    let Some(fields) = r.fields(node, &BALANCE) else {
        return Balancing::usual();
    };
    let mut found = Balancing::by(
        fields
            .word(r, "kind", &KINDS)
            .unwrap_or(Balance::RoundRobin),
    );
    found.stale = fields.period(r, "stale");
    found.subset = fields.small(r, "subset", 1);
    found.slow_start = fields.period(r, "slow_start");
    if let Some(node) = fields.get("weight") {
        match node.list() {
            Some(items) => found.weight = items.iter().filter_map(|n| r.number(n, 0.0)).collect(),
            None => r.wrong_kind(node, "a list of numbers such as `[1, 1, 2]`"),
        }
        if !found.weight.is_empty() && found.weight.iter().all(|weight| *weight <= 0.0) {
            let diagnostic = Diagnostic::new("E006", "no instance has any weight");
            r.push(
                diagnostic
                    .at(node.place)
                    .expected("expected a number above 0"),
            );
        }
    }
    found
}
