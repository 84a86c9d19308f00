//! What the limiters of servers have told their callers (semantics#told): each instance of a
//! calling service knows the latest word of each server that it has heard of.

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::guards::kept::Remembered;
use crate::program::{Keeper, ServiceId};

/// What an answer tells of the limiter of its server, in sixteen bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Word(u16);

impl Word {
    /// The server has no word for its caller.
    pub(in crate::engine) const NONE: Word = Word(0);

    /// Levels up to here are let in.
    pub(in crate::engine) fn of_level(level: u32) -> Word {
        Word(u16::try_from(level + 1).unwrap_or(0))
    }

    /// The level, or the credits, if any were told.
    pub(in crate::engine) fn number(self) -> Option<u32> {
        self.0.checked_sub(1).map(u32::from)
    }

    /// So many credits are granted.
    pub(in crate::engine) fn of_credits(credits: u32) -> Word {
        Word(u16::try_from(credits.min(u32::from(u16::MAX) - 1) + 1).unwrap_or(0))
    }

    /// As it travels with an answer.
    pub(in crate::engine) fn bits(self) -> u16 {
        self.0
    }

    /// What has travelled with an answer.
    pub(in crate::engine) fn from_bits(bits: u16) -> Word {
        Word(bits)
    }
}

/// The words of the servers of a service, as a caller knows them.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Advice {
    /// Of each server, by its number: the word, and when it was heard.
    heard: Vec<(Word, Time)>,
}

impl Advice {
    /// The word of a server that was heard less than so long ago.
    fn of(&self, number: u32, (lasts, now): (Span, Time)) -> Word {
        match self.heard.get(number as usize) {
            Some(&(word, heard)) if now - heard < lasts => word,
            Some(_) | None => Word::NONE,
        }
    }

    /// A word of one of so many servers is heard.
    fn hear(&mut self, (number, servers): (u32, u32), word: Word, now: Time) {
        if self.heard.is_empty() {
            self.heard = vec![(Word::NONE, now); servers as usize];
        }
        if let Some(known) = self.heard.get_mut(number as usize) {
            *known = (word, now);
        }
    }

    /// Bytes of its list, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.heard.capacity() * size_of::<(Word, Time)>()
    }
}

impl Sim<'_> {
    /// A task hears the word of a server.
    pub(in crate::engine) fn hear_word(
        &mut self,
        slot: u32,
        (id, keeper): (ServiceId, Keeper),
        (index, word): (u32, Word),
    ) {
        let now = self.now;
        let station = self.services.station(id);
        let (number, servers) = (index - station.first, station.most);
        if let Some(at) = self.remembers(slot, Remembered::Advice(id), keeper) {
            let advice = self.callers.guards().advice.at(at);
            advice.hear((number, servers), word, now);
        }
    }

    /// The word of a server that a task has heard less than so long ago.
    pub(in crate::engine) fn word_of(
        &mut self,
        slot: u32,
        (id, keeper): (ServiceId, Keeper),
        (index, lasts): (u32, Span),
    ) -> Word {
        let number = index - self.services.station(id).first;
        let now = self.now;
        match self.remembers(slot, Remembered::Advice(id), keeper) {
            Some(at) => self.callers.guards().advice.at(at).of(number, (lasts, now)),
            None => Word::NONE,
        }
    }
}
