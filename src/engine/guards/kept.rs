//! Where the state of (named table, owner) is: in a row, or in a list that hangs at a user.

use crate::base::slab::Slab;
use crate::engine::Sim;
use crate::engine::tasks::frame::{FrameKind, NO_FRAME};
use crate::program::{BreakerId, HedgeId, Keeper, LimitId, RetryId, ServiceId, ThrottleId};

/// A named table whose guard remembers something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Remembered {
    Breaker(BreakerId),
    Budget(RetryId),
    Throttle(ThrottleId),
    Limit(LimitId),
    Hedge(HedgeId),
    Links(ServiceId),
    Advice(ServiceId),
    Credits(ServiceId),
}

/// Where a state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum At {
    /// In the row, of an owner in this life.
    Row {
        /// Its number.
        number: u32,
        /// The life of the server; what another has left behind is lost.
        life: u32,
    },
    /// Among those of users.
    User(u32),
}

/// The states of the guards of one kind.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Kept<T> {
    row: Vec<T>,
    /// Lives of the owners of the row.
    lives: Vec<u32>,
    of_users: Slab<T>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            row: Vec::new(),
            lives: Vec::new(),
            of_users: Slab::new(),
        }
    }
}

impl<T: Clone + Default> Kept<T> {
    /// So many states in a row.
    pub(in crate::engine) fn new(states: u32) -> Self {
        Self {
            row: vec![T::default(); states as usize],
            lives: vec![0; states as usize],
            of_users: Slab::new(),
        }
    }

    /// The state there.
    #[inline]
    pub(in crate::engine) fn at(&mut self, at: At) -> &mut T {
        match at {
            At::Row { number, life } => {
                let known = &mut self.lives[number as usize];
                let state = &mut self.row[number as usize];
                if *known != life {
                    *known = life;
                    *state = T::default();
                }
                state
            }
            At::User(state) => self.of_users.live_mut(state),
        }
    }

    /// A user's state begins.
    pub(in crate::engine) fn begin(&mut self, state: T) -> u32 {
        self.of_users.insert(state).slot
    }

    /// A user's state is needed no more.
    pub(in crate::engine) fn forget(&mut self, state: u32) {
        self.of_users.vacate(state);
    }

    /// All states there are.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        let of_users = self.of_users.iter_mut().map(|(_, state)| state);
        self.row.iter_mut().chain(of_users)
    }

    /// Bytes in use; of one state by `of`.
    pub(in crate::engine) fn bytes(&self, of: impl Fn(&T) -> usize) -> usize {
        let lists: usize = self.row.iter().map(&of).sum();
        let users: usize = self.of_users.iter().map(|(_, state)| of(state)).sum();
        self.row.capacity() * size_of::<T>() + lists + users + self.of_users.bytes()
    }
}

impl Sim<'_> {
    /// Where the state is that a guard of a task has, if it has one yet.
    #[inline(always)]
    pub(in crate::engine) fn remembers(
        &self,
        slot: u32,
        what: Remembered,
        keeper: Keeper,
    ) -> Option<At> {
        match keeper {
            Keeper::All(number) => Some(At::Row { number, life: 0 }),
            Keeper::Servers(first) => {
                let server = self.services.server(self.server_of(slot));
                Some(At::Row {
                    number: first + server.number,
                    life: server.life,
                })
            }
            Keeper::Users => self.remembers_of_user(slot, what),
        }
    }

    #[inline(never)]
    fn remembers_of_user(&self, slot: u32, what: Remembered) -> Option<At> {
        let root = self.visitor_above(slot)?;
        let mut next = self.people.remembered(root);
        while next != NO_FRAME {
            let frame = self.people.frame(next);
            if let FrameKind::Remembered { what: found, state } = frame.kind
                && found == what
            {
                return Some(At::User(state));
            }
            next = frame.outer;
        }
        None
    }

    /// A state hangs at the user of a task from now on.
    pub(in crate::engine) fn remember(&mut self, slot: u32, what: Remembered, state: u32) -> At {
        let root = self.visitor_above(slot).expect("only users begin states");
        let outer = self.people.remembered(root);
        let frame = self
            .people
            .push_frame(outer, FrameKind::Remembered { what, state });
        self.people.visitor(root).remembered = frame;
        At::User(state)
    }

    /// A user leaves for good: nothing is remembered any more.
    #[inline(never)]
    pub(in crate::engine) fn forget_user(&mut self, root: u32) {
        let mut next = self.people.remembered(root);
        while next != NO_FRAME {
            let frame = self.people.pop_frame(next);
            if let FrameKind::Remembered { what, state } = frame.kind {
                self.callers.guards().forget(what, state);
            }
            next = frame.outer;
        }
        self.people.visitor(root).remembered = NO_FRAME;
    }
}
