//! Reading `[fault.NAME]`.

use super::words::{
    BANDWIDTH, CAPACITY, CHOSEN, CRASH, CUT, DELAY, DEPENDENCY, DEPLOY, ERROR, FLUSH, KINDS, LEAK,
    LIMIT, LOSS, OUT, PAUSE, RANDOM, SELECTED, SHIFT, SLOW,
};
use super::{Begins, CutMessages, Direction, Edge, Fault, FaultKind, Peer, Selector, Target};
use crate::base::time::Span;
use crate::model::action::settings;
use crate::model::document::Node;
use crate::model::metric::names::Names;
use crate::model::reader::{Fields, Reader, zero};
use crate::model::value::Amount;
use crate::model::when;
use crate::text::Diagnostic;
use crate::text::nearest::suggestion;

const CUT_MESSAGES: [(&str, CutMessages); 3] = [
    ("kept", CutMessages::Kept),
    ("lost", CutMessages::Lost),
    ("refused", CutMessages::Refused),
];
const DIRECTIONS: [(&str, Direction); 3] = [
    ("to", Direction::To),
    ("from", Direction::From),
    ("both", Direction::Both),
];
/// A lost packet is sent again after the least that Linux waits (`TCP_RTO_MIN`).
const SENT_AGAIN: Span = Span(200_000_000);
/// From one batch of a deploy to the next.
const TWO_MINUTES: Span = Span(120_000_000_000);
/// What strikes each server alone.
const AT_RANDOM: [&str; 3] = ["slow", "pause", "crash"];

/// Reads `[fault.NAME]`; `None` if it is switched off or not understood.
pub(crate) fn read<'a>(
    r: &mut Reader<'a>,
    (name, names): (&str, &Names),
    fields: &Fields<'a>,
) -> Option<Fault> {
    let on = fields.flag(r, "on").unwrap_or(true);
    let kinds: Vec<&str> = KINDS
        .into_iter()
        .filter(|kind| fields.get(kind).is_some())
        .collect();
    let begins = match fields.get("when") {
        Some(node) => tripped(r, fields, (node, names)),
        None => begins(r, fields, &kinds),
    };
    let mut lasts = fields.duration(r, "for");
    let kind = match kinds.as_slice() {
        [kind] => kind_of(r, kind, fields),
        [] => {
            let diagnostic = Diagnostic::new("E050", format!("the fault `{name}` does nothing"));
            let listed = KINDS.map(|kind| format!("`{kind}`")).join(", ");
            r.push(
                diagnostic
                    .at(fields.place)
                    .expected(format!("expected one of {listed}")),
            );
            None
        }
        [first, second, ..] => {
            let found = format!("a fault does one thing; found `{first}` and `{second}`");
            let diagnostic = Diagnostic::new("E050", found).at(fields.key_place(second));
            r.push(diagnostic.help("write two faults"));
            None
        }
    };
    if let Some(FaultKind::Flush { .. }) = kind {
        if fields.get("for").is_some() {
            let found = "`for` does not go with `flush`";
            let diagnostic = Diagnostic::new("E050", found).at(fields.key_place("for"));
            r.push(
                diagnostic.help("entries are lost at one instant; the cache fills again by itself"),
            );
        }
        lasts = Some(Span::ZERO);
    }
    let fault = Fault {
        begins: begins?,
        lasts,
        kind: kind?,
        place: fields.place,
    };
    on.then_some(fault)
}

/// When it begins: by the clock, or at random.
fn begins<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, kinds: &[&str]) -> Option<Begins> {
    if fields.get("random").is_none() {
        let at = fields.require(r, "at").and_then(|node| r.instant(node));
        return Some(Begins::Clock {
            every: fields.period(r, "every"),
            jitter: fields.times(r, "jitter"),
            at: at?,
        });
    }
    for key in ["at", "for", "every", "jitter"] {
        if fields.get(key).is_some() {
            let found = format!("`{key}` does not go with `random`");
            let diagnostic = Diagnostic::new("E050", found).at(fields.key_place(key));
            r.push(diagnostic.help("each server fails by its own clock, from the start"));
        }
    }
    if let Some(kind) = kinds.iter().find(|kind| !AT_RANDOM.contains(kind)) {
        let found = format!("`{kind}` does not strike each server alone");
        let diagnostic = Diagnostic::new("E050", found).at(fields.key_place("random"));
        r.push(diagnostic.expected("expected `slow`, `pause` or `crash`"));
    }
    let fields = fields.table(r, "random", &RANDOM)?;
    let fails = fields.require(r, "fails").and_then(|node| r.times(node));
    let repaired = fields.require(r, "repaired");
    let repaired = repaired.and_then(|node| r.times(node));
    let (fails, repaired) = (fails?, repaired?);
    if fails.mean().is_some_and(|mean| mean <= 0.0) {
        let node = fields.get("fails")?;
        r.out_of_range(node, "a time above zero");
        return None;
    }
    Some(Begins::Random { fails, repaired })
}

/// It begins when a metric trips it.
fn tripped<'a>(
    r: &mut Reader<'a>,
    fields: &Fields<'a>,
    (node, names): (&Node, &Names),
) -> Option<Begins> {
    for key in ["at", "every", "jitter", "random"] {
        if fields.get(key).is_some() {
            let found = format!("`{key}` does not go with `when`");
            let diagnostic = Diagnostic::new("E050", found).at(fields.key_place(key));
            r.push(
                diagnostic
                    .help("a fault begins by the clock, at random, or when a metric trips it"),
            );
        }
    }
    when::read(r, node, names).map(|when| Begins::When(Box::new(when)))
}

fn kind_of<'a>(r: &mut Reader<'a>, kind: &str, fields: &Fields<'a>) -> Option<FaultKind> {
    match kind {
        "slow" => {
            let fields = fields.table(r, "slow", &SLOW)?;
            slow(r, &fields)
        }
        "pause" => {
            let fields = fields.table(r, "pause", &PAUSE)?;
            target(r, &fields).map(FaultKind::Pause)
        }
        "crash" => {
            let fields = fields.table(r, "crash", &CRASH)?;
            crash(r, &fields)
        }
        "capacity" => {
            let fields = fields.table(r, "capacity", &CAPACITY)?;
            capacity(r, &fields)
        }
        "cut" => {
            let fields = fields.table(r, "cut", &CUT)?;
            let messages = fields.word(r, "messages", &CUT_MESSAGES);
            let messages = messages.unwrap_or(CutMessages::Lost);
            Some(FaultKind::Cut {
                edge: edge(r, &fields)?,
                messages,
            })
        }
        "delay" => {
            let fields = fields.table(r, "delay", &DELAY)?;
            let share = fields.share(r, "share").unwrap_or(1.0);
            let by = fields.require(r, "by").and_then(|node| r.times(node));
            Some(FaultKind::Delay {
                edge: edge(r, &fields)?,
                by: by?,
                share,
            })
        }
        "loss" => {
            let fields = fields.table(r, "loss", &LOSS)?;
            let share = fields.require(r, "share").and_then(|node| r.share(node));
            let delay = fields.period(r, "delay");
            Some(FaultKind::Loss {
                edge: edge_of_all(r, &fields)?,
                share: share?,
                delay: delay.unwrap_or(SENT_AGAIN),
            })
        }
        "bandwidth" => {
            let fields = fields.table(r, "bandwidth", &BANDWIDTH)?;
            let rate = fields.require(r, "rate").and_then(|node| r.size_rate(node));
            let size = fields.require(r, "size").and_then(|node| r.size(node));
            let edge = edge_of_all(r, &fields)?;
            let (rate, size) = (rate?, size?);
            if rate <= 0.0 {
                r.out_of_range(fields.get("rate")?, "more than nothing; see `cut`");
                return None;
            }
            Some(FaultKind::Bandwidth { edge, rate, size })
        }
        "out" => {
            let fields = fields.table(r, "out", &OUT)?;
            Some(FaultKind::Out {
                zone: zone(r, &fields, "zone")?,
            })
        }
        "dependency" => {
            let fields = fields.table(r, "dependency", &DEPENDENCY)?;
            dependency(r, &fields)
        }
        "limit" => {
            let fields = fields.table(r, "limit", &LIMIT)?;
            let most = fields.require(r, "connections");
            let most = most.and_then(|node| r.count(node, 0..=u64::from(u32::MAX)));
            Some(FaultKind::Limit {
                on: target(r, &fields)?,
                connections: u32::try_from(most?).ok()?,
            })
        }
        "shift" => {
            let fields = fields.table(r, "shift", &SHIFT)?;
            let service = match fields.get("service") {
                Some(node) => Some(r.reference(node, "service")?),
                None => None,
            };
            let (from, to) = (zone(r, &fields, "from"), zone(r, &fields, "to"));
            Some(FaultKind::Shift {
                service,
                from: from?,
                to: to?,
                share: fields.share(r, "share").unwrap_or(1.0),
            })
        }
        "leak" => {
            let fields = fields.table(r, "leak", &LEAK)?;
            leak(r, &fields)
        }
        "flush" => {
            let fields = fields.table(r, "flush", &FLUSH)?;
            let cache = fields.require(r, "cache");
            let cache = cache.and_then(|node| r.reference(node, "cache"));
            let share = fields.share(r, "share").unwrap_or(1.0);
            cache.map(|cache| FaultKind::Flush { cache, share })
        }
        "deploy" => {
            let fields = fields.table(r, "deploy", &DEPLOY)?;
            deploy(r, &fields)
        }
        _ => {
            let fields = fields.table(r, "error", &ERROR)?;
            let share = fields.share(r, "share").unwrap_or(1.0);
            let cost = fields.times(r, "cost");
            Some(FaultKind::Error {
                on: target(r, &fields)?,
                share,
                cost,
            })
        }
    }
}

fn slow<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<FaultKind> {
    let on = target(r, fields);
    let add = fields.times(r, "add");
    let factor = match (fields.get("factor"), fields.get("add")) {
        (None, Some(_)) => Some(1.0),
        _ => fields
            .require(r, "factor")
            .and_then(|node| r.number(node, 0.001)),
    };
    Some(FaultKind::Slow {
        on: on?,
        factor: factor?,
        share: fields.share(r, "share"),
        add,
    })
}

fn crash<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<FaultKind> {
    let on = target(r, fields)?;
    let own = fields.times(r, "boot");
    let boot = own.or_else(|| {
        let services = r.document.get("service")?.table()?;
        let boot = services.get(&on.service)?.table()?.get("boot")?;
        // What is wrong with it is reported at the service.
        let before = r.diagnostics.len();
        let boot = r.times(boot);
        r.diagnostics.truncate(before);
        boot
    });
    Some(FaultKind::Crash {
        on,
        boot: boot.unwrap_or_else(zero),
        noticed_after: fields.duration(r, "noticed_after").unwrap_or(Span::ZERO),
        silent: fields.flag(r, "silent").unwrap_or(false),
    })
}

fn capacity<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<FaultKind> {
    let on = target(r, fields);
    if fields.get("cores").is_none() && fields.get("workers").is_none() {
        let diagnostic = Diagnostic::new("E003", "`capacity` needs `cores` or `workers`");
        r.push(diagnostic.at(fields.place));
        return None;
    }
    Some(FaultKind::Capacity {
        on: on?,
        cores: fields.share(r, "cores").unwrap_or(1.0),
        workers: fields.share(r, "workers").unwrap_or(1.0),
    })
}

fn dependency<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<FaultKind> {
    let (errors, hangs) = (fields.share(r, "errors"), fields.share(r, "hangs"));
    let service = service(r, fields)?;
    if fields.get("errors").is_none() && fields.get("hangs").is_none() {
        let diagnostic = Diagnostic::new("E003", "`dependency` needs `errors` or `hangs`");
        r.push(diagnostic.at(fields.place));
        return None;
    }
    let (errors, hangs) = (errors.unwrap_or(0.0), hangs.unwrap_or(0.0));
    if errors + hangs > 1.0 + 1e-9 {
        let diagnostic = Diagnostic::new("E006", "`errors` and `hangs` are more than all");
        r.push(diagnostic.at(fields.place));
        return None;
    }
    Some(FaultKind::Dependency {
        service,
        errors,
        hangs,
    })
}

fn deploy<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<FaultKind> {
    let service = service(r, fields);
    let batch = match fields.get("batch") {
        Some(node) => selector(r, node),
        None => Some(Selector::Share(0.25)),
    };
    let set = fields.require(r, "set").and_then(|node| settings(r, node));
    Some(FaultKind::Deploy {
        service: service?,
        batch: batch?,
        every: fields.period(r, "every").unwrap_or(TWO_MINUTES),
        share: fields.share(r, "share").unwrap_or(1.0),
        set: set?,
    })
}

fn leak<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<FaultKind> {
    let grows = fields.require(r, "grows");
    let grows = grows.and_then(|node| r.size_rate(node));
    let on = target(r, fields)?;
    let services = r.document.get("service").and_then(Node::table);
    let memory = services.and_then(|all| all.get(&on.service)?.table()?.get("memory"));
    if memory.is_none() {
        let text = format!(
            "the service `{}` has no `memory` that could leak",
            on.service
        );
        let help = "write `memory = { limit = \"4GB\" }` there";
        let place = fields.key_place("service");
        r.push(Diagnostic::new("E010", text).at(place).help(help));
        return None;
    }
    Some(FaultKind::Leak { on, grows: grows? })
}

/// A zone that some service has.
fn zone<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, key: &str) -> Option<String> {
    let node = fields.require(r, key)?;
    let name = r.text(node)?;
    let services = r.document.get("service").and_then(Node::table);
    let tables = services.into_iter().flat_map(|all| &all.entries);
    let zones = tables.filter_map(|entry| entry.node.table()?.get("zones")?.list());
    let known: Vec<&str> = zones.flatten().filter_map(Node::text).collect();
    if known.contains(&name.as_str()) {
        return Some(name);
    }
    let diagnostic = Diagnostic::new("E010", format!("no service has a zone `{name}`"));
    let help = suggestion(&name, known.iter().copied());
    let help = help.or_else(|| Some("write `zones = [\"a\", \"b\"]` at services".to_owned()));
    r.push(diagnostic.at(node.place).maybe_help(help));
    None
}

/// Two places, and which way; whichever server it is.
fn edge_of_all<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Edge> {
    let direction = fields.word(r, "direction", &DIRECTIONS);
    Some(Edge {
        between: between(r, fields)?,
        direction: direction.unwrap_or(Direction::Both),
        server: None,
    })
}

fn service<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<String> {
    let node = fields.require(r, "service")?;
    r.reference(node, "service")
}

/// The service and the servers that a table names.
pub(crate) fn target<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Target> {
    let servers = match fields.get("servers") {
        Some(node) => selector(r, node),
        None => Some(Selector::All),
    };
    Some(Target {
        service: service(r, fields)?,
        servers: servers?,
    })
}

fn selector<'a>(r: &mut Reader<'a>, node: &'a Node) -> Option<Selector> {
    if node.table().is_some() {
        return chosen(r, node);
    }
    match node.text() {
        Some("all") => return Some(Selector::All),
        Some("one") => return Some(Selector::Count(1)),
        _ => {}
    }
    let (words, table) = (SELECTED.len(), CHOSEN.keys.len());
    debug_assert!(words == 2 && table == 5, "every selector is read");
    let expected = "a number of instances, a share, \"all\", \"one\", or a table with `at_most` \
                    or `numbers`";
    match r.amount(node, expected)? {
        Amount::Percent(_) => r.share(node).map(Selector::Share),
        _ => number(r, node).map(Selector::Count),
    }
}

/// A selector with a key.
fn chosen<'a>(r: &mut Reader<'a>, node: &'a Node) -> Option<Selector> {
    let fields = r.fields(node, &CHOSEN)?;
    let written: Vec<&str> = fields.written().collect();
    match written.as_slice() {
        ["at_most"] => {
            let node = fields.get("at_most")?;
            match r.amount(node, "a number of instances or a share")? {
                Amount::Percent(_) => r.share(node).map(Selector::AtMostShare),
                _ => number(r, node).map(Selector::AtMost),
            }
        }
        ["numbers"] => {
            let node = fields.get("numbers")?;
            let Some(items) = node.list().filter(|items| !items.is_empty()) else {
                r.wrong_kind(node, "numbers of instances from 1, such as `[3]`");
                return None;
            };
            let mut numbers: Vec<u32> = Vec::new();
            for item in items {
                numbers.push(number(r, item)?);
            }
            numbers.sort_unstable();
            numbers.dedup();
            Some(Selector::Numbers(numbers))
        }
        ["fixed"] => number(r, fields.get("fixed")?).map(Selector::Count),
        ["fixed-percent"] => fields.share(r, "fixed-percent").map(Selector::Share),
        ["random-max-percent"] => {
            let share = fields.share(r, "random-max-percent");
            share.map(Selector::AtMostShare)
        }
        _ => {
            let diagnostic = Diagnostic::new("E006", "a selector has one key").at(node.place);
            r.push(diagnostic.expected("expected `at_most` or `numbers`"));
            None
        }
    }
}

/// A number of instances, or that of an instance.
fn number(r: &mut Reader<'_>, node: &Node) -> Option<u32> {
    let count = r.count(node, 1..=u64::from(u32::MAX))?;
    u32::try_from(count).ok()
}

fn edge<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Edge> {
    let direction = fields.word(r, "direction", &DIRECTIONS);
    let server = fields.get("server").map(|node| number(r, node));
    let between = between(r, fields)?;
    if server.is_some() && between[1] == Peer::Users {
        let diagnostic = Diagnostic::new("E006", "users have no instances");
        let help = "name the service second in `between`";
        r.push(diagnostic.at(fields.key_place("server")).help(help));
        return None;
    }
    let server = match server {
        Some(number) => Some(number?),
        None => None,
    };
    Some(Edge {
        between,
        direction: direction.unwrap_or(Direction::Both),
        server,
    })
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
