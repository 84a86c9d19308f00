//! Stocks: units that users take, and give back unless they end served.

use crate::engine::Sim;
use crate::engine::tasks::frame::{FrameKind, NO_FRAME};
use crate::observation::{Outcome, StockCounter};
use crate::program::{StockId, TakeId};

impl Sim<'_> {
    /// A user takes units of a stock: whether there were enough.
    pub(in crate::engine) fn take_units(&mut self, slot: u32, take: TakeId) -> bool {
        let step = &self.rules.program.takes[take];
        let (stock, units) = (step.stock, step.units);
        let left = &mut self.held.stocks[stock.0 as usize];
        let layout = self.rules.program.layout;
        if *left < u64::from(units) {
            if self.now <= self.world.changes_end() {
                let seen = &mut self.rec.sold_out_at[stock.0 as usize];
                seen.get_or_insert(self.now);
            }
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
        let outer = self.people.visitor(root).taken;
        let taken = self
            .people
            .push_frame(outer, FrameKind::Taken { stock, units });
        self.people.visitor(root).taken = taken;
        true
    }

    /// What a user took is kept only when served.
    #[inline(never)]
    pub(in crate::engine) fn give_back(&mut self, slot: u32, outcome: Outcome) {
        let mut next = std::mem::replace(&mut self.people.visitor(slot).taken, NO_FRAME);
        while next != NO_FRAME {
            let frame = self.people.pop_frame(next);
            next = frame.outer;
            if let FrameKind::Taken { stock, units } = frame.kind
                && outcome != Outcome::Served
            {
                self.held.stocks[stock.0 as usize] += u64::from(units);
                let counter = self
                    .rules
                    .program
                    .layout
                    .stock(stock.0, StockCounter::GivenBack);
                self.rec.add(counter, units, self.now);
                self.measure_stock(stock);
            }
        }
    }

    /// Records how much of a stock is left.
    pub(in crate::engine) fn measure_stock(&mut self, stock: StockId) {
        let left = self.held.stocks[stock.0 as usize].min(u64::from(u32::MAX)) as u32;
        self.rec.set(
            self.rules.program.layout.stock_left(stock.0),
            left,
            self.now,
        );
    }
}
