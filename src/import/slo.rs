//! Objectives of services: OpenSLO and Sloth.
//!
//! One idea: a ratio of good requests is a share that must be ok, and a limit on a time with a
//! target is the share that must be in time. What the queries measure is not known here, so the
//! service is a stand-in; queries of anything else are named.

use serde_json::Value;

use super::account::{Account, counted};
use super::lines::{Input, Lines};
use super::number;
use super::paths::name_of;
use super::skeleton::{Objective, Skeleton};
use super::stand_in::{ENDPOINT, Parts, stand_in};
use super::{Imported, Unusable, json, source, yaml};

const OPENSLO: &str = "it is YAML or JSON with `kind: SLO`, a service, an indicator and objectives";
const SLOTH: &str = "it is YAML with `version: prometheus/v1`, or of the kind \
                     `PrometheusServiceLevel`, with a service and its `slos`";

/// Reads OpenSLO.
///
/// # Errors
/// If it holds no objective that can be used.
pub fn openslo(inputs: Vec<Input<'_>>) -> Result<Imported, Unusable> {
    read(inputs, OPENSLO, |documents, found| {
        let is = |value: &&Value, kind| json::text(value, &["kind"]) == Some(kind);
        let indicators: Vec<&Value> = documents.iter().filter(|d| is(d, "SLI")).collect();
        for slo in documents.iter().filter(|document| is(document, "SLO")) {
            found.openslo(slo, &indicators);
        }
    })
}

/// Reads Sloth.
///
/// # Errors
/// If it holds no objective that can be used.
pub fn sloth(inputs: Vec<Input<'_>>) -> Result<Imported, Unusable> {
    read(inputs, SLOTH, |documents, found| {
        for document in documents {
            let spec = document.get("spec").unwrap_or(document);
            found.sloth(spec);
        }
    })
}

/// Objectives so far.
#[derive(Default)]
struct Found {
    parts: Parts,
    objectives: Vec<Objective>,
    ignored: Vec<String>,
    assumed: Vec<String>,
}

fn read(
    inputs: Vec<Input<'_>>,
    help: &str,
    take: impl FnOnce(&[Value], &mut Found),
) -> Result<Imported, Unusable> {
    let mut account = Account::of(source(&inputs));
    let mut lines = Lines::new(inputs, json::LONGEST);
    let documents = match yaml::all(&mut lines, &mut account) {
        Ok(documents) => documents,
        Err(why) => return Err(Unusable::new(why, Some(help.to_owned()), account)),
    };
    let mut found = Found::default();
    take(&documents, &mut found);
    account.ignored.append(&mut found.ignored);
    account.assumed.append(&mut found.assumed);
    if found.objectives.is_empty() {
        let why = "it holds no objective that can be used".to_owned();
        return Err(Unusable::new(why, Some(help.to_owned()), account));
    }
    account
        .taken
        .push(counted(found.objectives.len() as u64, "objective"));
    account.assumed.push(
        "an objective here must hold in nine of ten launches, over all of a launch; windows of \
         weeks and budgets have no meaning in it"
            .to_owned(),
    );
    let mut skeleton = Skeleton {
        title: account.source.clone(),
        question: Some("Are the objectives met?".to_owned()),
        objectives: found.objectives,
        ..Skeleton::default()
    };
    stand_in(&mut skeleton, &found.parts, 0, &mut account);
    Ok(Imported::new(skeleton, account))
}

impl Found {
    /// The target of a service, which is one from now on.
    fn target(&mut self, service: &str) -> String {
        let name = name_of(service);
        self.parts.services.insert(name.clone());
        format!("{name}.{ENDPOINT}")
    }

    fn push(&mut self, remark: String, that: String) {
        self.objectives.push(Objective { remark, that });
    }

    /// One document of OpenSLO.
    fn openslo(&mut self, slo: &Value, indicators: &[&Value]) {
        let name = json::text(slo, &["metadata", "name"]).unwrap_or("an objective");
        let Some(spec) = slo.get("spec") else {
            self.ignored.push(format!("`{name}` has no `spec`"));
            return;
        };
        let service = json::text(spec, &["service"]).unwrap_or("service");
        let named = json::text(spec, &["indicatorRef"]);
        let of_name = |value: &&&Value| json::text(value, &["metadata", "name"]) == named;
        let indicator = match (spec.get("indicator"), named) {
            (Some(indicator), _) => indicator.get("spec"),
            (None, Some(_)) => indicators
                .iter()
                .find(of_name)
                .and_then(|value| value.get("spec")),
            (None, None) => None,
        };
        let objectives = spec.get("objectives").and_then(Value::as_array);
        // Before v1 each objective held its own ratio.
        let is_own = |one: &Value| one.get("ratioMetrics").is_some();
        let is_own = objectives.into_iter().flatten().any(is_own);
        let indicator = indicator.or(is_own.then_some(&Value::Null));
        let Some(indicator) = indicator else {
            self.ignored
                .push(format!("`{name}`: its indicator is not there"));
            return;
        };
        if json::text(spec, &["budgetingMethod"]).is_some_and(|method| method != "Occurrences") {
            let said = "counts slices of time; here all requests count alike";
            self.assumed.push(format!("`{name}` {said}"));
        }
        for objective in objectives.into_iter().flatten() {
            let said = json::text(objective, &["displayName"]);
            let label = said.map_or(name.to_owned(), |said| format!("{name}: {said}"));
            self.openslo_objective((&label, service), indicator, objective);
        }
    }

    fn openslo_objective(
        &mut self,
        (label, service): (&str, &str),
        indicator: &Value,
        one: &Value,
    ) {
        let number = |key| json::number(one, &[key]);
        let target = number("target").or(number("targetPercent").map(|percent| percent / 100.0));
        let Some(target) = target.filter(|target| (0.0..=1.0).contains(target)) else {
            self.ignored
                .push(format!("`{label}` has no target between 0 and 1"));
            return;
        };
        let share = number::share(target);
        if indicator.get("ratioMetric").is_some() || one.get("ratioMetrics").is_some() {
            let of = self.target(service);
            self.push(label.to_owned(), format!("share({of}.ok) >= {share}"));
            return;
        }
        let query = indicator
            .get("thresholdMetric")
            .map(Value::to_string)
            .unwrap_or_default();
        let below = matches!(json::text(one, &["op"]), Some("lt" | "lte"));
        match number("value").filter(|value| below && *value > 0.0 && is_time(&query)) {
            Some(value) => {
                let secs = value * unit_s(&query);
                let of = self.target(service);
                let limit = number::secs(secs);
                self.assumed
                    .push(format!("`{label}`: its limit is {limit}, by its query"));
                self.push(
                    label.to_owned(),
                    format!("share({of}.time <= {limit}) >= {share}"),
                );
            }
            None => self
                .ignored
                .push(format!("`{label}`: it is no limit on a time of requests")),
        }
    }

    /// The objectives of a service of Sloth.
    fn sloth(&mut self, spec: &Value) {
        let service = json::text(spec, &["service"]).unwrap_or("service");
        for slo in spec
            .get("slos")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let name = json::text(slo, &["name"]).unwrap_or("an objective");
            let percent = json::number(slo, &["objective"]).filter(|p| (0.0..=100.0).contains(p));
            let Some(percent) = percent else {
                self.ignored
                    .push(format!("`{name}` has no objective between 0 and 100"));
                continue;
            };
            let sli = slo
                .get("sli")
                .or(slo.get("sLI"))
                .map(Value::to_string)
                .unwrap_or_default();
            if sli.is_empty() || sli.contains("\"plugin\"") {
                self.ignored
                    .push(format!("`{name}`: what it measures is not in it"));
                continue;
            }
            let share = number::share(percent / 100.0);
            let of = self.target(service);
            let that = match bound(&sli).filter(|_| is_time(&sli)) {
                Some(bound) => {
                    let limit = number::secs(bound * unit_s(&sli));
                    self.assumed.push(format!(
                        "`{name}` is about times: within {limit}, by its `le`"
                    ));
                    format!("share({of}.time <= {limit}) >= {share}")
                }
                None => format!("share({of}.ok) >= {share}"),
            };
            self.push(name.to_owned(), that);
        }
    }
}

/// Whether a query is about how long something took.
fn is_time(query: &str) -> bool {
    [
        "duration",
        "latency",
        "_seconds",
        "_milliseconds",
        "_ms",
        "response_time",
        "ResponseTime",
    ]
    .into_iter()
    .any(|word| query.contains(word))
}

/// The seconds of the unit of a query.
fn unit_s(query: &str) -> f64 {
    match query.contains("milliseconds") || query.contains("_ms") {
        true => 1e-3,
        false => 1.0,
    }
}

/// The `le="0.5"` of a query.
fn bound(query: &str) -> Option<f64> {
    let behind = query.split("le=").nth(1)?;
    let digits = behind.trim_start_matches(['~', '\\', '"', '\'']);
    let end = digits.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    digits[..end]
        .parse()
        .ok()
        .filter(|bound: &f64| *bound > 0.0 && *bound < 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_stand_in_queries() {
        let bound = |query: &str| bound(&Value::String(query.to_owned()).to_string());
        assert_eq!(bound("x_bucket{le=\"0.5\", job=\"a\"}"), Some(0.5));
        assert_eq!(bound("x_bucket{le='2'}"), Some(2.0));
        assert_eq!(
            (bound("x_total"), bound("{le=\"+Inf\"}"), bound("le=")),
            (None, None, None)
        );
    }
}
