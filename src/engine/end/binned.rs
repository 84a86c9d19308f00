//! What is told of durations by the bin in which they started: percentiles of every bin, classes
//! for heat maps, and the windows that collapse and recovery are judged by.
//!
//! All of it reads the coarse buckets of the bins, and of those only the octaves that are in use.

use std::ops::Range;

use crate::base::rank::rank;
use crate::base::time::Span;
use crate::engine::Sim;
use crate::engine::record::octaves::OCTAVES;
use crate::engine::record::recorder::Recorder;
use crate::engine::record::samples::call_of;
use crate::engine::record::tally::{COARSE, coarse_middle};
use crate::engine::record::windows::{self, CLASSES as CLASSES_OF_WINDOW, Count};
use crate::observation::classes::{self, CLASSES};
use crate::observation::{BinTimes, CallCounter, Cell, SampleId, StepWindows, Window, Windows};

/// Coarse buckets of one class of a window.
const OF_WINDOW: usize = COARSE / CLASSES_OF_WINDOW;

impl Sim<'_> {
    /// Durations of a sample by the bin in which they started.
    pub(in crate::engine) fn bins_of(&self, sample: SampleId) -> Vec<BinTimes> {
        let Some(call) = call_of(&self.rules.program.layout, sample) else {
            return Vec::new();
        };
        let times = self.rec.bins_of(call);
        let mut counts = [Counted::default(); OCTAVES];
        (0..self.rec.bins)
            .zip(self.rec.started_of(call))
            .map(|(bin, started)| {
                let octaves = Counted::of(times.of(bin), &mut counts);
                let ok = octaves.iter().map(|octave| octave.count).sum();
                let at = |q: f64, n: u32| percentile(octaves, n, q);
                BinTimes {
                    started,
                    ok,
                    p50: at(0.5, ok),
                    p95: at(0.95, ok),
                    p99: at(0.99, ok),
                    p95_all: at(0.95, started),
                }
            })
            .collect()
    }

    /// How many requests took how long, by the stretch of bins in which they started.
    pub(in crate::engine) fn heat_of(&self, sample: SampleId) -> Vec<Cell> {
        let Some(call) = call_of(&self.rules.program.layout, sample) else {
            return Vec::new();
        };
        let (times, bins) = (self.rec.bins_of(call), self.rec.bins);
        let row = classes::bins_in_row(bins);
        let stretches = (0_u8..).zip((0..bins).step_by(row));
        let cells = stretches.flat_map(|(stretch, first)| {
            let mut counts = [0; CLASSES];
            for bin in first..(first + row).min(bins) {
                add_in_groups(&mut counts, times.of(bin));
            }
            let cells = (0_u8..).zip(counts).filter(|(_, count)| *count > 0);
            cells.map(move |(class, count)| Cell {
                stretch,
                class,
                count,
            })
        });
        cells.collect()
    }

    /// The requests of users, step by step, in the windows that health is judged by.
    pub(in crate::engine) fn windows(&mut self) -> Windows {
        let Some(width) = self.rules.program.clock.window else {
            return Windows::default();
        };
        let clock = &self.rules.program.clock;
        let n = windows::count(clock, width);
        let of_bins = windows::bins_make_windows(clock, width);
        let steps: Vec<u32> = windows::steps(self.rules.program)
            .map(|call| call.0)
            .collect();
        let mut open_since = std::mem::take(&mut self.rec.windows.open_since);
        let rec = &self.rec;
        let steps = steps.iter().zip(&mut open_since).enumerate();
        let steps = steps.map(|(step, (&call, open))| {
            open.sort_unstable();
            let (counts, times, used) = match of_bins {
                true => rec.windows_of_bins(call, (width, n)),
                false => rec.windows_of_log(step),
            };
            StepWindows {
                call,
                windows: told(&counts, &times, used.len()),
                open_since: std::mem::take(open),
                middles_s: used.map(middle_s).collect(),
                times,
            }
        });
        let steps = steps.filter(|step| !step.windows.is_empty()).collect();
        Windows {
            width,
            ended: self.course.last.max(self.course.horizon),
            steps,
        }
    }
}

/// What happened in each window, the times of those that started in it by class, row by row, and
/// which classes those rows hold.
type Rows = (Vec<Count>, Vec<u32>, Range<usize>);

impl Recorder {
    /// The windows of a call where each is some bins.
    fn windows_of_bins(&self, call: u32, (width, n): (Span, usize)) -> Rows {
        let used = self.used(call, OF_WINDOW);
        let classes = used.start / OF_WINDOW..used.end / OF_WINDOW;
        let bins = (width.0 / self.bin_width.0) as usize;
        let read = |what| -> Vec<u32> {
            let counted: Vec<u32> = self.counted_of(call, what).collect();
            let windows = counted.chunks_exact(bins).take(n);
            windows.map(|window| window.iter().sum()).collect()
        };
        let (started, failed) = (read(CallCounter::Started), read(CallCounter::Failed));
        let ends = read(CallCounter::Ok).into_iter().zip(failed);
        let counts = started.into_iter().zip(ends);
        let of_bin = self.bins_of(call);
        let windows = n.min(self.bins / bins);
        let times = (0..windows).flat_map(|window| {
            let mut times = [0; CLASSES_OF_WINDOW];
            for bin in window * bins..(window + 1) * bins {
                add_in_groups(&mut times, of_bin.of(bin));
            }
            times[classes.clone()].to_vec()
        });
        let counts = counts.map(|(started, (ok, failed))| Count {
            started,
            ok,
            failed,
        });
        (counts.collect(), times.collect(), classes.clone())
    }

    /// The windows of a step where they were logged.
    fn windows_of_log(&self, step: usize) -> Rows {
        let log = &self.windows;
        let counts: Vec<Count> = log.rows().map(|row| row[step]).collect();
        let rows = || (0..counts.len()).map(|window| log.times(window, step));
        let first = rows()
            .filter_map(|row| row.iter().position(|&n| n > 0))
            .min();
        let last = rows()
            .filter_map(|row| row.iter().rposition(|&n| n > 0))
            .max();
        let used = first.unwrap_or(0)..last.map_or(0, |last| last + 1);
        let times = rows().flat_map(|row| &row[used.clone()]).copied().collect();
        (counts, times, used)
    }
}

/// The windows of a step, from what happened in each and the times of those that ended ok.
fn told(counts: &[Count], times: &[u32], classes: usize) -> Vec<Window> {
    let mut open = 0;
    let windows = counts.iter().enumerate().map(|(window, count)| {
        open += count.started;
        open -= count.ok + count.failed;
        Window {
            started: count.started,
            ok: times[window * classes..(window + 1) * classes].iter().sum(),
            ended_ok: count.ok,
            open,
        }
    });
    windows.collect()
}

/// The middle of a class of the times of a window, in seconds.
fn middle_s(class: usize) -> f32 {
    (coarse_middle(class * OF_WINDOW + OF_WINDOW / 2) as f64 / 1e9) as f32
}

/// Adds the coarse buckets of octaves, each with its first, to groups of as many each.
fn add_in_groups<'a, const N: usize>(
    sums: &mut [u32; N],
    octaves: impl Iterator<Item = (usize, &'a [u32])>,
) {
    let size = COARSE / N;
    for (first, buckets) in octaves {
        let groups = buckets.chunks_exact(size);
        for (sum, group) in sums[first / size..].iter_mut().zip(groups) {
            *sum += group.iter().sum::<u32>();
        }
    }
}

/// An octave of a bin, with how many are in it.
#[derive(Clone, Copy, Default)]
struct Counted<'a> {
    first: usize,
    buckets: &'a [u32],
    count: u32,
}

impl<'a> Counted<'a> {
    /// Those in use, at the beginning of `room`.
    fn of<'r>(
        octaves: impl Iterator<Item = (usize, &'a [u32])>,
        room: &'r mut [Counted<'a>; OCTAVES],
    ) -> &'r [Counted<'a>] {
        let mut used = 0;
        for (place, (first, buckets)) in room.iter_mut().zip(octaves) {
            let count = buckets.iter().sum();
            *place = Counted {
                first,
                buckets,
                count,
            };
            used += 1;
        }
        &room[..used]
    }
}

/// The ⌈q·n⌉-th of n values in octaves of coarse buckets, in seconds; −1 without any.
fn percentile(octaves: &[Counted<'_>], n: u32, q: f64) -> f32 {
    let mut left = rank(q, u64::from(n));
    for octave in octaves {
        if u64::from(octave.count) < left {
            left -= u64::from(octave.count);
            continue;
        }
        for (bucket, &count) in (octave.first..).zip(octave.buckets) {
            if u64::from(count) >= left {
                return (coarse_middle(bucket) as f64 / 1e9) as f32;
            }
            left -= u64::from(count);
        }
    }
    -1.0
}
