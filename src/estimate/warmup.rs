//! Where a steady state begins, and whether it was watched for long enough.
//!
//! One idea: cut where the rest knows its own mean best, that is where Σ(Y_j − Ȳ)² ÷ (m − d)² of
//! the means of five values each is least (White 1997; White, Cobb & Spratt 2000: "MSER-5"). A
//! heuristic, without a theorem, but the one method robust enough to automate. A cut beyond half
//! says that the run is too short to tell.
//!
//! Whether cut by us or by the model, the rest is tested. It must not drift: the means of twenty
//! batches, averaged over the replications, must look like values in any order (von Neumann 1941,
//! "Distribution of the ratio of the mean square successive difference to the variance"). And it
//! must be long: an autocorrelation time is b·s²(batches of b) ÷ s²(instants), the length that is
//! worth one independent value; deviations are taken from the mean of all replications, so that
//! one that is too short for its own is not deceived by itself.

use statrs::distribution::{ContinuousCDF, Normal};

/// Values to a batch.
pub const BATCH: usize = 5;

/// Batches at the end at which no cut is looked for: a handful of equal values looks perfectly
/// steady.
const KEPT: usize = 5;

/// Where to cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// How many values to leave out.
    pub values: usize,
    /// False if the cut lies beyond half of the run: it has not converged, run longer.
    pub converged: bool,
}

/// The cut for values in order of time. `None` with fewer than ten batches of five.
pub fn mser5(values: &[f64]) -> Option<Cut> {
    let means: Vec<f64> = values
        .chunks_exact(BATCH)
        .map(|batch| batch.iter().sum::<f64>() / BATCH as f64)
        .collect();
    let m = means.len();
    if m < 2 * KEPT {
        return None;
    }
    let last = means[m - 1];
    let (mut sum, mut squares) = (0.0, 0.0);
    let mut best = (f64::INFINITY, 0);
    for d in (0..m).rev() {
        let deviation = means[d] - last;
        sum += deviation;
        squares += deviation * deviation;
        let left = (m - d) as f64;
        let statistic = (squares - sum * sum / left).max(0.0) / (left * left);
        if m - d >= KEPT && statistic <= best.0 {
            best = (statistic, d);
        }
    }
    Some(Cut {
        values: best.1 * BATCH,
        converged: 2 * best.1 <= m,
    })
}

/// Batches of a replication. Far fewer than [`MEANS`], so that a run whose batches are all alike is
/// too short whatever else it shows.
const BATCHES: usize = 20;

/// Fewer batches are not looked at for a drift.
const DRIFT_BATCHES: usize = 8;

/// The chance that a run without a drift is said to have one: small, for a study has several
/// variants, and one that is said to drift proves nothing.
const FALSE_ALARM: f64 = 0.001;

/// Autocorrelation times that a replication needs for a mean, a share or a middling percentile.
pub const MEANS: f64 = 100.0;

/// Autocorrelation times that it needs for the 99th percentile and beyond.
pub const TAILS: f64 = 500.0;

/// How full something was in one replication, in steps of the same length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Averages over the steps.
    pub averages: Vec<f32>,
    /// Values at the ends of the steps.
    pub instants: Vec<u32>,
}

impl Course {
    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        size_of_val(self.averages.as_slice()) + size_of_val(self.instants.as_slice())
    }
}

/// How a run that should be steady looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settling {
    /// The autocorrelation time of what changes most slowly, in steps; 0 where nothing varies.
    pub time: f64,
    /// Steps in a replication.
    pub steps: usize,
    /// Whether it drifts.
    pub drifts: bool,
}

impl Settling {
    /// Autocorrelation times in a replication; infinite where nothing varies.
    pub fn lengths(&self) -> f64 {
        self.steps as f64 / self.time
    }
}

/// How replications look, each given by its states, which are the same in all. `None` with fewer
/// than two steps.
pub fn settling(replications: &[&[Course]]) -> Option<Settling> {
    let states = replications.first()?.len();
    let mut all: Option<Settling> = None;
    for state in 0..states {
        let courses: Vec<&Course> = replications.iter().map(|states| &states[state]).collect();
        let found = settling_of(&courses, FALSE_ALARM / states as f64)?;
        all = Some(match all {
            Some(before) => Settling {
                time: before.time.max(found.time),
                drifts: before.drifts || found.drifts,
                ..found
            },
            None => found,
        });
    }
    all
}

fn settling_of(courses: &[&Course], false_alarm: f64) -> Option<Settling> {
    let steps = courses.iter().map(|course| course.averages.len()).min()?;
    let batches = BATCHES.min(steps);
    if batches < 2 {
        return None;
    }
    let size = steps / batches;
    let first = steps - batches * size;
    let means: Vec<Vec<f64>> = courses
        .iter()
        .map(|course| batch_means(&course.averages[first..], size))
        .collect();
    let n = (courses.len() * batches) as f64;
    let mean = means.iter().flatten().sum::<f64>() / n;
    let square = |value: f64| (value - mean) * (value - mean);
    let of_batches = means.iter().flatten().map(|&one| square(one)).sum::<f64>() / (n - 1.0);
    let instants = || courses.iter().flat_map(|course| &course.instants[first..]);
    let squares: f64 = instants().map(|&one| square(f64::from(one))).sum();
    // What is seldom there at all may be missed at every instant: no whole number varies less
    // about a mean than the two nearest to it.
    let part = mean.fract();
    let variance = (squares / instants().count() as f64).max(part * (1.0 - part));
    let varies = of_batches > 1e-12 * (mean * mean + variance);
    Some(Settling {
        time: if varies {
            size as f64 * of_batches / variance
        } else {
            0.0
        },
        steps,
        drifts: varies && batches >= DRIFT_BATCHES && drifts(&means, false_alarm),
    })
}

fn batch_means(values: &[f32], size: usize) -> Vec<f64> {
    let batches = values.chunks_exact(size);
    batches
        .map(|batch| batch.iter().map(|&one| f64::from(one)).sum::<f64>() / size as f64)
        .collect()
}

/// Whether the batches, averaged over replications, follow each other more closely than chance
/// lets them: of n values in any order Σ(y_{j+1} − y_j)² ÷ Σ(y_j − ȳ)² has mean 2 and variance
/// 4 (n − 2) ÷ (n² − 1).
fn drifts(means: &[Vec<f64>], false_alarm: f64) -> bool {
    let (n, replications) = (means[0].len(), means.len() as f64);
    let batch = |at: usize| means.iter().map(|one| one[at]).sum::<f64>() / replications;
    let y: Vec<f64> = (0..n).map(batch).collect();
    let mean = y.iter().sum::<f64>() / n as f64;
    let squares: f64 = y.iter().map(|one| (one - mean) * (one - mean)).sum();
    let steps: f64 = y.windows(2).map(|w| (w[1] - w[0]) * (w[1] - w[0])).sum();
    let n = n as f64;
    let deviation = (4.0 * (n - 2.0) / (n * n - 1.0)).sqrt();
    let limit = Normal::standard().inverse_cdf(false_alarm);
    squares > 0.0 && (steps / squares - 2.0) / deviation < limit
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn batches(means: &[f64]) -> Vec<f64> {
        means
            .iter()
            .flat_map(|mean| [-2.0, -1.0, 0.0, 1.0, 2.0].map(|by| mean + by))
            .collect()
    }

    /// Batch means 9, 5, then 1, 2 alternating ten times: Σ over the ten is 2.5, and 2.5/10² =
    /// 0.025. Cutting one less adds the 5: mean 20/11, Σ = 50 − 400/11 = 13.64, /11² = 0.113;
    /// cutting one more leaves nine: Σ = 9·(4/9)(5/9) = 2.22, /9² = 0.0274. So the cut is at
    /// two batches.
    #[test]
    fn by_hand() {
        let means = [9.0, 5.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0];
        assert_eq!(
            mser5(&batches(&means)),
            Some(Cut {
                values: 10,
                converged: true
            })
        );
    }

    #[test]
    fn a_run_that_only_rises_has_not_converged() {
        let rising: Vec<f64> = (0..200).map(f64::from).collect();
        assert!(!mser5(&rising).unwrap().converged);
    }

    #[test]
    fn a_steady_run_is_not_cut_and_a_short_one_not_judged() {
        assert_eq!(
            mser5(&[3.0; 100]),
            Some(Cut {
                values: 0,
                converged: true
            })
        );
        assert_eq!(mser5(&[3.0; 49]), None);
    }

    /// Two replications of forty steps, in batches of two: pairs of equal values, +1 and −1 in turn
    /// about 10 and the other way round in the other. Deviations of the 40 batches are ±1:
    /// s² = 40/39; of the instants too: 1. So b s²/s² = 2 × 40/39 steps.
    #[test]
    fn an_autocorrelation_time_by_hand() {
        let course = |first: f32| {
            let value = |step: usize| {
                10.0 + if (step / 2).is_multiple_of(2) {
                    first
                } else {
                    -first
                }
            };
            Course {
                averages: (0..40).map(value).collect(),
                instants: (0..40).map(|step| value(step) as u32).collect(),
            }
        };
        let (one, other) = ([course(1.0)], [course(-1.0)]);
        let found = settling(&[&one, &other]).unwrap();
        assert!((found.time - 80.0 / 39.0).abs() < 1e-9, "{found:?}");
        assert!((found.lengths() - 19.5).abs() < 1e-9);
        assert!(!found.drifts);
    }

    #[test]
    fn what_rises_drifts_and_what_does_not_vary_has_settled() {
        let rising = [Course {
            averages: (0..200).map(|step| step as f32).collect(),
            instants: (0..200).collect(),
        }];
        let found = settling(&[&rising, &rising]).unwrap();
        assert!(found.drifts && found.lengths() < MEANS);
        let still = [Course {
            averages: vec![400.0; 100],
            instants: vec![400; 100],
        }];
        let found = settling(&[&still]).unwrap();
        assert!(!found.drifts && found.lengths().is_infinite());
        let short = [Course {
            averages: vec![1.0],
            instants: vec![1],
        }];
        assert_eq!(settling(&[&short]), None);
        assert_eq!(settling(&[]), None);
    }

    /// Of 2,000 pilots of 10 replications of 100 independent steps at most 1 in 1,000 drifts: 2,
    /// and with four deviations of √2 more, 7.
    #[test]
    fn chance_is_hardly_ever_taken_for_a_drift() {
        let mut luck = crate::estimate::resample::Luck::new(11);
        let mut course = || {
            let mut draw = || (0..100).map(|_| luck.uniform()).collect::<Vec<f64>>();
            let (averages, instants) = (draw(), draw());
            [Course {
                averages: averages.iter().map(|&u| 5.0 + 10.0 * u as f32).collect(),
                instants: instants.iter().map(|&u| 5 + (10.0 * u) as u32).collect(),
            }]
        };
        let drifting = (0..2_000)
            .filter(|_| {
                let all: Vec<[Course; 1]> = (0..10).map(|_| course()).collect();
                let all: Vec<&[Course]> = all.iter().map(<[Course; 1]>::as_slice).collect();
                settling(&all).unwrap().drifts
            })
            .count();
        assert!(drifting <= 7, "{drifting}");
    }

    proptest! {
        #[test]
        fn shifting_and_stretching_move_no_cut(
            values in prop::collection::vec(0_i32..1000, 50..200),
        ) {
            let plain: Vec<f64> = values.iter().map(|&v| f64::from(5 * v)).collect();
            let stretched: Vec<f64> = plain.iter().map(|v| 1024.0 + 4.0 * v).collect();
            prop_assert_eq!(mser5(&plain), mser5(&stretched));
        }
    }
}
