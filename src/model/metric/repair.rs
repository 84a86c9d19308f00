//! What a metric that cannot be read may have meant: a figure as another tool calls it, a statistic
//! that the quantity does not have, a name that is not complete.
//!
//! One idea: whatever is suggested is read first, so it is valid when it is typed.

use super::names::Names;
use super::parse::is_metric;
use crate::model::value::Params;
use crate::text::nearest::nearest;

/// What a figure is called elsewhere, and the statistics and aspects that it may be here.
type Figure = (
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
);

/// What other tools call a figure of a thing, with our statistics and aspects of it.
const FIGURES: &[Figure] = &[
    (
        &["utilization", "utilisation", "util", "saturation", "usage"],
        &[("mean", "utilisation"), ("mean", "held")],
    ),
    (
        &["cpu", "cpu_usage", "cpu_utilization"],
        &[("mean", "busy")],
    ),
    (
        &["throughput", "rps", "qps", "tps", "goodput"],
        &[
            ("rate", "ok"),
            ("rate", "completed"),
            ("rate", "served"),
            ("rate", "delivered"),
        ],
    ),
    (
        &[
            "latency",
            "response_time",
            "responsetime",
            "duration",
            "rt",
            "time",
        ],
        &[("p95", "time"), ("p95", "wait"), ("p95", "delay")],
    ),
    (
        &[
            "error_rate",
            "errors",
            "error",
            "failure_rate",
            "failures",
            "fail_rate",
        ],
        &[("share", "failed"), ("share", "refused")],
    ),
    (
        &[
            "availability",
            "success_rate",
            "success",
            "successes",
            "uptime",
        ],
        &[("share", "ok"), ("share", "served"), ("mean", "up")],
    ),
    (
        &[
            "queue_length",
            "queue_depth",
            "queue_size",
            "queue",
            "backlog",
        ],
        &[("mean", "queue"), ("mean", "backlog"), ("mean", "waiting")],
    ),
    (
        &[
            "in_flight",
            "inflight",
            "active",
            "concurrency",
            "vus",
            "connections",
        ],
        &[
            ("mean", "in_system"),
            ("mean", "in_use"),
            ("mean", "inside"),
        ],
    ),
    (
        &["timeouts", "timeout_rate"],
        &[("share", "attempts.timed_out")],
    ),
    (&["retries", "retry_rate"], &[("mean", "amplification")]),
];

/// What other tools call a statistic.
const STATISTICS: [(&str, &str); 14] = [
    ("avg", "mean"),
    ("average", "mean"),
    ("median", "p50"),
    ("std", "sd"),
    ("stddev", "sd"),
    ("stdev", "sd"),
    ("maximum", "max"),
    ("sum", "total"),
    ("number", "count"),
    ("ratio", "share"),
    ("percent", "share"),
    ("fraction", "share"),
    ("p999", "p99.9"),
    ("p9999", "p99.99"),
];

/// The metric that was meant by one that cannot be read, if it can be told.
pub(super) fn repaired(text: &str, names: &Names, params: &mut dyn Params) -> Option<String> {
    let written = Written::of(text);
    let candidates = written.candidates(names);
    candidates
        .into_iter()
        .find(|found| is_metric(found, names, params))
}

/// A metric as written: a statistic if there is one, a name, and what follows it in parentheses.
struct Written<'a> {
    statistic: Option<String>,
    name: &'a str,
    tail: &'a str,
}

impl<'a> Written<'a> {
    fn of(text: &'a str) -> Written<'a> {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let text = text.trim_start();
        let first = text.find(|c| !is_part(c)).unwrap_or(text.len());
        let (word, rest) = text.split_at(first);
        let Some(inside) = rest.trim_start().strip_prefix('(') else {
            return Written {
                statistic: None,
                name: word,
                tail: "",
            };
        };
        let inside = inside
            .split_once(')')
            .map_or(inside, |(inside, _)| inside)
            .trim();
        let end = inside.find(|c| !is_part(c)).unwrap_or(inside.len());
        let (name, tail) = inside.split_at(end);
        Written {
            statistic: Some(word.to_lowercase()),
            name,
            tail: tail.trim_end(),
        }
    }

    /// What may have been meant, the likeliest first.
    fn candidates(&self, names: &Names) -> Vec<String> {
        let mut found = Vec::new();
        let tail = self.tail;
        let mut add = |statistic: &str, name: &str| {
            found.push(match statistic {
                "" => name.to_owned(),
                statistic => format!("{statistic}({name}{tail})"),
            });
        };
        let all = spellings(self.name, names);
        let Some(word) = &self.statistic else {
            // A bare word of another tool is about the first thing that has such a figure.
            for thing in names.things() {
                for (statistic, aspect) in figures(self.name) {
                    add(statistic, &format!("{thing}.{aspect}"));
                }
            }
            for name in &all {
                for statistic in ["", "p95", "share", "mean", "count"] {
                    add(statistic, name);
                }
            }
            return found;
        };
        for name in &all {
            for (statistic, aspect) in figures(word) {
                add(statistic, &format!("{name}.{aspect}"));
            }
        }
        let ours = STATISTICS.iter().find(|(known, _)| known == word);
        let statistic = ours.map_or(word.as_str(), |(_, ours)| ours);
        for name in &all {
            add(statistic, name);
            for aspect in [".time", ".ok.time"] {
                if statistic.starts_with('p') || aspect == ".ok.time" {
                    add(statistic, &format!("{name}{aspect}"));
                }
            }
            if let Some(stem) = name
                .strip_suffix("time")
                .filter(|stem| !stem.ends_with("ok."))
            {
                add(statistic, &format!("{stem}ok.time"));
            }
        }
        for name in &all {
            found.push(name.clone());
            for usual in ["share", "mean", "p95", "count"] {
                found.push(format!("{usual}({name}{tail})"));
            }
        }
        found
    }
}

fn figures(word: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let word = word.to_lowercase().replace('-', "_");
    let known = FIGURES
        .iter()
        .filter(move |(words, _)| words.contains(&word.as_str()));
    known.flat_map(|(_, ours)| ours.iter().copied())
}

/// Names that may have been meant by one, itself first.
fn spellings(name: &str, names: &Names) -> Vec<String> {
    let mut all = vec![name.to_owned()];
    let (first, rest) = name.split_once('.').unwrap_or((name, ""));
    let joined = |first: &str, rest: &str| match rest {
        "" => first.to_owned(),
        rest => format!("{first}.{rest}"),
    };
    for service in names.services_with(first) {
        all.push(joined(&format!("{service}.{first}"), rest));
    }
    if let Some(near) = nearest(first, names.all().iter().map(String::as_str)) {
        all.push(joined(near, rest));
    }
    for begin in all.clone() {
        let (thing, aspect) = match begin.rsplit_once('.') {
            Some(halves) => halves,
            None => continue,
        };
        for (_, ours) in figures(aspect) {
            all.push(format!("{thing}.{ours}"));
        }
        let known = names.aspects_of(thing);
        if let Some(near) = nearest(aspect, known.iter().copied()) {
            all.push(format!("{thing}.{near}"));
        }
    }
    all
}
