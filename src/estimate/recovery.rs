//! Collapse and recovery: does a launch get well again when its trigger is over?
//!
//! One idea: three bad windows in a row make a launch unhealthy, three healthy ones in a row make
//! it well again. It is collapsed if that has not happened when a grace time, the longer of twenty
//! windows and the trigger itself, is over. Who is well only because hardly anybody is expected any
//! more has not recovered: it has *ended*. (Metastable failures: Bronson et al. 2021; Huang et al.
//! 2022.) It does not know what makes a window bad, nor what set it off.

use std::collections::BTreeSet;
use std::ops::Range;

use super::health::{Rule, Sign, Test, Ward};
use super::interval;
use crate::results::{Estimate, Recovery, Split, Symptom, SymptomTest};

/// The least grace after a trigger, in windows.
pub const GRACE: usize = 20;

/// Fewer windows than this before the trigger do not say how much work is usual.
const WORK_LEAST: usize = 5;

/// Below this part of the usual work the crowd is gone.
const CROWD: f64 = 0.5;

/// When the trigger acts: the first window that it touches, and the first after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// The first window that it touches.
    pub from: usize,
    /// The first window after it; the same for one of no length at the begin of a window.
    pub to: usize,
}

/// What became of one launch.
#[derive(Clone, Debug, PartialEq)]
pub struct Fate {
    /// The first window after the trigger; in a launch without one, that in which it fell ill.
    pub trigger_to: usize,
    /// What there is to say if it was unhealthy: most of many launches are not.
    pub illness: Option<Box<Illness>>,
}

/// How a launch was unhealthy.
#[derive(Clone, Debug, PartialEq)]
pub struct Illness {
    /// The first of three bad windows in a row.
    pub from: usize,
    /// Not well when the grace time was over.
    pub collapsed: bool,
    /// How it came out.
    pub end: End,
    /// Bad again after it had recovered.
    pub relapsed: bool,
    /// The steps that were bad in its first windows, each as it was first seen.
    pub signs: Vec<Sign>,
}

/// How an illness came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Well from this window on, with work as usual.
    Recovered(usize),
    /// Over in this window, because the crowd had gone.
    Ended(usize),
    /// Still ill at the horizon.
    Never,
}

impl Fate {
    /// Bytes in use beside those of its own fields.
    pub fn bytes(&self) -> usize {
        let illness = self.illness.as_ref();
        illness.map_or(0, |ill| size_of::<Illness>() + size_of_val(&*ill.signs))
    }

    /// Windows from the trigger's end until it was well: none for one that was never unhealthy,
    /// no number for one that did not recover.
    pub fn recovered_after(&self) -> Option<usize> {
        match self.illness.as_ref().map(|illness| illness.end) {
            None => Some(0),
            Some(End::Recovered(well)) => Some(well - self.trigger_to),
            Some(End::Ended(_) | End::Never) => None,
        }
    }

    /// Whether it was unhealthy.
    pub fn unhealthy(&self) -> bool {
        self.illness.is_some()
    }

    /// Whether it collapsed.
    pub fn collapsed(&self) -> bool {
        self.illness.as_ref().is_some_and(|ill| ill.collapsed)
    }

    /// Whether it recovered; absent if it was never unhealthy.
    pub fn recovered(&self) -> Option<bool> {
        let end = self.illness.as_ref()?.end;
        Some(matches!(end, End::Recovered(_)))
    }

    /// Whether it was over only because the crowd had gone; absent if it was never unhealthy.
    pub fn ended(&self) -> Option<bool> {
        let end = self.illness.as_ref()?.end;
        Some(matches!(end, End::Ended(_)))
    }
}

/// The fate of one launch. Without a trigger, the first bad window of the first three in a row is
/// one of no length. `work` is the original work that is expected in each window, in any unit.
/// `None` if nothing can be judged, or if the horizon comes before the grace time is over and it
/// has not recovered.
pub fn fate(mut ward: Ward<'_>, trigger: Option<Trigger>, work: &[f64]) -> Option<Fate> {
    let trigger = match trigger {
        Some(trigger) => Some(trigger),
        None => first_illness(&mut ward),
    };
    let Some(trigger) = trigger else {
        let judged = (0..ward.len()).any(|window| ward.is_healthy(window).is_some());
        return judged.then_some(Fate {
            trigger_to: 0,
            illness: None,
        });
    };
    ward.take_as_usual_before(trigger.from.min(ward.len()));
    let health: Vec<Option<bool>> = (0..ward.len()).map(|w| ward.is_healthy(w)).collect();
    let mut seen = health.iter().skip(trigger.from);
    if !seen.any(Option::is_some) {
        return None;
    }
    let Some(bad) = row_of_bad(&health, trigger.from, ward.rule.in_a_row) else {
        return Some(Fate {
            trigger_to: trigger.to,
            illness: None,
        });
    };
    let course = Course {
        health: &health,
        work,
        trigger,
        rule: &ward.rule,
        onset: bad[0],
    };
    let (collapsed, end, relapsed) = course.outcome()?;
    Some(Fate {
        trigger_to: trigger.to,
        illness: Some(Box::new(Illness {
            from: bad[0],
            collapsed,
            end,
            relapsed,
            signs: first_signs(&ward, &bad),
        })),
    })
}

/// The first of so many bad windows in a row, each held against what was usual before the first, as
/// a trigger of no length.
fn first_illness(ward: &mut Ward<'_>) -> Option<Trigger> {
    let many = ward.rule.in_a_row;
    (0..ward.len()).find_map(|onset| {
        ward.take_as_usual_before(onset);
        let mut row = 0;
        for window in onset..ward.len() {
            match ward.is_healthy(window) {
                Some(false) => row += 1,
                Some(true) => return None,
                None if row == 0 => return None,
                None => {}
            }
            if row == many {
                return Some(Trigger {
                    from: onset,
                    to: onset,
                });
            }
        }
        None
    })
}

/// The first so many bad windows in a row, not before `from`. One in which nothing can be judged
/// neither breaks nor lengthens a row.
fn row_of_bad(health: &[Option<bool>], from: usize, many: usize) -> Option<Vec<usize>> {
    let mut row = Vec::new();
    for (window, seen) in health.iter().enumerate().skip(from) {
        match seen {
            Some(false) => row.push(window),
            Some(true) => row.clear(),
            None => {}
        }
        if row.len() == many {
            return Some(row);
        }
    }
    None
}

/// The steps that were bad in these windows, each as it was first seen.
fn first_signs(ward: &Ward<'_>, windows: &[usize]) -> Vec<Sign> {
    let mut found: Vec<Sign> = Vec::new();
    for &window in windows {
        for sign in ward.signs(window) {
            if !found.iter().any(|known| known.step == sign.step) {
                found.push(sign);
            }
        }
    }
    found
}

/// The windows of a launch that fell ill.
struct Course<'a> {
    health: &'a [Option<bool>],
    work: &'a [f64],
    trigger: Trigger,
    rule: &'a Rule,
    onset: usize,
}

impl Course<'_> {
    /// Whether it collapsed, how it came out, and whether it was bad again after it had recovered;
    /// `None` where the horizon is too short to say.
    fn outcome(&self) -> Option<(bool, End, bool)> {
        let start = self.onset.max(self.trigger.to);
        let grace = GRACE.max(self.trigger.to - self.trigger.from);
        let judged_by = start + grace;
        let (mut end, mut relapsed, mut well_by) = (End::Never, false, None);
        let mut row = Row::default();
        for window in start..self.health.len() {
            let Some(healthy) = self.health[window] else {
                continue;
            };
            row.add((window, healthy), self.rule.in_a_row);
            let Some((first, last)) = row.full(self.rule.in_a_row) else {
                continue;
            };
            match (healthy, end) {
                (false, _) => {
                    relapsed |= matches!(end, End::Recovered(_));
                    end = End::Never;
                }
                (true, End::Recovered(_)) => {}
                (true, End::Never) if self.has_crowd(first..last + 1, first) => {
                    end = End::Recovered(first);
                }
                (true, End::Never) => end = End::Ended(first),
                (true, End::Ended(ill_until)) if self.has_crowd(first..last + 1, ill_until) => {
                    end = End::Recovered(first);
                }
                (true, End::Ended(_)) => {}
            }
            if healthy {
                well_by.get_or_insert(last);
            }
        }
        if end == End::Never {
            end = self.faded_out();
        }
        let collapsed = well_by.is_none_or(|last| last >= judged_by);
        let told = self.health.len() >= judged_by || end != End::Never;
        told.then_some((collapsed, end, relapsed))
    }

    /// Whether in these windows, after an illness until a window, at least half of the usual work
    /// is expected.
    fn has_crowd(&self, windows: Range<usize>, ill_until: usize) -> bool {
        mean(self.work, windows) >= CROWD * self.usual_work(ill_until)
    }

    /// The mean work of the windows before the trigger in which any is expected; where there are
    /// too few, of those in which it was ill until then.
    fn usual_work(&self, until: usize) -> f64 {
        let from = self.trigger.from.min(self.work.len());
        let before = &self.work[from.saturating_sub(self.rule.before)..from];
        let before: Vec<f64> = before.iter().copied().filter(|work| *work > 0.0).collect();
        if before.len() < WORK_LEAST {
            return mean(self.work, self.onset..until);
        }
        mean(&before, 0..before.len())
    }

    /// An illness that no row of healthy windows ends is over all the same if, from its last bad
    /// window to the horizon, nothing was bad and the crowd had gone.
    fn faded_out(&self) -> End {
        let last = self.health.iter().rposition(|seen| *seen == Some(false));
        let after = last.map_or(0, |last| last + 1)..self.health.len();
        if after.len() >= self.rule.in_a_row && !self.has_crowd(after.clone(), after.start) {
            End::Ended(after.start)
        } else {
            End::Never
        }
    }
}

/// The last windows in a row of one kind.
#[derive(Debug, Default)]
struct Row {
    healthy: bool,
    windows: Vec<usize>,
}

impl Row {
    fn add(&mut self, (window, healthy): (usize, bool), many: usize) {
        if healthy != self.healthy {
            self.windows.clear();
        }
        self.healthy = healthy;
        if self.windows.len() == many {
            self.windows.remove(0);
        }
        self.windows.push(window);
    }

    /// The first and the last of so many.
    fn full(&self, many: usize) -> Option<(usize, usize)> {
        (self.windows.len() == many).then(|| (self.windows[0], self.windows[many - 1]))
    }
}

/// The mean of some values; 0 without any.
fn mean(values: &[f64], of: Range<usize>) -> f64 {
    let values = &values[of.start.min(values.len())..of.end.min(values.len())];
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// What the fates of all launches are told with.
#[derive(Clone, Copy, Debug)]
pub struct Teller<'a> {
    /// When the first window begins, seconds from T+0.
    pub start_s: f64,
    /// Length of a window, seconds.
    pub window_s: f64,
    /// The names of the steps.
    pub steps: &'a [&'a str],
    /// Confidence of intervals.
    pub confidence: f64,
}

impl Teller<'_> {
    /// The fates of all launches in the form of the results document. `None` if none could be told.
    pub fn summarise(&self, fates: &[Option<Fate>]) -> Option<Recovery> {
        let told = fates.iter().flatten().count() as u32;
        let ill: Vec<&Illness> = fates
            .iter()
            .flatten()
            .filter_map(|fate| fate.illness.as_deref())
            .collect();
        let chance = |k: usize, n: u32| interval::probability(k as u32, n, self.confidence);
        let count = |what: fn(&Illness) -> bool| ill.iter().filter(|ill| what(ill)).count();
        let n = ill.len() as u32;
        let ends = |ill: &Illness| match ill.end {
            End::Recovered(at) | End::Ended(at) => Some(at),
            End::Never => None,
        };
        (told > 0).then(|| Recovery {
            collapsed: chance(count(|ill| ill.collapsed), told),
            unhealthy: chance(ill.len(), told),
            recovered: chance(count(|ill| matches!(ill.end, End::Recovered(_))), n),
            ended: chance(count(|ill| matches!(ill.end, End::Ended(_))), n),
            relapsed: chance(count(|ill| ill.relapsed), n),
            time_s: self.mean(fates, |fate, _| {
                Some(fate.recovered_after()? as f64 * self.window_s)
            }),
            onset_s: self.mean(fates, |_, ill| Some(self.instant_s(ill.from))),
            over_s: self.mean(fates, |_, ill| ends(ill).map(|at| self.instant_s(at))),
            symptoms: self.symptoms(fates),
            window_s: self.window_s,
            ..Recovery::default()
        })
    }

    fn instant_s(&self, window: usize) -> f64 {
        self.start_s + window as f64 * self.window_s
    }

    /// The mean over the launches that were unhealthy.
    fn mean(
        &self,
        fates: &[Option<Fate>],
        of: impl Fn(&Fate, &Illness) -> Option<f64>,
    ) -> Option<Estimate> {
        let of = |fate: &Option<Fate>| {
            let fate = fate.as_ref()?;
            of(fate, fate.illness.as_deref()?)
        };
        let values: Vec<Option<f64>> = fates.iter().map(of).collect();
        interval::mean(&values, self.confidence)
    }

    /// What was bad when launches fell ill, what most of them show first.
    fn symptoms<'f>(&self, fates: &'f [Option<Fate>]) -> Vec<Symptom> {
        let signs = |fate: &'f Option<Fate>| -> &'f [Sign] {
            let illness = fate.as_ref().and_then(|fate| fate.illness.as_ref());
            illness.map_or(&[], |illness| &illness.signs)
        };
        let by_launch: Vec<&[Sign]> = fates.iter().map(signs).collect();
        let all = by_launch.iter().copied().flatten();
        let kinds: BTreeSet<(usize, Test)> = all.map(|sign| (sign.step, sign.test)).collect();
        let told = fates.iter().flatten().count() as u32;
        let mut symptoms: Vec<Symptom> = kinds
            .into_iter()
            .map(|(step, test)| {
                let find = |signs: &&[Sign]| {
                    let mut signs = signs.iter();
                    signs
                        .find(|sign| (sign.step, sign.test) == (step, test))
                        .copied()
                };
                let found: Vec<Option<Sign>> = by_launch.iter().map(find).collect();
                let mean = |of: fn(&Sign) -> Option<f64>| {
                    let values: Vec<Option<f64>> = found
                        .iter()
                        .map(|sign| sign.as_ref().and_then(of))
                        .collect();
                    interval::mean(&values, self.confidence)
                };
                let k = found.iter().flatten().count() as u32;
                Symptom {
                    step: self.steps[step].to_owned(),
                    test: test.into(),
                    in_launches: interval::probability(k, told, self.confidence),
                    seen: mean(|sign| Some(sign.seen)),
                    usual: mean(|sign| sign.usual),
                }
            })
            .collect();
        let k = |symptom: &Symptom| symptom.in_launches.map_or(0, |chance| chance.k);
        symptoms.sort_by_key(|symptom| std::cmp::Reverse(k(symptom)));
        symptoms
    }
}

impl From<Test> for SymptomTest {
    fn from(test: Test) -> SymptomTest {
        match test {
            Test::ShareOk => SymptomTest::ShareOk,
            Test::Median => SymptomTest::Median,
            Test::Stuck => SymptomTest::Stuck,
        }
    }
}

/// A metric over the launches that collapsed beside that over the others. `None` unless some did
/// and some did not; a launch whose fate could not be told belongs to neither.
pub fn split(values: &[Option<f64>], fates: &[Option<Fate>], confidence: f64) -> Option<Split> {
    let group = |collapsed: bool| -> Vec<Option<f64>> {
        let belongs = |fate: &Option<Fate>| {
            let fate = fate.as_ref();
            fate.is_some_and(|fate| fate.collapsed() == collapsed)
        };
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
mod tests;
