//! Where two programs part: the first instant at which they may do different things.
//!
//! One idea: programs that differ in nothing but when faults and actions by the clock happen, or
//! in which actions there are, do the same until the first of these. What decides it is said here
//! and nowhere else; the engine takes the instant as it is.

use super::{Begins, CutMessages, Fault, FaultKind, Program};
use crate::base::time::Time;

/// The first instant at which the programs may do different things; absent where they differ in
/// more than the instants of faults and actions, or not at all, and in steady studies, whose end is
/// looked for every so many events.
pub fn parting(one: &Program, other: &Program) -> Option<Time> {
    let names = |program: &Program| program.names.faults.clone();
    // What is reckoned while it runs belongs to one program.
    let reacts = |program: &Program| program.reactions.looks();
    if one.clock.tail.is_some()
        || reacts(one)
        || reacts(other)
        || names(one) != names(other)
        || one.clock != other.clock
        || rest(one) != rest(other)
    {
        return None;
    }
    let both = one.faults.iter().zip(&other.faults);
    let faults: Vec<Option<Time>> = both.map(fault).collect::<Option<_>>()?;
    let parting = faults.into_iter().flatten().chain(action(one, other)).min();
    parting.map(|at| match one.faults.iter().chain(&other.faults) {
        // Whoever waits for the end of a cut asks when it will be, and which other carries it on.
        faults if moved_cut(one, other) => faults
            .filter(|fault| is_kept(fault))
            .map(super::disturbance::Fault::first)
            .fold(at, Time::min),
        _ => at,
    })
}

/// A program without what may happen at other instants.
fn rest(program: &Program) -> Program {
    Program {
        faults: Vec::new(),
        actions: Vec::new(),
        ..program.clone()
    }
}

/// When a fault does something else in one program than in the other: never, or not to be told
/// where it is another fault, or comes another number of times.
fn fault((one, other): (&Fault, &Fault)) -> Option<Option<Time>> {
    let moved = Fault {
        begins: other.begins.clone(),
        lasts: other.lasts,
        ..one.clone()
    };
    if one == other {
        return Some(None);
    }
    let (
        Begins::Clock { at, jitter },
        Begins::Clock {
            at: others,
            jitter: same,
        },
    ) = (&one.begins, &other.begins)
    else {
        return None;
    };
    if moved != *other || jitter != same || at.len() != others.len() {
        return None;
    }
    let both = at.iter().zip(others);
    let begins = both.clone().find(|(at, other)| at != other);
    let begins = begins.map(|(at, other)| *at.min(other));
    // Whatever moves a begin makes it later.
    let ends = both.map(|(a, b)| one.end(*a).min(other.end(*b))).min();
    let ends = ends.filter(|_| one.lasts != other.lasts);
    Some(begins.into_iter().chain(ends).min())
}

/// When the first action happens that is not the same in both.
fn action(one: &Program, other: &Program) -> Option<Time> {
    let same = one.actions.iter().zip(&other.actions);
    let same = same.take_while(|(one, other)| one == other).count();
    let next = [one, other].map(|program| program.actions.get(same));
    next.into_iter().flatten().map(|action| action.at).min()
}

fn is_kept(fault: &Fault) -> bool {
    let kept = CutMessages::Kept;
    matches!(fault.kind, FaultKind::Cut { messages, .. } if messages == kept)
}

/// Whether a cut that keeps its messages is at other instants.
fn moved_cut(one: &Program, other: &Program) -> bool {
    let mut both = one.faults.iter().zip(&other.faults);
    both.any(|(one, other)| is_kept(one) && one != other)
}
