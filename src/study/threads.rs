//! Threads that do the same at one time: the only door to them.
//!
//! One idea: whoever has no threads is one, and does the work himself. So it is where one is asked
//! for, where the system has no more, and in a build without the feature `threads`.

#[cfg(feature = "threads")]
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Some threads, or the one who asks.
pub(super) struct Threads {
    /// None where the one who asks does the work alone.
    #[cfg(feature = "threads")]
    pool: Option<ThreadPool>,
}

#[cfg(feature = "threads")]
impl Threads {
    /// So many threads, or fewer where the system denies some; 0 is one for each core.
    pub(super) fn new(threads: usize) -> Threads {
        let pool = pool(threads);
        Threads { pool }
    }

    /// How many there are, the one who asks if there are no others.
    pub(super) fn count(&self) -> usize {
        self.pool
            .as_ref()
            .map_or(1, ThreadPool::current_num_threads)
    }

    /// Does `work` once on every thread, by its number, and returns what came of it in order.
    pub(super) fn each<T: Send>(&self, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
        match &self.pool {
            Some(pool) => pool.broadcast(|context| work(context.index())),
            None => vec![work(0)],
        }
    }
}

/// So many threads, or fewer where the system denies some; none if there would be but one.
#[cfg(feature = "threads")]
fn pool(threads: usize) -> Option<ThreadPool> {
    if threads == 1 {
        return None;
    }
    let built = ThreadPoolBuilder::new().num_threads(threads).build();
    built.ok().or_else(|| pool((threads / 2).max(1)))
}

#[cfg(not(feature = "threads"))]
impl Threads {
    /// The one who asks, however many are wanted.
    pub(super) fn new(_threads: usize) -> Threads {
        Threads {}
    }

    /// One.
    pub(super) fn count(&self) -> usize {
        1
    }

    /// Does `work` once.
    pub(super) fn each<T: Send>(&self, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
        vec![work(0)]
    }
}
