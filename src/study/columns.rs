//! The timeline of a replication, reduced to what the document shows.
//!
//! One idea: an observation has a row of all counters and levels for every bin; a column keeps one
//! quantity of them, and a column less is a megabyte less over a study. The keys are those of
//! `results::key`.

use crate::observation::{
    BinTimes, CallCounter, CallSample, CounterId, LevelId, MessageCounter, Observation, Outcome,
    PoolCounter, PoolLevel, RoomCounter, RoomLevel, SampleId, ServiceCounter, ServiceLevel,
    TallyId, UserCounter, UserLevel,
};
use crate::program::Program;
use crate::results::key;
use crate::study::usual::messaged;

/// What a column holds where the quantity does not exist.
const ABSENT: f32 = -1.0;

/// One quantity in every bin.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    read: Read,
    /// The series made of it.
    pub(crate) shown: Vec<(String, Shown)>,
}

/// A column of one replication: many a quantity is the same in every bin, and kept once.
#[derive(Clone, Debug)]
pub(crate) struct Values(Box<[f32]>);

impl Values {
    fn of(mut values: Vec<f32>) -> Values {
        if let Some((first, rest)) = values.split_first()
            && rest.iter().all(|value| value.to_bits() == first.to_bits())
        {
            values.truncate(1);
        }
        Values(values.into_boxed_slice())
    }

    /// The value in a bin.
    pub(crate) fn at(&self, bin: usize) -> f32 {
        self.0[bin.min(self.0.len() - 1)]
    }

    /// The values in so many bins.
    pub(crate) fn values(&self, bins: usize) -> impl Iterator<Item = f32> {
        (0..bins).map(|bin| self.at(bin))
    }

    /// Bytes in use.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.0)
    }
}

/// How a column becomes a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// As it is.
    Plain,
    /// A number in the bin, per second.
    PerSecond,
    /// A number in all bins so far.
    SoFar,
}

/// Which percentile of the times of a bin.
type Percentile = fn(&BinTimes) -> f32;

/// Where a column comes from.
#[derive(Clone, Copy, Debug)]
enum Read {
    /// A number of things.
    Count(CounterId),
    /// A time average.
    Level(LevelId),
    /// A time average as a share of another.
    Ratio(LevelId, LevelId),
    /// What is left of a time average when another is taken away, as a share of it.
    Rest(LevelId, LevelId),
    /// Things for each of others.
    Each(CounterId, CounterId),
    /// Seconds that a time average of those waiting takes at the pace of the bin.
    Lag(LevelId, CounterId),
    /// Share ok of those started.
    Ok(SampleId),
    /// A percentile of the times of a bin.
    Time(SampleId, Percentile),
}

/// The columns of a program.
pub(crate) fn plan(program: &Program) -> Vec<Column> {
    let mut columns = Vec::new();
    users(program, &mut columns);
    services(program, &mut columns);
    pools(program, &mut columns);
    rooms(program, &mut columns);
    goods(program, &mut columns);
    calls(program, &mut columns);
    for (tally, name) in program.names.tallies.iter().enumerate() {
        let counter = program.layout.tally(TallyId(tally as u32));
        counted(&mut columns, counter, &format!("{}.{}", name.of, name.word));
    }
    for (mark, name) in program.names.marks.iter().enumerate() {
        counted(&mut columns, program.layout.mark(mark as u32), name);
    }
    columns
}

fn counted(columns: &mut Vec<Column>, counter: CounterId, name: &str) {
    columns.push(Column {
        read: Read::Count(counter),
        shown: vec![
            (key::rate(name), Shown::PerSecond),
            (key::count(name), Shown::SoFar),
        ],
    });
}

/// A number in the bin, per second, and no sum of it.
fn counted_now(columns: &mut Vec<Column>, counter: CounterId, name: &str) {
    columns.push(Column {
        read: Read::Count(counter),
        shown: vec![(key::rate(name), Shown::PerSecond)],
    });
}

fn plain(columns: &mut Vec<Column>, read: Read, name: String) {
    columns.push(Column {
        read,
        shown: vec![(name, Shown::Plain)],
    });
}

fn users(program: &Program, columns: &mut Vec<Column>) {
    let layout = &program.layout;
    counted(columns, layout.users(UserCounter::Arrived), key::ARRIVED);
    let own = &program.names.own_outcomes;
    for outcome in Outcome::all(layout.own_outcomes) {
        counted(columns, layout.users_ended(outcome), outcome.word(own));
    }
    for (level, name) in [
        (UserLevel::Inside, key::INSIDE),
        (UserLevel::Orbit, key::ORBIT),
        (UserLevel::OrbitWaiting, key::ORBIT_WAITING),
    ] {
        plain(
            columns,
            Read::Level(layout.user_level(level)),
            name.to_owned(),
        );
    }
}

fn services(program: &Program, columns: &mut Vec<Column>) {
    for (index, name) in program.names.services.iter().enumerate() {
        let level = |what| program.layout.service_level(index as u32, what);
        let held = level(ServiceLevel::Held);
        let arrived = program
            .layout
            .service(index as u32, ServiceCounter::Arrived);
        let original = program
            .layout
            .service(index as u32, ServiceCounter::Original);
        counted_now(columns, arrived, &format!("{name}.arrived"));
        let each = Read::Each(arrived, original);
        plain(columns, each, key::amplification(name));
        let queue = level(ServiceLevel::Queue);
        let done = program
            .layout
            .service(index as u32, ServiceCounter::Completed);
        for (read, name) in [
            (Read::Lag(queue, done), key::lag(name)),
            (
                Read::Ratio(held, level(ServiceLevel::Workers)),
                key::held(name),
            ),
            (
                Read::Ratio(level(ServiceLevel::Busy), level(ServiceLevel::Cores)),
                key::busy(name),
            ),
            (
                Read::Rest(held, level(ServiceLevel::Active)),
                key::blocked(name),
            ),
            (
                Read::Ratio(level(ServiceLevel::Up), level(ServiceLevel::Nominal)),
                key::up(name),
            ),
            (Read::Level(queue), key::queue(name)),
        ] {
            plain(columns, read, name);
        }
    }
}

fn pools(program: &Program, columns: &mut Vec<Column>) {
    for (index, name) in program.names.pools.iter().enumerate() {
        let level = |what| program.layout.pool_level(index as u32, what);
        let held = Read::Ratio(level(PoolLevel::InUse), level(PoolLevel::Size));
        plain(columns, held, key::held(name));
        let queue = level(PoolLevel::Queue);
        let granted = program.layout.pool(index as u32, PoolCounter::Granted);
        plain(columns, Read::Level(queue), key::queue(name));
        plain(columns, Read::Lag(queue, granted), key::lag(name));
    }
}

fn rooms(program: &Program, columns: &mut Vec<Column>) {
    for (index, name) in program.names.rooms.iter().enumerate() {
        let level = |what| program.layout.room_level(index as u32, what);
        let waiting = level(RoomLevel::Waiting);
        let admitted = program.layout.room(index as u32, RoomCounter::Admitted);
        for (read, name) in [
            (Read::Level(level(RoomLevel::Inside)), key::inside(name)),
            (Read::Level(waiting), key::waiting(name)),
            (Read::Lag(waiting, admitted), key::lag(name)),
        ] {
            plain(columns, read, name);
        }
    }
}

/// What is left of stocks, and messages that are not yet worked off.
fn goods(program: &Program, columns: &mut Vec<Column>) {
    let layout = &program.layout;
    for (index, name) in program.names.stocks.iter().enumerate() {
        let left = Read::Level(layout.stock_left(index as u32));
        plain(columns, left, key::left(name));
    }
    for endpoint in messaged(program) {
        let name = &program.names.endpoints[endpoint as usize];
        let backlog = layout.backlog(endpoint);
        let done = layout.message(endpoint, MessageCounter::Delivered);
        plain(columns, Read::Level(backlog), key::backlog(name));
        plain(columns, Read::Lag(backlog, done), key::lag(name));
    }
}

fn calls(program: &Program, columns: &mut Vec<Column>) {
    let percentiles: [(&str, Percentile); 3] = [
        ("p50", |bin| bin.p50),
        ("p95", |bin| bin.p95),
        ("p99", |bin| bin.p99),
    ];
    let names = program.names.calls.iter().zip(&program.names.messages);
    for (index, (name, _)) in names.enumerate().filter(|(_, (_, message))| !**message) {
        let started = program.layout.call(index as u32, CallCounter::Started);
        let sample = program.layout.call_time(index as u32, CallSample::Request);
        columns.push(Column {
            read: Read::Count(started),
            shown: vec![(key::rate(name), Shown::PerSecond)],
        });
        plain(columns, Read::Ok(sample), key::share_ok(name));
        for (word, of) in percentiles {
            plain(columns, Read::Time(sample, of), key::ok_time(word, name));
        }
        let all = Read::Time(sample, |bin| bin.p95_all);
        plain(columns, all, key::time("p95", name));
    }
}

impl Column {
    /// The column of one replication.
    pub(crate) fn of(&self, program: &Program, seen: &Observation) -> Values {
        let (counters, levels) = (program.layout.counters(), program.layout.levels());
        let count = |bin: usize, id: CounterId| seen.counter_bins[bin * counters + id.0 as usize];
        let level = |bin: usize, id: LevelId| seen.level_bins[bin * levels + id.0 as usize];
        let times = |bin: usize, id: SampleId| {
            let bins: &Vec<BinTimes> = &seen.tally_bins[id.0 as usize];
            bins.get(bin).copied().unwrap_or_default()
        };
        let share = |part: f32, whole: f32| {
            if whole > 0.0 { part / whole } else { ABSENT }
        };
        let bin_s = program.clock.bin.as_secs_f64() as f32;
        let values = (0..program.clock.bins as usize).map(|bin| match self.read {
            Read::Count(id) => count(bin, id) as f32,
            Read::Level(id) => level(bin, id),
            Read::Each(part, whole) => share(count(bin, part) as f32, count(bin, whole) as f32),
            Read::Lag(waiting, _) if level(bin, waiting) <= 0.0 => 0.0,
            Read::Lag(waiting, done) => share(level(bin, waiting) * bin_s, count(bin, done) as f32),
            Read::Ratio(part, whole) => share(level(bin, part), level(bin, whole)),
            Read::Rest(whole, part) => {
                let whole = level(bin, whole);
                share((whole - level(bin, part)).max(0.0), whole)
            }
            Read::Ok(id) => {
                let times = times(bin, id);
                share(times.ok as f32, times.started as f32)
            }
            Read::Time(id, of) => {
                let times = times(bin, id);
                if times.ok > 0 { of(&times) } else { ABSENT }
            }
        });
        Values::of(values.collect())
    }
}

impl Shown {
    /// The series of one replication made of its column.
    pub(crate) fn series(self, column: impl Iterator<Item = f32>, bin_s: f64) -> Vec<Option<f64>> {
        let mut sum = 0.0;
        column
            .map(|value| {
                let value = f64::from(value);
                match self {
                    Shown::Plain => (value >= 0.0).then_some(value),
                    Shown::PerSecond => Some(value / bin_s),
                    Shown::SoFar => {
                        sum += value;
                        Some(sum)
                    }
                }
            })
            .collect()
    }
}
