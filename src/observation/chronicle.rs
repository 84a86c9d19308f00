//! What happened at instants that only a run knows: who was triggered, what broke, who ordered.
//!
//! One idea: the first few of each tell the story; the counters of the layout count them all.

use serde::{Deserialize, Serialize};

use crate::base::time::Time;

/// So many of each are kept.
const KEPT: usize = 8;

/// Something whose instant no model tells, by its number in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unplanned {
    /// What a trigger has decided took effect.
    Trigger(u32),
    /// A fault that strikes at random struck a server.
    Breakdown(u32),
    /// An autoscaler ordered servers.
    Ordered(u32),
    /// An autoscaler withdrew servers.
    Withdrawn(u32),
}

/// What happened, in order of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chronicle(Vec<(Unplanned, Time)>);

impl Chronicle {
    /// Something happens, at an instant counted from T+0; left out if there were many before.
    pub fn note(&mut self, what: Unplanned, at: Time) {
        if self.times(what).count() < KEPT {
            self.0.push((what, at));
        }
    }

    /// When it happened, the first few times, in order.
    pub fn times(&self, what: Unplanned) -> impl Iterator<Item = Time> {
        let of_it = self.0.iter().filter(move |(known, _)| *known == what);
        of_it.map(|(_, at)| *at)
    }

    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_few_of_each_are_kept() {
        let mut all = Chronicle::default();
        for second in 0..20 {
            all.note(Unplanned::Trigger(1), Time(second));
            all.note(Unplanned::Ordered(1), Time(2 * second));
        }
        let seen: Vec<Time> = all.times(Unplanned::Ordered(1)).collect();
        assert_eq!(seen.len(), KEPT);
        assert_eq!(seen[..3], [Time(0), Time(2), Time(4)]);
        assert_eq!(all.times(Unplanned::Trigger(2)).count(), 0);
    }
}
