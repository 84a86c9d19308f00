//! Services whose demands are known, and what is said of them.
//!
//! One idea: whoever states an interval can be counted. Each service here is made of numbers that
//! are drawn: rates with the shape of a day and luck of their own, CPU seconds, a background, 1 %
//! of noise, minutes that are missing, minutes of a nightly job.

use super::*;
use crate::base::math::{normal_quantile, sin};

/// Numbers from 0 to 1, the same on every machine (SplitMix64).
struct Luck(u64);

impl Luck {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((z ^ (z >> 31)) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        normal_quantile(self.uniform())
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }
}

/// A service whose demands are known.
struct Service {
    load: Load,
    seconds: Vec<f64>,
    background: f64,
}

/// The number of a service decides how many endpoints and minutes it has, and what is odd about it.
fn service(number: u64) -> Service {
    let mut luck = Luck(number.wrapping_mul(7_919) + 11);
    let endpoints = 3 + (number % 6) as usize;
    let minutes = [200, 400, 800, 1_400, 2_000][(number % 5) as usize];
    let seconds: Vec<f64> = (0..endpoints)
        // From a millisecond to a tenth of a second, equal factors alike.
        .map(|_| 0.001 * crate::base::math::pow(100.0, luck.uniform()))
        .collect();
    let share: Vec<f64> = (0..endpoints).map(|_| luck.between(0.3, 1.0)).collect();
    let own = luck.between(0.1, 0.3);
    let mut rates: Vec<Vec<f64>> = (0..minutes)
        .map(|minute| {
            let day = 1.0 + 0.5 * sin(std::f64::consts::TAU * minute as f64 / 1_440.0);
            let rate = |(at, share): (usize, &f64)| {
                let alone = (1.0 + own * luck.normal()).max(0.05);
                let is_new = at == 0 && number.is_multiple_of(4) && minute < minutes / 2;
                if is_new {
                    0.0
                } else {
                    2.0 * share * day * alone / seconds[at] / endpoints as f64
                }
            };
            share.iter().enumerate().map(rate).collect()
        })
        .collect();
    let background = [0.0, 0.1, 0.4, 1.0][(number % 4) as usize];
    let mut busy: Vec<f64> = rates
        .iter()
        .map(|row| background + row.iter().zip(&seconds).map(|(x, d)| x * d).sum::<f64>())
        .collect();
    for (minute, busy) in busy.iter_mut().enumerate() {
        *busy *= 1.0 + 0.01 * luck.normal();
        // A job of five minutes every two hours, and what a deploy leaves.
        if number.is_multiple_of(3) && minute % 120 < 5 {
            *busy += luck.between(0.2, 1.5);
        }
    }
    // What is missing is missing: one minute in twenty, and one long gap.
    if number % 2 == 1 {
        let keep: Vec<bool> = (0..minutes)
            .map(|minute| {
                luck.uniform() > 0.05 && !(minutes / 3..minutes / 3 + 20).contains(&minute)
            })
            .collect();
        let mut kept = keep.iter();
        rates.retain(|_| *kept.next().expect("one for each"));
        let mut kept = keep.iter();
        busy.retain(|_| *kept.next().expect("one for each"));
    }
    Service {
        load: Load { rates, busy },
        seconds,
        background,
    }
}

fn holds(amount: &Amount, truth: f64) -> bool {
    (amount.from..=amount.to).contains(&truth)
}

/// The least count of so many intervals of 95 % that is no surprise: fewer hold the truth in 1.3 of
/// 100,000 cases, as for every expected number of the project.
fn least(of: usize) -> usize {
    let mut chance = crate::base::math::pow(0.95, of as f64);
    let mut known = chance;
    let mut missed = 0;
    while 1.0 - known > 1.3e-5 {
        chance *= (of - missed) as f64 / (missed + 1) as f64 / 19.0;
        known += chance;
        missed += 1;
    }
    of - missed
}

/// What was asked for: on fifty services the true CPU seconds lie in at least nine in ten
/// intervals, in no fewer than intervals of 95 % may, and not because they are wide; nothing is
/// said of bends and of endpoints that cannot be told apart, of which there are none.
#[test]
fn intervals_of_fifty_services_hold_the_truth() {
    let (mut all, mut inside, mut background) = (0, 0, 0);
    let mut widths = Vec::new();
    for number in 0..50 {
        let service = service(number);
        let found = demands(&service.load, 0.95).expect("there are enough minutes");
        assert!(
            found.untold.is_empty() && found.bend.is_none(),
            "{number}: {found:?}"
        );
        for (amount, truth) in found.endpoints.iter().zip(&service.seconds) {
            let amount = amount.expect("it was asked");
            all += 1;
            inside += usize::from(holds(&amount, *truth));
            widths.push((amount.to - amount.from) / 2.0 / truth);
        }
        background += usize::from(holds(&found.background, service.background));
    }
    let width = robust::median(widths);
    let said = format!("{inside} of {all}, {background} of 50; half of them within {width:.4}");
    println!("{said}");
    assert!(inside * 10 >= all * 9 && inside >= least(all), "{said}");
    assert!(background >= least(50) && width < 0.03, "{said}");
}

/// A service with rates that follow from others, and which those are.
fn planted(number: u64) -> (Service, Vec<usize>) {
    let mut service = service(number);
    let mut luck = Luck(number);
    let kind = number % 5;
    for (row, busy) in service.load.rates.iter_mut().zip(&mut service.load.busy) {
        let before = [row[1], row[2]];
        match kind {
            0 => row[1] = 3.0 * row[0],
            // Nearly: one in five hundred.
            1 => row[1] = 0.2 * row[0] * (1.0 + 0.002 * luck.normal()),
            2 => (row[1], row[2]) = (0.5 * row[0], 2.0 * row[0]),
            // A check that asks at the same rate, day and night.
            3 => row[1] = 5.0,
            // Asked with each of two others.
            _ => row[1] = row[0] + row[2],
        }
        *busy += (row[1] - before[0]) * service.seconds[1];
        *busy += (row[2] - before[1]) * service.seconds[2];
    }
    let members = [&[0, 1][..], &[0, 1], &[0, 1, 2], &[1], &[0, 1, 2]][kind as usize];
    (service, members.to_vec())
}

/// Ten of ten are named, with an interval of what they need together, and nothing else is.
#[test]
fn rates_that_rise_and_fall_together_are_named() {
    let (mut inside, mut each, mut all) = (0, 0, 0);
    for number in 0..10 {
        let (service, members) = planted(number);
        let found = demands(&service.load, 0.95).expect("there are enough minutes");
        let [untold] = found.untold.as_slice() else {
            panic!("{number}: {:?}", found.untold)
        };
        assert_eq!(untold.endpoints, members, "{number}");
        assert_eq!(untold.with_background, number % 5 == 3, "{number}");
        assert_eq!(untold.in_proportion, number % 5 != 4, "{number}");
        let rates = &service.load.rates;
        let mean = |at: usize| rates.iter().map(|row| row[at]).sum::<f64>() / rates.len() as f64;
        let mut truth: f64 = members
            .iter()
            .map(|at| mean(*at) * service.seconds[*at])
            .sum();
        truth += if untold.with_background {
            service.background
        } else {
            0.0
        };
        inside += usize::from(holds(&untold.together, truth));
        let width = (untold.together.to - untold.together.from) / untold.together.value;
        assert!(width < 0.2, "{number}: {untold:?}");
        for (at, amount) in found.endpoints.iter().enumerate() {
            let amount = amount.expect("it was asked");
            let is_member = members.contains(&at);
            each += usize::from(!is_member && holds(&amount, service.seconds[at]));
            all += usize::from(!is_member);
            // Each of them may need nothing, or all of it.
            assert!(
                !is_member || holds(&amount, service.seconds[at]),
                "{number}: {amount:?}"
            );
        }
    }
    println!("{inside} of 10 sums, {each} of {all} others");
    assert!(
        inside >= least(10) && each >= least(all),
        "{inside} of 10, {each} of {all}"
    );
}

/// What shares a group shares alike, and the line goes on as if it were known.
#[test]
fn members_of_a_group_are_held_to_need_the_same() {
    let (service, _) = planted(0);
    let found = demands(&service.load, 0.95).expect("there are enough minutes");
    let value = |at: usize| found.endpoints[at].expect("it was asked").value;
    assert!((value(0) / value(1) - 1.0).abs() < 1e-3, "{found:?}");
    assert!(
        (found.untold[0].each.value / value(0) - 1.0).abs() < 1e-3,
        "{found:?}"
    );
    // What never changes is the background's.
    let (service, _) = planted(3);
    let found = demands(&service.load, 0.95).expect("there are enough minutes");
    let check = found.endpoints[1].expect("it was asked");
    assert!(check.value < 1e-4 * check.to, "{found:?}");
    assert!(holds(&found.background, service.background), "{found:?}");
}

/// A line that bends is found where it bends, and by how much, up and down.
#[test]
fn bends_are_found_where_they_are() {
    for (number, factor) in [
        (0, 0.5),
        (2, -0.5),
        (8, 0.3),
        (14, -0.3),
        (12, 0.5),
        (20, -0.5),
    ] {
        let mut service = service(number);
        let rows = service.load.rates.iter();
        let works = rows.map(|row| row.iter().zip(&service.seconds).map(|(x, d)| x * d).sum());
        let works: Vec<f64> = works.collect();
        let mut sorted = works.clone();
        sorted.sort_by(f64::total_cmp);
        let at = sorted[sorted.len() * 3 / 4];
        for (busy, work) in service.load.busy.iter_mut().zip(&works) {
            *busy += factor * (work - at).max(0.0);
        }
        let found = demands(&service.load, 0.95).expect("there are enough minutes");
        let bend = found.bend.unwrap_or_else(|| panic!("{number} bends"));
        let true_busy = at + service.background;
        assert!(
            (bend.busy / true_busy - 1.0).abs() < 0.06,
            "{number}: {true_busy} {bend:?}"
        );
        assert!(
            (bend.slope.value - 1.0 - factor).abs() < 0.12,
            "{number}: {factor} {bend:?}"
        );
        assert!(bend.at_most * factor > 0.0, "{number}: {bend:?}");
    }
}

/// Without noise the demands come back as they were, and where nothing can be said nothing is.
#[test]
fn what_is_exact_is_exact_and_what_is_not_there_is_none() {
    let rate = |minute: usize| {
        vec![
            10.0 + (minute * 7 % 11) as f64,
            (minute * 5 % 13) as f64,
            0.0,
        ]
    };
    let rates: Vec<Vec<f64>> = (0..60).map(rate).collect();
    let busy: Vec<f64> = rates
        .iter()
        .map(|row| 0.25 + 0.01 * row[0] + 0.03 * row[1])
        .collect();
    let load = Load { rates, busy };
    let found = demands(&load, 0.95).expect("there are enough minutes");
    let value = |at: usize| found.endpoints[at].map(|amount| amount.value);
    assert!((found.background.value - 0.25).abs() < 1e-6, "{found:?}");
    assert!(
        value(0).is_some_and(|value| (value - 0.01).abs() < 1e-7),
        "{found:?}"
    );
    assert!(
        value(1).is_some_and(|value| (value - 0.03).abs() < 1e-7),
        "{found:?}"
    );
    assert_eq!(value(2), None);
    let short = Load {
        rates: load.rates[..15].to_vec(),
        busy: load.busy[..15].to_vec(),
    };
    assert_eq!(demands(&short, 0.95), None);
    let idle = Load {
        busy: vec![0.0; 60],
        ..load.clone()
    };
    assert_eq!(demands(&idle, 0.95), None);
    assert_eq!(demands(&Load::default(), 0.95), None);
}

/// Gunther's law with noise is found again, and where throughput never falls none is claimed to.
#[test]
fn contention_and_coherency_are_found() {
    let mut luck = Luck(5);
    for (contention, coherency) in [(0.05, 0.001), (0.02, 0.0), (0.0, 0.0)] {
        let truth = |n: f64| 40.0 * n / (1.0 + contention * (n - 1.0) + coherency * n * (n - 1.0));
        let mut pair = |n: usize| {
            let at_work = 1.0 + (n * 3 % 60) as f64;
            (at_work, truth(at_work) * (1.0 + 0.01 * luck.normal()))
        };
        let pairs: Vec<(f64, f64)> = (0..400).map(&mut pair).collect();
        let found = usl(&pairs, 0.999).expect("there are enough pairs");
        assert!(holds(&found.alone, 40.0), "{found:?}");
        assert!(holds(&found.contention, contention), "{found:?}");
        assert!(holds(&found.coherency, coherency), "{found:?}");
        assert_eq!(found.coherency.from > 0.0, coherency > 0.0, "{found:?}");
        if coherency > 0.0 {
            let peak = found.peak.expect("it falls").0;
            assert!((peak / ((1.0_f64 - contention) / coherency).sqrt() - 1.0).abs() < 0.05);
        }
    }
    assert_eq!(usl(&[(4.0, 100.0); 50], 0.95), None);
}
