//! The CPU seconds of each kind of request, from how busy processors were and who came.
//!
//! One idea: the utilisation law (Denning & Buzen 1978, *ACM Computing Surveys* 10, 225–261) is a
//! straight line: the cores that are busy are Σ rate × CPU seconds, and a background that nobody
//! asked for; none of these is below zero. Minutes that do not belong (a deploy, a nightly job) are
//! found by how far off they are; intervals hold whatever the noise is like; what always rises and
//! falls together is named and only its sum is stated; and where the line bends is said if there is
//! evidence of it, since a model with constant demands is wrong beyond. Knows numbers alone.

mod bend;
mod nnls;
mod robust;
mod spread;
mod untold;
mod usl;

pub use nnls::nonnegative;
pub use usl::{Usl, usl};

use robust::{Design, Fit, Sign};
use spread::Spread;
use untold::Group;

/// Minutes that are needed for each unknown.
const EACH: usize = 4;
/// Minutes that are needed in all.
const LEAST: usize = 20;
/// The weight of a minute below which it was left aside.
const ASIDE: f64 = 0.25;
/// The column of the background.
const BACKGROUND: usize = 0;

/// What was measured, minute by minute (of any equal length).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Load {
    /// By minute, the requests a second of each endpoint.
    pub rates: Vec<Vec<f64>>,
    /// By minute, how many cores were busy.
    pub busy: Vec<f64>,
}

/// An amount that is not below zero, with its interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Amount {
    /// The best value.
    pub value: f64,
    /// The lower end.
    pub from: f64,
    /// The upper end.
    pub to: f64,
}

/// What each request needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Demands {
    /// Cores that are busy without any request.
    pub background: Amount,
    /// By endpoint, the CPU seconds of a request; none where nobody ever asked it.
    pub endpoints: Vec<Option<Amount>>,
    /// Endpoints that cannot be told apart.
    pub untold: Vec<Untold>,
    /// Where the line bends, if there is evidence that it does.
    pub bend: Option<Bend>,
    /// Minutes that were used.
    pub minutes: usize,
    /// Of these, those that do not belong to the others and were left aside, by their number.
    pub aside: Vec<usize>,
    /// The standard deviation of a usual minute about the line, as a part of what is busy on
    /// average.
    pub noise: f64,
}

/// Endpoints whose rates always rise and fall together.
#[derive(Clone, Debug, PartialEq)]
pub struct Untold {
    /// The endpoints, by number.
    pub endpoints: Vec<usize>,
    /// Whether they cannot be told from the background either: their rates hardly change.
    pub with_background: bool,
    /// Whether each rate is in proportion to each other; else one follows from several.
    pub in_proportion: bool,
    /// Cores that they keep busy together at their mean rates, the background among them if it
    /// cannot be told apart.
    pub together: Amount,
    /// CPU seconds of one of their requests, on average.
    pub each: Amount,
}

/// A place from which on work grows faster or slower than the rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bend {
    /// Requests a second, all endpoints together in their usual mix.
    pub rate: f64,
    /// Cores that are busy there.
    pub busy: f64,
    /// The slope beyond, as a part of that before: 1.5 if each request more needs half as much
    /// again.
    pub slope: Amount,
    /// What the bend adds to the cores that are busy in the busiest minute, as a part of all;
    /// below zero if it takes away.
    pub at_most: f64,
}

/// The demands of what was measured; nothing if there are too few minutes, or nothing was busy.
pub fn demands(load: &Load, confidence: f64) -> Option<Demands> {
    let minutes = load.busy.len();
    let asked = asked(load);
    if minutes < LEAST.max(EACH * (asked.len() + 1)) || asked.is_empty() {
        return None;
    }
    let all = load.busy.iter().sum::<f64>() / minutes as f64;
    if all <= 0.0 || !all.is_finite() {
        return None;
    }
    let scales = Scales::of(load, &asked, all);
    let mut design = design(load, &asked, &scales);
    let pilot = design.fit();
    let groups = untold::groups(&design, &pilot);
    design.ties = groups
        .iter()
        .flat_map(|group| group.ties(BACKGROUND, &scales.unit))
        .collect();
    let straight = design.fit();
    let place = bend::place(&design, &straight, 1, confidence);
    let bent = place.map(|(place, work)| (place, bend::with(&design, &work, place)));
    let (design, fit) = match &bent {
        Some((_, bent)) => (bent, bent.fit()),
        None => (&design, straight),
    };
    let spread = Spread::of(design, &fit, confidence)?;
    let said = Said {
        load,
        asked: &asked,
        scales: &scales,
        fit: &fit,
        spread: &spread,
    };
    let untold: Vec<Untold> = groups.iter().map(|group| said.untold(group)).collect();
    Some(Demands {
        background: said.background(&untold),
        endpoints: said.endpoints(&untold),
        bend: bent
            .as_ref()
            .map(|(place, design)| said.bend(design, *place)),
        untold,
        minutes,
        aside: (0..minutes).filter(|n| fit.weight[*n] < ASIDE).collect(),
        noise: fit.noise,
    })
}

/// The endpoints that were ever asked.
fn asked(load: &Load) -> Vec<usize> {
    let endpoints = load.rates.first().map_or(0, Vec::len);
    let is_asked = |at: &usize| load.rates.iter().any(|row| row[*at] > 0.0);
    (0..endpoints).filter(is_asked).collect()
}

/// What a coefficient of 1 is in natural units.
struct Scales {
    /// By column, its length: a coefficient ÷ this, × `all`, is in cores or CPU seconds.
    unit: Vec<f64>,
    /// The mean of what is busy.
    all: f64,
}

impl Scales {
    fn of(load: &Load, asked: &[usize], all: f64) -> Scales {
        let length = |at: usize| {
            let squares: f64 = load.rates.iter().map(|row| row[at] * row[at]).sum();
            (squares / load.rates.len() as f64).sqrt()
        };
        let unit = std::iter::once(1.0).chain(asked.iter().map(|at| length(*at)));
        Scales {
            unit: unit.collect(),
            all,
        }
    }
}

fn design(load: &Load, asked: &[usize], scales: &Scales) -> Design {
    let row = |rates: &Vec<f64>| {
        let rates = asked
            .iter()
            .zip(&scales.unit[1..])
            .map(|(at, unit)| rates[*at] / unit);
        std::iter::once(1.0).chain(rates).collect()
    };
    Design {
        rows: load.rates.iter().map(row).collect(),
        y: load.busy.iter().map(|busy| busy / scales.all).collect(),
        ties: Vec::new(),
        sign: Sign::NotBelowZero,
    }
}

/// What there is to say, in natural units.
struct Said<'a> {
    load: &'a Load,
    asked: &'a [usize],
    scales: &'a Scales,
    fit: &'a Fit,
    spread: &'a Spread,
}

impl Said<'_> {
    /// The mean rate of an endpoint.
    fn rate(&self, at: usize) -> f64 {
        self.load.rates.iter().map(|row| row[at]).sum::<f64>() / self.load.rates.len() as f64
    }

    /// A combination with one column, in natural units.
    fn only(&self, column: usize) -> Vec<f64> {
        let mut combination = vec![0.0; self.fit.coefficients.len()];
        combination[column] = self.scales.all / self.scales.unit[column];
        combination
    }

    fn background(&self, untold: &[Untold]) -> Amount {
        let own = self.spread.amount(&self.only(BACKGROUND));
        match untold.iter().find(|one| one.with_background) {
            Some(group) => Amount {
                from: 0.0,
                to: group.together.to.max(own.value),
                ..own
            },
            None => own,
        }
    }

    fn endpoints(&self, untold: &[Untold]) -> Vec<Option<Amount>> {
        let endpoints = self.load.rates.first().map_or(0, Vec::len);
        let each = (0..endpoints).map(|at| {
            let column = 1 + self.asked.iter().position(|asked| *asked == at)?;
            let own = self.spread.amount(&self.only(column));
            let group = untold.iter().find(|group| group.endpoints.contains(&at));
            // It may take nothing, or all that its group takes.
            Some(group.map_or(own, |group| Amount {
                from: 0.0,
                to: (group.together.to / self.rate(at)).max(own.value),
                ..own
            }))
        });
        each.collect()
    }

    fn untold(&self, group: &Group) -> Untold {
        let with_background = group.columns.contains(&BACKGROUND);
        let endpoints = group.columns.iter().filter(|column| **column != BACKGROUND);
        let endpoints: Vec<usize> = endpoints.map(|column| self.asked[column - 1]).collect();
        let mut together = vec![0.0; self.fit.coefficients.len()];
        for column in &group.columns {
            let rate = match *column {
                BACKGROUND => 1.0,
                column => self.rate(self.asked[column - 1]),
            };
            together[*column] = rate * self.scales.all / self.scales.unit[*column];
        }
        let together = self.spread.amount(&together);
        let requests: f64 = endpoints.iter().map(|at| self.rate(*at)).sum();
        Untold {
            in_proportion: group.is_in_proportion(),
            with_background,
            endpoints,
            each: Amount {
                value: together.value / requests,
                from: together.from / requests,
                to: together.to / requests,
            },
            together,
        }
    }

    fn bend(&self, design: &Design, place: bend::Place) -> Bend {
        let column = self.fit.coefficients.len() - 1;
        let mut unit = vec![0.0; column + 1];
        unit[column] = 1.0;
        let change = self.spread.amount(&unit);
        let work = bend::works(design, &self.fit.coefficients[..column], 1);
        let mean = work.iter().sum::<f64>() / work.len() as f64;
        let requests: f64 = self.asked.iter().map(|at| self.rate(*at)).sum();
        let (busiest, row) = work
            .iter()
            .zip(&design.rows)
            .fold((0.0_f64, None), |most, next| match *next.0 > most.0 {
                true => (*next.0, Some(next.1)),
                false => most,
            });
        let beyond = row.map_or(0.0, |row| row[column]) * self.fit.coefficients[column];
        let background = self.fit.coefficients[BACKGROUND];
        let turned = |change: f64| (1.0_f64 + place.sign * change).max(0.0);
        let (one, other) = (turned(change.from), turned(change.to));
        Bend {
            rate: requests * place.at / mean,
            busy: (background + place.at) * self.scales.all,
            slope: Amount {
                value: turned(change.value),
                from: one.min(other),
                to: one.max(other),
            },
            at_most: beyond / (background + busiest + beyond),
        }
    }
}

#[cfg(test)]
mod tests;
