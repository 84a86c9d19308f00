//! Caches against what is known of them, and answers that come before the end of the work.
//!
//! A cache of a few keys is a Markov chain that is solved by hand; entries of one age are found by
//! a formula; Che's approximation tells the size for a hit rate. P23 is the look-aside cache of
//! Bronson et al. at HotOS 2021; the direction of the backend's size is that of M. Brooker's
//! simulation of a cache that is lost; the second phase is solved exactly (row V58).

use crate::replicate::{Question, checked, replicate, threads};

/// The answers of some replications, all of which must exist.
fn answers(text: &str, changes: &[(&str, &str)], metrics: &[&str], count: u32) -> Vec<Vec<f64>> {
    let question = Question::new(&checked(text, changes), metrics);
    let exist = |answers: Vec<Option<f64>>| {
        let exist = |a: Option<f64>| a.expect("every replication answers");
        answers.into_iter().map(exist).collect()
    };
    let keep = |seen| exist(question.answers(&seen));
    replicate(&question.program, 11, count, threads(), &keep)
}

fn mean(all: &[Vec<f64>], at: usize) -> f64 {
    all.iter().map(|a| a[at]).sum::<f64>() / all.len() as f64
}

/// Requests that find their entry, as a share, with its standard error over replications.
fn hits(cache: &str, rate: &str, count: u32) -> (f64, f64) {
    let text = format!(
        "[model]
        run_for = '2000s'
        [arrivals.users]
        journey = 'visit'
        rate = '{rate}'
        [journey.visit]
        steps = [ {{ call = 's.page' }} ]
        [cache.pages]
        {cache}
        [service.s]
        workers = 1000
        endpoint.page = [ {{ cache = 'pages', miss = [] }} ]"
    );
    let metrics = ["count(cache.pages.hit)", "count(cache.pages.missed)"];
    let seen = answers(&text, &[], &metrics, count);
    let shares: Vec<f64> = seen.iter().map(|a| a[0] / (a[0] + a[1])).collect();
    let n = shares.len() as f64;
    let mean = shares.iter().sum::<f64>() / n;
    let squares: f64 = shares.iter().map(|s| (s - mean) * (s - mean)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}

/// Three keys by Zipf of 1 have chances 6/11, 3/11, 2/11. One entry is the key asked for last: a
/// hit has chance Σp². Two entries are keys i and j with chance pᵢ·pⱼ/(1−pᵢ), i the latest.
#[test]
fn a_small_cache_hits_as_often_as_its_chain_says() {
    let p = [6.0 / 11.0, 3.0 / 11.0, 2.0 / 11.0];
    let one: f64 = p.iter().map(|p| p * p).sum();
    let mut two = 0.0;
    for i in 0..3 {
        for j in (0..3).filter(|&j| j != i) {
            two += p[i] * p[j] / (1.0 - p[i]) * (p[i] + p[j]);
        }
    }
    for (size, expected) in [(1, one), (2, two)] {
        let cache = format!("keys = 3\npopularity = 'zipf(1)'\nsize = {size}");
        let (found, error) = hits(&cache, "5/s", 20);
        println!("size {size}: {found:.5} ± {error:.5}, expected {expected:.5}");
        assert!(
            (found - expected).abs() <= 4.0 * error,
            "{found}, not {expected}"
        );
        assert!(error < 0.002);
    }
}

/// An entry is good for T from its write: of the requests for a key that come at a rate λ, those of
/// one T after each miss hit, so λT of 1 + λT.
#[test]
fn entries_of_one_age_hit_as_often_as_the_formula_says() {
    let (found, error) = hits("keys = 1\nttl = '1s'\nstarts = 'cold'", "2/s", 20);
    println!("time to live: {found:.5} ± {error:.5}");
    assert!((found - 2.0 / 3.0).abs() <= 4.0 * error, "{found}");
    assert!(error < 0.004);
}

/// The size for 80 % by Che's approximation gives 80 % within a point.
#[test]
fn the_size_for_a_hit_rate_gives_it() {
    let (found, _) = hits(
        "keys = 2_000\npopularity = 'zipf(0.9)'\nhit = '80%'",
        "40/s",
        5,
    );
    println!("for 80 %: {found:.4}");
    assert!((found - 0.8).abs() < 0.01, "{found}");
}

/// A database that is good for 30 queries a second behind a cache that answers 90 % of 240: the
/// scale of HotOS'21 by a tenth. The cache is lost at 40 s.
const LOOK_ASIDE: &str = "
    [model]
    run_for = '120s'
    [param.load]
    value = '240/s'
    [arrivals.users]
    journey = 'visit'
    rate = '$load'
    [journey.visit]
    steps = [ { name = 'page', call = 'app.page' } ]
    [cache.objects]
    keys = 10_000
    hit = '90%'
    [service.app]
    workers = 100_000
    endpoint.page = [ { cache = 'objects', miss = [ { call = 'db.query', timeout = '1s' } ] } ]
    [service.db]
    workers = 3
    endpoint.query = [ { wait = 'exp(100ms)' } ]
    [action.lost]
    at = '40s'
    set = { 'cache.objects.on' = false }
    [action.back]
    at = '40.001s'
    set = { 'cache.objects.on' = true }";

const BEFORE_AND_AFTER: [&str; 4] = [
    "rate(db.arrived) between 10s and 40s",
    "share(page.ok) between 10s and 40s",
    "rate(db.arrived) between 80s and 118s",
    "share(page.ok) between 80s and 118s",
];

#[test]
fn a_lost_cache_multiplies_the_load_by_ten_and_is_never_filled_again() {
    let seen = answers(LOOK_ASIDE, &[], &BEFORE_AND_AFTER, 20);
    let well = seen.iter().filter(|a| a[3] > 0.05).count();
    let times = mean(&seen, 2) / mean(&seen, 0);
    println!("P23: {times:.2} times the load, {well} of 20 come back");
    assert!(seen.iter().all(|a| a[1] > 0.95), "healthy before");
    assert_eq!(
        well, 0,
        "no query is answered in time, so nothing is written"
    );
    assert!((9.5..=10.3).contains(&times), "{times} times the load");
}

/// Below what the database can carry with a cold cache everybody comes back.
#[test]
fn a_load_that_the_database_carries_alone_recovers() {
    let seen = answers(
        LOOK_ASIDE,
        &[("param.load.value", "\"24/s\"")],
        &BEFORE_AND_AFTER,
        20,
    );
    let well = seen.iter().filter(|a| a[3] > 0.95).count();
    assert_eq!(well, 20, "all of 20 come back");
}

/// Zipf 1.3, a thousand entries: the more a backend can do, the sooner the cache is warm again.
#[test]
fn a_larger_backend_warms_a_lost_cache_sooner() {
    let text = "
        [model]
        run_for = '24s'
        [param.backend]
        value = '200ms'
        [arrivals.users]
        journey = 'visit'
        rate = '300/s'
        [journey.visit]
        steps = [ { call = 'app.page' } ]
        [cache.objects]
        keys = 10_000
        popularity = 'zipf(1.3)'
        size = 1000
        [service.app]
        workers = 100_000
        endpoint.page = [ { cache = 'objects', miss = [ { call = 'db.query' } ] } ]
        [service.db]
        workers = 1
        queue = { limit = 1 }
        endpoint.query = [ { wait = '$backend' } ]
        [action.lost]
        at = '4s'
        set = { 'cache.objects.on' = false }
        [action.back]
        at = '4.001s'
        set = { 'cache.objects.on' = true }";
    let metric = ["rate(cache.objects.hit) between 5s and 20s"];
    let hits = ["200ms", "100ms", "50ms", "10ms"].map(|backend| {
        let backend = format!("\"{backend}\"");
        mean(
            &answers(text, &[("param.backend.value", &backend)], &metric, 5),
            0,
        )
    });
    println!("hits a second with a backend of 5, 10, 20, 100 a second: {hits:?}");
    assert!(hits.windows(2).all(|pair| pair[0] < pair[1]), "{hits:?}");
}

/// Four users think for 5 s and ask a server whose work has two exponential phases of 1 s together;
/// the answer comes after the first. Mean response times from the exact chain.
#[test]
fn an_early_answer_is_a_second_phase() {
    let rows = [
        ("200ms", "800ms", 1.030_780_896),
        ("400ms", "600ms", 1.111_517_921),
        ("600ms", "400ms", 1.237_647_811),
        ("800ms", "200ms", 1.414_409_207),
        ("1s", "0s", 1.648_305_085),
    ];
    for (first, second, expected) in rows {
        let second = if second == "0s" {
            String::new()
        } else {
            format!(", {{ wait = 'exp({second})' }}")
        };
        let text = format!(
            "[model]
            run_for = '20000s'
            [arrivals.staff]
            journey = 'work'
            population = 4
            [journey.work]
            steps = [ {{ think = 'exp(5s)' }}, {{ name = 'ask', call = 's.work' }} ]
            [service.s]
            workers = 1
            endpoint.work = [ {{ wait = 'exp({first})' }}, {{ answer = true }}{second} ]"
        );
        let seen = answers(&text, &[], &["mean(ask.ok.time)"], 20);
        let found = mean(&seen, 0);
        let squares: f64 = seen.iter().map(|a| (a[0] - found) * (a[0] - found)).sum();
        let error = (squares / 19.0 / 20.0).sqrt();
        println!("V58 [{first}]: {found:.5} ± {error:.5}, expected {expected}");
        assert!(
            (found - expected).abs() <= 4.5 * error,
            "{found}, not {expected}"
        );
        assert!(error < 0.01 * expected);
    }
}
