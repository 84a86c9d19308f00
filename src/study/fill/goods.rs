//! What is held, entered, sent, passed and taken: pools, rooms, messages, marks, stocks.

use std::collections::BTreeMap;

use crate::base::time::Time;
use crate::estimate::interval;
use crate::observation::{
    MessageCounter, PoolCounter, PoolLevel, RoomCounter, RoomLevel, SoldOut, TallyId,
};
use crate::program::Tally;
use crate::results::{Estimate, Mark, Message, Pool, Room, Stock};
use crate::study::fill::Sight;
use crate::study::usual::{Reader, messaged, share, sold};

/// Pools and locks.
pub(super) fn pools(sight: &Sight<'_>) -> BTreeMap<String, Pool> {
    let layout = &sight.lens.program.layout;
    let of = |(pool, name): (usize, &String)| {
        let pool = pool as u32;
        let level = |what| layout.pool_level(pool, what);
        let found = Pool {
            held: sight.share(|reader| {
                share(
                    reader.integral(level(PoolLevel::InUse)),
                    reader.integral(level(PoolLevel::Size)),
                )
            }),
            in_use: sight.level(level(PoolLevel::InUse)),
            queue: sight.level(level(PoolLevel::Queue)),
            waited: sight.part(|reader| {
                (
                    reader.count(layout.pool(pool, PoolCounter::Waited)),
                    reader.count(layout.pool(pool, PoolCounter::Asked)),
                )
            }),
            refused: sight.count(layout.pool(pool, PoolCounter::Refused)),
            wait: sight.times(layout.pool_wait(pool)),
        };
        (name.clone(), found)
    };
    let names = &sight.lens.program.names.pools;
    names.iter().enumerate().map(of).collect()
}

/// Rooms.
pub(super) fn rooms(sight: &Sight<'_>) -> BTreeMap<String, Room> {
    let layout = &sight.lens.program.layout;
    let of = |(room, name): (usize, &String)| {
        let room = room as u32;
        let count = |what| sight.count(layout.room(room, what));
        let found = Room {
            arrived: count(RoomCounter::Arrived),
            admitted: count(RoomCounter::Admitted),
            refused: count(RoomCounter::Refused),
            lost: count(RoomCounter::Lost),
            inside: sight.level(layout.room_level(room, RoomLevel::Inside)),
            wait: sight.times(layout.room_wait(room)),
        };
        (name.clone(), found)
    };
    let names = &sight.lens.program.names.rooms;
    names.iter().enumerate().map(of).collect()
}

/// Messages, by the endpoint that they are sent to.
pub(super) fn messages(sight: &Sight<'_>) -> BTreeMap<String, Message> {
    let program = sight.lens.program;
    let layout = &program.layout;
    let of = |endpoint: u32| {
        let id = |what| layout.message(endpoint, what);
        let found = Message {
            sent: sight.count(id(MessageCounter::Sent)),
            delivered: sight.count(id(MessageCounter::Delivered)),
            undelivered: sight.mean(|reader| {
                let sent = reader.count(id(MessageCounter::Sent));
                Some(sent - reader.count(id(MessageCounter::Delivered)))
            }),
            delay: sight.all_times(layout.delay(endpoint), |reader| {
                reader.count(id(MessageCounter::Sent)) as u64
            }),
            backlog: sight.level(layout.backlog(endpoint)),
        };
        (program.names.endpoints[endpoint as usize].clone(), found)
    };
    messaged(program).into_iter().map(of).collect()
}

/// What mechanisms counted beside the usual, by path and word.
pub(super) fn mechanisms(sight: &Sight<'_>) -> BTreeMap<String, BTreeMap<String, Estimate>> {
    let program = sight.lens.program;
    let mut all: BTreeMap<String, BTreeMap<String, Estimate>> = BTreeMap::new();
    for (tally, Tally { of, word }) in program.names.tallies.iter().enumerate() {
        let counter = program.layout.tally(TallyId(tally as u32));
        if let Some(found) = sight.count(counter) {
            let words = all.entry(of.clone()).or_default();
            words.insert((*word).to_owned(), found);
        }
    }
    all
}

/// Milestones.
pub(super) fn marks(sight: &Sight<'_>) -> BTreeMap<String, Mark> {
    let program = sight.lens.program;
    let of = |(mark, name): (usize, &String)| {
        let seen = |reader: &Reader<'_>| reader.seen.marked[mark];
        let found = Mark {
            count: sight.count(program.layout.mark(mark as u32)),
            first_s: sight.mean(|reader| seen(reader).map(|(first, _)| first.as_secs_f64())),
            last_s: sight.mean(|reader| seen(reader).map(|(_, last)| last.as_secs_f64())),
        };
        (name.clone(), found)
    };
    program.names.marks.iter().enumerate().map(of).collect()
}

/// Stocks.
pub(super) fn stocks(sight: &Sight<'_>) -> BTreeMap<String, Stock> {
    let of = |(stock, name): (usize, &String)| {
        let stock = stock as u32;
        let at = |last: fn(&SoldOut) -> Option<Time>| -> Vec<Option<f64>> {
            sight.each(|reader| reader.sold_out_s(stock, last))
        };
        let (at, first) = (at(|at| at.last), at(|at| at.first));
        let k = first.iter().flatten().count() as u32;
        let found = Stock {
            sold: sight.mean(|reader| Some(sold(reader, stock))),
            sold_out: interval::probability(k, at.len() as u32, sight.confidence),
            sold_out_at_s: interval::mean(&at, sight.confidence),
            first_sold_out_at_s: interval::mean(&first, sight.confidence),
        };
        (name.clone(), found)
    };
    let names = &sight.lens.program.names.stocks;
    names.iter().enumerate().map(of).collect()
}
