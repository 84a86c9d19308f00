//! Those who look at a metric every second and act when it trips, and what actions do that is
//! worked out only when they take effect (semantics#changes).
//!
//! One idea: a look changes nothing. It sees the state before its instant, and what it decides is
//! an entry of the calendar like those that were known beforehand. What an action sets is reckoned
//! on what is in force when it takes effect.

use std::sync::Arc;

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, MAX_SLOT};
use crate::observation::{TallyId, Unplanned};
use crate::program::{Deed, EffectId, Program, State};

/// Slots of readings above it are those of seconds and of autoscalers: kinds of events are few.
pub(in crate::engine) const LAST_PLAN: u32 = MAX_SLOT / 2;
/// The slot of a second that is over.
pub(in crate::engine) const SECOND: u32 = MAX_SLOT;

/// Everybody who looks, and what is in force.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Watchers {
    /// By trigger.
    looks: Vec<Look>,
    /// What is in force, where effects are reckoned.
    state: Option<Arc<State>>,
}

/// What one trigger has seen.
#[derive(Clone, Copy, Debug, Default)]
struct Look {
    /// Since when its condition has held at every look.
    since: Option<Time>,
    /// When it has decided last.
    decided: Option<Time>,
    /// How often what it does has taken effect.
    taken: u32,
}

impl Watchers {
    /// Nobody has seen anything.
    pub(in crate::engine) fn new(program: &Program) -> Watchers {
        let reactions = &program.reactions;
        Watchers {
            looks: vec![Look::default(); reactions.triggers.len()],
            state: reactions.reckoner.as_ref().map(|reckoner| reckoner.first()),
        }
    }
}

impl Look {
    /// Its condition does not hold.
    fn breaks(&mut self) {
        self.since = None;
    }

    /// Its condition holds now; whether it decides.
    fn decides(&mut self, now: Time, (lasts, again): (Span, Option<Span>)) -> bool {
        let since = *self.since.get_or_insert(now);
        let rested = match (self.decided, again) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(decided), Some(again)) => now >= decided + again,
        };
        let decides = rested && now >= since + lasts;
        if decides {
            self.decided = Some(now);
        }
        decides
    }
}

impl Sim<'_> {
    /// A second is over, or an autoscaler decides.
    pub(in crate::engine) fn look_again(&mut self, slot: u32) {
        match slot {
            SECOND => self.second_is_over(),
            slot => self.scaler_syncs(slot - LAST_PLAN - 1),
        }
    }

    /// A second is over: all is noted that somebody may ask for, and those who wait for something
    /// look whether it is so.
    pub(in crate::engine) fn second_is_over(&mut self) {
        self.part_all();
        self.note_everything();
        let program = self.rules.program;
        for (number, trigger) in program.reactions.triggers.iter().enumerate() {
            let holds = self.holds(trigger.condition);
            let waits = (trigger.lasts, trigger.again_after);
            let look = &mut self.world.watchers.looks[number];
            if !holds {
                look.breaks();
            } else if look.decides(self.now, waits) {
                self.trip(number as u32, self.now + trigger.takes);
            }
        }
        let at = self.next_second();
        if at <= self.course.end && at <= self.world.changes_end() {
            self.agenda.at(at, Group::Tick, Kind::Reading, SECOND);
        }
    }

    /// What a trigger has decided takes effect.
    pub(super) fn trigger_acts(&mut self, number: u32) {
        let trigger = &self.rules.program.reactions.triggers[number as usize];
        let look = &mut self.world.watchers.looks[number as usize];
        let time = look.taken;
        look.taken += 1;
        self.do_now(&trigger.does, time);
        let told = self.course.told(self.now);
        self.rec.chronicle.note(Unplanned::Trigger(number), told);
        if let Some(taken) = trigger.taken {
            self.count_tally(taken, 1);
        }
    }

    /// Does what is worked out only now, for the n-th time.
    pub(super) fn do_now(&mut self, deed: &Deed, time: u32) {
        match deed {
            Deed::Set { effect, impossible } => {
                if !self.take_effect(*effect)
                    && let Some(impossible) = impossible
                {
                    self.count_tally(*impossible, 1);
                }
            }
            Deed::Restart(restart) => self.restart(restart, time),
            Deed::Fault(fault) => self.fault_strikes(*fault),
        }
    }

    /// An effect is reckoned on what is in force; false where that would be no model, so that
    /// nothing changes.
    fn take_effect(&mut self, effect: EffectId) -> bool {
        let program = self.rules.program;
        let state = self.world.watchers.state.clone();
        let (Some(reckoner), Some(state)) = (&program.reactions.reckoner, state) else {
            unreachable!("who has effects has what works them out");
        };
        let scaled = reckoner.scaled_by(effect);
        let ordered = scaled
            .iter()
            .map(|&id| (id, self.services.station(id).wanted));
        let Some(after) = reckoner.after(&state, effect, ordered.collect()) else {
            return false;
        };
        let patch = self.rules.settings.patch_to(&after.settings);
        for (id, service) in after.settings.services.iter() {
            let moved = service.servers != state.settings.services[id].servers;
            if program.reactions.scales(id) && (moved || scaled.contains(&id)) {
                self.want_servers(id, service.servers);
            }
        }
        self.act(&patch);
        self.pour_anew(&state, &after);
        self.world.watchers.state = Some(after);
        true
    }

    /// Adds to what a mechanism counts.
    pub(super) fn count_tally(&mut self, tally: TallyId, n: u32) {
        let counter = self.rules.program.layout.tally(tally);
        self.rec.add(counter, n, self.now);
    }

    /// Sources whose rates have changed go on with the new ones.
    fn pour_anew(&mut self, before: &State, after: &State) {
        for (id, pieces) in after.pieces.iter() {
            if before.pieces[id] != *pieces {
                self.change_rate(id, pieces);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// True at 2, 3, 4, false at 5, true from 6 on: for 2 s it decides at 4; again after 3 s at 8,
    /// for only from then on it has held for 2 s since the break; then at 11, 14.
    #[test]
    fn looks_by_hand() {
        let decided = |lasts: i64, again: Option<i64>| {
            let waits = (Span::from_secs(lasts), again.map(Span::from_secs));
            let mut look = Look::default();
            let at = |s: i64| Time::ZERO + Span::from_secs(s);
            let holds = |s: i64| s >= 2 && s != 5;
            let mut all = Vec::new();
            for s in 0..15 {
                match holds(s) {
                    false => look.breaks(),
                    true => all.extend(look.decides(at(s), waits).then_some(s)),
                }
            }
            all
        };
        assert_eq!(decided(2, Some(3)), [4, 8, 11, 14]);
        assert_eq!(decided(2, None), [4]);
        assert_eq!(decided(0, None), [2]);
        assert_eq!(decided(0, Some(3)), [2, 6, 9, 12]);
        assert_eq!(decided(4, Some(1)), [10, 11, 12, 13, 14]);
    }
}
