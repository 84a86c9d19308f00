//! HAR: what one browser asked for, as one journey.
//!
//! One idea: one user shows what a visit is made of, not how many come nor how times spread.
//! Requests of the host of the first page are the journey; those of others are counted and left
//! out. Files that a page brings are one step; a time in which nothing is under way is a pause.

use serde_json::Value;

use super::account::{Account, counted, grouped};
use super::lines::{Input, Lines};
use super::number;
use super::outline::capacity::{Need, Plain, plain_service};
use super::outline::{SERVICE, twice};
use super::paths::{Paths, STATIC, name_of};
use super::skeleton::{Journey, Objective, Param, Ramp, Shape, Skeleton, Source, Spacing, Step};
use super::traffic::Ended;
use super::{Imported, Unusable, json, source};
use crate::model::files::date::{Stamp, stamp};

const HELP: &str = "it is what the network panel of a browser exports: JSON with `log.entries`";
/// Seconds with nothing under way that are a pause of the user.
const PAUSE_S: f64 = 0.3;
/// Requests that are kept.
const MOST: usize = 20_000;
/// Steps of a journey at most.
const STEPS: usize = 200;

/// A request of the browser.
struct Entry {
    at_s: f64,
    took_s: f64,
    /// What the server took, of that.
    wait_s: f64,
    node: u32,
    ended: Ended,
}

/// Reads a recording.
///
/// # Errors
/// If nothing in it can be used.
pub fn import(inputs: Vec<Input<'_>>) -> Result<Imported, Unusable> {
    let mut account = Account::of(source(&inputs));
    let mut lines = Lines::new(inputs, json::LONGEST);
    let mut visit = Visit::new();
    let read = json::documents(
        &mut lines,
        &mut account,
        &["log", "entries"],
        |part| match part {
            json::Part::Item(entry) => visit.add(&entry),
            json::Part::Rest(_) => {}
        },
    );
    if let Err(why) = read {
        return Err(Unusable::new(why, Some(HELP.to_owned()), account));
    }
    let (entries, paths) = visit.told(&mut account);
    if entries.is_empty() {
        let why = "it holds no request with a time and an address".to_owned();
        return Err(Unusable::new(why, Some(HELP.to_owned()), account));
    }
    let found = outline(&entries, &paths, &mut account);
    Ok(Imported::new(found, account))
}

/// The tables.
fn outline(entries: &[Entry], paths: &Paths, account: &mut Account) -> Skeleton {
    let mut counts = vec![0; paths.len()];
    entries
        .iter()
        .for_each(|entry| counts[entry.node as usize] += 1);
    let patterns = paths.patterns(&counts);
    let label = |node: u32| patterns.get(&node).map_or("request", String::as_str);
    let length = entries
        .iter()
        .map(|entry| entry.at_s + entry.took_s)
        .fold(0.0, f64::max);
    account.taken.push(format!(
        "{} over {}",
        counted(entries.len() as u64, "request"),
        number::secs(length)
    ));
    let mut found = Skeleton {
        title: account.source.clone(),
        question: Some("Does it hold so many of this visit?".to_owned()),
        // Long enough for visits to be over.
        run_for_s: ((length * 10.0).ceil() as i64).clamp(600, 36_000),
        ..Skeleton::default()
    };
    let many = counted(entries.len() as u64, "request");
    found.journeys.push(Journey {
        remarks: vec![format!("{many} as one user made them")],
        name: "visit".to_owned(),
        steps: steps(entries, label),
    });
    found.sources.push(Source {
        remarks: Vec::new(),
        name: "visits".to_owned(),
        journey: "visit".to_owned(),
        shape: Shape::Ramps(
            vec![Ramp::Named("$visits", found.run_for_s as f64)],
            Spacing::Poisson,
        ),
    });
    found.params.push(Param {
        name: "visits",
        value: "\"1/s\"".to_owned(),
        range: Some(["\"0.1/s\"".to_owned(), "\"10/s\"".to_owned()]),
        label: "Visits that begin".to_owned(),
    });
    account
        .assumed
        .push("how many come is not in it: `visits`, 1/s".to_owned());
    account.assumed.push(
        "one user is no law: times are exponential about what the server took for this one"
            .to_owned(),
    );
    plain_service(
        &mut found,
        endpoints(entries, label),
        "one user is no law",
        account,
    );
    found.objectives = objective(&found);
    found.variants = vec![twice(&found.sources)];
    found
}

/// The requests of the first host.
struct Visit {
    entries: Vec<Entry>,
    paths: Paths,
    host: Option<String>,
    /// When the first of them began, in seconds since 1970.
    begin_s: Option<f64>,
    /// Requests of other hosts.
    others: u64,
    /// Entries without a time or an address.
    odd: u64,
    /// Entries beyond those that are kept.
    beyond: u64,
}

impl Visit {
    fn new() -> Visit {
        Visit {
            entries: Vec::new(),
            paths: Paths::new(),
            host: None,
            begin_s: None,
            others: 0,
            odd: 0,
            beyond: 0,
        }
    }

    fn add(&mut self, entry: &Value) {
        let at = json::text(entry, &["startedDateTime"]).map(stamp);
        let url = json::text(entry, &["request", "url"]).and_then(|url| url.split_once("://"));
        let (Some(Stamp::At(nanos, _)), Some((scheme, behind))) = (at, url) else {
            self.odd += 1;
            return;
        };
        if !matches!(scheme, "http" | "https") {
            return;
        }
        let (name, path) = behind.split_at(behind.find('/').unwrap_or(behind.len()));
        if *self.host.get_or_insert_with(|| name.to_owned()) != name {
            self.others += 1;
            return;
        }
        if self.entries.len() >= MOST {
            self.beyond += 1;
            return;
        }
        let at_s = nanos as f64 / 1e9;
        let begin = *self.begin_s.get_or_insert(at_s);
        // -1 is what a browser writes where it does not know; nobody waits for more than an hour.
        let secs = |path: &[&str]| {
            let known = json::number(entry, path).filter(|ms| (0.0..3.6e6).contains(ms));
            known.unwrap_or(0.0) / 1e3
        };
        let method = json::text(entry, &["request", "method"]).unwrap_or("GET");
        let status = json::number(entry, &["response", "status"]).unwrap_or(0.0);
        let path = if path.is_empty() { "/" } else { path };
        self.entries.push(Entry {
            at_s: at_s - begin,
            took_s: secs(&["time"]),
            wait_s: secs(&["timings", "wait"]),
            node: self.paths.endpoint(method.as_bytes(), path.as_bytes()),
            ended: match status {
                s if s >= 100.0 => Ended::of(s.min(999.0) as u16),
                // No answer came.
                _ => Ended::Failed,
            },
        });
    }

    /// The requests by their begin; says what was left out.
    fn told(mut self, account: &mut Account) -> (Vec<Entry>, Paths) {
        if self.others > 0 {
            let others = counted(self.others, "request");
            account.ignored.push(format!("{others} of other hosts"));
        }
        if self.beyond > 0 {
            let beyond = counted(self.beyond, "request");
            account.ignored.push(format!(
                "{beyond} beyond the first {}",
                grouped(MOST as u64)
            ));
        }
        if self.odd > 0 {
            let odd = counted(self.odd, "entry").replace("entrys", "entries");
            account
                .doubtful
                .push(format!("{odd} without a time or an address"));
        }
        // Entries come in the order in which they ended.
        let first = self
            .entries
            .iter()
            .map(|entry| entry.at_s)
            .fold(0.0, f64::min);
        for entry in &mut self.entries {
            entry.at_s = (entry.at_s - first).min(86_400.0);
        }
        self.entries.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
        (self.entries, self.paths)
    }
}

/// The journey.
fn steps<'l>(entries: &[Entry], label: impl Fn(u32) -> &'l str) -> Vec<Step> {
    let call = |entry: &Entry| Step::Call(format!("{SERVICE}.{}", name_of(label(entry.node))));
    let mut steps: Vec<Step> = Vec::new();
    let (mut until, mut n) = (0.0_f64, 0);
    while n < entries.len() && steps.len() < STEPS {
        let entry = &entries[n];
        if n > 0 && entry.at_s - until >= PAUSE_S {
            steps.push(Step::Think(number::secs(entry.at_s - until)));
        }
        let same = entries[n..]
            .iter()
            .take_while(|other| label(other.node) == label(entry.node));
        let some: Vec<&Entry> = same.collect();
        // A page's files may come with pauses between them; then they are several steps.
        let mut many = 0;
        for one in &some {
            if many > 0 && one.at_s - until >= PAUSE_S {
                break;
            }
            until = until.max(one.at_s + one.took_s);
            many += 1;
        }
        steps.push(match many {
            1 => call(entry),
            many => Step::Repeat(many.to_string(), vec![call(entry)]),
        });
        n += many;
    }
    steps
}

/// The endpoints, with what each took in the mean.
fn endpoints<'l>(entries: &[Entry], label: impl Fn(u32) -> &'l str) -> Vec<Plain> {
    let mut labels: Vec<&str> = Vec::new();
    for entry in entries {
        if !labels.contains(&label(entry.node)) {
            labels.push(label(entry.node));
        }
    }
    let plain = |name: &str| {
        let own: Vec<&Entry> = entries
            .iter()
            .filter(|entry| label(entry.node) == name)
            .collect();
        let mean = own.iter().map(|entry| entry.wait_s).sum::<f64>() / own.len() as f64;
        let bad = own
            .iter()
            .filter(|entry| matches!(entry.ended, Ended::Failed | Ended::Refused));
        let bad = bad.count();
        let mut plain = Plain::of(name_of(name), name);
        plain.need = match mean > 0.0 {
            true => Need::Time(format!("exp({})", number::secs(mean))),
            false if name == STATIC => Need::File,
            false => Need::Work,
        };
        if bad > 0 {
            plain.remarks.push(format!("{bad} of {} failed", own.len()));
        }
        plain
    };
    labels.into_iter().map(plain).collect()
}

fn objective(found: &Skeleton) -> Vec<Objective> {
    let endpoints = found.services.first().map(|service| &service.endpoints);
    let page = endpoints
        .into_iter()
        .flatten()
        .find(|endpoint| endpoint.name != name_of(STATIC));
    let that = page.map(|page| Objective {
        remark: "nothing was said; say what you promise".to_owned(),
        that: format!("p95({SERVICE}.{}.ok.time) < 1s", page.name),
    });
    that.into_iter().collect()
}
