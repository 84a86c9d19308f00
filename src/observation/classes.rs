//! Classes of durations and stretches of time for heat maps: what a picture can show, and no more.
//!
//! One idea: a picture has a few hundred places, so durations fall into two classes an octave, and
//! neighbouring bins into at most [`ROWS_MAX`] stretches; nothing finer is carried on.

use serde::{Deserialize, Serialize};

/// Classes of durations, two an octave, the first from zero.
pub const CLASSES: usize = 72;

/// Most stretches of time.
pub const ROWS_MAX: usize = 60;

/// A class of durations in a stretch of time that somebody is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The stretch.
    pub stretch: u8,
    /// The class.
    pub class: u8,
    /// How many are in it.
    pub count: u32,
}

/// Bins of one stretch, for so many bins in all.
pub fn bins_in_row(bins: usize) -> usize {
    bins.div_ceil(ROWS_MAX).max(1)
}

/// The least duration of a class, in nanoseconds; that of [`CLASSES`] is where the last one ends.
pub fn edge(class: usize) -> u64 {
    let sixteenths = 16 * class as u64;
    if sixteenths < 64 {
        return sixteenths << 10;
    }
    let octave = (sixteenths >> 5) - 1;
    (sixteenths - (octave << 5)) << octave << 10
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From 65 µs (2⁶ × 1.024 µs) on each class begins half an octave later: 64, 96, 128, 192 …
    #[test]
    fn edges_by_hand() {
        let micros: Vec<u64> = (0..9).map(|class| edge(class) >> 10).collect();
        assert_eq!(micros, [0, 16, 32, 48, 64, 96, 128, 192, 256]);
        assert!((1..=CLASSES).all(|class| edge(class - 1) < edge(class)));
    }

    #[test]
    fn there_are_never_more_rows_than_a_picture_shows() {
        for bins in 1..=400_usize {
            assert!(bins.div_ceil(bins_in_row(bins)) <= ROWS_MAX);
        }
    }
}
