//! From who calls whom to services.
//!
//! One idea: a request does its own work, then makes its calls in the order in which they began in
//! the mean, each as often as in the mean; side by side where most did. A model has no circles, so
//! what would close one is left out and named.

use std::collections::{BTreeMap, BTreeSet};

use super::super::account::{Account, counted, percent};
use super::super::fit::fit;
use super::super::measured::Grid;
use super::super::number;
use super::super::outline::capacity::{ending, servers};
use super::super::paths::name_of;
use super::super::skeleton::{self, Retry, Service, Skeleton, Step};
use super::calls::{Called, Calls, Endpoint, Seen};
use super::spans::Spans;

/// Nanoseconds are the steps in which spans are measured.
const GRAIN_S: f64 = 1e-9;
/// The share of calls that try again from which on there is a retry.
const TRIES: f64 = 0.005;
/// What calls try again by.
const RETRY: &str = "seen";

/// Endpoints with their names.
pub(super) struct Graph<'c> {
    calls: &'c Calls,
    /// The name of each endpoint: of its service, and in it.
    names: BTreeMap<Endpoint, (String, String)>,
    labels: BTreeMap<Endpoint, String>,
    /// Calls that would close a circle.
    circles: BTreeSet<(Endpoint, Endpoint)>,
}

impl<'c> Graph<'c> {
    /// The endpoints of all services, of each the most asked apart.
    pub(super) fn of(spans: &Spans, calls: &'c Calls, most: usize) -> Graph<'c> {
        let mut graph = Graph {
            calls,
            names: BTreeMap::new(),
            labels: BTreeMap::new(),
            circles: BTreeSet::new(),
        };
        let mut services: Vec<String> = Vec::new();
        for (service, label) in spans.names.iter().enumerate() {
            let name = free(&name_of(label), &services);
            services.push(name.clone());
            let requests = |node: usize| {
                let seen = calls.seen.get(&(service as u32, Some(node as u32)));
                seen.map_or(0, |seen| seen.requests)
            };
            let counts: Vec<u64> = (0..spans.paths[service].len()).map(requests).collect();
            let mut patterns: Vec<(u32, String)> =
                spans.paths[service].patterns(&counts).into_iter().collect();
            patterns.sort_by_key(|(node, _)| (std::cmp::Reverse(counts[*node as usize]), *node));
            let mut taken: BTreeMap<String, String> = BTreeMap::new();
            for (node, pattern) in patterns {
                let known = taken.get(&pattern).cloned();
                let endpoint = known.unwrap_or_else(|| match taken.len() >= most {
                    true => "other".to_owned(),
                    false => {
                        let names: Vec<String> = taken.values().cloned().collect();
                        free(&name_of(&pattern), &names)
                    }
                });
                taken.insert(pattern.clone(), endpoint.clone());
                graph
                    .names
                    .insert((service as u32, Some(node)), (name.clone(), endpoint));
                graph.labels.insert((service as u32, Some(node)), pattern);
            }
            let silent = ((service as u32, None), (name, "call".to_owned()));
            if calls.seen.contains_key(&silent.0) {
                graph.names.insert(silent.0, silent.1);
                graph
                    .labels
                    .insert(silent.0, "calls to it, as its callers see them".to_owned());
            }
        }
        graph.find_circles();
        graph
    }

    /// The target of a call.
    fn target(&self, endpoint: Endpoint) -> Option<String> {
        let (service, name) = self.names.get(&endpoint)?;
        Some(format!("{service}.{name}"))
    }

    /// What a request from outside is called.
    pub(super) fn name(&self, endpoint: Endpoint) -> String {
        self.target(endpoint).unwrap_or_default()
    }

    /// The root that is asked most.
    pub(super) fn most(&self, grid: &Grid) -> String {
        let total = |users: &[f64]| users.iter().sum::<f64>();
        let most = grid
            .users
            .iter()
            .max_by(|a, b| total(&a.1).total_cmp(&total(&b.1)));
        most.map_or(String::new(), |(name, _)| name.clone())
    }

    /// Marks the calls that lead back to where they come from.
    fn find_circles(&mut self) {
        // By targets, since several endpoints may be one.
        let mut edges: BTreeMap<String, BTreeSet<(Endpoint, Endpoint)>> = BTreeMap::new();
        for (from, seen) in &self.calls.seen {
            for to in seen.calls.keys() {
                edges
                    .entry(self.name(*from))
                    .or_default()
                    .insert((*from, *to));
            }
        }
        let (mut done, mut open): (BTreeSet<String>, Vec<String>) = (BTreeSet::new(), Vec::new());
        let starts: Vec<String> = edges.keys().cloned().collect();
        for start in starts {
            self.visit(&start, &edges, (&mut done, &mut open));
        }
    }

    fn visit(
        &mut self,
        at: &str,
        edges: &BTreeMap<String, BTreeSet<(Endpoint, Endpoint)>>,
        (done, open): (&mut BTreeSet<String>, &mut Vec<String>),
    ) {
        // No chain of services is that long; a made one may be.
        if done.contains(at) || open.len() > 64 {
            return;
        }
        open.push(at.to_owned());
        for (from, to) in edges.get(at).into_iter().flatten() {
            let target = self.name(*to);
            match open.contains(&target) || open.len() > 63 {
                true => {
                    self.circles.insert((*from, *to));
                }
                false => self.visit(&target, edges, (done, open)),
            }
        }
        open.pop();
        done.insert(at.to_owned());
    }

    /// Adds the services.
    pub(super) fn services(&self, found: &mut Skeleton, account: &mut Account) {
        let mut services: BTreeMap<String, BTreeMap<String, (String, Seen)>> = BTreeMap::new();
        for (endpoint, seen) in &self.calls.seen {
            let Some((service, name)) = self.names.get(endpoint) else {
                continue;
            };
            let label = self.labels.get(endpoint).cloned().unwrap_or_default();
            let endpoints = services.entry(service.clone()).or_default();
            let (_, all) = endpoints
                .entry(name.clone())
                .or_insert((label, Seen::default()));
            merge(all, seen, |to| !self.circles.contains(&(*endpoint, to)));
        }
        let mut retried = 0;
        found.params.push(servers());
        for (name, endpoints) in services {
            let endpoints = endpoints.into_iter().map(|(name, (label, seen))| {
                let mut steps = ending(
                    Step::Wait(law(&seen)),
                    [
                        (
                            seen.failed as f64 / (seen.requests as f64).max(1.0),
                            "failed",
                        ),
                        (0.0, ""),
                    ],
                );
                let at = 1.min(steps.len());
                steps.splice(at..at, self.calls_of(&seen, &mut retried));
                skeleton::Endpoint {
                    remarks: said(&label, &seen),
                    name,
                    steps,
                }
            });
            found.services.push(Service {
                remarks: Vec::new(),
                endpoints: endpoints.collect(),
                name,
                keys: vec![
                    ("servers", "\"$servers\"".to_owned()),
                    ("workers", "64".to_owned()),
                ],
            });
        }
        let workers = "the number of servers and workers is not in traces: 2 servers of 64 workers";
        account.assumed.push(workers.to_owned());
        if retried > 0 {
            found.retries.push(Retry {
                name: RETRY,
                attempts: 2,
                remark: "seen in traces: calls that follow one that failed".to_owned(),
            });
            let calls = counted(retried, "call");
            account
                .taken
                .push(format!("{calls} that tried again after one that failed"));
        }
        if !self.circles.is_empty() {
            let circles = self.circles.iter().take(5);
            let circles =
                circles.map(|(from, to)| format!("{} to {}", self.name(*from), self.name(*to)));
            let circles: Vec<String> = circles.collect();
            account
                .ignored
                .push(format!("calls that close a circle: {}", circles.join(", ")));
        }
    }

    /// The calls of a request.
    fn calls_of(&self, seen: &Seen, retried: &mut u64) -> Vec<Step> {
        let mut calls: Vec<(&Endpoint, &Called)> = seen.calls.iter().collect();
        let begins =
            |called: &Called| called.offset_ns / u128::from((called.calls + called.retries).max(1));
        calls.sort_by_key(|(to, called)| (begins(called), **to));
        let steps: Vec<Step> = calls
            .into_iter()
            .filter_map(|(to, called)| {
                *retried += called.retries;
                let tries = called.retries as f64 / (called.calls as f64).max(1.0);
                let target = self.target(*to)?;
                let one = match called.messages * 2 > called.calls {
                    true => Step::Send(target),
                    false => Step::Ask(target, (tries >= TRIES).then_some(RETRY)),
                };
                Some(as_often(one, called, seen.requests))
            })
            .collect();
        match seen.parallel * 2 > seen.requests && steps.len() > 1 {
            true => vec![Step::Parallel(
                steps.into_iter().map(|step| vec![step]).collect(),
            )],
            false => steps,
        }
    }
}

/// A call as often as it is made in the mean.
fn as_often(one: Step, called: &Called, requests: u64) -> Step {
    let each = called.calls as f64 / (called.within as f64).max(1.0);
    let repeated = match each {
        each if each < 1.05 => one,
        each if (each - each.round()).abs() < 0.02 => {
            Step::Repeat(format!("{}", each.round()), vec![one])
        }
        each => Step::Repeat(
            format!("geometric(mean={})", number::digits(each)),
            vec![one],
        ),
    };
    let share = called.within as f64 / (requests as f64).max(1.0);
    match share < 0.995 {
        true => Step::Choose(vec![(share, vec![repeated]), (1.0 - share, Vec::new())]),
        false => repeated,
    }
}

fn merge(all: &mut Seen, seen: &Seen, is_kept: impl Fn(Endpoint) -> bool) {
    all.requests += seen.requests;
    all.failed += seen.failed;
    all.parallel += seen.parallel;
    all.own.merge(&seen.own);
    for (to, called) in seen.calls.iter().filter(|(to, _)| is_kept(**to)) {
        let sum = all.calls.entry(*to).or_default();
        sum.calls += called.calls;
        sum.within += called.within;
        sum.retries += called.retries;
        sum.messages += called.messages;
        sum.offset_ns += called.offset_ns;
    }
}

/// The law of an endpoint's own time.
fn law(seen: &Seen) -> String {
    let mean = seen.own.mean_s().unwrap_or(0.0);
    match fit(&seen.own, GRAIN_S) {
        Some(fit) => fit.law().to_owned(),
        None if mean > 0.0 => format!("exp({})", number::secs(mean)),
        None => "0s".to_owned(),
    }
}

fn said(label: &str, seen: &Seen) -> Vec<String> {
    let mut said = format!("{label}: {}", counted(seen.requests, "request"));
    if seen.failed > 0 {
        let share = percent(seen.failed as f64 / (seen.requests as f64).max(1.0));
        said.push_str(&format!(", {share} failed by itself"));
    }
    let own = fit(&seen.own, GRAIN_S).map(|fit| format!("its own time: {}", fit.beside()));
    std::iter::once(said).chain(own).collect()
}

/// A name that is not taken.
fn free(name: &str, taken: &[String]) -> String {
    let numbered = (2..).map(|n| format!("{name}-{n}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_default()
}
