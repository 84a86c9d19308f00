//! Spans, as they come, in bounded memory.
//!
//! One idea: of a span only its place in the trace, its times and the numbers of its names are
//! kept. When there are too many, every second trace is left out, by its name and so by chance.

use serde_json::Value;

use super::super::hashed::hash;
use super::super::json;
use super::super::paths::{NodeId, Paths};
use super::super::table::requests::asked_for;

/// Spans that are kept at most.
const MOST: usize = 1_000_000;
/// Services that are told apart.
const SERVICES: usize = 200;
/// Attributes that say what a span asks a service for that has no spans of its own.
const PEERS: [&str; 7] = [
    "peer.service",
    "db.system.name",
    "db.system",
    "messaging.system",
    "rpc.system",
    "server.address",
    "net.peer.name",
];

/// What a span is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Work within a service.
    Inside,
    /// A request that a service answers.
    Answers,
    /// A request that a service makes.
    Asks,
    /// A message that a service works off.
    Works,
}

/// A span.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) trace: u64,
    pub(super) id: u64,
    /// The span that it is a part of; 0 if it begins the trace.
    pub(super) parent: u64,
    pub(super) service: u32,
    /// What it asks a service without spans of its own for.
    pub(super) peer: Option<u32>,
    pub(super) node: NodeId,
    pub(super) from_ns: u64,
    pub(super) to_ns: u64,
    pub(super) role: Role,
    pub(super) is_bad: bool,
}

/// All spans that are kept.
#[derive(Default)]
pub(super) struct Spans {
    all: Vec<Span>,
    pub(super) names: Vec<String>,
    pub(super) paths: Vec<Paths>,
    /// How many times the traces were halved.
    pub(super) halved: u32,
    pub(super) left_out: u64,
}

impl Spans {
    /// How many are kept.
    pub(super) fn count(&self) -> u64 {
        self.all.len() as u64
    }

    /// Adds the spans of a batch; false if it is none.
    pub(super) fn batch(&mut self, batch: &Value) -> bool {
        let Some(resources) = batch.get("resourceSpans").and_then(Value::as_array) else {
            return false;
        };
        resources
            .iter()
            .for_each(|resource| self.resource(resource));
        true
    }

    /// Adds the spans of a resource.
    pub(super) fn resource(&mut self, resource: &Value) {
        let name = attribute(resource.get("resource"), "service.name");
        let service = self.service(name.unwrap_or("unknown"));
        let scopes = resource
            .get("scopeSpans")
            .or(resource.get("instrumentationLibrarySpans"));
        let scopes = scopes.and_then(Value::as_array).into_iter().flatten();
        let spans = scopes.filter_map(|scope| scope.get("spans")?.as_array());
        for span in spans.flatten() {
            self.add(service, span);
        }
    }

    /// The number of a service; of too many the last takes all others.
    fn service(&mut self, name: &str) -> u32 {
        let known = self.names.iter().position(|known| known == name);
        let place = known.unwrap_or_else(|| {
            if self.names.len() < SERVICES {
                self.names.push(name.to_owned());
                self.paths.push(Paths::new());
            }
            self.names.len() - 1
        });
        place as u32
    }

    fn add(&mut self, service: u32, span: &Value) -> Option<()> {
        let number = |key: &str| json::text(span, &[key]).map(|text| hash(0, text.as_bytes()));
        let time = |key: &str| {
            let value = span.get(key)?;
            value.as_u64().or(value.as_str()?.parse().ok())
        };
        let trace = number("traceId")?;
        if !self.is_kept(trace) {
            self.left_out += 1;
            return None;
        }
        let parent =
            json::text(span, &["parentSpanId"]).filter(|id| !id.trim_matches('0').is_empty());
        let role = role(span.get("kind"));
        let peer = match role {
            Role::Asks => PEERS.iter().find_map(|key| attribute(Some(span), key)),
            Role::Inside | Role::Answers | Role::Works => None,
        };
        let peer = peer.map(|name| match is_address(name) {
            true => self.service("external"),
            false => self.service(name),
        });
        let route = attribute(Some(span), "http.route").or(attribute(Some(span), "url.path"));
        let method =
            attribute(Some(span), "http.request.method").or(attribute(Some(span), "http.method"));
        let (method, path) = asked_for(
            method.filter(|_| route.is_some()),
            route.or(json::text(span, &["name"])),
        );
        let node = self.paths[service as usize].endpoint(method.as_bytes(), path.as_bytes());
        let code = span.get("status").and_then(|status| status.get("code"));
        self.all.push(Span {
            trace,
            id: number("spanId")?,
            parent: parent.map_or(0, |id| hash(0, id.as_bytes())),
            service,
            peer,
            node,
            from_ns: time("startTimeUnixNano")?,
            to_ns: time("endTimeUnixNano")?,
            role,
            is_bad: code.is_some_and(|code| code == 2 || code == "STATUS_CODE_ERROR"),
        });
        if self.all.len() > MOST {
            self.halve();
        }
        Some(())
    }

    fn is_kept(&self, trace: u64) -> bool {
        self.halved == 0 || trace.leading_zeros() >= self.halved
    }

    fn halve(&mut self) {
        self.halved += 1;
        let before = self.all.len();
        let least = self.halved;
        self.all.retain(|span| span.trace.leading_zeros() >= least);
        self.left_out += (before - self.all.len()) as u64;
    }

    /// Hands over the spans of each trace.
    pub(super) fn each_trace(&mut self, mut take: impl FnMut(&[Span])) {
        self.all
            .sort_by_key(|span| (span.trace, span.from_ns, span.id));
        for trace in self.all.chunk_by(|a, b| a.trace == b.trace) {
            take(trace);
        }
    }
}

fn role(kind: Option<&Value>) -> Role {
    let number = kind.and_then(Value::as_u64);
    match (kind.and_then(Value::as_str), number) {
        (Some("SPAN_KIND_SERVER"), _) | (_, Some(2)) => Role::Answers,
        (Some("SPAN_KIND_CLIENT" | "SPAN_KIND_PRODUCER"), _) | (_, Some(3 | 4)) => Role::Asks,
        (Some("SPAN_KIND_CONSUMER"), _) | (_, Some(5)) => Role::Works,
        _ => Role::Inside,
    }
}

/// The text of an attribute.
fn attribute<'v>(of: Option<&'v Value>, key: &str) -> Option<&'v str> {
    let attributes = of?.get("attributes")?.as_array()?;
    let found = attributes
        .iter()
        .find(|one| json::text(one, &["key"]) == Some(key))?;
    json::text(found, &["value", "stringValue"]).filter(|text| !text.is_empty())
}

/// Whether a name is an address, which is not written.
fn is_address(name: &str) -> bool {
    let is_number = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '[' | ']');
    name.contains(['.', ':']) && name.chars().all(is_number)
}
