//! The metrics that every study answers beside those that its model asks for.
//!
//! One idea: whatever a variant may change by surprise should show in the differences without
//! having been asked for, so the usual figures of users, steps, services, pools, rooms, messages,
//! marks and stocks are metrics too, spelled as the grammar spells them.

use crate::base::time::Time;
use crate::estimate::recovery::Fate;
use crate::observation::sketch::Percentile;
use crate::observation::{
    CallCounter, CallSample, CounterId, LevelId, MessageCounter, Observation, Outcome, PoolCounter,
    PoolLevel, RoomLevel, SampleId, ServiceCounter, ServiceLevel, ServiceSample, StockCounter,
    UserCounter, UserLevel,
};
use crate::program::Program;

/// A metric and its value in one replication: infinite for "never", `None` where it does not exist.
pub(crate) type Value = (String, Option<f64>);

/// One replication, to be read by name of figure.
pub(crate) struct Reader<'a> {
    /// What was executed.
    pub(crate) program: &'a Program,
    /// What it saw.
    pub(crate) seen: &'a Observation,
}

impl Reader<'_> {
    /// A counter, of things that began in the measured period.
    pub(crate) fn count(&self, id: CounterId) -> f64 {
        self.seen.counters[id.0 as usize] as f64
    }

    /// What happened in the measured period, to things that began whenever.
    pub(crate) fn happened(&self, id: CounterId) -> f64 {
        self.seen.happened[id.0 as usize] as f64
    }

    /// The integral of a level, in units times seconds.
    pub(crate) fn integral(&self, id: LevelId) -> f64 {
        self.seen.integrals[id.0 as usize]
    }

    /// The largest value of a level.
    pub(crate) fn max(&self, id: LevelId) -> f64 {
        f64::from(self.seen.maxima[id.0 as usize])
    }

    /// Length of the measured period in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        let clock = &self.program.clock;
        clock.horizon.since(clock.cut).as_secs_f64()
    }

    /// A level averaged over the measured period.
    pub(crate) fn level(&self, id: LevelId) -> Option<f64> {
        share(self.integral(id), self.seconds())
    }

    /// The mean of a sample, in seconds.
    pub(crate) fn mean(&self, id: SampleId) -> Option<f64> {
        let tally = &self.seen.tallies[id.0 as usize];
        share(tally.sum as f64 / 1e9, tally.count as f64)
    }

    /// A percentile in seconds among `started`, of which those not in the sample take longer than
    /// any time.
    pub(crate) fn percentile(&self, id: SampleId, q: f64, started: u64) -> Option<f64> {
        let tally = &self.seen.tallies[id.0 as usize];
        Some(match tally.sketch.percentile(q, started)? {
            Percentile::At(ns) => ns as f64 / 1e9,
            Percentile::Never => f64::INFINITY,
        })
    }

    /// A percentile among those in the sample.
    pub(crate) fn percentile_ok(&self, id: SampleId, q: f64) -> Option<f64> {
        self.percentile(id, q, self.seen.tallies[id.0 as usize].count)
    }

    /// When a stock was sold out, seconds from T+0.
    pub(crate) fn sold_out_s(&self, stock: u32) -> Option<f64> {
        self.seen.sold_out_at[stock as usize].map(Time::as_secs_f64)
    }
}

/// Part of a whole, where there is a whole.
pub(crate) fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// The usual metrics of one replication, always the same ones for a program.
pub(crate) fn values(reader: &Reader<'_>, fate: Option<Recovered>) -> Vec<Value> {
    let mut values = Vec::new();
    users(reader, &mut values);
    calls(reader, &mut values);
    services(reader, &mut values);
    pools_and_rooms(reader, &mut values);
    goods(reader, &mut values);
    recovery(fate, &mut values);
    values
}

fn users(reader: &Reader<'_>, values: &mut Vec<Value>) {
    let layout = &reader.program.layout;
    let arrived = reader.count(layout.users(UserCounter::Arrived));
    values.push(("count(arrived)".to_owned(), Some(arrived)));
    let own = &reader.program.names.own_outcomes;
    for outcome in Outcome::all(layout.own_outcomes) {
        let ended = reader.count(layout.users_ended(outcome));
        let name = format!("share({})", outcome.word(own));
        values.push((name, share(ended, arrived)));
    }
    let orbit = layout.user_level(UserLevel::Orbit);
    values.push(("mean(orbit)".to_owned(), reader.level(orbit)));
    values.push(("max(orbit)".to_owned(), Some(reader.max(orbit))));
    for (journey, name) in reader.program.names.journeys.iter().enumerate() {
        let journey = journey as u32;
        let arrived =
            reader.seen.counters[layout.journey(journey, UserCounter::Arrived).0 as usize];
        let served = reader.count(layout.journey_ended(journey, Outcome::Served));
        values.push((
            format!("share({name}.served)"),
            share(served, arrived as f64),
        ));
        let time = layout.journey_time(journey);
        for (word, q) in [("p50", 0.5), ("p95", 0.95)] {
            values.push((
                format!("{word}({name}.time)"),
                reader.percentile(time, q, arrived),
            ));
        }
    }
}

fn calls(reader: &Reader<'_>, values: &mut Vec<Value>) {
    let layout = &reader.program.layout;
    let names = &reader.program.names;
    for (call, name) in names.calls.iter().enumerate() {
        if names.messages[call] {
            continue;
        }
        let call = call as u32;
        let count = |what| reader.count(layout.call(call, what));
        let time = layout.call_time(call, CallSample::Request);
        let started = count(CallCounter::Started);
        for (key, value) in [
            ("share(_.ok)", share(count(CallCounter::Ok), started)),
            ("p50(_.ok.time)", reader.percentile_ok(time, 0.5)),
            ("p95(_.ok.time)", reader.percentile_ok(time, 0.95)),
            ("mean(_.ok.time)", reader.mean(time)),
            ("p95(_.time)", reader.percentile(time, 0.95, started as u64)),
            (
                "mean(_.amplification)",
                share(count(CallCounter::Sent), started),
            ),
        ] {
            values.push((key.replacen('_', name, 1), value));
        }
    }
}

fn services(reader: &Reader<'_>, values: &mut Vec<Value>) {
    let layout = &reader.program.layout;
    for (service, name) in reader.program.names.services.iter().enumerate() {
        let service = service as u32;
        let level = |what| layout.service_level(service, what);
        let integral = |what| reader.integral(level(what));
        let count = |what| reader.count(layout.service(service, what));
        let happened = |what| reader.happened(layout.service(service, what));
        let held = integral(ServiceLevel::Held);
        let wait = layout.service_time(service, ServiceSample::Wait);
        for (key, value) in [
            ("mean(_.held)", share(held, integral(ServiceLevel::Workers))),
            (
                "mean(_.busy)",
                share(integral(ServiceLevel::Busy), integral(ServiceLevel::Cores)),
            ),
            (
                "mean(_.blocked)",
                share((held - integral(ServiceLevel::Active)).max(0.0), held),
            ),
            ("mean(_.queue)", reader.level(level(ServiceLevel::Queue))),
            ("max(_.queue)", Some(reader.max(level(ServiceLevel::Queue)))),
            ("mean(_.wait)", reader.mean(wait)),
            (
                "mean(_.amplification)",
                share(
                    happened(ServiceCounter::Arrived),
                    happened(ServiceCounter::Original),
                ),
            ),
            (
                "share(_.refused)",
                share(
                    count(ServiceCounter::Refused),
                    count(ServiceCounter::Arrived),
                ),
            ),
            (
                "rate(_.goodput)",
                share(happened(ServiceCounter::Goodput), reader.seconds()),
            ),
        ] {
            values.push((key.replacen('_', name, 1), value));
        }
    }
}

fn pools_and_rooms(reader: &Reader<'_>, values: &mut Vec<Value>) {
    let layout = &reader.program.layout;
    for (pool, name) in reader.program.names.pools.iter().enumerate() {
        let pool = pool as u32;
        let level = |what| layout.pool_level(pool, what);
        let held = share(
            reader.integral(level(PoolLevel::InUse)),
            reader.integral(level(PoolLevel::Size)),
        );
        let waited = share(
            reader.count(layout.pool(pool, PoolCounter::Waited)),
            reader.count(layout.pool(pool, PoolCounter::Asked)),
        );
        values.push((format!("mean({name}.held)"), held));
        values.push((format!("share({name}.waited)"), waited));
        let queue = reader.max(level(PoolLevel::Queue));
        values.push((format!("max({name}.queue)"), Some(queue)));
        values.push((
            format!("mean({name}.wait)"),
            reader.mean(layout.pool_wait(pool)),
        ));
    }
    for (room, name) in reader.program.names.rooms.iter().enumerate() {
        let room = room as u32;
        let waiting = reader.max(layout.room_level(room, RoomLevel::Waiting));
        values.push((format!("max({name}.waiting)"), Some(waiting)));
        values.push((
            format!("mean({name}.wait)"),
            reader.mean(layout.room_wait(room)),
        ));
    }
}

/// Messages, marks and stocks.
fn goods(reader: &Reader<'_>, values: &mut Vec<Value>) {
    let (layout, names) = (&reader.program.layout, &reader.program.names);
    for endpoint in messaged(reader.program) {
        let name = &names.endpoints[endpoint as usize];
        let count = |what| reader.count(layout.message(endpoint, what));
        let sent = count(MessageCounter::Sent);
        let delay = layout.delay(endpoint);
        values.push((
            format!("share({name}.delivered)"),
            share(count(MessageCounter::Delivered), sent),
        ));
        for (word, q) in [("p50", 0.5), ("p99", 0.99)] {
            values.push((
                format!("{word}({name}.delay)"),
                reader.percentile(delay, q, sent as u64),
            ));
        }
    }
    for (mark, name) in names.marks.iter().enumerate() {
        let count = reader.count(layout.mark(mark as u32));
        values.push((format!("count({name})"), Some(count)));
    }
    for (stock, name) in names.stocks.iter().enumerate() {
        values.push((
            format!("count({name}.sold)"),
            Some(sold(reader, stock as u32)),
        ));
        values.push((
            format!("{name}.sold_out_at"),
            reader.sold_out_s(stock as u32),
        ));
    }
}

/// Units kept by users.
pub(crate) fn sold(reader: &Reader<'_>, stock: u32) -> f64 {
    let layout = &reader.program.layout;
    reader.count(layout.stock(stock, StockCounter::Taken))
        - reader.count(layout.stock(stock, StockCounter::GivenBack))
}

/// Endpoints that messages are sent to.
pub(crate) fn messaged(program: &Program) -> Vec<u32> {
    use crate::base::table::Id;
    let sends = program.calls.values().filter(|call| call.message);
    let mut endpoints: Vec<u32> = sends.map(|call| call.endpoint.index() as u32).collect();
    endpoints.sort_unstable();
    endpoints.dedup();
    endpoints
}

/// What became of a launch, in figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Recovered {
    /// 1 if it was unhealthy, else 0.
    pub(crate) unhealthy: f64,
    /// 1 if it collapsed, else 0.
    pub(crate) collapsed: f64,
    /// 1 if it recovered, 0 if not; absent when it was never unhealthy.
    pub(crate) recovered: Option<f64>,
    /// Seconds from the trigger's end to recovery: never for one that did not recover, 0 for one
    /// that was never unhealthy.
    pub(crate) time_s: f64,
}

impl Recovered {
    /// The figures of a fate in windows of so many seconds.
    pub(crate) fn of(fate: &Fate, window_s: f64) -> Recovered {
        let chance = |yes: bool| if yes { 1.0 } else { 0.0 };
        let after = fate.recovered_after();
        Recovered {
            unhealthy: chance(fate.unhealthy()),
            collapsed: chance(fate.collapsed()),
            recovered: fate.recovered().map(chance),
            time_s: after.map_or(f64::INFINITY, |windows| windows as f64 * window_s),
        }
    }
}

fn recovery(fate: Option<Recovered>, values: &mut Vec<Value>) {
    for (key, value) in [
        ("recovery.collapsed", fate.map(|fate| fate.collapsed)),
        ("recovery.unhealthy", fate.map(|fate| fate.unhealthy)),
        ("recovery.recovered", fate.and_then(|fate| fate.recovered)),
        ("recovery.time", fate.map(|fate| fate.time_s)),
    ] {
        values.push((key.to_owned(), value));
    }
}
