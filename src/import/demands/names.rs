//! What a column or a series of measurements is, by its name.
//!
//! One idea: names are words between anything that is no letter or digit; a few of them say what is
//! measured and in which unit, and what is left is the name of the endpoint or the service.

/// What a series holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Holds {
    /// Requests in so many seconds.
    Rate(f64),
    /// How busy processors are.
    Busy(Option<Unit>),
    /// How many cores there are.
    Cores,
    /// How many requests are at work.
    AtWork,
    /// What is the sum of others.
    Sum,
}

/// The unit in which processors are busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// From 0 to 1.
    Fraction,
    /// From 0 to 100.
    Percent,
    /// Cores.
    Cores,
    /// Thousandths of a core.
    Millicores,
}

impl Unit {
    /// The unit of this name.
    pub(super) fn of(name: &str) -> Option<Unit> {
        Some(match name {
            "fraction" | "ratio" | "share" => Unit::Fraction,
            "percent" | "pct" | "percentage" | "%" => Unit::Percent,
            "cores" | "cpus" => Unit::Cores,
            "millicores" | "mcores" | "mcpu" => Unit::Millicores,
            _ => return None,
        })
    }

    /// In words.
    pub(super) fn said(self) -> &'static str {
        match self {
            Unit::Fraction => "as a part of 1",
            Unit::Percent => "in percent",
            Unit::Cores => "in cores",
            Unit::Millicores => "in thousandths of a core",
        }
    }
}

/// Words that say that processors are busy.
const BUSY: [&str; 7] = [
    "cpu",
    "busy",
    "util",
    "utilisation",
    "utilization",
    "processor",
    "cores",
];
/// Words that say how often something is asked, each with the seconds in which it counts.
const RATES: [(&str, f64); 12] = [
    ("rps", 1.0),
    ("qps", 1.0),
    ("tps", 1.0),
    ("rpm", 60.0),
    ("sec", 1.0),
    ("second", 1.0),
    ("s", 1.0),
    ("min", 60.0),
    ("minute", 60.0),
    ("hour", 3_600.0),
    ("rate", 1.0),
    ("requests", 1.0),
];
/// Words that name nothing.
const FILLING: [&str; 20] = [
    "per",
    "req",
    "reqs",
    "request",
    "usage",
    "used",
    "mean",
    "avg",
    "average",
    "seconds",
    "total",
    "node",
    "container",
    "process",
    "system",
    "load",
    "throughput",
    "5m",
    "1m",
    "count",
];
const AT_WORK: [&str; 8] = [
    "inflight",
    "in_flight",
    "concurrency",
    "concurrent",
    "threads",
    "active",
    "at_once",
    "vus",
];
const SUMS: [&str; 4] = ["total", "all", "sum", "overall"];

/// What a column of this name holds, and the name of what it is about; nothing if it names none.
pub(super) fn of(name: &str) -> (Holds, Option<String>) {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric() && c != '%')
        .filter(|word| !word.is_empty())
        .collect();
    let has = |some: &[&str]| words.iter().any(|word| some.contains(word));
    let unit = words.iter().find_map(|word| Unit::of(word));
    let is_busy = has(&BUSY[..6]) || has(&["millicores", "mcores"]);
    let is_path = name.contains('/') && !lower.ends_with("/s");
    if is_path {
        return (Holds::Rate(per(&words).unwrap_or(1.0)), Some(path(name)));
    }
    if AT_WORK.iter().any(|word| lower.contains(word)) && !is_busy {
        return (Holds::AtWork, None);
    }
    if matches!(words[..], ["cores" | "cpus" | "vcpus" | "ncpu" | "ncpus"])
        || (has(&["cores", "cpus"])
            && has(&["count", "limit", "limits", "machine", "number", "num"]))
    {
        return (Holds::Cores, None);
    }
    if is_busy || has(&["cores"]) {
        return (Holds::Busy(unit), rest(&words, &[]));
    }
    if words
        .iter()
        .all(|word| SUMS.contains(word) || is_filling(word))
        && has(&SUMS)
    {
        return (Holds::Sum, None);
    }
    (Holds::Rate(per(&words).unwrap_or(1.0)), rest(&words, &SUMS))
}

fn is_filling(word: &str) -> bool {
    FILLING.contains(&word) || RATES.iter().any(|(rate, _)| *rate == word)
}

/// The seconds in which the words count.
fn per(words: &[&str]) -> Option<f64> {
    let last = words.last()?;
    RATES
        .iter()
        .find(|(rate, _)| rate == last)
        .map(|(_, per)| *per)
}

/// What the words name beside units and what fills in.
fn rest(words: &[&str], also: &[&str]) -> Option<String> {
    let names = words.iter().filter(|word| {
        let is_unit = Unit::of(word).is_some() || BUSY.contains(word);
        !is_unit && !is_filling(word) && !also.contains(word)
    });
    let names: Vec<&str> = names.copied().collect();
    (!names.is_empty()).then(|| names.join("-"))
}

/// A path without what is said of its unit: `GET /cart`, `/cart rps`.
fn path(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let kept = match words.as_slice() {
        [kept @ .., last] if kept.iter().any(|word| word.contains('/')) && is_rate(last) => kept,
        all => all,
    };
    kept.join(" ")
}

fn is_rate(word: &str) -> bool {
    let word = word.trim_matches(['(', ')', '[', ']']).to_lowercase();
    is_filling(&word) || word.ends_with("/s") || word.ends_with("/min")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_measured() {
        let named = |name: &str| Some(name.to_owned());
        for (name, holds, about) in [
            ("/cart", Holds::Rate(1.0), named("/cart")),
            ("GET /cart", Holds::Rate(1.0), named("GET /cart")),
            ("GET /cart (req/s)", Holds::Rate(1.0), named("GET /cart")),
            ("cart_rps", Holds::Rate(1.0), named("cart")),
            ("cart_per_min", Holds::Rate(60.0), named("cart")),
            ("checkout rpm", Holds::Rate(60.0), named("checkout")),
            ("cpu", Holds::Busy(None), None),
            ("cpu_percent", Holds::Busy(Some(Unit::Percent)), None),
            ("CPU %", Holds::Busy(Some(Unit::Percent)), None),
            (
                "shop_cpu_ratio",
                Holds::Busy(Some(Unit::Fraction)),
                named("shop"),
            ),
            ("db.cpu.cores", Holds::Busy(Some(Unit::Cores)), named("db")),
            ("cores_used", Holds::Busy(Some(Unit::Cores)), None),
            ("utilization", Holds::Busy(None), None),
            ("cores", Holds::Cores, None),
            ("machine_cpu_cores", Holds::Cores, None),
            ("in_flight", Holds::AtWork, None),
            ("active_requests", Holds::AtWork, None),
            ("total_rps", Holds::Sum, None),
            ("all", Holds::Sum, None),
        ] {
            assert_eq!(of(name), (holds, about), "{name}");
        }
    }
}
