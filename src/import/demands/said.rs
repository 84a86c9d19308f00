//! What is said of demands: each with its interval, what cannot be told apart, where the line
//! bends.

use super::super::account::{Account, counted, grouped, percent};
use super::super::number::{self, secs};
use super::CONFIDENCE;
use super::joined::{Busy, Joined};
use crate::estimate::demand::{Amount, Bend, Demands, Load, Untold, usl};

/// Says all of a service.
pub(super) fn all(
    joined: &Joined,
    (busy, cores): (&Busy, f64),
    (found, load, left): (&Demands, &Load, [usize; 2]),
    account: &mut Account,
) {
    let service = &busy.service;
    let used = counted(found.minutes as u64, "value");
    account.taken.push(format!(
        "`{service}`: {used} in which all is known; busy {} of {} in the mean; the line misses by \
         {} of that (standard deviation)",
        percent(mean(&load.busy) / cores),
        cores_said(cores),
        percent(found.noise)
    ));
    for ((name, _), amount) in joined.rates.iter().zip(&found.endpoints) {
        let amount = amount.as_ref().map(|amount| range(amount, secs));
        let amount = amount.unwrap_or_else(|| "not known".to_owned());
        account.taken.push(format!(
            "`{service}`: a request of `{name}` takes {amount} of CPU"
        ));
    }
    account.taken.push(format!(
        "`{service}`: without any request {} are busy",
        range(&found.background, cores_said)
    ));
    for untold in &found.untold {
        account
            .doubtful
            .push(format!("`{service}`: {}", together(joined, untold)));
        account
            .assumed
            .push(format!("`{service}`: {}", shared(joined, untold)));
    }
    account
        .doubtful
        .extend(found.bend.as_ref().map(|one| bend(service, one, cores)));
    if found.bend.is_none() {
        account.taken.push(straight(service, load, cores));
    }
    odd(service, found, left, account);
}

/// Says which laws and limits are not in it, and what throughput tells of contention.
pub(super) fn law(joined: &Joined, first: &str, account: &mut Account) {
    account.assumed.push(
        "CPU seconds of a request are exponential about their mean, which rates do not say"
            .to_owned(),
    );
    if joined.busy.len() > 1 {
        account.assumed.push(format!(
            "who calls whom is not in it: `{first}`, the busiest, calls the others one after the \
             other"
        ));
    }
    let pairs = joined.at_work();
    let Some(law) = usl(&pairs, CONFIDENCE) else {
        if !pairs.is_empty() {
            account.ignored.push(
                "how many are at work: it hardly changes, or there are too few values".to_owned(),
            );
        }
        return;
    };
    let part = |amount: &Amount| range(amount, percent);
    let words = "throughput beside how many are at work (universal scalability law)";
    if law.contention.from <= 0.0 && law.coherency.from <= 0.0 {
        account
            .taken
            .push(format!("{words}: no evidence of contention or coherency"));
        return;
    }
    let peak = law.peak.map_or_else(String::new, |(at, most)| {
        let (at, most) = (number::digits(at.round()), number::rate(most));
        format!("; it is largest with {at} at work, {most}")
    });
    account.doubtful.push(format!(
        "{words}: contention {}, coherency {}{peak}. CPU seconds here have that in them; a model \
         with `slowdown` needs those of a quiet time",
        part(&law.contention),
        part(&law.coherency)
    ));
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / (values.len() as f64).max(1.0)
}

/// `12.3ms, 95 % interval 12.1ms to 12.6ms`.
fn range(amount: &Amount, said: fn(f64) -> String) -> String {
    format!(
        "{}, {} % interval {} to {}",
        said(amount.value),
        number::digits(CONFIDENCE * 100.0),
        said(amount.from),
        said(amount.to)
    )
}

fn cores_said(cores: f64) -> String {
    format!("{} cores", number::digits(cores))
}

/// The names of the members of a group.
fn names(joined: &Joined, untold: &Untold) -> String {
    let names = untold
        .endpoints
        .iter()
        .filter_map(|at| joined.rates.get(*at));
    let names: Vec<String> = names.map(|(name, _)| format!("`{name}`")).collect();
    match names.as_slice() {
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
        [] => String::new(),
    }
}

fn together(joined: &Joined, untold: &Untold) -> String {
    let names = names(joined, untold);
    let cores = range(&untold.together, cores_said);
    let each = range(&untold.each, secs);
    let many = untold.endpoints.len();
    match (untold.with_background, untold.in_proportion) {
        (true, _) => format!(
            "how often {names} {} asked hardly changes: what that takes cannot be told from what \
             is busy without any request. Together they take {cores}; only their sum is known",
            if many == 1 { "is" } else { "are" }
        ),
        (false, true) => format!(
            "{names} always rise and fall together: they cannot be told apart. Together they take \
             {cores}, {each} for one of their requests; only their sum is known"
        ),
        (false, false) => format!(
            "the rates of {names} follow from each other: they cannot be told apart. Together they \
             take {cores}, {each} for one of their requests"
        ),
    }
}

fn shared(joined: &Joined, untold: &Untold) -> String {
    let names = names(joined, untold);
    match untold.with_background {
        true => format!("{names} takes next to nothing, and all of it is the background"),
        false => format!("requests of {names} need the same, as far as the rates allow"),
    }
}

fn bend(service: &str, bend: &Bend, cores: f64) -> String {
    let (grows, more) = match bend.slope.value > 1.0 {
        true => ("faster", "more"),
        false => ("slower", "less"),
    };
    let times = |value: f64| format!("{} ×", number::digits(value));
    format!(
        "`{service}` bends: from {} on ({} busy) CPU grows {grows} than the requests, each of \
         which then takes {} of what it took ({} to {}): {} {more} in the busiest value. CPU \
         seconds are those below the bend, and the model knows none",
        number::rate(bend.rate),
        percent(bend.busy / cores),
        times(bend.slope.value),
        times(bend.slope.from),
        times(bend.slope.to),
        percent(bend.at_most.abs())
    )
}

fn straight(service: &str, load: &Load, cores: f64) -> String {
    let most = load.busy.iter().copied().fold(0.0, f64::max);
    format!(
        "`{service}`: no evidence of a bend up to {} busy; what lies beyond was not measured",
        percent(most / cores)
    )
}

fn odd(service: &str, found: &Demands, left: [usize; 2], account: &mut Account) {
    let aside = found.aside.len() as u64;
    // Of a normal law one in some thousands lies that far out.
    if aside * 200 > found.minutes as u64 {
        account.doubtful.push(format!(
            "`{service}`: left aside, far from the line (a deploy, a job?): {}",
            counted(aside, "value")
        ));
    }
    for (n, why) in [
        (left[0], "something is missing"),
        (left[1], "its cores were full"),
    ] {
        if n > 0 {
            let many = grouped(n as u64);
            account
                .ignored
                .push(format!("`{service}`: values in which {why}: {many}"));
        }
    }
}
