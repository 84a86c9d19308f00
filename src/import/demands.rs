//! Demands: rates of endpoints beside how busy processors were, minute by minute, as a model.
//!
//! One idea: most people have no service times, and these two graphs say them: the cores that are
//! busy are the rates × CPU seconds of each endpoint, and a background (`estimate::demand`). Files
//! are tables or range queries of Prometheus, in any mixture; what falls into one minute belongs
//! together.

mod joined;
mod names;
mod queries;
mod said;
mod tables;
mod written;

use super::account::Account;
use super::lines::{Input, Lines, Volume};
use super::{Asked, Imported, Unusable, source};
use crate::base::time::Span;
use crate::estimate::demand::{Demands, demands};
use joined::{Joined, Readings};

/// How sure intervals are.
const CONFIDENCE: f64 = 0.95;

/// How files are to be read, where that is said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct How {
    /// Columns of tables by name or number: of the times, of the rates, then others as `cpu=…`.
    pub columns: Vec<String>,
    /// Whether rates are counts until the next row.
    pub is_count: bool,
    /// The time in which a rate counts requests.
    pub per: Option<Span>,
    /// The cores of a service, all its servers together.
    pub cores: Option<f64>,
}

/// A service, and what was found of it.
struct Found {
    name: String,
    /// All cores.
    cores: f64,
    /// The unit in which its values are.
    unit: names::Unit,
    /// Cores that were busy in the mean.
    mean: f64,
    demands: Demands,
}

/// Reads rates and utilisation.
///
/// # Errors
/// If nothing can be made of them.
pub fn import(inputs: Vec<Input<'_>>, how: &How, asked: &Asked) -> Result<Imported, Unusable> {
    let mut account = Account::of(source(&inputs));
    let (mut readings, mut read) = (Readings::default(), Volume::default());
    for input in inputs {
        let name = input.name.clone();
        let mut lines = Lines::new(vec![input], super::json::LONGEST);
        let is_json = matches!(lines.ahead().trim_ascii_start().first(), Some(b'{' | b'['));
        let taken = match is_json {
            true => queries::read(&mut lines, &name, &mut readings, &mut account),
            false => tables::read(&mut lines, how, &mut readings, &mut account),
        };
        read.streams += 1;
        read.lines += account.read.lines;
        read.bytes += account.read.bytes;
        account.read = read;
        if let Err((why, help)) = taken {
            return Err(Unusable::new(why, help, account));
        }
    }
    match made(&readings, how, asked, &mut account) {
        Ok(skeleton) => Ok(Imported::new(skeleton, account)),
        Err((why, help)) => Err(Unusable::new(why, Some(help.to_owned()), account)),
    }
}

/// Why nothing can be made of it, and what to do.
type Refused = (String, &'static str);

fn made(
    readings: &Readings,
    how: &How,
    asked: &Asked,
    account: &mut Account,
) -> Result<super::skeleton::Skeleton, Refused> {
    let has_rates = !readings.rates.is_empty();
    let Some(joined) = Joined::of(readings, asked.endpoints, account) else {
        return Err(match has_rates {
            true => (
                "it does not say how busy processors were".to_owned(),
                "give a column such as `cpu_percent`, name one with `--columns …,cpu=NAME`, or \
                 give a second file",
            ),
            false => (
                "it has no rates of requests".to_owned(),
                "give a column for each endpoint, or a column with its name beside one with rates",
            ),
        });
    };
    let mut found = Vec::new();
    for busy in &joined.busy {
        let (cores, unit) = joined::cores(busy, how.cores, account);
        let (load, left) = joined.load(busy, cores, unit);
        let minutes = load.busy.len();
        let Some(demands) = demands(&load, CONFIDENCE) else {
            account.doubtful.push(format!(
                "`{}` has {minutes} values beside all rates, too few for {} endpoints, or was \
                 never busy",
                busy.service,
                joined.rates.len()
            ));
            continue;
        };
        said::all(&joined, (busy, cores), (&demands, &load, left), account);
        found.push(Found {
            name: busy.service.clone(),
            cores,
            unit,
            mean: load.busy.iter().sum::<f64>() / minutes as f64,
            demands,
        });
    }
    // The busiest is in front; of equal ones the first by name.
    found.sort_by(|a, b| b.mean.total_cmp(&a.mean));
    if found.is_empty() {
        return Err((
            "there are too few minutes to tell endpoints apart".to_owned(),
            "four minutes for each endpoint are needed, and twenty in all; better some hundred",
        ));
    }
    said::law(&joined, &found[0].name, account);
    Ok(written::model(&joined, &found, asked, account))
}
