//! What was full over all launches: spells of one thing that overlap are one bottleneck.
//!
//! One idea: each launch is judged by itself (see [`blame`](super::blame)); here launches are only
//! counted, and times and figures averaged over those that saw it. Causes and those that wait are
//! told apart, and so are spells at different times.

use std::collections::BTreeMap;

use super::blame::Finding;
use super::interval;
use crate::observation::fullness::Out;
use crate::results::{Bottleneck, BottleneckKind, Estimate, Holder, Lost, OutKind, Place};

/// A spell in one launch, and what it did.
#[derive(Clone, Debug, PartialEq)]
pub struct Strain {
    /// What, when, why.
    pub finding: Finding,
    /// Share of the attempts that arrived in it that were not original.
    pub retry_share: Option<f64>,
    /// Share of the worker-time held in it that was wasted.
    pub wasted_share: Option<f64>,
    /// How many waited, on average.
    pub queue: Option<f64>,
}

impl Strain {
    /// Cause, or waiting for another.
    pub fn kind(&self) -> BottleneckKind {
        if self.finding.waits_for.is_empty() {
            BottleneckKind::Cause
        } else {
            BottleneckKind::Waits
        }
    }

    /// Bytes in use.
    pub fn bytes(&self) -> usize {
        let Finding {
            waits_for,
            together,
            holders,
            ..
        } = &self.finding;
        let things = size_of_val(&**waits_for) + size_of_val(&**together);
        size_of::<Self>() + things + size_of_val(&**holders)
    }

    fn length_s(&self) -> f64 {
        self.finding.to_s - self.finding.from_s
    }
}

/// Which things are told apart.
type Key = (u32, bool, Option<Out>);

/// Spells in one launch that are told as one.
type Spells<'a> = Vec<&'a Strain>;

/// The bottlenecks of a variant from the spells of its launches, of which each has some; `name`
/// tells what a thing is called.
pub fn summarise(
    launches: &[&[Strain]],
    name: &dyn Fn(u32) -> Place,
    confidence: f64,
) -> Vec<Bottleneck> {
    let mut by_key: BTreeMap<Key, Vec<(usize, &Strain)>> = BTreeMap::new();
    for (launch, strains) in launches.iter().enumerate() {
        for strain in *strains {
            let waits = strain.kind() == BottleneckKind::Waits;
            let out = strain.finding.out.map(|(why, ..)| why);
            let key = (strain.finding.thing, waits, out);
            by_key.entry(key).or_default().push((launch, strain));
        }
    }
    let summary = Summary {
        launches: launches.len(),
        name,
        confidence,
    };
    let clusters = by_key.into_values().flat_map(apart);
    clusters.map(|cluster| summary.of(&cluster)).collect()
}

/// Spells of one thing in groups that do not overlap.
fn apart(mut all: Vec<(usize, &Strain)>) -> Vec<Vec<(usize, &Strain)>> {
    all.sort_by(|a, b| {
        let from = |one: &(usize, &Strain)| one.1.finding.from_s;
        from(a).total_cmp(&from(b)).then(a.0.cmp(&b.0))
    });
    let mut groups: Vec<Vec<(usize, &Strain)>> = Vec::new();
    let mut until = f64::NEG_INFINITY;
    for one in all {
        let finding = &one.1.finding;
        match groups.last_mut() {
            Some(group) if finding.from_s < until => group.push(one),
            _ => groups.push(vec![one]),
        }
        until = until.max(finding.to_s);
    }
    groups
}

struct Summary<'a> {
    launches: usize,
    name: &'a dyn Fn(u32) -> Place,
    confidence: f64,
}

impl Summary<'_> {
    fn of(&self, cluster: &[(usize, &Strain)]) -> Bottleneck {
        let mut seen: Vec<Spells<'_>> = vec![Vec::new(); self.launches];
        for &(launch, strain) in cluster {
            seen[launch].push(strain);
        }
        let k = seen.iter().filter(|spells| !spells.is_empty()).count() as u32;
        let first = cluster[0].1;
        let place = (self.name)(first.finding.thing);
        let mean = |of: &dyn Fn(&Strain) -> Option<f64>| self.figure(&seen, of, interval::mean);
        let share = |of: &dyn Fn(&Strain) -> Option<f64>| self.figure(&seen, of, interval::share);
        let instances = cluster.iter().map(|(_, one)| one.finding.of).max();
        Bottleneck {
            place: place.name,
            resource: place.resource,
            kind: first.kind(),
            in_launches: interval::probability(k, self.launches as u32, self.confidence),
            from_s: self.instant(&seen, |one| one.finding.from_s, f64::min),
            to_s: self.instant(&seen, |one| one.finding.to_s, f64::max),
            spells: self.spells(&seen),
            full_instances: mean(&|one| Some(f64::from(one.finding.instances))),
            instances: instances.unwrap_or(1),
            held: share(&|one| one.finding.held),
            queue: mean(&|one| one.queue),
            refused_share: share(&|one| one.finding.refused).filter(is_some),
            held_each_s: mean(&|one| one.finding.each_s),
            retry_share: share(&|one| one.retry_share),
            wasted_share: share(&|one| one.wasted_share),
            swallowed: self.lost(&seen),
            waits_for: self.others(&seen, |one| &one.waits_for).into_iter().next(),
            waits_also: self
                .others(&seen, |one| &one.waits_for)
                .into_iter()
                .skip(1)
                .collect(),
            together_with: self.others(&seen, |one| &one.together),
            holders: self.holders(&seen),
            effects: Vec::new(),
        }
    }

    /// An instant over launches: of several spells the first or the last.
    fn instant(
        &self,
        seen: &[Spells<'_>],
        of: impl Fn(&Strain) -> f64,
        pick: fn(f64, f64) -> f64,
    ) -> Option<Estimate> {
        let at = |spells: &Spells<'_>| spells.iter().map(|one| of(one)).reduce(pick);
        let all: Vec<Option<f64>> = seen.iter().map(at).collect();
        interval::mean(&all, self.confidence)
    }

    /// A figure over launches: of several spells the mean by their length.
    fn figure(
        &self,
        seen: &[Spells<'_>],
        of: &dyn Fn(&Strain) -> Option<f64>,
        estimate: fn(&[Option<f64>], f64) -> Option<Estimate>,
    ) -> Option<Estimate> {
        let each = |spells: &Spells<'_>| weighed(spells, of);
        let all: Vec<Option<f64>> = seen.iter().map(each).collect();
        estimate(&all, self.confidence)
    }

    /// How many spells a launch saw that saw any; absent where it is one.
    fn spells(&self, seen: &[Spells<'_>]) -> Option<Estimate> {
        if seen.iter().all(|spells| spells.len() <= 1) {
            return None;
        }
        let number = |spells: &Spells<'_>| Some(spells.len() as f64).filter(|n| *n > 0.0);
        let all: Vec<Option<f64>> = seen.iter().map(number).collect();
        interval::mean(&all, self.confidence)
    }

    /// What servers swallowed that did not answer.
    fn lost(&self, seen: &[Spells<'_>]) -> Option<Lost> {
        let of = |spells: &Spells<'_>| {
            let outs = spells.iter().filter_map(|one| one.finding.out);
            outs.reduce(|a, b| (a.0, a.1 + b.1, a.2 + b.2))
        };
        let all: Vec<Option<(Out, u64, u64)>> = seen.iter().map(of).collect();
        let why = all.iter().flatten().next()?.0;
        let count: Vec<Option<f64>> = all.iter().map(|o| o.map(|o| o.1 as f64)).collect();
        let share = all.iter().map(|o| o.map(|o| o.1 as f64 / o.2 as f64));
        let share: Vec<Option<f64>> = share.collect();
        Some(Lost {
            why: match why {
                Out::Down => OutKind::Down,
                Out::Paused => OutKind::Paused,
                Out::CutOff => OutKind::CutOff,
            },
            count: interval::mean(&count, self.confidence),
            share: interval::share(&share, self.confidence),
        })
    }

    /// Names of other things, those that most spells name first, each once.
    fn others(&self, seen: &[Spells<'_>], of: fn(&Finding) -> &Vec<u32>) -> Vec<String> {
        let mut times: Vec<(String, usize)> = Vec::new();
        for strain in seen.iter().flatten() {
            for &thing in of(&strain.finding) {
                let name = (self.name)(thing).name;
                match times.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, n)) => *n += 1,
                    None => times.push((name, 1)),
                }
            }
        }
        // A stable sort: of equals the one that took more time stays first.
        times.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        times.into_iter().map(|(name, _)| name).collect()
    }

    fn holders(&self, seen: &[Spells<'_>]) -> Vec<Holder> {
        let share_of = |finding: &Finding, thing: u32| {
            let known = finding.holders.iter().find(|(at, _)| *at == thing);
            known.map_or(0.0, |(_, share)| *share)
        };
        let all = seen.iter().flatten();
        let things: std::collections::BTreeSet<u32> = all
            .flat_map(|one| one.finding.holders.iter().map(|(thing, _)| *thing))
            .collect();
        let mut found: Vec<Holder> = things
            .into_iter()
            .map(|thing| {
                let share = |one: &Strain| {
                    let told = !one.finding.holders.is_empty();
                    told.then(|| share_of(&one.finding, thing))
                };
                let place = (self.name)(thing);
                Holder {
                    place: place.name,
                    resource: place.resource,
                    share: self.figure(seen, &share, interval::share),
                }
            })
            .collect();
        let size = |one: &Holder| one.share.and_then(|share| share.estimate).unwrap_or(0.0);
        found.sort_by(|a, b| size(b).total_cmp(&size(a)));
        found
    }
}

/// The mean of a figure of some spells by their length.
fn weighed(spells: &[&Strain], of: &dyn Fn(&Strain) -> Option<f64>) -> Option<f64> {
    let known = spells
        .iter()
        .filter_map(|one| Some((of(one)?, one.length_s())));
    let (sum, length) = known.fold((0.0, 0.0), |(sum, length), (value, l)| {
        (sum + value * l, length + l)
    });
    (length > 0.0).then(|| sum / length)
}

fn is_some(share: &Estimate) -> bool {
    share.estimate.is_some_and(|share| share > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::ResourceKind;

    fn strain(thing: u32, (from_s, to_s): (f64, f64), waits_for: &[u32]) -> Strain {
        Strain {
            finding: Finding {
                thing,
                from_s,
                to_s,
                waits_for: waits_for.to_vec(),
                together: Vec::new(),
                instances: 1,
                of: 4,
                held: Some(1.0),
                refused: Some(0.0),
                each_s: None,
                holders: vec![(thing, 1.0)],
                out: None,
            },
            retry_share: None,
            wasted_share: None,
            queue: None,
        }
    }

    fn name(thing: u32) -> Place {
        Place {
            name: ["db", "web"][thing as usize].to_owned(),
            resource: ResourceKind::Workers,
        }
    }

    #[test]
    fn causes_and_those_that_wait_and_later_spells_are_told_apart() {
        let one = [
            strain(0, (60.0, 120.0), &[]),
            strain(0, (300.0, 360.0), &[]),
        ];
        let two = [
            strain(0, (80.0, 100.0), &[]),
            strain(0, (110.0, 150.0), &[]),
            strain(1, (90.0, 140.0), &[0]),
        ];
        let found = summarise(&[&one, &two, &[]], &name, 0.95);
        assert_eq!(found.len(), 3);
        let told = |at: usize| {
            let one = &found[at];
            let chance = one.in_launches.unwrap();
            let p50 = |e: Option<Estimate>| e.unwrap().p50.unwrap();
            (one.kind, chance.k, chance.n, p50(one.from_s), p50(one.to_s))
        };
        assert_eq!(told(0), (BottleneckKind::Cause, 2, 3, 60.0, 120.0));
        assert_eq!(told(1), (BottleneckKind::Cause, 1, 3, 300.0, 360.0));
        assert_eq!(told(2), (BottleneckKind::Waits, 1, 3, 90.0, 140.0));
        assert_eq!(found[2].waits_for.as_deref(), Some("db"));
        assert_eq!(found[0].spells.unwrap().estimate, Some(1.5));
        assert_eq!(found[1].spells, None);
        assert_eq!((found[0].instances, found[0].refused_share), (4, None));
        assert!(summarise(&[&[], &[]], &name, 0.95).is_empty());
    }
}
