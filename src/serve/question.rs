//! The planner's questions, each answered by the study that the command line has for it.
//!
//! One idea: a question moves inputs over ranges, written as `--knob` has them, and answers in the
//! time that it is given; what is wrong with a range is said in the words of the command line.

use super::asked::{Ask, Asked};
use crate::model::{Checked, Model};
use crate::results::Results;
use crate::study::{
    self, AT_A_CELL, AT_A_VALUE, CHANCE, Failure, Onlooker, Others, Plan, REPLICATIONS, Ranges,
    SURVIVED, Sizing, Sweeping, Tipping,
};

/// A question as a study takes it.
pub(super) enum Question<'a> {
    /// Will it hold.
    Run,
    /// Which of these variants helps.
    Compare(&'a [String]),
    /// How much is enough.
    Size(Sizing),
    /// Where is the knee.
    Sweep(Sweeping),
    /// Where does it tip.
    Tip(Tipping),
    /// Which guess decides.
    Uncertain(Ranges),
}

/// What is asked of a model, or why that cannot be answered.
pub(super) fn of<'a>(asked: &'a Asked, model: &Model) -> Result<Question<'a>, String> {
    let knobs = asked.moved()?;
    Ok(match asked.ask {
        Ask::Run if asked.variants.is_empty() => Question::Run,
        Ask::Run => Question::Compare(&asked.variants),
        Ask::Size => Question::Size(Sizing {
            knobs,
            against: None,
            chance: CHANCE,
            at_most: AT_A_VALUE,
        }),
        Ask::Sweep => Question::Sweep(Sweeping {
            over: knobs,
            metrics: Vec::new(),
        }),
        Ask::Tip => Question::Tip(Tipping {
            knobs,
            chance: SURVIVED,
            at_most: AT_A_CELL,
        }),
        Ask::Uncertain => Question::Uncertain(Ranges {
            points: None,
            replications: REPLICATIONS,
            variant: None,
            metric: None,
            others: others(asked, model),
        }),
    })
}

/// The variants that are ticked.
fn others(asked: &Asked, model: &Model) -> Others {
    match asked.variants.len() == model.variants.len() {
        true => Others::All,
        false => Others::These(asked.variants.clone()),
    }
}

impl Question<'_> {
    /// The answer.
    ///
    /// # Errors
    /// As the study of the question has them.
    pub(super) fn answer(
        &self,
        model: &Checked,
        plan: &Plan,
        onlooker: Onlooker<'_>,
    ) -> Result<Results, Failure> {
        match self {
            Question::Run => study::run(model, None, plan, onlooker),
            Question::Compare(variants) => study::compare(model, variants, plan, onlooker),
            Question::Size(asked) => study::size(model, asked, plan, onlooker),
            Question::Sweep(asked) => study::sweep(model, asked, plan, onlooker),
            Question::Tip(asked) => study::tip(model, asked, plan, onlooker),
            Question::Uncertain(asked) => study::uncertain(model, asked, plan, onlooker),
        }
    }
}
