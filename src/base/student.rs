//! Quantiles of Student's t.
//!
//! One idea: they come from statrs and are cut to twelve digits, so that a last bit of a logarithm
//! cannot show.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// The two-sided quantile of Student's t: the interval of a mean is ± this many standard errors.
pub fn t_quantile(degrees: u32, confidence: f64) -> f64 {
    let t = StudentsT::new(0.0, 1.0, f64::from(degrees)).expect("degrees of freedom are positive");
    super::decimal::nearest_short(t.inverse_cdf(0.5 + confidence / 2.0), 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_printed_in_tables() {
        assert!((t_quantile(9, 0.95) - 2.262_157).abs() < 1e-6);
        assert!((t_quantile(1, 0.9) - 6.313_752).abs() < 1e-6);
    }
}
