//! Replications side by side: the only door to threads.
//!
//! One idea: jobs are handed out in order and their results put back in that order, so no byte
//! depends on the number of threads. Each thread has one arena, used again and again. A job that
//! was begun is always ended unless somebody asks to stop, so the first failure in order is the
//! same on any number of threads. It knows nothing of what the jobs are for.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::engine::{self, Arena, Exceeded, Limits};
use crate::observation::Observation;
use crate::program::Program;

/// Told how a study comes along; the terminal draws it. Called from any thread.
pub trait Progress: Sync {
    /// So many executions of a program are done, of so many that are planned so far.
    fn advanced(&self, done: u64, of: u64);

    /// After so many replications the widest headline interval has this half width, as a share of
    /// what would be narrow enough: at 1 or below it is.
    fn narrowed(&self, replications: u32, width: f64);
}

/// Nobody is told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn advanced(&self, _done: u64, _of: u64) {}

    fn narrowed(&self, _replications: u32, _width: f64) {}
}

/// Who looks on while a study runs: is told, and may stop it.
#[derive(Clone, Copy)]
pub struct Onlooker<'a> {
    /// Is told.
    pub progress: &'a dyn Progress,
    /// Asked now and then: true ends the study with what is finished.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

/// Threads with their arenas.
pub(crate) struct Crew<'a> {
    pool: ThreadPool,
    arenas: Vec<Mutex<Arena>>,
    onlooker: Onlooker<'a>,
    done: AtomicUsize,
    planned: AtomicUsize,
}

/// A replication of a program.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    /// What is executed.
    pub(crate) program: &'a Program,
    /// The seed of all luck.
    pub(crate) seed: u64,
    /// The number of the replication, from 0.
    pub(crate) number: u32,
    /// What it may use.
    pub(crate) limits: Limits,
}

/// A job that needed more than it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overrun {
    /// Which of the jobs.
    pub(crate) job: usize,
    /// What was exceeded.
    pub(crate) why: Exceeded,
}

impl<'a> Crew<'a> {
    /// A crew of so many threads; 0 is one for each core.
    pub(crate) fn new(threads: usize, onlooker: Onlooker<'a>) -> Crew<'a> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("the system can start a handful of threads");
        let arenas = (0..pool.current_num_threads())
            .map(|_| Mutex::default())
            .collect();
        Crew {
            pool,
            arenas,
            onlooker,
            done: AtomicUsize::new(0),
            planned: AtomicUsize::new(0),
        }
    }

    /// Whether somebody asked to stop.
    fn is_stopped(&self) -> bool {
        (self.onlooker.stop)()
    }

    /// Tells how narrow the intervals are.
    pub(crate) fn narrowed(&self, replications: u32, width: f64) {
        self.onlooker.progress.narrowed(replications, width);
    }

    /// Does `work` on jobs 0 … n − 1 and returns what came of each, in order: `None` for those not
    /// finished because somebody asked to stop.
    pub(crate) fn each<T: Send>(
        &self,
        jobs: usize,
        work: &(dyn Fn(usize, &mut Arena) -> Result<T, Exceeded> + Sync),
    ) -> Result<Vec<Option<T>>, Overrun> {
        self.planned.fetch_add(jobs, Ordering::Relaxed);
        let next = AtomicUsize::new(0);
        let failed = AtomicBool::new(false);
        let parts = self.pool.broadcast(|context| {
            let mut arena = self.arenas[context.index()]
                .lock()
                .expect("a thread that panicked took the study with it");
            let mut mine = Vec::new();
            while !failed.load(Ordering::Relaxed) && !self.is_stopped() {
                let job = next.fetch_add(1, Ordering::Relaxed);
                if job >= jobs {
                    break;
                }
                let came = work(job, &mut arena);
                if came.as_ref().is_err_and(|why| *why != Exceeded::Stopped) {
                    failed.store(true, Ordering::Relaxed);
                }
                mine.push((job, came));
                self.tell();
            }
            mine
        });
        in_order(jobs, parts)
    }

    fn tell(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let planned = self.planned.load(Ordering::Relaxed);
        self.onlooker
            .progress
            .advanced(done as u64, planned.max(done) as u64);
    }

    /// Executes one replication. A broken invariant of the engine names the replication.
    pub(crate) fn execute(
        &self,
        job: &Job<'_>,
        arena: &mut Arena,
    ) -> Result<Observation, Exceeded> {
        let replication = engine::Replication {
            seed: job.seed,
            number: job.number,
            limits: job.limits,
            stop: self.onlooker.stop,
        };
        let run = AssertUnwindSafe(|| engine::run(job.program, &replication, arena));
        catch_unwind(run).unwrap_or_else(|cause| {
            let said = message(&*cause);
            panic!("replication {} of seed {}: {said}", job.number, job.seed)
        })
    }
}

/// Puts what the threads did in the order of the jobs; the first failure in order wins.
fn in_order<T>(
    jobs: usize,
    parts: Vec<Vec<(usize, Result<T, Exceeded>)>>,
) -> Result<Vec<Option<T>>, Overrun> {
    let mut all: Vec<Option<T>> = (0..jobs).map(|_| None).collect();
    let mut first: Option<Overrun> = None;
    for (job, came) in parts.into_iter().flatten() {
        match came {
            Ok(value) => all[job] = Some(value),
            Err(Exceeded::Stopped) => {}
            Err(why) if first.is_none_or(|earlier| job < earlier.job) => {
                first = Some(Overrun { job, why });
            }
            Err(_) => {}
        }
    }
    first.map_or(Ok(all), Err)
}

/// What a panic said.
fn message(cause: &(dyn Any + Send)) -> &str {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("something broke")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Time;

    const NEVER: Onlooker<'static> = Onlooker {
        progress: &Silent,
        stop: &|| false,
    };

    fn exceeded(limit: u64) -> Exceeded {
        Exceeded::Events {
            limit,
            at: Time::ZERO,
        }
    }

    #[test]
    fn results_come_in_the_order_of_the_jobs() {
        let squares: Vec<Option<usize>> = (0..100).map(|job| Some(job * job)).collect();
        for threads in [1, 2, 7] {
            let crew = Crew::new(threads, NEVER);
            assert_eq!(crew.each(100, &|job, _| Ok(job * job)), Ok(squares.clone()));
        }
    }

    #[test]
    fn the_first_failure_in_order_is_told_on_any_number_of_threads() {
        for threads in [1, 2, 7] {
            let crew = Crew::new(threads, NEVER);
            let work = |job: usize, _: &mut Arena| match job {
                0..5 => Ok(job),
                _ => Err(exceeded(job as u64)),
            };
            let overrun = crew.each(50, &work).unwrap_err();
            assert_eq!((overrun.job, overrun.why), (5, exceeded(5)));
        }
    }

    #[test]
    fn what_is_finished_when_somebody_stops_is_kept() {
        let done = AtomicUsize::new(0);
        let stop = || done.load(Ordering::Relaxed) >= 3;
        let onlooker = Onlooker {
            progress: &Silent,
            stop: &stop,
        };
        let crew = Crew::new(1, onlooker);
        let found = crew.each(10, &|job, _| {
            done.fetch_add(1, Ordering::Relaxed);
            Ok(job)
        });
        let kept = [Some(0), Some(1), Some(2)].into_iter().chain([None; 7]);
        assert_eq!(found, Ok(kept.collect()));
    }
}
