//! Several knobs with prices, other loads than the one planned, and studies that are stopped.

use std::sync::atomic::{AtomicU32, Ordering};

use super::{ALONE, Luck, answer, read, sized_by};
use onrush::model::Checked;
use onrush::model::overlay::Change;
use onrush::results::{SizeFound, Stopped};
use onrush::study::{Effort, Failure, Knob, Onlooker, Plan, Sizing, run, size};

/// A rush through two services, one after the other, with a price for the servers of each.
fn shop(seed: u64, (users, prices): (u32, [f64; 2])) -> Checked {
    read(&shop_text(seed, (users, prices)))
}

fn shop_text(seed: u64, (users, prices): (u32, [f64; 2])) -> String {
    format!(
        "[model]\nrun_for = \"2m\"\nseed = {seed}\n\
         [arrivals.rush]\njourney = \"visit\"\n\
         crowd = {{ users = {users}, arrive = \"uniform(0s, 30s)\" }}\n\
         [journey.visit]\npatience = \"exp(2m)\"\n\
         steps = [ {{ call = \"shop.look\", timeout = \"10s\" }}, \
                   {{ call = \"till.pay\", timeout = \"10s\" }} ]\n\
         [service.shop]\nworkers = 1\nendpoint.look = [ {{ wait = \"exp(600ms)\" }} ]\n\
         [service.till]\nworkers = 1\nendpoint.pay = [ {{ wait = \"exp(900ms)\" }} ]\n\
         [[objective]]\nthat = \"share(served) >= 90%\"\n\
         [cost]\n\"service.shop.servers\" = {}\n\"service.till.servers\" = {}\n",
        prices[0], prices[1]
    )
}

const KNOBS: [&str; 2] = ["service.shop.servers=1..8", "service.till.servers=1..8"];

/// Of a table of all combinations: price and share of launches that meet the objective.
fn table(model: &Checked, launches: u32) -> Vec<([u32; 2], f64, f64)> {
    let all = (1..=8_u32).flat_map(|shop| (1..=8_u32).map(move |till| [shop, till]));
    all.map(|servers| {
        let changes = [
            Change::new("service.shop.servers", &servers[0].to_string()),
            Change::new("service.till.servers", &servers[1].to_string()),
        ];
        let model = Checked::new(model.with(&changes).0).expect("it is a valid model");
        let plan = Plan {
            effort: Effort::Replications(launches),
            ..Plan::of(&model)
        };
        let results = run(&model, None, &plan, ALONE).expect("it is small");
        let met = results.variants["baseline"].objectives[0].chance;
        let met = met.expect("it was judged");
        let price = model.price_an_hour().expect("it has prices");
        (servers, price, f64::from(met.k) / f64::from(met.n))
    })
    .collect()
}

/// The cheapest combination is that of a table of all; where another one costs the same, or is as
/// close to the chance asked for as luck is, either is right.
#[test]
fn the_cheapest_combination_is_that_of_a_table() {
    for number in 0..3_u64 {
        let mut luck = Luck(500 + number);
        let users = luck.between(60.0, 160.0) as u32;
        let prices = [luck.between(0.2, 1.0), luck.between(0.2, 1.0)];
        let model = shop(number, (users, prices));
        let results = sized_by(&model, (&KNOBS, None), (0.9, 200), 0);
        let found = answer(&results);
        let price = found.price.expect("it was found");
        let rung = &found.rungs[found.at.expect("it was found") as usize];
        assert_eq!(Some(price), rung.price);
        let table = table(&model, 200);
        let of = |servers: &[f64]| {
            let whole: Vec<u32> = servers.iter().map(|one| *one as u32).collect();
            let known = table.iter().find(|one| one.0[..] == whole);
            known.expect("it is in the table")
        };
        assert!(
            of(&rung.values).2 >= 0.87,
            "{:?}: {:?}",
            rung.values,
            of(&rung.values)
        );
        let cheaper = table
            .iter()
            .filter(|one| one.1 < price - 1e-9 && one.2 >= 0.93);
        let cheaper: Vec<_> = cheaper.collect();
        assert!(
            cheaper.is_empty(),
            "{price} for {:?}, but {cheaper:?}",
            rung.values
        );
        // Not every combination was played.
        assert!(found.rungs.len() < 45, "{} combinations", found.rungs.len());
    }
}

#[test]
fn several_knobs_need_prices() {
    let text = shop_text(1, (80, [1.0, 1.0]));
    let model = read(text.split("[cost]").next().expect("there is a beginning"));
    let asked = Sizing {
        knobs: KNOBS
            .map(|text| Knob::parse(text).expect("it is a knob"))
            .to_vec(),
        against: None,
        chance: 0.9,
        at_most: 60,
    };
    let refused = size(&model, &asked, &Plan::of(&model), ALONE).expect_err("it is refused");
    assert!(refused.to_string().contains("needs prices"), "{refused}");
}

/// For larger crowds more is needed; what the model has carries as many as the line says.
#[test]
fn other_loads_need_other_capacities() {
    let model = shop(4, (100, [1.0, 1.0]));
    let many = Checked::new(
        model
            .with(&[
                Change::new("service.shop.servers", "9"),
                Change::new("service.till.servers", "5"),
            ])
            .0,
    );
    let model = many.expect("it is a valid model");
    let load = "arrivals.rush.crowd.users=40..280:20";
    let results = sized_by(
        &model,
        (&["service.till.servers=1..16"], Some(load)),
        (0.9, 60),
        0,
    );
    let frontier = answer(&results)
        .frontier
        .as_ref()
        .expect("it was asked for");
    assert_eq!(
        (frontier.planned, frontier.had.clone()),
        (Some(100.0), vec![Some(5.0)])
    );
    let needed: Vec<f64> = frontier
        .points
        .iter()
        .map(|point| point.values[0])
        .collect();
    assert!(frontier.points.iter().all(|point| !point.or_less));
    let few = "arrivals.rush.crowd.users=2..4:2";
    let few = sized_by(
        &model,
        (&["service.till.servers=4..9"], Some(few)),
        (0.9, 60),
        0,
    );
    let few = answer(&few).frontier.as_ref().expect("it was asked for");
    assert!(
        few.points
            .iter()
            .all(|point| point.or_less && point.values == [4.0])
    );
    assert!(needed.is_sorted() && needed[0] < needed[6], "{needed:?}");
    assert_eq!(frontier.carries, SizeFound::Most);
    let most = frontier.carries_up_to.expect("it is within the range");
    // What carries so many is no more than the model has; of the next point it is more.
    for point in &frontier.points {
        let is_enough = point.values[0] <= 5.0;
        assert!(
            (point.load - most).abs() < 41.0 || is_enough == (point.load <= most),
            "{most}: {point:?}"
        );
    }
}

/// Whoever is stopped says what he knows: what was finished is kept, and it is not called settled.
#[test]
fn what_is_finished_when_somebody_stops_is_said() {
    let model = shop(2, (100, [1.0, 1.0]));
    let mut partial = 0;
    for looks in [3, 30, 60, 120, 240] {
        let asked = AtomicU32::new(0);
        let stop = || asked.fetch_add(1, Ordering::Relaxed) > looks;
        let onlooker = Onlooker {
            stop: &stop,
            ..ALONE
        };
        let sizing = Sizing {
            knobs: vec![Knob::parse("service.till.servers=1..16").expect("it is a knob")],
            against: None,
            chance: 0.9,
            at_most: 1_000,
        };
        let plan = Plan {
            threads: 1,
            ..Plan::of(&model)
        };
        match size(&model, &sizing, &plan, onlooker) {
            Ok(results) if results.complete => {}
            Ok(results) => {
                let found = answer(&results);
                assert_eq!(results.stopped, Stopped::Interrupted);
                assert!(found.launches > 0);
                partial += u32::from(!found.settled);
            }
            Err(failure) => assert!(matches!(failure, Failure::Interrupted), "{failure}"),
        }
    }
    assert!(partial > 0);
    let whole = sized_by(
        &model,
        (&["service.till.servers=1..16"], None),
        (0.9, 100),
        1,
    );
    assert!(whole.complete, "{:?}", answer(&whole));
}
