//! Stocks: units that users take, and give back unless they end served.
//!
//! What a user has taken stands in a list of the visit. Who reserves units for a time has a clock
//! for each `take`; when it rings the units go back, and the visit ends from wherever the user is,
//! like patience, unless the step says something else (semantics#reservation).

use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, NO_EVENT, Number};
use crate::engine::draws::OfStep;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::frame::{FrameKind, NO_FRAME};
use crate::observation::{Outcome, StockCounter};
use crate::program::{Expired, StockId, TakeId};

impl Sim<'_> {
    /// A user takes units of a stock: whether there were enough.
    pub(in crate::engine) fn take_units(&mut self, slot: u32, take: TakeId) -> bool {
        let step = &self.rules.program.takes[take];
        let stock = step.stock;
        let law = &self.rules.settings.work[step.units];
        let units = match law.as_constant() {
            Some(units) => units,
            None => {
                let task = self.people.task(slot);
                let there = task.path.step(self.rules.program.work[step.units]);
                let luck = &self.rules.luck;
                law.sample(luck.uniform(task.owner, there, OfStep::Only as u32))
            }
        };
        let units = units.round().clamp(0.0, f64::from(u32::MAX)) as u32;
        let left = &mut self.held.stocks[stock.0 as usize];
        let layout = self.rules.program.layout;
        if *left < u64::from(units) {
            let sold_out = layout.stock(stock.0, StockCounter::SoldOut);
            self.rec.count(sold_out, self.now);
            return false;
        }
        *left -= u64::from(units);
        self.rec
            .add(layout.stock(stock.0, StockCounter::Taken), units, self.now);
        self.measure_stock(stock);
        let root = self
            .visitor_above(slot)
            .expect("`take` is a step of journeys");
        let clock = match self.rules.settings.takes[take] {
            Some(keep) => self
                .agenda
                .at(self.now + keep, Group::Late, Kind::Expired, root),
            None => NO_EVENT,
        };
        let outer = self.people.visitor(root).taken;
        let kind = FrameKind::Taken { take, units, clock };
        let taken = self.people.push_frame(outer, kind);
        self.people.visitor(root).taken = taken;
        true
    }

    /// What a user took is kept only when served; a place in a room only until now.
    #[inline(never)]
    pub(in crate::engine) fn give_back(&mut self, slot: u32, outcome: Outcome) {
        let mut next = std::mem::replace(&mut self.people.visitor(slot).taken, NO_FRAME);
        while next != NO_FRAME {
            let frame = self.people.pop_frame(next);
            next = frame.outer;
            match frame.kind {
                FrameKind::Back { .. } => {}
                FrameKind::Place(enter) => self.leave_room(enter),
                FrameKind::Taken { take, units, .. } if outcome == Outcome::Served => {
                    let stock = self.rules.program.takes[take].stock;
                    self.count_units(stock, StockCounter::Sold, units);
                }
                FrameKind::Taken { take, units, .. } => self.restock(take, units),
                other => unreachable!("a visit keeps units and places, not {other:?}"),
            }
        }
    }

    fn count_units(&mut self, stock: StockId, what: StockCounter, units: u32) {
        let counter = self.rules.program.layout.stock(stock.0, what);
        self.rec.add(counter, units, self.now);
    }

    /// Units go back.
    fn restock(&mut self, take: TakeId, units: u32) {
        let stock = self.rules.program.takes[take].stock;
        self.held.stocks[stock.0 as usize] += u64::from(units);
        self.count_units(stock, StockCounter::GivenBack, units);
        self.measure_stock(stock);
    }

    /// The clock of a reservation rings; false when what was reserved is kept or gone.
    pub(in crate::engine) fn reservation_ends(&mut self, slot: u32, clock: Number) -> bool {
        let Some((take, units)) = self.unlist(slot, clock) else {
            return false;
        };
        let stock = self.rules.program.takes[take].stock;
        self.count_units(stock, StockCounter::Expired, units);
        self.restock(take, units);
        match self.rules.program.takes[take].expired {
            Expired::GoesOn => {}
            Expired::Ends(outcome) => {
                self.interrupt(slot);
                self.end_visit(slot, outcome);
            }
            Expired::Does(pc) => {
                self.interrupt(slot);
                let task = self.people.task_mut(slot);
                (task.pc, task.doing) = (pc, Doing::Running);
                self.make_ready(slot);
            }
        }
        true
    }

    /// Takes what has this clock off the list of what a user has taken.
    fn unlist(&mut self, slot: u32, clock: Number) -> Option<(TakeId, u32)> {
        let (mut before, mut next) = (NO_FRAME, self.people.visitor(slot).taken);
        while next != NO_FRAME {
            let frame = *self.people.frame(next);
            if let FrameKind::Taken {
                take,
                units,
                clock: own,
            } = frame.kind
                && own == clock
            {
                match before {
                    NO_FRAME => self.people.visitor(slot).taken = frame.outer,
                    before => self.people.frame_mut(before).outer = frame.outer,
                }
                self.people.pop_frame(next);
                return Some((take, units));
            }
            (before, next) = (next, frame.outer);
        }
        None
    }

    /// Records how much of a stock is left, and since when nothing is.
    pub(in crate::engine) fn measure_stock(&mut self, stock: StockId) {
        let left = self.held.stocks[stock.0 as usize].min(u64::from(u32::MAX)) as u32;
        if self.now <= self.world.changes_end() {
            let seen = &mut self.rec.sold_out_at[stock.0 as usize];
            if left > 0 {
                seen.last = None;
            } else if seen.last.is_none() {
                seen.last = Some(self.now);
                seen.first = seen.first.or(seen.last);
            }
        }
        self.rec.set(
            self.rules.program.layout.stock_left(stock.0),
            left,
            self.now,
        );
    }
}
