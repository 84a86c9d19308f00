//! Traces of OpenTelemetry as JSON: who calls whom, how often, and how long each works itself.
//!
//! One idea: a span that another service has begun is a request to an endpoint; what lies within
//! it and in the same service is its own work, what lies in another is a call. A trace is looked
//! at when all is read, since its spans come in any order; when there are too many, whole traces
//! are left out by a number that their names give, so that what is kept is a sample of all.

mod calls;
mod graph;
mod spans;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::account::{Account, counted, excerpt, grouped};
use super::lines::{Input, Lines, Next};
use super::{Asked, Imported, Unusable, json, measured, rates, source};
use calls::Calls;
use spans::Spans;

const HELP: &str = "it is what a collector's file exporter writes, a line for each batch, or one \
                    document with `resourceSpans`";
const NO_SPANS: &str = "it holds no `resourceSpans`";
const NO_JSON: &str = "it is no JSON";
const TOO_LONG: &str = "it is longer than 64 MB";
/// Bytes of a line at most: a batch of spans.
const LONGEST: usize = 64 * 1024 * 1024;

/// Reads traces.
///
/// # Errors
/// If nothing in them can be used.
pub fn import(inputs: Vec<Input<'_>>, asked: &Asked) -> Result<Imported, Unusable> {
    let mut account = Account::of(source(&inputs));
    let mut lines = Lines::new(inputs, LONGEST);
    let mut spans = Spans::default();
    let is_text = read(&mut lines, &mut spans, &mut account);
    if spans.count() == 0 {
        let why = match is_text {
            false => json::EMPTY.to_owned(),
            true => "it holds no span with a begin and an end".to_owned(),
        };
        return Err(Unusable::new(why, Some(HELP.to_owned()), account));
    }
    let mut calls = Calls::default();
    spans.each_trace(|trace| calls.add(trace));
    told(&spans, &calls, &mut account);
    let graph = graph::Graph::of(&spans, &calls, asked.endpoints);
    let roots: Vec<(String, i64)> = calls
        .roots
        .iter()
        .map(|(root, at_ms)| (graph.name(*root), *at_ms))
        .collect();
    let each = f64::from(1_u32 << spans.halved.min(31));
    let Some(grid) = measured::happened(&roots, each) else {
        let why = "no trace of it has a begin".to_owned();
        return Err(Unusable::new(why, Some(HELP.to_owned()), account));
    };
    let setting = rates::Setting {
        asked,
        source: &account.source.clone(),
        is_dated: true,
        noun: "request",
        known: BTreeMap::new(),
    };
    let most = graph.most(&grid);
    // What stands for several is what most of them ask for.
    let target = |label: &str, _: &str| match label.contains('.') {
        true => label.to_owned(),
        false => most.clone(),
    };
    let (mut skeleton, _) = rates::arrivals(grid, &setting, (&target, &mut account));
    graph.services(&mut skeleton, &mut account);
    skeleton.objectives = rates::objective(&skeleton, &mut account)
        .into_iter()
        .collect();
    Ok(Imported::new(skeleton, account))
}

/// Reads lines, or all of it where a document goes over many; false if nothing stands there.
fn read(lines: &mut Lines<'_>, spans: &mut Spans, account: &mut Account) -> bool {
    let mut document: Vec<u8> = Vec::new();
    let (mut is_by_line, mut is_text) = (false, false);
    while let Some(next) = lines.next() {
        let failed = match next {
            Next::Line(line, _) if line.trim_ascii().is_empty() => None,
            // What begins on this line and ends later is a document.
            Next::Line(line, _) if !document.is_empty() => {
                document.extend_from_slice(line);
                document.push(b'\n');
                None
            }
            Next::Line(line, _) => match serde_json::from_slice::<Value>(line) {
                Ok(value) if spans.batch(&value) => {
                    is_by_line = true;
                    None
                }
                Ok(_) => Some((NO_SPANS, excerpt(line))),
                Err(why) if why.is_eof() && !is_by_line => {
                    document.extend_from_slice(line);
                    document.push(b'\n');
                    None
                }
                Err(_) => Some((NO_JSON, excerpt(line))),
            },
            Next::Long(_) => Some((TOO_LONG, String::new())),
        };
        is_text |= is_by_line || failed.is_some();
        if let Some((why, begins)) = failed {
            account.bad(why, lines.at(), begins);
        }
        if document.len() > LONGEST * 2 {
            break;
        }
    }
    account.read = lines.read;
    account.breaks(lines);
    // What is no line of its own is a document, of which the resources are taken one by one.
    let input = Input {
        name: account.source.clone(),
        stream: Box::new(&document[..]),
    };
    let mut inner = Account::default();
    let mut lines = Lines::new(vec![input], LONGEST);
    let read = json::documents(
        &mut lines,
        &mut inner,
        &["resourceSpans"],
        |part| match part {
            json::Part::Item(resource) => spans.resource(&resource),
            json::Part::Rest(_) => {}
        },
    );
    account.doubtful.append(&mut inner.doubtful);
    if read.is_err() && !document.is_empty() {
        let begins = excerpt(&document[..document.len().min(200)]);
        account.bad(NO_JSON, lines.at(), begins);
    }
    is_text || !document.is_empty()
}

fn told(spans: &Spans, calls: &Calls, account: &mut Account) {
    let services: BTreeSet<u32> = calls.seen.keys().map(|(service, _)| *service).collect();
    account.taken.push(format!(
        "{} in {} of {}",
        counted(spans.count(), "span"),
        counted(calls.traces, "trace"),
        counted(services.len() as u64, "service")
    ));
    if spans.left_out > 0 {
        let left = counted(spans.left_out, "span");
        account.assumed.push(format!(
            "{left} of further traces were left out, by chance: what is kept stands for all"
        ));
    }
    account.assumed.push(
        "traces are all that there were: if they are a sample, `scale` of the arrivals is one by \
         its share"
            .to_owned(),
    );
    account.assumed.push(
        "how long a request works itself is its span without the calls in it, waits for workers \
         and locks included; it does not grow with the load"
            .to_owned(),
    );
    if calls.orphans > 0 {
        let orphans = grouped(calls.orphans);
        account.doubtful.push(format!(
            "spans whose parents are not there: {orphans}; each begins a request of its own"
        ));
    }
    if calls.odd > 0 {
        let odd = grouped(calls.odd);
        account.doubtful.push(format!(
            "spans that end before they begin, or a day later: {odd}, left out"
        ));
    }
}
