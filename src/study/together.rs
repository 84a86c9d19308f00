//! Who shares what came before they part.
//!
//! One idea: contenders that differ in nothing but the instants of faults and actions are one
//! until the first of these; a party of them is one job, and what they share is run once in it.
//! No byte of a result depends on who is in which party.

use crate::base::time::Time;
use crate::program::{Program, parting};

/// One of a party: the number of a contender, and when it parts from the first of the party.
pub(crate) type Member = (usize, Time);

/// The parties of these programs, each in the order in which its members part from the first. All
/// are alone where threads would stand idle if they shared.
pub(crate) fn parties(
    programs: &[&Program],
    (replications, threads): (usize, usize),
) -> Vec<Vec<Member>> {
    let together = united(programs);
    let jobs = replications * together.len();
    if jobs >= threads.min(replications * programs.len()) {
        return together;
    }
    let alone = |(number, program): (usize, &&Program)| vec![(number, program.clock.start)];
    programs.iter().enumerate().map(alone).collect()
}

fn united(programs: &[&Program]) -> Vec<Vec<Member>> {
    let mut parties: Vec<Vec<Member>> = Vec::new();
    for (number, program) in programs.iter().enumerate() {
        let joins = |party: &&mut Vec<Member>| parts(programs[party[0].0], program).is_some();
        match parties.iter_mut().find(joins) {
            Some(party) => {
                let at = parts(programs[party[0].0], program);
                party.extend(at.map(|at| (number, at)));
            }
            None => parties.push(vec![(number, program.clock.start)]),
        }
    }
    for party in &mut parties {
        party[1..].sort_by_key(|(_, at)| *at);
    }
    parties
}

/// When one parts from the other, if that is while users come and something was shared by then.
fn parts(one: &Program, other: &Program) -> Option<Time> {
    let clock = &one.clock;
    parting(one, other).filter(|at| (clock.start.0 + 1..clock.horizon.0).contains(&at.0))
}
