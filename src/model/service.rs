//! What users hit: instances behind a balancer, their workers, cores and queue, and what each
//! endpoint does.

use std::collections::BTreeMap;

use super::balance::{self, BALANCE_KIND, Balancing};
use super::class::{CRITICALITY, CRITICALITY_WORDS, Criticality};
use super::connections::{self, CONNECTIONS, Connections};
use super::document::Entry;
use super::health::{self, EJECT, Eject, HEALTH, Health};
use super::limiter::{self, LIMITER, Limiter};
use super::queue::{self, QUEUE, Queue};
use super::reader::{Fields, MOST_TABLES, Reader, zero};
use super::step::Step;
use super::step::reading::{Owner, endpoint_steps};
use super::table::{Kind, TableDef, key};
use super::upkeep::{self, IDLE, Idle, MEMORY, Memory};
use crate::base::time::Span;
use crate::random::family::Distribution;
use crate::text::{Diagnostic, Place};

/// A service: identical instances behind a balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// What reports call it; its name if absent.
    pub label: Option<String>,
    /// Instances; may be 0.
    pub servers: u32,
    /// Requests that one instance works on at once.
    pub workers: u32,
    /// CPU of one instance; need not be whole.
    pub cores: f64,
    /// Those who wait for a worker.
    pub queue: Queue,
    /// The rate limit before its balancer.
    pub limit: Option<String>,
    /// CPU seconds that a refusal costs the refusing instance; nothing if absent.
    pub refuse_cost: Option<Distribution>,
    /// What is turned away before an instance is chosen.
    pub shed: Shed,
    /// How each instance limits what it takes in; not at all if absent.
    pub limiter: Option<Limiter>,
    /// How the balancer chooses an instance.
    pub balance: Balancing,
    /// How it is checked; not at all if absent.
    pub health: Option<Health>,
    /// How callers keep connections to its servers; not at all if absent.
    pub connections: Option<Connections>,
    /// The endpoint that a check asks; it asks nothing if absent.
    pub check: Option<String>,
    /// When servers that fail are left out; never if absent.
    pub eject: Option<Eject>,
    /// Seconds of one way over the network, drawn for each way.
    pub network: Distribution,
    /// What happens to work whose caller stopped waiting.
    pub on_timeout: OnTimeout,
    /// How concurrent work slows itself.
    pub slowdown: Slowdown,
    /// The memory of each instance, if it is modelled.
    pub memory: Option<Memory>,
    /// When instances sleep, if they do.
    pub idle: Option<Idle>,
    /// Seconds until a new or crashed instance takes work.
    pub boot: Distribution,
    /// How much slower an instance is while it is cold.
    pub cold: f64,
    /// How long an instance is cold after its boot; never if zero.
    pub warm_after: Span,
    /// The zones that its servers are dealt out to in turn; none if empty.
    pub zones: Vec<String>,
    /// What it can be asked.
    pub endpoints: BTreeMap<String, Endpoint>,
    /// Where its table begins.
    pub place: Place,
}

/// What a service does when asked one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    /// The steps that a worker goes through.
    pub steps: Vec<Step>,
    /// The rate limit before it.
    pub limit: Option<String>,
    /// The kind of traffic that it is; that of the call if absent.
    pub class: Option<String>,
    /// What is turned away before an instance is chosen.
    pub shed: Shed,
    /// Whether the route is open; a closed one refuses everybody.
    pub on: bool,
    /// Where it is written.
    pub place: Place,
}

/// What a service turns away to shed load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shed {
    /// The share of attempts, by their luck.
    pub share: f64,
    /// Only of those that are as critical as that, or less.
    pub criticality: Criticality,
}

impl Shed {
    /// Nobody is turned away.
    pub const NOTHING: Shed = Shed {
        share: 0.0,
        criticality: Criticality::Critical,
    };
}

/// What a service does with work whose caller stopped waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnTimeout {
    /// Knows nothing and does it.
    Ignore,
    /// Notices when it would start it.
    Expire,
    /// Takes it out of the queue at once; work begun goes on.
    Dequeue,
    /// Stops it at once, and gives up its own calls likewise.
    Cancel,
}

/// Universal Scalability Law: with n in a `cpu` step each runs at
/// min(1, cores/n) ÷ (1 + σ(n−1) + κ·n(n−1)).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slowdown {
    /// σ, 0 to 1.
    pub contention: f64,
    /// κ, 0 to 1.
    pub coherency: f64,
    /// By how much of itself work is slower for each that waits at the server.
    pub per_waiting: f64,
    /// Whether only the beginning of each step counts, by the number at the server then.
    pub at_start: bool,
}

/// `[service.NAME]`.
pub(crate) static SERVICE: TableDef = TableDef {
    name: "a service",
    doc: "What users hit: identical instances behind a balancer.",
    keys: &[
        key("label", Kind::Text, "its name", "what reports call it"),
        key(
            "servers",
            Kind::Count,
            "1",
            "identical instances behind the balancer",
        )
        .live(),
        key(
            "workers",
            Kind::Count,
            "`cores`, else 1",
            "requests one instance works on at once",
        )
        .live(),
        key(
            "cores",
            Kind::Number,
            "`workers`, else 1",
            "CPU of one instance; a part of a core counts too (`0.5`)",
        )
        .live(),
        key(
            "queue",
            Kind::Table(&QUEUE),
            "no limit",
            "who waits for a worker",
        ),
        key(
            "limit",
            Kind::Name("limit"),
            "none",
            "the rate limit before its balancer",
        ),
        key(
            "refuse_cost",
            Kind::Times,
            "nothing",
            "CPU time that a refusal costs the instance",
        )
        .live(),
        key(
            "shed",
            Kind::Either(&[Kind::Share, Kind::Table(&SHED)]),
            "0",
            "the share of attempts that is turned away before an instance is chosen",
        )
        .live(),
        key(
            "limiter",
            Kind::Table(&LIMITER),
            "none",
            "a limit that each instance finds for itself",
        ),
        key(
            "balance",
            BALANCE_KIND,
            "\"round-robin\"",
            "how an instance is chosen",
        )
        .live(),
        key(
            "health",
            Kind::Table(&HEALTH),
            "none",
            "checks by which the balancer notices what is down",
        ),
        key(
            "eject",
            Kind::Table(&EJECT),
            "none",
            "servers that fail again and again are left out for a while",
        ),
        key(
            "connections",
            Kind::Table(&CONNECTIONS),
            "none",
            "each caller keeps a connection to one server",
        ),
        key(
            "network",
            Kind::Times,
            "\"0s\"",
            "one way over the network, drawn for each way",
        )
        .live(),
        key(
            "on_timeout",
            Kind::Words(ON_TIMEOUT_WORDS),
            "\"ignore\"",
            ON_TIMEOUT_DOC,
        )
        .live(),
        key(
            "slowdown",
            Kind::Table(&SLOWDOWN),
            "none",
            "how concurrent requests slow each other",
        ),
        key(
            "memory",
            Kind::Table(&MEMORY),
            "unlimited",
            "what requests take of the memory of an instance",
        ),
        key(
            "idle",
            Kind::Table(&IDLE),
            "never asleep",
            "when an instance sleeps, and what it needs then",
        ),
        key(
            "boot",
            Kind::Times,
            "\"0s\"",
            "until a new or crashed instance takes work",
        )
        .live(),
        key(
            "cold",
            Kind::Number,
            "2",
            "how many times slower a cold instance is",
        )
        .live(),
        key(
            "warm_after",
            Kind::Duration,
            "\"0s\"",
            "how long an instance is cold after its boot",
        )
        .live(),
        key(
            "zones",
            Kind::Texts,
            "none",
            "zones that its servers are dealt out to, in turn",
        ),
        key(
            "endpoint",
            Kind::StepsByName(&ENDPOINT),
            "",
            "what it can be asked, each a list of steps, or a table of these and more",
        ),
    ],
};

/// An endpoint that is a table.
pub(crate) static ENDPOINT: TableDef = TableDef {
    name: "an endpoint",
    doc: "What a service does when asked one thing: a list of steps, or a table of these and more.",
    keys: &[
        key("steps", Kind::Steps, "", "what a worker does"),
        key(
            "limit",
            Kind::Name("limit"),
            "none",
            "the rate limit before it, beside that of the service",
        ),
        key(
            "class",
            Kind::Name("class"),
            "that of the call",
            "the kind of traffic that it is, and that its own calls inherit",
        ),
        key(
            "shed",
            Kind::Either(&[Kind::Share, Kind::Table(&SHED)]),
            "0",
            "the share of its attempts that is turned away, beside that of the service",
        )
        .live(),
        key(
            "on",
            Kind::Flag,
            "true",
            "`false` closes the route: all attempts are refused at no cost",
        )
        .live(),
    ],
};

const ON_TIMEOUT_DOC: &str = "what happens to work whose caller stopped waiting";

static SHED: TableDef = TableDef {
    name: "`shed`",
    doc: "What is turned away before an instance is chosen, at no cost.",
    keys: &[
        key(
            "share",
            Kind::Share,
            "100%",
            "so many attempts, by their luck",
        )
        .live(),
        key(
            "criticality",
            Kind::Words(CRITICALITY_WORDS),
            "\"critical\"",
            "only of traffic that is as critical as that, or less",
        )
        .live(),
    ],
};

static SLOWDOWN: TableDef = TableDef {
    name: "`slowdown`",
    doc: "How requests at one server slow each other.",
    keys: &[
        key(
            "contention",
            Kind::Share,
            "0",
            "the part of the work that only one at a time can do",
        )
        .live(),
        key(
            "coherency",
            Kind::Share,
            "0",
            "what each pair of requests at work costs the others",
        )
        .live(),
        key(
            "per_waiting",
            Kind::Share,
            "0",
            "by how much each that waits at the server slows the work",
        )
        .live(),
        key(
            "at_start",
            Kind::Flag,
            "false",
            "whether the number at the server when a step starts counts, and then no more",
        )
        .live(),
    ],
};

const ON_TIMEOUT_WORDS: &[&str] = &["ignore", "expire", "dequeue", "cancel"];
const ON_TIMEOUT: [(&str, OnTimeout); 4] = [
    ("ignore", OnTimeout::Ignore),
    ("expire", OnTimeout::Expire),
    ("dequeue", OnTimeout::Dequeue),
    ("cancel", OnTimeout::Cancel),
];
/// Instances of one service at most: each that comes or goes is told to all.
const MOST_SERVERS: u32 = 20_000;
/// CPU of one instance at most.
const MOST_CORES: f64 = 1e6;

/// The names of zones, each once.
fn zones<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Vec<String> {
    let Some(node) = fields.get("zones") else {
        return Vec::new();
    };
    let Some(items) = node.list().filter(|items| !items.is_empty()) else {
        r.wrong_kind(node, "names of zones such as `[\"a\", \"b\"]`");
        return Vec::new();
    };
    let mut zones: Vec<String> = Vec::new();
    for item in items {
        let Some(name) = r.text(item) else { continue };
        if zones.contains(&name) {
            let diagnostic = Diagnostic::new("E006", format!("the zone `{name}` stands twice"));
            r.push(diagnostic.at(item.place));
        } else if r.check_name(&name, item.place) {
            zones.push(name);
        }
    }
    zones
}

/// Reads `[service.NAME]`.
pub(crate) fn read<'a>(r: &mut Reader<'a>, name: &str, fields: &Fields<'a>) -> Service {
    let workers = fields.small(r, "workers", 1);
    let cores = fields.get("cores").and_then(|node| {
        let cores = r.number(node, 0.001)?;
        if cores > MOST_CORES {
            r.out_of_range(node, "a number from 0.001 to 1000000");
            return None;
        }
        Some(cores)
    });
    Service {
        label: fields.label(r, "label"),
        servers: fields.within(r, "servers", 0..=MOST_SERVERS).unwrap_or(1),
        workers: workers
            .or(cores.map(|cores| cores.ceil() as u32))
            .unwrap_or(1),
        cores: cores.or(workers.map(f64::from)).unwrap_or(1.0),
        queue: queue::read(r, fields),
        limit: named(r, fields, "limit"),
        shed: shed(r, fields),
        limiter: limiter::read(r, fields),
        refuse_cost: fields.times(r, "refuse_cost"),
        balance: balance::read(r, fields),
        health: health::health(r, fields),
        check: health::call(r, name, fields),
        connections: connections::read(r, fields),
        eject: health::eject(r, fields),
        network: fields.times(r, "network").unwrap_or_else(zero),
        on_timeout: fields
            .word(r, "on_timeout", &ON_TIMEOUT)
            .unwrap_or(OnTimeout::Ignore),
        zones: zones(r, fields),
        slowdown: slowdown(r, fields),
        memory: upkeep::memory(r, fields),
        idle: upkeep::idle(r, fields),
        boot: fields.times(r, "boot").unwrap_or_else(zero),
        cold: fields.number(r, "cold", 1.0).unwrap_or(2.0),
        warm_after: fields.duration(r, "warm_after").unwrap_or(Span::ZERO),
        endpoints: endpoints(r, name, fields),
        place: fields.place,
    }
}

fn shed<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Shed {
    let mut shed = Shed::NOTHING;
    match fields.get("shed") {
        Some(node) if node.table().is_some() => {
            if let Some(fields) = r.fields(node, &SHED) {
                shed.share = fields.share(r, "share").unwrap_or(1.0);
                let of = fields.word(r, "criticality", &CRITICALITY);
                shed.criticality = of.unwrap_or(shed.criticality);
            }
        }
        _ => shed.share = fields.share(r, "shed").unwrap_or(0.0),
    }
    shed
}

fn slowdown<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Slowdown {
    let fields = fields.table(r, "slowdown", &SLOWDOWN);
    let mut share = |key| {
        fields
            .and_then(|fields| fields.share(r, key))
            .unwrap_or(0.0)
    };
    Slowdown {
        contention: share("contention"),
        coherency: share("coherency"),
        per_waiting: share("per_waiting"),
        at_start: fields
            .and_then(|fields| fields.flag(r, "at_start"))
            .unwrap_or(false),
    }
}

fn endpoints<'a>(
    r: &mut Reader<'a>,
    service: &str,
    fields: &Fields<'a>,
) -> BTreeMap<String, Endpoint> {
    let mut endpoints = BTreeMap::new();
    let Some(node) = fields.get("endpoint") else {
        return endpoints;
    };
    let Some(table) = node.table() else {
        r.wrong_kind(node, "lists of steps by name");
        return endpoints;
    };
    r.fits(table.entries.len(), MOST_TABLES, node.place);
    for entry in table.entries.iter().take(MOST_TABLES) {
        r.check_name(&entry.key, entry.place);
        let owner = Owner::Endpoint(format!("{service}.{}", entry.key));
        if let Some(endpoint) = endpoint(r, entry, &owner) {
            endpoints.insert(entry.key.clone(), endpoint);
        }
    }
    endpoints
}

/// One endpoint: a list of steps, or a table of these and more.
fn endpoint<'a>(r: &mut Reader<'a>, entry: &'a Entry, owner: &Owner) -> Option<Endpoint> {
    let mut endpoint = Endpoint {
        steps: Vec::new(),
        limit: None,
        class: None,
        shed: Shed::NOTHING,
        on: true,
        place: entry.place,
    };
    let mut list = &entry.node;
    if entry.node.table().is_some() {
        let mut fields = r.fields(&entry.node, &ENDPOINT)?;
        fields.place = entry.place;
        endpoint.limit = named(r, &fields, "limit");
        endpoint.class = named(r, &fields, "class");
        endpoint.shed = shed(r, &fields);
        endpoint.on = fields.flag(r, "on").unwrap_or(true);
        list = fields.require(r, "steps")?;
    }
    endpoint.steps = endpoint_steps(r, list, owner)?;
    Some(endpoint)
}

/// The name of an entry of the top-level table that is called like the key.
fn named<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, table: &'static str) -> Option<String> {
    let node = fields.get(table)?;
    r.reference(node, table)
}
