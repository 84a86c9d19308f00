//! What goes wrong, and when. Faults that are switched off are not in the model.

use super::document::Node;
use super::reader::{Fields, Reader, zero};
use super::table::{Kind, TableDef, key};
use super::value::Amount;
use crate::base::time::{Span, Time};
use crate::random::family::Distribution;
use crate::text::nearest::suggestion;
use crate::text::{Diagnostic, Place};

/// Something that goes wrong for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// When it begins.
    pub at: Time,
    /// How long it lasts; to the end if absent.
    pub lasts: Option<Span>,
    /// What goes wrong.
    pub kind: FaultKind,
    /// Where its table begins.
    pub place: Place,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// `cpu` and `wait` of the chosen instances take `factor` times as long.
    Slow {
        /// The service.
        service: String,
        /// How many times as long, above 0.
        factor: f64,
        /// Which instances.
        servers: Selector,
    },
    /// The chosen instances stand still.
    Pause {
        /// The service.
        service: String,
        /// Which instances.
        servers: Selector,
    },
    /// The chosen instances are gone; they boot when it ends.
    Crash {
        /// The service.
        service: String,
        /// Which instances.
        servers: Selector,
        /// Seconds of boot afterwards; the service's own unless said otherwise.
        boot: Distribution,
        /// How long the balancer goes on choosing them.
        noticed_after: Span,
        /// Whether callers of lost work hear nothing.
        silent: bool,
    },
    /// No message passes between two places.
    Cut {
        /// The two places.
        between: [Peer; 2],
        /// What becomes of messages.
        messages: CutMessages,
    },
    /// Messages between two places take longer.
    Delay {
        /// The two places.
        between: [Peer; 2],
        /// Additional seconds, drawn for each way.
        by: Distribution,
        /// The share of messages that it hits.
        share: f64,
    },
    /// A share of attempts is answered with an error.
    Error {
        /// The service.
        service: String,
        /// The share of attempts that it hits.
        share: f64,
        /// CPU seconds that such an answer costs; nothing if absent.
        cost: Option<Distribution>,
    },
}

/// Which instances of a service a fault hits, chosen by each server's own luck.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Selector {
    /// All of them.
    All,
    /// So many.
    Count(u32),
    /// A share of those there are, half up, at least one.
    Share(f64),
}

/// One end of a connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// Where users are.
    Users,
    /// A service.
    Service(String),
}

/// What becomes of messages that are cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutMessages {
    /// They all arrive at the end.
    Kept,
    /// Nobody hears of them.
    Lost,
    /// The sender learns at once.
    Refused,
}

impl Selector {
    /// How many of `servers` are hit.
    pub fn of(self, servers: u32) -> u32 {
        match self {
            Selector::All => servers,
            Selector::Count(count) => count.min(servers),
            Selector::Share(share) => {
                let hit = (share * f64::from(servers) + 0.5).floor();
                (hit as u32).max(1).min(servers)
            }
        }
    }
}

/// `[fault.NAME]`.
pub(crate) static FAULT: TableDef = TableDef {
    name: "a fault",
    doc: "Something that goes wrong for a while.",
    keys: &[
        key("at", Kind::Instant, "", "when it begins"),
        key("for", Kind::Duration, "to the end", "how long it lasts"),
        key("on", Kind::Flag, "true", "whether it happens at all"),
        key(
            "slow",
            Kind::Table(&SLOW),
            "",
            "`cpu` and `wait` of chosen instances take longer",
        ),
        key(
            "pause",
            Kind::Table(&PAUSE),
            "",
            "chosen instances stand still",
        ),
        key(
            "crash",
            Kind::Table(&CRASH),
            "",
            "chosen instances are down, and boot when the fault ends",
        ),
        key(
            "cut",
            Kind::Table(&CUT),
            "",
            "no message passes between two places",
        ),
        key(
            "delay",
            Kind::Table(&DELAY),
            "",
            "messages between two places take longer",
        ),
        key(
            "error",
            Kind::Table(&ERROR),
            "",
            "a share of attempts is answered with an error",
        ),
        key("flush", Kind::Later, "", "a cache loses entries"),
    ],
};

const SERVICE_DOC: &str = "the service that it hits";
const SERVERS_DOC: &str = "which instances: a number, a share, or \"all\"";
const SELECTOR: Kind = Kind::Either(&[Kind::Count, Kind::Share, Kind::Words(&["all"])]);
const BETWEEN_DOC: &str = "the two places, services or `users`";

static SLOW: TableDef = TableDef {
    name: "`slow`",
    doc: "Multiplies `cpu` and `wait` of the chosen instances, also work in progress.",
    keys: &[
        key("service", Kind::Name("service"), "", SERVICE_DOC),
        key(
            "factor",
            Kind::Number,
            "",
            "how many times as long work takes",
        ),
        key("servers", SELECTOR, "\"all\"", SERVERS_DOC),
    ],
};

static PAUSE: TableDef = TableDef {
    name: "`pause`",
    doc: "Stops the chosen instances; they go on afterwards.",
    keys: &[
        key("service", Kind::Name("service"), "", SERVICE_DOC),
        key("servers", SELECTOR, "\"all\"", SERVERS_DOC),
    ],
};

static CRASH: TableDef = TableDef {
    name: "`crash`",
    doc: "Fails the work and queue of the chosen instances, which boot when it ends.",
    keys: &[
        key("service", Kind::Name("service"), "", SERVICE_DOC),
        key("servers", SELECTOR, "\"all\"", SERVERS_DOC),
        key(
            "boot",
            Kind::Times,
            "that of the service",
            "how long they boot when the fault ends",
        ),
        key(
            "noticed_after",
            Kind::Duration,
            "\"0s\"",
            "how long the balancer still sends requests there",
        ),
        key(
            "silent",
            Kind::Flag,
            "false",
            "callers of lost work find out only by their timeout",
        ),
    ],
};

static CUT: TableDef = TableDef {
    name: "`cut`",
    doc: "No message passes between two places.",
    keys: &[
        key("between", Kind::Texts, "", BETWEEN_DOC),
        key(
            "messages",
            Kind::Words(CUT_WORDS),
            "\"lost\"",
            "what becomes of messages",
        ),
    ],
};

static DELAY: TableDef = TableDef {
    name: "`delay`",
    doc: "Messages between two places take longer.",
    keys: &[
        key("between", Kind::Texts, "", BETWEEN_DOC),
        key("by", Kind::Times, "", "how much longer, drawn for each way"),
        key(
            "share",
            Kind::Share,
            "\"100%\"",
            "the share of messages that it hits",
        ),
    ],
};

static ERROR: TableDef = TableDef {
    name: "`error`",
    doc: "A share of the attempts at a service is answered with an error.",
    keys: &[
        key("service", Kind::Name("service"), "", SERVICE_DOC),
        key(
            "share",
            Kind::Share,
            "\"100%\"",
            "the share of attempts that it hits",
        ),
        key(
            "cost",
            Kind::Times,
            "nothing",
            "CPU time that such an answer costs",
        ),
    ],
};

const CUT_WORDS: &[&str] = &["kept", "lost", "refused"];
const CUT_MESSAGES: [(&str, CutMessages); 3] = [
    ("kept", CutMessages::Kept),
    ("lost", CutMessages::Lost),
    ("refused", CutMessages::Refused),
];
const KINDS: [&str; 6] = ["slow", "pause", "crash", "cut", "delay", "error"];

/// Reads `[fault.NAME]`; `None` if it is switched off or not understood.
pub(crate) fn read<'a>(r: &mut Reader<'a>, name: &str, fields: &Fields<'a>) -> Option<Fault> {
    let on = fields.flag(r, "on").unwrap_or(true);
    let at = fields.require(r, "at").and_then(|node| r.instant(node));
    let lasts = fields.duration(r, "for");
    let kinds: Vec<&str> = KINDS
        .into_iter()
        .filter(|kind| fields.get(kind).is_some())
        .collect();
    let kind = match kinds.as_slice() {
        [kind] => kind_of(r, kind, fields),
        [] if fields.written().any(|key| key == "flush") => None,
        [] => {
            let diagnostic = Diagnostic::new("E050", format!("the fault `{name}` does nothing"));
            let expected = "expected one of `slow`, `pause`, `crash`, `cut`, `delay`, `error`";
            r.push(diagnostic.at(fields.place).expected(expected));
            None
        }
        [first, second, ..] => {
            let found = format!("a fault does one thing; found `{first}` and `{second}`");
            let diagnostic = Diagnostic::new("E050", found).at(fields.key_place(second));
            r.push(diagnostic.help("write two faults"));
            None
        }
    };
    let fault = Fault {
        at: at?,
        lasts,
        kind: kind?,
        place: fields.place,
    };
    on.then_some(fault)
}

fn kind_of<'a>(r: &mut Reader<'a>, kind: &str, fields: &Fields<'a>) -> Option<FaultKind> {
    match kind {
        "slow" => {
            let fields = fields.table(r, "slow", &SLOW)?;
            slow(r, &fields)
        }
        "pause" => {
            let fields = fields.table(r, "pause", &PAUSE)?;
            let (service, servers) = target(r, &fields);
            Some(FaultKind::Pause {
                service: service?,
                servers: servers?,
            })
        }
        "crash" => {
            let fields = fields.table(r, "crash", &CRASH)?;
            crash(r, &fields)
        }
        "cut" => {
            let fields = fields.table(r, "cut", &CUT)?;
            let messages = fields.word(r, "messages", &CUT_MESSAGES);
            let messages = messages.unwrap_or(CutMessages::Lost);
            Some(FaultKind::Cut {
                between: between(r, &fields)?,
                messages,
            })
        }
        "delay" => {
            let fields = fields.table(r, "delay", &DELAY)?;
            let share = fields.share(r, "share").unwrap_or(1.0);
            let by = fields.require(r, "by").and_then(|node| r.times(node));
            Some(FaultKind::Delay {
                between: between(r, &fields)?,
                by: by?,
                share,
            })
        }
        _ => {
            let fields = fields.table(r, "error", &ERROR)?;
            let share = fields.share(r, "share").unwrap_or(1.0);
            let cost = fields.times(r, "cost");
            Some(FaultKind::Error {
                service: service(r, &fields)?,
                share,
                cost,
            })
        }
    }
}

fn slow<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<FaultKind> {
    let (service, servers) = target(r, fields);
    let factor = fields
        .require(r, "factor")
        .and_then(|node| r.number(node, 0.001));
    Some(FaultKind::Slow {
        service: service?,
        factor: factor?,
        servers: servers?,
    })
}

fn crash<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<FaultKind> {
    let (service, servers) = target(r, fields);
    let service = service?;
    let own = fields.times(r, "boot");
    let boot = own.or_else(|| {
        let services = r.document.get("service")?.table()?;
        let boot = services.get(&service)?.table()?.get("boot")?;
        // What is wrong with it is reported at the service.
        let before = r.diagnostics.len();
        let boot = r.times(boot);
        r.diagnostics.truncate(before);
        boot
    });
    Some(FaultKind::Crash {
        service,
        servers: servers?,
        boot: boot.unwrap_or_else(zero),
        noticed_after: fields.duration(r, "noticed_after").unwrap_or(Span::ZERO),
        silent: fields.flag(r, "silent").unwrap_or(false),
    })
}

fn service<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<String> {
    let node = fields.require(r, "service")?;
    r.reference(node, "service")
}

fn target<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> (Option<String>, Option<Selector>) {
    let servers = match fields.get("servers") {
        Some(node) => selector(r, node),
        None => Some(Selector::All),
    };
    (service(r, fields), servers)
}

fn selector(r: &mut Reader<'_>, node: &Node) -> Option<Selector> {
    if node.text() == Some("all") {
        return Some(Selector::All);
    }
    match r.amount(node, "a number of instances, a share, or \"all\"")? {
        Amount::Percent(_) => r.share(node).map(Selector::Share),
        _ => {
            let count = r.count(node, 1..=u64::from(u32::MAX))?;
            u32::try_from(count).ok().map(Selector::Count)
        }
    }
}

fn between<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<[Peer; 2]> {
    let node = fields.require(r, "between")?;
    let expected = "two places such as `[\"users\", \"shop\"]`";
    let Some([one, other]) = node.list() else {
        r.wrong_kind(node, expected);
        return None;
    };
    let (one, other) = (peer(r, one), peer(r, other));
    if one.is_some() && one == other {
        let diagnostic = Diagnostic::new("E006", "both places are the same").at(node.place);
        r.push(diagnostic.expected(format!("expected {expected}")));
        return None;
    }
    Some([one?, other?])
}

fn peer(r: &mut Reader<'_>, node: &Node) -> Option<Peer> {
    let name = r.text(node)?;
    if name == "users" {
        return Some(Peer::Users);
    }
    let services = r.names("service");
    if services.contains(&name.as_str()) {
        return Some(Peer::Service(name));
    }
    let places = services.into_iter().chain(["users"]);
    let help = suggestion(&name, places);
    let diagnostic = Diagnostic::new("E010", format!("there is no service `{name}`"));
    r.push(diagnostic.at(node.place).maybe_help(help));
    None
}
