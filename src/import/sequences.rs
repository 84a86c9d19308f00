//! What visits do one after the other, counted: a tree of steps, in bounded memory.
//!
//! One idea: visits that begin alike share the beginning, so a visit needs only the number of the
//! step that it is at. The same endpoint again is the same step once more. Where a visit goes on
//! longer than a reader would follow, or the tree is full, it has strayed.

use std::collections::BTreeMap;

use super::hashed::{Index, hash};

/// Steps of the tree at most.
const MOST: usize = 65_536;
/// Steps of a visit that are followed.
const LONGEST: u8 = 6;

/// A step of the tree; 0 is before the first.
pub(super) type StepId = u32;

#[derive(Clone, Copy, Debug, Default)]
struct Step {
    before: StepId,
    endpoint: u32,
    depth: u8,
    /// Visits that came here.
    passed: u64,
    /// Further requests for the same endpoint.
    repeated: u64,
    /// Visits whose last step it was.
    ended: u64,
}

/// The steps of all visits.
pub(super) struct Sequences {
    steps: Vec<Step>,
    known: Index,
}

/// Visits that did the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sequence {
    /// How many visits.
    pub(super) visits: u64,
    /// Requests of all of them at each step.
    pub(super) requests: Vec<f64>,
}

/// The step of those who have strayed.
const STRAYED: StepId = 1;

impl Sequences {
    /// Nobody has come.
    pub(super) fn new() -> Sequences {
        Sequences {
            steps: vec![Step::default(); 2],
            known: Index::new(MOST),
        }
    }

    /// The step at which a visit is after its next request.
    pub(super) fn next(&mut self, at: StepId, endpoint: u32) -> StepId {
        let Step {
            endpoint: here,
            depth,
            ..
        } = self.steps[at as usize];
        if at == STRAYED || (at != 0 && here == endpoint) {
            self.steps[at as usize].repeated += 1;
            return at;
        }
        let key = hash(u64::from(at), &endpoint.to_le_bytes());
        let next = match self.known.get(key) {
            _ if depth >= LONGEST => STRAYED,
            Some(next) => next,
            None => {
                let next = self.steps.len() as StepId;
                match self.known.put(key, next) {
                    true => {
                        self.steps.push(Step {
                            before: at,
                            endpoint,
                            depth: depth + 1,
                            ..Step::default()
                        });
                        next
                    }
                    false => STRAYED,
                }
            }
        };
        self.steps[next as usize].passed += 1;
        next
    }

    /// A visit is over.
    pub(super) fn ended(&mut self, at: StepId) {
        self.steps[at as usize].ended += 1;
    }

    /// All visits that are over.
    pub(super) fn visits(&self) -> u64 {
        self.steps.iter().map(|step| step.ended).sum()
    }

    /// Sequences by what they ask for, `group` being what each endpoint is called now. Visits that
    /// have strayed are in none.
    pub(super) fn grouped(&self, group: impl Fn(u32) -> usize) -> BTreeMap<Vec<usize>, Sequence> {
        let mut found: BTreeMap<Vec<usize>, Sequence> = BTreeMap::new();
        for step in self.steps.iter().skip(2).filter(|step| step.ended > 0) {
            let (mut groups, mut requests) = (Vec::new(), Vec::new());
            for step in self.way(*step) {
                let each = 1.0 + step.repeated as f64 / step.passed as f64;
                let group = group(step.endpoint);
                match (groups.last(), requests.last_mut()) {
                    (Some(last), Some(before)) if *last == group => *before += each,
                    _ => {
                        groups.push(group);
                        requests.push(each);
                    }
                }
            }
            let sequence = found.entry(groups).or_default();
            sequence.visits += step.ended;
            sequence.requests.resize(requests.len(), 0.0);
            for (all, each) in sequence.requests.iter_mut().zip(requests) {
                *all += each * step.ended as f64;
            }
        }
        found
    }

    /// The steps up to one, the first first.
    fn way(&self, last: Step) -> Vec<Step> {
        let mut way = vec![last];
        while let Some(Step { before: 2.., .. }) = way.last() {
            way.push(self.steps[way[way.len() - 1].before as usize]);
        }
        way.reverse();
        way
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(sequences: &mut Sequences, endpoints: &[u32]) {
        let last = endpoints
            .iter()
            .fold(0, |at, endpoint| sequences.next(at, *endpoint));
        sequences.ended(last);
    }

    #[test]
    fn visits_that_do_the_same_are_counted_together() {
        let mut sequences = Sequences::new();
        for endpoints in [
            &[5, 6, 6, 6, 7][..],
            &[5, 6, 7],
            &[5],
            &[5, 5, 5],
            &[6, 8, 5],
            &[1, 2, 3, 4, 5, 6, 7, 8, 8, 9],
        ] {
            visit(&mut sequences, endpoints);
        }
        // 8 and 6 have become the same.
        let found = sequences.grouped(|endpoint| match endpoint {
            8 => 6,
            other => other as usize,
        });
        let sequence = |visits, requests: &[f64]| Sequence {
            visits,
            requests: requests.to_vec(),
        };
        let expected = [
            // Of the five requests for 5, four visits share the first step.
            (vec![5], sequence(2, &[3.0])),
            (vec![5, 6, 7], sequence(2, &[3.0, 4.0, 2.0])),
            (vec![6, 5], sequence(1, &[2.0, 1.0])),
        ];
        assert_eq!(found, BTreeMap::from(expected));
    }

    #[test]
    fn the_tree_is_bounded() {
        let mut sequences = Sequences::new();
        for n in 0..200_000_u32 {
            visit(&mut sequences, &[n, n + 1]);
        }
        assert!(sequences.steps.len() <= MOST + 2);
        let visits: u64 = sequences.steps.iter().map(|step| step.ended).sum();
        assert_eq!(visits, 200_000);
    }
}
