//! Events that nobody waits for any more: an event is cancelled by forgetting its number.

use crate::engine::calendar::key::{Event, Kind};
use crate::engine::tasks::population::{Population, Role};

/// Whether an event still concerns whom it was scheduled for.
#[inline]
pub(super) fn is_live(people: &Population, event: Event) -> bool {
    let tenant = people.tenant(event.slot);
    match event.kind {
        Kind::Core
        | Kind::Server
        | Kind::Change
        | Kind::Bin
        | Kind::Cut
        | Kind::Horizon
        | Kind::Look
        | Kind::Window
        | Kind::Upkeep
        | Kind::Reading
        | Kind::Lane
        | Kind::TwinTimeout
        | Kind::Hedge
        | Kind::Untie
        | Kind::Check
        | Kind::Missed
        | Kind::Ejected
        | Kind::Loads
        | Kind::Pace
        | Kind::Newcomer => true,
        Kind::Expired => tenant.is_some_and(|task| matches!(task.role, Role::Visitor(_))),
        Kind::Timeout => tenant.is_some_and(|task| task.doing.clock(task.awaits) == event.number),
        Kind::Reload => tenant.is_some_and(|task| task.role.reload() == event.number),
        Kind::Patience => tenant.is_some_and(|task| match &task.role {
            Role::Visitor(v) => v.clock == event.number,
            Role::Attempt(_) | Role::Branch(_) => false,
        }),
        Kind::Work
        | Kind::Served
        | Kind::Backoff
        | Kind::Answer
        | Kind::HoldTimeout
        | Kind::Lost
        | Kind::Attempt
        | Kind::Return => tenant.is_some_and(|task| task.awaits == event.number),
    }
}
