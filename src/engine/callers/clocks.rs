//! The clocks of whoever waits for an answer: that of the attempt, and the person's.

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, NO_EVENT, Number};
use crate::engine::draws::OfAttempt;
use crate::engine::route::{NO_LANE, Route};
use crate::random::key::Place;

impl Sim<'_> {
    /// The clock of an attempt starts, unless nothing limits it.
    #[inline(always)]
    pub(in crate::engine) fn start_timeout(
        &mut self,
        (kind, slot): (Kind, u32),
        route: &Route,
        deadline: Time,
    ) -> Number {
        if route.timeout == Span::FOREVER && deadline == Time::NEVER {
            return NO_EVENT;
        }
        let at = self.now + route.timeout;
        if at > deadline {
            self.agenda.at(deadline, Group::Clock, kind, slot)
        } else if route.lane != NO_LANE {
            self.agenda.in_lane(route.lane, kind, slot)
        } else {
            self.agenda.at(at, Group::Clock, kind, slot)
        }
    }

    /// Starts the person's clock anew, where it is a person who waits.
    #[inline(never)]
    pub(in crate::engine) fn start_reload(&mut self, slot: u32, path: Place) {
        let Some(root) = self.visitor_above(slot) else {
            return;
        };
        let settings = self.rules.settings;
        let Some(reload) = &settings.journeys[self.journey_of(root)].reload else {
            return;
        };
        let Some(after) = &reload.after else { return };
        let reloads = u32::from(self.people.visitor(root).reloads);
        let event = if reload.at_most.is_none_or(|most| reloads < most) {
            let owner = self.people.task(slot).owner;
            let at = self.now
                + after.span(
                    self.rules
                        .luck
                        .uniform(owner, path, OfAttempt::Reload as u32),
                );
            self.agenda.at(at, Group::Clock, Kind::Reload, slot)
        } else {
            NO_EVENT
        };
        *self.people.reload(slot) = event;
    }
}
