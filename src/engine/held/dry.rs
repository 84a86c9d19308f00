//! Pools that run dry: all their units are held by those who wait for more of them, so that nothing
//! moves until somebody gives up
//! (semantics#dry).
//!
//! One idea: it can only come about when somebody begins to wait who is inside of a hold of the
//! same pool. Then those in the line are followed outwards, to all that they hold.

use std::collections::BTreeSet;

use crate::engine::Sim;
use crate::engine::tasks::frame::{FrameKind, NO_FRAME};

impl Sim<'_> {
    /// The holds of an instance of a pool that a task is inside of.
    fn holds_around(&self, slot: u32, pool: u32, found: &mut BTreeSet<u32>) {
        let mut next = Some(slot);
        while let Some(slot) = next {
            let mut frame = self.people.task(slot).frame;
            while frame != NO_FRAME {
                let around = self.people.frame(frame);
                if matches!(around.kind, FrameKind::Hold { pool: own, .. } if own == pool) {
                    found.insert(frame);
                }
                frame = around.outer;
            }
            next = self.around(slot);
        }
    }

    /// A task has begun to wait for units of a pool.
    #[inline(never)]
    pub(super) fn may_dry_pool(&mut self, slot: u32, index: u32) {
        let mut held = BTreeSet::new();
        self.holds_around(slot, index, &mut held);
        let pool = &self.held.pools[index as usize];
        if held.is_empty() || pool.in_use == 0 {
            return;
        }
        let (in_use, id) = (pool.in_use, pool.pool);
        for waits in pool.those_who_wait(&self.people) {
            self.holds_around(waits, index, &mut held);
        }
        let units = |frame: &u32| match self.people.frame(*frame).kind {
            FrameKind::Hold { hold, .. } => u64::from(self.rules.program.holds[hold].units),
            _ => 0,
        };
        if held.iter().map(units).sum::<u64>() == in_use {
            let now = self.now;
            self.rec.dried(id.0, now);
            let dried = self.rules.program.pools[id].dried;
            if let Some(dried) = dried {
                self.rec.tally(dried, now);
            }
        }
    }
}
