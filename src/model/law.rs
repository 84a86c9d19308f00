//! Distributions as they are written: families, their parameters and their synonyms.
//!
//! Planners know the mean and the coefficient of variation, so these come first; native parameters
//! go by keyword. What a family computes is not known here.

use super::files::{Files, numeric_columns};
use super::value::{Amount, Argument, ArgumentValue, Law, Thing};
use crate::base::time::Time;
use crate::random::family::{Distribution, LawError};
use crate::text::nearest::suggestion;
use crate::text::{Diagnostic, Place};

/// What the values of a distribution are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dimension {
    /// Durations, in seconds.
    Time,
    /// Counts or plain numbers.
    Number,
}

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// In the unit of the distribution's values.
    Value,
    /// A plain number.
    Plain,
}

/// A way to write a family: its parameters in positional order.
struct Form {
    family: &'static str,
    parameters: &'static [(&'static str, Role)],
    make: fn(&[f64]) -> Result<Distribution, LawError>,
}

const FORMS: [Form; 17] = [
    form("constant", &[("value", Role::Value)], |p| {
        Distribution::constant(p[0])
    }),
    form("exp", &[("mean", Role::Value)], |p| {
        Distribution::exponential(p[0])
    }),
    form("exponential", &[("mean", Role::Value)], |p| {
        Distribution::exponential(p[0])
    }),
    form(
        "lognormal",
        &[("mean", Role::Value), ("cv", Role::Plain)],
        |p| Distribution::lognormal(p[0], p[1]),
    ),
    form(
        "lognormal",
        &[("mean", Role::Value), ("sigma", Role::Plain)],
        |p| Distribution::lognormal_sigma(p[0], p[1]),
    ),
    form(
        "lognormal",
        &[("median", Role::Value), ("sigma", Role::Plain)],
        |p| Distribution::lognormal_median(p[0], p[1]),
    ),
    form(
        "gamma",
        &[("mean", Role::Value), ("cv", Role::Plain)],
        |p| Distribution::gamma(p[0], p[1]),
    ),
    form(
        "gamma",
        &[("mean", Role::Value), ("shape", Role::Plain)],
        |p| Distribution::gamma_shape(p[0], p[1]),
    ),
    form(
        "gamma",
        &[("shape", Role::Plain), ("scale", Role::Value)],
        |p| Distribution::gamma_shape(p[0] * p[1], p[0]),
    ),
    form(
        "erlang",
        &[("k", Role::Plain), ("mean", Role::Value)],
        |p| Distribution::erlang(p[0], p[1]),
    ),
    form(
        "hyperexp",
        &[("mean", Role::Value), ("cv", Role::Plain)],
        |p| Distribution::hyperexponential(p[0], p[1]),
    ),
    form(
        "uniform",
        &[("low", Role::Value), ("high", Role::Value)],
        |p| Distribution::uniform(p[0], p[1]),
    ),
    form(
        "weibull",
        &[("shape", Role::Plain), ("scale", Role::Value)],
        |p| Distribution::weibull(p[0], p[1]),
    ),
    form(
        "pareto",
        &[("shape", Role::Plain), ("min", Role::Value)],
        |p| Distribution::pareto(p[0], p[1]),
    ),
    form("geometric", &[("mean", Role::Plain)], |p| {
        Distribution::geometric(p[0])
    }),
    form("poisson", &[], |_| Distribution::exponential(1.0)),
    form("bursty", &[("cv", Role::Plain)], |p| {
        Distribution::gamma(1.0, p[0])
    }),
];

/// Families that stand for gaps of mean 1 only.
const GAPS: [&str; 2] = ["poisson", "bursty"];
/// Families whose arguments are not a list of parameters.
const SPECIAL: [&str; 3] = ["mix", "quantiles", "file"];
/// Families of counts only.
const COUNTS: [&str; 1] = ["geometric"];

const fn form(
    family: &'static str,
    parameters: &'static [(&'static str, Role)],
    make: fn(&[f64]) -> Result<Distribution, LawError>,
) -> Form {
    Form {
        family,
        parameters,
        make,
    }
}

/// The names of the families that may stand where durations or counts are expected.
pub(crate) fn families() -> impl Iterator<Item = &'static str> + Clone {
    let mut last = "";
    let listed = FORMS.iter().map(|form| form.family).filter(move |family| {
        let is_new = *family != last;
        last = family;
        is_new && !GAPS.contains(family)
    });
    listed.chain(SPECIAL)
}

/// Makes the distribution that a value stands for.
pub(crate) fn distribution(
    thing: &Thing,
    dimension: Dimension,
    place: Place,
    files: &mut Lookup<'_>,
) -> Result<Distribution, Diagnostic> {
    match thing {
        Thing::Amount(amount) => {
            let value = value_of(*amount, dimension, place)?;
            Distribution::constant(value).map_err(|error| unfit("constant", &error, place))
        }
        Thing::Law(law) => Builder { dimension, files }.law(law),
    }
}

/// Makes the distribution of gaps that `bursty(cv=3)` or any law of mean 1 stands for.
pub(crate) fn gaps(law: &Law, files: &mut Lookup<'_>) -> Result<Distribution, Diagnostic> {
    let gaps = Builder {
        dimension: Dimension::Number,
        files,
    }
    .law(law)?;
    match gaps.mean() {
        Some(mean) if (mean - 1.0).abs() <= 1e-6 => Ok(gaps),
        mean => {
            let found = match mean {
                Some(mean) => format!("these gaps have a mean of {mean}"),
                None => "these gaps have no finite mean".to_owned(),
            };
            let expected = "expected a distribution of mean 1: it is stretched to the rate";
            Err(Diagnostic::new("E023", found)
                .at(law.place)
                .expected(expected))
        }
    }
}

/// The arguments of a law, and the bound that it must stay below with its place.
type Bounded<'l> = (Vec<&'l Argument>, Option<(f64, Place)>);

struct Builder<'a, 'f> {
    dimension: Dimension,
    files: &'a mut Lookup<'f>,
}

impl Builder<'_, '_> {
    fn law(&mut self, law: &Law) -> Result<Distribution, Diagnostic> {
        let family = law.family.as_str();
        if COUNTS.contains(&family) && self.dimension == Dimension::Time {
            let found = format!("`{family}` gives counts");
            let diagnostic = Diagnostic::new("E021", found).at(law.place);
            return Err(diagnostic.expected("expected a distribution of durations"));
        }
        let (arguments, max) = self.split_max(law)?;
        let base = match family {
            "mix" => self.mix(law, &arguments)?,
            "quantiles" => self.quantiles(law, &arguments)?,
            "file" => self.file(law, &arguments)?,
            _ => self.listed(law, &arguments)?,
        };
        let scaled = if law.factor.to_bits() == 1.0_f64.to_bits() {
            base
        } else {
            base.scaled(law.factor)
                .map_err(|error| unfit(family, &error, law.place))?
        };
        match max {
            Some((max, place)) => {
                // The bound stands in the parentheses, so what multiplies the law moves it too.
                let max = max * law.factor;
                scaled
                    .conditioned(max)
                    .map_err(|error| unfit(family, &error, place))
            }
            None => Ok(scaled),
        }
    }

    /// Takes the `max=` that every family understands from the others.
    fn split_max<'l>(&self, law: &'l Law) -> Result<Bounded<'l>, Diagnostic> {
        let (bounds, others): (Vec<&Argument>, Vec<&Argument>) = law
            .arguments
            .iter()
            .partition(|argument| argument.key.as_deref() == Some("max"));
        let max = match bounds.first() {
            Some(bound) => Some((self.number(bound, Role::Value)?, bound.place)),
            None => None,
        };
        match bounds.get(1) {
            Some(second) => Err(twice("max", second.place)),
            None => Ok((others, max)),
        }
    }

    fn listed(&self, law: &Law, arguments: &[&Argument]) -> Result<Distribution, Diagnostic> {
        let family = law.family.as_str();
        let forms: Vec<&Form> = FORMS.iter().filter(|form| form.family == family).collect();
        if forms.is_empty() {
            let found = format!("`{family}` is not a distribution");
            let help = suggestion(family, families());
            return Err(Diagnostic::new("E024", found)
                .at(law.place)
                .maybe_help(help));
        }
        let fitting = forms.iter().find(|form| fits(form, arguments));
        let Some(form) = fitting else {
            return Err(wrong_arguments(law, &forms, arguments));
        };
        let mut values = vec![0.0; form.parameters.len()];
        for (n, argument) in arguments.iter().enumerate() {
            let at = match &argument.key {
                Some(key) => form.parameters.iter().position(|(name, _)| name == key),
                None => Some(n),
            };
            let at = at.expect("the form fits, so it knows every key");
            values[at] = self.number(argument, form.parameters[at].1)?;
        }
        (form.make)(&values).map_err(|error| unfit(family, &error, law.place))
    }

    fn mix(&mut self, law: &Law, arguments: &[&Argument]) -> Result<Distribution, Diagnostic> {
        let mut parts = Vec::new();
        for argument in arguments {
            let Some(weight) = argument.weight else {
                let diagnostic = Diagnostic::new("E023", "a part of a mix has no share");
                let expected = "expected `share: distribution`, as in `95%: exp(200ms)`";
                return Err(diagnostic.at(argument.place).expected(expected));
            };
            let share = match weight {
                Amount::Number(share) | Amount::Percent(share) => share,
                other => return Err(wrong_unit(other, "a share", argument.place)),
            };
            let ArgumentValue::Thing(thing) = &argument.value else {
                return Err(not_a_number(argument));
            };
            let part = match thing {
                Thing::Law(inner) => self.law(inner)?,
                Thing::Amount(amount) => {
                    let value = value_of(*amount, self.dimension, argument.place)?;
                    Distribution::constant(value)
                        .map_err(|error| unfit("mix", &error, argument.place))?
                }
            };
            parts.push((share, part));
        }
        Distribution::mix(parts).map_err(|error| unfit("mix", &error, law.place))
    }

    fn quantiles(&self, law: &Law, arguments: &[&Argument]) -> Result<Distribution, Diagnostic> {
        let mut points = Vec::new();
        for argument in arguments {
            let key = argument.key.as_deref().unwrap_or_default();
            let percent = key.strip_prefix('p').and_then(quantile_of);
            let Some(share) = percent else {
                let found = "an argument of `quantiles` says no quantile";
                let expected = "expected `p50=20ms` and so on; `p999` is 99.9 %";
                return Err(Diagnostic::new("E023", found)
                    .at(argument.place)
                    .expected(expected));
            };
            points.push((share, self.number(argument, Role::Value)?));
        }
        Distribution::quantiles(points).map_err(|error| unfit("quantiles", &error, law.place))
    }

    fn file(&mut self, law: &Law, arguments: &[&Argument]) -> Result<Distribution, Diagnostic> {
        let (mut path, mut unit) = (None, None);
        for argument in arguments {
            match (&argument.key, &argument.value) {
                (None, ArgumentValue::Word(word)) if path.is_none() && !word.is_empty() => {
                    path = Some(word.as_str());
                }
                (Some(key), ArgumentValue::Word(word)) if key == "unit" => {
                    unit = Some((word.as_str(), argument.place));
                }
                _ => {
                    let found = "`file` takes a path and `unit=`";
                    return Err(Diagnostic::new("E023", found).at(argument.place));
                }
            }
        }
        let path =
            path.ok_or_else(|| Diagnostic::new("E023", "`file` names no path").at(law.place))?;
        let factor = self.unit_factor(unit, law.place)?;
        let text = (self.files)(path, law.place)?;
        let mut columns = numeric_columns(text, 1).map_err(|why| {
            Diagnostic::new("E025", format!("`{path}` cannot be used: {why}")).at(law.place)
        })?;
        let values = columns
            .swap_remove(0)
            .into_iter()
            .map(|value| value * factor)
            .collect();
        Distribution::empirical(values).map_err(|error| unfit(path, &error, law.place))
    }

    /// What one of a file's numbers is worth; durations need a unit, seconds unless said otherwise.
    fn unit_factor(&self, unit: Option<(&str, Place)>, place: Place) -> Result<f64, Diagnostic> {
        match (unit, self.dimension) {
            (None, _) => Ok(1.0),
            (Some((unit, at)), Dimension::Time) => {
                let one = Time::parse(&format!("1{unit}"));
                one.map(Time::as_secs_f64).map_err(|_| {
                    let found = format!("`{unit}` is not a unit of time");
                    Diagnostic::new("E023", found)
                        .at(at)
                        .help("units are ns, us, ms, s, m, h, d")
                })
            }
            (Some(_), Dimension::Number) => {
                Err(Diagnostic::new("E021", "counts have no unit").at(place))
            }
        }
    }

    fn number(&self, argument: &Argument, role: Role) -> Result<f64, Diagnostic> {
        let ArgumentValue::Thing(Thing::Amount(amount)) = &argument.value else {
            return Err(not_a_number(argument));
        };
        match (role, amount) {
            (Role::Value, _) => value_of(*amount, self.dimension, argument.place),
            (Role::Plain, Amount::Number(value) | Amount::Percent(value)) => Ok(*value),
            (Role::Plain, other) => Err(wrong_unit(*other, "a plain number", argument.place)),
        }
    }
}

/// `95` → 0.95, `999` → 0.999, `99.9` → 0.999: three digits and more go beyond the point.
fn quantile_of(digits: &str) -> Option<f64> {
    let plain = digits.chars().all(|c| c.is_ascii_digit());
    let text = match digits.len() {
        0 => return None,
        1 | 2 => format!("{digits}e-2"),
        _ if plain => format!("0.{digits}"),
        _ => format!("{digits}e-2"),
    };
    text.parse().ok()
}

fn fits(form: &Form, arguments: &[&Argument]) -> bool {
    let mut given = vec![false; form.parameters.len()];
    for (n, argument) in arguments.iter().enumerate() {
        let at = match &argument.key {
            Some(key) => form.parameters.iter().position(|(name, _)| name == key),
            None => (n < form.parameters.len()).then_some(n),
        };
        match at {
            Some(at) if !given[at] && argument.weight.is_none() => given[at] = true,
            _ => return false,
        }
    }
    given.into_iter().all(|given| given)
}

fn wrong_arguments(law: &Law, forms: &[&Form], arguments: &[&Argument]) -> Diagnostic {
    let written: Vec<String> = forms
        .iter()
        .map(|form| {
            let names: Vec<&str> = form.parameters.iter().map(|(name, _)| *name).collect();
            format!("`{}({})`", form.family, names.join(", "))
        })
        .collect();
    let expected = format!("expected {}", written.join(" or "));
    let known = |argument: &&&Argument| match &argument.key {
        Some(key) => forms
            .iter()
            .any(|form| form.parameters.iter().any(|(name, _)| name == key)),
        None => true,
    };
    let unknown = arguments.iter().find(|argument| !known(argument));
    let (found, place) = match unknown {
        Some(argument) => {
            let key = argument.key.as_deref().unwrap_or_default();
            (
                format!("`{}` has no parameter `{key}`", law.family),
                argument.place,
            )
        }
        None => (format!("`{}` has other parameters", law.family), law.place),
    };
    Diagnostic::new("E023", found).at(place).expected(expected)
}

fn value_of(amount: Amount, dimension: Dimension, place: Place) -> Result<f64, Diagnostic> {
    match (dimension, amount) {
        (Dimension::Time, Amount::Time(time)) => Ok(time.as_secs_f64()),
        (Dimension::Number, Amount::Number(number)) => Ok(number),
        (Dimension::Time, Amount::Number(number)) => {
            let diagnostic = Diagnostic::new("E021", format!("`{number}` has no unit of time"));
            let help = format!("write `{number}s` for seconds, or `{number}ms`");
            Err(diagnostic
                .at(place)
                .expected("expected a duration")
                .help(help))
        }
        (Dimension::Time, other) => Err(wrong_unit(other, "a duration", place)),
        (Dimension::Number, other) => Err(wrong_unit(other, "a plain number", place)),
    }
}

fn wrong_unit(found: Amount, expected: &str, place: Place) -> Diagnostic {
    let diagnostic = Diagnostic::new("E021", format!("{} does not fit here", found.kind()));
    diagnostic
        .at(place)
        .expected(format!("expected {expected}"))
}

fn not_a_number(argument: &Argument) -> Diagnostic {
    let diagnostic = Diagnostic::new("E023", "an argument is not a number");
    diagnostic
        .at(argument.place)
        .expected("expected a number with its unit")
}

fn twice(key: &str, place: Place) -> Diagnostic {
    Diagnostic::new("E023", format!("`{key}` is written twice")).at(place)
}

fn unfit(family: &str, error: &LawError, place: Place) -> Diagnostic {
    Diagnostic::new(
        "E023",
        format!("`{family}` with these parameters is not a distribution: {error}"),
    )
    .at(place)
}

/// Gives the text of the file that a path names at a place.
type Lookup<'f> = dyn FnMut(&str, Place) -> Result<&'f str, Diagnostic> + 'f;

/// Looks a path up and remembers that it was asked for.
pub(crate) fn lookup<'f>(
    files: &'f Files,
    asked: &'f mut std::collections::BTreeSet<String>,
) -> impl FnMut(&str, Place) -> Result<&'f str, Diagnostic> {
    move |path, place| {
        asked.insert(path.to_owned());
        files.text(path, place)
    }
}
