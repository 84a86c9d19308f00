//! Guards that cannot do what they are there for.

use std::collections::BTreeSet;

use crate::model::Model;
use crate::model::retry::budget::Rule;
use crate::model::scope::Scope;
use crate::model::step::StepKind;
use crate::text::Diagnostic;

/// Budgets that are a user's own and share his requests: he hardly has any.
pub(super) fn budgets(model: &Model) -> Vec<Diagnostic> {
    let mut by_users: BTreeSet<&str> = BTreeSet::new();
    for journey in model.journeys.values() {
        for step in &journey.steps {
            step.visit(&mut |step| {
                if let StepKind::Call(call) = &step.kind {
                    by_users.extend(call.retry.as_deref());
                }
            });
        }
    }
    let mut found = Vec::new();
    for (name, retry) in &model.retries {
        let is_own = retry.scope == Scope::Server && by_users.contains(name.as_str());
        let Some(budget) = retry.budget.as_ref().filter(|budget| budget.on && is_own) else {
            continue;
        };
        if let Rule::Ratio { share, .. } = budget.rule
            && share < 1.0
        {
            let percent = (share * 1e4).round() / 1e2;
            let text = format!(
                "each user has this budget of `{name}` for himself, and {percent}% of his own \
                 requests mean no retry at all"
            );
            let help = "`scope = \"service\"` is one budget for all users";
            found.push(Diagnostic::new("W012", text).at(retry.place).help(help));
        }
    }
    found
}

/// Limits of each server before a service, where no server is chosen yet.
pub(super) fn limits(model: &Model) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (name, service) in &model.services {
        let endpoints = service.endpoints.values();
        let own = service.limit.iter().map(|limit| (limit, service.place));
        let all = own.chain(endpoints.filter_map(|one| Some((one.limit.as_ref()?, one.place))));
        for (limit, place) in all {
            let scope = model.limits.get(limit).and_then(|limit| limit.scope);
            if scope == Some(Scope::Server) {
                let text = format!(
                    "the limit `{limit}` is one for each server, and before `{name}` no server is \
                     chosen yet"
                );
                let diagnostic = Diagnostic::new("E006", text).at(place);
                found.push(diagnostic.help("leave `scope` out, or write `scope = \"service\"`"));
            }
        }
    }
    found
}
