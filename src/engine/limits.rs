//! What a replication may use, how much it uses, and why it was given up.
//!
//! Memory has one account for all arenas that share it, so that replications side by side keep
//! within one limit; what is reserved counts, whether or not somebody stands in it. Events are
//! counted with the turns of a `repeat`, which may take no time at all. It does not know who else
//! shares an account, nor what a limit should be.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::base::time::Time;
use crate::engine::held::cache;
use crate::engine::held::pool::PoolInstance;
use crate::engine::looks::profile;
use crate::engine::record::readings;
use crate::engine::record::recorder::Recorder;
use crate::engine::services::server::Server;
use crate::program::{Form, Program};

/// What a replication may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Events.
    pub events: u64,
    /// Bytes of users, requests, queues and logs, of all replications that share an account.
    pub bytes: usize,
}

/// The most events that a replication can number.
pub const MAX_EVENTS: u64 = 4_000_000_000;

/// Events at one instant after which time is taken to stand still, and the same for each of those
/// who are there if that is more: half of the events allowed if that is less.
const MAX_AT_ONE_INSTANT: u64 = 10_000_000;
const MAX_FOR_EACH: u64 = 1_000;

/// Events, turns or slots between two looks at the limits.
pub(super) const BETWEEN_LOOKS: usize = 65_536;

/// Bytes allowed where nobody says how many: 4 GiB, or all that an address of 32 bits reaches.
const USUAL_BYTES: u64 = 4 << 30;

impl Default for Limits {
    fn default() -> Self {
        Self {
            events: MAX_EVENTS,
            bytes: usize::try_from(USUAL_BYTES).unwrap_or(usize::MAX),
        }
    }
}

/// Why a replication was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Exceeded {
    /// More events than allowed.
    #[error("more than {limit} events by {at}")]
    Events {
        /// The limit.
        limit: u64,
        /// When it was reached, from T+0.
        at: Time,
    },
    /// Time stands still.
    #[error(
        "more than {events} events at {at} alone: \
         something goes on without end while no time passes"
    )]
    Standstill {
        /// So many at one instant are too many.
        events: u64,
        /// The instant, from T+0.
        at: Time,
    },
    /// More memory than allowed.
    #[error(
        "more than {limit} bytes by {at}, with {users} users inside, for all launches under way"
    )]
    Memory {
        /// The limit.
        limit: usize,
        /// Users in the system.
        users: u64,
        /// When it was reached, from T+0.
        at: Time,
    },
    /// More memory than allowed, before anything has happened.
    #[error("it takes {needed} bytes before the clock starts, more than the {limit} allowed")]
    Size {
        /// What it takes.
        needed: usize,
        /// The limit.
        limit: usize,
    },
    /// Somebody asked to stop.
    #[error("stopped")]
    Stopped,
}

impl Exceeded {
    /// Whether it was for want of memory, which others may have used.
    pub fn is_for_memory(self) -> bool {
        matches!(self, Exceeded::Memory { .. } | Exceeded::Size { .. })
    }
}

/// Bytes that several arenas, and whoever keeps what they saw, use at one time.
#[derive(Debug, Default)]
pub struct Account(AtomicUsize);

impl Account {
    /// Bytes in use.
    pub fn total(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// So many more are kept for good.
    pub fn keep(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    /// So many of those that were kept are not any more.
    pub fn release(&self, bytes: usize) {
        self.0.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// One arena's part of an account.
#[derive(Debug, Default)]
pub(super) struct Share {
    account: Arc<Account>,
    bytes: usize,
}

impl Clone for Share {
    /// Another part of the same account, with no bytes so far.
    fn clone(&self) -> Self {
        Self::of(Arc::clone(&self.account))
    }
}

impl Share {
    /// No bytes of an account so far.
    pub(super) fn of(account: Arc<Account>) -> Self {
        Self { account, bytes: 0 }
    }

    /// The account that it is a part of.
    pub(super) fn account(&self) -> Arc<Account> {
        Arc::clone(&self.account)
    }

    /// So many bytes are in use here now: how many in all.
    pub(super) fn set(&mut self, bytes: usize) -> usize {
        let before = std::mem::replace(&mut self.bytes, bytes);
        let account = &self.account.0;
        if bytes >= before {
            account.fetch_add(bytes - before, Ordering::Relaxed) + (bytes - before)
        } else {
            account.fetch_sub(before - bytes, Ordering::Relaxed) - (before - bytes)
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.account.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Since when time has not moved, and what was done by then.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    at: Time,
    done: u64,
}

impl Progress {
    /// The most that may be done at one instant while so many are there, if that is exceeded now
    /// that so much is done.
    pub(super) fn exceeded(
        &mut self,
        now: Time,
        (done, there): (u64, u64),
        limit: u64,
    ) -> Option<u64> {
        if now > self.at {
            *self = Self { at: now, done };
        }
        let most = MAX_AT_ONE_INSTANT.max(MAX_FOR_EACH * there).min(limit / 2);
        (done - self.done > most).then_some(most)
    }
}

/// Bytes of a server at rest.
pub const SERVER_BYTES: usize = size_of::<Server>() + size_of::<u32>();

/// Bytes of a user who is sorted before the clock starts: of a crowd, a burst, a file, a
/// population.
pub const LISTED_BYTES: usize = size_of::<(Time, u32)>();

/// Refuses a program that takes more than it may before anything happens.
pub(super) fn fits(program: &Program, limits: &Limits) -> Result<(), Exceeded> {
    let (needed, limit) = (
        fixed(program).saturating_add(planned(program)),
        limits.bytes,
    );
    if needed > limit {
        return Err(Exceeded::Size { needed, limit });
    }
    Ok(())
}

/// Bytes of servers, pools and what is recorded whatever happens.
pub(super) fn fixed(program: &Program) -> usize {
    let servers = program.services.values();
    let servers =
        servers.map(|service| (service.servers_max as usize).saturating_mul(SERVER_BYTES));
    let pools = program.pools.values();
    let pools = pools.map(|pool| size_of::<PoolInstance>() * pool.instances as usize);
    let all = servers.chain(pools).chain([cache::size(program)]);
    let seen = Recorder::size(program).saturating_add(profile::size(program));
    all.fold(seen, usize::saturating_add)
}

/// Bytes of those who are sorted before the clock starts, and of readings by the end.
pub(super) fn planned(program: &Program) -> usize {
    let sources = program.sources.values().map(|source| {
        let users = usize::try_from(listed(&source.form));
        users.map_or(usize::MAX, |n| n.saturating_mul(LISTED_BYTES))
    });
    let probes = program.probes.iter();
    let probes = probes.map(|probe| readings::bytes(probe, &program.clock));
    sources.chain(probes).fold(0, usize::saturating_add)
}

/// Users of a source that are sorted before the clock starts.
pub(super) fn listed(form: &Form) -> u64 {
    match form {
        Form::Stream { .. } | Form::Switching { .. } => 0,
        Form::Crowd { users, .. } | Form::Population { users } => *users,
        Form::Burst { users, at, .. } => users.saturating_mul(at.len() as u64),
        Form::Times(times) => times.len() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_holds_what_its_arenas_hold() {
        let account = Arc::new(Account::default());
        let (mut one, mut other) = (Share::of(account.clone()), Share::of(account.clone()));
        assert_eq!((one.set(100), other.set(30)), (100, 130));
        assert_eq!(one.set(60), 90);
        account.keep(5);
        drop(one);
        assert_eq!(account.total(), 35);
    }

    #[test]
    fn time_stands_still_when_too_much_is_done_at_one_instant() {
        let mut progress = Progress::default();
        let mut exceeded =
            |at, done, there, limit| progress.exceeded(Time(at), (done, there), limit);
        let most = MAX_AT_ONE_INSTANT;
        assert_eq!(exceeded(5, most * 3, 0, MAX_EVENTS), None);
        assert_eq!(exceeded(5, most * 4, 0, MAX_EVENTS), None);
        assert_eq!(exceeded(5, most * 4 + 1, 0, MAX_EVENTS), Some(most));
        assert_eq!(exceeded(5, most * 4 + 1, 20_000, MAX_EVENTS), None);
        assert_eq!(exceeded(6, most * 4 + 2, 0, MAX_EVENTS), None);
        assert_eq!(exceeded(6, most * 4 + 13, 20_000, 20), Some(10));
    }
}
