//! How many attempts one user can cause at worst: reloads × retries × layers.
//!
//! One idea: multiply down every chain of calls. Each layer that retries multiplies what the layers
//! below it see (Beyer et al., "Site Reliability Engineering", 2016, chapter 22: three layers of
//! four attempts make 64).

use crate::model::Model;
use crate::model::journey::Journey;
use crate::model::step::{Call, Step, StepKind};

/// Chains deeper than this are a circle of calls and are not followed.
const DEEPEST: usize = 24;
/// Most chains that are told, and that are looked at to find them.
const ROWS: usize = 24;
const LOOKS: usize = 10_000;

/// A call in a chain, and how often it can be tried at worst for one visit.
struct Chain {
    /// The calls from the journey down, as `login > db.session`.
    path: String,
    /// The factors, outermost first.
    factors: Vec<Option<u64>>,
}

/// The chains in which anything is tried more than once, as a table; empty if there is none.
pub(super) fn said(model: &Model) -> String {
    let mut walk = Walk {
        model,
        rows: Vec::new(),
        left: LOOKS,
    };
    for (name, journey) in &model.journeys {
        let start = Chain {
            path: name.clone(),
            factors: vec![reloads(journey)],
        };
        walk.follow(&journey.steps, &start);
    }
    let mut text: String = walk.rows.iter().take(ROWS).cloned().collect();
    match walk.rows.len().saturating_sub(ROWS) {
        _ if walk.left == 0 => text.push_str("  and very many more chains\n"),
        0 => {}
        more => text.push_str(&format!("  and {more} more chains\n")),
    }
    match walk.rows.is_empty() {
        true => String::new(),
        false => format!("\nATTEMPTS    at worst, for one request of a visit\n{text}"),
    }
}

impl Chain {
    /// None without a limit.
    fn total(&self) -> Option<u64> {
        self.factors.iter().try_fold(1_u64, |product, factor| {
            factor.map(|factor| product.saturating_mul(factor))
        })
    }

    fn said(&self) -> String {
        let Some(total) = self.total() else {
            return "without limit: reloads have no `at_most`".to_owned();
        };
        let factors = self.factors.iter().flatten().filter(|factor| **factor > 1);
        let factors: Vec<String> = factors.map(u64::to_string).collect();
        match factors.len() {
            0 | 1 => total.to_string(),
            _ => format!("{total} = {}", factors.join(" × ")),
        }
    }
}

/// How often a person sends at worst, the first time included; without limit if absent.
fn reloads(journey: &Journey) -> Option<u64> {
    match &journey.reload {
        None => Some(1),
        Some(reload) => reload.at_most.map(|at_most| u64::from(at_most) + 1),
    }
}

/// A walk down the chains of calls, in the order in which they are written.
struct Walk<'m> {
    model: &'m Model,
    /// Those that are tried more than once, in words.
    rows: Vec<String>,
    /// Chains that may still be looked at.
    left: usize,
}

impl<'m> Walk<'m> {
    fn follow(&mut self, steps: &'m [Step], above: &Chain) {
        let mut calls = Vec::new();
        for step in steps {
            step.visit(&mut |step| {
                if let StepKind::Call(call) = &step.kind {
                    calls.push((step, call));
                }
            });
        }
        for (step, call) in calls {
            if above.factors.len() > DEEPEST || self.left == 0 {
                return;
            }
            self.left -= 1;
            let chain = below(self.model, step, call, above);
            if chain.total() != Some(1) {
                self.rows
                    .push(format!("  {:<46}{}\n", chain.path, chain.said()));
            }
            let service = self.model.services.get(&call.service);
            let endpoint = service.and_then(|service| service.endpoints.get(&call.endpoint));
            let steps = endpoint.map(|endpoint| endpoint.steps.as_slice());
            self.follow(steps.unwrap_or_default(), &chain);
        }
    }
}

fn below(model: &Model, step: &Step, call: &Call, above: &Chain) -> Chain {
    let target = format!("{}.{}", call.service, call.endpoint);
    let name = step.name.clone().unwrap_or(target);
    let retry = call.retry.as_ref().and_then(|name| model.retries.get(name));
    let mut factors = above.factors.clone();
    let hedge = call.hedge.as_ref().and_then(|name| model.hedges.get(name));
    let copies = hedge
        .filter(|hedge| hedge.on)
        .map_or(1, |hedge| 1 + u64::from(hedge.at_most));
    let rounds = retry.map_or(1, |retry| u64::from(retry.attempts));
    factors.push(Some(rounds * copies));
    Chain {
        path: format!("{} > {name}", above.path),
        factors,
    }
}
