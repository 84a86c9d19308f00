//! Collapse and recovery: does a launch get well again when its trigger is over?
//!
//! One idea: health is looked at in windows of ten seconds, by the requests that *started* in them.
//! A window is healthy if at least 0.9 of them ended ok and their median is at most twice that of
//! the twenty windows before the trigger. Three bad ones in a row make a launch unhealthy, three
//! healthy ones in a row after the trigger make it well. It is collapsed if that has not happened
//! when a grace time after the trigger, the longer of twenty windows and the trigger itself, is
//! over. (Metastable failures: Bronson et al. 2021; Huang et al. 2022.)

use super::interval;
use super::order;
use crate::results::{Recovery, Split};

/// Width of a window unless the model says otherwise, seconds.
pub const WINDOW_S: f64 = 10.0;

/// Windows before the trigger that say what is normal, and the least grace in windows.
pub const REFERENCE: usize = 20;

/// With fewer windows before the trigger, an unloaded run says what is normal.
pub const REFERENCE_LEAST: usize = 5;

/// When a launch counts as healthy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Health {
    /// Least share ok of a healthy window.
    pub share_ok: f64,
    /// Most times the normal median of a healthy window.
    pub slower: f64,
    /// Windows before the trigger that say what is normal.
    pub before: usize,
    /// Windows in a row that make a state.
    pub in_a_row: usize,
}

impl Default for Health {
    fn default() -> Health {
        Health {
            share_ok: 0.9,
            slower: 2.0,
            before: REFERENCE,
            in_a_row: 3,
        }
    }
}

/// What one window saw.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Window {
    /// Requests that started in it.
    pub started: u64,
    /// Those of them that ended ok.
    pub ok: u64,
    /// Median time of those, seconds.
    pub median_s: Option<f64>,
    /// Requests open at its end, whenever they started.
    pub open: u64,
}

/// When the trigger acts: the first window that it touches, and the first after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// The first window that it touches.
    pub from: usize,
    /// The first window after it.
    pub to: usize,
}

/// What became of one launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Three bad windows in a row since the trigger began.
    pub unhealthy: bool,
    /// Unhealthy, and not well when the grace time was over.
    pub collapsed: bool,
    /// For the unhealthy: windows from the trigger's end to the first of three healthy ones.
    pub recovered_after: Option<usize>,
}

impl Trigger {
    /// Windows of grace after it.
    pub fn grace(&self) -> usize {
        REFERENCE.max(self.to - self.from)
    }
}

/// The fate of one launch, from its windows up to the horizon. `unloaded_median_s` is that of an
/// unloaded run: the normal median if fewer than five windows lie before the trigger, and never
/// undercut by them (who waits for a door asks for little). `None` if the horizon is too short, or
/// nothing says what is normal.
pub fn fate(
    windows: &[Window],
    trigger: Trigger,
    unloaded_median_s: Option<f64>,
    rule: &Health,
) -> Option<Fate> {
    let judged_by = trigger.to + trigger.grace();
    if windows.len() < judged_by {
        return None;
    }
    let normal = normal_median(&windows[..trigger.from], unloaded_median_s, rule.before)?;
    let health: Vec<Option<bool>> = windows
        .iter()
        .map(|window| is_healthy(window, normal, rule))
        .collect();
    let Some(fell_ill) = in_a_row(&health, false, trigger.from, rule.in_a_row) else {
        return Some(Fate {
            unhealthy: false,
            collapsed: false,
            recovered_after: None,
        });
    };
    let well = in_a_row(&health, true, trigger.to.max(fell_ill), rule.in_a_row);
    Some(Fate {
        unhealthy: true,
        collapsed: well.is_none_or(|first| first + rule.in_a_row > judged_by),
        recovered_after: well.map(|first| first - trigger.to),
    })
}

/// The median that is normal: of the last windows before the trigger, the middle one of their
/// medians.
fn normal_median(
    before: &[Window],
    unloaded_median_s: Option<f64>,
    reference: usize,
) -> Option<f64> {
    let last = &before[before.len().saturating_sub(reference)..];
    let medians = order::sorted(last.iter().filter_map(|window| window.median_s));
    if medians.len() < REFERENCE_LEAST {
        return unloaded_median_s;
    }
    let seen = order::of_sorted(&medians, 0.5)?;
    Some(unloaded_median_s.map_or(seen, |unloaded| unloaded.max(seen)))
}

/// Whether a window is healthy. Where nothing started, it is if nothing is open either; else it
/// says nothing, and neither breaks nor makes a row.
fn is_healthy(window: &Window, normal_s: f64, rule: &Health) -> Option<bool> {
    if window.started == 0 {
        return (window.open == 0).then_some(true);
    }
    let share = window.ok as f64 / window.started as f64;
    let quick = window
        .median_s
        .is_some_and(|median| median <= rule.slower * normal_s);
    Some(share >= rule.share_ok && quick)
}

/// The first window, not before `from`, of so many in a row of the wanted health.
fn in_a_row(health: &[Option<bool>], wanted: bool, from: usize, many: usize) -> Option<usize> {
    let mut row = Vec::new();
    for (index, seen) in health.iter().enumerate().skip(from) {
        match seen {
            Some(seen) if *seen == wanted => row.push(index),
            Some(_) => row.clear(),
            None => {}
        }
        if row.len() == many {
            return Some(row[0]);
        }
    }
    None
}

/// The fates of all launches in the form of the results document. `None` if none could be told.
pub fn summarise(
    fates: &[Option<Fate>],
    window_s: f64,
    trigger_end_s: f64,
    confidence: f64,
) -> Option<Recovery> {
    let told: Vec<Fate> = fates.iter().flatten().copied().collect();
    let count = |what: fn(&Fate) -> bool| told.iter().filter(|fate| what(fate)).count() as u32;
    let (n, unhealthy) = (told.len() as u32, count(|fate| fate.unhealthy));
    let times: Vec<Option<f64>> = fates
        .iter()
        .map(|fate| {
            fate.and_then(|f| f.recovered_after)
                .map(|after| after as f64 * window_s)
        })
        .collect();
    (n > 0).then(|| Recovery {
        collapsed: interval::probability(count(|fate| fate.collapsed), n, confidence),
        unhealthy: interval::probability(unhealthy, n, confidence),
        recovered: interval::probability(
            count(|fate| fate.recovered_after.is_some()),
            unhealthy,
            confidence,
        ),
        time_s: interval::mean(&times, confidence),
        window_s,
        trigger_end_s,
    })
}

/// A metric over the launches that collapsed beside that over the others. `None` unless some did
/// and some did not; a launch whose fate could not be told belongs to neither.
pub fn split(values: &[Option<f64>], fates: &[Option<Fate>], confidence: f64) -> Option<Split> {
    let group = |collapsed: bool| -> Vec<Option<f64>> {
        let belongs = |fate: &Option<Fate>| fate.is_some_and(|f| f.collapsed == collapsed);
        values
            .iter()
            .zip(fates)
            .filter(|(_, f)| belongs(f))
            .map(|(value, _)| *value)
            .collect()
    };
    let (collapsed, others) = (group(true), group(false));
    (!collapsed.is_empty() && !others.is_empty()).then(|| Split {
        collapsed: interval::mean(&collapsed, confidence),
        others: interval::mean(&others, confidence),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRIGGER: Trigger = Trigger { from: 10, to: 15 };

    /// `g` a healthy window, `s` a slow one, `b` one in which half fail, `e` an empty one, `o` an
    /// empty one with requests still open.
    fn windows(text: &str) -> Vec<Window> {
        let seen = |started, ok, median_s, open| Window {
            started,
            ok,
            median_s,
            open,
        };
        text.chars()
            .map(|c| match c {
                'g' => seen(100, 90, Some(0.2), 1),
                's' => seen(100, 100, Some(0.201), 1),
                'b' => seen(100, 50, Some(0.1), 50),
                'e' => seen(0, 0, None, 0),
                'o' => seen(0, 0, None, 9),
                _ => seen(100, 100, Some(0.1), 1),
            })
            .collect()
    }

    fn told(during_and_after: &str) -> Fate {
        let rest = 35 - 10 - during_and_after.len();
        let text = format!("..........{during_and_after}{}", "b".repeat(rest));
        fate(&windows(&text), TRIGGER, None, &Health::default()).unwrap()
    }

    /// Trigger in windows 10–14, grace of 20 windows, so well by window 35.
    #[test]
    fn fates_by_hand() {
        let fate = |unhealthy, collapsed, recovered_after| Fate {
            unhealthy,
            collapsed,
            recovered_after,
        };
        assert_eq!(told("ggggggggggggggggggggggggg"), fate(false, false, None));
        assert_eq!(
            told("bbgbbgbbgbbggggggggggggggg"[..25].as_ref()),
            fate(false, false, None)
        );
        assert_eq!(told("sssssbbggg"), fate(true, false, Some(2)));
        assert_eq!(told("bbbggggggg"), fate(true, false, Some(0)));
        assert_eq!(told("bbbbbggbggb"), fate(true, true, None));
        assert_eq!(told("bbbbbooeoee"), fate(true, false, Some(2)));
        assert_eq!(
            told("bbbbbbbbbbbbbbbbbbbbbbggg"),
            fate(true, false, Some(17))
        );
    }

    #[test]
    fn recovery_may_come_after_the_grace() {
        let text = format!("..........{}{}", "b".repeat(26), "ggg");
        let found = fate(&windows(&text), TRIGGER, None, &Health::default()).unwrap();
        assert_eq!(
            found,
            Fate {
                unhealthy: true,
                collapsed: true,
                recovered_after: Some(21)
            }
        );
    }

    #[test]
    fn what_cannot_be_told_is_absent() {
        let of = |n, trigger, unloaded| {
            let normal = Health::default();
            fate(&windows(&".".repeat(n)), trigger, unloaded, &normal)
        };
        assert_eq!(of(34, TRIGGER, None), None);
        let early = Trigger { from: 2, to: 3 };
        assert_eq!(of(40, early, None), None);
        assert!(of(40, early, Some(0.1)).is_some());
        assert_eq!(Trigger { from: 0, to: 30 }.grace(), 30);
    }

    #[test]
    fn a_summary_counts_recoveries_of_the_unhealthy() {
        let fates = [
            told("bbbbbbbggg"),
            told("bbbbbggggg"),
            told("bbbbbbbbbb"),
            told(&"g".repeat(25)),
        ];
        let all: Vec<_> = fates.into_iter().map(Some).chain([None]).collect();
        let found = summarise(&all, WINDOW_S, 150.0, 0.95).unwrap();
        let counts = |p: Option<crate::results::Probability>| p.map(|p| (p.k, p.n));
        assert_eq!(counts(found.unhealthy), Some((3, 4)));
        assert_eq!(counts(found.collapsed), Some((1, 4)));
        assert_eq!(counts(found.recovered), Some((2, 3)));
        assert_eq!(found.time_s.unwrap().estimate, Some(10.0));
        assert_eq!(summarise(&[None], WINDOW_S, 0.0, 0.95), None);
        let groups = split(&[0.9, 0.8, 0.2, 0.7, 0.1].map(Some), &all, 0.95).unwrap();
        assert_eq!(groups.collapsed.unwrap().estimate, Some(0.2));
        assert!((groups.others.unwrap().estimate.unwrap() - 0.8).abs() < 1e-12);
        assert_eq!(split(&[Some(0.9)], &all[..1], 0.95), None);
    }
}
