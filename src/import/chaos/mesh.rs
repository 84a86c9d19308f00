//! Chaos Mesh: resources, schedules, workflows.
//!
//! One idea: `mode` and `value` say which pods, `duration` how long; a schedule repeats one, a
//! workflow orders several. Selectors name a service by its labels.

use serde_json::Value;

use super::super::number;
use super::super::{json, yaml};
use super::{Found, QUIET_S};

/// Labels that name a service, the best first.
const LABELS: [&str; 6] = [
    "app",
    "app.kubernetes.io/name",
    "k8s-app",
    "component",
    "name",
    "service",
];
/// Cores of a stand-in server.
const CORES: f64 = 4.0;
/// Templates within each other at most.
const DEEP: usize = 16;

impl Found {
    /// A document of Chaos Mesh.
    pub(super) fn mesh(&mut self, document: &Value) {
        let kind = json::text(document, &["kind"]).unwrap_or_default();
        let name = json::text(document, &["metadata", "name"]).unwrap_or(kind);
        let Some(spec) = document.get("spec") else {
            self.ignored
                .push(format!("`{name}` ({kind}) has no `spec`"));
            return;
        };
        match kind {
            "Schedule" => self.schedule(name, spec),
            "Workflow" => {
                let entry = json::text(spec, &["entry"]).unwrap_or_default();
                let templates = spec.get("templates").and_then(Value::as_array);
                self.workflow(entry, templates.map_or(&[], Vec::as_slice), 0);
            }
            kind => self.chaos(kind, name, spec),
        }
    }

    /// One that comes again and again.
    fn schedule(&mut self, name: &str, spec: &Value) {
        let kind = json::text(spec, &["type"]).unwrap_or_default();
        let inner = spec.as_object().into_iter().flatten();
        let mut inner = inner.filter(|(key, _)| key.eq_ignore_ascii_case(kind));
        let Some((_, chaos)) = inner.next() else {
            self.ignored
                .push(format!("`{name}`: its `{kind}` is not there"));
            return;
        };
        let before = self.faults.len();
        self.chaos(kind, name, chaos);
        let text = json::text(spec, &["schedule"]).unwrap_or_default();
        let every = every_s(text);
        let Some(fault) = self.faults.get_mut(before) else {
            return;
        };
        match every {
            Some(secs) => {
                fault
                    .keys
                    .insert(1, ("every", format!("\"{}\"", number::secs(secs))));
                self.end_s = self.end_s.max((3.0 * secs).min(86_400.0));
            }
            None => self
                .ignored
                .push(format!("`{name}`: the schedule `{text}`; it comes once")),
        }
    }

    /// What a template of a workflow does, in its order.
    fn workflow(&mut self, name: &str, templates: &[Value], depth: usize) {
        let named = |value: &&Value| json::text(value, &["name"]) == Some(name);
        let Some(template) = templates.iter().find(named).filter(|_| depth < DEEP) else {
            self.ignored.push(format!("the template `{name}`"));
            return;
        };
        let kind = json::text(template, &["templateType"]).unwrap_or_default();
        let children = template.get("children").and_then(Value::as_array);
        let children: Vec<&str> = children
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let deadline = yaml::secs(template.get("deadline"));
        match kind {
            "Serial" => children
                .iter()
                .for_each(|child| self.workflow(child, templates, depth + 1)),
            "Parallel" => {
                let (begin, mut end) = (self.at_s, self.at_s);
                for child in children {
                    self.at_s = begin;
                    self.workflow(child, templates, depth + 1);
                    end = end.max(self.at_s);
                }
                self.at_s = end;
            }
            "Suspend" => self.at_s += deadline.unwrap_or(0.0),
            kind => {
                let inner = template.as_object().into_iter().flatten();
                let mut inner = inner.filter(|(key, _)| key.eq_ignore_ascii_case(kind));
                let Some((_, chaos)) = inner.next() else {
                    self.ignored.push(format!("the template `{name}` ({kind})"));
                    return;
                };
                let mut chaos = chaos.clone();
                if let (Some(secs), Some(keys)) = (deadline, chaos.as_object_mut()) {
                    keys.entry("duration")
                        .or_insert_with(|| format!("{secs}s").into());
                }
                self.chaos(kind, name, &chaos);
                // A workflow waits for nothing that it does not say.
                self.at_s = (self.at_s - QUIET_S).max(QUIET_S);
            }
        }
    }

    /// One resource.
    fn chaos(&mut self, kind: &str, name: &str, spec: &Value) {
        let label = selected(spec.get("selector")).unwrap_or_else(|| "service".to_owned());
        let service = self.service(&label);
        let servers = servers(spec);
        let secs = yaml::secs(spec.get("duration"));
        let action = json::text(spec, &["action"]).unwrap_or_default();
        match kind {
            "PodChaos" => {
                // A killed pod is started anew at once; a failed one is down as long as it says.
                let secs = match action {
                    "pod-failure" => secs,
                    _ => Some(1.0),
                };
                let value = format!("{{ service = \"{service}\"{servers} }}");
                self.fault(name, secs, "crash", value);
            }
            "NetworkChaos" => self.network((name, action), (&service, secs), spec),
            "StressChaos" => self.stress(name, (&service, &servers, secs), spec),
            "HTTPChaos" => self.http(name, (&service, &servers, secs), spec),
            "IOChaos" => {
                let percent = percent(spec.get("percent")).unwrap_or(100.0);
                match (action, yaml::secs(spec.get("delay"))) {
                    ("latency", Some(delay)) => {
                        let (share, add) = (number::share(percent / 100.0), number::secs(delay));
                        let value = format!(
                            "{{ service = \"{service}\", share = \"{share}\", \
                             add = \"{add}\"{servers} }}"
                        );
                        self.fault(name, secs, "slow", value);
                    }
                    ("fault", _) => {
                        let share = number::share(percent / 100.0);
                        let value =
                            format!("{{ service = \"{service}\", share = \"{share}\"{servers} }}");
                        self.fault(name, secs, "error", value);
                    }
                    _ => self.ignored.push(format!("`{name}` ({kind}, {action})")),
                }
            }
            _ => self.ignored.push(format!("`{name}` ({kind})")),
        }
    }

    fn network(
        &mut self,
        (name, action): (&str, &str),
        (service, secs): (&str, Option<f64>),
        spec: &Value,
    ) {
        let between = self.between(service, spec);
        let is_correlated = |(_, how): (&String, &Value)| how.get("correlation").is_some();
        if spec.as_object().into_iter().flatten().any(is_correlated) {
            self.ignored.push(format!(
                "`{name}`: `correlation`, each message is on its own here"
            ));
        }
        if spec.get("externalTargets").is_some() {
            let said = "is for `externalTargets` alone; here it is for all that it sends";
            self.assumed.push(format!("`{name}` {said}"));
        }
        match action {
            "delay" => {
                let by = delayed_by(spec);
                let value = format!("{{ {between}, by = \"{by}\" }}");
                self.fault(name, secs, "delay", value);
            }
            "loss" | "corrupt" => match percent(json::at(spec, &[action, action])) {
                Some(percent) => {
                    if action == "corrupt" {
                        let said = "corrupt packets are lost ones: they are sent again";
                        self.assumed.push(format!("`{name}`: {said}"));
                    }
                    let share = number::share(percent / 100.0);
                    let value = format!("{{ {between}, share = \"{share}\" }}");
                    self.fault(name, secs, "loss", value);
                }
                None => self
                    .ignored
                    .push(format!("`{name}`: how much is lost is not said")),
            },
            "partition" => {
                let value = format!("{{ {between}, messages = \"lost\" }}");
                self.fault(name, secs, "cut", value);
            }
            "bandwidth" => match json::text(spec, &["bandwidth", "rate"]).and_then(bytes_per_s) {
                Some(rate) => {
                    let size = "a message has 100kB, a guess";
                    self.assumed.push(format!("`{name}`: {size}"));
                    let value = format!("{{ {between}, rate = \"{rate}\", size = \"100kB\" }}");
                    self.fault(name, secs, "bandwidth", value);
                }
                None => self
                    .ignored
                    .push(format!("`{name}`: its rate is not known")),
            },
            other => self
                .ignored
                .push(format!("`{name}` (NetworkChaos, {other})")),
        }
    }

    /// `between = …, direction = …`: which way it is.
    fn between(&mut self, service: &str, spec: &Value) -> String {
        let target = spec.get("target");
        let Some(target) = target.and_then(|target| selected(target.get("selector"))) else {
            // Without a target it is all that the pods send.
            return format!("between = [\"users\", \"{service}\"], direction = \"from\"");
        };
        let target = self.service(&target);
        let direction = match json::text(spec, &["direction"]) {
            Some(direction @ ("from" | "both")) => direction,
            Some(_) | None => "to",
        };
        let between =
            format!("between = [\"{service}\", \"{target}\"], direction = \"{direction}\"");
        self.parts.calls.insert((service.to_owned(), target));
        between
    }

    fn stress(
        &mut self,
        name: &str,
        (service, servers, secs): (&str, &str, Option<f64>),
        spec: &Value,
    ) {
        let number_at = |path: &[&str]| json::number(spec, path);
        if let Some(workers) = number_at(&["stressors", "cpu", "workers"]) {
            let load = number_at(&["stressors", "cpu", "load"]).unwrap_or(100.0) / 100.0;
            let left = (1.0 - workers * load / CORES).clamp(0.1, 1.0);
            self.assumed.push(format!(
                "`{name}`: of {CORES} cores of a server its stress leaves {}",
                number::share(left)
            ));
            let left = number::share(left);
            let value = format!("{{ service = \"{service}\", cores = \"{left}\"{servers} }}");
            self.fault(name, secs, "capacity", value);
        }
        if json::at(spec, &["stressors", "memory"]).is_some() {
            self.ignored.push(format!(
                "`{name}`: its memory; see `memory` of a service, and `leak`"
            ));
        }
    }

    fn http(
        &mut self,
        name: &str,
        (service, servers, secs): (&str, &str, Option<f64>),
        spec: &Value,
    ) {
        let before = self.faults.len();
        let code = json::number(spec, &["replace", "code"]).unwrap_or(0.0);
        let is_abort = spec.get("abort") == Some(&Value::Bool(true));
        match yaml::secs(spec.get("delay")) {
            Some(delay) => {
                let add = number::secs(delay);
                let value = format!("{{ service = \"{service}\", add = \"{add}\"{servers} }}");
                self.fault(name, secs, "slow", value);
            }
            None if is_abort || code >= 500.0 => {
                let value = format!("{{ service = \"{service}\", share = \"100%\"{servers} }}");
                self.fault(name, secs, "error", value);
            }
            None => self.ignored.push(format!("`{name}` (HTTPChaos)")),
        }
        let path = json::text(spec, &["path"]).filter(|path| *path != "*");
        if let Some(path) = path.filter(|_| self.faults.len() > before) {
            let said = "alone; here it is for all requests";
            self.assumed
                .push(format!("`{name}` is for `{path}` {said}"));
        }
    }
}

/// What a selector names: by its labels, else by its namespace.
pub(super) fn selected(selector: Option<&Value>) -> Option<String> {
    let selector = selector?;
    let labels = selector.get("labelSelectors").and_then(Value::as_object);
    let known = LABELS
        .iter()
        .find_map(|label| labels?.get(*label)?.as_str());
    let any = || labels?.values().find_map(Value::as_str);
    let namespace = || selector.get("namespaces")?.get(0)?.as_str();
    known.or_else(any).or_else(namespace).map(str::to_owned)
}

/// `25`, `"25"` or `"25%"`.
fn percent(value: Option<&Value>) -> Option<f64> {
    let number = match value? {
        Value::String(text) => text.trim().trim_end_matches('%').trim().parse().ok()?,
        value => value.as_f64()?,
    };
    (0.0..=100.0).contains(&number).then_some(number)
}

/// A delay with its jitter, as a law.
fn delayed_by(spec: &Value) -> String {
    let secs = |key: &str| yaml::secs(json::at(spec, &["delay", key])).unwrap_or(0.0);
    let latency = secs("latency");
    let jitter = secs("jitter").min(latency);
    match jitter > 0.0 {
        true => format!(
            "uniform({}, {})",
            number::secs(latency - jitter),
            number::secs(latency + jitter)
        ),
        false => number::secs(latency),
    }
}

/// `, servers = …` by `mode` and `value`.
fn servers(spec: &Value) -> String {
    let value = json::number(spec, &["value"]);
    let value = value.filter(|value| (1.0..1e6).contains(value));
    match (json::text(spec, &["mode"]).unwrap_or("all"), value) {
        ("one", _) => ", servers = \"one\"".to_owned(),
        ("fixed", Some(n)) => format!(", servers = {}", n.round()),
        ("fixed-percent", Some(n)) => format!(", servers = \"{}\"", number::share(n / 100.0)),
        ("random-max-percent", Some(n)) => {
            format!(
                ", servers = {{ at_most = \"{}\" }}",
                number::share(n / 100.0)
            )
        }
        _ => String::new(),
    }
}

/// The seconds between two turns of `@every 5m`, `*/5 * * * *` or `0 * * * *`.
fn every_s(text: &str) -> Option<f64> {
    if let Some(length) = text.trim().strip_prefix("@every ") {
        return yaml::secs(Some(&Value::String(length.to_owned()))).filter(|secs| *secs > 0.0);
    }
    let parts: Vec<&str> = text.split_whitespace().collect();
    match parts.as_slice() {
        ["@hourly"] | [_, "*", "*", "*", "*"] if !text.starts_with('*') => Some(3_600.0),
        ["*", "*", "*", "*", "*"] => Some(60.0),
        [minutes, "*", "*", "*", "*"] => {
            let minutes: f64 = minutes.strip_prefix("*/")?.parse().ok()?;
            (minutes >= 1.0).then_some(minutes * 60.0)
        }
        _ => None,
    }
}

/// `1mbps` (bytes, as `tc` has it) or `1mbit` as the language writes a rate of data.
fn bytes_per_s(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (digits, unit) = text.split_at(split);
    let number: f64 = digits.trim().parse().ok()?;
    let factor = match unit {
        "bps" => 1.0,
        "kbps" => 1e3,
        "mbps" => 1e6,
        "gbps" => 1e9,
        "bit" => 0.125,
        "kbit" => 125.0,
        "mbit" => 125e3,
        "gbit" => 125e6,
        _ => return None,
    };
    let rate = number * factor;
    let (value, unit) = match rate {
        r if r >= 1e6 => (r / 1e6, "MB/s"),
        r if r >= 1e3 => (r / 1e3, "kB/s"),
        r if r >= 1.0 => (r, "B/s"),
        _ => return None,
    };
    Some(format!("{}{unit}", number::digits(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_and_rates_are_read() {
        let every = [
            "@every 5m",
            "*/10 * * * *",
            "* * * * *",
            "30 * * * *",
            "0 3 * * *",
            "",
        ];
        let expected = [
            Some(300.0),
            Some(600.0),
            Some(60.0),
            Some(3_600.0),
            None,
            None,
        ];
        assert_eq!(every.map(every_s), expected);
        let rates = ["1mbps", "8mbit", "512 kbit", "fast", "0bit"].map(bytes_per_s);
        let expected = [Some("1MB/s"), Some("1MB/s"), Some("64kB/s"), None, None];
        assert_eq!(rates.each_ref().map(Option::as_deref), expected);
    }
}
