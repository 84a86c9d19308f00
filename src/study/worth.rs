//! What each change of a variant is worth: the combinations, run and shared out.
//!
//! One idea: a combination of changes is a model like any other, so those that equal a variant
//! (nothing, everything, a member alone) are not run again, and of the others only the values of
//! headline metrics are kept. They meet the same replications as the variants, but only as many of
//! them as their intervals need: what a change is worth is read as a part of the whole, so it is
//! known well enough when it cannot be off by more than matters, or by a tenth of the whole.

use std::collections::BTreeMap;

use crate::base::time::Time;
use crate::estimate::attribution::{SHAPLEY_CHANGES_MAX, by_shapley, factorial, one_at_a_time};
use crate::model::{Checked, Part};
use crate::program::{self, Asked, Program};
use crate::results::{Attribution, Difference};
use crate::study::contender::{Contender, Identity, apply, identity, room};
use crate::study::fill::Sight;
use crate::study::launches::{Rows, job, values};
use crate::study::lens::Lens;
use crate::study::plan::{Attribute, Effort, Failure, Plan};
use crate::study::replicate::Crew;
use crate::study::trigger::Judge;

/// The values of one metric in one run, by replication.
type Values = Vec<Option<f64>>;

/// What was compared, as far as the worth of changes needs it.
pub(crate) struct Compared<'a> {
    /// The model as it is.
    pub(crate) model: &'a Checked,
    /// Those compared, the baseline first.
    pub(crate) contenders: &'a [Contender],
    /// What was kept of them.
    pub(crate) sights: &'a [Sight<'a>],
    /// The metrics to share out.
    pub(crate) headline: &'a [String],
    /// The replications.
    pub(crate) numbers: &'a [u32],
    /// How launches are judged.
    pub(crate) judge: Option<&'a Judge>,
    /// How the variants differ from the baseline, for what matters of each metric.
    pub(crate) differences: &'a BTreeMap<String, BTreeMap<String, Difference>>,
}

/// A variant that is taken apart.
struct Apart {
    name: String,
    parts: Vec<Part>,
    /// The changes of every combination that is needed, in the order that the estimate wants.
    combinations: Vec<Identity>,
}

/// A combination that equals no contender.
struct Extra {
    name: String,
    identity: Identity,
    model: Checked,
    program: Program,
}

/// Replications of a combination that are made at a time.
const AT_A_TIME: usize = 5;

/// Replications of a combination that are asked for in advance, where others play them: more are
/// seldom needed.
const FORESEEN: u32 = 20;

/// What part of the whole the half width of a share may be.
const PART: f64 = 0.1;

/// The worth of the changes of every variant that has several, by variant and metric. A variant
/// of which some changes alone make no valid model has none.
pub(crate) fn worth(
    compared: &Compared<'_>,
    plan: &Plan,
    crew: &Crew<'_>,
) -> Result<BTreeMap<String, BTreeMap<String, Attribution>>, Failure> {
    let (apart, extras) = take_apart((compared.model, compared.contenders), plan);
    let lenses: Vec<(String, Lens<'_>)> = extras
        .iter()
        .map(|extra| {
            let lens = Lens::new(&extra.model, &extra.program, compared.judge);
            (extra.name.clone(), lens)
        })
        .collect();
    let mut runs = Runs {
        compared,
        identities: extras.iter().map(|extra| &extra.identity).collect(),
        rows: extras.iter().map(|_| Rows::new()).collect(),
    };
    let mut wanting: Vec<usize> = (0..extras.len()).collect();
    while !wanting.is_empty() {
        let done = runs.rows[wanting[0]].len();
        let end = (done + AT_A_TIME).min(compared.numbers.len());
        let chosen: Vec<&(String, Lens<'_>)> = wanting.iter().map(|&at| &lenses[at]).collect();
        let numbers = &compared.numbers[done..end];
        let more = values(&chosen, compared.headline, numbers, (plan, crew))?;
        for (&at, rows) in wanting.iter().zip(more) {
            runs.rows[at].extend(rows);
        }
        if crew.is_lacking() {
            break;
        }
        let unknown = apart.iter().filter(|one| !runs.is_known(one, plan));
        let needed: Vec<&Identity> = unknown.flat_map(|one| &one.combinations).collect();
        wanting.retain(|&at| end < compared.numbers.len() && needed.contains(&runs.identities[at]));
    }
    let mut all = BTreeMap::new();
    for one in &apart {
        let found = compared.headline.iter().filter_map(|metric| {
            let mut shared = runs.attribution(one, metric, plan)?;
            let difference = compared.differences.get(&one.name)?.get(metric);
            shared.verdict = difference.and_then(|found| found.verdict);
            Some((metric.clone(), shared))
        });
        all.insert(one.name.clone(), found.collect());
    }
    Ok(all)
}

/// Asks for the replications that [`worth`] will ask for first, where somebody else plays them: so
/// that they are played beside those of the variants, and not after them.
pub(crate) fn foresee(of: (&Checked, &[Contender]), plan: &Plan, crew: &Crew<'_>) {
    let Effort::Replications(all) = plan.effort else {
        return;
    };
    let foreseen = match plan.attribute {
        Attribute::Factorial => all,
        _ => all.min(FORESEEN),
    };
    for extra in &take_apart(of, plan).1 {
        crew.foresee(&job(&extra.program, 0, plan), 0..foreseen);
    }
}

/// The variants to take apart, and the combinations that must be run for it.
fn take_apart(
    (model, contenders): (&Checked, &[Contender]),
    plan: &Plan,
) -> (Vec<Apart>, Vec<Extra>) {
    let mut apart = Vec::new();
    let mut extras: Vec<Extra> = Vec::new();
    for contender in contenders {
        let wanted = match plan.attribute {
            Attribute::Every | Attribute::Factorial => true,
            Attribute::Composed => !contender.of.is_empty(),
            Attribute::Nothing => false,
        };
        let parts = model.parts(&contender.name).unwrap_or_default();
        if !wanted || parts.len() < 2 {
            continue;
        }
        let found: Option<Vec<(Identity, Option<Extra>)>> = needed(parts.len())
            .into_iter()
            .map(|members| {
                combination(
                    (model, contenders),
                    contender,
                    (&parts, &members),
                    plan.from,
                )
            })
            .collect();
        let mut combinations = Vec::new();
        for (identity, extra) in found.into_iter().flatten() {
            let mut known = extras.iter().map(|extra| &extra.identity);
            if !known.any(|one| *one == identity) {
                extras.extend(extra);
            }
            combinations.push(identity);
        }
        if !combinations.is_empty() {
            apart.push(Apart {
                name: contender.name.clone(),
                parts,
                combinations,
            });
        }
    }
    (apart, extras)
}

/// Some of a variant's changes, and what must be run for them if they equal no contender. `None`
/// if they make no valid model.
fn combination(
    (original, contenders): (&Checked, &[Contender]),
    contender: &Contender,
    (parts, members): (&[Part], &[usize]),
    from: Option<Time>,
) -> Option<(Identity, Option<Extra>)> {
    let chosen: Vec<&Part> = members.iter().map(|&member| &parts[member]).collect();
    let changes: Vec<_> = chosen
        .iter()
        .flat_map(|part| part.changes.iter().cloned())
        .collect();
    let identity = identity(&changes);
    let mut known = contenders.iter();
    if known.any(|one| one.identity == identity) {
        return Some((identity, None));
    }
    let names: Vec<&str> = chosen.iter().map(|part| part.name.as_str()).collect();
    let name = format!("{} with {}", contender.name, names.join(" and "));
    let model = apply(original, &name, &changes, from).ok()?;
    let asked = Asked {
        cut: Some(contender.program.clock.cut),
        servers: room(&contender.program),
        ..Asked::default()
    };
    let extra = Extra {
        program: program::compile(&model, &asked),
        name,
        identity: identity.clone(),
        model,
    };
    Some((identity, Some(extra)))
}

/// The combinations of n changes that are needed: all of them; or with too many changes none, each
/// alone, and all together.
fn needed(n: usize) -> Vec<Vec<usize>> {
    if n <= SHAPLEY_CHANGES_MAX {
        let of = |bits: usize| (0..n).filter(|member| bits & (1 << member) != 0).collect();
        return (0..1 << n).map(of).collect();
    }
    let mut all = vec![Vec::new()];
    all.extend((0..n).map(|member| vec![member]));
    all.push((0..n).collect());
    all
}

/// Runs by what identifies them.
struct Runs<'a> {
    compared: &'a Compared<'a>,
    /// Of each combination that equals no contender.
    identities: Vec<&'a Identity>,
    /// Its replications so far: the first ones of the study.
    rows: Vec<Rows>,
}

impl Runs<'_> {
    /// What the changes of a variant are worth on a metric, from the replications in which every
    /// combination was run.
    fn attribution(&self, apart: &Apart, metric: &str, plan: &Plan) -> Option<Attribution> {
        let names: Vec<String> = apart.parts.iter().map(|part| part.name.clone()).collect();
        let index = self
            .compared
            .headline
            .iter()
            .position(|one| one == metric)?;
        let columns: Vec<Values> = apart
            .combinations
            .iter()
            .map(|identity| self.values(identity, (index, metric)))
            .collect();
        let slices: Vec<&[Option<f64>]> = columns.iter().map(Vec::as_slice).collect();
        if names.len() <= SHAPLEY_CHANGES_MAX {
            let mut found = by_shapley(&names, &slices, plan.confidence)?;
            if plan.attribute == Attribute::Factorial {
                found.factorial = factorial(&names, &slices, plan.confidence);
            }
            Some(found)
        } else {
            one_at_a_time(&names, &slices, plan.confidence)
        }
    }

    /// Whether what every change of a variant is worth is known well enough on all metrics that
    /// can be shared out at all.
    fn is_known(&self, apart: &Apart, plan: &Plan) -> bool {
        if plan.attribute == Attribute::Factorial {
            return false;
        }
        self.compared.headline.iter().all(|metric| {
            let Some(found) = self.attribution(apart, metric, plan) else {
                return true;
            };
            let differences = self.compared.differences.get(&apart.name);
            let difference = differences.and_then(|all| all.get(metric));
            let matters = difference.and_then(|found| found.threshold).unwrap_or(0.0);
            is_narrow(&found, matters)
        })
    }

    /// The values of a headline metric, given by its number and name, in the run of these changes:
    /// none where it was not run.
    fn values(&self, wanted: &Identity, (index, metric): (usize, &str)) -> Values {
        let mut contenders = self.compared.contenders.iter();
        if let Some(at) = contenders.position(|one| one.identity == *wanted) {
            return self.compared.sights[at].metric(metric);
        }
        let mut extras = self.identities.iter();
        let rows = extras
            .position(|identity| *identity == wanted)
            .map_or(&[][..], |at| &self.rows[at]);
        let value = |row: &Option<Values>| row.as_ref().and_then(|values| values[index]);
        let mut values: Values = rows.iter().map(value).collect();
        values.resize(self.compared.numbers.len(), None);
        values
    }
}

/// Whether no share of the whole can be off by more than matters, or by a tenth of the whole.
fn is_narrow(found: &Attribution, matters: f64) -> bool {
    let whole = found.total.and_then(|total| total.estimate).unwrap_or(0.0);
    let enough = matters.max(PART * whole.abs());
    found.parts.values().all(|part| {
        let interval = part.share.or(part.alone);
        let ends = interval.and_then(|share| share.low.zip(share.high));
        ends.is_none_or(|(low, high)| (high - low) / 2.0 <= enough)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{AttributionPart, Estimate};

    #[test]
    fn a_share_is_known_when_it_is_off_by_less_than_matters_or_a_tenth() {
        let of = |mid: f64, half: f64| {
            Some(Estimate {
                estimate: Some(mid),
                low: Some(mid - half),
                high: Some(mid + half),
                ..Estimate::default()
            })
        };
        let found = |half: f64| {
            let share = of(0.25, half);
            let part = AttributionPart { share, alone: None };
            Attribution {
                total: of(0.5, 0.0),
                parts: [("a".to_owned(), part)].into(),
                ..Attribution::default()
            }
        };
        assert!(is_narrow(&found(0.009), 0.01) && is_narrow(&found(0.049), 0.01));
        assert!(!is_narrow(&found(0.051), 0.01));
        assert!(is_narrow(&found(0.051), 0.06));
    }

    #[test]
    fn combinations_are_numbered_by_their_bits() {
        assert_eq!(needed(2), [vec![], vec![0], vec![1], vec![0, 1]]);
        assert_eq!(needed(5).len(), 32);
        let many = needed(6);
        assert_eq!(many.len(), 8);
        assert_eq!(
            (many[0].len(), many[3].as_slice(), many[7].len()),
            (0, &[2][..], 6)
        );
    }
}
