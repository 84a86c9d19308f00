//! Rolling deploys: batch by batch, servers drain, boot, and have other numbers; at the end of the
//! fault they are rolled back alike (semantics#faults).

use crate::base::time::Span;
use crate::engine::Sim;
use crate::engine::services::harm::Blow;
use crate::engine::services::server::Renewal;
use crate::program::{FaultKind, ServiceId};

/// A deploy under way, forward or back.
#[derive(Clone, Debug)]
pub(super) struct Rollout {
    blow: Blow,
    /// The servers that it reaches, in order.
    order: Vec<u32>,
    /// How many of them it has reached.
    at: usize,
    batch: usize,
    every: Span,
    /// What they have then.
    version: Option<u32>,
}

impl Sim<'_> {
    /// A deploy begins with its first batch.
    pub(super) fn begin_rollout(&mut self, blow: Blow) {
        let Some((service, share, version)) = self.deploy_of(blow) else {
            return;
        };
        let mut order = self.servers_up(service);
        let reached = (share * order.len() as f64 + 0.5).floor() as usize;
        order.truncate(reached.max(1));
        self.roll(blow, order, Some(version));
    }

    /// A deploy is rolled back, wherever it has come.
    pub(super) fn end_rollout(&mut self, blow: Blow) {
        let Some((service, ..)) = self.deploy_of(blow) else {
            return;
        };
        let under_way = &mut self.world.calendar.rollouts;
        for rollout in under_way.iter_mut().filter(|one| one.blow == blow) {
            rollout.order.clear();
            rollout.version = None;
        }
        let order = self.servers_renewed(service, blow.id);
        self.roll(blow, order, None);
    }

    fn deploy_of(&self, blow: Blow) -> Option<(ServiceId, f64, u32)> {
        match &self.rules.program.faults[blow.fault as usize].kind {
            FaultKind::Deploy {
                service,
                share,
                version,
                ..
            } => Some((*service, *share, *version)),
            _ => None,
        }
    }

    fn roll(&mut self, blow: Blow, order: Vec<u32>, version: Option<u32>) {
        let FaultKind::Deploy {
            service,
            batch,
            every,
            ..
        } = &self.rules.program.faults[blow.fault as usize].kind
        else {
            return;
        };
        let all = self.servers_up(*service).len().max(order.len()) as u32;
        let rollout = Rollout {
            blow,
            order,
            at: 0,
            batch: batch.of(all).max(1) as usize,
            every: *every,
            version,
        };
        let number = self.world.calendar.rollouts.len() as u32;
        self.world.calendar.rollouts.push(rollout);
        self.next_batch(number);
    }

    /// The next batch of a deploy.
    pub(super) fn next_batch(&mut self, number: u32) {
        let rollout = &mut self.world.calendar.rollouts[number as usize];
        let (blow, version, every) = (rollout.blow, rollout.version, rollout.every);
        let to = (rollout.at + rollout.batch).min(rollout.order.len());
        let from = rollout.at.min(to);
        let batch: Vec<u32> = rollout.order[from..to].to_vec();
        rollout.at = to;
        let more = to < rollout.order.len();
        let renewal = Renewal {
            id: blow.id,
            version,
        };
        for index in batch {
            self.renew(index, renewal);
        }
        if more {
            self.schedule_batch(number, every);
        } else if version.is_some()
            && self
                .deploy_of(blow)
                .is_some_and(|(_, share, _)| share >= 1.0)
        {
            self.lasts_for_all(blow);
        }
    }
}
