//! Where a steady state begins: MSER-5.
//!
//! One idea: cut where the rest knows its own mean best, that is where Σ(Y_j − Ȳ)² ÷ (m − d)² of
//! the means of five values each is least (White 1997; White, Cobb & Spratt 2000: "MSER-5"). A
//! heuristic, without a theorem, but the one method robust enough to automate. A cut beyond half
//! says that the run is too short to tell.

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
