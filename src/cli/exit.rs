//! Every exit code, once, and which of several holds.
//!
//! One idea: a script reads a number, a person reads the last line; both come from one [`Ending`],
//! so they cannot disagree.

use std::fmt;
use std::process::ExitCode;

use super::args::FailOn;
use crate::base::visible::visible;
use crate::report::words;
use crate::results::{ObjectiveVerdict, Results, SizeFound, Stopped, TipFound};
use crate::study::{Demands, Outcome, Tolerance, outcome};

/// How a command can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All well.
    Done,
    /// It could not be done: files, limits, or a fault of ours.
    CouldNot,
    /// The command line makes no sense.
    Usage,
    /// A variant is worse than the baseline.
    Worse,
    /// A study in shards needs another round.
    Round,
    /// Launches of a study in shards are missing.
    Lacking,
    /// Not known at the allowed cost.
    Unclear,
    /// An objective failed.
    ObjectiveFailed,
    /// The model is invalid, or it or a data file of it is no text.
    InvalidModel,
    /// Somebody interrupted it.
    Interrupted,
}

/// All of them, in the order of their numbers.
pub const ALL: [Exit; 10] = [
    Exit::Done,
    Exit::CouldNot,
    Exit::Usage,
    Exit::Round,
    Exit::Lacking,
    Exit::Worse,
    Exit::Unclear,
    Exit::ObjectiveFailed,
    Exit::InvalidModel,
    Exit::Interrupted,
];

impl Exit {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::CouldNot => 1,
            Exit::Usage => 2,
            Exit::Round => 95,
            Exit::Lacking => 96,
            Exit::Worse => 97,
            Exit::Unclear => 98,
            Exit::ObjectiveFailed => 99,
            Exit::InvalidModel => 104,
            Exit::Interrupted => 105,
        }
    }

    /// What it means, for help and man page.
    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Done => "all well",
            Exit::CouldNot => "could not do it (files, limits, internal)",
            Exit::Usage => "wrong usage",
            Exit::Round => "another round is needed (shard merge)",
            Exit::Lacking => "launches are missing (shard merge)",
            Exit::Worse => "worse than the baseline (compare --fail-on worse)",
            Exit::Unclear => "unclear at the allowed cost",
            Exit::ObjectiveFailed => "an objective failed",
            Exit::InvalidModel => "invalid model, or a file of it that is not UTF-8 text",
            Exit::Interrupted => "interrupted (what was finished is kept and named)",
        }
    }
}

/// How a command ended, and why in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The code.
    pub exit: Exit,
    /// Why, as a fragment without full stop.
    pub why: String,
}

impl Ending {
    /// An ending with its reason, which may quote what somebody typed.
    pub fn new(exit: Exit, why: impl Into<String>) -> Ending {
        Ending {
            exit,
            why: visible(&why.into()).into_owned(),
        }
    }

    /// All well, with what was reached.
    pub fn done(why: impl Into<String>) -> Ending {
        Ending::new(Exit::Done, why)
    }

    /// It could not be done.
    pub fn could_not(why: &impl fmt::Display) -> Ending {
        Ending::new(Exit::CouldNot, why.to_string())
    }

    /// The code for the shell.
    pub fn code(&self) -> ExitCode {
        ExitCode::from(self.exit.code())
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit {}: {}", self.exit.code(), self.why)
    }
}

/// How `run` ends with these results: by its objectives.
pub fn of_run(results: &Results) -> Ending {
    let objectives = results
        .order
        .first()
        .map_or(0, |name| of_variant(results, name).count());
    ending(results, &Demands::default()).unwrap_or_else(|| {
        Ending::done(match objectives {
            0 => "the model names no objectives".to_owned(),
            1 => "the objective is met".to_owned(),
            n => format!("all {n} objectives are met"),
        })
    })
}

/// How `compare` ends with these results: by the objectives of the variant that is required, then
/// by what it was told to fail on.
pub fn of_compare(results: &Results, require: Option<&String>, fail_on: &[FailOn]) -> Ending {
    let refused = |what: FailOn| match fail_on.contains(&what) {
        true => Tolerance::Refused,
        false => Tolerance::Accepted,
    };
    let demands = Demands {
        require: require.cloned(),
        worse: refused(FailOn::Worse),
        unclear: refused(FailOn::Unclear),
    };
    let compared = || format!("{} compared", counted(results.order.len(), "variant"));
    ending(results, &demands).unwrap_or_else(|| {
        Ending::done(match require {
            Some(name) => format!("{}, no objective of `{name}` failed", compared()),
            None => compared(),
        })
    })
}

/// How `calibrate` ends with these results: what was measured is not what must hold, so objectives
/// play no part.
pub fn of_calibrate(results: &Results) -> Ending {
    let found = results.answers.calibrate.as_ref();
    let inputs = counted(found.map_or(0, |one| one.params.len()), "input");
    match found {
        _ if !results.complete => cut_short(results, "the best combination so far is kept"),
        Some(found) if found.settled => Ending::done(format!("{inputs} fitted")),
        _ => Ending::new(
            Exit::Unclear,
            format!("{inputs} fitted without intervals at this cost"),
        ),
    }
}

/// How `size` ends with these results.
pub fn of_size(results: &Results) -> Ending {
    let found = results.answers.size.as_ref();
    match found {
        None => Ending::new(Exit::Interrupted, "interrupted before anything was found"),
        Some(_) if !results.complete && results.stopped != Stopped::Time => {
            cut_short(results, "what was found so far is kept")
        }
        Some(size) if !size.settled => {
            Ending::new(Exit::Unclear, "the border is not settled at this cost")
        }
        Some(size) if size.found == SizeFound::Nothing => {
            Ending::new(Exit::ObjectiveFailed, "no value of the range is enough")
        }
        Some(size) if size.found == SizeFound::All => {
            Ending::done("every value of the range is enough")
        }
        Some(_) => Ending::done("the value and its neighbours were looked at"),
    }
}

/// How `compare --best` ends with these results.
pub fn of_best(results: &Results) -> Ending {
    match &results.answers.best {
        _ if !results.complete => cut_short(results, "what was found so far is kept"),
        Some(best) if best.settled => Ending::done(format!("`{}` is the best", best.variant)),
        _ => Ending::new(
            Exit::Unclear,
            "which variant is best is not settled at this cost",
        ),
    }
}

/// How `uncertain` ends with these results: by the chance that a launch meets every objective,
/// whatever the inputs are.
pub fn of_uncertain(results: &Results) -> Ending {
    let found = results.answers.uncertain.as_ref();
    let outcome = found.and_then(|one| one.outcome.as_ref());
    if !results.complete {
        let draws = counted(found.map_or(0, |one| one.draws as usize), "draw");
        return cut_short(results, &format!("{draws} finished and kept"));
    }
    match outcome.and_then(|one| Some((one.chance?, one.required?))) {
        None if found.is_none() => {
            Ending::new(Exit::Unclear, "the time is over before a draw was finished")
        }
        None => Ending::done("the model names no objectives"),
        Some((chance, required)) if chance.low >= required => {
            Ending::done("the objectives are met often enough over the ranges")
        }
        Some((chance, required)) if chance.high < required => Ending::new(
            Exit::ObjectiveFailed,
            "the objectives are not met often enough over the ranges",
        ),
        Some(_) => {
            let why = "how often the objectives are met is unclear at this cost";
            Ending::new(Exit::Unclear, why)
        }
    }
}

/// How `sweep` ends with these results: what is looked at is not what must hold, so objectives play
/// no part.
pub fn of_sweep(results: &Results) -> Ending {
    if results.answers.scalability.is_some() {
        return Ending::done("the law is fitted");
    }
    let swept = results.answers.sweep.as_ref();
    let all = swept.map_or(0, |sweep| sweep.launches.len());
    let played = swept.iter().flat_map(|sweep| &sweep.launches);
    let played = played.filter(|launches| **launches > 0).count();
    match results.stopped {
        Stopped::Interrupted | Stopped::Partial => cut_short(
            results,
            &format!("{played} of {all} combinations are finished and kept"),
        ),
        Stopped::Time if played < all => Ending::new(
            Exit::Unclear,
            format!("the time allowed was enough for {played} of {all} combinations"),
        ),
        Stopped::Time | Stopped::Replications | Stopped::Precision | Stopped::Budget => {
            Ending::done(format!("{} played", counted(played, "combination")))
        }
    }
}

/// How `tip` ends with these results.
pub fn of_tip(results: &Results) -> Ending {
    let columns = results.answers.tip.iter().flat_map(|tip| &tip.columns);
    let missing = columns.clone().any(|one| one.found == TipFound::Nothing);
    let unsettled = columns.clone().any(|one| !one.settled);
    let borders: usize = columns.map(|one| one.borders.len()).sum();
    match results.stopped {
        Stopped::Interrupted | Stopped::Partial => {
            cut_short(results, &format!("{} kept", counted(borders, "border")))
        }
        _ if missing || unsettled => {
            let why = "the border is not settled everywhere at this cost";
            Ending::new(Exit::Unclear, why)
        }
        Stopped::Time | Stopped::Replications | Stopped::Precision | Stopped::Budget => {
            Ending::done(format!("{} found", counted(borders, "border")))
        }
    }
}

/// How `explain` ends with these results: what is explained has failed, so objectives play no part.
pub fn of_explain(results: &Results) -> Ending {
    let found = results.answers.explain.as_ref();
    let causes = found.map_or(0, |one| one.causes.len());
    let is_nothing = found
        .and_then(|one| one.impact.value?.estimate)
        .is_none_or(|value| value <= 0.0);
    match causes {
        _ if results.stopped.is_unfinished() => cut_short(
            results,
            "the causes are not told apart, the launches are kept",
        ),
        _ if found.is_none() => {
            let why = "the time is over before the causes were told apart: allow more";
            Ending::new(Exit::Unclear, why)
        }
        _ if is_nothing => Ending::done("nothing to explain"),
        0 => Ending::new(Exit::Unclear, "no cause can be seen at this cost"),
        n => Ending::done(format!("{} told", counted(n, "cause"))),
    }
}

/// The ending of a study that came to no end of its own, with what there is of it.
fn cut_short(results: &Results, what: &str) -> Ending {
    match results.stopped {
        Stopped::Partial => Ending::new(Exit::Lacking, format!("launches are missing; {what}")),
        Stopped::Time
        | Stopped::Replications
        | Stopped::Precision
        | Stopped::Budget
        | Stopped::Interrupted => Ending::new(Exit::Interrupted, format!("interrupted; {what}")),
    }
}

/// What there is to complain about, if anything.
fn ending(results: &Results, demands: &Demands) -> Option<Ending> {
    let among = |variant: &str| match results.command.as_str() {
        "run" => String::new(),
        _ => format!(" of `{variant}`"),
    };
    let (exit, why) = match outcome(results, demands) {
        Outcome::Well => return None,
        Outcome::Interrupted { replications } => {
            let kept = words::launches(replications);
            (
                Exit::Interrupted,
                format!("interrupted; {kept} finished and kept"),
            )
        }
        Outcome::ObjectiveFailed { variant, .. } => {
            let failed = of_variant(results, &variant);
            let failed = failed
                .filter(|verdict| *verdict == ObjectiveVerdict::Failed)
                .count();
            let why = format!("{}{} failed", counted(failed, "objective"), among(&variant));
            (Exit::ObjectiveFailed, why)
        }
        Outcome::Worse { variant, metric } => {
            (Exit::Worse, format!("`{variant}` is worse in `{metric}`"))
        }
        Outcome::Unclear { variant, what } => (
            Exit::Unclear,
            format!("`{what}`{} is unclear at this cost", among(&variant)),
        ),
    };
    Some(Ending::new(exit, why))
}

fn of_variant<'a>(results: &'a Results, name: &str) -> impl Iterator<Item = ObjectiveVerdict> + 'a {
    let variant = results.variants.get(name);
    let objectives = variant.map(|variant| variant.objectives.iter());
    objectives
        .into_iter()
        .flatten()
        .map(|objective| objective.verdict)
}

/// `1 shard`, `2 shards`.
pub(super) fn counted(n: usize, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        _ => format!("{n} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Objective, Variant};

    fn ran(verdicts: &[ObjectiveVerdict]) -> Results {
        let objective = |verdict: &ObjectiveVerdict| Objective {
            that: "share(served) >= 95%".to_owned(),
            verdict: *verdict,
            ..Objective::default()
        };
        let variant = Variant {
            objectives: verdicts.iter().map(objective).collect(),
            ..Variant::default()
        };
        Results {
            command: "run".to_owned(),
            order: vec!["baseline".to_owned()],
            variants: [("baseline".to_owned(), variant)].into(),
            replications: 7,
            ..Results::default()
        }
    }

    #[test]
    fn codes_are_those_of_the_contract() {
        let codes: Vec<u8> = ALL.iter().map(|exit| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 95, 96, 97, 98, 99, 104, 105]);
    }

    #[test]
    fn the_last_line_says_which_and_why() {
        use ObjectiveVerdict::{Failed, Met, Unclear};
        let said = |verdicts: &[ObjectiveVerdict]| of_run(&ran(verdicts)).to_string();
        assert_eq!(said(&[Met, Failed, Failed]), "exit 99: 2 objectives failed");
        let unclear = "exit 98: `share(served) >= 95%` is unclear at this cost";
        assert_eq!(said(&[Met, Unclear]), unclear);
        assert_eq!(said(&[Met]), "exit 0: the objective is met");
        assert_eq!(said(&[]), "exit 0: the model names no objectives");
        let mut stopped = ran(&[Failed]);
        stopped.stopped = Stopped::Interrupted;
        let kept = "exit 105: interrupted; 7 launches finished and kept";
        assert_eq!(of_run(&stopped).to_string(), kept);
    }

    #[test]
    fn a_comparison_answers_for_the_required_variant_alone() {
        let mut compared = ran(&[ObjectiveVerdict::Failed]);
        compared.command = "compare".to_owned();
        assert_eq!(
            of_compare(&compared, None, &[]).to_string(),
            "exit 0: 1 variant compared"
        );
        let required = of_compare(&compared, Some(&"baseline".to_owned()), &[]);
        assert_eq!(
            required.to_string(),
            "exit 99: 1 objective of `baseline` failed"
        );
    }
}
