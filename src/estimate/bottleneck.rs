//! Which resource was full, when, and whether by its own work.
//!
//! One idea: a resource is saturated in a bin when at least 99 % of it is held and someone waits
//! for at least half of the bin. Its spell reaches from the first to the last of three or more such
//! bins. It is a cause if less than half of its held time in the spell was blocked (in nested
//! calls, pools and locks); else it was only held while waiting for another.

use super::interval;
use crate::results::{Bottleneck, BottleneckKind};

/// Least share held of a saturated bin.
const HELD: f64 = 0.99;

/// Least share of a saturated bin in which someone waits.
const QUEUED: f64 = 0.5;

/// Fewest saturated bins of a spell.
const BINS: usize = 3;

/// From this share of its held time on, a resource only waits for another.
const BLOCKED: f64 = 0.5;

/// One bin of one resource in one replication.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// Share of it that was held.
    pub held: f64,
    /// Share of the bin during which someone waited for it.
    pub queued: f64,
    /// Share of the held time that was blocked.
    pub blocked: f64,
}

/// A spell of saturation in one replication.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spell {
    /// Its first bin.
    pub from: usize,
    /// Its last bin.
    pub to: usize,
    /// Cause, or waiting for another.
    pub kind: BottleneckKind,
    /// Share of the held time of the spell that was blocked.
    pub blocked: f64,
}

/// The spell of one resource in one replication, if there is one.
pub fn spell(bins: &[Bin]) -> Option<Spell> {
    let full = |bin: &Bin| bin.held >= HELD && bin.queued >= QUEUED;
    let saturated: Vec<usize> = bins
        .iter()
        .enumerate()
        .filter(|(_, bin)| full(bin))
        .map(|(index, _)| index)
        .collect();
    if saturated.len() < BINS {
        return None;
    }
    let (from, to) = (saturated[0], saturated[saturated.len() - 1]);
    let inside = &bins[from..=to];
    let held: f64 = inside.iter().map(|bin| bin.held).sum();
    let blocked = inside.iter().map(|bin| bin.held * bin.blocked).sum::<f64>() / held;
    let kind = if blocked < BLOCKED {
        BottleneckKind::Cause
    } else {
        BottleneckKind::Waits
    };
    Some(Spell {
        from,
        to,
        kind,
        blocked,
    })
}

/// The spells of one resource over replications, told apart by kind: an entry for each that
/// occurred, with its times and in how many launches. `start_s` and `bin_s` are those of the
/// timeline.
pub fn summarise(
    place: &str,
    spells: &[Option<Spell>],
    (start_s, bin_s): (f64, f64),
    confidence: f64,
) -> Vec<Bottleneck> {
    [BottleneckKind::Cause, BottleneckKind::Waits]
        .into_iter()
        .filter_map(|kind| {
            let of_kind: Vec<Option<Spell>> = spells
                .iter()
                .map(|spell| spell.filter(|s| s.kind == kind))
                .collect();
            let k = of_kind.iter().flatten().count() as u32;
            let instant = |bin: fn(Spell) -> usize| -> Vec<Option<f64>> {
                of_kind
                    .iter()
                    .map(|s| s.map(|s| start_s + bin(s) as f64 * bin_s))
                    .collect()
            };
            (k > 0).then(|| Bottleneck {
                place: place.to_owned(),
                kind,
                in_launches: interval::probability(k, spells.len() as u32, confidence),
                from_s: interval::mean(&instant(|s| s.from), confidence),
                to_s: interval::mean(&instant(|s| s.to + 1), confidence),
                ..Bottleneck::default()
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bins(held: &[f64], blocked: f64) -> Vec<Bin> {
        held.iter()
            .map(|&held| Bin {
                held,
                queued: 0.5,
                blocked,
            })
            .collect()
    }

    #[test]
    fn a_spell_reaches_from_first_to_last() {
        let found = spell(&bins(&[0.2, 1.0, 0.99, 0.5, 1.0, 0.989], 0.1)).unwrap();
        assert_eq!(
            (found.from, found.to, found.kind),
            (1, 4, BottleneckKind::Cause)
        );
        assert_eq!(spell(&bins(&[1.0, 1.0, 0.9], 0.1)), None);
        let idle_queue = Bin {
            held: 1.0,
            queued: 0.49,
            blocked: 0.0,
        };
        assert_eq!(spell(&[idle_queue; 9]), None);
        assert_eq!(spell(&[]), None);
    }

    /// Held 1, 1, 1 with blocked shares 0.5 make a wait; just less make a cause.
    #[test]
    fn who_is_blocked_half_of_the_time_only_waits() {
        assert_eq!(
            spell(&bins(&[1.0; 3], 0.5)).unwrap().kind,
            BottleneckKind::Waits
        );
        assert_eq!(
            spell(&bins(&[1.0; 3], 0.499)).unwrap().kind,
            BottleneckKind::Cause
        );
    }

    #[test]
    fn kinds_are_counted_apart() {
        let cause = spell(&bins(&[0.0, 1.0, 1.0, 1.0], 0.0));
        let later = spell(&bins(&[0.0, 0.0, 0.0, 1.0, 1.0, 1.0], 0.0));
        let waits = spell(&bins(&[1.0; 4], 0.9));
        let found = summarise("db", &[cause, later, waits, None], (-120.0, 30.0), 0.95);
        assert_eq!(found.len(), 2);
        let chance = found[0].in_launches.unwrap();
        assert_eq!(
            (found[0].kind, chance.k, chance.n),
            (BottleneckKind::Cause, 2, 4)
        );
        assert_eq!(found[0].from_s.unwrap().estimate, Some(-60.0));
        assert_eq!(found[0].to_s.unwrap().estimate, Some(30.0));
        assert_eq!(
            (found[1].kind, found[1].from_s.unwrap().p50),
            (BottleneckKind::Waits, Some(-120.0))
        );
        assert!(summarise("db", &[None], (0.0, 30.0), 0.95).is_empty());
    }
}
