//! What the present event has still to do, and whether what would be next anyway may happen at
//! once.
//!
//! Tasks that are ready, attempts that are to stop and servers whose cores changed wait here for
//! the end of the event under way. One number tells all at once what the event loop asks several
//! times an event: whether anything of that is left, and whether anything else is in the way. It
//! does not know what a ticket stands for.

use std::collections::VecDeque;

use crate::base::slab::Ticket;

/// Messages that may cross at once, one within the other: each takes room on the stack.
const DEEPEST: u64 = 16;
/// An answer is about to set out, and nothing may overtake it.
const HELD_BACK: u64 = 1 << 16;
/// A message may take time on its way, or be lost.
const DISTURBED: u64 = 1 << 17;
/// Something to be done.
const TO_DO: u64 = 1 << 32;
/// Nothing more is done.
const GIVEN_UP: u64 = 1 << 63;

/// What is left within the present event.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    /// How many messages are crossing in the lowest 16 bits, then what is in the way, in the upper
    /// half how much is to be done, and in the highest bit that nothing more is.
    state: u64,
    /// Whose instructions run next.
    ready: VecDeque<Ticket>,
    /// Attempts that are to stop.
    doomed: Vec<Ticket>,
    /// Servers whose shared cores changed.
    changed: Vec<u32>,
}

/// Something that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// The instructions of a task run.
    Ready(Ticket),
    /// An attempt stops.
    Doomed(Ticket),
    /// The shared cores of a server find their speed anew.
    Changed(u32),
}

impl Pending {
    /// Whether nothing is left to be done, and nothing is given up.
    #[inline]
    pub(super) fn is_settled(&self) -> bool {
        self.state < TO_DO
    }

    /// Whether nothing is left, nothing is in the way, and few messages are crossing.
    #[inline]
    pub(super) fn is_clear(&self) -> bool {
        self.state < DEEPEST
    }

    /// A message crosses at once, until [`crossed`](Pending::crossed).
    #[inline]
    pub(super) fn crosses(&mut self) {
        self.state += 1;
    }

    /// A message has crossed.
    #[inline]
    pub(super) fn crossed(&mut self) {
        self.state -= 1;
    }

    /// An answer is about to set out: nothing else crosses at once until it has.
    pub(super) fn hold_back(&mut self) {
        self.state |= HELD_BACK;
    }

    /// The answer sets out.
    pub(super) fn let_go(&mut self) {
        self.state &= !HELD_BACK;
    }

    /// Whether an answer is about to set out.
    #[inline]
    pub(super) fn is_held_back(&self) -> bool {
        self.state & HELD_BACK != 0
    }

    /// The network is disturbed: nothing crosses at once until it is calm again.
    pub(super) fn disturb(&mut self) {
        self.state |= DISTURBED;
    }

    /// The network is calm again.
    pub(super) fn calm(&mut self) {
        self.state &= !DISTURBED;
    }

    /// The instructions of a task run next.
    #[inline]
    pub(super) fn make_ready(&mut self, task: Ticket) {
        self.state += TO_DO;
        self.ready.push_back(task);
    }

    /// Whether instructions of a task run next.
    #[inline]
    pub(super) fn is_any_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// An attempt is to stop.
    pub(super) fn doom(&mut self, attempt: Ticket) {
        self.state += TO_DO;
        self.doomed.push(attempt);
    }

    /// The shared cores of a server have to find their speed anew.
    #[inline]
    pub(super) fn change(&mut self, server: u32) {
        self.state += TO_DO;
        self.changed.push(server);
    }

    /// The replication is given up: no instructions run any more.
    pub(super) fn give_up(&mut self) {
        self.state -= TO_DO * self.ready.len() as u64;
        self.state |= GIVEN_UP;
        self.ready.clear();
    }

    /// What is to be done next: first what runs, then what stops, the latest first, at last the
    /// cores.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Left> {
        let ready = self.ready.pop_front().map(Left::Ready);
        let left = ready
            .or_else(|| self.doomed.pop().map(Left::Doomed))
            .or_else(|| self.changed.pop().map(Left::Changed))?;
        self.state -= TO_DO;
        Some(left)
    }

    /// Bytes in use, for the memory limit.
    pub(super) fn bytes(&self) -> usize {
        (self.ready.capacity() + self.doomed.capacity()) * size_of::<Ticket>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(slot: u32) -> Ticket {
        Ticket {
            slot,
            generation: 1,
        }
    }

    #[test]
    fn what_runs_comes_before_what_stops_and_cores_come_last() {
        let mut pending = Pending::default();
        pending.change(7);
        pending.doom(ticket(1));
        pending.doom(ticket(2));
        pending.make_ready(ticket(3));
        pending.make_ready(ticket(4));
        let order = std::iter::from_fn(|| pending.next()).collect::<Vec<_>>();
        let stop = |slot| Left::Doomed(ticket(slot));
        let run = |slot| Left::Ready(ticket(slot));
        assert_eq!(order, [run(3), run(4), stop(2), stop(1), Left::Changed(7)]);
        assert!(pending.is_settled() && pending.is_clear());
    }

    #[test]
    fn whatever_is_left_or_in_the_way_keeps_messages_from_crossing() {
        let mut pending = Pending::default();
        pending.hold_back();
        assert!(!pending.is_clear() && pending.is_settled() && pending.is_held_back());
        pending.disturb();
        pending.let_go();
        assert!(!pending.is_clear() && pending.is_settled() && !pending.is_held_back());
        pending.calm();
        for depth in 0..DEEPEST {
            assert!(pending.is_clear(), "{depth} deep");
            pending.crosses();
        }
        assert!(!pending.is_clear() && pending.is_settled());
        pending.crossed();
        assert!(pending.is_clear());
        pending.make_ready(ticket(0));
        pending.doom(ticket(1));
        assert!(!pending.is_clear() && !pending.is_settled());
        assert_eq!(pending.next(), Some(Left::Ready(ticket(0))));
        assert_eq!(pending.next(), Some(Left::Doomed(ticket(1))));
        assert!(pending.is_settled() && pending.is_clear());
        assert_eq!(pending.next(), None);
    }

    #[test]
    fn who_gives_up_runs_nothing_more_and_is_never_settled() {
        let mut pending = Pending::default();
        pending.make_ready(ticket(0));
        pending.doom(ticket(1));
        pending.give_up();
        assert_eq!(pending.next(), Some(Left::Doomed(ticket(1))));
        assert_eq!(pending.next(), None);
        assert!(!pending.is_settled() && !pending.is_clear());
    }
}
