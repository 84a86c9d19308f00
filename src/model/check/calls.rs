//! Who calls whom: circles, calls that may wait for ever, reloads that come before timeouts.

use std::collections::BTreeSet;

use crate::base::time::Span;
use crate::model::Model;
use crate::model::fault::{CutMessages, FaultKind, Peer};
use crate::model::metric::write_span;
use crate::model::step::{Call, Step, StepKind};
use crate::text::{Diagnostic, Place};

/// How deep chains of calls are followed.
const DEEPEST: usize = 12;
/// How many calls are followed; a model with more is no longer for people to read.
const MOST_CHAINS: usize = 10_000;

/// Calls `look` on every call and its place in a list of steps.
fn calls<'m>(steps: &'m [Step], look: &mut dyn FnMut(&'m Call, Place)) {
    for step in steps {
        step.visit(&mut |step| {
            if let StepKind::Call(call) = &step.kind {
                look(call, step.place);
            }
        });
    }
}

fn calls_of<'m>(model: &'m Model, service: &str, endpoint: &str) -> Vec<(&'m Call, Place)> {
    let mut found = Vec::new();
    let body = model
        .services
        .get(service)
        .and_then(|found| found.endpoints.get(endpoint));
    if let Some(body) = body {
        calls(&body.steps, &mut |call, place| found.push((call, place)));
    }
    found
}

/// Calls that nobody answers and nothing ends.
pub(super) fn without_end(model: &Model) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut look = |caller: Peer, call: &Call, place: Place| {
        if ends(call) {
            return;
        }
        if let Some(why) = silence(model, &caller, call) {
            let text = format!("this call may wait forever: {why}");
            let diagnostic = Diagnostic::new("E080", text).at(place);
            found.push(diagnostic.help("give it a `timeout`"));
        }
    };
    for journey in model.journeys.values() {
        calls(&journey.steps, &mut |call, place| {
            look(Peer::Users, call, place);
        });
    }
    for (name, service) in &model.services {
        for endpoint in service.endpoints.values() {
            calls(&endpoint.steps, &mut |call, place| {
                look(Peer::Service(name.clone()), call, place);
            });
        }
    }
    found
}

/// Whether the caller's own clock ends a call that nobody answers.
fn ends(call: &Call) -> bool {
    call.timeout.is_some() || call.deadline.is_some()
}

/// Why a call may never be answered.
fn silence(model: &Model, caller: &Peer, call: &Call) -> Option<String> {
    let target = model.services.get(&call.service)?;
    if target.queue.silent {
        return Some(format!("`{}` refuses silently", call.service));
    }
    model
        .faults
        .iter()
        .find_map(|(name, fault)| match &fault.kind {
            FaultKind::Cut {
                edge,
                messages: CutMessages::Lost,
            } => {
                let callee = Peer::Service(call.service.clone());
                let hit = edge.between.contains(caller) && edge.between.contains(&callee);
                hit.then(|| format!("the fault `{name}` loses its messages"))
            }
            FaultKind::Dependency { service, hangs, .. }
                if *service == call.service && *hangs > 0.0 =>
            {
                Some(format!("the fault `{name}` lets calls hang"))
            }
            FaultKind::Crash {
                on, silent: true, ..
            } if on.service == call.service => Some(format!("the fault `{name}` is silent")),
            _ => None,
        })
}

/// Circles of calls that nothing ends: every worker may wait for another of the same service.
pub(super) fn circles(model: &Model) -> Vec<Diagnostic> {
    let mut search = Circles {
        model,
        stack: Vec::new(),
        told: BTreeSet::new(),
        left: MOST_CHAINS,
        found: Vec::new(),
    };
    for (name, service) in &model.services {
        for endpoint in service.endpoints.keys() {
            search.follow(name, endpoint);
        }
    }
    search.found
}

struct Circles<'m> {
    model: &'m Model,
    /// The services of the calls under way, each with whether the call to it can end by itself.
    stack: Vec<(String, bool)>,
    told: BTreeSet<Place>,
    left: usize,
    found: Vec<Diagnostic>,
}

impl Circles<'_> {
    fn follow(&mut self, service: &str, endpoint: &str) {
        if self.stack.is_empty() {
            self.stack.push((service.to_owned(), false));
        }
        for (call, place) in calls_of(self.model, service, endpoint) {
            if self.left == 0 || self.stack.len() > DEEPEST {
                break;
            }
            self.left -= 1;
            let ends = ends(call);
            let before = self
                .stack
                .iter()
                .position(|(known, _)| *known == call.service);
            match before {
                Some(at) => self.tell(at, call, place),
                None => {
                    self.stack.push((call.service.clone(), ends));
                    self.follow(&call.service, &call.endpoint);
                    self.stack.pop();
                }
            }
        }
        if self.stack.len() == 1 {
            self.stack.pop();
        }
    }

    fn tell(&mut self, at: usize, call: &Call, place: Place) {
        let circle = &self.stack[at..];
        let endless = !ends(call) && circle[1..].iter().all(|(_, ends)| !ends);
        if !endless || !self.told.insert(place) {
            return;
        }
        let mut names: Vec<String> = circle.iter().map(|(name, _)| format!("`{name}`")).collect();
        names.push(format!("`{}`", call.service));
        let text = format!(
            "calls in a circle can block one another: {}",
            names.join(" calls ")
        );
        let diagnostic = Diagnostic::new("W001", text).at(place);
        let help = "when every worker waits for another one, nothing moves; a `timeout` ends it";
        self.found.push(diagnostic.help(help));
    }
}

/// People who reload before the program gives up.
pub(super) fn impatient_reloads(model: &Model) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (name, journey) in &model.journeys {
        let after = journey
            .reload
            .as_ref()
            .and_then(|reload| reload.after.as_ref());
        let Some(after) = after.and_then(crate::random::family::Distribution::mean) else {
            continue;
        };
        let mut longest: Option<Span> = None;
        calls(&journey.steps, &mut |call, _| {
            longest = longest.max(call.timeout);
        });
        if let Some(timeout) = longest.filter(|timeout| after < timeout.as_secs_f64()) {
            let after = write_span(Span::from_secs_f64(after));
            let timeout = write_span(timeout);
            let text =
                format!("users of `{name}` reload after {after}, before the timeout of {timeout}");
            let diagnostic = Diagnostic::new("N002", text).at(journey.place);
            found.push(diagnostic.help(
                "so the timeout hardly ever happens; make it shorter than the reload, or drop it",
            ));
        }
    }
    found
}
