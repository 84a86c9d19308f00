//! Series that were measured by different clocks, in minutes that all of them share.
//!
//! One idea: the widest step of all series is the minute; a series that is finer is averaged in it,
//! and a minute in which one is missing tells nothing. Of the rates a straight line joins what is
//! missing, for those who come in the model.

use std::collections::BTreeMap;

use super::super::account::{Account, counted, grouped};
use super::super::measured::{self, Grid};
use super::super::number;
use super::names::Unit;
use crate::estimate::demand::Load;

/// Minutes at most; from there on they are wider.
const MOST: i64 = 20_000;
/// Series of rates that are kept.
const SERIES: usize = 500;
/// Values of a series that are kept.
const VALUES: usize = 2_000_000;
/// The part of the cores from which on they are full: what comes then may wait, and does not show.
const FULL: f64 = 0.985;
/// What cores are assumed to be at most where nobody says how many there are: busy to this part.
const ROOM: f64 = 0.8;

/// Values of a series by milliseconds.
pub(super) type Values = Vec<(i64, f64)>;

/// How busy the processors of a service were.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Measured {
    pub(super) values: Values,
    /// The unit, as it is said or named.
    pub(super) unit: Option<Unit>,
    /// Where it stands, for people.
    pub(super) called: String,
}

/// All that was read.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// Requests a second by endpoint.
    pub(super) rates: BTreeMap<String, Values>,
    /// By service, none where it has no name.
    pub(super) busy: BTreeMap<String, Measured>,
    /// How many cores there are.
    pub(super) cores: Values,
    /// How many requests are at work.
    pub(super) at_work: Values,
    /// Whether times are of the calendar.
    pub(super) is_dated: bool,
    /// Values that are missing.
    pub(super) missing: u64,
    /// Series of rates that were too many.
    pub(super) left_out: u64,
}

impl Readings {
    /// Adds a rate.
    pub(super) fn rate(&mut self, endpoint: &str, at_ms: i64, per_s: f64) {
        if !self.rates.contains_key(endpoint) {
            if self.rates.len() >= SERIES {
                self.left_out += 1;
                return;
            }
            self.rates.insert(endpoint.to_owned(), Vec::new());
        }
        if let Some(values) = self
            .rates
            .get_mut(endpoint)
            .filter(|values| values.len() < VALUES)
        {
            values.push((at_ms, per_s));
        }
    }
}

/// How busy a service was, by minute.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Busy {
    pub(super) service: String,
    pub(super) called: String,
    unit: Option<Unit>,
    /// By minute, in its unit.
    pub(super) values: Vec<Option<f64>>,
    /// Cores as they were measured.
    cores: Option<f64>,
}

/// All series, minute by minute.
#[derive(Debug)]
pub(super) struct Joined {
    /// Where it begins, in seconds.
    pub(super) from_s: i64,
    /// Seconds of a minute.
    pub(super) width_s: i64,
    pub(super) is_dated: bool,
    /// Requests a second by endpoint, and by minute.
    pub(super) rates: Vec<(String, Vec<Option<f64>>)>,
    pub(super) busy: Vec<Busy>,
    pub(super) at_work: Vec<Option<f64>>,
}

impl Joined {
    /// All series on one grid; none if there are no rates, or nothing was busy. The endpoints with
    /// the fewest requests become one.
    pub(super) fn of(readings: &Readings, most: usize, account: &mut Account) -> Option<Joined> {
        if readings.rates.is_empty() || readings.busy.is_empty() {
            return None;
        }
        let busy = || readings.busy.values().map(|busy| &busy.values);
        let all = readings.rates.values().chain(busy());
        let step = all.clone().map(step).max()?;
        let (first, last) = shared(readings)?;
        let mut width_s = ((step as f64 / 1e3).round() as i64).max(1);
        while (last - first) / (width_s * 1_000) >= MOST {
            width_s *= 2;
        }
        let minutes = usize::try_from((last - first) / (width_s * 1_000) + 1).ok()?;
        let grid = |values: &Values| averaged(values, first, (width_s, minutes));
        let rates = readings
            .rates
            .iter()
            .map(|(name, values)| (name.clone(), grid(values)));
        let rates = few(rates.collect(), most, account);
        let cores = readings
            .cores
            .iter()
            .map(|(_, cores)| *cores)
            .fold(0.0, f64::max);
        let busy = readings.busy.iter().map(|(service, measured)| Busy {
            service: service.clone(),
            called: measured.called.clone(),
            unit: measured.unit,
            values: grid(&measured.values),
            cores: (cores > 0.0).then_some(cores),
        });
        let busy = busy.collect();
        if readings.missing + readings.left_out > 0 {
            account.doubtful.push(format!(
                "values that are missing: {}; their minutes say nothing of CPU seconds",
                grouped(readings.missing + readings.left_out)
            ));
        }
        account.taken.push(format!(
            "{} of time, a value every {}",
            number::whole(minutes as i64 * width_s),
            number::whole(width_s)
        ));
        Some(Joined {
            from_s: first.div_euclid(1_000),
            width_s,
            is_dated: readings.is_dated,
            rates,
            busy,
            at_work: grid(&readings.at_work),
        })
    }

    /// What a service did in the minutes in which everything is known and its cores were not full,
    /// and how many were left out because something is missing, and because they were full.
    pub(super) fn load(&self, busy: &Busy, cores: f64, unit: Unit) -> (Load, [usize; 2]) {
        let mut load = Load::default();
        let mut left = [0, 0];
        for (minute, value) in busy.values.iter().enumerate() {
            let row: Option<Vec<f64>> = self
                .rates
                .iter()
                .map(|(_, values)| values[minute])
                .collect();
            let (Some(row), Some(value)) = (row, *value) else {
                left[0] += 1;
                continue;
            };
            let in_cores = in_cores(value, cores, unit);
            if in_cores > FULL * cores {
                left[1] += 1;
                continue;
            }
            load.rates.push(row);
            load.busy.push(in_cores);
        }
        (load, left)
    }

    /// Throughput beside how many are at work, where both are known.
    pub(super) fn at_work(&self) -> Vec<(f64, f64)> {
        let pair = |(minute, at_work): (usize, &Option<f64>)| {
            let rates: Option<Vec<f64>> = self
                .rates
                .iter()
                .map(|(_, values)| values[minute])
                .collect();
            Some(((*at_work)?, rates?.iter().sum()))
        };
        self.at_work.iter().enumerate().filter_map(pair).collect()
    }

    /// Those who come, by endpoint and minute.
    pub(super) fn grid(&self) -> Grid {
        let mut bridged = 0;
        let users = self.rates.iter().map(|(name, values)| {
            let (filled, gaps) = measured::filled(values);
            bridged += gaps;
            let users = filled.into_iter().map(|rate| rate * self.width_s as f64);
            (name.clone(), users.collect())
        });
        Grid {
            from_s: self.from_s,
            width_s: self.width_s,
            users: users.collect(),
            bridged,
            step_s: self.width_s as f64,
        }
    }
}

/// The cores of a service and the unit of how busy they are: as asked, else as measured, else as
/// much as there must be.
pub(super) fn cores(busy: &Busy, asked: Option<f64>, account: &mut Account) -> (f64, Unit) {
    let most = busy.values.iter().flatten().copied().fold(0.0, f64::max);
    let known = asked.or(busy.cores);
    let unit = busy.unit.unwrap_or_else(|| {
        let unit = match known {
            _ if most <= 1.0 => Unit::Fraction,
            Some(cores) if most <= cores * 1.02 => Unit::Cores,
            _ if most <= 102.0 => Unit::Percent,
            _ => Unit::Millicores,
        };
        account.assumed.push(format!(
            "{} is {}, by its largest value, {} (`--columns …,cpu=NAME:percent` says it; units are \
             fraction, percent, cores and millicores)",
            busy.called,
            unit.said(),
            number::digits(most)
        ));
        unit
    });
    let in_cores = match unit {
        Unit::Cores => Some(most),
        Unit::Millicores => Some(most / 1e3),
        Unit::Fraction | Unit::Percent => None,
    };
    let cores = known.unwrap_or_else(|| {
        let cores = in_cores.map_or(1.0, |most| (most / ROOM).ceil().max(1.0));
        let why = match in_cores {
            Some(_) => "enough for the busiest minute with a fifth to spare",
            None => "CPU seconds grow with it",
        };
        let many = counted(cores as u64, "core");
        account.assumed.push(format!(
            "how many cores `{}` has is not said: {many}, {why} (`--cores N`)",
            busy.service
        ));
        cores
    });
    (cores.clamp(0.01, 1e9), unit)
}

/// How many cores a value is.
pub(super) fn in_cores(value: f64, cores: f64, unit: Unit) -> f64 {
    match unit {
        Unit::Fraction => value * cores,
        Unit::Percent => value / 100.0 * cores,
        Unit::Cores => value,
        Unit::Millicores => value / 1e3,
    }
}

/// The first and the last milliseconds of the rates, if processors were looked at between them.
fn shared(readings: &Readings) -> Option<(i64, i64)> {
    let at = readings.rates.values().flatten().map(|(at, _)| *at);
    let (first, last) = at.clone().min().zip(at.max())?;
    let mut busy = readings.busy.values().flat_map(|busy| &busy.values);
    busy.any(|(at, _)| (first..=last).contains(at))
        .then_some((first, last))
}

/// The median of the milliseconds from one value to the next.
fn step(values: &Values) -> i64 {
    let mut at: Vec<i64> = values.iter().map(|(at, _)| *at).collect();
    at.sort_unstable();
    at.dedup();
    let mut steps: Vec<i64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied().unwrap_or(1_000)
}

/// The mean of the values in each minute.
fn averaged(values: &Values, first: i64, (width_s, minutes): (i64, usize)) -> Vec<Option<f64>> {
    let mut sums = vec![(0.0, 0_u32); minutes];
    for (at, value) in values {
        let place = usize::try_from((at - first).div_euclid(width_s * 1_000)).ok();
        if let Some(sum) = place.and_then(|place| sums.get_mut(place)) {
            *sum = (sum.0 + value, sum.1 + 1);
        }
    }
    let mean = |(sum, n): (f64, u32)| (n > 0).then(|| sum / f64::from(n));
    sums.into_iter().map(mean).collect()
}

/// The endpoints with the most requests; all others are one.
fn few(
    mut rates: Vec<(String, Vec<Option<f64>>)>,
    most: usize,
    account: &mut Account,
) -> Vec<(String, Vec<Option<f64>>)> {
    let total = |values: &[Option<f64>]| values.iter().flatten().sum::<f64>();
    let never = rates.iter().filter(|(_, values)| total(values) <= 0.0);
    let never: Vec<String> = never.map(|(name, _)| format!("`{name}`")).collect();
    if !never.is_empty() {
        let said = format!("endpoints that nobody ever asked: {}", never.join(", "));
        account.ignored.push(said);
    }
    rates.retain(|(_, values)| total(values) > 0.0);
    rates.sort_by(|a, b| {
        total(&b.1)
            .total_cmp(&total(&a.1))
            .then_with(|| a.0.cmp(&b.0))
    });
    if rates.len() > most + 1 {
        let others = rates.split_off(most);
        let minutes = others[0].1.len();
        let sum = |minute: usize| others.iter().map(|(_, values)| values[minute]).sum();
        let sums = (0..minutes).map(sum).collect();
        let name = format!("{} others", grouped(others.len() as u64));
        account.assumed.push(format!(
            "the {} endpoints with the fewest requests are one (`--endpoints N` keeps more apart)",
            others.len()
        ));
        rates.push((name, sums));
    }
    rates
}
