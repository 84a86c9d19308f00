//! Locust: the stages of a `LoadTestShape`, in a script or as JSON.
//!
//! One idea: users at once, so it is closed; and a stage lasts until so many seconds after the
//! start, not for so many seconds. A script is not executed: the list of its stages must stand in
//! it as plain numbers.

use serde_json::Value;

use super::account::Account;
use super::json;
use super::lines::{Input, Lines};
use super::literal::literal;
use super::profile::{self, Load, Profile, To};
use super::{AsArrivals, Imported, Unusable, source};

const HELP: &str = "it needs the stages of a `LoadTestShape` as a plain list: `stages = [ { \
                    \"duration\": 60, \"users\": 10, \"spawn_rate\": 1 } ]`";

/// Reads stages.
///
/// # Errors
/// If there are none.
pub fn import(inputs: Vec<Input<'_>>, as_arrivals: AsArrivals) -> Result<Imported, Unusable> {
    let mut account = Account::of(source(&inputs));
    let mut lines = Lines::new(inputs, json::LONGEST);
    let found = json::rest(&mut lines, &mut account).and_then(|text| {
        let text = json::read_as_text(&text, &mut account);
        ramps(
            &stages(&text).ok_or("it holds no list of stages")?,
            &mut account,
        )
    });
    let ramps = match found {
        Ok(ramps) => ramps,
        Err(why) => return Err(Unusable::new(why, Some(HELP.to_owned()), account)),
    };
    account.assumed.push(
        "durations count from the start of the test, as Locust's do; what a user asks for is code, \
         and not read: each turn is one request"
            .to_owned(),
    );
    let profile = Profile {
        name: "users".to_owned(),
        load: Load::Closed,
        begin: 0.0,
        ramps,
        after_s: 0.0,
        steps: vec![("request".to_owned(), None)],
    };
    let setting = profile::Setting {
        source: &account.source.clone(),
        tool: "Locust",
        as_arrivals,
        objectives: Vec::new(),
    };
    match profile::outline(vec![profile], setting, &mut account) {
        Some(skeleton) => Ok(Imported::new(skeleton, account)),
        None => Err(profile::nobody(HELP, account)),
    }
}

/// The first list of stages in a text.
fn stages(text: &str) -> Option<Vec<Value>> {
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        let stages = value.get("stages").unwrap_or(&value).as_array()?;
        return Some(stages.clone());
    }
    let lists = text
        .match_indices('[')
        .filter_map(|(at, _)| match literal(&text[at..]) {
            Some(Value::Array(items)) => Some(items),
            _ => None,
        });
    let is_stage = |value: &Value| value.get("duration").is_some() && value.get("users").is_some();
    // A list begins wherever a bracket stands; a text of brackets alone is none.
    lists
        .take(1_000)
        .find(|items| !items.is_empty() && items.iter().all(is_stage))
}

fn ramps(stages: &[Value], account: &mut Account) -> Result<Vec<To>, String> {
    let (mut before, mut users, mut found) = (0.0, 0.0, Vec::new());
    for stage in stages {
        let number = |key| json::number(stage, &[key]).filter(|number| *number >= 0.0);
        let (Some(until), Some(to)) = (number("duration"), number("users")) else {
            let why = "a stage of it says no plain `duration` or no plain `users`";
            return Err(why.to_owned());
        };
        if until <= before {
            return Err(format!(
                "a stage lasts until {until} s, which is not after {before} s: durations count \
                 from the start of the test"
            ));
        }
        let lasts = until - before;
        let change = (to - users).abs();
        let rate = number("spawn_rate")
            .filter(|rate| *rate > 0.0)
            .unwrap_or(change.max(1.0));
        let takes = (change / rate).min(lasts);
        if change / rate > lasts {
            let rate = super::number::digits(rate);
            account.doubtful.push(format!(
                "{rate} users a second are too few to reach {to} by {until} s: as many come as can"
            ));
        }
        let reached = match change > rate * lasts {
            true => users + rate * lasts * (to - users).signum(),
            false => to,
        };
        found.push(To {
            to: reached,
            secs: takes,
            is_step: false,
        });
        found.push(To {
            to: reached,
            secs: lasts - takes,
            is_step: true,
        });
        (before, users) = (until, reached);
    }
    match found.is_empty() {
        true => Err("it holds no stages".to_owned()),
        false => Ok(found.into_iter().filter(|to| to.secs > 0.0).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_count_from_the_start() {
        let text = "class MyShape(LoadTestShape):\n    users = []\n    stages = [\n\
                    {\"duration\": 60, \"users\": 10, \"spawn_rate\": 1},  # warm up\n\
                    {\"duration\": 100, \"users\": 50, \"spawn_rate\": 10},\n    ]\n";
        let found = stages(text).expect("it holds some");
        let ramps = ramps(&found, &mut Account::default()).expect("they are stages");
        let told: Vec<(f64, f64)> = ramps.iter().map(|to| (to.to, to.secs)).collect();
        assert_eq!(
            told,
            [(10.0, 10.0), (10.0, 50.0), (50.0, 4.0), (50.0, 36.0)]
        );
        let back = stages("[{'duration': 60, 'users': 1}, {'duration': 60, 'users': 2}]");
        let why = super::ramps(&back.expect("a list"), &mut Account::default());
        assert!(why.is_err_and(|why| why.contains("count from the start")));
        assert_eq!(
            stages("stages = [ { 'duration': minutes(1), 'users': 3 } ]"),
            None
        );
        assert_eq!(stages(&"[".repeat(5_000)), None);
    }
}
