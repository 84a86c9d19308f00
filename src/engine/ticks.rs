//! The clock of the record: where bins, the measured period and its looks begin and end.

use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::calendar::key::{Event, Group, Kind};
use crate::engine::world::trigger::LAST_PLAN;

impl Sim<'_> {
    /// Schedules the beginnings of bins, one after the other, the cut and the horizon.
    pub(super) fn schedule_ticks(&mut self) {
        if self.rec.cut.0 > 0 {
            self.agenda.at(self.rec.cut, Group::Tick, Kind::Cut, 0);
        }
        if self.course.end > self.course.horizon {
            let at = self.course.horizon;
            self.agenda.at(at, Group::Reading, Kind::Horizon, 0);
        }
        self.schedule_bin(1);
    }

    fn schedule_bin(&mut self, bin: u32) {
        let begin = self.rec.bin_width.0.saturating_mul(i64::from(bin));
        let at = Time(begin.min(self.course.horizon.0));
        if i64::from(bin) < self.rec.bins as i64 {
            self.agenda.at(at, Group::Tick, Kind::Bin, bin);
        }
    }

    /// The clock of the record: a bin begins, the warm-up or the measured period ends, somebody
    /// looks around.
    pub(super) fn tick(&mut self, event: Event) {
        match event.kind {
            Kind::Bin => {
                self.rec.end_bin(event.slot as usize - 1, self.now);
                self.schedule_bin(event.slot + 1);
            }
            Kind::Cut => {
                self.part_all();
                self.rec.present_at_cut = self.people.len() as u64;
                self.cut_instruments(|sim| sim.rec.cut(sim.now));
                self.begin_profile();
            }
            Kind::Horizon => {
                self.freeze();
                if self.rules.program.clock.tail.is_some() {
                    self.await_those_inside();
                }
            }
            Kind::Look => self.look(),
            Kind::Window => self.window_ends(),
            Kind::Reading if event.slot > LAST_PLAN => self.look_again(event.slot),
            Kind::Reading => self.read(event.slot),
            other => unreachable!("{other:?} is none of the record's"),
        }
    }
}
