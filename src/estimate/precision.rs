//! When enough replications are done.
//!
//! One idea: stop at the first number of replications at which every headline metric is known to a
//! relative half width, and stays so for some more (Hoad, Robinson & Davies 2010, "Automated
//! selection of the number of replications": look-ahead 5, growing with n beyond 100). The answer
//! depends on the values alone, not on how many were computed at a time: what was computed beyond
//! it is not used, so they are asked for by the handful, most of what seems to be missing at a
//! time.
//! Stopping when narrow covers slightly less often than it says, so a study that stopped in this
//! way must say "sequential".

use super::interval::t_quantile;

/// Replications without which no rule stops.
pub const FIRST: u32 = 10;

/// The part of what seems to be missing that is asked for at a time: what is beyond the end is
/// played for nothing.
const PART: f64 = 0.8;

/// How many times as many as there are may be asked for: few say little of how many are missing.
const TIMES: f64 = 2.0;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Half width as a share of the mean.
    pub relative: f64,
    /// Confidence of the interval.
    pub confidence: f64,
    /// The most replications allowed.
    pub at_most: u32,
}

/// A metric that the rule looks at: one value a replication, in order.
#[derive(Clone, Copy, Debug)]
pub struct Watched<'a> {
    /// Its values so far.
    pub values: &'a [Option<f64>],
    /// A half width below this is narrow enough whatever the mean.
    pub floor: f64,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Precise enough: use exactly the first so many replications.
    Enough(u32),
    /// Not precise enough, but no more are allowed: use so many.
    AtMost(u32),
    /// So many more are needed before it can be told.
    More(u32),
}

/// How long a metric must stay narrow: 5 replications, beyond 100 a twentieth of those done.
fn look_ahead(n: u32) -> u32 {
    (n / 20).max(5)
}

/// Whether `done` replications are enough.
pub fn next(rule: &Rule, done: u32, metrics: &[Watched<'_>]) -> Next {
    let mut narrow = vec![true; done as usize + 1];
    let mut needed: f64 = 0.0;
    for metric in metrics {
        needed = needed.max(mark_wide(rule, metric, &mut narrow));
    }
    let mut since = None;
    for n in FIRST..=done {
        if !narrow[n as usize] {
            since = None;
            continue;
        }
        let from = *since.get_or_insert(n);
        if n >= from + look_ahead(from) {
            return if n <= rule.at_most {
                Next::Enough(n)
            } else {
                Next::AtMost(rule.at_most)
            };
        }
    }
    if done >= rule.at_most {
        return Next::AtMost(rule.at_most);
    }
    let wanted = since.map_or_else(|| towards(needed, done), |from| from + look_ahead(from));
    Next::More(wanted.min(rule.at_most) - done)
}

/// The next number of replications on the way to so many, of which `done` are done.
fn towards(needed: f64, done: u32) -> u32 {
    let now = f64::from(done);
    let missing = PART * (needed.min(TIMES * now) - now);
    (now + missing.ceil().max(1.0)).max(f64::from(FIRST)) as u32
}

/// Marks each number of replications at which the metric is not yet known well enough, and returns
/// how many seem to be needed. Absent and infinite values are left out; with fewer than two others
/// there is nothing to wait for.
fn mark_wide(rule: &Rule, metric: &Watched<'_>, narrow: &mut [bool]) -> f64 {
    let mut finite = Finite::default();
    let mut needed = 0.0;
    for (index, value) in metric.values.iter().enumerate().take(narrow.len() - 1) {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            finite.add(value);
        }
        if (index as u32) + 1 < FIRST || finite.n < 2 {
            continue;
        }
        let half = finite.half_width(rule.confidence);
        let enough = (rule.relative * finite.mean.abs()).max(metric.floor);
        narrow[index + 1] &= half <= enough;
        // A half width shrinks as the root of their number.
        needed = (index + 1) as f64 * (half / enough).powi(2);
    }
    needed
}

/// The finite values so far, by Welford's recurrence (Technometrics 1962).
#[derive(Default)]
struct Finite {
    n: u32,
    mean: f64,
    squares: f64,
}

impl Finite {
    fn add(&mut self, value: f64) {
        self.n += 1;
        let off = value - self.mean;
        self.mean += off / f64::from(self.n);
        self.squares += off * (value - self.mean);
    }

    /// Half the width of the t interval of the mean of two or more.
    fn half_width(&self, confidence: f64) -> f64 {
        let n = f64::from(self.n);
        t_quantile(self.n - 1, confidence) * (self.squares / (n - 1.0) / n).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULE: Rule = Rule {
        relative: 0.05,
        confidence: 0.95,
        at_most: 1_000,
    };

    fn alternating(n: usize, spread: f64) -> Vec<Option<f64>> {
        (0..n)
            .map(|i| {
                Some(if i % 2 == 0 {
                    1.0 + spread
                } else {
                    1.0 - spread
                })
            })
            .collect()
    }

    fn ask(values: &[Option<f64>]) -> Next {
        next(
            &RULE,
            values.len() as u32,
            &[Watched { values, floor: 0.0 }],
        )
    }

    #[test]
    fn equal_values_need_the_first_ten_and_the_look_ahead() {
        assert_eq!(ask(&[]), Next::More(10));
        assert_eq!(ask(&alternating(10, 0.0)), Next::More(5));
        assert_eq!(ask(&alternating(15, 0.0)), Next::Enough(15));
        assert_eq!(ask(&alternating(40, 0.0)), Next::Enough(15));
    }

    /// ±10 % about 1. At n = 18 the sd is 0.1·√(18/17), the half width 2.110·0.1/√17 = 0.0512:
    /// too wide. At 19 the mean is 1.0053, the sd 0.1024, the half width 2.101·0.1024/√19 =
    /// 0.0494, below 5 % of the mean, 0.0503. It stays so, so 19 + 5 are enough.
    #[test]
    fn stops_at_the_first_narrow_interval_and_the_look_ahead() {
        assert_eq!(ask(&alternating(18, 0.1)), Next::More(1));
        assert_eq!(ask(&alternating(19, 0.1)), Next::More(5));
        assert_eq!(ask(&alternating(60, 0.1)), Next::Enough(24));
    }

    /// ±50 % about 1 needs about 387, so as many and the look-ahead: not asked for one by one, and
    /// hardly any for nothing.
    #[test]
    fn what_is_missing_is_asked_for_by_the_handful() {
        let (mut done, mut asked) = (0, 0);
        let enough = loop {
            match ask(&alternating(done, 0.5)) {
                Next::More(more) => done += more as usize,
                Next::Enough(n) => break n,
                Next::AtMost(n) => panic!("{n} are not enough"),
            }
            asked += 1;
        };
        assert_eq!(Next::Enough(enough), ask(&alternating(1_000, 0.5)));
        assert!(asked <= 12, "{asked} times");
        assert!(done <= enough as usize + 5, "{done} for {enough}");
    }

    #[test]
    fn floors_caps_and_values_that_never_exist() {
        let wide = alternating(20, 0.9);
        let floored = [Watched {
            values: &wide,
            floor: 1.0,
        }];
        assert_eq!(next(&RULE, 20, &floored), Next::Enough(15));
        let capped = Rule {
            at_most: 20,
            ..RULE
        };
        assert_eq!(
            next(
                &capped,
                20,
                &[Watched {
                    values: &wide,
                    floor: 0.0
                }]
            ),
            Next::AtMost(20)
        );
        assert_eq!(ask(&[Some(f64::INFINITY); 20]), Next::Enough(15));
        assert_eq!(look_ahead(100), 5);
        assert_eq!(look_ahead(200), 10);
    }

    proptest! {
        #[test]
        fn the_answer_does_not_depend_on_the_batches(
            raw in prop::collection::vec(0.8..1.2, 60), batch in 1_usize..30,
        ) {
            let values: Vec<Option<f64>> = raw.into_iter().map(Some).collect();
            let decide = |step: usize| {
                (1..=60 / step)
                    .map(|k| ask(&values[..k * step]))
                    .find(|found| matches!(found, Next::Enough(_)))
            };
            let all = ask(&values);
            prop_assert_eq!(decide(1), Some(all).filter(|found| matches!(found, Next::Enough(_))));
            prop_assert!(decide(batch).is_none_or(|found| found == all));
        }
    }
}
