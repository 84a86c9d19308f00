//! Which instances were full, and when.
//!
//! One idea: fullness is judged in windows that are long enough to tell a full resource from a busy
//! one: 10 s, or the time in which its units are taken 200 times. A resource is full in a window
//! when all its units are in use and somebody waits, or when it turns away a twentieth of those who
//! ask; it has a spell when that lasts. The limits are chosen such that a queue with one server at
//! 80 % is seldom called full within an hour, and one at 95 % nearly always. It does not know why.

use std::collections::BTreeMap;

use crate::observation::Fullness;
use crate::observation::fullness::{Resource, Row, Thing};

/// Least share of a window in which all units are in use; of cores, that is busy.
const BRIM: f64 = 0.95;
/// Least share of a window in which somebody waits.
const WANTED: f64 = 0.5;
/// Least share of those who ask that is turned away, and of how many at least.
const REFUSED: f64 = 0.05;
const ASKED: f64 = 200.0;
/// Holding times, divided by the units, that a window has room for.
const HOLDS: f64 = 200.0;
/// A window that is longer than this part of the run gives way to the whole run.
const PARTS: u32 = 20;
/// Fewest full windows of a spell.
const WINDOWS: usize = 3;
/// Shares are kept in single precision.
const ROUNDING: f64 = 1e-6;

/// A time in which a resource was full.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Its first window.
    pub from: u32,
    /// The window after its last.
    pub to: u32,
}

impl Stretch {
    /// Whether they have a window in common, or touch.
    fn meets(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }
}

/// One instance in one judged window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Window {
    /// Its first window of the observation.
    pub first: u32,
    /// Share of it in which all units were in use; of cores, that was busy.
    pub brim: f64,
    /// Share of it in which somebody waited.
    pub wanted: f64,
    /// Those who asked.
    pub asked: f64,
    /// Those who were turned away.
    pub refused: f64,
}

/// An instance with its windows judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Which of the instances of the observation.
    pub instance: u32,
    /// When it was full.
    pub spells: Vec<Stretch>,
    /// When all its units were in use, window by window.
    pub brims: Vec<Stretch>,
}

/// What is full, by the number of the thing.
#[derive(Clone, Debug, Default)]
pub struct Full {
    /// The instances of each thing.
    pub by_thing: BTreeMap<u32, Vec<Judged>>,
}

/// Windows of the observation that make a judged one, for units that are each held so long; `None`
/// where only the whole run is judged.
pub fn windows_in_one(each_s: f64, units: f64, (width_s, windows): (f64, u32)) -> Option<u32> {
    if windows < PARTS {
        return None;
    }
    let needed_s = HOLDS * each_s / units.max(1.0);
    let one = (needed_s / width_s - ROUNDING).ceil().max(1.0);
    (one * f64::from(PARTS) <= f64::from(windows)).then_some(one as u32)
}

/// Spells of full windows: three or more, of which no two that follow each other have more than one
/// other between them. A single window is the whole run.
pub fn spells(full: &[bool]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    for at in (0..full.len()).filter(|&at| full[at]) {
        match found.last_mut() {
            Some((_, last, number)) if at - *last <= 2 => (*last, *number) = (at, *number + 1),
            _ => found.push((at, at, 1)),
        }
    }
    let least = WINDOWS.min(full.len());
    found.retain(|(.., number)| *number >= least);
    found.into_iter().map(|(from, to, _)| (from, to)).collect()
}

/// The windows in which a twentieth of those who ask is turned away: windows are joined until 200
/// have asked; what is left over at the end belongs to the last.
pub fn refusing(windows: &[Window]) -> Vec<bool> {
    let mut blocks: Vec<(usize, usize)> = Vec::new();
    let (mut from, mut asked) = (0, 0.0);
    for (at, window) in windows.iter().enumerate() {
        asked += window.asked;
        if asked >= ASKED {
            blocks.push((from, at + 1));
            (from, asked) = (at + 1, 0.0);
        }
    }
    match blocks.last_mut() {
        Some((_, to)) => *to = windows.len(),
        None => blocks.push((0, windows.len())),
    }
    let mut found = vec![false; windows.len()];
    for (from, to) in blocks {
        let sum = |of: fn(&Window) -> f64| windows[from..to].iter().map(of).sum::<f64>();
        let (asked, refused) = (sum(|w| w.asked), sum(|w| w.refused));
        let refuses = |w: &Window| w.refused > 0.0;
        let first = windows[from..to].iter().position(refuses);
        let last = windows[from..to].iter().rposition(refuses);
        if let (Some(first), Some(last)) = (first, last)
            && refused >= REFUSED * asked.max(ASKED)
        {
            found[from + first..=from + last].fill(true);
        }
    }
    found
}

/// The windows of an instance, judged.
struct Bench<'a> {
    seen: &'a Fullness,
    /// By instance, its rows with their windows.
    rows: Vec<Vec<(u32, Row)>>,
    /// By service, its line and the workers of its servers.
    of_service: BTreeMap<u32, (u32, Vec<u32>)>,
}

impl Full {
    /// What was full in one replication.
    pub fn of(seen: &Fullness) -> Full {
        let mut rows: Vec<Vec<(u32, Row)>> = vec![Vec::new(); seen.instances.len()];
        for window in 0..seen.windows {
            for row in seen.rows_of(window) {
                rows[row.instance as usize].push((window, *row));
            }
        }
        let bench = Bench {
            seen,
            rows,
            of_service: of_service(seen),
        };
        let mut full = Full::default();
        for (index, instance) in (0..).zip(&seen.instances) {
            if bench.rows[index as usize].is_empty() {
                continue;
            }
            let thing = seen.things.number(thing_of(instance.resource));
            let judged = bench.judged(index);
            full.by_thing.entry(thing).or_default().push(judged);
        }
        full
    }

    /// The spells of a thing: those of its instances that overlap or touch are one, with the
    /// instances that have them.
    pub fn spells_of(&self, thing: u32) -> Vec<(Stretch, Vec<u32>)> {
        let judged = self.by_thing.get(&thing).into_iter().flatten();
        let mut all: Vec<(Stretch, u32)> = judged
            .flat_map(|one| one.spells.iter().map(|spell| (*spell, one.instance)))
            .collect();
        all.sort_by_key(|(spell, instance)| (spell.from, *instance));
        let mut found: Vec<(Stretch, Vec<u32>)> = Vec::new();
        for (spell, instance) in all {
            match found.last_mut() {
                Some((last, instances)) if last.meets(spell) => {
                    last.to = last.to.max(spell.to);
                    if !instances.contains(&instance) {
                        instances.push(instance);
                    }
                }
                _ => found.push((spell, vec![instance])),
            }
        }
        found.iter_mut().for_each(|(_, all)| all.sort_unstable());
        found
    }
}

/// What an instance belongs to.
pub fn thing_of(resource: Resource) -> Thing {
    match resource {
        Resource::Workers(service) | Resource::Line(service) => Thing::Workers(service),
        Resource::Cores(service) => Thing::Cores(service),
        Resource::Pool(pool) => Thing::Pool(pool),
        Resource::Room(room) => Thing::Room(room),
    }
}

impl Bench<'_> {
    fn length_s(&self, window: u32) -> f64 {
        (self.seen.begins(window + 1) - self.seen.begins(window)).as_secs_f64()
    }

    fn judged(&self, index: u32) -> Judged {
        let windows = self.windows(index);
        let turned_away = refusing(&windows);
        let brims: Vec<bool> = windows
            .iter()
            .map(|window| window.brim >= BRIM - ROUNDING)
            .collect();
        let full: Vec<bool> = windows
            .iter()
            .enumerate()
            .map(|(at, window)| {
                let waits = window.wanted >= WANTED - ROUNDING;
                (brims[at] && waits) || turned_away[at]
            })
            .collect();
        let stretch = |(from, to): (usize, usize)| Stretch {
            from: windows[from].first,
            to: windows.get(to + 1).map_or(self.seen.windows, |w| w.first),
        };
        let single = (0..windows.len()).filter(|&at| brims[at]);
        Judged {
            instance: index,
            spells: spells(&full).into_iter().map(stretch).collect(),
            brims: single.map(|at| stretch((at, at))).collect(),
        }
    }

    /// The judged windows of an instance; the last one is longer by what is left over.
    fn windows(&self, index: u32) -> Vec<Window> {
        let seen = self.seen;
        let instance = &seen.instances[index as usize];
        let whole = &instance.whole;
        // More work may share cores than there are: each piece counts as one that took a core.
        let taken = match instance.resource {
            Resource::Cores(_) => whole.asked,
            _ => whole.taken,
        };
        let each_s = whole.held_s / (taken as f64).max(1.0);
        let length = (seen.width.as_secs_f64(), seen.windows);
        let one = windows_in_one(each_s, f64::from(whole.size), length).unwrap_or(seen.windows);
        let number = (seen.windows / one).max(1);
        let mut windows: Vec<Window> = (0..number)
            .map(|at| Window {
                first: at * one,
                ..Window::default()
            })
            .collect();
        let into = |window: u32| (window / one).min(number - 1) as usize;
        let quiet = self.asked_when_quiet(index);
        let mut lengths = vec![0.0; windows.len()];
        for window in 0..seen.windows {
            lengths[into(window)] += self.length_s(window);
            windows[into(window)].asked += quiet;
        }
        for (window, row) in &self.rows[index as usize] {
            let (at, length) = (into(*window), self.length_s(*window));
            let share = length / lengths[at];
            windows[at].brim += f64::from(row.brim) * share;
            windows[at].wanted += f64::from(row.wanted) * share;
            windows[at].asked += f64::from(row.asked) - quiet;
            windows[at].refused += f64::from(row.refused);
        }
        self.add_line(instance.resource, &mut windows, (&lengths, one));
        windows
    }

    /// Those who asked, on average, in windows without a row.
    fn asked_when_quiet(&self, index: u32) -> f64 {
        let rows = &self.rows[index as usize];
        let known: u64 = rows.iter().map(|(_, row)| u64::from(row.asked)).sum();
        let asked = self.seen.instances[index as usize].whole.asked;
        let quiet = f64::from(self.seen.windows) - rows.len() as f64;
        asked.saturating_sub(known) as f64 / quiet.max(1.0)
    }

    /// Whoever waits in a shared queue waits for each of the servers; of those that the queue turns
    /// away, the share is that of all who asked for the service.
    fn add_line(&self, resource: Resource, windows: &mut [Window], (lengths, one): (&[f64], u32)) {
        let last = windows.len() - 1;
        let into = |window: u32| ((window / one) as usize).min(last);
        match resource {
            Resource::Workers(service) => {
                let line = self.of_service[&service].0;
                for (window, row) in &self.rows[line as usize] {
                    let (at, length) = (into(*window), self.length_s(*window));
                    windows[at].wanted += f64::from(row.wanted) * length / lengths[at];
                }
            }
            Resource::Line(service) => {
                let servers = &self.of_service[&service].1;
                for &server in servers {
                    let quiet = self.asked_when_quiet(server);
                    (0..self.seen.windows).for_each(|w| windows[into(w)].asked += quiet);
                    for (window, row) in &self.rows[server as usize] {
                        windows[into(*window)].asked += f64::from(row.asked) - quiet;
                    }
                }
            }
            Resource::Cores(_) | Resource::Pool(_) | Resource::Room(_) => {}
        }
    }
}

/// By service, the instance that is its line and those that are the workers of its servers.
fn of_service(seen: &Fullness) -> BTreeMap<u32, (u32, Vec<u32>)> {
    let mut found: BTreeMap<u32, (u32, Vec<u32>)> = BTreeMap::new();
    for (index, instance) in (0..).zip(&seen.instances) {
        match instance.resource {
            Resource::Line(service) => found.entry(service).or_default().0 = index,
            Resource::Workers(service) => found.entry(service).or_default().1.push(index),
            Resource::Cores(_) | Resource::Pool(_) | Resource::Room(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str) -> Vec<bool> {
        text.chars().map(|c| c == 'x').collect()
    }

    #[test]
    fn three_full_windows_with_gaps_of_one_are_a_spell() {
        assert_eq!(spells(&marks("..xxx...")), [(2, 4)]);
        assert_eq!(spells(&marks("xx.x....")), [(0, 3)]);
        assert_eq!(spells(&marks("xx..xx..")), []);
        assert_eq!(spells(&marks("xxx..xx.x.x")), [(0, 2), (5, 10)]);
        assert_eq!(spells(&marks("")), []);
    }

    #[test]
    fn a_single_window_is_the_whole_run() {
        assert_eq!(spells(&marks("x")), [(0, 0)]);
        assert_eq!(spells(&marks(".")), []);
    }

    /// In windows of 10 s: 1 s of work for one worker takes windows of 200 s, for 40 workers
    /// of 10 s; of 1 s, 200 s are more than a twentieth of less than 4,000 s: the whole run.
    #[test]
    fn windows_have_room_for_two_hundred_holding_times() {
        assert_eq!(windows_in_one(1.0, 1.0, (10.0, 400)), Some(20));
        assert_eq!(windows_in_one(1.0, 1.0, (10.0, 399)), None);
        assert_eq!(windows_in_one(1.0, 40.0, (10.0, 360)), Some(1));
        assert_eq!(windows_in_one(0.051, 1.0, (10.0, 360)), Some(2));
        assert_eq!(windows_in_one(0.001, 1.0, (3.0, 1)), None);
    }

    fn asking(pairs: &[(f64, f64)]) -> Vec<Window> {
        let window = |&(asked, refused): &(f64, f64)| Window {
            asked,
            refused,
            ..Window::default()
        };
        pairs.iter().map(window).collect()
    }

    #[test]
    fn a_twentieth_turned_away_of_two_hundred_is_full() {
        let one = refusing(&asking(&[(200.0, 10.0), (200.0, 9.0), (400.0, 20.0)]));
        assert_eq!(one, [true, false, true]);
        // 100 + 100 + 50 left over: 15 of 250; the window without a refusal at its end is none.
        let joined = asking(&[(100.0, 0.0), (100.0, 8.0), (50.0, 7.0), (40.0, 0.0)]);
        assert_eq!(refusing(&joined), [false, true, true, false]);
        // Ten of a hundred are a twentieth of two hundred; nine are not.
        assert_eq!(refusing(&asking(&[(100.0, 10.0)])), [true]);
        assert_eq!(refusing(&asking(&[(100.0, 9.0)])), [false]);
    }
}
