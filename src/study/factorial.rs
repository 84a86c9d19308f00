//! Which changes help or hinder each other: every combination of them.
//!
//! One idea: variants that are chosen make one more together, which is then taken apart as any
//! other variant of several changes, so that there is one way to play combinations.

use crate::estimate::attribution::SHAPLEY_CHANGES_MAX;
use crate::model::Checked;
use crate::model::variant::Variant;
use crate::results::Results;
use crate::study::compare;
use crate::study::plan::{Attribute, Failure, Plan};
use crate::study::replicate::Onlooker;

/// The name of the chosen variants together.
const TOGETHER: &str = "together";

/// Compares variants with the model as it is, and every combination of their changes with every
/// other: of the members of each chosen variant that has several, else of the chosen ones.
///
/// # Errors
/// As [`compare`](compare::compare), or if there is nothing to combine, or too much.
pub fn factorial(
    model: &Checked,
    variants: &[String],
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<Results, Failure> {
    let composed = |name: &String| {
        let mut all = model.variants.iter();
        all.any(|one| one.name == *name && one.of.len() > 1)
    };
    let of: Vec<String> = variants
        .iter()
        .filter(|name| composed(name))
        .cloned()
        .collect();
    let (model, chosen) = match (of.is_empty(), variants) {
        (false, _) => (model.clone(), of),
        (true, [_, _, ..]) => together(model, variants)?,
        (true, one) => (model.clone(), one.to_vec()),
    };
    for name in &chosen {
        let parts = model.parts(name).unwrap_or_default().len();
        let why = match parts {
            _ if chosen.len() > 1 && chosen.last() != Some(name) => continue,
            0 | 1 => format!("`{name}` is one change: choose two variants, or one made of several"),
            many if many > SHAPLEY_CHANGES_MAX => format!(
                "`{name}` has {many} changes, and at most {SHAPLEY_CHANGES_MAX} can be combined"
            ),
            _ => continue,
        };
        return Err(Failure::NothingToSize { why });
    }
    let plan = Plan {
        attribute: Attribute::Factorial,
        ..plan.clone()
    };
    compare::compare(&model, &chosen, &plan, onlooker)
}

/// The model with one more variant, made of those that are chosen.
fn together(model: &Checked, variants: &[String]) -> Result<(Checked, Vec<String>), Failure> {
    let known: Vec<String> = model.variants.iter().map(|one| one.name.clone()).collect();
    let stranger = variants.iter().find(|name| !known.contains(name));
    if let Some(name) = stranger {
        return Err(Failure::UnknownVariant {
            name: name.clone(),
            known,
        });
    }
    let mut name = TOGETHER.to_owned();
    while known.contains(&name) {
        name.push('+');
    }
    let mut changed = model.clone().into_model();
    let place = changed.variants.last().map(|one| one.place);
    changed.variants.push(Variant {
        name: name.clone(),
        label: None,
        of: variants.to_vec(),
        set: Vec::new(),
        place: place.expect("somebody is chosen"),
    });
    let changed = Checked::new(changed).expect("it was without errors, and nothing was read");
    let chosen = variants.iter().cloned().chain([name]).collect();
    Ok((changed, chosen))
}
