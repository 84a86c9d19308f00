//! Some of those who hold a unit of an instance: enough to look at what its holders do.
//!
//! One idea: every unit that is taken has the same chance to be noted, whatever is done with it and
//! for how long; so those of the noted who still hold it at some instant are a fair sample of all
//! who do. Of up to [`ALL`] units all are noted, of more so few that about as many still hold
//! theirs. Who has given a unit back is found out only when somebody looks.

use crate::base::slab::Ticket;

/// Up to so many units, everyone who takes one is noted.
const ALL: u64 = 8;

/// From so many notes on, old ones are swept out.
const SWEEP: usize = 32;

/// A note of a holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Note {
    /// Who took the unit.
    pub(in crate::engine) task: Ticket,
    /// The step that keeps it, where it is one.
    pub(in crate::engine) frame: Ticket,
}

/// Those noted.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Holders {
    notes: Vec<Note>,
    /// Units to be taken until the next one is noted.
    left: u32,
    /// One in so many is noted.
    one_in: u32,
    /// Luck of its own: which one is noted decides nothing in the model.
    luck: u32,
    /// From so many notes on, old ones are swept out.
    sweep: usize,
}

impl Holders {
    /// Of an instance of so many units; `luck` tells instances apart.
    pub(in crate::engine) fn new(size: u64, luck: u64) -> Self {
        Self {
            notes: Vec::new(),
            left: 1,
            one_in: one_in(size),
            luck: ((luck >> 32) as u32) | 1,
            sweep: SWEEP,
        }
    }

    /// The number of units has changed.
    pub(in crate::engine) fn resize(&mut self, size: u64) {
        self.one_in = one_in(size);
    }

    /// Whether the unit that is taken now is to be noted.
    #[inline(always)]
    pub(in crate::engine) fn takes_note(&mut self) -> bool {
        self.left -= 1;
        self.left == 0
    }

    /// Notes who has taken a unit; `holds` tells whether somebody noted still has it.
    #[inline(never)]
    pub(in crate::engine) fn note(&mut self, note: Note, holds: impl Fn(&Note) -> bool) {
        self.left = if self.one_in <= 1 {
            1
        } else {
            1 + self.random() % (2 * self.one_in - 1)
        };
        if self.notes.len() >= self.sweep {
            self.sweep_out(holds);
            self.sweep = SWEEP.max(2 * self.notes.len());
        }
        self.notes.push(note);
    }

    /// Forgets those who have given their unit back.
    pub(in crate::engine) fn sweep_out(&mut self, holds: impl Fn(&Note) -> bool) {
        self.notes.retain(holds);
    }

    /// Those noted.
    pub(in crate::engine) fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.notes.capacity() * size_of::<Note>()
    }

    /// The next of a xorshift generator (Marsaglia 2003, triple 13, 17, 5).
    fn random(&mut self) -> u32 {
        let mut x = self.luck;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        self.luck = x;
        x
    }
}

fn one_in(size: u64) -> u32 {
    size.div_ceil(ALL).clamp(1, 1 << 30) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(slot: u32) -> Note {
        let task = Ticket {
            slot,
            generation: 1,
        };
        Note {
            task,
            frame: Ticket::NONE,
        }
    }

    fn noted(size: u64, taken: u32) -> Holders {
        let mut holders = Holders::new(size, 7 << 40);
        for slot in 0..taken {
            if holders.takes_note() {
                holders.note(note(slot), |_| true);
            }
        }
        holders
    }

    #[test]
    fn all_of_few_and_some_of_many_are_noted() {
        assert_eq!(noted(8, 500).notes().len(), 500);
        // One in 100 of 100,000: the gaps are uniform from 1 to 199, so 1,000 ± 18 of them.
        let some = noted(800, 100_000).notes().len();
        assert!((930..1070).contains(&some), "{some}");
    }

    #[test]
    fn those_who_hold_nothing_any_more_are_swept_out() {
        let mut holders = Holders::new(1, 0);
        for slot in 0..1_000 {
            assert!(holders.takes_note());
            holders.note(note(slot), |old| old.task.slot + 1 == slot);
        }
        assert!(holders.notes().len() <= SWEEP);
        holders.sweep_out(|old| old.task.slot == 999);
        assert_eq!(holders.notes(), [note(999)]);
    }
}
