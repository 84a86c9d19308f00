//! From counted requests to the tables of a model.
//!
//! One idea: what was measured becomes the model, and what a log cannot know (how many servers, how
//! much work) becomes a parameter that says that it is assumed. The model shows the measured load;
//! a variant doubles it.

pub(super) mod capacity;
mod journeys;

use std::collections::BTreeMap;

use super::account::{Account, counted, grouped, percent};
use super::number;
use super::paths::{self, STATIC, name_of};
use super::series::Row;
use super::skeleton::{Journey, Objective, Shape, Skeleton, Source, Variant};
use super::traffic::{Stats, Traffic};
use super::{Asked, Window};
use crate::base::calendar::civil;

/// Bins of a series at most.
const BINS: usize = 2_000;
/// Requests that are simulated in a moment.
const FITTING: u64 = 1_000_000;
/// Stretches of which the longest that fits is modelled, in seconds.
pub(super) const STRETCHES: [i64; 12] = [
    LONGEST_S, 604_800, 86_400, 43_200, 21_600, 7_200, 3_600, 1_800, 600, 300, 60, 10,
];
/// Seconds of a model at most: a year.
pub(super) const LONGEST_S: i64 = 31_536_000;
/// Shares of successes of which one becomes the first objective.
const PROMISES: [f64; 5] = [0.999, 0.99, 0.95, 0.9, 0.5];
/// Percentiles of which the first becomes an objective whose requests are so many that it exists in
/// every launch: ten lie beyond it, with room for chance.
const PERCENTILES: [(&str, f64, f64); 3] = [
    ("p95", 0.95, 400.0),
    ("p90", 0.9, 200.0),
    ("p50", 0.5, 50.0),
];
/// What everything that is not kept apart is called.
const OTHER: &str = "other";
/// The service that is asked.
pub(super) const SERVICE: &str = "site";

/// What a log does not say of itself.
pub(super) struct Setting<'a> {
    pub(super) asked: &'a Asked,
    /// What was read.
    pub(super) source: &'a str,
    /// Seconds in steps of which times were measured; none where there are no times.
    pub(super) grain_s: Option<f64>,
    /// How many minutes the log's clock is ahead of UTC.
    pub(super) east_min: i64,
    /// Whether instants are of the calendar; else from T+0.
    pub(super) is_dated: bool,
    /// Whose requests are one visit: `one address and agent`.
    pub(super) who: &'a str,
}

/// Endpoints that are one to a reader.
struct Group {
    /// What was asked: `GET /users/{id}`.
    pattern: String,
    /// Its name in the model.
    name: String,
    stats: Stats,
}

impl Group {
    fn target(&self) -> String {
        format!("{SERVICE}.{}", self.name)
    }
}

/// All endpoints of a model, the most asked first, and which node of the paths is which.
struct Groups {
    all: Vec<Group>,
    of_node: Vec<usize>,
    /// Patterns that are one in `other`.
    others: usize,
}

/// Makes the tables; none if there was no request.
pub(super) fn outline(
    traffic: &mut Traffic,
    setting: &Setting<'_>,
    account: &mut Account,
) -> Option<Skeleton> {
    traffic.end();
    strays(traffic, setting, account);
    let row = window(traffic, setting, account)?;
    let groups = groups(traffic, setting.asked.endpoints, account);
    let who = journeys::Who::of(traffic);
    let mut found = Skeleton {
        run_for_s: row.length_s(),
        starts: setting
            .is_dated
            .then(|| dated(row.from_s, setting.east_min)),
        question: Some("Does it hold the load that was measured?".to_owned()),
        title: match setting.is_dated {
            true => format!("{}, {}", setting.source, days(&row, setting.east_min)),
            false => setting.source.to_owned(),
        },
        ..Skeleton::default()
    };
    sources(&mut found, &row, who);
    journeys::journeys(&mut found, traffic, (&groups, setting), account);
    capacity::service(&mut found, &groups, (&row, setting), account);
    found.objectives = objectives(&groups, (&row, setting), account);
    found.variants = vec![twice(&found.sources)];
    found.observed = Some(observed(&row, setting));
    span(traffic, setting, account);
    Some(found)
}

/// Takes out what is dated far from everything else.
fn strays(traffic: &mut Traffic, setting: &Setting<'_>, account: &mut Account) {
    for (requests, at_s) in traffic.series.strays() {
        account.doubtful.push(format!(
            "{} dated {}, far from all others, and left out of the arrivals",
            match requests {
                1 => "1 line is".to_owned(),
                n => format!("{} lines are", grouped(n)),
            },
            said(at_s, setting)
        ));
    }
}

/// The part of the measured time that the model covers.
fn window(traffic: &mut Traffic, setting: &Setting<'_>, account: &mut Account) -> Option<Row> {
    let all = traffic.series.row(BINS)?;
    let requests = all.total().requests;
    let may = |row: &Row| row.length_s() <= LONGEST_S;
    let row = match setting.asked.window {
        Window::All if may(&all) => return Some(all),
        Window::All => traffic.series.busiest(LONGEST_S, BINS)?,
        Window::Busiest(length) => {
            let length_s = (length.as_secs_f64().round() as i64).max(1);
            let most = all.length_s().min(LONGEST_S);
            traffic.series.busiest(length_s.min(most), BINS)?
        }
        Window::Fitting if requests <= FITTING && may(&all) => return Some(all),
        Window::Fitting => {
            let mut shorter = STRETCHES.into_iter().filter(|secs| *secs < all.length_s());
            let fits = |row: &Row| row.total().requests <= FITTING;
            let found = shorter.find_map(|secs| traffic.series.busiest(secs, BINS).filter(fits));
            found.or_else(|| traffic.series.busiest(STRETCHES[11], BINS))?
        }
    };
    account.assumed.push(format!(
        "the model covers the busiest {}, from {} on, with {} of {} requests (`--window all` \
         takes everything); what users do and how long it takes is of all of them",
        number::whole(row.length_s()),
        said(row.from_s, setting),
        grouped(row.total().requests),
        grouped(requests)
    ));
    Some(row)
}

/// The endpoints of the model.
fn groups(traffic: &Traffic, most: usize, account: &mut Account) -> Groups {
    let requests: Vec<u64> = traffic.stats.iter().map(|stats| stats.requests).collect();
    let mut by_pattern: BTreeMap<String, Vec<paths::NodeId>> = BTreeMap::new();
    for (node, pattern) in traffic.paths.patterns(&requests) {
        by_pattern.entry(pattern).or_default().push(node);
    }
    let merged = by_pattern.into_iter().map(|(pattern, nodes)| {
        let mut stats = Stats::default();
        for node in &nodes {
            stats.merge(&traffic.stats[*node as usize]);
        }
        (pattern, nodes, stats)
    });
    let mut merged: Vec<_> = merged.collect();
    merged.sort_by(|a, b| b.2.requests.cmp(&a.2.requests).then_with(|| a.0.cmp(&b.0)));
    let mut of_node = vec![0; traffic.paths.len()];
    let mut all: Vec<Group> = Vec::new();
    // One that is left alone is no group of others.
    let kept = most.max(1) + usize::from(merged.len() == most.max(1) + 1);
    let others = merged.len().saturating_sub(kept);
    for (pattern, nodes, stats) in merged {
        let place = all.len().min(kept);
        for node in nodes {
            of_node[node as usize] = place;
        }
        match all.get_mut(place) {
            Some(other) => other.stats.merge(&stats),
            None => all.push(Group {
                name: match place == kept {
                    true => OTHER.to_owned(),
                    false => free_name(&pattern, &all),
                },
                pattern,
                stats,
            }),
        }
    }
    let total: u64 = requests.iter().sum();
    let of_others = all.get(kept).map_or(0, |other| other.stats.requests);
    let kept = percent(1.0 - of_others as f64 / (total as f64).max(1.0));
    account.taken.push(match others {
        0 => format!(
            "{}, by what was asked",
            counted(all.len() as u64, "endpoint")
        ),
        others => format!(
            "{} with {kept} of the requests, by what was asked; {} more are `{OTHER}`",
            counted(all.len() as u64 - 1, "endpoint"),
            grouped(others as u64)
        ),
    });
    Groups {
        all,
        of_node,
        others,
    }
}

/// A name that no other endpoint has.
fn free_name(pattern: &str, taken: &[Group]) -> String {
    let name = name_of(pattern);
    let is_free = |name: &String| name != OTHER && taken.iter().all(|group| group.name != *name);
    let numbered = (2..).map(|n| format!("{name}-{n}"));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    names.find(is_free).unwrap_or(name.clone())
}

/// Who comes.
fn sources(found: &mut Skeleton, row: &Row, who: journeys::Who) {
    let source = |name: &str, journey: &str, remark: String, counts: Vec<f64>| Source {
        remarks: vec![remark],
        name: name.to_owned(),
        journey: journey.to_owned(),
        shape: Shape::Counts {
            width_s: row.width_s,
            counts,
        },
    };
    let total = row.total();
    if who.has_visits() {
        let counts = row.bins.iter().map(|bin| bin.visits as f64).collect();
        let remark = format!("{} that began in this time", counted(total.visits, "visit"));
        found
            .sources
            .push(source("visits", "visit", remark, counts));
    }
    if who.has_machines() {
        let counts = row.bins.iter().map(|bin| bin.machines as f64).collect();
        let of = match who.has_visits() {
            true => " of visits that never end (robots, monitors, machines)",
            false => ", each a user of its own",
        };
        let remark = format!("{}{of}", counted(total.machines, "request"));
        found
            .sources
            .push(source("requests", "request", remark, counts));
    }
}

/// What is to hold: a share of successes and a time, where the most is asked.
fn objectives(
    groups: &Groups,
    (row, setting): (&Row, &Setting<'_>),
    account: &mut Account,
) -> Vec<Objective> {
    let by_people = |group: &&Group| group.pattern != STATIC && group.stats.machines == 0;
    let by_people = groups.all.iter().find(by_people);
    let Some(group) = by_people.or(groups.all.first()) else {
        return Vec::new();
    };
    let stats = &group.stats;
    let all: u64 = groups.all.iter().map(|group| group.stats.requests).sum();
    let expected = stats.requests as f64 * row.total().requests as f64 / all as f64;
    let bad = (stats.failed + stats.refused) as f64 / stats.requests as f64;
    let promise = PROMISES
        .into_iter()
        .find(|share| bad <= (1.0 - share) / 2.0);
    let target = group.target();
    let promised = promise.map(|share| Objective {
        remark: format!("measured: {}", percent(1.0 - bad)),
        that: format!("share({target}.ok) >= {}", number::share(share)),
    });
    let fine = capacity::are_times_fine(&stats.times, setting.grain_s);
    let percentile = PERCENTILES
        .into_iter()
        .find(|(_, _, needed)| expected >= *needed);
    let (what, measured) = match percentile {
        Some((name, share, _)) => (name, stats.times.quantile_s(share)),
        None => ("mean", stats.times.mean_s()),
    };
    let measured = measured.filter(|_| fine);
    let limit = number::round_up(measured.unwrap_or(0.25) * 1.5);
    let in_time = Objective {
        remark: match measured {
            Some(secs) => format!("measured: {}", number::secs(secs)),
            None => "nothing was measured; say what you promise".to_owned(),
        },
        that: format!("{what}({target}.ok.time) < {}", number::secs(limit)),
    };
    account
        .assumed
        .push("what must hold is not in a log: the objectives are a first proposal".to_owned());
    promised.into_iter().chain([in_time]).collect()
}

/// The what-if that everybody asks.
pub(super) fn twice(sources: &[Source]) -> Variant {
    let scale = |source: &Source| (format!("arrivals.{}.scale", source.name), "2".to_owned());
    Variant {
        name: "twice",
        label: "Twice the users".to_owned(),
        set: sources.iter().map(scale).collect(),
    }
}

/// What was measured, bin by bin.
fn observed(row: &Row, setting: &Setting<'_>) -> String {
    let timed = row.bins.iter().any(|bin| bin.timed > 0);
    let mut out = "time,requests_per_s,visits_per_s,failed_share".to_owned();
    out.push_str(if timed { ",mean_ms\n" } else { "\n" });
    for (n, bin) in row.bins.iter().enumerate() {
        let at_s = row.from_s + n as i64 * row.width_s;
        let at = match setting.is_dated {
            true => dated(at_s, 0),
            false => at_s.to_string(),
        };
        let per_s = |count: u64| number::digits(count as f64 / row.width_s as f64);
        let share = match bin.requests {
            0 => String::new(),
            all => number::digits(bin.failed as f64 / all as f64),
        };
        let (requests, visits) = (per_s(bin.requests), per_s(bin.visits));
        out.push_str(&format!("{at},{requests},{visits},{share}"));
        if timed {
            let mean = bin.nanos as f64 / 1e6 / bin.timed as f64;
            let mean = match bin.timed {
                0 => String::new(),
                _ => number::digits(mean),
            };
            out.push_str(&format!(",{mean}"));
        }
        out.push('\n');
    }
    out
}

/// What is said of the time that was measured.
fn span(traffic: &Traffic, setting: &Setting<'_>, account: &mut Account) {
    let order = traffic.order;
    if let Some((first, last)) = traffic.series.span() {
        let all: u64 = traffic.stats.iter().map(|stats| stats.requests).sum();
        account.taken.insert(
            0,
            format!(
                "{} from {} to {}",
                counted(all, "request"),
                said(first, setting),
                said(last, setting)
            ),
        );
    }
    if order.back > 0 {
        account.doubtful.push(format!(
            "{} earlier than the one before, by up to {}; times were taken as they are",
            match order.back {
                1 => "1 line is".to_owned(),
                n => format!("{} lines are", grouped(n)),
            },
            number::secs(order.furthest_ms as f64 / 1e3)
        ));
    }
    if traffic.endless > 0 {
        account.doubtful.push(format!(
            "{} of more than a day, which nothing takes: left out",
            counted(traffic.endless, "time")
        ));
    }
    if traffic.cut > 0 {
        let cut = counted(traffic.cut, "visit");
        account.assumed.push(format!(
            "{cut} ended early: more users were there at once than are followed"
        ));
    }
}

/// An instant as the log says it.
fn said(at_s: i64, setting: &Setting<'_>) -> String {
    match setting.is_dated {
        true => dated(at_s, setting.east_min),
        false => format!("T+{}", number::secs(at_s as f64)),
    }
}

/// The days of a row, for a title.
fn days(row: &Row, east_min: i64) -> String {
    let day = |at_s: i64| dated(at_s, east_min).chars().take(10).collect::<String>();
    let (first, last) = (day(row.from_s), day(row.from_s + row.length_s() - 1));
    match first == last {
        true => first,
        false => format!("{first} to {last}"),
    }
}

/// A second since 1970 as a date of the language, by a clock so many minutes ahead of UTC.
pub(super) fn dated(at_s: i64, east_min: i64) -> String {
    let local = at_s.saturating_add(east_min * 60);
    let (days, secs) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let zone = match east_min {
        0 => "Z".to_owned(),
        m => {
            let (sign, m) = (if m < 0 { '-' } else { '+' }, m.abs());
            format!("{sign}{:02}:{:02}", m / 60, m % 60)
        }
    };
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{zone}",
        secs / 3_600,
        secs / 60 % 60,
        secs % 60
    )
}

/// A journey with remarks.
fn journey(name: &str, remarks: Vec<String>, steps: Vec<super::skeleton::Step>) -> Journey {
    Journey {
        remarks,
        name: name.to_owned(),
        steps,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_log() {
        assert_eq!(dated(1_431_857_103, 0), "2015-05-17T10:05:03Z");
        assert_eq!(dated(1_431_857_103, 120), "2015-05-17T12:05:03+02:00");
        assert_eq!(dated(-1, -90), "1969-12-31T22:29:59-01:30");
    }
}
