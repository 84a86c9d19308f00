//! The books of one replication: nobody and nothing is lost, whatever the model says.

use onrush::observation::{
    CallCounter, CounterId, Observation, Outcome, PoolCounter, ServiceCounter, StockCounter,
    UserCounter,
};
use onrush::program::Program;

fn equal(what: &str, left: u64, right: u64) -> Result<(), String> {
    if left == right {
        return Ok(());
    }
    Err(format!("{what}: {left} is not {right}"))
}

/// Arrived = the sum of what became of them, for users, requests, attempts, work and units.
pub(crate) fn conserved(program: &Program, seen: &Observation) -> Result<(), String> {
    let layout = program.layout;
    let count = |id: CounterId| seen.counters[id.0 as usize] as u64;
    let sum = |ids: &mut dyn Iterator<Item = CounterId>| -> u64 { ids.map(count).sum() };
    let arrived = count(layout.users(UserCounter::Arrived));
    let outcomes = || Outcome::all(layout.own_outcomes);
    let ended = sum(&mut outcomes().map(|o| layout.users_ended(o)));
    equal("users", arrived, ended)?;
    let mut all = 0;
    for journey in 0..layout.journeys {
        let arrived = count(layout.journey(journey, UserCounter::Arrived));
        let ended = sum(&mut outcomes().map(|o| layout.journey_ended(journey, o)));
        equal("users of a journey", arrived, ended)?;
        all += arrived;
    }
    equal("users of all journeys", all, arrived)?;
    for call in (0..layout.calls).filter(|call| !program.names.messages[*call as usize]) {
        let n = |what| count(layout.call(call, what));
        let ended = n(CallCounter::Ok) + n(CallCounter::Failed) + n(CallCounter::Unfinished);
        equal("requests", n(CallCounter::Started), ended)?;
        let ended = n(CallCounter::AttemptOk)
            + n(CallCounter::AttemptRefused)
            + n(CallCounter::AttemptTimedOut)
            + n(CallCounter::AttemptError)
            + n(CallCounter::AttemptCancelled)
            + n(CallCounter::AttemptUnfinished);
        equal("attempts", n(CallCounter::Sent), ended)?;
    }
    let launch = program.clock.cut == program.clock.start;
    for service in (0..layout.services).filter(|_| launch) {
        let n = |what| count(layout.service(service, what));
        let turned = n(ServiceCounter::Accepted) + n(ServiceCounter::Refused);
        at_most("accepted and refused", turned, n(ServiceCounter::Arrived))?;
        let left = n(ServiceCounter::Completed) + n(ServiceCounter::LeftQueue);
        let left = left + n(ServiceCounter::Lost);
        at_most("left a service", left, n(ServiceCounter::Arrived))?;
        at_most(
            "useful work",
            n(ServiceCounter::Goodput),
            n(ServiceCounter::Completed),
        )?;
    }
    for pool in (0..layout.pools).filter(|_| launch) {
        let n = |what| count(layout.pool(pool, what));
        let ended = n(PoolCounter::Granted) + n(PoolCounter::Refused) + n(PoolCounter::GaveUp);
        at_most("granted, refused or given up", ended, n(PoolCounter::Asked))?;
    }
    for (stock, units) in program.stocks.iter() {
        let n = |what| count(layout.stock(stock.0, what));
        if launch {
            let back = n(StockCounter::GivenBack);
            at_most("given back", back, n(StockCounter::Taken))?;
            at_most("taken for good", n(StockCounter::Taken) - back, *units)?;
        }
    }
    Ok(())
}

fn at_most(what: &str, part: u64, whole: u64) -> Result<(), String> {
    if part <= whole {
        return Ok(());
    }
    Err(format!("{what}: {part} of {whole}"))
}
