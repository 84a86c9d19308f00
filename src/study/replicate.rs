//! Replications side by side.
//!
//! One idea: jobs are handed out in order and their results put back in that order, so no byte
//! depends on the number of threads. Each thread has one arena, used again and again. A job that
//! was begun is always ended unless somebody asks to stop, so the first failure in order is the
//! same on any number of threads. All arenas share one account of memory: a job that finds too
//! little left beside the others is done again when it has all of it to itself, and only then has
//! failed. It knows nothing of what the jobs are for.

use std::any::Any;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::allowance::Allowance;
use super::plan::Failure;
use super::store::{Place, Played, Shelf, Shelved, Store};
use super::threads::Threads;
use crate::base::time::Time;
use crate::engine::{self, Account, Arena, Exceeded, Limits};
use crate::observation::Observation;
use crate::program::Program;
use crate::results::Stopped;

/// Told how a study comes along; the terminal draws it. Called from any thread.
pub trait Progress: Sync {
    /// So many executions of a program are done, of so many that are planned so far.
    fn advanced(&self, done: u64, of: u64);

    /// After so many replications the widest headline interval has this half width, as a share of
    /// what would be narrow enough: at 1 or below it is.
    fn narrowed(&self, replications: u32, width: f64);

    /// So many events were not simulated again, because variants share what came before they part.
    fn shared(&self, _events: u64) {}
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
    /// How long the study may take, where that is limited: what is finished by then is its answer.
    pub until: Option<&'a dyn Allowance>,
    /// Where finished replications are kept, if they are.
    pub store: Option<&'a dyn Store>,
}

impl Onlooker<'_> {
    /// Whether replications are missing that somebody else is to play.
    pub(crate) fn is_lacking(&self) -> bool {
        self.store.is_some_and(Store::is_lacking)
    }
}

/// Threads with their arenas.
pub(crate) struct Crew<'a> {
    threads: Threads,
    account: Arc<Account>,
    seats: Vec<Mutex<Seat>>,
    shelf: Shelf<'a>,
    /// Of how many replications something is kept, and how many bytes that takes.
    kept: (AtomicUsize, AtomicUsize),
    onlooker: Onlooker<'a>,
    done: AtomicUsize,
    planned: AtomicUsize,
    /// Events that were not simulated again.
    shared: AtomicU64,
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

/// Where a job is done.
pub(crate) struct Seat {
    /// The memory that it uses.
    pub(crate) arena: Arena,
    /// Whether it has all memory to itself, from the beginning.
    pub(crate) alone: bool,
}

impl Seat {
    fn new(account: &Arc<Account>) -> Seat {
        Seat {
            arena: Arena::of(account.clone()),
            alone: false,
        }
    }

    /// The same seat, with nothing on it.
    pub(crate) fn clear(&mut self) {
        self.arena = self.arena.emptied();
    }

    /// A seat with an account of its own, for something small by the way.
    pub(crate) fn apart() -> Seat {
        Seat::new(&Arc::default())
    }

    /// Whether a job that was given up here has failed for good.
    pub(crate) fn settles(&self, why: Exceeded) -> bool {
        self.alone || !why.is_for_memory()
    }
}

/// What is to be done, and what came of it.
type Work<'w, T> = dyn Fn(usize, &mut Seat) -> Result<T, Exceeded> + Sync + 'w;

/// What came of some jobs.
type Came<T> = Vec<(usize, Result<T, Exceeded>)>;

/// What is kept to the end of a study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Of so many replications.
    pub(crate) replications: usize,
    /// So many bytes.
    pub(crate) bytes: usize,
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
    /// A crew of so many threads, or of as many as the system lets us have; 0 is one for each
    /// core.
    pub(crate) fn new(threads: usize, onlooker: Onlooker<'a>) -> Crew<'a> {
        let threads = Threads::new(threads);
        let account = Arc::default();
        let seats = (0..threads.count())
            .map(|_| Mutex::new(Seat::new(&account)))
            .collect();
        Crew {
            threads,
            account,
            seats,
            shelf: Shelf::new(onlooker.store),
            kept: Default::default(),
            onlooker,
            done: AtomicUsize::new(0),
            planned: AtomicUsize::new(0),
            shared: AtomicU64::new(0),
        }
    }

    /// Who looks on.
    pub(crate) fn onlooker(&self) -> Onlooker<'a> {
        self.onlooker
    }

    /// How many threads it has.
    pub(crate) fn threads(&self) -> usize {
        self.seats.len()
    }

    /// Gives back the memory of all arenas; the next job takes what it needs anew.
    pub(crate) fn rest(&self) {
        for seat in &self.seats {
            *seat.lock().unwrap_or_else(PoisonError::into_inner) = Seat::new(&self.account);
        }
    }

    /// Whether nothing more is to be done: somebody asked to stop, or the time is over.
    pub(crate) fn is_stopped(&self) -> bool {
        (self.onlooker.stop)()
            || self
                .onlooker
                .until
                .is_some_and(|until| until.spent() >= 1.0)
    }

    /// Why a study ends that was stopped.
    pub(crate) fn stopped(&self) -> Stopped {
        match (self.onlooker.stop)() {
            true => Stopped::Interrupted,
            false if self.is_lacking() => Stopped::Partial,
            false => Stopped::Time,
        }
    }

    /// Whether replications are missing that somebody else is to play.
    pub(crate) fn is_lacking(&self) -> bool {
        self.onlooker.is_lacking()
    }

    /// The failure of a study that was stopped before it had an answer.
    pub(crate) fn nothing(&self) -> Failure {
        match self.stopped() {
            Stopped::Time => Failure::OutOfTime,
            _ => Failure::Interrupted,
        }
    }

    /// So many bytes of another replication are kept to the end of the study.
    pub(crate) fn keep(&self, bytes: usize) {
        self.account.keep(bytes);
        self.kept.0.fetch_add(1, Ordering::Relaxed);
        self.kept.1.fetch_add(bytes, Ordering::Relaxed);
    }

    /// So many bytes that were kept are not any more.
    pub(crate) fn release(&self, bytes: usize) {
        self.account.release(bytes);
        self.kept.1.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// What is kept so far.
    pub(crate) fn kept(&self) -> Kept {
        Kept {
            replications: self.kept.0.load(Ordering::Relaxed),
            bytes: self.kept.1.load(Ordering::Relaxed),
        }
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
        work: &Work<'_, T>,
    ) -> Result<Vec<Option<T>>, Overrun> {
        self.expect(jobs);
        self.each_expected(jobs, work)
    }

    /// So many jobs will be asked for by [`Crew::each_expected`].
    pub(crate) fn expect(&self, jobs: usize) {
        self.planned.fetch_add(jobs, Ordering::Relaxed);
    }

    /// As [`Crew::each`], of jobs that were told to [`Crew::expect`].
    pub(crate) fn each_expected<T: Send>(
        &self,
        jobs: usize,
        work: &Work<'_, T>,
    ) -> Result<Vec<Option<T>>, Overrun> {
        let next = AtomicUsize::new(0);
        let failed = AtomicBool::new(false);
        let member = |index: usize| {
            let mut seat = self.seats[index]
                .lock()
                .expect("a thread that panicked took the study with it");
            let mut mine = Vec::new();
            while !failed.load(Ordering::Relaxed) && !self.is_stopped() {
                let job = next.fetch_add(1, Ordering::Relaxed);
                if job >= jobs {
                    break;
                }
                let came = work(job, &mut seat);
                if came.as_ref().is_err_and(|why| why.is_for_memory()) {
                    // Whoever finds no room makes room, and leaves the work to fewer.
                    *seat = Seat::new(&self.account);
                    mine.push((job, came));
                    break;
                }
                if came.as_ref().is_err_and(|why| *why != Exceeded::Stopped) {
                    failed.store(true, Ordering::Relaxed);
                }
                mine.push((job, came));
                self.tell();
            }
            mine
        };
        let mut parts = self.threads.each(member);
        let begun = next.into_inner().min(jobs);
        let left = if failed.into_inner() { begun } else { jobs };
        self.alone(&mut parts, begun..left, work);
        in_order(jobs, parts)
    }

    /// Does one by one what found no room, and then the jobs that nobody has begun.
    fn alone<T>(&self, parts: &mut Vec<Came<T>>, rest: Range<usize>, work: &Work<'_, T>) {
        let is_crowded = |came: &(usize, Result<T, Exceeded>)| {
            came.1.as_ref().is_err_and(|why| why.is_for_memory())
        };
        let mut again: Vec<usize> = Vec::new();
        for part in parts.iter_mut() {
            again.extend(
                part.iter()
                    .filter(|came| is_crowded(came))
                    .map(|came| came.0),
            );
            part.retain(|came| !is_crowded(came));
        }
        if again.is_empty() {
            return;
        }
        self.rest();
        again.sort_unstable();
        let mut came = Vec::new();
        for job in again.into_iter().chain(rest) {
            if self.is_stopped() {
                break;
            }
            let mut seat = Seat::new(&self.account);
            seat.alone = true;
            let found = work(job, &mut seat);
            let failed = found.as_ref().is_err_and(|why| *why != Exceeded::Stopped);
            came.push((job, found));
            self.tell();
            if failed {
                break;
            }
        }
        parts.push(came);
    }

    fn tell(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let planned = self.planned.load(Ordering::Relaxed);
        self.onlooker
            .progress
            .advanced(done as u64, planned.max(done) as u64);
    }

    /// Asks for replications that will probably be wanted, where somebody else plays them: so that
    /// they are played beside those that are wanted now.
    pub(crate) fn foresee(&self, first: &Job<'_>, numbers: Range<u32>) {
        let shelved = self.shelved(first.program);
        for number in numbers.filter(|_| self.is_lacking()) {
            let job = Job { number, ..*first };
            let place = shelved.as_ref().and_then(|of| of.place(&job));
            if place
                .as_ref()
                .is_some_and(|place| place.find(&job).is_none())
            {
                is_elsewhere(place.as_ref(), &job);
            }
        }
    }

    /// Where the replications of a program are kept: nowhere without a store.
    pub(crate) fn shelved(&self, program: &Program) -> Option<Shelved<'a>> {
        self.shelf.shelved(program)
    }

    /// Executes one replication. A broken invariant of the engine names the replication.
    pub(crate) fn execute(&self, job: &Job<'_>, seat: &mut Seat) -> Result<Observation, Exceeded> {
        self.execute_shelved(self.shelved(job.program).as_ref(), job, seat)
    }

    /// As [`Crew::execute`], where it was looked up before where those of the program are kept.
    pub(crate) fn execute_shelved(
        &self,
        shelved: Option<&Shelved<'_>>,
        job: &Job<'_>,
        seat: &mut Seat,
    ) -> Result<Observation, Exceeded> {
        let place = shelved.and_then(|of| of.place(job));
        if let Some(seen) = place.as_ref().and_then(|place| place.find(job)) {
            return Ok(seen);
        }
        if is_elsewhere(place.as_ref(), job) {
            return Err(Exceeded::Stopped);
        }
        let stop = || self.is_stopped();
        let replication = replication(job, &stop);
        let seen = named(job, || {
            engine::run(job.program, &replication, &mut seat.arena)
        })?;
        if let Some(place) = place {
            place.keep(&seen);
        }
        Ok(seen)
    }

    /// Executes the same replication of programs that are one until they part from the first, each
    /// with the instant from which it goes its own way, in the order of these. `job` says which
    /// replication, and `seen` takes each observation with its number among the programs.
    pub(crate) fn execute_together(
        &self,
        job: &Job<'_>,
        programs: &[(&Program, Time)],
        seat: &mut Seat,
        seen: &mut dyn FnMut(usize, Observation),
    ) -> Result<(), Exceeded> {
        let places = programs.iter().map(|one| self.shelved(one.0)?.place(job));
        let places: Vec<Option<Place<'_>>> = places.collect();
        let found = places.iter().map(|place| place.as_ref()?.find(job));
        let found: Vec<Option<Observation>> = found.collect();
        let mut elsewhere = 0;
        for ((place, program), found) in places.iter().zip(programs).zip(&found) {
            if found.is_some() {
                continue;
            }
            let job = Job {
                program: program.0,
                ..*job
            };
            elsewhere += usize::from(is_elsewhere(place.as_ref(), &job));
        }
        if elsewhere > 0 {
            return Err(Exceeded::Stopped);
        }
        if found.iter().all(Option::is_some) {
            let all = found.into_iter().flatten().enumerate();
            all.for_each(|(at, one)| seen(at, one));
            return Ok(());
        }
        let stop = || self.is_stopped();
        let replication = replication(job, &stop);
        let mut seen = |at: usize, one: Observation| {
            if let Some(place) = &places[at] {
                place.keep(&one);
            }
            seen(at, one);
        };
        let seen = &mut seen;
        let saved = named(job, || {
            engine::run_together(programs, &replication, &mut seat.arena, seen)
        })?;
        let shared = self.shared.fetch_add(saved, Ordering::Relaxed) + saved;
        self.onlooker.progress.shared(shared);
        Ok(())
    }
}

/// Whether somebody else is to play a replication that is not in its place.
fn is_elsewhere(place: Option<&Place<'_>>, job: &Job<'_>) -> bool {
    place.is_some_and(|place| place.absent(job) == Played::Elsewhere)
}

fn replication<'a>(job: &Job<'_>, stop: &'a (dyn Fn() -> bool + Sync)) -> engine::Replication<'a> {
    engine::Replication {
        seed: job.seed,
        number: job.number,
        limits: job.limits,
        stop,
    }
}

/// Puts what the threads did in the order of the jobs; the first failure in order wins.
fn in_order<T>(jobs: usize, parts: Vec<Came<T>>) -> Result<Vec<Option<T>>, Overrun> {
    let failed = parts.iter().flatten().filter_map(|(job, came)| match came {
        Ok(_) | Err(Exceeded::Stopped) => None,
        Err(why) => Some(Overrun {
            job: *job,
            why: *why,
        }),
    });
    // Before there is room for all: those that were never begun may be very many.
    if let Some(first) = failed.min_by_key(|overrun| overrun.job) {
        return Err(first);
    }
    let mut all: Vec<Option<T>> = (0..jobs).map(|_| None).collect();
    for (job, came) in parts.into_iter().flatten() {
        all[job] = came.ok();
    }
    Ok(all)
}

/// Runs what may find a broken invariant of the engine, which then names the replication.
fn named<T>(job: &Job<'_>, run: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|cause| {
        let said = message(&*cause);
        panic!("replication {} of seed {}: {said}", job.number, job.seed)
    })
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

    const NEVER: Onlooker<'static> = Onlooker {
        progress: &Silent,
        stop: &|| false,
        until: None,
        store: None,
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
            let work = |job: usize, _: &mut Seat| match job {
                0..5 => Ok(job),
                _ => Err(exceeded(job as u64)),
            };
            let overrun = crew.each(50, &work).unwrap_err();
            assert_eq!((overrun.job, overrun.why), (5, exceeded(5)));
        }
    }

    #[test]
    fn a_job_without_room_is_done_again_alone() {
        let crowded = Exceeded::Size {
            needed: 2,
            limit: 1,
        };
        for threads in [1, 2, 7] {
            let crew = Crew::new(threads, NEVER);
            let greedy = |job: usize, seat: &mut Seat| match job {
                3 | 4 if !seat.alone => Err(crowded),
                _ => Ok(job),
            };
            let all: Vec<Option<usize>> = (0..20).map(Some).collect();
            assert_eq!(crew.each(20, &greedy), Ok(all));
            let too_much = |job: usize, seat: &mut Seat| match job {
                3 if !seat.alone => Err(crowded),
                4 => Err(crowded),
                _ => Ok(job),
            };
            let overrun = crew.each(20, &too_much).unwrap_err();
            assert_eq!((overrun.job, overrun.why), (4, crowded));
        }
    }

    #[test]
    fn what_is_finished_when_somebody_stops_is_kept() {
        let done = AtomicUsize::new(0);
        let stop = || done.load(Ordering::Relaxed) >= 3;
        let onlooker = Onlooker {
            progress: &Silent,
            stop: &stop,
            until: None,
            store: None,
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
