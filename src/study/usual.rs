//! The metrics that every study answers beside those that its model asks for.
//!
//! One idea: whatever a variant may change by surprise should show in the differences without
//! having been asked for, so the usual figures of users, steps, services, pools, rooms, messages,
//! marks and stocks are metrics too, spelled as the grammar spells them.

use crate::base::time::Time;
use crate::estimate::recovery::Fate;
use crate::observation::sketch::Percentile;
use crate::observation::{
    Among, CallCounter, CallSample, CounterId, LevelId, MessageCounter, Observation, Outcome,
    Period, PoolCounter, PoolLevel, Probe, RoomLevel, SampleId, ServiceCounter, ServiceLevel,
    ServiceSample, SoldOut, Statistic, StockCounter, TallyId, UserCounter, UserLevel,
};
use crate::program::Program;

/// A metric in one replication.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Value {
    /// The metric.
    pub(crate) name: String,
    /// Infinite for "never", `None` where it does not exist.
    pub(crate) value: Option<f64>,
    /// Of how many things it is a share; 0 for what is no share of things.
    pub(crate) whole: u64,
}

impl Value {
    fn plain(name: String, value: Option<f64>) -> Value {
        Value {
            name,
            value,
            whole: 0,
        }
    }

    /// A part of so many things.
    fn part(name: String, part: f64, whole: f64) -> Value {
        Value {
            name,
            value: share(part, whole),
            whole: whole.round() as u64,
        }
    }
}

/// A percentile of durations, as a metric asks for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Durations {
    /// Which durations, all together.
    pub(crate) of: Vec<SampleId>,
    /// Of which of the things that started.
    pub(crate) among: Among,
    /// Which percentile.
    pub(crate) q: f64,
}

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

    /// A percentile of one sample, as a metric asks for it.
    fn percentile_of(&self, durations: &Durations) -> Option<f64> {
        let &[id] = durations.of.as_slice() else {
            return None;
        };
        match started(self.program, id).filter(|_| durations.among == Among::Started) {
            Some(all) => self.percentile(id, durations.q, self.count(all) as u64),
            None => self.percentile_ok(id, durations.q),
        }
    }

    /// When a stock was sold out, for the first time or for good, seconds from T+0.
    pub(crate) fn sold_out_s(
        &self,
        stock: u32,
        which: impl Fn(&SoldOut) -> Option<Time>,
    ) -> Option<f64> {
        which(&self.seen.sold_out_at[stock as usize]).map(Time::as_secs_f64)
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
    let percentiles = percentiles(reader.program).into_iter();
    values.extend(percentiles.map(|(name, durations)| {
        let value = reader.percentile_of(&durations);
        Value::plain(name, value)
    }));
    values
}

fn users(reader: &Reader<'_>, values: &mut Vec<Value>) {
    let layout = &reader.program.layout;
    let arrived = reader.count(layout.users(UserCounter::Arrived));
    let mut plain = |name: &str, value| values.push(Value::plain(name.to_owned(), value));
    plain("count(arrived)", Some(arrived));
    let orbit = layout.user_level(UserLevel::Orbit);
    plain("mean(orbit)", reader.level(orbit));
    plain("max(orbit)", Some(reader.max(orbit)));
    let own = &reader.program.names.own_outcomes;
    for outcome in Outcome::all(layout.own_outcomes) {
        let ended = reader.count(layout.users_ended(outcome));
        let name = format!("share({})", outcome.word(own));
        values.push(Value::part(name, ended, arrived));
    }
    for (journey, name) in reader.program.names.journeys.iter().enumerate() {
        let journey = journey as u32;
        let arrived = reader.count(layout.journey(journey, UserCounter::Arrived));
        let served = reader.count(layout.journey_ended(journey, Outcome::Served));
        values.push(Value::part(
            format!("share({name}.served)"),
            served,
            arrived,
        ));
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
        let ok = format!("share({name}.ok)");
        values.push(Value::part(ok, count(CallCounter::Ok), started));
        for (key, value) in [
            ("mean(_.ok.time)", reader.mean(time)),
            (
                "mean(_.amplification)",
                share(count(CallCounter::Sent), started),
            ),
        ] {
            values.push(Value::plain(key.replacen('_', name, 1), value));
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
                "rate(_.goodput)",
                share(happened(ServiceCounter::Goodput), reader.seconds()),
            ),
        ] {
            values.push(Value::plain(key.replacen('_', name, 1), value));
        }
        values.push(Value::part(
            format!("share({name}.refused)"),
            count(ServiceCounter::Refused),
            count(ServiceCounter::Arrived),
        ));
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
        let queue = reader.max(level(PoolLevel::Queue));
        let wait = reader.mean(layout.pool_wait(pool));
        values.push(Value::part(
            format!("share({name}.waited)"),
            reader.count(layout.pool(pool, PoolCounter::Waited)),
            reader.count(layout.pool(pool, PoolCounter::Asked)),
        ));
        values.push(Value::plain(format!("mean({name}.held)"), held));
        values.push(Value::plain(format!("max({name}.queue)"), Some(queue)));
        values.push(Value::plain(format!("mean({name}.wait)"), wait));
    }
    for (room, name) in reader.program.names.rooms.iter().enumerate() {
        let room = room as u32;
        let waiting = reader.max(layout.room_level(room, RoomLevel::Waiting));
        let wait = reader.mean(layout.room_wait(room));
        values.push(Value::plain(format!("max({name}.waiting)"), Some(waiting)));
        values.push(Value::plain(format!("mean({name}.wait)"), wait));
    }
}

/// Messages, marks and stocks.
fn goods(reader: &Reader<'_>, values: &mut Vec<Value>) {
    let (layout, names) = (&reader.program.layout, &reader.program.names);
    for endpoint in messaged(reader.program) {
        let name = &names.endpoints[endpoint as usize];
        let count = |what| reader.count(layout.message(endpoint, what));
        values.push(Value::part(
            format!("share({name}.delivered)"),
            count(MessageCounter::Delivered),
            count(MessageCounter::Sent),
        ));
    }
    for (tally, name) in names.tallies.iter().enumerate() {
        let counted = reader.count(layout.tally(TallyId(tally as u32)));
        let key = format!("count({}.{})", name.of, name.word);
        values.push(Value::plain(key, Some(counted)));
    }
    for (mark, name) in names.marks.iter().enumerate() {
        let count = reader.count(layout.mark(mark as u32));
        values.push(Value::plain(format!("count({name})"), Some(count)));
    }
    for (stock, name) in names.stocks.iter().enumerate() {
        let stock = stock as u32;
        let sold = Some(sold(reader, stock));
        values.push(Value::plain(format!("count({name}.sold)"), sold));
        let at = reader.sold_out_s(stock, |at| at.last);
        values.push(Value::plain(format!("{name}.sold_out_at"), at));
        let first = reader.sold_out_s(stock, |at| at.first);
        values.push(Value::plain(format!("{name}.first_sold_out_at"), first));
    }
}

/// Units kept by users.
pub(crate) fn sold(reader: &Reader<'_>, stock: u32) -> f64 {
    let layout = &reader.program.layout;
    reader.count(layout.stock(stock, StockCounter::Sold))
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
        values.push(Value::plain(key.to_owned(), value));
    }
}

/// The percentiles among the usual metrics.
pub(crate) fn percentiles(program: &Program) -> Vec<(String, Durations)> {
    let (layout, names) = (&program.layout, &program.names);
    let mut all = Vec::new();
    let mut ask = |name: String, of: SampleId, among: Among, q: f64| {
        let of = vec![of];
        all.push((name, Durations { of, among, q }));
    };
    for (journey, name) in names.journeys.iter().enumerate() {
        let time = layout.journey_time(journey as u32);
        for (word, q) in [("p50", 0.5), ("p95", 0.95)] {
            ask(format!("{word}({name}.time)"), time, Among::Started, q);
        }
    }
    for (call, name) in names.calls.iter().enumerate() {
        if names.messages[call] {
            continue;
        }
        let time = layout.call_time(call as u32, CallSample::Request);
        ask(format!("p50({name}.ok.time)"), time, Among::Ok, 0.5);
        ask(format!("p95({name}.ok.time)"), time, Among::Ok, 0.95);
        ask(format!("p95({name}.time)"), time, Among::Started, 0.95);
    }
    for endpoint in messaged(program) {
        let (name, delay) = (&names.endpoints[endpoint as usize], layout.delay(endpoint));
        for (word, q) in [("p50", 0.5), ("p99", 0.99)] {
            ask(format!("{word}({name}.delay)"), delay, Among::Started, q);
        }
    }
    all
}

/// The durations whose percentile over the whole measured time a metric is.
pub(crate) fn durations(program: &Program, name: &str) -> Option<Durations> {
    let mut asked = program.names.probes.iter();
    let Some(probe) = asked.position(|known| known == name) else {
        let mut all = percentiles(program).into_iter();
        return all.find(|(known, _)| known == name).map(|(_, of)| of);
    };
    match &program.probes[probe] {
        Probe::Sample {
            of,
            among,
            statistic: Statistic::Percentile(q),
            period,
        } if *period == Period::default() => Some(Durations {
            of: of.clone(),
            among: *among,
            q: *q,
        }),
        _ => None,
    }
}

/// The counter of all that started of which a sample holds the durations of those that ended ok;
/// absent where the sample holds all.
pub(crate) fn started(program: &Program, sample: SampleId) -> Option<CounterId> {
    let layout = &program.layout;
    let journeys = (0..layout.journeys).map(|journey| {
        let arrived = layout.journey(journey, UserCounter::Arrived);
        (layout.journey_time(journey), arrived)
    });
    let calls = (0..layout.calls).flat_map(|call| {
        [
            (CallSample::Request, CallCounter::Started),
            (CallSample::Attempt, CallCounter::Sent),
        ]
        .map(|(sample, counter)| (layout.call_time(call, sample), layout.call(call, counter)))
    });
    let messages = (0..layout.endpoints).map(|endpoint| {
        let sent = layout.message(endpoint, MessageCounter::Sent);
        (layout.delay(endpoint), sent)
    });
    let mut all = journeys.chain(calls).chain(messages);
    all.find(|(known, _)| *known == sample).map(|(_, of)| of)
}
