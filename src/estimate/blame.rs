//! Who is to blame for what is full: the last full one on the way of those who hold it.
//!
//! One idea: a full resource is a cause only if its holders wait for nothing else that is full. So
//! from each full resource a way leads to what its holders spend their time at, and on from there,
//! through what has room as well; it ends where the holders do something of their own, or where it
//! has been before. The last full resource on each way is a cause, and those before it wait for it.

use std::collections::BTreeMap;

use super::full::{Full, Stretch};
use crate::observation::Fullness;
use crate::observation::fullness::{ALL, Instance, Out, Outage, Resource, Row, Thing};

/// Everything that took this share of the holders' time is a way, beside what took the most.
const QUARTER: f64 = 0.25;
/// Together the ways must have taken so much.
const HALF: f64 = 0.5;
/// Least share of a way that is added for that.
const EIGHTH: f64 = 0.125;
/// Least part of a spell in which something further down is full.
const WHILE: f64 = 0.25;
/// Least part of a spell in which all units are in use of something at which nobody waits.
const WHILE_IN_USE: f64 = 0.5;
/// Things looked at on the ways from one spell at most; only ways in many circles need more.
const MOST_LOOKS: u32 = 10_000;
/// Least share of the holders' time that is told.
const TOLD: f64 = 0.05;

/// What is said of one spell of one thing in one replication.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The number of the thing.
    pub thing: u32,
    /// Its spell.
    pub from_s: f64,
    /// And its end.
    pub to_s: f64,
    /// What it waits for, most first; none for a cause.
    pub waits_for: Vec<u32>,
    /// Those beside which it is a cause: neither alone helps.
    pub together: Vec<u32>,
    /// Instances that were full.
    pub instances: u32,
    /// Of so many.
    pub of: u32,
    /// Share of their units that was held.
    pub held: Option<f64>,
    /// Share of those who asked that was turned away.
    pub refused: Option<f64>,
    /// How long a unit was held, in seconds.
    pub each_s: Option<f64>,
    /// What holders were at: thing and share of the time, most first.
    pub holders: Vec<(u32, f64)>,
    /// Of servers that did not answer: why, and how many attempts were sent to them, of how many.
    pub out: Option<(Out, u64, u64)>,
}

/// Why something on a way counts as full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fills {
    /// It has a spell, or servers of it do not answer.
    Spell,
    /// All its units are in use, and nobody waits.
    InUse,
}

/// The last full thing on a way.
#[derive(Clone, Debug, PartialEq)]
struct Ending {
    thing: u32,
    /// The full thing before it, where both are causes together.
    beside: Option<u32>,
}

/// The findings of one replication, in the order of things and times.
pub fn findings(seen: &Fullness) -> Vec<Finding> {
    let blame = Blame::of(seen);
    let mut found: Vec<Finding> = Vec::new();
    for &thing in blame.full.by_thing.keys() {
        for (spell, instances) in blame.full.spells_of(thing) {
            found.push(blame.judge(thing, spell, &instances));
        }
    }
    found.extend(blame.outages());
    let unsaid = blame.unsaid(&found);
    found.extend(unsaid);
    found.retain(|one| !blame.waits_for_own_cores(one));
    found.sort_by(|a, b| {
        let at = |one: &Finding| (one.thing, one.from_s);
        let ((thing, from), (other, later)) = (at(a), at(b));
        thing.cmp(&other).then(from.total_cmp(&later))
    });
    found
}

/// One replication, ready to be asked.
struct Blame<'a> {
    seen: &'a Fullness,
    full: Full,
    /// By holder, the place of its doings among all: they are in the order of windows.
    doings: BTreeMap<u32, Vec<usize>>,
    /// By thing, its instances.
    instances: BTreeMap<u32, Vec<u32>>,
}

impl<'a> Blame<'a> {
    fn of(seen: &'a Fullness) -> Self {
        let mut doings: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (place, doing) in seen.doings.iter().enumerate() {
            doings.entry(doing.holder).or_default().push(place);
        }
        let mut instances: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (index, instance) in (0..).zip(&seen.instances) {
            let thing = super::full::thing_of(instance.resource);
            let number = seen.things.number(thing);
            instances.entry(number).or_default().push(index);
        }
        Blame {
            seen,
            full: Full::of(seen),
            doings,
            instances,
        }
    }

    /// What is said of a spell.
    fn judge(&self, thing: u32, spell: Stretch, instances: &[u32]) -> Finding {
        let mut finding = self.figures(thing, spell, instances);
        for end in Walk::of(self, spell).endings(thing) {
            match end.beside {
                Some(above) if above == thing => finding.together.push(end.thing),
                _ => finding.waits_for.push(end.thing),
            }
        }
        if !finding.together.is_empty() {
            finding.waits_for.clear();
        }
        finding
    }

    /// Whether workers wait for nothing but the cores of their servers, which say it all.
    fn waits_for_own_cores(&self, one: &Finding) -> bool {
        let things = &self.seen.things;
        let own = |cause: &u32| match (things.thing(one.thing), things.thing(*cause)) {
            (Thing::Workers(a), Thing::Cores(b)) => a == b,
            _ => false,
        };
        !one.waits_for.is_empty() && one.waits_for.iter().all(own)
    }

    /// Shares of the time of the holders of a thing by what they were at, most first; what is full
    /// is judged by its full instances.
    fn shares(&self, holder: u32, spell: Stretch) -> Vec<(u32, f64)> {
        let (mut full, mut rest) = (BTreeMap::new(), BTreeMap::new());
        for &place in self.doings.get(&holder).into_iter().flatten() {
            let doing = &self.seen.doings[place];
            if (spell.from..spell.to).contains(&doing.window) {
                *full.entry(doing.at).or_insert(0.0) += f64::from(doing.full);
                *rest.entry(doing.at).or_insert(0.0) += f64::from(doing.rest);
            }
        }
        let all = |of: &BTreeMap<u32, f64>| of.get(&ALL).copied().unwrap_or(0.0);
        if all(&full) <= 0.0 {
            full = rest;
        }
        let whole = all(&full);
        let mut shares: Vec<(u32, f64)> = full
            .into_iter()
            .filter(|(at, time)| *at != ALL && *time > 0.0)
            .map(|(at, time)| (at, time / whole))
            .collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        shares
    }

    /// Whether something further down is full while a spell lasts.
    fn fills(&self, thing: u32, spell: Stretch) -> Option<Fills> {
        let spells = self.full.spells_of(thing).into_iter();
        let times: Vec<(f64, f64)> = spells
            .map(|(stretch, _)| self.times(stretch))
            .chain(self.outages_of(thing).map(outage_times))
            .collect();
        if self.covered(spell, &times) >= WHILE {
            return Some(Fills::Spell);
        }
        let judged = self.full.by_thing.get(&thing).into_iter().flatten();
        let most = judged.map(|one| {
            let times: Vec<(f64, f64)> = one.brims.iter().map(|s| self.times(*s)).collect();
            self.covered(spell, &times)
        });
        (most.fold(0.0, f64::max) >= WHILE_IN_USE).then_some(Fills::InUse)
    }

    /// The part of a spell that some times cover, which are in the order of their beginnings.
    fn covered(&self, spell: Stretch, times: &[(f64, f64)]) -> f64 {
        let (from, to) = self.times(spell);
        let (mut until, mut sum) = (from, 0.0);
        for &(begin, end) in times {
            let (begin, end) = (begin.max(until), end.min(to));
            if end > begin {
                sum += end - begin;
                until = end;
            }
        }
        sum / (to - from).max(1e-9)
    }

    fn times(&self, stretch: Stretch) -> (f64, f64) {
        let at = |window| self.seen.begins(window).as_secs_f64();
        (at(stretch.from), at(stretch.to))
    }

    /// Units of all instances that were ever asked.
    fn units(&self, thing: u32) -> f64 {
        let used = self.used(thing);
        used.map(|one| f64::from(one.whole.size)).sum()
    }

    fn used(&self, thing: u32) -> impl Iterator<Item = &Instance> {
        let instances = self.instances.get(&thing).into_iter().flatten();
        instances
            .map(|&index| &self.seen.instances[index as usize])
            .filter(|one| !matches!(one.resource, Resource::Line(_)) && one.whole.asked > 0)
    }

    /// The figures of a spell.
    fn figures(&self, thing: u32, spell: Stretch, instances: &[u32]) -> Finding {
        let sums = self.sums(spell, instances);
        // Who finds no worker is turned away, whatever keeps the workers.
        let turned_away = match self.seen.things.thing(thing) {
            Thing::Cores(service) => {
                let workers = self.seen.things.number(Thing::Workers(service));
                self.sums(spell, &self.instances[&workers])
            }
            _ => sums,
        };
        let of = self.used(thing).count() as u32;
        let is_line = |index: &u32| {
            let instance = &self.seen.instances[*index as usize];
            matches!(instance.resource, Resource::Line(_))
        };
        let full = if instances.iter().any(is_line) {
            of
        } else {
            instances.len() as u32
        };
        let (from_s, to_s) = self.times(spell);
        Finding {
            thing,
            from_s,
            to_s,
            waits_for: Vec::new(),
            together: Vec::new(),
            instances: full,
            of: of.max(full),
            held: ratio(sums.held_s, sums.units_s).map(|held| held.min(1.0)),
            refused: ratio(turned_away.refused, turned_away.asked),
            each_s: ratio(sums.held_s, sums.taken),
            holders: self.told(thing, spell),
            out: None,
        }
    }

    /// What the rows of some instances come to.
    fn sums(&self, spell: Stretch, instances: &[u32]) -> Sums {
        let mut sums = Sums::default();
        for window in spell.from..spell.to {
            let length = (self.seen.begins(window + 1) - self.seen.begins(window)).as_secs_f64();
            for row in self.seen.rows_of(window) {
                if instances.binary_search(&row.instance).is_ok() {
                    sums.add(row, length);
                }
            }
        }
        sums
    }

    fn told(&self, thing: u32, spell: Stretch) -> Vec<(u32, f64)> {
        let mut shares = self.shares(thing, spell);
        shares.retain(|(_, share)| *share >= TOLD);
        shares
    }

    fn outages_of(&self, thing: u32) -> impl Iterator<Item = &Outage> {
        let service = match self.seen.things.thing(thing) {
            Thing::Workers(service) => Some(service),
            _ => None,
        };
        let all = self.seen.outages.iter();
        all.filter(move |outage| Some(outage.service) == service)
    }

    /// Servers that did not answer: those of a service whose times overlap, and for one reason, are
    /// told together.
    fn outages(&self) -> Vec<Finding> {
        let mut all: Vec<&Outage> = self.seen.outages.iter().collect();
        all.sort_by_key(|one| (one.service, one.why, one.from, one.server));
        let mut found: Vec<Finding> = Vec::new();
        for one in all {
            let thing = self.seen.things.number(Thing::Workers(one.service));
            let (from_s, to_s) = outage_times(one);
            let (swallowed, sent) = (u64::from(one.swallowed), u64::from(one.sent));
            if let Some(last) = found.last_mut()
                && last.thing == thing
                && from_s < last.to_s
                && let Some((why, more, of)) = &mut last.out
                && *why == one.why
            {
                // Whoever is sent meanwhile is counted once for each server.
                (*more, *of) = (*more + swallowed, sent.max(*of));
                last.to_s = last.to_s.max(to_s);
                last.instances += 1;
                last.of = last.of.max(last.instances);
                continue;
            }
            let of = (self.used(thing).count() as u32).max(1);
            found.push(Finding {
                thing,
                from_s,
                to_s,
                waits_for: Vec::new(),
                together: Vec::new(),
                instances: 1,
                of,
                held: None,
                refused: None,
                each_s: None,
                holders: Vec::new(),
                out: Some((one.why, swallowed, sent.max(swallowed))),
            });
        }
        found
    }

    /// Causes of others that have no spell of their own at that time: they have that of the others.
    fn unsaid(&self, said: &[Finding]) -> Vec<Finding> {
        let mut found: Vec<Finding> = Vec::new();
        for one in said {
            for &cause in one.waits_for.iter().chain(&one.together) {
                let knows = |other: &Finding| {
                    other.thing == cause && other.from_s < one.to_s && other.to_s > one.from_s
                };
                if let Some(known) = found.iter_mut().find(|other| knows(other)) {
                    if one.together.contains(&cause) && !known.together.contains(&one.thing) {
                        known.together.push(one.thing);
                    }
                } else if !said.iter().any(knows) {
                    found.push(self.cause_of(one, cause));
                }
            }
        }
        found
    }

    fn cause_of(&self, one: &Finding, cause: u32) -> Finding {
        let windows = 0..self.seen.windows;
        let inside = |window: &u32| {
            let (from, to) = self.times(Stretch {
                from: *window,
                to: *window + 1,
            });
            from < one.to_s && to > one.from_s
        };
        let from = windows.clone().find(inside).unwrap_or(0);
        let to = windows.rev().find(inside).map_or(from, |last| last + 1);
        let spell = Stretch { from, to };
        let instances = self.instances.get(&cause).cloned().unwrap_or_default();
        let used: Vec<u32> = instances
            .into_iter()
            .filter(|&index| {
                let instance = &self.seen.instances[index as usize];
                instance.whole.asked > 0 && !matches!(instance.resource, Resource::Line(_))
            })
            .collect();
        let mut finding = self.figures(cause, spell, &used);
        if one.together.contains(&cause) {
            finding.together.push(one.thing);
        }
        finding
    }
}

/// A walk down all ways while a spell lasts.
struct Walk<'b, 'a> {
    blame: &'b Blame<'a>,
    spell: Stretch,
    /// What lies behind a thing below the last full one, wherever the way came from.
    known: BTreeMap<(u32, u32), Vec<Ending>>,
    /// The things of the way under way, from its first.
    been: Vec<u32>,
    /// Things that may still be looked at.
    left: u32,
}

/// The ends of some ways, and whether one of them came back to where it had been: then another way
/// may end elsewhere.
type Ends = (Vec<Ending>, bool);

impl<'b, 'a> Walk<'b, 'a> {
    fn of(blame: &'b Blame<'a>, spell: Stretch) -> Self {
        Walk {
            blame,
            spell,
            known: BTreeMap::new(),
            been: Vec::new(),
            left: MOST_LOOKS,
        }
    }

    /// The last full things on the ways from a full thing; each once.
    fn endings(mut self, thing: u32) -> Vec<Ending> {
        self.been.push(thing);
        self.below(thing, thing).0
    }

    /// The last full things on the ways from a thing, which is the last full one itself or stands
    /// behind that.
    fn below(&mut self, thing: u32, above: u32) -> Ends {
        if let Some(known) = self.known.get(&(thing, above)) {
            return (known.clone(), false);
        }
        let mut found: Vec<Ending> = Vec::new();
        let mut came_back = false;
        for next in ways(&self.blame.shares(thing, self.spell)) {
            if self.left == 0 || self.been.contains(&next) {
                came_back = true;
                continue;
            }
            self.left -= 1;
            let (ends, back) = self.ends_at(next, above);
            came_back |= back;
            for end in ends {
                if !found.iter().any(|known| known.thing == end.thing) {
                    found.push(end);
                }
            }
        }
        if !came_back {
            self.known.insert((thing, above), found.clone());
        }
        (found, came_back)
    }

    /// The last full things from here on: this one, if none is full behind it.
    fn ends_at(&mut self, thing: u32, above: u32) -> Ends {
        let fills = self.blame.fills(thing, self.spell);
        let last = if fills.is_some() { thing } else { above };
        self.been.push(thing);
        let (mut ends, came_back) = self.below(thing, last);
        self.been.pop();
        if ends.is_empty()
            && let Some(fills) = fills
        {
            let alike = fills == Fills::InUse && self.blame.units(above) <= self.blame.units(thing);
            ends.push(Ending {
                thing,
                beside: alike.then_some(above),
            });
        }
        (ends, came_back)
    }
}

/// What the rows of a spell come to.
#[derive(Clone, Copy, Default)]
struct Sums {
    held_s: f64,
    units_s: f64,
    taken: f64,
    asked: f64,
    refused: f64,
}

impl Sums {
    fn add(&mut self, row: &Row, length_s: f64) {
        self.held_s += f64::from(row.held) * length_s;
        self.units_s += f64::from(row.held).max(f64::from(row.size)) * length_s;
        self.taken += f64::from(row.taken);
        self.asked += f64::from(row.asked);
        self.refused += f64::from(row.refused);
    }
}

fn ratio(a: f64, b: f64) -> Option<f64> {
    (b > 0.0).then(|| a / b)
}

fn outage_times(outage: &Outage) -> (f64, f64) {
    (outage.from.as_secs_f64(), outage.to.as_secs_f64())
}

/// What took the most of the holders' time and everything that took a quarter, if together they
/// took half; where they did not, what took the most of the rest is added until they do, for the
/// holders of a caller of callers may be spread over the queues of all of them. Of shares that are
/// in order, most first.
fn ways(shares: &[(u32, f64)]) -> Vec<u32> {
    let mut together = 0.0;
    let taken = shares.iter().enumerate().take_while(|(rank, (_, share))| {
        let is_way = *rank == 0 || *share >= QUARTER || (together < HALF && *share >= EIGHTH);
        together += if is_way { *share } else { 0.0 };
        is_way
    });
    let taken: Vec<u32> = taken.map(|(_, (thing, _))| *thing).collect();
    if together < HALF {
        return Vec::new();
    }
    taken
}

#[cfg(test)]
mod tests;
