//! Hedges and tied requests: an attempt beside one that is slow (semantics#hedge).
//!
//! The attempts of a round wait side by side, each with a timeout of its own. The first ok answer
//! wins; the round fails when all have ended without one, as the last did. A call without a hedge
//! never comes here.

use crate::base::slab::Ticket;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, NO_EVENT, Number};
use crate::engine::callers::caller::Told;
use crate::engine::callers::ending::AttemptEnd;
use crate::engine::callers::sending::Outgoing;
use crate::engine::guards::asking::May;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::{Answer, Failure};
use crate::engine::tasks::round::{Round, Twin};
use crate::observation::CallCounter;
use crate::program::{After, CallId, HedgeId};

impl<'p> Sim<'p> {
    /// The first attempt of a round sets out, of a call that hedges.
    #[inline(never)]
    pub(super) fn begin_round(&mut self, out: &Outgoing<'p>, hedge: HedgeId) {
        let slot = out.slot;
        let is_first = self.people.task(slot).request.sent == 1;
        let settings = &self.rules.settings.hedges[hedge];
        let known = self.known_to((slot, out.call), hedge);
        known.requests += u64::from(is_first);
        let after = match settings.after {
            After::Time(span) => Some(span),
            After::Percentile(q) => known.latest.quantile(q),
        };
        let mut round = Round::new(hedge);
        round.after = after.unwrap_or(Span::FOREVER);
        let number = self.people.rounds.begin(round);
        self.people.task_mut(slot).doing = Doing::Hedging { round: number };
        self.people.task_mut(slot).awaits = NO_EVENT;
        self.send_twin(out, number);
        if settings.on
            && let Some(after) = after
        {
            self.await_hedge(slot, number, self.now + after);
        }
    }

    /// The next hedge of a round is due then.
    fn await_hedge(&mut self, slot: u32, round: u32, at: Time) {
        let due = self.agenda.at(at, Group::Late, Kind::Hedge, slot);
        self.people.rounds.get_mut(round).due = due;
    }

    /// Another attempt of a round sets out, with a clock of its own.
    fn send_twin(&mut self, out: &Outgoing<'p>, round: u32) {
        let (now, caller) = (self.now, self.people.ticket(out.slot));
        let attempt = self.people.add(|| out.task(caller, now));
        self.people.attempt(attempt.slot).is_twin = true;
        let clock = self.start_timeout((Kind::TwinTimeout, out.slot), out.route, out.deadline);
        let period = self.people.pass(out.slot).period();
        self.people.rounds.get_mut(round).add(Twin {
            attempt,
            sent: now,
            clock,
            is_open: true,
            period,
        });
        if out.route.reloads {
            self.start_reload(out.slot, out.ways.path);
        }
        self.travel(attempt.slot, out.slot);
    }

    /// The round that a task waits for, if any.
    fn round_at(&self, slot: u32) -> Option<u32> {
        match self.people.tenant(slot)?.doing {
            Doing::Hedging { round } => Some(round),
            _ => None,
        }
    }

    /// No answer has come for so long: a hedge is sent, if there may be one; false when the event
    /// was stale.
    pub(in crate::engine) fn hedge_due(&mut self, slot: u32, number: Number) -> bool {
        let Some(round) = self.round_at(slot) else {
            return false;
        };
        let Round {
            hedge, due, after, ..
        } = *self.people.rounds.get(round);
        if due != number {
            return false;
        }
        self.people.rounds.get_mut(round).due = NO_EVENT;
        let settings = &self.rules.settings.hedges[hedge];
        if !settings.on {
            return true;
        }
        let (now, call) = (self.now, self.call_at(slot));
        let (budget, at_most) = (settings.budget, settings.at_most);
        let counted = self.rules.program.hedges[hedge];
        if !self.known_to((slot, call), hedge).may_hedge(budget) {
            self.rec.tally(counted.stopped, now);
            return true;
        }
        let request = &mut self.people.task_mut(slot).request;
        request.sent = request.sent.saturating_add(1);
        request.last_sent = now;
        let out = self.outgoing(slot);
        self.count_call(out.route, [CallCounter::Sent], now);
        if out.route.watch.sending() && !self.guards_let_through(&out) {
            self.known_to((slot, call), hedge).hedges -= 1;
            let how = (AttemptEnd::Stopped, now);
            self.attempt_over((slot, call), out.route, how);
            return true;
        }
        self.rec.tally(counted.sent, now);
        self.send_twin(&out, round);
        if self.people.rounds.get(round).hedges() < at_most {
            self.await_hedge(slot, round, now + after);
        }
        true
    }

    /// Whether the guards of a call let a hedge through: it waits for nobody.
    fn guards_let_through(&mut self, out: &Outgoing<'p>) -> bool {
        let asker = out.asker();
        match self.may_send(asker, (out.owner, out.ways.path)) {
            May::Go => true,
            May::Stop => false,
            May::Wait(_) => {
                self.give_back_before_breaker(asker);
                false
            }
        }
    }

    /// The caller of an attempt of a round, which is gone, has its answer.
    pub(super) fn tell_of_twin(&mut self, told: Told, attempt: Ticket) {
        let slot = told.caller.slot;
        // Who is gone, or no longer waits, is told nothing.
        if self.people.get(told.caller).is_none() {
            return;
        }
        let round = self
            .round_at(slot)
            .expect("whose attempts are twins hedges");
        let which = self.people.rounds.get(round).number_of(attempt);
        let which = which.expect("a twin that tells is open");
        let failure = match told.answer {
            Answer::Ok => return self.twin_wins((slot, told.call), round, which),
            Answer::Refused => Failure::Refused,
            Answer::FinalRefusal => Failure::FinalRefusal,
            Answer::Stopped => Failure::Stopped,
            Answer::Error => Failure::Error,
            Answer::Final => Failure::Final,
        };
        self.twin_failed((slot, told.call), which, failure);
    }

    /// The first ok answer: the others are given up.
    fn twin_wins(&mut self, (slot, call): (u32, CallId), round: u32, which: usize) {
        let mut ended = self.people.rounds.end(round);
        let sent = ended.sent(which);
        ended.shut(which);
        let (now, asked) = (self.now, self.people.task(slot).request.asked);
        if which > 0 {
            self.rec
                .tally(self.rules.program.hedges[ended.hedge].won, sent);
        }
        let known = self.known_to((slot, call), ended.hedge);
        known.latest.add(now - sent);
        self.rec.sample_call(call.0, (asked, sent), now);
        let task = self.people.task_mut(slot);
        (task.awaits, task.doing) = (NO_EVENT, Doing::Running);
        self.give_up_twins((slot, call), &ended);
        self.recall(slot, ended.period(which));
        self.answered_ok(slot, call, sent);
    }

    /// The caller no longer waits for those of a round that are open.
    fn give_up_twins(&mut self, (slot, call): (u32, CallId), round: &Round) {
        let route = &self.rules.routes.calls[call];
        for (_, twin) in round.open() {
            self.caller_left(twin.attempt);
            self.recall(slot, twin.period);
            self.attempt_over((slot, call), route, (AttemptEnd::Cancelled, twin.sent));
        }
    }

    /// What guards are told next is about the attempt that a breaker let through in this period.
    fn recall(&mut self, slot: u32, period: u16) {
        self.people.pass(slot).through_in(period);
    }

    /// An attempt of a round has ended without ok: with the last of them the round fails.
    fn twin_failed(&mut self, (slot, call): (u32, CallId), which: usize, failure: Failure) {
        let how = failure.of_attempt();
        self.twin_over((slot, call), which, (how, Some(failure)));
    }

    /// An attempt of a round is over, and was not ok.
    fn twin_over(
        &mut self,
        (slot, call): (u32, CallId),
        which: usize,
        (how, failure): (AttemptEnd, Option<Failure>),
    ) {
        let number = self.round_at(slot).expect("its round is under way");
        let round = self.people.rounds.get_mut(number);
        let (sent, period) = (round.sent(which), round.period(which));
        round.failure = failure.unwrap_or(round.failure);
        let goes_on = round.shut(which);
        let route = &self.rules.routes.calls[call];
        self.recall(slot, period);
        self.attempt_over((slot, call), route, (how, sent));
        if goes_on {
            // Whose first attempt has failed is in the orbit.
            if which == 0 && failure.is_some() {
                self.enter_orbit(slot, call);
            }
            return;
        }
        let failure = self.people.rounds.end(number).failure;
        let task = self.people.task_mut(slot);
        (task.awaits, task.doing) = (NO_EVENT, Doing::Running);
        self.round_failed((slot, call), failure);
    }

    /// The clock of an attempt of a round has run out; false when the event was stale.
    pub(in crate::engine) fn twin_timed_out(&mut self, slot: u32, number: Number) -> bool {
        let Some(round) = self.round_at(slot) else {
            return false;
        };
        let mut open = self.people.rounds.get(round).open();
        let Some((which, twin)) = open.find(|(_, twin)| twin.clock == number) else {
            return false;
        };
        drop(open);
        let call = self.call_at(slot);
        if self.rules.routes.calls[call].desk.ejects {
            self.hear_of_timeout(twin.attempt);
        }
        self.caller_left(twin.attempt);
        self.twin_failed((slot, call), which, Failure::TimedOut);
        true
    }

    /// A task no longer wants any answer to its round.
    pub(super) fn cancel_round(&mut self, slot: u32, call: CallId, number: u32) {
        let round = self.people.rounds.end(number);
        let task = self.people.task_mut(slot);
        (task.awaits, task.doing) = (NO_EVENT, Doing::Running);
        self.give_up_twins((slot, call), &round);
    }

    /// The replication is over, and a task still waits for a round.
    pub(in crate::engine) fn close_round(&mut self, (slot, call): (u32, CallId), number: u32) {
        let round = *self.people.rounds.get(number);
        let route = &self.rules.routes.calls[call];
        for (_, twin) in round.open() {
            self.attempt_over((slot, call), route, (AttemptEnd::Unfinished, twin.sent));
        }
    }

    /// A copy was taken out of its queue, or away as it arrived, because the other has begun.
    pub(in crate::engine) fn twin_taken_out(&mut self, caller: Ticket, attempt: Ticket) {
        if self.people.get(caller).is_none() {
            return;
        }
        let slot = caller.slot;
        let Some(round) = self.round_at(slot) else {
            return;
        };
        if let Some(which) = self.people.rounds.get(round).number_of(attempt) {
            let call = self.call_at(slot);
            let hedge = self.people.rounds.get(round).hedge;
            self.rec
                .tally(self.rules.program.hedges[hedge].untied, self.now);
            self.twin_over((slot, call), which, (AttemptEnd::Cancelled, None));
        }
    }
}
