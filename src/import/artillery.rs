//! Artillery: the phases of a test, and the flows of its scenarios.
//!
//! One idea: phases say how many come in a second, so it is open. Each flow is a journey, with its
//! requests and pauses, and gets the part of the users that its weight says.

use serde_json::Value;

use super::account::Account;
use super::lines::{Input, Lines};
use super::number;
use super::outline::SERVICE;
use super::paths::name_of;
use super::profile::{self, Load, Profile, To};
use super::skeleton::Objective;
use super::table::requests::asked_for;
use super::{AsArrivals, Imported, Unusable, json, source, yaml};

const HELP: &str =
    "it needs phases, as YAML or JSON: `phases: [ { duration: 60, arrivalRate: 5 } ]`";
/// Methods, as keys of a step.
const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];
/// Steps of a flow at most.
const STEPS: usize = 50;

/// Reads tests.
///
/// # Errors
/// If they have no phases.
pub fn import(inputs: Vec<Input<'_>>) -> Result<Imported, Unusable> {
    let mut account = Account::of(source(&inputs));
    let mut lines = Lines::new(inputs, json::LONGEST);
    let documents = match yaml::all(&mut lines, &mut account) {
        Ok(documents) => documents,
        Err(why) => return Err(Unusable::new(why, Some(HELP.to_owned()), account)),
    };
    let (mut profiles, mut objectives) = (Vec::new(), Vec::new());
    for document in &documents {
        let config = document.get("config").unwrap_or(document);
        let phases = phases(config.get("phases"), &mut account);
        if phases.is_empty() {
            continue;
        }
        let flows = flows(document.get("scenarios"), &mut account);
        profiles.extend(flows.into_iter().map(|flow| flow.profile(&phases)));
        objectives.extend(ensured(config, &profiles, &mut account));
    }
    if profiles.is_empty() {
        let why = "it has no phases".to_owned();
        return Err(Unusable::new(why, Some(HELP.to_owned()), account));
    }
    let setting = profile::Setting {
        source: &account.source.clone(),
        tool: "Artillery",
        as_arrivals: AsArrivals::No,
        objectives,
    };
    match profile::outline(profiles, setting, &mut account) {
        Some(skeleton) => Ok(Imported::new(skeleton, account)),
        None => Err(profile::nobody(HELP, account)),
    }
}

fn phases(phases: Option<&Value>, account: &mut Account) -> Vec<To> {
    let mut found: Vec<To> = Vec::new();
    for phase in phases.and_then(Value::as_array).into_iter().flatten() {
        let number = |key: &str| json::number(phase, &[key]).filter(|number| *number >= 0.0);
        if let Some(secs) = yaml::secs(phase.get("pause")) {
            found.push(step(0.0, secs));
            continue;
        }
        let Some(secs) = yaml::secs(phase.get("duration")).filter(|secs| *secs > 0.0) else {
            account
                .ignored
                .push("a phase without a `duration`".to_owned());
            continue;
        };
        let numbers = ["arrivalRate", "rampTo", "arrivalCount"];
        let is_odd = |key: &&str| phase.get(*key).is_some() && number(key).is_none();
        if let Some(key) = numbers.into_iter().find(is_odd) {
            account
                .ignored
                .push(format!("a phase whose `{key}` is no plain number"));
            continue;
        }
        match (
            number("arrivalRate"),
            number("rampTo"),
            number("arrivalCount"),
        ) {
            (_, _, Some(count)) => found.push(step(count / secs, secs)),
            (Some(rate), None, _) => found.push(step(rate, secs)),
            (from, Some(to), _) => {
                let from = from.unwrap_or(0.0);
                if found.last().map_or(0.0, |last| last.to).to_bits() != from.to_bits() {
                    found.push(step(from, 0.0));
                }
                found.push(To {
                    to,
                    secs,
                    is_step: false,
                });
            }
            (None, None, None) => {
                account
                    .ignored
                    .push("a phase without an `arrivalRate`".to_owned());
            }
        }
        if let Some(most) = number("maxVusers") {
            let most = number::digits(most);
            account
                .ignored
                .push(format!("`maxVusers: {most}`: here nobody is kept out"));
        }
    }
    found
}

fn step(to: f64, secs: f64) -> To {
    To {
        to,
        secs,
        is_step: true,
    }
}

/// What a part of the users does.
struct Flow {
    name: String,
    share: f64,
    steps: Vec<(String, Option<f64>)>,
}

impl Flow {
    fn profile(self, phases: &[To]) -> Profile {
        let scaled = |to: &To| To {
            to: to.to * self.share,
            ..*to
        };
        Profile {
            load: Load::Open,
            begin: 0.0,
            ramps: phases.iter().map(scaled).collect(),
            after_s: 0.0,
            name: self.name,
            steps: self.steps,
        }
    }
}

fn flows(scenarios: Option<&Value>, account: &mut Account) -> Vec<Flow> {
    let scenarios = scenarios.and_then(Value::as_array).into_iter().flatten();
    let mut found = Vec::new();
    for (n, value) in scenarios.enumerate() {
        let mut steps = Vec::new();
        walk(value.get("flow"), &mut steps, account);
        if steps.len() >= STEPS {
            account.ignored.push(format!(
                "what a flow does behind its first {STEPS} requests"
            ));
        }
        let name = json::text(value, &["name"]).map_or(format!("flow-{}", n + 1), str::to_owned);
        let weight = json::number(value, &["weight"]).unwrap_or(1.0).max(0.0);
        if !steps.is_empty() {
            found.push(Flow {
                name,
                share: weight,
                steps,
            });
        }
    }
    let all: f64 = found.iter().map(|flow| flow.share).sum();
    found
        .iter_mut()
        .for_each(|flow| flow.share /= all.max(1e-9));
    if found.is_empty() {
        account
            .assumed
            .push("it has no flow: each user makes one request".to_owned());
        found.push(Flow {
            name: "users".to_owned(),
            share: 1.0,
            steps: vec![("request".to_owned(), Some(0.0))],
        });
    }
    found
}

/// The requests and pauses of a flow, those of loops one after the other.
fn walk(flow: Option<&Value>, steps: &mut Vec<(String, Option<f64>)>, account: &mut Account) {
    for step in flow.and_then(Value::as_array).into_iter().flatten() {
        if steps.len() >= STEPS {
            return;
        }
        let is_known = |key: &str| METHODS.contains(&key) || ["think", "loop"].contains(&key);
        let keys = || step.as_object().into_iter().flatten();
        let known = keys()
            .find(|(key, _)| is_known(key))
            .or_else(|| keys().next());
        let Some((key, inside)) = known else {
            continue;
        };
        match key.as_str() {
            "think" => {
                if let (Some(secs), Some(last)) = (yaml::secs(Some(inside)), steps.last_mut()) {
                    last.1 = Some(last.1.unwrap_or(0.0) + secs);
                }
            }
            "loop" => {
                let times = json::number(step, &["count"])
                    .unwrap_or(1.0)
                    .clamp(1.0, 20.0);
                for _ in 0..times as usize {
                    let before = steps.len();
                    walk(Some(inside), steps, account);
                    // What asks for nothing asks for nothing again, within other loops too.
                    if steps.len() == before {
                        break;
                    }
                }
            }
            method if METHODS.contains(&method) => {
                let url = json::text(inside, &["url"]).or(json::text(inside, &["uri"]));
                let (_, path) = asked_for(None, url.or(inside.as_str()));
                let path = path.split(['?', '#']).next().unwrap_or(path);
                steps.push((format!("{} {path}", method.to_uppercase()), Some(0.0)));
            }
            other => account.ignored.push(format!("a step `{other}` of a flow")),
        }
    }
}

/// What `ensure` asks for.
fn ensured(config: &Value, profiles: &[Profile], account: &mut Account) -> Vec<Objective> {
    let Some(first) = profiles.first().and_then(|profile| profile.steps.first()) else {
        return Vec::new();
    };
    let target = format!("{SERVICE}.{}", name_of(&first.0));
    let ensure = config
        .get("ensure")
        .or(json::at(config, &["plugins", "ensure"]));
    let Some(ensure) = ensure.and_then(Value::as_object) else {
        return Vec::new();
    };
    let listed = ensure
        .get("thresholds")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let listed = listed.filter_map(Value::as_object).flatten();
    let mut found = Vec::new();
    if ensure.contains_key("conditions") {
        account.ignored.push("`ensure`: conditions".to_owned());
    }
    for (key, limit) in ensure.iter().chain(listed) {
        let Some(limit) = limit.as_f64() else {
            continue;
        };
        let that = match key.as_str().trim_start_matches("http.response_time.") {
            "maxErrorRate" => format!(
                "share({target}.ok) >= {}",
                number::share(1.0 - limit / 100.0)
            ),
            what @ ("p50" | "p90" | "p95" | "p99") => {
                format!("{what}({target}.ok.time) < {}", number::secs(limit / 1e3))
            }
            "median" => format!("p50({target}.ok.time) < {}", number::secs(limit / 1e3)),
            _ => {
                account.ignored.push(format!("`ensure`: {key}"));
                continue;
            }
        };
        found.push(Objective {
            remark: format!("Artillery: {key} {limit}"),
            that,
        });
    }
    if !found.is_empty() {
        account.assumed.push(format!(
            "`ensure` is about all requests; here it is about the first, `{target}`"
        ));
    }
    found
}
