//! What each change of a variant is worth: the combinations, run and shared out.
//!
//! One idea: a combination of changes is a model like any other, so those that equal a variant
//! (nothing, everything, a member alone) are not run again, and of the others only the values of
//! headline metrics are kept. They meet the same replications as the variants.

use std::collections::BTreeMap;

use crate::estimate::attribution::{SHAPLEY_CHANGES_MAX, by_shapley, one_at_a_time};
use crate::model::{Checked, Part};
use crate::program::{self, Asked, Program};
use crate::results::Attribution;
use crate::study::contender::{Contender, Identity, apply, identity};
use crate::study::fill::Sight;
use crate::study::launches::{Rows, values};
use crate::study::lens::Lens;
use crate::study::plan::{Attribute, Failure, Plan};
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

/// The worth of the changes of every variant that has several, by variant and metric. A variant
/// of which some changes alone make no valid model has none.
pub(crate) fn worth(
    compared: &Compared<'_>,
    plan: &Plan,
    crew: &Crew<'_>,
) -> Result<BTreeMap<String, BTreeMap<String, Attribution>>, Failure> {
    let (apart, extras) = take_apart(compared, plan);
    let lenses: Vec<(String, Lens<'_>)> = extras
        .iter()
        .map(|extra| {
            let lens = Lens::new(&extra.model, &extra.program, compared.judge);
            (extra.name.clone(), lens)
        })
        .collect();
    let rows = values(&lenses, compared.headline, compared.numbers, (plan, crew))?;
    let runs = Runs {
        compared,
        extras: extras
            .iter()
            .map(|extra| &extra.identity)
            .zip(&rows)
            .collect(),
    };
    let mut all = BTreeMap::new();
    for one in &apart {
        let names: Vec<String> = one.parts.iter().map(|part| part.name.clone()).collect();
        let mut found = BTreeMap::new();
        for (index, metric) in compared.headline.iter().enumerate() {
            let columns: Vec<Values> = one
                .combinations
                .iter()
                .map(|identity| runs.values(identity, (index, metric)))
                .collect();
            let slices: Vec<&[Option<f64>]> = columns.iter().map(Vec::as_slice).collect();
            let shared = if names.len() <= SHAPLEY_CHANGES_MAX {
                by_shapley(&names, &slices, plan.confidence)
            } else {
                one_at_a_time(&names, &slices, plan.confidence)
            };
            found.extend(shared.map(|shared| (metric.clone(), shared)));
        }
        all.insert(one.name.clone(), found);
    }
    Ok(all)
}

/// The variants to take apart, and the combinations that must be run for it.
fn take_apart(compared: &Compared<'_>, plan: &Plan) -> (Vec<Apart>, Vec<Extra>) {
    let mut apart = Vec::new();
    let mut extras: Vec<Extra> = Vec::new();
    for contender in compared.contenders {
        let wanted = match plan.attribute {
            Attribute::Every => true,
            Attribute::Composed => !contender.of.is_empty(),
            Attribute::Nothing => false,
        };
        let parts = compared.model.parts(&contender.name).unwrap_or_default();
        if !wanted || parts.len() < 2 {
            continue;
        }
        let found: Option<Vec<(Identity, Option<Extra>)>> = needed(parts.len())
            .into_iter()
            .map(|members| combination(compared, contender, &parts, &members))
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
    compared: &Compared<'_>,
    contender: &Contender,
    parts: &[Part],
    members: &[usize],
) -> Option<(Identity, Option<Extra>)> {
    let chosen: Vec<&Part> = members.iter().map(|&member| &parts[member]).collect();
    let changes: Vec<_> = chosen
        .iter()
        .flat_map(|part| part.changes.iter().cloned())
        .collect();
    let identity = identity(&changes);
    let mut known = compared.contenders.iter();
    if known.any(|one| one.identity == identity) {
        return Some((identity, None));
    }
    let names: Vec<&str> = chosen.iter().map(|part| part.name.as_str()).collect();
    let name = format!("{} with {}", contender.name, names.join(" and "));
    let model = apply(compared.model, &name, &changes).ok()?;
    let asked = Asked {
        cut: Some(contender.program.clock.cut),
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
    extras: Vec<(&'a Identity, &'a Rows)>,
}

impl Runs<'_> {
    /// The values of a headline metric, given by its number and name, in the run of these changes.
    fn values(&self, wanted: &Identity, (index, metric): (usize, &str)) -> Values {
        let mut contenders = self.compared.contenders.iter();
        if let Some(at) = contenders.position(|one| one.identity == *wanted) {
            return self.compared.sights[at].metric(metric);
        }
        let mut extras = self.extras.iter();
        let rows = extras.find(|(identity, _)| *identity == wanted);
        let rows = rows.map(|(_, rows)| rows.iter());
        let value = |row: &Option<Values>| row.as_ref().and_then(|values| values[index]);
        rows.map(|rows| rows.map(value).collect())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
