//! Sizes of data and how much of it passes in a time: how they are written, read and printed.
//!
//! One idea: `MB` is a million bytes and `MiB` is 2²⁰, as the standards have it (ISO 80000-13).
//! Knows nothing of what is stored or sent.

use std::fmt;

use crate::base::decimal::{Decimal, significant};

/// An amount of data in bytes, not negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Size(pub f64);

/// Bytes a second, not negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct SizeRate(pub f64);

/// The units with their bytes; those that are printed come first, the smallest at the front.
const UNITS: [(&str, u64); 9] = [
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];
/// How many of the units are printed.
const PRINTED: usize = 5;

/// The units of time after the stroke, with their seconds.
const PER: [(&str, f64); 5] = [
    ("s", 1.0),
    ("min", 60.0),
    ("m", 60.0),
    ("h", 3_600.0),
    ("d", 86_400.0),
];

impl Size {
    /// Reads a size such as `"2MB"` or `"4GiB"`; nothing where the text has no unit of data.
    pub fn parse(text: &str) -> Option<Size> {
        let (number, unit) = Decimal::lead(text.trim())?;
        let unit = unit.trim_start();
        let (_, bytes) = UNITS.iter().find(|(name, _)| *name == unit)?;
        Some(Size(number.to_f64() * *bytes as f64))
    }
}

impl SizeRate {
    /// Reads a rate of data such as `"10MB/s"`; nothing where the text has no such units.
    pub fn parse(text: &str) -> Option<SizeRate> {
        let (size, per) = text.split_once('/')?;
        let (_, secs) = PER.iter().find(|(name, _)| *name == per.trim())?;
        Some(SizeRate(Size::parse(size)?.0 / secs))
    }
}

/// For people, in the largest unit that leaves at least one: `2MB`.
impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let printed = UNITS.iter().take(PRINTED).rev();
        let (unit, bytes) = printed
            .copied()
            .find(|(_, bytes)| self.0 >= *bytes as f64)
            .unwrap_or(UNITS[0]);
        f.pad(&format!("{}{unit}", significant(self.0 / bytes as f64, 4)))
    }
}

/// For people: `10MB/s`.
impl fmt::Display for SizeRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/s", Size(self.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_in_both_families_of_units() {
        for (text, bytes) in [
            ("0B", 0.0),
            ("512B", 512.0),
            ("1.5kB", 1_500.0),
            ("2MB", 2e6),
            ("1_000 GB", 1e12),
            ("4GiB", 4.0 * 1_073_741_824.0),
            ("0.5KiB", 512.0),
        ] {
            assert_eq!(Size::parse(text), Some(Size(bytes)), "{text}");
        }
        for text in ["2", "2M", "MB", "2mb", "-1MB", "2MB/s"] {
            assert_eq!(Size::parse(text), None, "{text}");
        }
    }

    #[test]
    fn rates_of_data_are_read_per_second() {
        assert_eq!(SizeRate::parse("10MB/s"), Some(SizeRate(1e7)));
        assert_eq!(SizeRate::parse("6kB/min"), Some(SizeRate(100.0)));
        assert_eq!(SizeRate::parse("10/s"), None);
        assert_eq!(SizeRate::parse("10MB/x"), None);
    }

    #[test]
    fn sizes_are_printed_for_people() {
        assert_eq!(Size(0.0).to_string(), "0B");
        assert_eq!(Size(2e6).to_string(), "2MB");
        assert_eq!(Size(4.0 * 1_073_741_824.0).to_string(), "4.295GB");
        assert_eq!(SizeRate(1e7).to_string(), "10MB/s");
    }
}
