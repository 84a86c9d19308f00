//! Experiments that break things: Chaos Mesh and Chaos Toolkit.
//!
//! One idea: each of their actions is a fault of the language with the same meaning, on a service
//! that a selector names; what has none is named, never bent. When they happen is their order: one
//! after the other, with time between to recover, unless a workflow says more.

mod mesh;
mod toolkit;

use super::account::{Account, counted};
use super::lines::{Input, Lines};
use super::number;
use super::paths::name_of;
use super::skeleton::{Happening, Objective, Skeleton};
use super::stand_in::{ENDPOINT, Parts, stand_in};
use super::{Imported, Unusable, json, source, yaml};

const MESH: &str = "it is YAML of Chaos Mesh: `kind: NetworkChaos`, `PodChaos`, `StressChaos`, \
                    `IOChaos`, `HTTPChaos`, a `Schedule` or a `Workflow`";
const TOOLKIT: &str = "it is an experiment of Chaos Toolkit, as JSON or YAML: `title`, `method`";
/// Seconds before the first of them, and between them.
const QUIET_S: f64 = 60.0;
/// Seconds of one that says no length.
const LENGTH_S: f64 = 60.0;

/// Reads resources of Chaos Mesh.
///
/// # Errors
/// If none of them is a fault.
pub fn mesh(inputs: Vec<Input<'_>>) -> Result<Imported, Unusable> {
    read(inputs, MESH, |document, found| found.mesh(document))
}

/// Reads experiments of Chaos Toolkit.
///
/// # Errors
/// If none of their actions is a fault.
pub fn toolkit(inputs: Vec<Input<'_>>) -> Result<Imported, Unusable> {
    read(inputs, TOOLKIT, |document, found| found.toolkit(document))
}

/// What goes wrong, so far.
struct Found {
    parts: Parts,
    faults: Vec<Happening>,
    objectives: Vec<Objective>,
    question: Option<String>,
    /// When the next one begins, in seconds from T+0.
    at_s: f64,
    /// When all is over.
    end_s: f64,
    ignored: Vec<String>,
    assumed: Vec<String>,
}

fn read(
    inputs: Vec<Input<'_>>,
    help: &str,
    mut take: impl FnMut(&serde_json::Value, &mut Found),
) -> Result<Imported, Unusable> {
    let mut account = Account::of(source(&inputs));
    let mut lines = Lines::new(inputs, json::LONGEST);
    let documents = match yaml::all(&mut lines, &mut account) {
        Ok(documents) => documents,
        Err(why) => return Err(Unusable::new(why, Some(help.to_owned()), account)),
    };
    let mut found = Found {
        parts: Parts::default(),
        faults: Vec::new(),
        objectives: Vec::new(),
        question: None,
        at_s: QUIET_S,
        end_s: QUIET_S,
        ignored: Vec::new(),
        assumed: Vec::new(),
    };
    documents
        .iter()
        .for_each(|document| take(document, &mut found));
    account.ignored.append(&mut found.ignored);
    account.assumed.append(&mut found.assumed);
    if found.faults.is_empty() {
        let why = "none of it is a fault that the language has".to_owned();
        return Err(Unusable::new(why, Some(help.to_owned()), account));
    }
    account
        .taken
        .push(counted(found.faults.len() as u64, "fault"));
    if found.objectives.is_empty() {
        let service = found.parts.services.first().cloned().unwrap_or_default();
        found.objectives.push(Objective {
            remark: "a proposal: say what you promise".to_owned(),
            that: format!("share({service}.{ENDPOINT}.ok) >= 99%"),
        });
        account
            .assumed
            .push("what must hold is not in it: the objective is a proposal".to_owned());
    }
    let mut skeleton = Skeleton {
        title: account.source.clone(),
        question: found
            .question
            .or(Some("Does it hold while that goes wrong?".to_owned())),
        objectives: found.objectives,
        faults: found.faults,
        ..Skeleton::default()
    };
    let least = (found.end_s + 3.0 * QUIET_S).ceil() as i64;
    stand_in(&mut skeleton, &found.parts, least, &mut account);
    Ok(Imported::new(skeleton, account))
}

impl Found {
    /// The name of a service, which is one from now on.
    fn service(&mut self, label: &str) -> String {
        let name = name_of(label);
        self.parts.services.insert(name.clone());
        name
    }

    /// Adds a fault that begins now; the next one comes after it.
    fn fault(&mut self, name: &str, secs: Option<f64>, key: &'static str, value: String) {
        let base = name_of(name);
        let taken = |name: &String| self.faults.iter().any(|fault| fault.name == *name);
        let numbered = (2..).map(|n| format!("{base}-{n}"));
        let mut names = std::iter::once(base.clone()).chain(numbered);
        let name = names.find(|name| !taken(name)).unwrap_or(base);
        let secs = secs.unwrap_or_else(|| {
            let length = number::secs(LENGTH_S);
            self.assumed
                .push(format!("`{name}` says no length: {length}"));
            LENGTH_S
        });
        let secs = secs.clamp(0.001, 86_400.0);
        let at = format!("\"{}\"", number::secs(self.at_s));
        let mut keys = vec![("at", at)];
        // What is flushed or restarted lasts no time.
        keys.push(("for", format!("\"{}\"", number::secs(secs))));
        keys.push((key, value));
        self.faults.push(Happening {
            remarks: Vec::new(),
            name,
            keys,
        });
        self.end_s = self.end_s.max(self.at_s + secs);
        self.at_s = (self.at_s + secs + QUIET_S).min(86_400.0);
    }
}
