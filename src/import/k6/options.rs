//! What a test of k6 was told: stages, scenarios, thresholds.
//!
//! One idea: the executor says whether a part is open (`…-arrival-rate`) or closed (`…-vus`,
//! `…-iterations`); durations are of each stage, not since the start. Thresholds become objectives
//! where they are about all requests.

use serde_json::{Value, json};

use super::super::account::{Account, counted};
use super::super::lines::Lines;
use super::super::literal::literal;
use super::super::number;
use super::super::outline::SERVICE;
use super::super::profile::{Load, Profile, Setting, To, nobody, outline};
use super::super::skeleton::Objective;
use super::super::{AsArrivals, Imported, Unusable, json};
use super::HELP;
use crate::base::time::Span;

/// Reads options.
pub(super) fn import(
    mut lines: Lines<'_>,
    as_arrivals: AsArrivals,
    mut account: Account,
) -> Result<Imported, Unusable> {
    let value = match options(&mut lines, &mut account) {
        Ok(value) => value,
        Err(why) => return Err(Unusable::new(why, Some(HELP.to_owned()), account)),
    };
    let value = value.get("options").unwrap_or(&value);
    let profiles = profiles(value, &mut account);
    if profiles.is_empty() {
        let why = "it says no load: neither `stages`, `scenarios` nor `vus`".to_owned();
        return Err(Unusable::new(why, Some(HELP.to_owned()), account));
    }
    account
        .assumed
        .push("what a script asks for is not in its options: each turn is one request".to_owned());
    let setting = Setting {
        source: &account.source.clone(),
        tool: "k6",
        as_arrivals,
        objectives: objectives(value, &mut account),
    };
    match outline(profiles, setting, &mut account) {
        Some(skeleton) => Ok(Imported::new(skeleton, account)),
        None => Err(nobody(HELP, account)),
    }
}

/// Options as JSON, or as they stand in a script.
fn options(lines: &mut Lines<'_>, account: &mut Account) -> Result<Value, String> {
    let text = json::rest(lines, account)?;
    serde_json::from_slice(&text).or_else(|why| {
        let text = json::read_as_text(&text, account);
        let found = script(&text).ok_or_else(|| json::no_json(&why))?;
        account
            .taken
            .push("the options that stand in a script, which is not executed".to_owned());
        Ok(found)
    })
}

/// The options of a script, or else its stages alone, if they are plain.
fn script(text: &str) -> Option<Value> {
    let behind = |word: &str, sign: char| {
        let places = text.match_indices(word).take(1_000);
        let mut behind = places.filter_map(move |(at, word)| {
            let rest = text[at + word.len()..].trim_start().strip_prefix(sign)?;
            literal(rest.trim_start()).filter(|value| value.is_object() || value.is_array())
        });
        behind.next()
    };
    behind("options", '=').or_else(|| Some(json!({ "stages": behind("stages", ':')? })))
}

fn profiles(value: &Value, account: &mut Account) -> Vec<Profile> {
    if let Some(scenarios) = value.get("scenarios").and_then(Value::as_object)
        && !scenarios.is_empty()
    {
        let profiles = scenarios
            .iter()
            .filter_map(|(name, value)| scenario(name, value, account));
        return profiles.collect();
    }
    let vus = json::number(value, &["vus"]);
    let stages = stages(value, account);
    let ramps = match (stages.is_empty(), vus, secs(value.get("duration"))) {
        (false, ..) => stages,
        (true, Some(vus), length) => vec![To {
            to: vus,
            secs: length.unwrap_or(0.0),
            is_step: true,
        }],
        (true, None, Some(length)) => vec![To {
            to: 1.0,
            secs: length,
            is_step: true,
        }],
        (true, None, None) => return Vec::new(),
    };
    let begin = if value.get("stages").is_some() {
        vus.unwrap_or(1.0)
    } else {
        ramps[0].to
    };
    vec![profile("users", Load::Closed, begin, ramps)]
}

fn profile(name: &str, load: Load, begin: f64, ramps: Vec<To>) -> Profile {
    Profile {
        name: name.to_owned(),
        load,
        begin,
        ramps,
        after_s: 0.0,
        steps: vec![("request".to_owned(), None)],
    }
}

/// A part of a test by its executor.
fn scenario(name: &str, value: &Value, account: &mut Account) -> Option<Profile> {
    let executor = json::text(value, &["executor"]).unwrap_or_default();
    let number = |key: &str| json::number(value, &[key]).filter(|number| *number >= 0.0);
    let unit = secs(value.get("timeUnit"))
        .filter(|unit| *unit > 0.0)
        .unwrap_or(1.0);
    let constant = |users: f64| {
        let length = secs(value.get("duration")).unwrap_or(0.0);
        vec![To {
            to: users,
            secs: length,
            is_step: true,
        }]
    };
    let per_unit = |mut ramps: Vec<To>| {
        ramps.iter_mut().for_each(|to| to.to /= unit);
        ramps
    };
    let mut found = match executor {
        "constant-arrival-rate" => {
            let rate = number("rate")? / unit;
            profile(name, Load::Open, rate, constant(rate))
        }
        "ramping-arrival-rate" => {
            let begin = number("startRate").unwrap_or(0.0) / unit;
            profile(name, Load::Open, begin, per_unit(stages(value, account)))
        }
        "constant-vus" => {
            let users = number("vus").unwrap_or(1.0);
            profile(name, Load::Closed, users, constant(users))
        }
        "ramping-vus" => {
            let begin = number("startVUs").unwrap_or(1.0);
            profile(name, Load::Closed, begin, stages(value, account))
        }
        "shared-iterations" | "per-vu-iterations" => {
            let users = number("vus").unwrap_or(1.0);
            let until = "ends after so many turns; here its users go on to the end";
            account
                .assumed
                .push(format!("`{name}` ({executor}) {until}"));
            let length = secs(value.get("maxDuration")).unwrap_or(600.0);
            let to = To {
                to: users,
                secs: length,
                is_step: true,
            };
            profile(name, Load::Closed, users, vec![to])
        }
        other => {
            account
                .ignored
                .push(format!("`{name}`: its executor `{other}` is unknown"));
            return None;
        }
    };
    found.after_s = secs(value.get("startTime")).unwrap_or(0.0);
    Some(found)
}

/// `[ { "duration": "30s", "target": 20 } ]`
fn stages(value: &Value, account: &mut Account) -> Vec<To> {
    let stages = value.get("stages").and_then(Value::as_array);
    let stage = |value: &Value| {
        Some(To {
            to: json::number(value, &["target"]).filter(|target| *target >= 0.0)?,
            secs: secs(value.get("duration"))?,
            is_step: secs(value.get("duration")) == Some(0.0),
        })
    };
    let found: Vec<To> = stages.into_iter().flatten().filter_map(stage).collect();
    let odd = stages.map_or(0, Vec::len) - found.len();
    if odd > 0 {
        let odd = counted(odd as u64, "stage");
        account
            .ignored
            .push(format!("{odd} without a plain `target` and `duration`"));
    }
    found
}

/// Seconds of `"1m30s"`, or of a number of milliseconds.
fn secs(value: Option<&Value>) -> Option<f64> {
    let secs = match value? {
        Value::String(text) => match Span::parse(text) {
            Ok(span) => span.as_secs_f64(),
            Err(_) => text.trim().parse::<f64>().ok()? / 1e3,
        },
        Value::Number(ms) => ms.as_f64()? / 1e3,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (0.0..=31_536_000.0).contains(&secs).then_some(secs)
}

/// The thresholds that are about all requests.
fn objectives(value: &Value, account: &mut Account) -> Vec<Objective> {
    let thresholds = value.get("thresholds").and_then(Value::as_object);
    let mut found = Vec::new();
    for (metric, conditions) in thresholds.into_iter().flatten() {
        let conditions: Vec<&Value> = match conditions {
            Value::Array(all) => all.iter().collect(),
            one => vec![one],
        };
        for condition in conditions {
            let text = condition.as_str().or(json::text(condition, &["threshold"]));
            let text = text.unwrap_or_default();
            match that(metric, text) {
                Some(that) => found.push(Objective {
                    remark: format!("k6: {metric} {text}"),
                    that,
                }),
                None => account
                    .ignored
                    .push(format!("threshold `{metric}: {text}`")),
            }
        }
    }
    found
}

/// A threshold in words of the language.
fn that(metric: &str, text: &str) -> Option<String> {
    let target = format!("{SERVICE}.request");
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (what, limit) = compact.split_once('<')?;
    let limit: f64 = limit.trim_start_matches('=').parse().ok()?;
    match (metric, what) {
        ("http_req_duration", what) => {
            let time =
                |of: String| format!("{of}({target}.ok.time) < {}", number::secs(limit / 1e3));
            let percentile = what
                .strip_prefix("p(")
                .and_then(|rest| rest.strip_suffix(')'));
            match (percentile.map(str::parse::<f64>), what) {
                (Some(Ok(p)), _) if (1.0..=99.9).contains(&p) => Some(time(format!("p{p}"))),
                (None, "avg") => Some(time("mean".to_owned())),
                (None, "med") => Some(time("p50".to_owned())),
                (None, "max") => Some(time("max".to_owned())),
                _ => None,
            }
        }
        ("http_req_failed", "rate") if (0.0..1.0).contains(&limit) => Some(format!(
            "share({target}.ok) >= {}",
            number::share(1.0 - limit)
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_objectives() {
        for (metric, text, expected) in [
            (
                "http_req_duration",
                "p(95)<500",
                Some("p95(site.request.ok.time) < 500ms"),
            ),
            (
                "http_req_duration",
                "p(99.9) < 2000",
                Some("p99.9(site.request.ok.time) < 2s"),
            ),
            (
                "http_req_duration",
                "avg<200",
                Some("mean(site.request.ok.time) < 200ms"),
            ),
            (
                "http_req_failed",
                "rate<0.01",
                Some("share(site.request.ok) >= 99%"),
            ),
            ("http_req_failed", "rate>0.01", None),
            ("http_req_duration{name:login}", "p(95)<500", None),
            ("checks", "rate>0.9", None),
        ] {
            assert_eq!(that(metric, text).as_deref(), expected, "{metric} {text}");
        }
    }

    #[test]
    fn durations_are_texts_or_milliseconds() {
        let value: Value =
            serde_json::from_str(r#"["1m30s", 1500, "500", null, -1, "x"]"#).expect("it is JSON");
        let all: Vec<Option<f64>> = (0..6).map(|n| secs(value.get(n))).collect();
        assert_eq!(all, [Some(90.0), Some(1.5), Some(0.5), None, None, None]);
    }
}
