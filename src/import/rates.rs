//! From measured rates to the tables of a model.
//!
//! One idea: what was measured by name comes by name: each is a source of users who make one
//! request for an endpoint of that name. How long a request takes is a guess, unless somebody
//! measured it.

use std::collections::BTreeMap;

use super::account::{Account, counted, grouped};
use super::measured::Grid;
use super::number;
use super::outline::capacity::{Need, Plain, plain_service};
use super::outline::{LONGEST_S, SERVICE, STRETCHES, dated, twice};
use super::paths::name_of;
use super::skeleton::{Journey, Objective, Shape, Skeleton, Source, Step};
use super::{Asked, Window};

/// Users that are simulated in a moment.
const FITTING: f64 = 1e6;

/// What the values do not say of themselves.
pub(super) struct Setting<'a> {
    pub(super) asked: &'a Asked,
    /// What was read.
    pub(super) source: &'a str,
    /// Whether the grid counts from 1970; else from T+0.
    pub(super) is_dated: bool,
    /// What a value counts: `request`.
    pub(super) noun: &'static str,
    /// What else was measured, by name.
    pub(super) known: BTreeMap<String, Known>,
}

/// What is known of an endpoint beside its rate.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Known {
    /// The law of its times, and what is said of it.
    pub(super) law: Option<(String, String)>,
    /// Shares of requests that fail, and that are refused.
    pub(super) failed: f64,
    pub(super) refused: f64,
}

/// Makes the tables.
pub(super) fn outline(grid: Grid, setting: &Setting<'_>, account: &mut Account) -> Skeleton {
    let of_site = |_: &str, name: &str| format!("{SERVICE}.{name}");
    let mut found = arrivals(grid, setting, (&of_site, account));
    let mut endpoints = Vec::new();
    for (label, name) in &found.1 {
        endpoints.push(plain(name.clone(), label, setting.known.get(label)));
    }
    let guess = "a rate says nothing of how long a request takes";
    plain_service(&mut found.0, endpoints, guess, account);
    found.0.objectives = objective(&found.0, account).into_iter().collect();
    found.0
}

/// What the source of a label and of a name calls.
type Target<'t> = &'t dyn Fn(&str, &str) -> String;

/// The sources and their journeys, each of which makes the call that `target` says for its label
/// and its name; and the names of the sources by their labels.
pub(super) fn arrivals(
    grid: Grid,
    setting: &Setting<'_>,
    (target, account): (Target<'_>, &mut Account),
) -> (Skeleton, Vec<(String, String)>) {
    let grid = few(grid, setting.asked.endpoints, account);
    let grid = windowed(grid, setting, account);
    let mut found = Skeleton {
        title: setting.source.to_owned(),
        question: Some("Does it hold the load that was measured?".to_owned()),
        starts: setting.is_dated.then(|| dated(grid.from_s, 0)),
        run_for_s: grid.width_s
            * grid
                .users
                .first()
                .map_or(0, |(_, users)| users.len() as i64),
        observed: Some(observed(&grid, setting)),
        ..Skeleton::default()
    };
    let mut names = Vec::new();
    for (label, users) in &grid.users {
        let name = free_name(label, &found.sources);
        let total = users.iter().sum::<f64>().round() as u64;
        let many = counted(total, setting.noun);
        let remark = match grid.users.len() {
            1 => many,
            _ => format!("{label}: {many}"),
        };
        found.journeys.push(Journey {
            remarks: Vec::new(),
            name: name.clone(),
            steps: vec![Step::Call(target(label, &name))],
        });
        found.sources.push(Source {
            remarks: vec![remark],
            name: name.clone(),
            journey: name.clone(),
            shape: Shape::Counts {
                width_s: grid.width_s,
                counts: users.clone(),
            },
        });
        names.push((label.clone(), name));
    }
    found.variants = vec![twice(&found.sources)];
    account.assumed.push(format!(
        "each {} is made by a user of its own; visits of several requests would be a journey",
        setting.noun
    ));
    (found, names)
}

/// An endpoint with what is known of it.
fn plain(name: String, label: &str, known: Option<&Known>) -> Plain {
    let mut plain = Plain::of(name, label);
    let Some(known) = known else { return plain };
    (plain.failed, plain.refused) = (known.failed, known.refused);
    if let Some((law, remark)) = &known.law {
        plain.remarks.push(remark.clone());
        plain.need = Need::Time(law.clone());
    }
    plain
}

/// The names with the most users; all others are one.
fn few(mut grid: Grid, most: usize, account: &mut Account) -> Grid {
    let total = |users: &[f64]| users.iter().sum::<f64>();
    let all = grid.users.len();
    grid.users.sort_by(|a, b| {
        total(&b.1)
            .total_cmp(&total(&a.1))
            .then_with(|| a.0.cmp(&b.0))
    });
    // One that is left alone is no group of others.
    if all > most + 1 {
        let others = grid.users.split_off(most);
        let mut sum = vec![0.0; others[0].1.len()];
        for (_, users) in &others {
            for (sum, users) in sum.iter_mut().zip(users) {
                *sum += users;
            }
        }
        grid.users
            .push((format!("{} others", grouped(others.len() as u64)), sum));
    }
    if all > 1 {
        account.taken.push(match all > most + 1 {
            true => format!("{all} kinds of requests, the {most} largest apart, the others as one"),
            false => format!("{all} kinds of requests"),
        });
    }
    grid
}

/// The part of the time that the model covers.
pub(super) fn windowed(mut grid: Grid, setting: &Setting<'_>, account: &mut Account) -> Grid {
    let all: Vec<f64> = (0..grid.users.first().map_or(0, |(_, users)| users.len()))
        .map(|bin| grid.users.iter().map(|(_, users)| users[bin]).sum())
        .collect();
    let bins = |secs: i64| usize::try_from((secs / grid.width_s).max(1)).unwrap_or(1);
    let sum = |from: usize, length: usize| all[from..from + length].iter().sum::<f64>();
    let busiest = |length: usize| {
        let length = length.min(all.len());
        let from = (0..=all.len() - length).max_by(|a, b| {
            // Of equal ones the first.
            sum(*a, length).total_cmp(&sum(*b, length)).then(b.cmp(a))
        });
        (from.unwrap_or(0), length)
    };
    let fits = |(from, length): &(usize, usize)| sum(*from, *length) <= FITTING;
    let longest = bins(LONGEST_S);
    let (from, length) = match setting.asked.window {
        Window::Busiest(length) => busiest(bins(length.as_secs_f64() as i64).min(longest)),
        Window::All => busiest(all.len().min(longest)),
        Window::Fitting if fits(&(0, all.len())) && all.len() <= longest => (0, all.len()),
        Window::Fitting => {
            let mut shorter = STRETCHES.into_iter().map(|secs| busiest(bins(secs)));
            shorter.find(fits).unwrap_or_else(|| busiest(1))
        }
    };
    if length < all.len() {
        account.assumed.push(format!(
            "the model covers the busiest {}, {} later than the first value, with {} of {} users \
             (`--window all` takes everything)",
            number::whole((length as i64 * grid.width_s).min(LONGEST_S)),
            number::whole(from as i64 * grid.width_s),
            grouped(sum(from, length).round() as u64),
            grouped(sum(0, all.len()).round() as u64)
        ));
    }
    for (_, users) in &mut grid.users {
        *users = users[from..from + length].to_vec();
    }
    grid.from_s += from as i64 * grid.width_s;
    // A value may hold for longer than a model can last.
    if grid.width_s > LONGEST_S {
        let part = LONGEST_S as f64 / grid.width_s as f64;
        let users = grid.users.iter_mut().flat_map(|(_, users)| users);
        users.for_each(|users| *users *= part);
        grid.width_s = LONGEST_S;
    }
    grid
}

/// A name that no other source has.
fn free_name(label: &str, taken: &[Source]) -> String {
    let name = name_of(label);
    let is_free = |name: &String| taken.iter().all(|source| source.name != *name);
    let numbered = (2..).map(|n| format!("{name}-{n}"));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    names.find(is_free).unwrap_or(name.clone())
}

/// What is to hold for the source with the most users.
pub(super) fn objective(found: &Skeleton, account: &mut Account) -> Option<Objective> {
    let Some(Step::Call(target)) = found.journeys.first().and_then(|one| one.steps.first()) else {
        return None;
    };
    account
        .assumed
        .push("what must hold is not measured: the objective is a proposal".to_owned());
    Some(Objective {
        remark: "nothing was measured; say what you promise".to_owned(),
        that: format!("mean({target}.ok.time) < 500ms"),
    })
}

/// What was measured, bin by bin.
fn observed(grid: &Grid, setting: &Setting<'_>) -> String {
    let names = grid
        .users
        .iter()
        .map(|(name, _)| format!(",{}_per_s", name_of(name)));
    let mut out = format!("time{}\n", names.collect::<String>());
    for bin in 0..grid.users.first().map_or(0, |(_, users)| users.len()) {
        let at_s = grid.from_s + bin as i64 * grid.width_s;
        out.push_str(&match setting.is_dated {
            true => dated(at_s, 0),
            false => at_s.to_string(),
        });
        for (_, users) in &grid.users {
            out.push_str(&format!(
                ",{}",
                number::digits(users[bin] / grid.width_s as f64)
            ));
        }
        out.push('\n');
    }
    out
}
