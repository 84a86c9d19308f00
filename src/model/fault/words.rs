//! The words of faults.

use crate::model::table::{Kind, TableDef, key};

/// `[fault.NAME]`.
pub(crate) static FAULT: TableDef = TableDef {
    name: "a fault",
    doc: "Something that goes wrong for a while, once or again and again.",
    keys: &[
        key("at", Kind::Instant, "", "when it begins"),
        key(
            "for",
            Kind::Duration,
            "to the end",
            "how long it lasts, each time",
        ),
        key(
            "every",
            Kind::Duration,
            "once",
            "from one begin to the next, counted from `at` whether or not the last has ended",
        ),
        key(
            "jitter",
            Kind::Times,
            "none",
            "how much later an occurrence begins, drawn for each; the next is not moved",
        ),
        key(
            "random",
            Kind::Table(&RANDOM),
            "",
            "strikes each server alone, at times of its own, in place of `at`",
        ),
        key(
            "when",
            Kind::Condition,
            "",
            "in place of `at`: begins once this holds, looked at every second",
        ),
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
            "capacity",
            Kind::Table(&CAPACITY),
            "",
            "chosen instances have fewer cores or workers",
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
        key(
            "loss",
            Kind::Table(&LOSS),
            "",
            "messages between two places are lost and sent again",
        ),
        key(
            "bandwidth",
            Kind::Table(&BANDWIDTH),
            "",
            "messages between two places wait for a narrow line",
        ),
        key(
            "out",
            Kind::Table(&OUT),
            "",
            "all servers of a zone are down, in every service",
        ),
        key(
            "dependency",
            Kind::Table(&DEPENDENCY),
            "",
            "a service fails its callers before anything reaches it",
        ),
        key(
            "limit",
            Kind::Table(&LIMIT),
            "",
            "chosen instances accept so many at once",
        ),
        key(
            "shift",
            Kind::Table(&SHIFT),
            "",
            "traffic goes to another zone",
        ),
        key(
            "deploy",
            Kind::Table(&DEPLOY),
            "",
            "instances are restarted with other numbers, batch by batch; `for` rolls back",
        ),
        key(
            "leak",
            Kind::Table(&LEAK),
            "",
            "memory of chosen instances grows until they are started anew",
        ),
        key("flush", Kind::Table(&FLUSH), "", "a cache loses entries"),
    ],
};

/// What a fault may do, in the order of the reference.
pub(super) const KINDS: [&str; 16] = [
    "slow",
    "pause",
    "crash",
    "capacity",
    "cut",
    "delay",
    "error",
    "loss",
    "bandwidth",
    "out",
    "dependency",
    "limit",
    "shift",
    "deploy",
    "leak",
    "flush",
];

const SERVICE_DOC: &str = "the service that it hits";
pub(crate) const SERVERS_DOC: &str = "which instances";
/// What may choose instances.
pub(crate) const SELECTOR: Kind = Kind::Either(&[
    Kind::Count,
    Kind::Share,
    Kind::Words(SELECTED),
    Kind::Table(&CHOSEN),
]);
const BETWEEN_DOC: &str = "the two places, services or `users`";
const DIRECTION_DOC: &str = "`to` is from the first place to the second, `from` the other way";
const SERVER_DOC: &str = "only messages to or from this instance of the second place";
const DIRECTION: Kind = Kind::Words(&["to", "from", "both"]);

/// The words that select instances.
pub(super) const SELECTED: &[&str] = &["all", "one"];

/// A selector with a key.
pub(super) static CHOSEN: TableDef = TableDef {
    name: "`servers`",
    doc: "Which instances; one of these.",
    keys: &[
        key(
            "at_most",
            Kind::Either(&[Kind::Count, Kind::Share]),
            "",
            "a number or a share drawn for each occurrence, up to this one",
        ),
        key(
            "numbers",
            Kind::Numbers,
            "",
            "the instances of these numbers, counted from 1",
        ),
        key(
            "fixed",
            Kind::Count,
            "",
            "so many; what Chaos Mesh calls a plain number",
        ),
        key(
            "fixed-percent",
            Kind::Share,
            "",
            "a share; what Chaos Mesh calls it",
        ),
        key(
            "random-max-percent",
            Kind::Share,
            "",
            "what Chaos Mesh calls `at_most` with a share",
        ),
    ],
};

/// A fault that strikes at random.
pub(super) static RANDOM: TableDef = TableDef {
    name: "`random`",
    doc: "Strikes each server alone: it fails, is repaired, and fails again.",
    keys: &[
        key(
            "fails",
            Kind::Times,
            "",
            "how long a server is up until it fails",
        ),
        key("repaired", Kind::Times, "", "how long it then takes"),
    ],
};

/// Work takes longer.
pub(super) static SLOW: TableDef = TableDef {
    name: "`slow`",
    doc: "Multiplies `cpu` and `wait` of the chosen instances, also work in progress.",
    keys: &[
        key("service", Kind::Name("service"), "", SERVICE_DOC),
        key(
            "factor",
            Kind::Number,
            "1 with `add`",
            "how many times as long work takes",
        ),
        key(
            "share",
            Kind::Share,
            "all work",
            "the share of attempts that it hits, as each step of theirs begins",
        ),
        key(
            "add",
            Kind::Times,
            "nothing",
            "what an attempt takes longer, before its first step",
        ),
        key("servers", SELECTOR, "\"all\"", SERVERS_DOC),
    ],
};

/// Instances stand still.
pub(super) static PAUSE: TableDef = TableDef {
    name: "`pause`",
    doc: "Stops the chosen instances; they go on afterwards.",
    keys: &[
        key("service", Kind::Name("service"), "", SERVICE_DOC),
        key("servers", SELECTOR, "\"all\"", SERVERS_DOC),
    ],
};

/// Instances are down.
pub(super) static CRASH: TableDef = TableDef {
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

/// Instances have less.
pub(super) static CAPACITY: TableDef = TableDef {
    name: "`capacity`",
    doc: "Takes cores or workers of the chosen instances, half up, at least one is left.",
    keys: &[
        key("service", Kind::Name("service"), "", SERVICE_DOC),
        key(
            "cores",
            Kind::Share,
            "\"100%\"",
            "what is left of the cores",
        ),
        key(
            "workers",
            Kind::Share,
            "\"100%\"",
            "what is left of the workers",
        ),
        key("servers", SELECTOR, "\"all\"", SERVERS_DOC),
    ],
};

/// No message passes.
pub(super) static CUT: TableDef = TableDef {
    name: "`cut`",
    doc: "No message passes between two places.",
    keys: &[
        key("between", Kind::Texts, "", BETWEEN_DOC),
        key("direction", DIRECTION, "\"both\"", DIRECTION_DOC),
        key("server", Kind::Count, "all", SERVER_DOC),
        key(
            "messages",
            Kind::Words(CUT_WORDS),
            "\"lost\"",
            "what becomes of messages",
        ),
    ],
};

/// Messages take longer.
pub(super) static DELAY: TableDef = TableDef {
    name: "`delay`",
    doc: "Messages between two places take longer.",
    keys: &[
        key("between", Kind::Texts, "", BETWEEN_DOC),
        key("direction", DIRECTION, "\"both\"", DIRECTION_DOC),
        key("server", Kind::Count, "all", SERVER_DOC),
        key("by", Kind::Times, "", "how much longer, drawn for each way"),
        key(
            "share",
            Kind::Share,
            "\"100%\"",
            "the share of messages that it hits",
        ),
    ],
};

/// Errors.
pub(super) static ERROR: TableDef = TableDef {
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
        key("servers", SELECTOR, "\"all\"", SERVERS_DOC),
    ],
};

/// The words of what becomes of messages.
pub(super) const CUT_WORDS: &[&str] = &["kept", "lost", "refused"];

/// Messages are lost and sent again.
pub(super) static LOSS: TableDef = TableDef {
    name: "`loss`",
    doc: "Packets between two places are lost and sent again: messages come late.",
    keys: &[
        key("between", Kind::Texts, "", BETWEEN_DOC),
        key("direction", DIRECTION, "\"both\"", DIRECTION_DOC),
        key(
            "share",
            Kind::Share,
            "",
            "the share of messages that is lost, each time it is sent",
        ),
        key(
            "delay",
            Kind::Duration,
            "\"200ms\"",
            "until it is sent again; twice as long each further time, 15 times at most",
        ),
    ],
};

/// Messages wait for a narrow line.
pub(super) static BANDWIDTH: TableDef = TableDef {
    name: "`bandwidth`",
    doc: "Messages between two places pass one after the other, each way on a line of its own.",
    keys: &[
        key("between", Kind::Texts, "", BETWEEN_DOC),
        key("direction", DIRECTION, "\"both\"", DIRECTION_DOC),
        key("rate", Kind::SizeRate, "", "what passes, each way"),
        key("size", Kind::Size, "", "how large a message is"),
    ],
};

/// A zone is lost.
pub(super) static OUT: TableDef = TableDef {
    name: "`out`",
    doc: "Crashes all servers of a zone in every service; they boot when it ends.",
    keys: &[key(
        "zone",
        Kind::Text,
        "",
        "the zone, one of `zones` of services",
    )],
};

/// A dependency fails.
pub(super) static DEPENDENCY: TableDef = TableDef {
    name: "`dependency`",
    doc: "Attempts at a service fail on their way there: it never hears of them.",
    keys: &[
        key("service", Kind::Name("service"), "", SERVICE_DOC),
        key(
            "errors",
            Kind::Share,
            "0",
            "the share that is answered with an error",
        ),
        key(
            "hangs",
            Kind::Share,
            "0",
            "the share that is never answered",
        ),
    ],
};

/// So many at once.
pub(super) static LIMIT: TableDef = TableDef {
    name: "`limit`",
    doc: "Each of the chosen instances accepts so many at once and refuses the rest.",
    keys: &[
        key("service", Kind::Name("service"), "", SERVICE_DOC),
        key(
            "connections",
            Kind::Count,
            "",
            "waiting and in service at one instance, at most",
        ),
        key("servers", SELECTOR, "\"all\"", SERVERS_DOC),
    ],
};

/// Traffic goes elsewhere.
pub(super) static SHIFT: TableDef = TableDef {
    name: "`shift`",
    doc: "A share of the attempts that would go to one zone goes to another.",
    keys: &[
        key(
            "service",
            Kind::Name("service"),
            "all that have both zones",
            SERVICE_DOC,
        ),
        key("from", Kind::Text, "", "the zone that they leave"),
        key("to", Kind::Text, "", "the zone that they go to"),
        key("share", Kind::Share, "\"100%\"", "which part of them"),
    ],
};

/// A rolling deploy.
pub(super) static DEPLOY: TableDef = TableDef {
    name: "`deploy`",
    doc: "Instances drain, boot, and then have `set`, batch by batch; rolled back alike.",
    keys: &[
        key("service", Kind::Name("service"), "", SERVICE_DOC),
        key(
            "batch",
            Kind::Either(&[Kind::Count, Kind::Share]),
            "\"25%\"",
            "how many instances at a time, by their numbers",
        ),
        key(
            "every",
            Kind::Duration,
            "\"2m\"",
            "from the begin of one batch to the next",
        ),
        key(
            "share",
            Kind::Share,
            "\"100%\"",
            "the share of the instances at which it stops: a canary",
        ),
        key(
            "set",
            Kind::Settings,
            "",
            "the times, cores, workers, slowdown and shares that they have then",
        ),
    ],
};

/// A leak.
pub(super) static LEAK: TableDef = TableDef {
    name: "`leak`",
    doc: "Memory of the chosen instances grows each second; a new start gives it back.",
    keys: &[
        key("service", Kind::Name("service"), "", SERVICE_DOC),
        key("grows", Kind::SizeRate, "", "what an instance loses"),
        key("servers", SELECTOR, "\"all\"", SERVERS_DOC),
    ],
};

/// A cache loses entries.
pub(super) static FLUSH: TableDef = TableDef {
    name: "`flush`",
    doc: "A cache loses entries at once, each by the luck of its key; it fills again by itself.",
    keys: &[
        key(
            "cache",
            Kind::Name("cache"),
            "",
            "the cache, all of its instances",
        ),
        key(
            "share",
            Kind::Share,
            "\"100%\"",
            "the share of entries that is lost",
        ),
    ],
};
