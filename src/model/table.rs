//! The words of the language as data: every table, every key, its kind, default and meaning.
//!
//! Readers, the errors for unknown keys, paths of overlays, the JSON Schema and the key lists of
//! the reference all come from these definitions, so that they cannot disagree.

/// A table of the language.
#[derive(Debug)]
pub(crate) struct TableDef {
    /// What it is called in messages: `a service`, `queue`.
    pub(crate) name: &'static str,
    /// What it is, in one sentence.
    pub(crate) doc: &'static str,
    /// Its keys.
    pub(crate) keys: &'static [KeyDef],
}

/// A key of a table.
#[derive(Debug)]
pub(crate) struct KeyDef {
    /// The key.
    pub(crate) name: &'static str,
    /// What may stand there.
    pub(crate) kind: Kind,
    /// What holds if it is not written; empty if there is nothing to say.
    pub(crate) default: &'static str,
    /// What it means, in one sentence.
    pub(crate) doc: &'static str,
    /// Whether it is read again and again while a simulation runs, so that an action may change it.
    pub(crate) live: bool,
}

/// What may stand at a key.
#[derive(Debug)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// A date and time.
    Date,
    /// `true` or `false`.
    Flag,
    /// A whole number of things.
    Count,
    /// A plain number.
    Number,
    /// A share, `"20%"` or 0 to 1.
    Share,
    /// Events per time, `"100/s"`.
    Rate,
    /// An amount of data, `"2MB"`.
    Size,
    /// Data per time, `"10MB/s"`.
    SizeRate,
    /// A length of time.
    Duration,
    /// A time from T+0.
    Instant,
    /// A distribution of durations.
    Times,
    /// A distribution of counts.
    Counts,
    /// A distribution of gaps with mean 1.
    Gaps,
    /// One of these words.
    Words(&'static [&'static str]),
    /// The name of an entry of this top-level table.
    Name(&'static str),
    /// `service.endpoint`.
    Endpoint,
    /// The path of a data file.
    File,
    /// Any value.
    Any,
    /// Two values, the low one first.
    Range,
    /// A list of whole numbers.
    Numbers,
    /// A comparison of a metric with a limit.
    Condition,
    /// A list of texts.
    Texts,
    /// Paths and the values they are set to.
    Settings,
    /// A list of steps.
    Steps,
    /// Several lists of steps.
    Branches,
    /// A table.
    Table(&'static TableDef),
    /// Named tables.
    Map(&'static TableDef),
    /// Named lists of steps, each of which may also be a table that holds them.
    StepsByName(&'static TableDef),
    /// A list of tables.
    Tables(&'static TableDef),
    /// Columns of a data file and the metrics that they are.
    Matches,
    /// Any of these.
    Either(&'static [Kind]),
}

/// A key; short, since the tables are long.
pub(crate) const fn key(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    doc: &'static str,
) -> KeyDef {
    KeyDef {
        name,
        kind,
        default,
        doc,
        live: false,
    }
}

impl KeyDef {
    /// The same key, which an action may change while a simulation runs.
    pub(crate) const fn live(self) -> KeyDef {
        KeyDef { live: true, ..self }
    }
}

impl TableDef {
    /// The definition of a key.
    pub(crate) fn key(&self, name: &str) -> Option<&'static KeyDef> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The names of its keys.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.keys.iter().map(|key| key.name)
    }

    /// The paths from here of all that an action may change, the tables inside included.
    pub(crate) fn live(&self) -> Vec<String> {
        let mut found = Vec::new();
        for key in self.keys {
            let inside = key.kind.table().or(match &key.kind {
                Kind::Tables(def) => Some(*def),
                _ => None,
            });
            if let Kind::StepsByName(def) = &key.kind {
                let of = def.live().into_iter();
                found.extend(of.map(|path| format!("{}.NAME.{path}", key.name)));
            }
            found.extend(key.live.then(|| key.name.to_owned()));
            let inside = inside.map(TableDef::live).unwrap_or_default();
            found.extend(inside.iter().map(|path| format!("{}.{path}", key.name)));
        }
        found
    }
}

impl Kind {
    /// The table among what may stand here.
    pub(crate) fn table(&self) -> Option<&'static TableDef> {
        match self {
            Kind::Table(table) => Some(table),
            Kind::Either(kinds) => kinds.iter().find_map(Kind::table),
            _ => None,
        }
    }

    /// Whether a number with its unit may stand here, and so a factor on it.
    pub(crate) fn is_amount(&self) -> bool {
        match self {
            Kind::Count
            | Kind::Number
            | Kind::Share
            | Kind::Rate
            | Kind::Size
            | Kind::SizeRate
            | Kind::Duration
            | Kind::Instant
            | Kind::Times
            | Kind::Counts
            | Kind::Any => true,
            Kind::Either(kinds) => kinds.iter().any(Kind::is_amount),
            _ => false,
        }
    }

    /// Whether a list of steps may stand here.
    pub(crate) fn holds_steps(&self) -> bool {
        match self {
            Kind::Steps => true,
            Kind::Either(kinds) => kinds.iter().any(Kind::holds_steps),
            _ => false,
        }
    }
}
