//! Histograms as laws: how many took at most so long.
//!
//! One idea: between two bounds nothing is known, so a quantile lies on the straight line between
//! them, as `histogram_quantile` has it; beyond the last finite bound there is none.

use super::super::account::{counted, percent};
use super::super::number::secs;

/// Quantiles that are wanted, by their names in the language.
const WANTED: [(&str, f64); 8] = [
    ("p5", 0.05),
    ("p25", 0.25),
    ("p50", 0.5),
    ("p75", 0.75),
    ("p90", 0.9),
    ("p95", 0.95),
    ("p99", 0.99),
    ("p999", 0.999),
];

/// The law of buckets, each with its bound in seconds and how many took at most so long, and what
/// is said of it; none if nothing was counted.
pub(super) fn law(buckets: &[(f64, f64)]) -> Option<(String, String)> {
    let all = buckets.last()?.1;
    if all <= 0.0 {
        return None;
    }
    let (mut parts, mut last) = (Vec::new(), 0.0);
    for (name, share) in WANTED {
        let Some(value) = quantile(buckets, share * all) else {
            continue;
        };
        // Points of a law must rise.
        if value > last * 1.001 {
            parts.push(format!("{name}={}", secs(value)));
            last = value;
        }
    }
    let mut finite = buckets.iter().filter(|(bound, _)| bound.is_finite());
    let longest = finite.next_back()?;
    let beyond = 1.0 - longest.1 / all;
    let said = format!(
        "from {} in {} bounds{}",
        counted(all as u64, "time"),
        buckets.len(),
        match beyond > 0.0 {
            true => format!(
                ", {} beyond the last of {}",
                percent(beyond),
                secs(longest.0)
            ),
            false => String::new(),
        }
    );
    match parts.as_slice() {
        [] => None,
        [one] => Some((one.split('=').nth(1)?.to_owned(), said)),
        parts => Some((format!("quantiles({})", parts.join(", ")), said)),
    }
}

/// The seconds in which so many are done.
fn quantile(buckets: &[(f64, f64)], wanted: f64) -> Option<f64> {
    let at = buckets.iter().position(|(_, count)| *count >= wanted)?;
    let (bound, count) = buckets[at];
    let (from, before) = match at {
        0 => (0.0, 0.0),
        at => buckets[at - 1],
    };
    match bound.is_finite() && count > before {
        true => Some(from + (bound - from) * (wanted - before) / (count - before)),
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_the_bounds() {
        let buckets = [
            (0.1, 50.0),
            (0.2, 90.0),
            (1.0, 99.0),
            (f64::INFINITY, 100.0),
        ];
        let (law, said) = law(&buckets).expect("there are times");
        assert_eq!(
            law,
            "quantiles(p5=10ms, p25=50ms, p50=100ms, p75=162.5ms, p90=200ms, p95=644.4ms, p99=1s)"
        );
        assert_eq!(
            said,
            "from 100 times in 4 bounds, 1.0 % beyond the last of 1s"
        );
        assert_eq!(super::law(&[(0.1, 0.0)]), None);
        assert_eq!(super::law(&[]), None);
    }
}
