//! What changes the number of servers by itself: the arithmetic of the Kubernetes HPA.

use super::document::Node;
use super::metric::names::Names;
use super::metric::{Metric, Quantity, ServiceAspect, Statistic, Unit};
use super::reader::{Fields, Reader};
use super::table::{Kind, TableDef, key};
use super::value::Amount;
use super::when;
use crate::base::time::Span;
use crate::text::{Diagnostic, Place};

/// `[autoscaler.NAME]`.
pub(crate) static AUTOSCALER: TableDef = TableDef {
    name: "an autoscaler",
    doc: "Orders and withdraws servers of a service, with the arithmetic of the Kubernetes HPA.",
    keys: &[
        key("service", Kind::Name("service"), "", "whose servers"),
        key(
            "metric",
            Kind::Text,
            "",
            "what it follows, read while running: `mean(web.busy, 60s)`",
        ),
        key(
            "target",
            Kind::Any,
            "",
            "what the metric should be, in its unit",
        )
        .live(),
        key(
            "per",
            Kind::Words(PER_WORDS),
            "",
            "the target is of one server, as KEDA has it: metric ÷ target servers are asked for",
        ),
        key(
            "servers",
            Kind::Range,
            "",
            "the fewest and the most servers",
        )
        .live(),
        key("sync", Kind::Duration, "\"15s\"", "how often it decides"),
        key(
            "tolerance",
            Kind::Share,
            "\"10%\"",
            "how far the metric may be off its target before anything changes",
        )
        .live(),
        key(
            "ready_after",
            Kind::Duration,
            "\"30s\"",
            "how long a server is up before what it does counts",
        )
        .live(),
        key(
            "stabilise",
            Kind::Table(&STABILISE),
            "",
            "over how long answers must agree",
        ),
        key(
            "up",
            Kind::Tables(&POLICY),
            "100% or 4 servers every 15s",
            "how fast it may scale out; the larger wins",
        ),
        key(
            "down",
            Kind::Tables(&POLICY),
            "100% every 15s",
            "how fast it may scale in; the larger wins",
        ),
        key(
            "provision",
            Kind::Table(&PROVISION),
            "at once",
            "how fast ordered servers are delivered; `boot` follows",
        ),
        key("on", Kind::Flag, "true", "whether it decides at all").live(),
    ],
};

static STABILISE: TableDef = TableDef {
    name: "`stabilise`",
    doc: "Of the answers in the window the least counts to scale out, the greatest to scale in.",
    keys: &[
        key("up", Kind::Duration, "\"0s\"", "to scale out").live(),
        key("down", Kind::Duration, "\"300s\"", "to scale in").live(),
    ],
};

static POLICY: TableDef = TableDef {
    name: "a policy",
    doc: "The most that the number may change in a period.",
    keys: &[
        key(
            "share",
            Kind::Share,
            "",
            "of the servers at its beginning; also above 100%",
        ),
        key("servers", Kind::Count, "", "so many servers"),
        key("every", Kind::Duration, "\"15s\"", "the period"),
    ],
};

static PROVISION: TableDef = TableDef {
    name: "`provision`",
    doc: "What the cloud delivers: one server after the other.",
    keys: &[key("rate", Kind::Rate, "", "servers per time").live()],
};

const PER_WORDS: &[&str] = &["server"];

/// What an autoscaler counts: servers ordered, servers withdrawn or stopped, and how often it
/// answered with more, and with fewer, than there were.
pub(crate) const COUNTED: [&str; 4] = ["ordered", "withdrawn", "scaled_up", "scaled_down"];

/// An autoscaler.
#[derive(Clone, Debug, PartialEq)]
pub struct Autoscaler {
    /// Whose servers.
    pub service: String,
    /// What it follows.
    pub metric: Metric,
    /// What is read of each server alone, if anything is.
    pub of_servers: Option<ServiceAspect>,
    /// What the metric should be, in its unit.
    pub target: f64,
    /// Whether the target is of one server.
    pub per_server: bool,
    /// The fewest and the most servers.
    pub servers: [u32; 2],
    /// How often it decides.
    pub sync: Span,
    /// How far off is near enough, 0 to 1.
    pub tolerance: f64,
    /// How long a server is up before it counts.
    pub ready_after: Span,
    /// Over how long answers must agree to scale out, and to scale in.
    pub stabilise: [Span; 2],
    /// How fast it scales out.
    pub up: Vec<Policy>,
    /// How fast it scales in.
    pub down: Vec<Policy>,
    /// Servers delivered per second; all at once if absent.
    pub provision: Option<f64>,
    /// Whether it decides at all.
    pub on: bool,
    /// Where its table begins.
    pub place: Place,
}

/// The most that the number of servers may change in a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// How much.
    pub change: Change,
    /// The length of the period.
    pub every: Span,
}

/// How much of a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// A share of the servers at the beginning of the period.
    Share(f64),
    /// So many servers.
    Servers(u32),
}

/// Reads `[autoscaler.NAME]`; `None` if it is not understood.
pub(crate) fn read<'a>(
    r: &mut Reader<'a>,
    fields: &Fields<'a>,
    names: &Names,
) -> Option<Autoscaler> {
    let service = fields.require(r, "service");
    let service = service.and_then(|node| r.reference(node, "service"));
    let metric = fields.require(r, "metric");
    let metric = metric.and_then(|node| when::metric(r, node, names));
    let servers = fields.require(r, "servers").and_then(|node| range(r, node));
    let target = fields.require(r, "target");
    let target = target.and_then(|node| target_of(r, node, metric.as_ref()?.unit()));
    let per_server = fields.word(r, "per", &[("server", true)]).unwrap_or(false);
    let usual = [Span::ZERO, Span::from_secs(300)];
    let stabilise = match fields.table(r, "stabilise", &STABILISE) {
        None => usual,
        Some(of) => [
            of.duration(r, "up").unwrap_or(usual[0]),
            of.duration(r, "down").unwrap_or(usual[1]),
        ],
    };
    let policies = |r: &mut Reader<'a>, key: &str, usual: &[Change]| {
        let every = Span::from_secs(15);
        let usual = || usual.iter().map(|&change| Policy { change, every });
        match fields.get(key) {
            None => usual().collect(),
            Some(node) => policies(r, node),
        }
    };
    let up = policies(r, "up", &[Change::Share(1.0), Change::Servers(4)]);
    let down = policies(r, "down", &[Change::Share(1.0)]);
    let provision = fields.table(r, "provision", &PROVISION);
    let provision = provision.and_then(|of| {
        let node = of.require(r, "rate")?;
        let rate = r.rate(node)?;
        if rate <= 0.0 {
            r.out_of_range(node, "a rate above zero");
            return None;
        }
        Some(rate)
    });
    let sync = fields.period(r, "sync").unwrap_or(Span::from_secs(15));
    let tolerance = fields.share(r, "tolerance").unwrap_or(0.1);
    let ready_after = fields.duration(r, "ready_after");
    let on = fields.flag(r, "on").unwrap_or(true);
    let (service, metric) = (service?, metric?);
    Some(Autoscaler {
        of_servers: match per_server {
            true => None,
            false => of_servers(&metric, &service),
        },
        service,
        metric,
        target: target?,
        per_server,
        servers: servers?,
        sync,
        tolerance,
        ready_after: ready_after.unwrap_or(Span::from_secs(30)),
        stabilise,
        up,
        down,
        provision,
        on,
        place: fields.place,
    })
}

/// What a metric reads of each server of its own service, as an HPA reads it of pods.
fn of_servers(metric: &Metric, own: &str) -> Option<ServiceAspect> {
    match &metric.quantity {
        Quantity::Service { service, aspect } if service == own => {
            let is_mean = metric.statistic == Statistic::Mean;
            let of_one = matches!(
                aspect,
                ServiceAspect::Busy
                    | ServiceAspect::Held
                    | ServiceAspect::Utilisation
                    | ServiceAspect::Queue
                    | ServiceAspect::InSystem
            );
            (is_mean && of_one).then_some(*aspect)
        }
        _ => None,
    }
}

/// The fewest and the most servers.
fn range(r: &mut Reader<'_>, node: &Node) -> Option<[u32; 2]> {
    let Some([least, most]) = node.list() else {
        r.wrong_kind(node, "the fewest and the most servers, such as `[2, 20]`");
        return None;
    };
    let mut of = |node: &Node, least: u32| {
        let count = r.count(node, u64::from(least)..=u64::from(u32::MAX));
        count.and_then(|count| u32::try_from(count).ok())
    };
    let (least, most) = (of(least, 0), of(most, 1));
    let (least, most) = (least?, most?);
    if most < least {
        let diagnostic = Diagnostic::new("E006", "the most servers are fewer than the fewest");
        r.push(
            diagnostic
                .at(node.place)
                .expected("expected the low number first"),
        );
        return None;
    }
    Some([least, most])
}

/// A target in the unit of its metric, above zero.
fn target_of(r: &mut Reader<'_>, node: &Node, unit: Unit) -> Option<f64> {
    let found = r.amount(node, "a target in the unit of the metric")?;
    let target = match (found, unit) {
        (Amount::Percent(share) | Amount::Number(share), Unit::Share) => share,
        (Amount::Time(time), Unit::Seconds) => time.as_secs_f64(),
        (Amount::Rate(rate), Unit::PerSecond) => rate,
        (Amount::Number(number), Unit::Count | Unit::CountSeconds | Unit::Ratio) => number,
        (found, _) => {
            let diagnostic = Diagnostic::new("E064", format!("{} does not fit", found.kind()));
            let expected = "expected the unit of the metric";
            r.push(diagnostic.at(node.place).expected(expected));
            return None;
        }
    };
    if target > 0.0 && target.is_finite() {
        return Some(target);
    }
    r.out_of_range(node, "a target above zero");
    None
}

/// The policies of one direction; none means that it never goes that way.
fn policies<'a>(r: &mut Reader<'a>, node: &'a Node) -> Vec<Policy> {
    let Some(items) = node.list() else {
        r.wrong_kind(
            node,
            "policies such as `[ { servers = 4, every = \"15s\" } ]`",
        );
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in items {
        let Some(fields) = r.fields(item, &POLICY) else {
            continue;
        };
        let every = fields.period(r, "every").unwrap_or(Span::from_secs(15));
        let share = fields.get("share");
        let share = share.and_then(|node| growth(r, node)).map(Change::Share);
        let servers = fields.small(r, "servers", 0).map(Change::Servers);
        if fields.get("share").is_some() == fields.get("servers").is_some() {
            let diagnostic = Diagnostic::new("E003", "a policy needs `share` or `servers`");
            r.push(diagnostic.at(fields.place));
        }
        found.extend(share.or(servers).map(|change| Policy { change, every }));
    }
    found
}

/// A share that may be above 100 %: three times as many servers are 200 % more.
fn growth(r: &mut Reader<'_>, node: &Node) -> Option<f64> {
    match r.amount(node, "a share such as `\"100%\"`")? {
        Amount::Percent(share) | Amount::Number(share) if share >= 0.0 => Some(share),
        _ => {
            r.out_of_range(node, "a share, 0% or more");
            None
        }
    }
}
