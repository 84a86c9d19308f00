//! What would settle what is unclear, and what to type next.
//!
//! One idea: a word that cannot be given yet is worth a number of launches, and that number a
//! command; where no sensible number of launches helps, that is said instead.

use super::{all_met_so_far, count_of, launches, small};
use crate::report::{number, reading};
use crate::results::{ObjectiveVerdict, Results, Stopped, Variant, Verdict};

/// How many times the estimate it may take at most, where the spread is known badly.
const AT_MOST: u64 = 3;

/// Launches that are still sensible, as a multiple of those done.
const SENSIBLE: u64 = 10;

/// What would settle something unclear: `about 50, at most 150, launches should settle it`.
pub fn settling(settled_by: Option<u64>, done: u32) -> String {
    match settled_by {
        Some(n) if n <= SENSIBLE * u64::from(done) => format!(
            "about {}, at most {}, launches should settle it",
            number::whole(n as f64),
            number::whole(n.saturating_mul(AT_MOST) as f64)
        ),
        Some(_) => "it would take too many launches to settle it".to_owned(),
        None => "more launches may settle it".to_owned(),
    }
}

/// `one of three objectives is unclear after 10 launches: about 29 would settle it`.
pub(super) fn unclear_objectives(variant: &Variant) -> String {
    if let Some(text) = all_met_so_far(variant) {
        return text;
    }
    let unclear = count_of(variant, ObjectiveVerdict::Unclear);
    let all = variant.objectives.len();
    let verb = if unclear == 1 { "is" } else { "are" };
    let which = match all {
        1 => "its objective".to_owned(),
        2 if unclear == 2 => "both objectives".to_owned(),
        _ if unclear == all => format!("all {} objectives", small(all)),
        _ => format!("{} of {} objectives", small(unclear), small(all)),
    };
    let judged = variant.objectives.iter().find_map(|o| o.chance);
    let Some(done) = judged.map(|p| p.n) else {
        return format!("{which} {verb} unclear");
    };
    let pronoun = if unclear == 1 { "it" } else { "them" };
    let settled = match objectives_settled_by(variant) {
        Some(n) => format!("about {} should settle {pronoun}", number::whole(n as f64)),
        None => format!("it would take too many to settle {pronoun}"),
    };
    format!("{which} {verb} unclear after {}: {settled}", launches(done))
}

/// What would settle an unclear objective: `about 29 launches should settle it if later launches
/// behave the same`.
pub(super) fn objective_settling(settled_by: Option<u64>) -> String {
    match settled_by {
        Some(n) => format!(
            "about {} launches should settle it if later launches behave the same",
            number::whole(n as f64)
        ),
        None => "it would take too many launches to settle it".to_owned(),
    }
}

/// Launches that would settle all that is unclear about a variant's objectives.
fn objectives_settled_by(variant: &Variant) -> Option<u64> {
    let unclear = variant.objectives.iter();
    let unclear = unclear.filter(|o| o.verdict == ObjectiveVerdict::Unclear);
    unclear
        .map(|o| o.settled_by)
        .collect::<Option<Vec<u64>>>()?
        .into_iter()
        .max()
}

/// Launches that would settle whatever can be settled of a study at a sensible cost.
fn settled_in_all(results: &Results) -> Option<u64> {
    let objectives = reading::variants(results).filter_map(|(_, v)| objectives_settled_by(v));
    let differences = results.differences.values().flat_map(|by| by.values());
    let differences = differences
        .filter(|found| found.verdict == Some(Verdict::Unclear))
        .filter_map(|found| {
            let sensible = SENSIBLE * u64::from(found.of);
            found.settled_by.filter(|n| *n <= sensible)
        });
    objectives.chain(differences).max()
}

/// How whoever reads an answer would ask for the same again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The model, with what was asked of all of it: `models/sale.toml --set param.rate=2`.
    pub model: String,
    /// The variant that was run in place of it.
    pub variant: Option<String>,
}

impl Asked {
    /// As far as results tell: the name of the file alone.
    pub fn of(results: &Results) -> Asked {
        Asked {
            model: results.model.file.clone(),
            variant: None,
        }
    }
}

/// The command that goes on from here: more launches if they settle something, else the what-ifs.
pub fn next_step(results: &Results, asked: &Asked) -> Option<String> {
    let model = &asked.model;
    // Where launches are missing they come first.
    if results.answers.versions.is_some() || results.stopped == Stopped::Partial {
        return None;
    }
    if let Some(launches) = settled_in_all(results) {
        let command = &results.command;
        let others: Vec<&str> = reading::others(results).map(|(name, _)| name).collect();
        let which = match command.as_str() {
            "compare" if others != results.model.variants => {
                format!(" --variants {}", others.join(","))
            }
            _ => asked
                .variant
                .as_ref()
                .map_or_else(String::new, |name| format!(" --variant {name}")),
        };
        return Some(format!(
            "Next: onrush {command} {model}{which} --replications {launches} (should be enough to \
             settle what is unclear)"
        ));
    }
    let failed = reading::baseline(results)
        .is_some_and(|variant| count_of(variant, ObjectiveVerdict::Failed) > 0);
    let has_what_ifs = results.command == "run" && !results.model.variants.is_empty();
    (failed && has_what_ifs).then(|| {
        format!(
            "Next: onrush compare {model} --variants {}",
            results.model.variants.join(",")
        )
    })
}
