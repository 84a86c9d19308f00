//! Rounds of a request that hedges: its first attempt, and the copies of it that were sent while no
//! answer came. Plain data: who waits for them stands in the caller's task.

use crate::base::slab::{Slab, Ticket};
use crate::base::time::{Span, Time};
use crate::engine::calendar::key::{NO_EVENT, Number};
use crate::engine::tasks::population::Failure;
use crate::program::{HedgeId, MOST_HEDGES};

/// Attempts of a round at most.
const MOST: usize = 1 + MOST_HEDGES as usize;

/// One attempt of a round.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Twin {
    /// The attempt, which is gone where it, or its answer, was lost.
    pub(in crate::engine) attempt: Ticket,
    /// When it was sent.
    pub(in crate::engine) sent: Time,
    /// Its timeout.
    pub(in crate::engine) clock: Number,
    /// The caller still waits for it.
    pub(in crate::engine) is_open: bool,
    /// The period in which a breaker let it through.
    pub(in crate::engine) period: u16,
}

/// The attempts of a request that wait side by side.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Round {
    /// By which hedge.
    pub(in crate::engine) hedge: HedgeId,
    /// Attempts sent.
    number: u8,
    /// The event of the next hedge.
    pub(in crate::engine) due: Number,
    /// The time from one to the next.
    pub(in crate::engine) after: Span,
    twins: [Twin; MOST],
    /// How the one that ended last failed.
    pub(in crate::engine) failure: Failure,
    /// When the word that one of them has begun reaches the other.
    pub(in crate::engine) untied: Time,
}

impl Round {
    /// A round without attempts yet.
    pub(in crate::engine) fn new(hedge: HedgeId) -> Self {
        let none = Twin {
            attempt: Ticket::NONE,
            sent: Time(0),
            clock: NO_EVENT,
            is_open: false,
            period: 0,
        };
        Self {
            hedge,
            number: 0,
            due: NO_EVENT,
            after: Span(0),
            twins: [none; MOST],
            failure: Failure::Error,
            untied: Time::NEVER,
        }
    }

    /// Another attempt is sent.
    pub(in crate::engine) fn add(&mut self, twin: Twin) {
        self.twins[usize::from(self.number)] = twin;
        self.number += 1;
    }

    /// Hedges sent: attempts after the first.
    pub(in crate::engine) fn hedges(&self) -> u32 {
        u32::from(self.number).saturating_sub(1)
    }

    /// Those that the caller still waits for, with their number.
    pub(in crate::engine) fn open(&self) -> impl Iterator<Item = (usize, Twin)> + '_ {
        let sent = self.twins[..usize::from(self.number)].iter().enumerate();
        sent.filter(|(_, twin)| twin.is_open)
            .map(|(n, twin)| (n, *twin))
    }

    /// The caller no longer waits for one; whether it waits for another.
    pub(in crate::engine) fn shut(&mut self, number: usize) -> bool {
        self.twins[number].is_open = false;
        self.open().next().is_some()
    }

    /// The period in which a breaker let one of them through.
    pub(in crate::engine) fn period(&self, number: usize) -> u16 {
        self.twins[number].period
    }

    /// When one of them was sent.
    pub(in crate::engine) fn sent(&self, number: usize) -> Time {
        self.twins[number].sent
    }

    /// The answer of one that works on is on its way, and is what the caller waits for now.
    pub(in crate::engine) fn answers(&mut self, attempt: Ticket, answer: Ticket) {
        let sent = self.twins[..usize::from(self.number)].iter_mut();
        for twin in sent.filter(|twin| twin.attempt == attempt) {
            twin.attempt = answer;
        }
    }

    /// The open one that is this attempt.
    pub(in crate::engine) fn number_of(&self, attempt: Ticket) -> Option<usize> {
        let mut open = self.open();
        open.find(|(_, twin)| twin.attempt == attempt)
            .map(|(n, _)| n)
    }
}

/// Word on its way from a server that has begun a copy, for the other.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Word {
    /// Who waits for both.
    pub(in crate::engine) caller: Ticket,
    /// The number of the copy that has begun.
    pub(in crate::engine) begun: usize,
    /// The other, if it had been sent by then.
    pub(in crate::engine) other: Ticket,
}

/// All rounds under way.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Rounds {
    pub(super) rounds: Slab<Round>,
    pub(super) words: Slab<Word>,
}

impl Rounds {
    pub(super) fn clear(&mut self) {
        self.rounds.clear();
        self.words.clear();
    }

    pub(super) fn bytes(&self) -> usize {
        self.rounds.bytes() + self.words.bytes()
    }

    /// A round begins: its number.
    pub(in crate::engine) fn begin(&mut self, round: Round) -> u32 {
        self.rounds.insert(round).slot
    }

    /// A round that is under way.
    pub(in crate::engine) fn get(&self, number: u32) -> &Round {
        self.rounds.live(number)
    }

    /// A round that is under way, to change.
    pub(in crate::engine) fn get_mut(&mut self, number: u32) -> &mut Round {
        self.rounds.live_mut(number)
    }

    /// A round is over.
    pub(in crate::engine) fn end(&mut self, number: u32) -> Round {
        let round = *self.rounds.live(number);
        self.rounds.vacate(number);
        round
    }

    /// Word sets out: its number.
    pub(in crate::engine) fn send(&mut self, word: Word) -> u32 {
        self.words.insert(word).slot
    }

    /// Word has arrived.
    pub(in crate::engine) fn receive(&mut self, number: u32) -> Word {
        let word = *self.words.live(number);
        self.words.vacate(number);
        word
    }
}
