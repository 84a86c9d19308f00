//! A rate limit (semantics#guards): token buckets, each as the one instant at which its next token
//! would be due were it empty (the generic cell rate algorithm, ITU-T I.371).
//!
//! Who waits has his token reserved, in the order in which they came; so a wait is known when it
//! begins, and needs no line.

use crate::base::time::{Span, Time};
use crate::program::LimitSettings;

/// What a bucket says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Token {
    /// There is one, and it is taken.
    Taken,
    /// There will be one after so long.
    In(Span),
}

/// The buckets of one owner, by whom they are for: of a group, and a number in it.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Buckets {
    first: f64,
    others: Vec<Vec<f64>>,
}

/// Clocks are whole nanoseconds: half of one is the same instant.
const SAME: f64 = 0.5;

impl Buckets {
    fn due(&mut self, (group, number): (usize, usize)) -> &mut f64 {
        if (group, number) == (0, 0) {
            return &mut self.first;
        }
        if self.others.len() <= group {
            self.others.resize_with(group + 1, Vec::new);
        }
        let group = &mut self.others[group];
        if group.len() <= number {
            group.resize(number + 1, 0.0);
        }
        &mut group[number]
    }

    /// The time from one token to the next, in ns.
    fn gap(limit: &LimitSettings) -> f64 {
        1e9 / limit.rate
    }

    /// Takes a token if there is one.
    pub(in crate::engine) fn take(
        &mut self,
        whose: (usize, usize),
        (limit, now): (&LimitSettings, Time),
    ) -> Token {
        let (gap, now) = (Self::gap(limit), now.0 as f64);
        let due = self.due(whose);
        let from = due.max(now);
        let early = from - now - (limit.burst - 1.0) * gap;
        if early > SAME {
            return Token::In(Span((early.round() as i64).max(1)));
        }
        *due = from + gap;
        Token::Taken
    }

    /// Takes the next token, whenever it comes.
    pub(in crate::engine) fn reserve(
        &mut self,
        whose: (usize, usize),
        (limit, now): (&LimitSettings, Time),
    ) {
        let due = self.due(whose);
        *due = due.max(now.0 as f64) + Self::gap(limit);
    }

    /// A token comes back that was taken or reserved.
    pub(in crate::engine) fn give_back(&mut self, whose: (usize, usize), limit: &LimitSettings) {
        *self.due(whose) -= Self::gap(limit);
    }

    /// Bytes of its lists, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        let lists = self
            .others
            .iter()
            .map(|group| group.capacity() * size_of::<f64>());
        lists.sum::<usize>() + self.others.capacity() * size_of::<Vec<f64>>()
    }
}
