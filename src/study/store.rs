//! Finished replications that are kept from one study to the next.
//!
//! One idea: a replication is known by all that it depends on (the program, the seed, its number,
//! the sources of the engine), so what is found under that name is what would be played. A name is
//! made of contents alone: whoever asks a wider question finds what a narrower one has played.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::replicate::Job;
use crate::base::digest::Digest;
use crate::observation::{Observation, exchange};
use crate::program::Program;

/// What names the version that plays: the number of the release, and the sources that it was made
/// of, since a change of either may change what a replication shows.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "-", env!("ONRUSH_SOURCES"));

/// Replications with fewer events are played again sooner than they are read.
const WORTH_KEEPING: u64 = 100_000;

/// What names a replication of a program.
pub(crate) fn name(program: &Digest, seed: u64, number: u32) -> Digest {
    Digest::of_parts(&[
        VERSION.as_bytes(),
        &program.0,
        &seed.to_le_bytes(),
        &number.to_le_bytes(),
    ])
}

/// Programs whose digest is remembered; a study plays few at a time.
const REMEMBERED: usize = 32;

/// Where replications are kept. A store may forget whatever it likes, and may return anything: what
/// is not whole is not used.
pub trait Store: Sync {
    /// What was kept under this name.
    fn find(&self, name: &Digest) -> Option<Vec<u8>>;

    /// Keeps something under a name.
    fn keep(&self, name: &Digest, bytes: &[u8]);

    /// How many events a replication has at least that is worth keeping.
    fn worth(&self) -> u64 {
        WORTH_KEEPING
    }

    /// Where a replication is to be played that is not there.
    fn absent(&self, _launch: &Absent<'_>) -> Played {
        Played::Here
    }

    /// Whether some were to be played elsewhere, so that the study cannot come to its end.
    fn is_lacking(&self) -> bool {
        false
    }
}

/// A replication that a store does not have.
#[derive(Clone, Copy)]
pub struct Absent<'a> {
    /// Its program.
    pub program: &'a Program,
    /// The digest of that.
    pub digest: Digest,
    /// The seed of all luck.
    pub seed: u64,
    /// Its number, from 0.
    pub number: u32,
    /// The most events that it may have.
    pub events: u64,
}

/// Where a replication is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Played {
    /// By whoever asked for it.
    Here,
    /// By somebody else, later.
    Elsewhere,
}

/// A store as a study uses it.
pub(crate) struct Shelf<'a> {
    store: Option<&'a dyn Store>,
    known: RwLock<VecDeque<Arc<Known>>>,
}

/// A program with its digest.
struct Known {
    program: Program,
    digest: Digest,
    /// Whether its replications are too small to be kept.
    is_small: AtomicBool,
}

/// Where the replications of a program would be.
#[derive(Clone)]
pub(crate) struct Shelved<'a> {
    store: &'a dyn Store,
    known: Arc<Known>,
}

/// Where a replication would be.
pub(crate) struct Place<'a> {
    of: Shelved<'a>,
    name: Digest,
}

impl<'a> Shelf<'a> {
    pub(crate) fn new(store: Option<&'a dyn Store>) -> Shelf<'a> {
        Shelf {
            store,
            known: RwLock::default(),
        }
    }

    /// Where the replications of a program would be; nowhere without a store.
    pub(crate) fn shelved(&self, program: &Program) -> Option<Shelved<'a>> {
        let store = self.store?;
        let known = self.known(program);
        Some(Shelved { store, known })
    }

    /// The program with its digest. One that was changed since is another.
    fn known(&self, program: &Program) -> Arc<Known> {
        let all = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = all.iter().find(|one| one.program == *program) {
            return Arc::clone(one);
        }
        drop(all);
        let one = Arc::new(Known {
            digest: Digest::of_debug(program),
            program: program.clone(),
            is_small: AtomicBool::new(false),
        });
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() == REMEMBERED {
            all.pop_front();
        }
        all.push_back(Arc::clone(&one));
        one
    }
}

impl<'a> Shelved<'a> {
    /// Where a replication would be; nowhere if those of this program are not worth keeping.
    pub(crate) fn place(&self, job: &Job<'_>) -> Option<Place<'a>> {
        let is_small = self.known.is_small.load(Ordering::Relaxed);
        (!is_small).then(|| Place {
            of: self.clone(),
            name: name(&self.known.digest, job.seed, job.number),
        })
    }
}

impl Place<'_> {
    /// What is there, unless a replication that is allowed so many events would not come to its
    /// end.
    pub(crate) fn find(&self, job: &Job<'_>) -> Option<Observation> {
        let seen = exchange::decode(&self.of.store.find(&self.name)?)?;
        let fits = seen.replication == job.number && seen.spent <= job.limits.events;
        fits.then_some(seen)
    }

    /// Where it is to be played, since it is not there.
    pub(crate) fn absent(&self, job: &Job<'_>) -> Played {
        self.of.store.absent(&Absent {
            program: job.program,
            digest: self.of.known.digest,
            seed: job.seed,
            number: job.number,
            events: job.limits.events,
        })
    }

    /// Puts it there, if that is worth while.
    pub(crate) fn keep(&self, seen: &Observation) {
        if seen.events < self.of.store.worth() {
            self.of.known.is_small.store(true, Ordering::Relaxed);
            return;
        }
        self.of.store.keep(&self.name, &exchange::encode(seen));
    }
}
