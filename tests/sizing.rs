//! `size` held against formulas and against tables of many launches.
//!
//! One idea: for a queue with a formula the least number of servers is known, and in a launch a
//! table of every value is the truth that a search with a fraction of its launches must find.
//!
//! In full: `ONRUSH_SIZING=200 cargo test --release --locked -- --ignored sizing --nocapture`.

mod knobs;
mod published;

use onrush::model::Checked;
use onrush::results::{Results, Size, SizeFound};
use onrush::study::{Effort, Failure, Knob, Plan, Sizing, size};

use crate::replicate::{ALONE, read};

/// Numbers from 0 to 1, the same on every machine (SplitMix64).
struct Luck(u64);

impl Luck {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }
}

fn sized(model: &Checked, knob: &str, effort: (f64, u32), threads: usize) -> Results {
    sized_by(model, (&[knob], None), effort, threads)
}

/// By several knobs, against a load.
fn sized_by(
    model: &Checked,
    (knobs, against): (&[&str], Option<&str>),
    (chance, at_most): (f64, u32),
    threads: usize,
) -> Results {
    let knob = |text: &str| Knob::parse(text).expect("it is a knob");
    let asked = Sizing {
        knobs: knobs.iter().map(|text| knob(text)).collect(),
        against: against.map(knob),
        chance,
        at_most,
    };
    let plan = Plan {
        effort: Effort::Replications(2),
        threads,
        ..Plan::of(model)
    };
    size(model, &asked, &plan, ALONE).expect("it can be sized")
}

fn answer(results: &Results) -> &Size {
    results.answers.size.as_ref().expect("it was sized")
}

fn value(results: &Results) -> Option<f64> {
    answer(results).knobs[0].value
}

/// Share of calls that wait for longer than `patience` at c agents with load a (Erlang C; service
/// times of mean 1).
fn wait_beyond(c: u32, a: f64, patience: f64) -> f64 {
    let mut blocked = 1.0;
    for n in 1..=c {
        blocked = a * blocked / (f64::from(n) + a * blocked);
    }
    let c = f64::from(c);
    if a >= c {
        return 1.0;
    }
    let waits = blocked / (1.0 - a / c * (1.0 - blocked));
    waits * (-(c - a) * patience).exp()
}

/// Share of calls that are given up at c agents with load a, where patience has the mean 1/theta
/// (Erlang A; service times of mean 1).
fn given_up(c: u32, a: f64, theta: f64) -> f64 {
    let (mut weight, mut all, mut queue) = (1.0, 1.0, 0.0);
    for n in 1..c + 2_000 {
        let waiting = f64::from(n.saturating_sub(c));
        weight *= a / (f64::from(n.min(c)) + waiting * theta);
        all += weight;
        queue += waiting * weight;
    }
    theta * queue / all / a
}

/// A desk with a known least number of agents.
struct Desk {
    model: String,
    least: u32,
    /// How far the shares at the least and at one below are from the target.
    margin: f64,
}

/// Calls of 100 s on average, `load` of them at a time; by turns the target is a share that waits
/// for too long, and one that is given up.
fn desk(luck: &mut Luck, is_patient: bool, hours: u32) -> Desk {
    let load = luck.between(3.0, 25.0);
    let least_of = |share: &dyn Fn(u32) -> f64, target: f64| {
        let least = (1..500).find(|&c| share(c) <= target);
        let least = least.expect("500 are enough");
        (
            least,
            (target - share(least)).min(share(least - 1) - target),
        )
    };
    let (journey, objective, (least, margin)) = if is_patient {
        let (patience, target) = (luck.between(0.05, 0.5), luck.between(0.05, 0.3));
        let objective = format!(
            "share(agents.wait <= {}s) >= {}",
            100.0 * patience,
            1.0 - target
        );
        let least = least_of(&|c| wait_beyond(c, load, patience), target);
        (String::new(), objective, least)
    } else {
        let (theta, target) = (luck.between(0.3, 2.0), luck.between(0.02, 0.2));
        let journey = format!("patience = {{ waiting = \"exp({}s)\" }}", 100.0 / theta);
        let objective = format!("share(abandoned) <= {target}");
        (
            journey,
            objective,
            least_of(&|c| given_up(c, load, theta), target),
        )
    };
    let model = format!(
        "[model]\nstudy = \"steady\"\nrun_for = \"{hours}h\"\nwarmup = \"2h\"\n\
         [arrivals.calls]\njourney = \"call\"\nrate = \"{}/s\"\n\
         [journey.call]\n{journey}\n\
         steps = [ {{ hold = \"agents\", steps = [ {{ think = \"exp(100s)\" }} ] }} ]\n\
         [pool.agents]\nsize = 10\n\
         [[objective]]\nthat = \"{objective}\"\n",
        load / 100.0
    );
    Desk {
        model,
        least,
        margin,
    }
}

/// Desks of both kinds whose least number is found: how many of how many.
fn found_least(desks: u64, hours: u32, at_most: u32) -> (u32, u32) {
    let (mut right, mut all) = (0, 0);
    for number in 0..desks {
        let desk = desk(&mut Luck(1_000 + number), number % 2 == 0, hours);
        let results = sized(
            &read(&desk.model),
            "pool.agents.size=1..64",
            (0.95, at_most),
            0,
        );
        let found = value(&results).unwrap_or(f64::NAN);
        // Where the target is close to the share of a value, either neighbour is right.
        let is_right = match desk.margin >= 0.005 {
            true => found.to_bits() == f64::from(desk.least).to_bits(),
            false => (found - f64::from(desk.least)).abs() <= 1.0,
        };
        println!(
            "{number}: least {}, margin {:.4}, found {found}, settled {}, {} launches{}",
            desk.least,
            desk.margin,
            answer(&results).settled,
            answer(&results).launches,
            if is_right { "" } else { "  WRONG" }
        );
        right += u32::from(is_right);
        all += 1;
    }
    (right, all)
}

/// Erlang C and Erlang A: a desk of each in every run of the tests.
#[test]
fn desks_are_staffed_as_erlang_says() {
    let (right, all) = found_least(2, 200, 40);
    assert_eq!(right, all);
}

/// Two hundred of them.
#[test]
#[ignore = "minutes; see the head of this file"]
fn two_hundred_desks() {
    let asked = std::env::var("ONRUSH_SIZING").ok();
    let desks = asked.and_then(|n| n.parse().ok()).unwrap_or(200);
    let (right, all) = found_least(desks, 100, 5_000);
    assert_eq!(right, all);
}

/// Row V75: a hundred calls in half an hour of three minutes each, 80 % of them answered within
/// 20 s (pyworkforce's printed example): 14 agents, at whom 88.8 % are, and 79.6 % at 13.
#[test]
fn fourteen_agents_are_enough() {
    let model = read(
        "[model]\nstudy = \"steady\"\nrun_for = \"1000h\"\nwarmup = \"2h\"\n\
         [arrivals.calls]\njourney = \"call\"\nrate = \"200/h\"\n\
         [journey.call]\nsteps = [ { call = \"desk.talk\" } ]\n\
         [service.desk]\nworkers = 10\nendpoint.talk = [ { wait = \"exp(180s)\" } ]\n\
         [[objective]]\nthat = \"share(desk.wait <= 20s) >= 80%\"\n",
    );
    let results = sized(&model, "service.desk.workers=8..24", (0.95, 100), 0);
    let found = answer(&results);
    assert_eq!(
        (value(&results), found.found, found.settled),
        (Some(14.0), SizeFound::Least, true)
    );
    let share = |agents: f64| {
        let rung = found.rungs.iter().find(|rung| rung.values == [agents]);
        rung.and_then(|rung| rung.metric[0])
            .expect("it was looked at")
    };
    let half_a_point = |found: f64, known: f64| (found - known).abs() < 0.005;
    assert!(
        half_a_point(share(14.0), 0.888_350_019_2),
        "{}",
        share(14.0)
    );
    assert!(
        half_a_point(share(13.0), 0.795_594_788_4),
        "{}",
        share(13.0)
    );
    // The other way round: the largest crowd that fourteen agents serve so.
    let model = Checked::new(
        model
            .with(&[onrush::model::overlay::Change::new(
                "service.desk.workers",
                "14",
            )])
            .0,
    );
    let model = model.expect("it is a valid model");
    let results = sized(
        &model,
        "arrivals.calls.rate=150/h..300/h:10/h",
        (0.95, 60),
        0,
    );
    let most = (15..=30_u32)
        .map(|tens| f64::from(tens) * 10.0)
        .filter(|calls| wait_beyond(14, calls * 0.05, 20.0 / 180.0) <= 0.2)
        .fold(0.0, f64::max);
    assert_eq!(
        (value(&results), answer(&results).found),
        (Some(most), SizeFound::Most)
    );
}

/// A rush of users to a small shop: `size` says what a table of every value says.
const RUSH: &str = "[model]\nrun_for = \"2m\"\nseed = SEED\n\
    [arrivals.rush]\njourney = \"visit\"\n\
    crowd = { users = USERS, arrive = \"uniform(0s, 30s)\" }\n\
    [journey.visit]\npatience = \"exp(2m)\"\n\
    steps = [ { call = \"shop.buy\", timeout = \"10s\" } ]\n\
    [service.shop]\nworkers = 4\nendpoint.buy = [ { wait = \"lognormal(mean=600ms, cv=1)\" } ]\n\
    [[objective]]\nthat = \"share(served) >= 95%\"\n";

fn rush(seed: u64, users: u32) -> Checked {
    read(
        &RUSH
            .replace("SEED", &seed.to_string())
            .replace("USERS", &users.to_string()),
    )
}

/// The least of 1 to 16 workers that a table of so many launches each calls enough.
fn by_table(model: &Checked, launches: u32, chance: f64) -> Option<f64> {
    (1..=16_u32).map(f64::from).find(|workers| {
        let change =
            onrush::model::overlay::Change::new("service.shop.workers", &workers.to_string());
        let model = Checked::new(model.with(&[change]).0).expect("it is a valid model");
        let plan = Plan {
            effort: Effort::Replications(launches),
            ..Plan::of(&model)
        };
        let results = onrush::study::run(&model, None, &plan, ALONE).expect("it is small");
        let met = results.variants["baseline"].objectives[0]
            .chance
            .expect("it was judged");
        f64::from(met.k) >= chance * f64::from(met.n)
    })
}

fn tables(cases: u64, launches: u32) -> (u32, u32) {
    let (mut wrong, mut all) = (0, 0);
    for number in 0..cases {
        let mut luck = Luck(77 + number);
        let model = rush(number, luck.between(60.0, 160.0) as u32);
        let chance = [0.5, 0.8, 0.9, 0.95][number as usize % 4];
        let results = sized(&model, "service.shop.workers=1..16", (chance, launches), 0);
        let table = by_table(&model, launches, chance);
        let is_wrong = value(&results) != table;
        println!("{number}: table {table:?}, found {:?}", value(&results));
        wrong += u32::from(is_wrong);
        all += 1;
    }
    (wrong, all)
}

#[test]
fn a_launch_is_sized_as_a_table_of_all_values_says() {
    assert_eq!(tables(3, 200).0, 0);
}

/// Twenty tables of two thousand launches at each value.
#[test]
#[ignore = "minutes; see the head of this file"]
fn twenty_tables() {
    let (wrong, all) = tables(20, 2_000);
    assert!(wrong <= 1, "{wrong} of {all}");
}

/// More workers on one core that slow each other down (κ of the Universal Scalability Law): the
/// best are some, and too many are as bad as too few. It is found, and it is said.
#[test]
fn more_that_is_worse_is_said() {
    let text = RUSH
        .replace("SEED", "5")
        .replace("USERS", "40")
        .replace(
            "workers = 4",
            "workers = 4\ncores = 64\nslowdown = { coherency = \"10%\" }",
        )
        .replace(
            "wait = \"lognormal(mean=600ms, cv=1)\"",
            "cpu = \"exp(1s)\"",
        );
    let model = read(&text);
    let results = sized(&model, "service.shop.workers=1..17", (0.9, 200), 0);
    let found = answer(&results);
    assert_eq!(found.found, SizeFound::Least);
    assert!(!found.against.is_empty(), "{found:#?}");
    assert!(value(&results).is_some_and(|least| least > 1.0 && least < 20.0));
}

/// Nothing is enough, everything is, and what cannot be asked.
#[test]
fn the_ends_of_a_range_are_said() {
    let model = rush(1, 250);
    let few = sized(&model, "service.shop.workers=1..2", (0.9, 60), 0);
    assert_eq!(
        (answer(&few).found, value(&few)),
        (SizeFound::Nothing, None)
    );
    assert!(answer(&few).settled && answer(&few).binds.is_some());
    let many = sized(&model, "service.shop.workers=30..40", (0.9, 60), 0);
    assert_eq!(
        (answer(&many).found, answer(&many).settled),
        (SizeFound::All, true)
    );
    let refused = |text: &str, knob: &str| {
        let model = read(text);
        let asked = Sizing {
            knobs: vec![Knob::parse(knob).expect("it is a knob")],
            against: None,
            chance: 0.9,
            at_most: 60,
        };
        size(&model, &asked, &Plan::of(&model), ALONE).expect_err("it is refused")
    };
    let text = RUSH.replace("SEED", "1").replace("USERS", "10");
    let unknown = refused(&text, "service.shp.workers=1..9");
    assert!(matches!(unknown, Failure::Invalid { .. }), "{unknown}");
    let without = text
        .split("[[objective]]")
        .next()
        .expect("there is a beginning");
    let nothing = refused(without, "service.shop.workers=1..9");
    assert!(
        nothing.to_string().contains("nothing that must hold"),
        "{nothing}"
    );
}

/// The same bytes on any number of threads.
#[test]
fn threads_change_nothing() {
    let model = rush(3, 120);
    let [one, three] = [1, 3].map(|threads| {
        let results = sized(&model, "service.shop.workers=1..16", (0.9, 60), threads);
        onrush::results::to_json(&results)
    });
    assert_eq!(one, three);
}
