//! Replications that are one until they part: what comes before is run once.
//!
//! One idea: a replication under way is a value. Programs that do the same up to an instant share
//! one replication up to there; then each goes on with a copy of its own, and sees what it would
//! have seen alone. Which programs these are is the business of whoever asks (`program::parting`).
//! At any time there are two of them at most, and each has its part of the account of memory.

use super::limits::{self, Exceeded};
use super::{Arena, Replication, Sim, begin};
use crate::base::time::Time;
use crate::observation::Observation;
use crate::program::Program;

/// Runs one replication of each program: of the first one from the beginning, of each further one
/// from where it parts from the first, in the order of these instants. Each observation is handed
/// over with its number among the programs. Returns how many events were not run again.
///
/// # Errors
/// [`Exceeded`] when a limit was reached or a stop was asked for: what one of them needs alone may
/// still be within the limits.
pub fn run_together(
    programs: &[(&Program, Time)],
    replication: &Replication<'_>,
    arena: &mut Arena,
    seen: &mut dyn FnMut(usize, Observation),
) -> Result<u64, Exceeded> {
    let trunk = programs[0].0;
    for (program, _) in programs {
        limits::fits(program, &replication.limits)?;
    }
    let empty = arena.emptied();
    let first = begin(trunk, arena);
    let mut sim = Sim::new(trunk, &first, replication, arena);
    let mut saved = 0;
    let done = (|| {
        sim.begin()?;
        for (number, (program, at)) in programs.iter().enumerate().skip(1) {
            sim.go_until(*at)?;
            saved += sim.course.events;
            let mut branch = sim.clone();
            branch.rules.follow(program);
            branch.change_course(Time(at.0 - branch.course.start.0));
            branch.go_on()?;
            seen(number, branch.observe(replication.number));
        }
        sim.go_on()
    })();
    if let Err(why) = done {
        drop(sim);
        *arena = empty;
        return Err(why);
    }
    seen(0, sim.observe(replication.number));
    sim.return_to(arena);
    Ok(saved)
}

impl Arena {
    /// An arena of the same account, with nothing in it.
    pub fn emptied(&self) -> Self {
        Self::of(self.share.account())
    }
}

impl Sim<'_> {
    /// Leaves the memory that it used for the next replication.
    pub(super) fn return_to(self, arena: &mut Arena) {
        arena.agenda = self.agenda;
        arena.people = self.people;
        arena.rec = self.rec;
        arena.arrivals = self.arrivals;
        arena.share = self.course.share();
    }

    /// Lists who comes from the sources, if there is room for them.
    pub(super) fn begin(&mut self) -> Result<(), Exceeded> {
        self.has_room()?;
        match self.list_arrivals() {
            true => Ok(()),
            false => Err(Exceeded::Stopped),
        }
    }

    /// Executes the events before an instant, counted from T+0.
    fn go_until(&mut self, at: Time) -> Result<(), Exceeded> {
        let at = Time(at.0 - self.course.start.0);
        self.course.pause = Time(at.0 - 1);
        self.agenda.end_at(at);
        self.take_turns()?;
        self.course.pause = Time::NEVER;
        let clock = &self.rules.program.clock;
        self.agenda
            .end_at(Time(clock.sources_end().0 - clock.start.0));
        Ok(())
    }
}
