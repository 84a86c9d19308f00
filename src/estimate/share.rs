//! Shares of things that were counted, and how sure they are near none and all.
//!
//! One idea: what is rare is seen too seldom for Student's t, which calls ten launches without a
//! failure certain; so where few events are seen a share is judged by its counts (Clopper & Pearson
//! 1934), as if there were fewer of them by the design effect: requests that fail together are not
//! independent (Kish 1965, Survey Sampling, §8.2). Where there are more events, but not many that
//! are independent, launches are skewed and t misses on one side; there its ends are moved out to
//! those of Korn & Graubard (1998, "Confidence intervals for proportions with small expected number
//! of positive counts estimated from survey data"), which also know from how few launches the
//! design effect was estimated. And what was seen in few launches says little of other launches, so
//! how many of those there may be stands beside it.

use super::interval;
use crate::results::{Difference, Estimate, Rare};

/// A share whose rarer side has fewer events than this is judged by its counts.
const FEW_EVENTS: f64 = 30.0;

/// With fewer independent events than this on the rarer side, Student's t misses on one side.
const FEW_INDEPENDENT: f64 = 100.0;

/// Where fewer launches than this hold an event, other launches may well differ.
const FEW_LAUNCHES: usize = 10;

/// A part of things in one replication, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Part {
    /// How many of them.
    pub part: f64,
    /// How many there are.
    pub whole: f64,
}

impl Part {
    /// The share; `None` where there is nothing to be a part of.
    pub fn share(self) -> Option<f64> {
        (self.whole > 0.0).then(|| self.part / self.whole)
    }
}

/// As [`interval::share`], of things that were counted: the interval is the wider of Student's t
/// and, where fewer than thirty events are on the rarer side, the Clopper–Pearson interval of the
/// pooled counts, both divided by the design effect. So it has a width even if nothing was seen.
pub fn share_of(parts: &[Part], confidence: f64) -> Option<Estimate> {
    let values: Vec<Option<f64>> = parts.iter().map(|part| part.share()).collect();
    let mut estimate = interval::share(&values, confidence)?;
    let Some(mid) = estimate.estimate else {
        return Some(estimate);
    };
    let pooled = Pooled::of(parts);
    if let Some((low, high)) = estimate.low.zip(estimate.high) {
        let (low, high) = pooled.widened((low, high), confidence);
        estimate.low = Some(low.min(mid));
        estimate.high = Some(high.max(mid));
    }
    estimate.rare = pooled.rare(confidence);
    Some(estimate)
}

/// The chance of something that happens in a launch or not: 1 or 0 in each.
pub fn chance(values: &[Option<f64>], confidence: f64) -> Option<Estimate> {
    let part = |value: &f64| Part {
        part: *value,
        whole: 1.0,
    };
    let parts: Vec<Part> = values.iter().flatten().map(part).collect();
    let mut estimate = share_of(&parts, confidence)?;
    estimate.of = values.len() as u32;
    estimate.rare = None;
    Some(estimate)
}

/// The counts of all launches put together.
struct Pooled {
    /// How many of the part, and of the rest.
    sides: [f64; 2],
    /// Launches that hold any of the part, and of the rest.
    holders: [usize; 2],
    /// Launches in which there is anything.
    launches: usize,
    /// Variance between launches ÷ binomial variance, at least 1.
    design_effect: f64,
}

impl Pooled {
    fn of(parts: &[Part]) -> Pooled {
        let parts: Vec<&Part> = parts.iter().filter(|part| part.whole > 0.0).collect();
        let rest = |part: &Part| part.whole - part.part;
        let sides = [
            parts.iter().map(|part| part.part).sum::<f64>(),
            parts.iter().map(|part| rest(part)).sum(),
        ];
        let holders = [
            parts.iter().filter(|part| part.part > 0.0).count(),
            parts.iter().filter(|part| rest(part) > 0.0).count(),
        ];
        Pooled {
            sides,
            holders,
            launches: parts.len(),
            design_effect: design_effect(&parts, sides),
        }
    }

    /// Which side is the rarer one.
    fn rarer(&self) -> usize {
        usize::from(self.sides[1] < self.sides[0])
    }

    fn is_rare(&self) -> bool {
        self.sides[self.rarer()] < FEW_EVENTS
    }

    /// The interval that Student's t gives, widened where there are too few events for it.
    fn widened(&self, (low, high): (f64, f64), confidence: f64) -> (f64, f64) {
        if self.is_rare() {
            let exact = self.clopper_pearson(self.design_effect, confidence);
            let is_wider = exact.1 - exact.0 > high - low;
            return if is_wider { exact } else { (low, high) };
        }
        let independent = self.sides[self.rarer()] / self.design_effect;
        if independent >= FEW_INDEPENDENT || self.launches < 2 {
            return (low, high);
        }
        let t = interval::t_quantile(self.launches as u32 - 1, confidence);
        let freedom = t / interval::normal_quantile(confidence);
        let (least, most) =
            self.clopper_pearson(self.design_effect * freedom * freedom, confidence);
        (low.min(least), high.max(most))
    }

    /// The two-sided interval of the share of the part, from so many times fewer things.
    fn clopper_pearson(&self, fewer: f64, confidence: f64) -> (f64, f64) {
        let [k, rest] = self.sides.map(|side| side / fewer);
        let tail = 0.5 - confidence / 2.0;
        let low = if k > 0.0 {
            interval::beta_quantile(tail, k, rest + 1.0)
        } else {
            0.0
        };
        let high = if rest > 0.0 {
            interval::beta_quantile(1.0 - tail, k + 1.0, rest)
        } else {
            1.0
        };
        (low, high)
    }

    /// What was seen of the rarer side, where that says little about other launches: few events
    /// in few launches, or many in few of many.
    fn rare(&self, confidence: f64) -> Option<Rare> {
        let rarer = self.rarer();
        let holders = self.holders[rarer];
        let everywhere = holders == self.launches && !self.is_rare();
        if holders >= FEW_LAUNCHES || everywhere {
            return None;
        }
        Some(Rare {
            events: self.sides[rarer].round() as u64,
            of: (self.sides[0] + self.sides[1]).round() as u64,
            launches: holders as u32,
            launches_high: interval::upper_bound(holders as u32, self.launches as u32, confidence),
        })
    }
}

/// The variance of a pooled share between launches ÷ that of as many independent things, at least
/// 1: Σ(kᵣ − p nᵣ)² · R ÷ (R − 1) ÷ (n p (1 − p)). Launches of one thing each are independent.
fn design_effect(parts: &[&Part], [k, rest]: [f64; 2]) -> f64 {
    let (launches, n) = (parts.len() as f64, k + rest);
    if launches < 2.0 || n <= launches || k <= 0.0 || rest <= 0.0 {
        return 1.0;
    }
    let p = k / n;
    let squares: f64 = parts
        .iter()
        .map(|one| one.part - p * one.whole)
        .map(|deviation| deviation * deviation)
        .sum();
    let between = squares * launches / (launches - 1.0);
    (between / (n * p * (1.0 - p))).max(1.0)
}

/// The interval of a difference of two shares, cut to what is possible: from −1 to 1, and given the
/// baseline's share it leads to one from 0 to 1. It keeps its estimate.
pub fn clip_difference(difference: &mut Difference, baseline: f64) {
    let Some(mid) = difference.estimate else {
        return;
    };
    let (least, most) = ((0.0 - baseline).max(-1.0), (1.0 - baseline).min(1.0));
    difference.low = difference.low.map(|low| low.max(least).min(mid));
    difference.high = difference.high.map(|high| high.min(most).max(mid));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(parts: &[(u32, u32)]) -> Vec<Part> {
        parts
            .iter()
            .map(|&(part, whole)| Part {
                part: f64::from(part),
                whole: f64::from(whole),
            })
            .collect()
    }

    fn ends(estimate: &Estimate) -> (f64, f64) {
        (estimate.low.unwrap(), estimate.high.unwrap())
    }

    fn close(found: f64, expected: f64) {
        assert!(
            (found - expected).abs() < 1e-9,
            "{found} instead of {expected}"
        );
    }

    /// Ten launches of a hundred, none failed. Clopper–Pearson of 0 of 1,000: at most
    /// 1 − 0.025^(1/1000) = 0.003682084 fail. Of launches at most 1 − 0.05^(1/10) = 25.9 % hold
    /// any.
    #[test]
    fn nothing_seen_is_no_proof_that_there_is_nothing() {
        let found = share_of(&of(&[(100, 100); 10]), 0.95).unwrap();
        let (low, high) = ends(&found);
        close(low, 1.0 - 0.003_682_083_896_865);
        close(high, 1.0);
        let rare = found.rare.unwrap();
        assert_eq!((rare.events, rare.of, rare.launches), (0, 1_000, 0));
        close(rare.launches_high, 0.258_865_550_893);
    }

    /// Three failures in three launches of ten: as many as independent users would show (design
    /// effect below 1, so 1). Clopper–Pearson of 997 of 1,000 is [0.991257, 0.999381] and wider
    /// than t, 0.997 ± 2.262 × 0.00153: so 99.95 % is refuted. The same three in one launch:
    /// Σ(k − pn)² is 8.1, times 10/9, by 2.991: design effect 3.009. One in 332 proves less.
    #[test]
    fn failures_that_come_together_count_as_fewer() {
        let mut parts = [(100, 100); 10];
        parts[..3].fill((99, 100));
        let (low, high) = ends(&share_of(&of(&parts), 0.95).unwrap());
        assert!((low - 0.991_257).abs() < 1e-6 && (high - 0.999_381).abs() < 1e-6);
        assert!(high < 0.9995);
        let mut together = [(100, 100); 10];
        together[0] = (97, 100);
        let (_, high) = ends(&share_of(&of(&together), 0.95).unwrap());
        assert!(high > 0.9995, "{high}");
        let effect = Pooled::of(&of(&together)).design_effect;
        assert!((effect - 9.0 / 2.991).abs() < 1e-9, "{effect}");
    }

    /// Forty of a hundred in each: t, without width; and no word about launches.
    #[test]
    fn what_is_seen_often_keeps_its_interval() {
        let found = share_of(&of(&[(40, 100); 10]), 0.95).unwrap();
        assert_eq!(found.low, found.high);
        assert_eq!(found.rare, None);
        let few = share_of(&of(&[(40, 100); 5]), 0.95).unwrap();
        assert_eq!(few.rare, None);
    }

    /// Fifty failures of 1,000, spread as independent ones would be: more than thirty, fewer than a
    /// hundred. Korn & Graubard: 50 and 950 ÷ (2.262 ÷ 1.960)² = 37.53 and 713.1; the interval of
    /// 37.53 of 750.6 reaches from 3.55 % to 6.81 %, further up than t.
    #[test]
    fn some_events_move_the_ends_of_t_out() {
        let parts: Vec<(u32, u32)> = (0..10).map(|r| (3 + r % 5, 100)).collect();
        let (low, high) = ends(&share_of(&of(&parts), 0.95).unwrap());
        let t = interval::share(
            &of(&parts).iter().map(|p| p.share()).collect::<Vec<_>>(),
            0.95,
        );
        let (t_low, t_high) = ends(&t.unwrap());
        assert!(low <= t_low && high > t_high);
        assert!((high - 0.0681).abs() < 5e-4, "{high}");
    }

    /// Forty failures, all in two launches of twelve: enough for t, but other launches may hold
    /// more.
    #[test]
    fn many_failures_in_few_launches_are_marked() {
        let mut parts = [(100, 100); 12];
        parts[..2].fill((80, 100));
        let rare = share_of(&of(&parts), 0.95).unwrap().rare.unwrap();
        assert_eq!((rare.events, rare.launches), (40, 2));
    }

    /// 10 of 10 launches: Clopper–Pearson from 0.025^(1/10) = 0.6915 on. One launch of none and
    /// one without anything to be a part of.
    #[test]
    fn chances_have_a_width_and_nothing_has_no_share() {
        let found = chance(&[Some(1.0); 10], 0.95).unwrap();
        close(found.low.unwrap(), 0.691_502_892_181);
        assert_eq!((found.n, found.of, found.rare), (10, 10, None));
        assert_eq!(chance(&[None; 3], 0.95), None);
        assert_eq!(share_of(&of(&[(0, 0)]), 0.95), None);
        let one = share_of(&of(&[(3, 4), (0, 0)]), 0.95).unwrap();
        assert_eq!((one.n, one.of, one.low), (1, 2, None));
    }

    /// The case: +96.6 [+86.3, +107.0] from a baseline of 3.3 %.
    #[test]
    fn a_difference_of_shares_stays_inside_what_is_possible() {
        let mut difference = Difference {
            estimate: Some(0.966),
            low: Some(0.863),
            high: Some(1.070),
            ..Difference::default()
        };
        clip_difference(&mut difference, 0.033);
        assert_eq!(
            (difference.low, difference.high),
            (Some(0.863), Some(0.967))
        );
        let mut down = Difference {
            estimate: Some(-0.4),
            low: Some(-1.3),
            high: Some(0.5),
            ..Difference::default()
        };
        clip_difference(&mut down, 0.7);
        assert_eq!(
            (down.low, down.high.map(|high| high < 0.5)),
            (Some(-0.7), Some(true))
        );
    }

    proptest! {
        #[test]
        fn intervals_of_shares_hold_their_estimate_and_are_shares(
            raw in prop::collection::vec((0_u32..50, 0_u32..50), 2..40),
            confidence in 0.5..0.999,
        ) {
            let parts: Vec<(u32, u32)> = raw.iter().map(|&(a, b)| (a, a + b)).collect();
            if let Some(found) = share_of(&of(&parts), confidence)
                && let (Some(mid), Some(low), Some(high)) = (found.estimate, found.low, found.high)
            {
                prop_assert!(0.0 <= low && low <= mid && mid <= high && high <= 1.0);
                let rare = Pooled::of(&of(&parts)).is_rare();
                prop_assert!(!rare || low < high);
            }
        }

        #[test]
        fn shares_mirror(raw in prop::collection::vec((0_u32..50, 1_u32..50), 2..20)) {
            let yes: Vec<(u32, u32)> = raw.iter().map(|&(a, b)| (a, a + b)).collect();
            let no: Vec<(u32, u32)> = raw.iter().map(|&(a, b)| (b, a + b)).collect();
            let (one, other) =
                (share_of(&of(&yes), 0.95).unwrap(), share_of(&of(&no), 0.95).unwrap());
            prop_assert!((one.low.unwrap() - (1.0 - other.high.unwrap())).abs() < 1e-9);
        }
    }
}
