//! Chaos Toolkit: an experiment's method as faults, its hypothesis as objectives.
//!
//! One idea: actions are functions of drivers, of which those are known that break something;
//! `pauses` say when. The steady state that must hold before and after is what must hold
//! throughout.

use serde_json::Value;

use super::super::number;
use super::super::{json, yaml};
use super::{ENDPOINT, Found, LENGTH_S, QUIET_S};
use crate::base::visible::one_line;

impl Found {
    /// An experiment.
    pub(super) fn toolkit(&mut self, experiment: &Value) {
        let title = json::text(experiment, &["title"]).unwrap_or_default();
        if !title.is_empty() {
            let title = one_line(title).trim_end_matches(['.', '?']).to_owned();
            self.question = Some(format!("{title}?"));
        }
        let method = experiment.get("method").and_then(Value::as_array);
        for activity in method.into_iter().flatten() {
            self.activity(activity);
        }
        if !self.faults.is_empty() {
            self.hypothesis(experiment);
        }
        let rollbacks = experiment.get("rollbacks").and_then(Value::as_array);
        if rollbacks.is_some_and(|rollbacks| !rollbacks.is_empty()) {
            self.ignored
                .push("rollbacks: a fault ends by itself".to_owned());
        }
    }

    /// A step of the method.
    fn activity(&mut self, activity: &Value) {
        let name = json::text(activity, &["name"]).unwrap_or("an activity");
        let pause = |when: &str| yaml::secs(json::at(activity, &["pauses", when])).unwrap_or(0.0);
        self.at_s = (self.at_s + pause("before")).min(86_400.0);
        let after = pause("after");
        if json::text(activity, &["type"]) == Some("action") {
            let begins = self.at_s;
            let before = self.faults.len();
            self.action(name, activity, after);
            if self.faults.len() > before {
                // What follows comes when the pause is over, not when all has recovered.
                self.at_s = begins;
            }
        }
        self.at_s = (self.at_s + after.max(1.0)).min(86_400.0);
    }

    fn action(&mut self, name: &str, activity: &Value, after: f64) {
        let func = json::text(activity, &["provider", "func"]).unwrap_or_default();
        let arguments = activity
            .get("provider")
            .and_then(|provider| provider.get("arguments"));
        let none = Value::Null;
        let arguments = arguments.unwrap_or(&none);
        let number = |key: &str| json::number(arguments, &[key]);
        let service = service_of(arguments);
        let secs = yaml::secs(arguments.get("duration")).or((after > 0.0).then_some(after));
        let secs = secs.or(Some(LENGTH_S));
        let share = number("percentage").or(number("percent")).unwrap_or(100.0);
        let share = number::share(share / 100.0);
        match func {
            "terminate_pods"
            | "delete_pods"
            | "kill_microservice"
            | "stop_instance"
            | "stop_instances"
            | "terminate_instances"
            | "stop_vmss"
            | "stop_machines" => {
                let service = self.service(&service);
                let servers = servers(arguments);
                let secs = if func.contains("pods") {
                    Some(1.0)
                } else {
                    secs
                };
                let value = format!("{{ service = \"{service}\"{servers} }}");
                self.fault(name, secs, "crash", value);
            }
            "add_delay_fault" | "create_latency_toxic" | "add_latency" => {
                let delay = yaml::secs(arguments.get("fixed_delay"));
                let delay = delay
                    .or(number("latency").map(|ms| ms / 1e3))
                    .unwrap_or(1.0);
                let service = self.service(&service);
                let by = number::secs(delay.clamp(0.0, 3_600.0));
                let value = format!(
                    "{{ between = [\"users\", \"{service}\"], by = \"{by}\", share = \"{share}\" }}"
                );
                self.fault(name, secs, "delay", value);
            }
            "add_abort_fault" => {
                let service = self.service(&service);
                let value = format!("{{ service = \"{service}\", share = \"{share}\" }}");
                self.fault(name, secs, "error", value);
            }
            "create_bandwith_degradation_toxic" | "create_bandwidth_degradation_toxic" => {
                let service = self.service(&service);
                let rate = number("rate").unwrap_or(100.0).clamp(1.0, 1e6);
                let value = format!(
                    "{{ between = [\"users\", \"{service}\"], rate = \"{rate}kB/s\", \
                     size = \"100kB\" }}"
                );
                self.fault(name, secs, "bandwidth", value);
            }
            "burn_cpu" | "stress_cpu" => {
                let service = self.service(&service);
                let value = format!("{{ service = \"{service}\", cores = \"10%\" }}");
                self.fault(name, secs, "capacity", value);
            }
            "deny_all_ingress" | "disable_proxy" | "blackhole_network" | "network_latency_drop" => {
                let service = self.service(&service);
                let value =
                    format!("{{ between = [\"users\", \"{service}\"], messages = \"lost\" }}");
                self.fault(name, secs, "cut", value);
            }
            other => {
                let what = if other.is_empty() {
                    "a program of its own"
                } else {
                    other
                };
                self.ignored.push(format!("the action `{name}` ({what})"));
            }
        }
    }

    /// The steady state, for the first service.
    fn hypothesis(&mut self, experiment: &Value) {
        let probes = json::at(experiment, &["steady-state-hypothesis", "probes"]);
        let Some(service) = self.parts.services.first().cloned() else {
            return;
        };
        for probe in probes.and_then(Value::as_array).into_iter().flatten() {
            let name = json::text(probe, &["name"]).unwrap_or("a probe");
            let kind = json::text(probe, &["provider", "type"]).unwrap_or_default();
            if kind != "http" {
                self.ignored.push(format!("the probe `{name}` ({kind})"));
                continue;
            }
            let remark = format!("steady state: {name}");
            let that = format!("share({service}.{ENDPOINT}.ok) >= 99%");
            if self
                .objectives
                .iter()
                .all(|objective| objective.that != that)
            {
                self.objectives
                    .push(super::super::skeleton::Objective { remark, that });
                let said = "is asked now and then; here 99 % of all requests must be ok";
                self.assumed.push(format!("the probe `{name}` {said}"));
            }
            if let Some(secs) = yaml::secs(json::at(probe, &["provider", "timeout"]))
                && secs > 0.0
            {
                self.objectives.push(super::super::skeleton::Objective {
                    remark: format!("its timeout: {name}"),
                    that: format!("p95({service}.{ENDPOINT}.time) < {}", number::secs(secs)),
                });
            }
        }
        self.end_s = self.end_s.max(self.at_s - QUIET_S);
    }
}

/// What an action is about.
fn service_of(arguments: &Value) -> String {
    let selector = json::text(arguments, &["label_selector"]);
    let label = selector.and_then(|selector| selector.split(',').next()?.split_once('='));
    let named = [
        "name",
        "virtual_service_name",
        "proxy_name",
        "service_name",
        "deployment_name",
    ];
    let named = named.iter().find_map(|key| json::text(arguments, &[key]));
    let label = label.map(|(_, name)| name.trim()).or(named);
    label.unwrap_or("service").to_owned()
}

/// `, servers = …` by `qty`, `mode` and `all`.
fn servers(arguments: &Value) -> String {
    let is_all = arguments.get("all") == Some(&Value::Bool(true));
    let qty = json::number(arguments, &["qty"])
        .unwrap_or(1.0)
        .clamp(1.0, 1e6);
    match (is_all, json::text(arguments, &["mode"])) {
        (true, _) => String::new(),
        (false, Some("percentage")) => {
            format!(", servers = \"{}\"", number::share(qty.min(100.0) / 100.0))
        }
        (false, _) => format!(", servers = {}", qty.round()),
    }
}
