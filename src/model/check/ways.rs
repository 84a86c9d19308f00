//! Where a step may stand on its way: answers before the end, and steps that are gone back to.

use crate::model::Model;
use crate::model::step::{Or, Step, StepKind};
use crate::text::nearest::suggestion;
use crate::text::{Diagnostic, Place};

/// Answers that may come twice on one way, or from a branch of a `parallel`.
pub(super) fn answers(model: &Model) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for service in model.services.values() {
        for endpoint in service.endpoints.values() {
            on_a_way(&endpoint.steps, 0, &mut found);
        }
    }
    found
}

/// How many answers come at most on a way through steps, behind so many before.
fn on_a_way(steps: &[Step], before: u32, found: &mut Vec<Diagnostic>) -> u32 {
    let mut answers = before;
    for step in steps {
        let behind = match &step.kind {
            StepKind::Answer => {
                if answers > 0 {
                    let text = "the caller may have its answer already";
                    let diagnostic = Diagnostic::new("E035", text).at(step.place);
                    found.push(diagnostic.help("one `answer` on each way is enough"));
                }
                answers + 1
            }
            StepKind::Parallel { branches, .. } => {
                for place in branches.iter().flatten().filter_map(first_answer) {
                    let text = "a branch of a `parallel` cannot answer";
                    let diagnostic = Diagnostic::new("E035", text).at(place);
                    found.push(diagnostic.help("answer before or behind the `parallel`"));
                }
                answers
            }
            StepKind::Repeat { steps, .. } => {
                for place in steps.iter().filter_map(first_answer) {
                    let text = "a `repeat` may answer more than once";
                    let diagnostic = Diagnostic::new("E035", text).at(place);
                    found.push(diagnostic.help("answer before or behind the `repeat`"));
                }
                answers
            }
            StepKind::Choose(branches) => {
                let each = branches
                    .iter()
                    .map(|branch| on_a_way(&branch.steps, answers, found));
                each.max().unwrap_or(answers)
            }
            StepKind::Lookup { miss, .. } => on_a_way(miss, answers, found),
            StepKind::Hold { steps, .. } => on_a_way(steps, answers, found),
            _ => answers,
        };
        answers = match &step.or {
            Or::Steps(steps) => on_a_way(steps, behind, found),
            Or::Fail | Or::Continue | Or::Outcome(_) => behind,
        };
    }
    answers
}

fn first_answer(step: &Step) -> Option<Place> {
    let mut place = None;
    step.visit(&mut |step| {
        if step.kind == StepKind::Answer && place.is_none() {
            place = Some(step.place);
        }
    });
    place
}

/// Steps that go back to what is no step of the journey itself, or that stand elsewhere than in
/// what an `or` does.
pub(super) fn backs(model: &Model) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for journey in model.journeys.values() {
        let names: Vec<&str> = journey
            .steps
            .iter()
            .filter_map(|step| step.name.as_deref())
            .collect();
        for step in &journey.steps {
            in_step(step, Where::Way, &mut |place, name, stands| {
                if stands != Where::Or {
                    let text = "`back_to` belongs in what an `or` does, outside of `parallel`";
                    found.push(Diagnostic::new("E036", text).at(place));
                } else if !names.contains(&name) {
                    let text = format!("the journey has no step `{name}` to go back to");
                    let help = suggestion(name, names.iter().copied());
                    let help =
                        help.or_else(|| Some("name a step of the journey itself".to_owned()));
                    found.push(Diagnostic::new("E010", text).at(place).maybe_help(help));
                }
            });
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Way,
    Or,
    Parallel,
}

fn in_step<'m>(step: &'m Step, stands: Where, look: &mut dyn FnMut(Place, &'m str, Where)) {
    if let StepKind::BackTo { step: name, .. } = &step.kind {
        look(step.place, name, stands);
    }
    let inside = match &step.kind {
        StepKind::Parallel { .. } => Where::Parallel,
        _ => stands,
    };
    let behind = match &step.or {
        Or::Steps(steps) => steps.as_slice(),
        _ => &[],
    };
    for list in step.lists() {
        let is_or = std::ptr::eq(list.as_ptr(), behind.as_ptr()) && !behind.is_empty();
        let stands = match (is_or, stands) {
            (true, Where::Way) => Where::Or,
            (true, other) => other,
            (false, _) => inside,
        };
        for step in list {
            in_step(step, stands, look);
        }
    }
}
