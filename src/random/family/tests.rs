//! Facts and draws of every family against other opinions: another library's formulas, another
//! library's draws, and plain integration of the quantiles.

use proptest::prelude::*;
use rand_distr::Distribution as _;
use statrs::distribution::{Continuous, ContinuousCDF, DiscreteCDF};
use statrs::statistics::Distribution as _;

use super::{Distribution, LawError};
use crate::base::math::exp_m1;
use crate::random::generator::{Generator, open_unit};
use crate::random::key::{Luck, Owner, Place, identity};

/// Every family, in shapes that are and are not special.
fn zoo() -> Vec<(&'static str, Distribution)> {
    let three_points = vec![(0.5, 0.02), (0.95, 0.08), (0.99, 0.3)];
    let flat_points = vec![(0.2, 1.0), (0.5, 2.0), (0.7, 2.0), (0.9, 5.0)];
    let lognormal = || Distribution::lognormal(4.0, 2.0).unwrap();
    let exponential = || Distribution::exponential(0.2).unwrap();
    vec![
        ("constant", Distribution::constant(0.02).unwrap()),
        ("exp", exponential()),
        ("lognormal", lognormal()),
        (
            "lognormal narrow",
            Distribution::lognormal_median(2.0, 0.1).unwrap(),
        ),
        ("gamma wide", Distribution::gamma(3.0, 2.5).unwrap()),
        ("gamma", Distribution::gamma(0.01, 0.5).unwrap()),
        ("gamma narrow", Distribution::gamma(0.01, 0.05).unwrap()),
        ("erlang", Distribution::erlang(3.0, 1.0).unwrap()),
        (
            "hyperexp",
            Distribution::hyperexponential(1.0, 3.0).unwrap(),
        ),
        ("uniform", Distribution::uniform(1.0, 5.0).unwrap()),
        ("weibull", Distribution::weibull(1.5, 3.0).unwrap()),
        ("weibull wide", Distribution::weibull(0.6, 3.0).unwrap()),
        ("pareto", Distribution::pareto(4.5, 0.1).unwrap()),
        ("geometric", Distribution::geometric(3.0).unwrap()),
        (
            "mix",
            Distribution::mix(vec![(0.95, exponential()), (0.05, lognormal())]).unwrap(),
        ),
        ("quantiles", Distribution::quantiles(three_points).unwrap()),
        (
            "flat quantiles",
            Distribution::quantiles(flat_points).unwrap(),
        ),
        (
            "empirical",
            Distribution::empirical(vec![3.0, 1.0, 2.0, 2.0, 7.0]).unwrap(),
        ),
    ]
}

/// The zoo, and each of it conditioned on staying below some inner quantile.
fn conditioned_zoo() -> Vec<(String, Distribution)> {
    let mut all: Vec<(String, Distribution)> = zoo()
        .into_iter()
        .map(|(name, law)| (name.to_owned(), law))
        .collect();
    for (name, law) in zoo() {
        for p in [0.03, 0.6, 0.97] {
            let max = law.quantile(p);
            all.push((
                format!("{name} below p{p}"),
                law.clone().conditioned(max).unwrap(),
            ));
        }
    }
    all
}

fn uniforms(n: u32) -> impl Iterator<Item = f64> {
    let (luck, place) = (Luck::new(2024, 0), Place::ROOT.step(identity("draws")));
    (0..n).map(move |i| luck.uniform(Owner::named("tests").number(i), place, 0))
}

fn close(a: f64, b: f64, slack: f64) -> bool {
    (a - b).abs() <= slack * a.abs().max(b.abs())
}

fn check_against<L>(name: &str, ours: &Distribution, theirs: &L)
where
    L: ContinuousCDF<f64, f64> + Continuous<f64, f64> + statrs::statistics::Distribution<f64>,
{
    assert!(
        close(ours.mean().unwrap(), theirs.mean().unwrap(), 1e-12),
        "{name}: mean"
    );
    assert!(
        close(ours.variance().unwrap(), theirs.variance().unwrap(), 1e-11),
        "{name}: variance"
    );
    for p in [0.001, 0.1, 0.5, 0.9, 0.999] {
        let x = ours.quantile(p);
        assert!(
            close(theirs.cdf(x), p, 1e-9),
            "{name}: p{p} is {}",
            theirs.cdf(x)
        );
        assert!(
            close(ours.cdf(x), p, 1e-11),
            "{name}: back to {}",
            ours.cdf(x)
        );
    }
}

#[test]
fn facts_agree_with_another_library() {
    use statrs::distribution as other;
    let exponential = Distribution::exponential(0.02).unwrap();
    check_against("exp", &exponential, &other::Exp::new(50.0).unwrap());
    let (mu, sigma) = (0.3, 0.8);
    let lognormal = Distribution::lognormal_median(crate::base::math::exp(mu), sigma).unwrap();
    check_against(
        "lognormal",
        &lognormal,
        &other::LogNormal::new(mu, sigma).unwrap(),
    );
    let gamma = Distribution::gamma(2.0, 0.5).unwrap();
    check_against("gamma", &gamma, &other::Gamma::new(4.0, 2.0).unwrap());
    let wide = Distribution::gamma_shape(0.5, 0.25).unwrap();
    check_against("wide gamma", &wide, &other::Gamma::new(0.25, 0.5).unwrap());
    let erlang = Distribution::erlang(5.0, 10.0).unwrap();
    check_against("erlang", &erlang, &other::Erlang::new(5, 0.5).unwrap());
    let uniform = Distribution::uniform(1.0, 5.0).unwrap();
    check_against("uniform", &uniform, &other::Uniform::new(1.0, 5.0).unwrap());
    let weibull = Distribution::weibull(1.5, 9.0).unwrap();
    check_against("weibull", &weibull, &other::Weibull::new(1.5, 9.0).unwrap());
    let pareto = Distribution::pareto(3.5, 2.0).unwrap();
    check_against("pareto", &pareto, &other::Pareto::new(2.0, 3.5).unwrap());
}

#[test]
fn geometric_facts_agree_with_another_library() {
    let ours = Distribution::geometric(4.0).unwrap();
    let theirs = statrs::distribution::Geometric::new(0.25).unwrap();
    assert!(close(ours.mean().unwrap(), theirs.mean().unwrap(), 1e-15));
    assert!(close(
        ours.variance().unwrap(),
        theirs.variance().unwrap(),
        1e-15
    ));
    for n in 0..50_u32 {
        assert!(
            (ours.cdf(f64::from(n)) - theirs.cdf(u64::from(n))).abs() < 1e-14,
            "{n}"
        );
        assert!(
            (ours.cdf(f64::from(n) + 0.5) - theirs.cdf(u64::from(n))).abs() < 1e-14,
            "{n}"
        );
    }
    let once = Distribution::geometric(1.0).unwrap();
    assert_eq!(
        (once.quantile(0.99), once.sampler().sample(0.99)),
        (1.0, 1.0)
    );
    // Long ones are not summed one by one.
    let long = Distribution::geometric(1e6).unwrap();
    assert!(close(
        long.moment_below(2, 2e7),
        long.variance().unwrap() + 1e12,
        1e-5
    ));
    let summed: f64 = (1..=200_000)
        .map(|n| f64::from(n) * 1e-6 * (1.0 - 1e-6_f64).powi(n - 1))
        .sum();
    assert!(close(long.moment_below(1, 2e5), summed, 1e-9));
}

/// Laws without a formula of another library: mean and variance by integrating the quantiles, with
/// intervals that halve towards both ends.
#[test]
fn facts_are_what_the_quantiles_integrate_to() {
    // Nodes and weights of Gauss and Legendre for five points.
    const NODES: [(f64, f64); 5] = [
        (0.0, 0.568_888_888_888_888_9),
        (0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
        (-0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
        (0.906_179_845_938_664, 0.236_926_885_056_189_08),
        (-0.906_179_845_938_664, 0.236_926_885_056_189_08),
    ];
    for (name, law) in conditioned_zoo() {
        let (mut mean, mut square) = (0.0, 0.0);
        let mut add = |from: f64, to: f64| {
            for piece in 0..64 {
                let width = (to - from) / 64.0;
                let middle = from + (f64::from(piece) + 0.5) * width;
                for (node, weight) in NODES {
                    let x = law.quantile(middle + node * width / 2.0);
                    mean += x * weight * width / 2.0;
                    square += x * x * weight * width / 2.0;
                }
            }
        };
        for halving in 1..48 {
            let (outer, inner) = (0.5_f64.powi(halving + 1), 0.5_f64.powi(halving));
            add(outer, inner);
            add(1.0 - inner, 1.0 - outer);
        }
        assert!(
            close(law.mean().unwrap(), mean, 2e-3),
            "{name}: {:?} {mean}",
            law.mean()
        );
        let second = law.variance().unwrap() + law.mean().unwrap().powi(2);
        // A heavy tail beyond 2⁻⁴⁸ still counts in the square.
        assert!(close(second, square, 1e-2), "{name}: {second} {square}");
    }
}

#[test]
fn smooth_laws_integrate_to_many_digits() {
    // Conditioned laws are bounded, so a plain rule does it: ∫ Q = mean over a million midpoints.
    for (name, law) in conditioned_zoo() {
        let smooth = [
            "exp",
            "lognormal",
            "weibull",
            "pareto",
            "uniform",
            "quantiles",
        ];
        let bounded = name.contains("below p0.6") && smooth.iter().any(|s| name.starts_with(s));
        if !bounded {
            continue;
        }
        let n = 100_000;
        let values = (0..n).map(|i| law.quantile((f64::from(i) + 0.5) / f64::from(n)));
        let (sum, squares) = values.fold((0.0, 0.0), |(s, q), x| (s + x, q + x * x));
        let (mean, square) = (sum / f64::from(n), squares / f64::from(n));
        assert!(
            close(law.mean().unwrap(), mean, 1e-5),
            "{name}: {:?} {mean}",
            law.mean()
        );
        let variance = law.variance().unwrap();
        assert!(
            close(variance, square - mean * mean, 1e-4),
            "{name}: {variance}"
        );
    }
}

#[test]
fn means_and_cvs_are_those_asked_for() {
    for (name, law, mean, cv) in [
        ("exp", Distribution::exponential(0.02), 0.02, 1.0),
        ("lognormal", Distribution::lognormal(0.01, 1.5), 0.01, 1.5),
        ("gamma", Distribution::gamma(0.01, 0.3), 0.01, 0.3),
        ("erlang", Distribution::erlang(4.0, 2.0), 2.0, 0.5),
        (
            "hyperexp",
            Distribution::hyperexponential(2.0, 3.0),
            2.0,
            3.0,
        ),
        (
            "hyperexp 1",
            Distribution::hyperexponential(2.0, 1.0),
            2.0,
            1.0,
        ),
        (
            "geometric",
            Distribution::geometric(3.0),
            3.0,
            (2.0_f64 / 3.0).sqrt(),
        ),
        ("constant", Distribution::constant(3.0), 3.0, 0.0),
    ] {
        let law = law.unwrap();
        assert!(
            close(law.mean().unwrap(), mean, 1e-14),
            "{name}: {:?}",
            law.mean()
        );
        assert!(
            (law.cv().unwrap() - cv).abs() <= 1e-13 * cv,
            "{name}: {:?}",
            law.cv()
        );
    }
}

#[test]
fn what_is_infinite_is_absent() {
    let heavy = Distribution::pareto(1.5, 1.0).unwrap();
    assert!(close(heavy.mean().unwrap(), 3.0, 1e-14));
    assert_eq!((heavy.variance(), heavy.cv()), (None, None));
    assert_eq!(Distribution::pareto(1.0, 1.0).unwrap().mean(), None);
    // Below a bound everything is finite: ∫ from 1 to 10 of 1/t, over 0.9.
    let bounded = Distribution::pareto(1.0, 1.0)
        .unwrap()
        .conditioned(10.0)
        .unwrap();
    assert!(close(
        bounded.mean().unwrap(),
        crate::base::math::ln(10.0) / 0.9,
        1e-13
    ));
    assert!(bounded.cv().is_some());
    let mixed = vec![(0.5, heavy), (0.5, Distribution::constant(1.0).unwrap())];
    assert_eq!(Distribution::mix(mixed).unwrap().cv(), None);
}

#[test]
fn draws_are_the_quantiles() {
    for (name, law) in conditioned_zoo() {
        if name.starts_with("mix") || name.starts_with("hyperexp") {
            continue; // a mix chooses its part first
        }
        let sampler = law.sampler();
        let edges = [0, 1 << 24, 1 << 44, !(1 << 44), !(1 << 24), u64::MAX].map(open_unit);
        for u in edges.into_iter().chain(uniforms(2_000)) {
            let (drawn, exact) = (sampler.sample(u), law.quantile(u));
            assert!(close(drawn, exact, 1e-8), "{name} at {u}: {drawn} {exact}");
        }
    }
}

#[test]
fn draws_have_the_mean_and_cv_that_were_said() {
    const DRAWS: u32 = 200_000;
    for (name, law) in conditioned_zoo() {
        let sampler = law.sampler();
        let values: Vec<f64> = uniforms(DRAWS).map(|u| sampler.sample(u)).collect();
        let n = f64::from(DRAWS);
        let mean = values.iter().sum::<f64>() / n;
        let moment = |r: i32| values.iter().map(|x| (x - mean).powi(r)).sum::<f64>() / n;
        let deviation = law.variance().unwrap().sqrt();
        let gap = (mean - law.mean().unwrap()).abs();
        assert!(
            gap <= 5.0 * deviation / n.sqrt() + 1e-12 * mean,
            "{name}: mean {mean}"
        );
        // The standard error of a standard deviation, from the draws' own fourth moment.
        let error = ((moment(4) - moment(2).powi(2)) / (4.0 * moment(2) * n)).sqrt();
        let gap = (moment(2).sqrt() - deviation).abs();
        let none = deviation <= 1e-12 * mean;
        assert!(
            none || gap <= 5.0 * error,
            "{name}: cv {} {:?}",
            moment(2).sqrt() / mean,
            law.cv()
        );
    }
}

/// The greatest distance between two sets of draws, scaled so that 2.7 is exceeded once in a
/// million times if both come from one law (Kolmogorov and Smirnov).
fn distance(mut ours: Vec<f64>, mut theirs: Vec<f64>) -> f64 {
    ours.sort_by(f64::total_cmp);
    theirs.sort_by(f64::total_cmp);
    let (n, m) = (ours.len() as f64, theirs.len() as f64);
    let (mut i, mut j, mut most) = (0, 0, 0.0_f64);
    while i < ours.len() && j < theirs.len() {
        let x = ours[i].min(theirs[j]);
        i += ours[i..].iter().take_while(|y| **y <= x).count();
        j += theirs[j..].iter().take_while(|y| **y <= x).count();
        most = most.max((i as f64 / n - j as f64 / m).abs());
    }
    most * (n * m / (n + m)).sqrt()
}

#[test]
fn draws_agree_with_another_library() {
    const DRAWS: u32 = 100_000;
    fn check<D: rand_distr::Distribution<f64>>(name: &str, ours: &Distribution, theirs: &D) {
        let sampler = ours.sampler();
        let ours = uniforms(DRAWS).map(|u| sampler.sample(u)).collect();
        let stream: Generator = Luck::new(5, 0).generator(Owner::named(name), Place::ROOT);
        let theirs = theirs.sample_iter(stream).take(DRAWS as usize).collect();
        let distance = distance(ours, theirs);
        assert!(distance < 2.7, "{name}: {distance}");
    }
    use rand_distr as other;
    check(
        "exp",
        &Distribution::exponential(0.5).unwrap(),
        &other::Exp::new(2.0).unwrap(),
    );
    let lognormal = Distribution::lognormal_median(1.0, 0.8).unwrap();
    check(
        "lognormal",
        &lognormal,
        &other::LogNormal::new(0.0, 0.8).unwrap(),
    );
    let gamma = Distribution::gamma_shape(1.2, 0.4).unwrap();
    check("gamma", &gamma, &other::Gamma::new(0.4, 3.0).unwrap());
    let weibull = Distribution::weibull(1.5, 3.0).unwrap();
    check("weibull", &weibull, &other::Weibull::new(3.0, 1.5).unwrap());
    let pareto = Distribution::pareto(2.5, 3.0).unwrap();
    check("pareto", &pareto, &other::Pareto::new(3.0, 2.5).unwrap());
    let failures = other::Geometric::new(0.25).unwrap();
    let turns = failures.map(|n: u64| n as f64 + 1.0);
    check("geometric", &Distribution::geometric(4.0).unwrap(), &turns);
    let parts = [other::Exp::new(1.0).unwrap(), other::Exp::new(0.1).unwrap()];
    let choose = other::weighted::WeightedIndex::new([3.0, 1.0]).unwrap();
    struct Mixed([other::Exp<f64>; 2], other::weighted::WeightedIndex<f64>);
    impl rand_distr::Distribution<f64> for Mixed {
        fn sample<R: rand::Rng + ?Sized>(&self, rng: &mut R) -> f64 {
            let part = self.1.sample(rng);
            self.0[part].sample(rng)
        }
    }
    let ours = vec![
        (0.75, Distribution::exponential(1.0).unwrap()),
        (0.25, Distribution::exponential(10.0).unwrap()),
    ];
    check(
        "mix",
        &Distribution::mix(ours).unwrap(),
        &Mixed(parts, choose),
    );
}

#[test]
fn more_luck_is_never_less() {
    for (name, law) in conditioned_zoo() {
        if name.starts_with("mix") || name.starts_with("hyperexp") {
            continue;
        }
        let sampler = law.sampler();
        let mut before = 0.0;
        for i in 0..20_000_u64 {
            let value = sampler.sample(open_unit(i * (u64::MAX / 20_000)));
            assert!(value >= before, "{name}: {value} after {before}");
            before = value;
        }
    }
}

#[test]
fn a_changed_scale_stretches_the_same_luck() {
    for (name, law) in conditioned_zoo() {
        if name.starts_with("geometric") {
            continue; // counts from 1 whatever its mean
        }
        let scaled = law.scaled(2.5).unwrap();
        assert!(
            close(scaled.mean().unwrap(), 2.5 * law.mean().unwrap(), 1e-9),
            "{name}"
        );
        let (before, after) = (law.sampler(), scaled.sampler());
        for u in uniforms(200) {
            assert!(
                close(after.sample(u), 2.5 * before.sample(u), 1e-9),
                "{name}"
            );
        }
    }
    let twice = Distribution::geometric(3.0).unwrap().scaled(2.0).unwrap();
    assert!(close(twice.mean().unwrap(), 6.0, 1e-15));
}

#[test]
fn conditioned_laws_stay_below_and_keep_their_shape() {
    for (name, law) in zoo() {
        let max = law.quantile(0.8);
        let bounded = law.clone().conditioned(max).unwrap();
        let sampler = bounded.sampler();
        assert!(uniforms(5_000).all(|u| sampler.sample(u) <= max), "{name}");
        assert!((bounded.cdf(max) - 1.0).abs() < 1e-12, "{name}");
        for p in [0.1, 0.4, 0.7] {
            let x = law.quantile(p);
            assert!(
                close(bounded.cdf(x), law.cdf(x) / law.cdf(max), 1e-12),
                "{name}"
            );
        }
    }
    // A bound above everything changes nothing, and the lower of two bounds counts.
    let uniform = Distribution::uniform(1.0, 5.0).unwrap();
    assert_eq!(uniform.clone().conditioned(6.0), Ok(uniform));
    let twice = Distribution::exponential(1.0)
        .unwrap()
        .conditioned(2.0)
        .unwrap();
    let (lower, higher) = (
        twice.clone().conditioned(1.0),
        twice.clone().conditioned(3.0),
    );
    assert_eq!(
        lower,
        Distribution::exponential(1.0).unwrap().conditioned(1.0)
    );
    assert_eq!(higher, Ok(twice));
}

#[test]
fn what_is_no_law_says_why() {
    use LawError as E;
    let refused = |law: Result<Distribution, LawError>| law.unwrap_err();
    let zero_mean = E::NotPositive {
        parameter: "mean",
        value: 0.0,
    };
    assert_eq!(refused(Distribution::exponential(0.0)), zero_mean);
    let zero_cv = E::NotPositive {
        parameter: "cv",
        value: 0.0,
    };
    assert_eq!(refused(Distribution::lognormal(1.0, 0.0)), zero_cv);
    assert_eq!(zero_cv.to_string(), "cv must be above 0");
    let nan = E::NotFinite { parameter: "mean" };
    assert_eq!(refused(Distribution::gamma(f64::NAN, 1.0)), nan);
    let low = E::BelowLeast {
        parameter: "cv",
        least: 1.0,
        value: 0.5,
    };
    assert_eq!(refused(Distribution::hyperexponential(1.0, 0.5)), low);
    let few = E::BelowLeast {
        parameter: "mean",
        least: 1.0,
        value: 0.5,
    };
    assert_eq!(refused(Distribution::geometric(0.5)), few);
    let half = E::NotWhole {
        parameter: "k",
        value: 2.5,
    };
    assert_eq!(refused(Distribution::erlang(2.5, 1.0)), half);
    let around = E::WrongWayRound {
        low: 2.0,
        high: 1.0,
    };
    assert_eq!(refused(Distribution::uniform(2.0, 1.0)), around);
    let one = || Distribution::constant(1.0).unwrap();
    assert_eq!(
        refused(Distribution::mix(vec![])),
        E::Nothing { of: "laws" }
    );
    let short = refused(Distribution::mix(vec![(0.5, one()), (0.4, one())]));
    assert_eq!(
        short.to_string(),
        "the shares add up to 90% instead of 100%"
    );
    let points = |points: &[(f64, f64)]| refused(Distribution::quantiles(points.to_vec()));
    assert_eq!(points(&[(0.5, 1.0)]), E::TooFewPoints { points: 1 });
    assert_eq!(
        points(&[(0.5, 1.0), (1.0, 2.0)]),
        E::OutsideUnit { share: 1.0 }
    );
    assert_eq!(
        points(&[(0.5, 1.0), (0.5, 2.0)]).to_string(),
        "p50 is given twice"
    );
    let falling = points(&[(0.999, 1.0), (0.5, 2.0)]);
    assert_eq!(
        falling.to_string(),
        "the value at p99.9 is below the one before it"
    );
    assert_eq!(
        refused(Distribution::empirical(vec![])),
        E::Nothing { of: "values" }
    );
    let pareto = Distribution::pareto(2.0, 3.0).unwrap();
    assert_eq!(
        refused(pareto.conditioned(2.0)),
        E::NothingBelow {
            max: 2.0,
            least: 3.0
        }
    );
}

/// These numbers are part of what a seed means: they must not move.
#[test]
fn values_are_stable() {
    let mut text = String::new();
    for (name, law) in zoo() {
        let sampler = law.sampler();
        let bits = [0.001, 0.3, 0.8, 0.9999].map(|u| sampler.sample(u).to_bits());
        text.push_str(&format!("{name}: {bits:x?}\n"));
    }
    insta::assert_snapshot!(text);
}

proptest! {
    /// The share below a quantile is the share asked for, and the quantile is the least such value.
    #[test]
    fn quantiles_and_shares_turn_each_other_back(which in 0_usize..18, p in 1e-9..(1.0 - 1e-9)) {
        let (name, law) = zoo().swap_remove(which);
        let x = law.quantile(p);
        prop_assert!(law.cdf(x) >= p * (1.0 - 1e-11), "{} {}", name, p);
        let below = law.cdf(x * (1.0 - 1e-9));
        prop_assert!(below <= p + 1e-7, "{} {}: {}", name, p, below);
    }

    #[test]
    fn exponential_draws_are_exact(bits in any::<u64>(), mean in 1e-6..1e6) {
        let u = open_unit(bits);
        let drawn = Distribution::exponential(mean).unwrap().sampler().sample(u);
        prop_assert!(drawn > 0.0);
        prop_assert!((-exp_m1(-drawn / mean) - u).abs() <= 1e-15 * (1.0 + 40.0 * u));
    }
}
