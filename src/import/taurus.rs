//! Taurus: the executions of a test, its scenarios and what it passes by.
//!
//! One idea: `concurrency` is users at once, so it is closed; `throughput` without it is requests
//! a second, so it is open, and with it a cap that is said and not built. A criterion says when a
//! test fails, so what must hold is its opposite.

use serde_json::{Map, Value};

use super::account::{Account, counted};
use super::lines::{Input, Lines};
use super::number;
use super::outline::SERVICE;
use super::paths::name_of;
use super::profile::{self, Load, Profile, To};
use super::skeleton::Objective;
use super::table::requests::asked_for;
use super::{AsArrivals, Imported, Unusable, json, source, yaml};

const HELP: &str = "it needs `execution`, as YAML or JSON: `- concurrency: 10`, `ramp-up: 1m`, \
                    `hold-for: 5m`";
/// Requests of a scenario at most.
const STEPS: usize = 50;
/// Seconds of a hold that says no length.
const HOLD_S: f64 = 600.0;

/// Reads tests.
///
/// # Errors
/// If they execute nothing.
pub fn import(inputs: Vec<Input<'_>>, as_arrivals: AsArrivals) -> Result<Imported, Unusable> {
    let mut account = Account::of(source(&inputs));
    let mut lines = Lines::new(inputs, json::LONGEST);
    let documents = match yaml::all(&mut lines, &mut account) {
        Ok(documents) => documents,
        Err(why) => return Err(Unusable::new(why, Some(HELP.to_owned()), account)),
    };
    let (mut profiles, mut objectives) = (Vec::new(), Vec::new());
    for document in &documents {
        let executions: Vec<&Value> = match document.get("execution") {
            Some(Value::Array(all)) => all.iter().collect(),
            Some(one) => vec![one],
            None => continue,
        };
        for (n, execution) in executions.into_iter().enumerate() {
            profiles.extend(profile_of(execution, document, (n, &mut account)));
        }
        objectives.extend(criteria(document, &profiles, &mut account));
    }
    if profiles.is_empty() {
        let why = "it executes nothing".to_owned();
        return Err(Unusable::new(why, Some(HELP.to_owned()), account));
    }
    let setting = profile::Setting {
        source: &account.source.clone(),
        tool: "Taurus",
        as_arrivals,
        objectives,
    };
    match profile::outline(profiles, setting, &mut account) {
        Some(skeleton) => Ok(Imported::new(skeleton, account)),
        None => Err(profile::nobody(HELP, account)),
    }
}

/// A number, or that of the machine itself: `concurrency: { local: 100, cloud: 200 }`.
fn total(value: Option<&Value>) -> Option<f64> {
    let number = match value? {
        Value::Object(places) => places.get("local").or(places.values().next())?.as_f64()?,
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        Value::Null | Value::Bool(_) | Value::Array(_) => return None,
    };
    (number > 0.0 && number < 1e9).then_some(number)
}

fn profile_of(
    execution: &Value,
    document: &Value,
    (n, account): (usize, &mut Account),
) -> Option<Profile> {
    let name = json::text(execution, &["scenario"]);
    let rise = rise(execution);
    let (users, rate) = (
        total(execution.get("concurrency")),
        total(execution.get("throughput")),
    );
    for key in ["concurrency", "throughput"] {
        match execution.get(key) {
            Some(Value::Object(_)) => account
                .assumed
                .push(format!("of several `{key}` it is the one of `local`")),
            Some(value) if total(Some(value)).is_none() => account
                .ignored
                .push(format!("a `{key}` that is no plain number")),
            Some(_) | None => {}
        }
    }
    let (load, most) = match (users, rate) {
        (Some(users), None) => (Load::Closed, users),
        (Some(users), Some(cap)) => {
            let cap = number::digits(cap);
            account.ignored.push(format!(
                "`throughput: {cap}`: a cap on closed users, which here ask as fast as they can"
            ));
            (Load::Closed, users)
        }
        (None, Some(rate)) => (Load::Open, rate),
        (None, None) => (Load::Closed, 1.0),
    };
    if execution.get("iterations").is_some() {
        account
            .ignored
            .push("how often a user starts over: here all go on to the end".to_owned());
    }
    let ramps = ramps(execution, most, account);
    let begin = if rise > 0.0 { 0.0 } else { most };
    Some(Profile {
        name: name.map_or(format!("execution-{}", n + 1), str::to_owned),
        load,
        begin,
        ramps,
        after_s: yaml::secs(execution.get("delay")).unwrap_or(0.0),
        steps: steps_of(name, document, account),
    })
}

/// Seconds in which its users are added.
fn rise(execution: &Value) -> f64 {
    yaml::secs(execution.get("ramp-up")).unwrap_or(0.0)
}

/// How it comes to its level, and how long it stays there.
fn ramps(execution: &Value, most: f64, account: &mut Account) -> Vec<To> {
    let rise = rise(execution);
    let hold = yaml::secs(execution.get("hold-for"));
    let steps = total(execution.get("steps")).map_or(0, |steps| steps.min(1_000.0) as usize);
    let mut ramps = Vec::new();
    match steps {
        0 if rise > 0.0 => ramps.push(To {
            to: most,
            secs: rise,
            is_step: false,
        }),
        0 => {}
        steps => ramps.extend((1..=steps).map(|step| To {
            to: most * step as f64 / steps as f64,
            secs: rise / steps as f64,
            is_step: true,
        })),
    }
    if hold.is_some() || rise <= 0.0 {
        if hold.is_none() {
            let length = number::secs(HOLD_S);
            account
                .assumed
                .push(format!("an execution says no `hold-for`: {length}"));
        }
        ramps.push(To {
            to: most,
            secs: hold.unwrap_or(HOLD_S),
            is_step: true,
        });
    }
    ramps
}

/// What a scenario asks for.
fn steps_of(
    name: Option<&str>,
    document: &Value,
    account: &mut Account,
) -> Vec<(String, Option<f64>)> {
    let scenario = name.and_then(|name| json::at(document, &["scenarios", name]));
    let think = scenario.and_then(|scenario| yaml::secs(scenario.get("think-time")));
    let requests = scenario.and_then(|scenario| scenario.get("requests")?.as_array());
    let step = |request: &Value| {
        let url = request.as_str().or(json::text(request, &["url"]))?;
        let label = json::text(request, &["label"]);
        let method = json::text(request, &["method"])
            .unwrap_or("GET")
            .to_uppercase();
        let (_, path) = asked_for(None, Some(url));
        let path = path.split(['?', '#']).next().unwrap_or(path);
        let label = label.map_or(format!("{method} {path}"), str::to_owned);
        let own = yaml::secs(request.get("think-time"));
        Some((label, Some(own.or(think).unwrap_or(0.0))))
    };
    let requests = requests.into_iter().flatten();
    let all = requests.clone().count();
    let steps: Vec<_> = requests.filter_map(step).take(STEPS).collect();
    if steps.len() < all {
        let left = counted((all - steps.len()) as u64, "step");
        account.ignored.push(format!(
            "{left} of `{}` that are no plain requests, or too many",
            name.unwrap_or_default()
        ));
    }
    match steps.is_empty() {
        true => {
            let what = "what a user asks for is in a file of its own: each turn is one request";
            account.assumed.push(what.to_owned());
            vec![("request".to_owned(), None)]
        }
        false => steps,
    }
}

/// `avg-rt of Home>150ms for 10s, stop as failed`, in all modules that report.
fn criteria(document: &Value, profiles: &[Profile], account: &mut Account) -> Vec<Objective> {
    let modules = document
        .get("reporting")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let listed = modules.filter_map(|module| module.get("criteria"));
    let mut texts: Vec<String> = Vec::new();
    for criteria in listed {
        let items: Vec<&Value> = match criteria {
            Value::Array(all) => all.iter().collect(),
            Value::Object(named) => named.values().collect(),
            _ => Vec::new(),
        };
        for item in items {
            // One that has a name of its own is an object in the list.
            let named = item.as_object().into_iter().flat_map(Map::values);
            let all = std::iter::once(item).chain(named);
            texts.extend(all.filter_map(Value::as_str).map(str::to_owned));
        }
    }
    let labels: Vec<&str> = profiles
        .iter()
        .flat_map(|profile| profile.steps.iter().map(|(label, _)| label.as_str()))
        .collect();
    let mut found = Vec::new();
    for text in texts {
        match that(&text, &labels) {
            Some(that) => found.push(Objective {
                remark: format!("Taurus: {text}"),
                that,
            }),
            None => account.ignored.push(format!("criterion `{text}`")),
        }
    }
    found
}

/// What must hold so that a criterion does not.
fn that(text: &str, labels: &[&str]) -> Option<String> {
    let condition = text.split([',', ';']).next()?.trim();
    let (left, limit) = condition.split_once('>')?;
    let limit = limit.trim_start_matches('=').trim();
    let limit = limit.split([' ']).next()?;
    let (what, label) = match left.trim().split_once(" of ") {
        Some((what, label)) => (
            what.trim(),
            labels.iter().find(|known| **known == label.trim())?,
        ),
        None => (left.trim(), labels.first()?),
    };
    let target = format!("{SERVICE}.{}", name_of(label));
    let time = |of: &str| {
        let secs = yaml::secs(Some(&Value::String(limit.to_owned())))?;
        Some(format!("{of}({target}.ok.time) < {}", number::secs(secs)))
    };
    match what {
        "avg-rt" | "avg-resp-time" => time("mean"),
        "fail" | "failures" => {
            let percent: f64 = limit.strip_suffix('%')?.trim().parse().ok()?;
            let share = 1.0 - percent / 100.0;
            (0.0..=1.0)
                .contains(&share)
                .then(|| format!("share({target}.ok) >= {}", number::share(share)))
        }
        what => {
            let percent: f64 = what.strip_prefix('p')?.parse().ok()?;
            (1.0..=99.9).contains(&percent).then(|| time(what))?
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_hold_is_the_opposite_of_a_criterion() {
        let labels = ["GET /", "Login"];
        for (text, expected) in [
            (
                "avg-rt>150ms for 10s, stop as failed",
                Some("mean(site.get-root.ok.time) < 150ms"),
            ),
            ("p95 of Login>2s", Some("p95(site.login.ok.time) < 2s")),
            ("fail>5%", Some("share(site.get-root.ok) >= 95%")),
            ("fail>50 for 10s", None),
            ("rc4xx>20%", None),
            ("avg-rt of Logout>1s", None),
        ] {
            assert_eq!(that(text, &labels).as_deref(), expected, "{text}");
        }
    }
}
