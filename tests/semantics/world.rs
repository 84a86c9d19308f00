//! A world of few users: written in the language, run once, asked for instants and counts.

use onrush::base::time::{Span, Time};
use onrush::engine::{self, Arena, Limits, Replication};
use onrush::model::files::Files;
use onrush::model::overlay::Change;
use onrush::model::{self, Checked, Model};
use onrush::observation::{
    CallCounter, CallSample, CounterId, Layout, LevelId, MessageCounter, Observation, Outcome,
    PoolCounter, PoolLevel, RoomCounter, RoomLevel, SampleId, ServiceCounter, ServiceLevel,
    ServiceSample, StepWindows, StockCounter, TallyId, UserCounter, UserLevel,
};
use onrush::program::{self, Asked, Names, Program};
use onrush::text::render::{Colour, Frame, render};
use onrush::text::{Diagnostic, Level, Source};

/// A model in the making.
#[derive(Clone)]
pub(super) struct World {
    head: String,
    text: String,
    seed: u64,
    variant: Option<String>,
    changes: Vec<Change>,
    files: Files,
}

/// A model of these tables, without users yet, that runs for a thousand seconds.
pub(super) fn world(tables: &str) -> World {
    World {
        head: "run_for = '1000s'".to_owned(),
        text: tables.to_owned(),
        seed: 1,
        variant: None,
        changes: Vec::new(),
        files: Files::new(),
    }
}

impl World {
    /// Other keys of `[model]`.
    pub(super) fn head(mut self, keys: &str) -> World {
        self.head = keys.to_owned();
        self
    }

    /// Other luck.
    pub(super) fn seed(mut self, seed: u64) -> World {
        self.seed = seed;
        self
    }

    /// A data file.
    pub(super) fn file(mut self, path: &str, text: &str) -> World {
        self.files.insert(path, text.to_owned());
        self
    }

    /// Further tables.
    pub(super) fn tables(mut self, text: &str) -> World {
        self.text.push('\n');
        self.text.push_str(text);
        self
    }

    /// One user who comes at an instant, does these steps, and marks their end with the name.
    pub(super) fn user(self, name: &str, at: &str, steps: &str) -> World {
        self.person(name, at, "", steps)
    }

    /// A user whose journey has further keys (patience, reload, again).
    pub(super) fn person(self, name: &str, at: &str, keys: &str, steps: &str) -> World {
        self.tables(&format!(
            "[arrivals.{name}]\n\
             journey = '{name}'\n\
             burst = {{ users = 1, at = '{at}' }}\n\
             [journey.{name}]\n{keys}\n\
             steps = [ {steps}, {{ mark = '{name}' }} ]"
        ))
    }

    /// A change as by `--set`.
    pub(super) fn set(mut self, path: &str, value: &str) -> World {
        self.changes.push(Change::new(path, value));
        self
    }

    /// The variant to run.
    pub(super) fn variant(mut self, name: &str) -> World {
        self.variant = Some(name.to_owned());
        self
    }

    /// What one replication of it sees.
    pub(super) fn run(self) -> Trace {
        let text = format!(
            "[model]\nseed = {}\n{}\n{}",
            self.seed, self.head, self.text
        );
        let mut model = sound(model::read(Source::new("trace.toml", &text), self.files));
        if !self.changes.is_empty() {
            model = sound(model.with(&self.changes));
        }
        if let Some(name) = &self.variant {
            model = sound(model.variant(name).expect("the variant exists"));
        }
        let checked = Checked::new(model).expect("the model is sound");
        let program = program::compile(&checked, &Asked::default());
        let replication = Replication {
            seed: self.seed,
            number: 0,
            limits: Limits::default(),
            stop: &|| false,
        };
        let seen = engine::run(&program, &replication, &mut Arena::default());
        let seen = seen.expect("few events");
        Trace { program, seen }
    }
}

/// The model, whose errors would be shown as a user sees them.
fn sound((model, diagnostics): (Model, Vec<Diagnostic>)) -> Model {
    let wrong: Vec<Diagnostic> = diagnostics
        .into_iter()
        .filter(|d| d.level == Level::Error)
        .collect();
    let text = render(&wrong, model.sources(), Colour::Plain, Frame::Ascii);
    assert!(wrong.is_empty(), "{text}");
    model
}

/// What a replication saw, by the names of the model.
pub(super) struct Trace {
    program: Program,
    seen: Observation,
}

fn instant(text: &str) -> Time {
    Time::parse(text).expect("an instant")
}

fn span(text: &str) -> Span {
    Span::parse(text).expect("a length of time")
}

fn position(names: &[String], name: &str) -> u32 {
    let found = names.iter().position(|n| n == name);
    found.unwrap_or_else(|| panic!("no `{name}` among {names:?}")) as u32
}

impl Trace {
    /// How full everything was.
    pub(super) fn fullness(&self) -> &onrush::observation::Fullness {
        &self.seen.fullness
    }

    fn names(&self) -> &Names {
        &self.program.names
    }

    fn layout(&self) -> &Layout {
        &self.program.layout
    }

    /// When a mark was first and last passed.
    pub(super) fn marked(&self, word: &str) -> Option<(Time, Time)> {
        self.seen.marked[position(&self.names().marks, word) as usize]
    }

    /// When a mark was passed the only time.
    pub(super) fn at(&self, word: &str) -> Time {
        let (first, last) = self
            .marked(word)
            .unwrap_or_else(|| panic!("`{word}` never"));
        assert_eq!(first, last, "`{word}` more than once");
        first
    }

    /// Marks that were each passed once, at an instant: `"a 1s, b 2.5s"`.
    #[track_caller]
    pub(super) fn marks(&self, expected: &str) -> &Trace {
        for pair in expected.split(',') {
            let (word, at) = pair.trim().split_once(' ').expect("a mark and an instant");
            let times = self.marked(word);
            let at = instant(at);
            assert_eq!(times, Some((at, at)), "mark `{word}`");
        }
        self
    }

    /// Like [`marks`](Trace::marks), each up to 2 ns for each of so many events in its chain.
    #[track_caller]
    pub(super) fn nearly(&self, events: i64, expected: &str) -> &Trace {
        for pair in expected.split(',') {
            let (word, at) = pair.trim().split_once(' ').expect("a mark and an instant");
            let gap = (self.at(word).nanos() - instant(at).nanos()).abs();
            assert!(gap <= 2 * events, "mark `{word}` is {gap} ns from {at}");
        }
        self
    }

    /// A mark that was passed several times.
    #[track_caller]
    pub(super) fn first_last(&self, word: &str, first: &str, last: &str) -> &Trace {
        let expected = Some((instant(first), instant(last)));
        assert_eq!(self.marked(word), expected, "mark `{word}`");
        self
    }

    /// Marks that nobody passed.
    #[track_caller]
    pub(super) fn never(&self, words: &str) -> &Trace {
        for word in words.split_whitespace() {
            assert_eq!(self.marked(word), None, "mark `{word}`");
        }
        self
    }

    /// The users of these journeys ended so, every one of them.
    #[track_caller]
    pub(super) fn ended(&self, journeys: &str, outcome: Outcome) -> &Trace {
        for name in journeys.split_whitespace() {
            let id = position(&self.names().journeys, name);
            let arrived = self.count(self.layout().journey(id, UserCounter::Arrived));
            for each in Outcome::all(self.layout().own_outcomes) {
                let expected = if each == outcome { arrived } else { 0 };
                let found = self.count(self.layout().journey_ended(id, each));
                let word = each.word(&self.names().own_outcomes);
                assert_eq!(found, expected, "`{name}` ended {word}");
            }
            assert!(arrived > 0, "`{name}` came");
        }
        self
    }

    /// The users of these journeys ended in a word of the model's own, every one of them.
    #[track_caller]
    pub(super) fn ended_in(&self, journeys: &str, word: &str) -> &Trace {
        let number = position(&self.names().own_outcomes, word) as u8;
        self.ended(journeys, Outcome::Own(number))
    }

    /// Visits of a journey after the first.
    #[track_caller]
    pub(super) fn returned(&self, journey: &str, n: u64) -> &Trace {
        let id = position(&self.names().journeys, journey);
        let found = self.count(self.layout().journey(id, UserCounter::Returned));
        assert_eq!(found, n, "`{journey}` returned");
        self
    }

    fn count(&self, counter: CounterId) -> u64 {
        self.seen.counters[counter.0 as usize] as u64
    }

    /// How often a mark was passed.
    #[track_caller]
    pub(super) fn passed(&self, mark: &str, n: u64) -> &Trace {
        let id = position(&self.names().marks, mark);
        assert_eq!(self.count(self.layout().mark(id)), n, "mark `{mark}`");
        self
    }

    /// What a mechanism counted, as `breaker.pricing.stopped`.
    #[track_caller]
    pub(super) fn counted(&self, path: &str, n: u64) -> &Trace {
        assert_eq!(self.tallied(path), n, "`{path}`");
        self
    }

    /// How often a mechanism did something, as `breaker.b.stopped`.
    #[track_caller]
    pub(super) fn tallied(&self, path: &str) -> u64 {
        let (of, word) = path.rsplit_once('.').expect("a mechanism and a word");
        let mut tallies = self.names().tallies.iter();
        let found = tallies.position(|tally| tally.of == of && tally.word == word);
        let id = found.unwrap_or_else(|| panic!("no `{path}` is counted"));
        self.count(self.layout().tally(TallyId(id as u32)))
    }

    /// A counter of a call step.
    #[track_caller]
    pub(super) fn call(&self, name: &str, what: CallCounter, n: u64) -> &Trace {
        let id = position(&self.names().calls, name);
        let found = self.count(self.layout().call(id, what));
        assert_eq!(found, n, "call `{name}` {what:?}");
        self
    }

    /// A counter of a service; [`ServiceCounter::WastedHeldNs`] and the like in nanoseconds.
    #[track_caller]
    pub(super) fn service(&self, name: &str, what: ServiceCounter, n: u64) -> &Trace {
        let id = position(&self.names().services, name);
        let found = self.count(self.layout().service(id, what));
        assert_eq!(found, n, "service `{name}` {what:?}");
        self
    }

    /// Attempts that a service has completed.
    pub(super) fn done(&self, name: &str) -> u64 {
        let id = position(&self.names().services, name);
        self.count(self.layout().service(id, ServiceCounter::Completed))
    }

    /// The same of what happened in the measured period, to attempts sent whenever.
    #[track_caller]
    pub(super) fn service_saw(&self, name: &str, what: ServiceCounter, n: u64) -> &Trace {
        let id = position(&self.names().services, name);
        let counter = self.layout().service(id, what);
        let found = self.seen.happened[counter.0 as usize] as u64;
        assert_eq!(found, n, "service `{name}` {what:?}");
        self
    }

    /// Requests of a call step of which this happened in the measured period, asked whenever.
    #[track_caller]
    pub(super) fn call_saw(&self, name: &str, what: CallCounter, n: u64) -> &Trace {
        let id = position(&self.names().calls, name);
        let counter = self.layout().call(id, what);
        let found = self.seen.happened[counter.0 as usize] as u64;
        assert_eq!(found, n, "call `{name}` {what:?}");
        self
    }

    /// Users of a journey who ended so in the measured period, arrived whenever.
    #[track_caller]
    pub(super) fn saw_end(&self, name: &str, outcome: Outcome, n: u64) -> &Trace {
        let id = position(&self.names().journeys, name);
        let counter = self.layout().journey_ended(id, outcome);
        let found = self.seen.happened[counter.0 as usize] as u64;
        assert_eq!(found, n, "`{name}` {outcome:?}");
        self
    }

    /// The answer to the model's n-th metric.
    pub(super) fn metric(&self, n: usize) -> Option<f64> {
        self.seen.metrics[n]
    }

    /// How often a mechanism did what it counts.
    #[track_caller]
    pub(super) fn mechanism(&self, of: &str, word: &str, n: u64) -> &Trace {
        let mut all = self.names().tallies.iter();
        let id = all.position(|tally| tally.of == of && tally.word == word);
        let id = TallyId(id.expect("the mechanism counts it") as u32);
        assert_eq!(self.count(self.layout().tally(id)), n, "{of}.{word}");
        self
    }

    /// A counter of a pool.
    #[track_caller]
    pub(super) fn pool(&self, name: &str, what: PoolCounter, n: u64) -> &Trace {
        let id = position(&self.names().pools, name);
        let found = self.count(self.layout().pool(id, what));
        assert_eq!(found, n, "pool `{name}` {what:?}");
        self
    }

    /// When a pool, or a service, first ran dry.
    #[track_caller]
    pub(super) fn dried(&self, name: &str, at: Option<&str>) -> &Trace {
        let (pools, services) = (&self.names().pools, &self.names().services);
        let mut all = pools.iter().chain(services);
        let number = all.position(|known| known == name).expect("it is there");
        assert_eq!(self.seen.dried[number], at.map(instant), "`{name}` dries");
        self
    }

    /// A counter of a stock.
    #[track_caller]
    pub(super) fn stock(&self, name: &str, what: StockCounter, n: u64) -> &Trace {
        assert_eq!(self.stock_count(name, what), n, "stock `{name}` {what:?}");
        self
    }

    /// A counter of a stock.
    pub(super) fn stock_count(&self, name: &str, what: StockCounter) -> u64 {
        let id = position(&self.names().stocks, name);
        self.count(self.layout().stock(id, what))
    }

    /// A counter of messages to an endpoint.
    #[track_caller]
    pub(super) fn message(&self, endpoint: &str, what: MessageCounter, n: u64) -> &Trace {
        let id = position(&self.names().endpoints, endpoint);
        let found = self.count(self.layout().message(id, what));
        assert_eq!(found, n, "messages to `{endpoint}` {what:?}");
        self
    }

    #[track_caller]
    fn tally(&self, sample: SampleId, expected: (u64, &str), about: &str) {
        let tally = &self.seen.tallies[sample.0 as usize];
        let found = (tally.count, tally.sum as i64);
        assert_eq!(found, (expected.0, span(expected.1).nanos()), "{about}");
    }

    /// How many served users of a journey there are, and the sum of their times.
    #[track_caller]
    pub(super) fn journey_times(&self, name: &str, n: u64, sum: &str) -> &Trace {
        let id = position(&self.names().journeys, name);
        let about = format!("times of `{name}`");
        self.tally(self.layout().journey_time(id), (n, sum), &about);
        self
    }

    /// How many times of a call step there are, and their sum.
    #[track_caller]
    pub(super) fn call_times(&self, name: &str, what: CallSample, n: u64, sum: &str) -> &Trace {
        let id = position(&self.names().calls, name);
        let about = format!("call `{name}` {what:?}");
        self.tally(self.layout().call_time(id, what), (n, sum), &about);
        self
    }

    /// How many requests of a call step started in each bin, and how many of them ended ok.
    pub(super) fn bins(&self, name: &str) -> Vec<(u32, u32)> {
        let id = position(&self.names().calls, name);
        let id = self.layout().call_time(id, CallSample::Request);
        let bins = self.seen.tally_bins[id.0 as usize].iter();
        bins.map(|bin| (bin.started, bin.ok)).collect()
    }

    /// How many users arrived in each bin.
    pub(super) fn arrivals(&self) -> Vec<u32> {
        let layout = self.layout();
        let arrived = layout.users(UserCounter::Arrived).0 as usize;
        let bins = self.seen.counter_bins.chunks_exact(layout.counters());
        bins.map(|bin| bin[arrived]).collect()
    }

    /// The windows that the health of a step is judged by.
    pub(super) fn windows(&self, name: &str) -> &StepWindows {
        let call = position(&self.names().calls, name);
        let mut steps = self.seen.windows.steps.iter();
        let found = steps.find(|step| step.call == call);
        found.unwrap_or_else(|| panic!("`{name}` is not followed"))
    }

    /// How many requests of a step started in each window, how many of those ended ok, how many
    /// ended ok in it, and how many were open at its end.
    pub(super) fn window_counts(&self, name: &str) -> Vec<[u32; 4]> {
        let windows = self.windows(name).windows.iter();
        windows
            .map(|w| [w.started, w.ok, w.ended_ok, w.open])
            .collect()
    }

    /// How many times of a service there are, and their sum.
    #[track_caller]
    pub(super) fn service_times(
        &self,
        name: &str,
        what: ServiceSample,
        n: u64,
        sum: &str,
    ) -> &Trace {
        let id = position(&self.names().services, name);
        let about = format!("service `{name}` {what:?}");
        self.tally(self.layout().service_time(id, what), (n, sum), &about);
        self
    }

    /// How many waits for a pool there are, and their sum.
    #[track_caller]
    pub(super) fn pool_waits(&self, name: &str, n: u64, sum: &str) -> &Trace {
        let id = position(&self.names().pools, name);
        let about = format!("waits for `{name}`");
        self.tally(self.layout().pool_wait(id), (n, sum), &about);
        self
    }

    /// How many delays of messages to an endpoint there are, and their sum.
    #[track_caller]
    pub(super) fn delays(&self, endpoint: &str, n: u64, sum: &str) -> &Trace {
        let id = position(&self.names().endpoints, endpoint);
        let about = format!("delays of `{endpoint}`");
        self.tally(self.layout().delay(id), (n, sum), &about);
        self
    }

    #[track_caller]
    fn integral(&self, level: LevelId, expected: &str, about: &str) {
        let found = self.seen.integrals[level.0 as usize];
        let gap = (found - span(expected).as_secs_f64()).abs();
        assert!(gap < 1e-8, "{about}: {found} s, not {expected}");
    }

    /// The sum of the time that users were inside.
    #[track_caller]
    pub(super) fn inside(&self, sum: &str) -> &Trace {
        self.integral(self.layout().user_level(UserLevel::Inside), sum, "inside");
        self
    }

    /// The sum of the time that users waited to try again.
    #[track_caller]
    pub(super) fn waiting_in_orbit(&self, sum: &str) -> &Trace {
        let level = self.layout().user_level(UserLevel::OrbitWaiting);
        self.integral(level, sum, "waiting in the orbit");
        self
    }

    /// The sum of the time that users tried again or waited to.
    #[track_caller]
    pub(super) fn orbit(&self, sum: &str) -> &Trace {
        self.integral(self.layout().user_level(UserLevel::Orbit), sum, "orbit");
        self
    }

    /// The integral of a level of a service, as time of one.
    #[track_caller]
    pub(super) fn level(&self, name: &str, level: ServiceLevel, sum: &str) -> &Trace {
        let id = position(&self.names().services, name);
        let about = format!("service `{name}` {level:?}");
        self.integral(self.layout().service_level(id, level), sum, &about);
        self
    }

    /// The integral of a level of a pool, as time of one.
    #[track_caller]
    pub(super) fn pool_level(&self, name: &str, level: PoolLevel, sum: &str) -> &Trace {
        let id = position(&self.names().pools, name);
        let about = format!("pool `{name}` {level:?}");
        self.integral(self.layout().pool_level(id, level), sum, &about);
        self
    }

    /// A counter of a room.
    #[track_caller]
    pub(super) fn room(&self, name: &str, what: RoomCounter, n: u64) -> &Trace {
        let id = position(&self.names().rooms, name);
        let found = self.count(self.layout().room(id, what));
        assert_eq!(found, n, "room `{name}` {what:?}");
        self
    }

    /// How many waits for a room there are, and their sum.
    #[track_caller]
    pub(super) fn room_waits(&self, name: &str, n: u64, sum: &str) -> &Trace {
        let id = position(&self.names().rooms, name);
        let about = format!("waits for `{name}`");
        self.tally(self.layout().room_wait(id), (n, sum), &about);
        self
    }

    /// The integral of a level of a room, as time of one.
    #[track_caller]
    pub(super) fn room_level(&self, name: &str, level: RoomLevel, sum: &str) -> &Trace {
        let id = position(&self.names().rooms, name);
        let about = format!("room `{name}` {level:?}");
        self.integral(self.layout().room_level(id, level), sum, &about);
        self
    }

    /// The last instant at which anything happened.
    pub(super) fn finished(&self) -> Time {
        self.seen.ended
    }
}
