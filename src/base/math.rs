//! One pinned implementation of every function that is not exact: the same bits everywhere.
//!
//! One idea: the standard library's `ln`, `exp` and their kin may differ between platforms and
//! releases, so whatever feeds a result comes through this door to the `libm` crate. The four
//! operations and the square root are exact and need no door. Knows nothing of what is computed.
//!
//! Sources: normal quantile, M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal
//! Distribution", Applied Statistics 37 (1988) 477–484, routine PPND16. The incomplete gamma
//! function is in [`gamma`](crate::base::gamma), the fast logarithm in
//! [`logarithm`](crate::base::logarithm).

pub use crate::base::exponential::fast_exp;
pub use crate::base::gamma::{gamma_lower, gamma_quantile, gamma_upper};
pub use crate::base::logarithm::{fast_ln, ln_of_unit};

/// The natural logarithm.
#[inline]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// ln(1 + x), accurate for small `x`.
#[inline]
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// The decimal logarithm.
#[inline]
pub fn log10(x: f64) -> f64 {
    libm::log10(x)
}

/// The exponential function.
#[inline]
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// eˣ − 1, accurate for small `x`.
#[inline]
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// `x` to the power of `y`.
#[inline]
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// The error function.
#[inline]
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// One less the error function, accurate for large `x`.
#[inline]
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

/// The sine of `x` radians.
#[inline]
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// The cosine of `x` radians.
#[inline]
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// ln Γ(x) for positive `x`.
#[inline]
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// Γ(x).
#[inline]
pub fn gamma(x: f64) -> f64 {
    libm::tgamma(x)
}

/// The share of a standard normal law at or below `z`.
#[inline]
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// The standard normal law's value with the share `p` below it, to about 16 digits.
///
/// Minus infinity at 0, infinity at 1, NaN outside.
#[inline]
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return normal_quantile_middle(q);
    }
    normal_quantile_tail(p, q)
}

/// AS 241 for |p − ½| ≤ 0.425.
#[inline]
fn normal_quantile_middle(q: f64) -> f64 {
    const TOP: [f64; 8] = [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ];
    const BOTTOM: [f64; 8] = [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_546,
    ];
    let r = 0.180_625 - q * q;
    q * (of_eight(&TOP, r) / of_eight(&BOTTOM, r))
}

/// AS 241 for the outer parts; `q` is p − ½.
fn normal_quantile_tail(p: f64, q: f64) -> f64 {
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        let infinite = if tail < 0.0 { f64::NAN } else { f64::INFINITY };
        return if q < 0.0 { -infinite } else { infinite };
    }
    let r = (-fast_ln(tail)).sqrt();
    let z = if r <= 5.0 {
        near_tail(r - 1.6)
    } else {
        far_tail(r - 5.0)
    };
    if q < 0.0 { -z } else { z }
}

fn near_tail(r: f64) -> f64 {
    const TOP: [f64; 8] = [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ];
    const BOTTOM: [f64; 8] = [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ];
    of_eight(&TOP, r) / of_eight(&BOTTOM, r)
}

fn far_tail(r: f64) -> f64 {
    const TOP: [f64; 8] = [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ];
    const BOTTOM: [f64; 8] = [
        1.0,
        0.599_832_206_555_887_9,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_7e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ];
    of_eight(&TOP, r) / of_eight(&BOTTOM, r)
}

/// The polynomial with these eight coefficients, the constant first, put together in pairs (G.
/// Estrin, 1960), so that few terms wait for others.
#[inline]
fn of_eight(c: &[f64; 8], x: f64) -> f64 {
    let x2 = x * x;
    let low = (c[0] + c[1] * x) + (c[2] + c[3] * x) * x2;
    let high = (c[4] + c[5] * x) + (c[6] + c[7] * x) * x2;
    low + high * (x2 * x2)
}

/// The polynomial with these coefficients, the constant first, by Horner's rule.
#[inline]
pub fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, Normal};

    /// Values that everybody can look up, and the cumulative law turned back, down to 1e-300.
    #[test]
    fn normal_quantiles_are_exact() {
        for (p, z) in [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_054_2),
            (0.001, -3.090_232_306_167_813_5),
            (1e-10, -6.361_340_902_404_056),
            (1e-20, -9.262_340_089_798_408),
        ] {
            assert!((normal_quantile(p) - z).abs() <= 4e-15 * z.abs(), "{p}");
        }
        for exponent in 1..300 {
            let p = pow(10.0, -f64::from(exponent));
            let back = normal_cdf(normal_quantile(p));
            // One rounding of z moves the share by z² times as much.
            let slack = 8e-16 * (4.0 + normal_quantile(p).powi(2));
            assert!((back / p - 1.0).abs() <= slack, "1e-{exponent}: {back}");
        }
        for step in 1..10_000 {
            let p = f64::from(step) / 10_000.0;
            assert!(
                (normal_cdf(normal_quantile(p)) - p).abs() <= 2e-16 + 2e-16 * p,
                "{p}"
            );
        }
    }

    #[test]
    fn normal_quantiles_at_the_edges() {
        assert!(normal_quantile(0.0).is_infinite() && normal_quantile(0.0) < 0.0);
        assert!(normal_quantile(1.0).is_infinite() && normal_quantile(1.0) > 0.0);
        assert!(normal_quantile(-0.1).is_nan() && normal_quantile(1.1).is_nan());
        let smallest = 0.5_f64.powi(53);
        let sum = normal_quantile(smallest) + normal_quantile(1.0 - smallest);
        assert!(sum.abs() < 1e-14);
    }

    #[test]
    fn agrees_with_another_library() {
        let normal = Normal::standard();
        for step in -80..=80 {
            let z = f64::from(step) / 10.0;
            let other = normal.cdf(z);
            assert!((normal_cdf(z) - other).abs() <= 1e-10 * other, "{z}");
        }
    }
}
