//! How a study came out, for whoever must say yes or no: scripts by their exit code.
//!
//! One idea: a pure function of the document and of what was asked. Several reasons may apply;
//! interrupted goes before an objective that failed, that before worse, that before unclear.

use crate::results::{ObjectiveVerdict, Results, StandingVerdict, Stopped, Verdict};

/// What makes a study come out badly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demands {
    /// The variant whose objectives must hold; of a `run` the one it ran.
    pub require: Option<String>,
    /// A variant that is worse than the baseline, or better in some metrics and worse in others.
    pub worse: Tolerance,
    /// A headline metric of which it is unclear.
    pub unclear: Tolerance,
}

/// Whether something is put up with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tolerance {
    /// It is.
    #[default]
    Accepted,
    /// It makes the study come out badly.
    Refused,
}

/// How a study came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing to complain about.
    Well,
    /// It was interrupted; so many replications were finished.
    Interrupted {
        /// How many.
        replications: u32,
    },
    /// An objective failed.
    ObjectiveFailed {
        /// In which variant.
        variant: String,
        /// Which, as written.
        that: String,
    },
    /// A variant is worse than the baseline, or better in some metrics and worse in others.
    Worse {
        /// Which variant.
        variant: String,
        /// The first headline metric in which it is worse.
        metric: String,
    },
    /// It is not known whether an objective is met, or whether a metric differs.
    Unclear {
        /// In which variant.
        variant: String,
        /// The objective as written, or the metric.
        what: String,
    },
}

/// How a study came out.
pub fn outcome(results: &Results, demands: &Demands) -> Outcome {
    if results.stopped == Stopped::Interrupted {
        return Outcome::Interrupted {
            replications: results.replications,
        };
    }
    let required = match (&demands.require, results.command.as_str()) {
        (Some(name), _) => Some(name),
        (None, "run") => results.order.first(),
        (None, _) => None,
    };
    let objective = |verdict: ObjectiveVerdict| {
        let name = required?;
        let mut all = results.variants.get(name)?.objectives.iter();
        let found = all.find(|objective| objective.verdict == verdict)?;
        Some((name.clone(), found.that.clone()))
    };
    if let Some((variant, that)) = objective(ObjectiveVerdict::Failed) {
        return Outcome::ObjectiveFailed { variant, that };
    }
    let worse = (demands.worse == Tolerance::Refused).then(|| worse(results));
    if let Some((variant, metric)) = worse.flatten() {
        return Outcome::Worse { variant, metric };
    }
    // A comparison speaks of doubt only when it was told to.
    let doubted = results.command == "run" || demands.unclear == Tolerance::Refused;
    let unclear = match doubted {
        true => objective(ObjectiveVerdict::Unclear).or_else(|| {
            let asked = demands.unclear == Tolerance::Refused;
            asked.then(|| unclear(results)).flatten()
        }),
        false => None,
    };
    match unclear {
        Some((variant, what)) => Outcome::Unclear { variant, what },
        None => Outcome::Well,
    }
}

/// The first variant, in order, that is worse or mixed, and the first metric in which it is.
fn worse(results: &Results) -> Option<(String, String)> {
    results.order.iter().find_map(|name| {
        let standing = results.variants.get(name)?.standing.as_ref()?;
        let bad = [StandingVerdict::Worse, StandingVerdict::Mixed].contains(&standing.verdict);
        let metric = standing.worse.first().filter(|_| bad)?;
        Some((name.clone(), metric.clone()))
    })
}

/// The first variant, in order, with a metric that is unclear.
fn unclear(results: &Results) -> Option<(String, String)> {
    results.order.iter().find_map(|name| {
        let mut all = results.differences.get(name)?.iter();
        let (metric, _) = all.find(|(_, found)| found.verdict == Some(Verdict::Unclear))?;
        Some((name.clone(), metric.clone()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Difference, Objective, Standing, Variant};

    fn results(command: &str, verdict: ObjectiveVerdict, word: Verdict) -> Results {
        let objective = Objective {
            that: "share(served) >= 95%".to_owned(),
            verdict,
            ..Objective::default()
        };
        let variant = Variant {
            objectives: vec![objective],
            ..Variant::default()
        };
        let other = Variant {
            standing: (word == Verdict::Worse).then(|| Standing {
                verdict: StandingVerdict::Worse,
                worse: vec!["share(served)".to_owned()],
                ..Standing::default()
            }),
            ..variant.clone()
        };
        let difference = Difference {
            verdict: Some(word),
            ..Difference::default()
        };
        Results {
            command: command.to_owned(),
            order: vec!["baseline".to_owned(), "more".to_owned()],
            variants: [
                ("baseline".to_owned(), variant.clone()),
                ("more".to_owned(), other),
            ]
            .into(),
            differences: [(
                "more".to_owned(),
                [("share(served)".to_owned(), difference)].into(),
            )]
            .into(),
            replications: 7,
            ..Results::default()
        }
    }

    #[test]
    fn run_answers_for_its_objectives_and_compare_only_when_asked() {
        let failed = results("run", ObjectiveVerdict::Failed, Verdict::Same);
        assert_eq!(
            outcome(&failed, &Demands::default()),
            Outcome::ObjectiveFailed {
                variant: "baseline".to_owned(),
                that: "share(served) >= 95%".to_owned()
            }
        );
        let compared = results("compare", ObjectiveVerdict::Failed, Verdict::Worse);
        assert_eq!(outcome(&compared, &Demands::default()), Outcome::Well);
        let demands = Demands {
            require: Some("more".to_owned()),
            worse: Tolerance::Refused,
            ..Demands::default()
        };
        assert!(matches!(
            outcome(&compared, &demands),
            Outcome::ObjectiveFailed { variant, .. } if variant == "more"
        ));
        let mut met = results("compare", ObjectiveVerdict::Met, Verdict::Worse);
        for (word, complains) in [
            (StandingVerdict::Worse, true),
            (StandingVerdict::Mixed, true),
            (StandingVerdict::Better, false),
            (StandingVerdict::Unclear, false),
        ] {
            let variant = met.variants.get_mut("more").unwrap();
            variant.standing.as_mut().unwrap().verdict = word;
            let worse = matches!(outcome(&met, &demands), Outcome::Worse { .. });
            assert_eq!(worse, complains, "{word:?}");
        }
    }

    #[test]
    fn unclear_comes_last_and_interrupted_first() {
        let mut unclear = results("compare", ObjectiveVerdict::Met, Verdict::Unclear);
        let demands = Demands {
            unclear: Tolerance::Refused,
            ..Demands::default()
        };
        assert!(matches!(
            outcome(&unclear, &demands),
            Outcome::Unclear { what, .. } if what == "share(served)"
        ));
        unclear.stopped = Stopped::Interrupted;
        assert_eq!(
            outcome(&unclear, &demands),
            Outcome::Interrupted { replications: 7 }
        );
    }
}
