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
        let arguments = json::at(activity, &["provider", "arguments"]).unwrap_or(&Value::Null);
        let label = service_of(arguments);
        let Some(what) = what(func, arguments) else {
            let what = match func {
                "" => "a program of its own",
                func => func,
            };
            self.ignored.push(format!("the action `{name}` ({what})"));
            return;
        };
        let given = arguments.as_object().into_iter().flatten();
        let is_open =
            |(_, value): &(&String, &Value)| value.as_str().is_some_and(|text| text.contains("${"));
        let open: Vec<&str> = given.filter(is_open).map(|(key, _)| key.as_str()).collect();
        if !open.is_empty() {
            let open = open.join("`, `");
            self.assumed.push(format!(
                "`{name}`: `{open}` is given elsewhere, and is a guess here"
            ));
        }
        let service = self.service(&label);
        let secs = yaml::secs(arguments.get("duration")).or((after > 0.0).then_some(after));
        let secs = match what {
            // A pod that is gone is started anew at once.
            What::Crash if func.contains("pods") => 1.0,
            What::Crash | What::At(..) | What::Between(..) => secs.unwrap_or(LENGTH_S),
        };
        let (key, value) = match what {
            What::Crash => {
                let servers = servers(arguments);
                ("crash", format!("{{ service = \"{service}\"{servers} }}"))
            }
            What::At(key, how) => (key, format!("{{ service = \"{service}\", {how} }}")),
            What::Between(key, how) => {
                let between = format!("between = [\"users\", \"{service}\"]");
                (key, format!("{{ {between}, {how} }}"))
            }
        };
        self.fault(name, Some(secs), key, value);
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

/// What an action does.
enum What {
    /// Servers are gone.
    Crash,
    /// An effect on a service, and how much of it.
    At(&'static str, String),
    /// An effect between the users and a service, and how much of it.
    Between(&'static str, String),
}

/// What a function of a driver does, if it breaks something that is known.
fn what(func: &str, arguments: &Value) -> Option<What> {
    let number = |key: &str| json::number(arguments, &[key]);
    let share = number("percentage").or(number("percent")).unwrap_or(100.0);
    let share = format!("share = \"{}\"", number::share(share / 100.0));
    Some(match func {
        "terminate_pods"
        | "delete_pods"
        | "kill_microservice"
        | "stop_instance"
        | "stop_instances"
        | "terminate_instances"
        | "stop_vmss"
        | "stop_machines" => What::Crash,
        "add_delay_fault" | "create_latency_toxic" | "add_latency" => {
            let fixed = yaml::secs(arguments.get("fixed_delay"));
            let delay = fixed.or(number("latency").map(|ms| ms / 1e3));
            let by = number::secs(delay.unwrap_or(1.0).clamp(0.0, 3_600.0));
            What::Between("delay", format!("by = \"{by}\", {share}"))
        }
        "add_abort_fault" => What::At("error", share),
        "create_bandwith_degradation_toxic" | "create_bandwidth_degradation_toxic" => {
            let rate = number("rate").unwrap_or(100.0).clamp(1.0, 1e6);
            What::Between(
                "bandwidth",
                format!("rate = \"{rate}kB/s\", size = \"100kB\""),
            )
        }
        "burn_cpu" | "stress_cpu" => What::At("capacity", "cores = \"10%\"".to_owned()),
        "deny_all_ingress" | "disable_proxy" | "blackhole_network" | "network_latency_drop" => {
            What::Between("cut", "messages = \"lost\"".to_owned())
        }
        _ => return None,
    })
}

/// What an action is about.
fn service_of(arguments: &Value) -> String {
    let selector = json::text(arguments, &["label_selector"]);
    let label = selector.and_then(|selector| selector.split(',').next()?.split_once('='));
    let named = [
        "name",
        "virtual_service_name",
        "proxy_name",
        "for_proxy",
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
