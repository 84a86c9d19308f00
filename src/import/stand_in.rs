//! A load and services where a file says only what must hold, or what goes wrong.
//!
//! One idea: what is imported needs something to stand on, so that the model runs as it is; all of
//! that is a guess, says so, and is replaced by what `onrush import` makes of a log.

use std::collections::BTreeSet;

use super::account::Account;
use super::outline::capacity::{Need, guess, needed, servers};
use super::outline::twice;
use super::skeleton::{
    Endpoint, Journey, Param, Ramp, Service, Shape, Skeleton, Source, Spacing, Step,
};

/// Services, and who of them calls whom.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Parts {
    /// Their names.
    pub(super) services: BTreeSet<String>,
    /// Names of a caller and of what it calls.
    pub(super) calls: BTreeSet<(String, String)>,
}

/// Seconds that the guess runs.
const RUN_S: i64 = 600;
/// How long an answer is waited for: what is cut off would be waited for for ever.
const PATIENCE: &str = "10s";
/// What every service is asked.
pub(super) const ENDPOINT: &str = "request";

/// Adds them, at least so long.
pub(super) fn stand_in(found: &mut Skeleton, parts: &Parts, least_s: i64, account: &mut Account) {
    found.run_for_s = RUN_S.max(least_s);
    found.params.push(Param {
        name: "rate",
        value: "\"10/s\"".to_owned(),
        range: Some(["\"1/s\"".to_owned(), "\"100/s\"".to_owned()]),
        label: "Requests for each service".to_owned(),
    });
    let what = "who comes is not in it: `rate`, a guess of 10 requests a second for each service; \
                `onrush import` makes arrivals of a log";
    account.assumed.push(what.to_owned());
    let circles = circles(parts);
    for name in &parts.services {
        found.journeys.push(Journey {
            remarks: Vec::new(),
            name: name.clone(),
            steps: vec![Step::CallWithin(format!("{name}.{ENDPOINT}"), PATIENCE)],
        });
        found.sources.push(Source {
            remarks: Vec::new(),
            name: name.clone(),
            journey: name.clone(),
            shape: Shape::Ramps(
                vec![Ramp::Named("$rate", found.run_for_s as f64)],
                Spacing::Poisson,
            ),
        });
    }
    let waits = format!("how long an answer is waited for is not in it: {PATIENCE}");
    account.assumed.push(waits);
    let said = "how long a request takes is not in it";
    found.params.push(servers());
    guess(found, said, account);
    for name in &parts.services {
        let calls = parts
            .calls
            .iter()
            .filter(|call| call.0 == *name && !circles.contains(call));
        let calls = calls.map(|(_, to)| Step::AskWithin(format!("{to}.{ENDPOINT}"), PATIENCE));
        found.services.push(Service {
            remarks: Vec::new(),
            name: name.clone(),
            keys: vec![
                ("servers", "\"$servers\"".to_owned()),
                ("workers", "64".to_owned()),
                ("cores", "4".to_owned()),
                ("boot", "\"exp(10s)\"".to_owned()),
            ],
            endpoints: vec![Endpoint {
                remarks: Vec::new(),
                name: ENDPOINT.to_owned(),
                steps: std::iter::once(needed(&Need::Work)).chain(calls).collect(),
            }],
        });
    }
    found.variants = vec![twice(&found.sources)];
}

/// Calls that would lead back: of two services that call each other, and further round.
fn circles(parts: &Parts) -> BTreeSet<&(String, String)> {
    let mut kept: Vec<&(String, String)> = Vec::new();
    let mut circles = BTreeSet::new();
    for call in &parts.calls {
        let (mut reached, mut open) = (BTreeSet::new(), vec![call.1.as_str()]);
        while let Some(at) = open.pop() {
            if reached.insert(at) {
                let next = kept.iter().filter(|(from, _)| from == at);
                open.extend(next.map(|(_, to)| to.as_str()));
            }
        }
        match reached.contains(call.0.as_str()) {
            true => {
                circles.insert(call);
            }
            false => kept.push(call),
        }
    }
    circles
}
