//! The end of a replication: what is still there is counted, and the books must balance.
//!
//! Conservation (arrived = the sum of outcomes; requests and attempts likewise), Little's law
//! for every service (exact: both sides count the same nanoseconds), and levels that fit those
//! who are there. A violated invariant is a bug of ours, so it panics, in debug builds, with the
//! replication in the message of the caller.

use crate::base::table::Id;
use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::callers::ending::{AttemptEnd, RequestEnd};
use crate::engine::record::readings::Frozen;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::{Attempt, Role, Task, Visitor};
use crate::observation::{
    CallCounter, FunnelStep, LANES, Observation, Outcome, PoolLevel, SampleId, ServiceCounter,
    ServiceLevel, ServiceSample, SoldOut, UserCounter,
};
use crate::program::{CallId, Journey, StepId};

impl Sim<'_> {
    /// Ends the measured period: at the horizon, before a drain goes on.
    pub(in crate::engine) fn freeze(&mut self) {
        let (now, lanes) = (self.course.horizon, LANES as usize);
        let mut frozen = Frozen {
            integrals: Vec::new(),
            maxima: Vec::new(),
            happened: None,
        };
        if self.rec.bins > 0 {
            self.rec.end_bin(self.rec.bins - 1, now);
        }
        for meter in &self.rec.meters {
            for lane in 0..lanes {
                frozen
                    .integrals
                    .push(meter.integral(lane, now) as f64 / 1e9);
                frozen.maxima.push(meter.max(lane));
            }
        }
        if self.rules.program.clock.tail.is_some() {
            frozen.happened = Some(self.rec.all_that_happened());
        }
        self.rec.frozen = Some(frozen);
        self.end_profile();
    }

    /// Counts those who are still there.
    pub(in crate::engine) fn close(&mut self) {
        if self.rec.frozen.is_none() {
            self.freeze();
        }
        self.part_all();
        self.now = self.now.max(self.course.horizon);
        let slots: Vec<u32> = self.people.iter().map(|(t, _)| t.slot).collect();
        for slot in slots {
            let task = *self.people.task(slot);
            self.close_request(slot, &task);
            let journey = |v: &Visitor| self.rules.program.sources[v.source].journey.0;
            match task.role {
                Role::Visitor(v) if task.doing != Doing::AtHome => {
                    self.count_outcome(&v, Outcome::Unfinished);
                    if self.rec.counts(v.arrived) {
                        self.rec.left(v.step, Outcome::Unfinished);
                    }
                    self.rec.never(
                        self.rules.program.layout.journey_time(journey(&v)),
                        v.arrived,
                    );
                }
                Role::Visitor(v) => {
                    if let Some(last) = v.last {
                        self.count_outcome(&v, last);
                        self.rec.never(
                            self.rules.program.layout.journey_time(journey(&v)),
                            v.arrived,
                        );
                    }
                }
                Role::Attempt(a) => self.close_attempt(&task, &a),
                Role::Branch(_) => {}
            }
        }
        self.audit();
    }

    fn close_request(&mut self, slot: u32, task: &Task) {
        let is_attempt = matches!(task.role, Role::Attempt(a) if a.server == u32::MAX);
        match task.doing {
            Doing::Calling { .. } | Doing::Hedging { .. } => {}
            Doing::BackingOff | Doing::AtLimit { .. } if !is_attempt => {}
            _ => return,
        }
        let call = self.call_at(slot);
        let route = &self.rules.routes.calls[call];
        match task.doing {
            Doing::Calling { .. } => {
                let sent = task.request.last_sent;
                self.attempt_over((slot, call), route, (AttemptEnd::Unfinished, sent));
            }
            Doing::Hedging { round } => self.close_round((slot, call), round),
            _ => {}
        }
        self.request_over((slot, call), route, RequestEnd::Unfinished);
    }

    fn close_attempt(&mut self, task: &Task, attempt: &Attempt) {
        let in_system = attempt.server != u32::MAX
            || matches!(task.doing, Doing::Queued | Doing::PutBack { .. });
        let there = in_system && !matches!(task.doing, Doing::Answering { .. } | Doing::Refusing);
        if there {
            let id = self.rules.program.calls[attempt.call].service;
            let ns = self.sojourn(attempt.accepted);
            let counter = self
                .rules
                .program
                .layout
                .service(id.0, ServiceCounter::SojournNs);
            self.rec.add_ns(counter, ns);
        }
        if self.rules.is_message(attempt.call) {
            let endpoint = self.rules.program.calls[attempt.call].endpoint.0;
            self.rec
                .never(self.rules.program.layout.delay(endpoint), attempt.sent);
        }
    }

    /// Asserts, in debug builds, what must hold for every replication of every program.
    fn audit(&self) {
        if cfg!(debug_assertions) {
            self.audit_users();
            self.audit_calls();
            self.audit_services();
            self.audit_sizes();
        }
    }

    fn audit_users(&self) {
        let layout = self.rules.program.layout;
        let total = |c: crate::observation::CounterId| self.rec.total(c);
        let arrived = total(layout.users(UserCounter::Arrived));
        let ended: u128 = Outcome::all(layout.own_outcomes)
            .map(|o| total(layout.users_ended(o)))
            .sum();
        assert_eq!(arrived, ended, "users are not conserved");
        for journey in 0..layout.journeys {
            let arrived = total(layout.journey(journey, UserCounter::Arrived));
            let ended: u128 = Outcome::all(layout.own_outcomes)
                .map(|o| total(layout.journey_ended(journey, o)))
                .sum();
            assert_eq!(
                arrived, ended,
                "users of journey {journey} are not conserved"
            );
        }
    }

    fn audit_calls(&self) {
        let layout = self.rules.program.layout;
        for call in 0..layout.calls {
            if self.rules.program.calls[CallId::from_index(call as usize)].message {
                continue;
            }
            let n = |what| self.rec.total(layout.call(call, what));
            assert_eq!(
                n(CallCounter::Started),
                n(CallCounter::Ok) + n(CallCounter::Failed) + n(CallCounter::Unfinished),
                "requests of call {call} are not conserved"
            );
            let ended = [
                CallCounter::AttemptOk,
                CallCounter::AttemptRefused,
                CallCounter::AttemptTimedOut,
                CallCounter::AttemptError,
                CallCounter::AttemptCancelled,
                CallCounter::AttemptUnfinished,
            ];
            let ended: u128 = ended.into_iter().map(n).sum();
            assert_eq!(
                n(CallCounter::Sent),
                ended,
                "attempts of call {call} are not conserved"
            );
        }
    }

    fn audit_services(&self) {
        let (layout, lanes) = (self.rules.program.layout, LANES as usize);
        for service in 0..layout.services {
            let level = layout.service_level(service, ServiceLevel::InSystem).0 as usize;
            let frozen = self.rec.frozen.as_ref().expect("the period has ended");
            let sojourn = self
                .rec
                .total(layout.service(service, ServiceCounter::SojournNs));
            let gap = (frozen.integrals[level] - sojourn as f64 / 1e9).abs();
            assert!(
                gap <= 1e-6 + 1e-9 * frozen.integrals[level],
                "Little's law fails for service {service} by {gap} unit seconds"
            );
            debug_assert!(level < self.rec.meters.len() * lanes);
        }
    }

    /// No more is ever in use than there is, in all and in every bin.
    fn audit_sizes(&self) {
        let layout = self.rules.program.layout;
        let of_services = (0..layout.services).flat_map(|service| {
            let level = |what| layout.service_level(service, what);
            let [held, busy] = [ServiceLevel::Held, ServiceLevel::Busy].map(level);
            [
                (held, level(ServiceLevel::Workers)),
                (busy, level(ServiceLevel::Cores)),
                (level(ServiceLevel::Active), held),
            ]
        });
        let of_pools = (0..layout.pools).map(|pool| {
            let level = |what| layout.pool_level(pool, what);
            (level(PoolLevel::InUse), level(PoolLevel::Size))
        });
        let frozen = self.rec.frozen.as_ref().expect("the period has ended");
        for (part, whole) in of_services.chain(of_pools) {
            let (part, whole) = (part.0 as usize, whole.0 as usize);
            assert!(
                frozen.integrals[part] <= frozen.integrals[whole],
                "more is in use than there is: level {part} of {whole}"
            );
            let bins = self.rec.level_bins.chunks_exact(layout.levels());
            for (number, bin) in bins.enumerate() {
                assert!(
                    bin[part] <= bin[whole],
                    "more is in use than there is in bin {number}: level {part} of {whole}"
                );
            }
        }
    }

    /// The steps of every journey. Whoever reached a step and did not leave there went on from it:
    /// those still inside have left it unfinished.
    fn funnel(&self) -> Vec<Vec<FunnelStep>> {
        let row = |journey: &Journey| {
            let first = journey.first.0;
            let steps = (first..first + u32::from(journey.steps)).map(|number| {
                let mut step = self.rec.funnel[StepId(number)].clone();
                step.passed = step.reached - step.left.iter().sum::<u64>();
                step
            });
            steps.collect()
        };
        self.rules.program.journeys.values().map(row).collect()
    }

    /// What the replication saw.
    pub(in crate::engine) fn observe(&mut self, replication: u32) -> Observation {
        let answers = self.answers();
        let frozen = self.rec.frozen.take().expect("the period has ended");
        let windows = self.windows();
        let told = |t: Time| Time(t.0 + self.course.start.0);
        let inside = self.rules.users_inside().0 as usize;
        let layout = self.rules.program.layout;
        let service = |call| self.rules.program.calls[CallId::from_index(call as usize)].service;
        let work = |call| layout.service_time(service(call).0, ServiceSample::Time);
        let samples = || (0..layout.samples() as u32).map(SampleId);
        Observation {
            replication,
            ended: told(self.course.last),
            events: self.course.events,
            spent: self.course.spent,
            users_max: u64::from(frozen.maxima[inside]),
            counters: self.rec.totals(),
            happened: frozen
                .happened
                .unwrap_or_else(|| self.rec.all_that_happened()),
            counter_bins: self.rec.counts_by_bin(),
            integrals: frozen.integrals,
            maxima: frozen.maxima,
            level_bins: self.rec.level_bins.clone(),
            tallies: self.rec.finished(work),
            tally_bins: samples().map(|id| self.bins_of(id)).collect(),
            heat: samples().map(|id| self.heat_of(id)).collect(),
            marked: {
                let told = |m: &Option<(Time, Time)>| m.map(|(a, b)| (told(a), told(b)));
                self.rec.marked.iter().map(told).collect()
            },
            funnel: self.funnel(),
            sold_out_at: {
                let told = |at: &SoldOut| SoldOut {
                    first: at.first.map(told),
                    last: at.last.map(told),
                };
                self.rec.sold_out_at.iter().map(told).collect()
            },
            chronicle: std::mem::take(&mut self.rec.chronicle),
            dried: self.rec.dried.iter().map(|at| at.map(told)).collect(),
            windows,
            metrics: answers.values,
            wholes: answers.wholes,
            skipped: answers.skipped,
            instants: self.rec.instants.clone(),
            present_at_cut: self.rec.present_at_cut,
            fullness: std::mem::take(&mut self.rec.profile.seen),
        }
    }
}
