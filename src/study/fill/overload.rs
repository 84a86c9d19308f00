//! What overload did to a variant: backlogs, the storm where it broke, servers that differ, and the
//! paths of launches through queue and orbit.

use std::collections::BTreeMap;

use crate::base::decimal::nearest_short;
use crate::estimate::interval;
use crate::estimate::recovery::Fate;
use crate::results::{
    Backlog, BottleneckKind, Estimate, Lane, MeanMax, Odd, Path, Phase, Service, Storm, Variant,
    key,
};
use crate::study::brims;
use crate::study::fill::Sight;
use crate::study::lens::Seen;
use crate::study::storm;

/// A queue is gone when no more than this part of its peak waits.
const DRAINED: f64 = 0.05;

/// A queue of fewer is no backlog.
const BACKLOG: f64 = 1.0;

/// Launches whose paths are drawn, at most, and points of each.
const PATHS: usize = 8;
const POINTS: usize = 300;

/// Significant digits of a lane: it is drawn in few colours.
const DIGITS: usize = 3;

/// Adds to each service what is known of its backlog and of its servers.
pub(super) fn of_services(sight: &Sight<'_>, services: &mut BTreeMap<String, Service>) {
    for (index, name) in sight.lens.program.names.services.iter().enumerate() {
        if let Some(service) = services.get_mut(name) {
            service.backlog = backlog(sight, name);
            service.odd = odd(sight, index);
        }
    }
}

/// Where a series stands among the columns.
fn column(sight: &Sight<'_>, series: &str) -> Option<usize> {
    let mut columns = sight.lens.columns.iter();
    columns.position(|column| column.shown.iter().any(|(name, _)| name == series))
}

/// The bins of a column in one launch.
fn bins(sight: &Sight<'_>, seen: &Seen, column: usize) -> Vec<f64> {
    let n = sight.lens.program.clock.bins as usize;
    seen.columns[column].values(n).map(f64::from).collect()
}

fn backlog(sight: &Sight<'_>, service: &str) -> Option<Backlog> {
    let at = column(sight, &key::queue(service))?;
    let clock = &sight.lens.program.clock;
    let (start_s, bin_s) = (clock.start.as_secs_f64(), clock.bin.as_secs_f64());
    let each: Vec<Option<[f64; 3]>> = sight
        .seen
        .iter()
        .map(|seen| {
            let queue = bins(sight, seen, at);
            let (peak, most) = peak(&queue)?;
            let enough = (most * DRAINED).max(BACKLOG);
            let after = queue[peak + 1..]
                .iter()
                .position(|waiting| *waiting <= enough);
            let drained = after.map_or(f64::INFINITY, |bins| bins as f64 * bin_s);
            Some([most, start_s + peak as f64 * bin_s, drained])
        })
        .collect();
    let of = |which: usize| {
        let values: Vec<Option<f64>> = each.iter().map(|one| Some(one.as_ref()?[which])).collect();
        interval::mean(&values, sight.confidence)
    };
    Some(Backlog {
        peak: Some(of(0)?),
        peak_at_s: of(1),
        drained_s: of(2),
    })
}

/// The first bin with the longest queue, if that is a backlog.
fn peak(queue: &[f64]) -> Option<(usize, f64)> {
    let bins = queue.iter().copied().enumerate();
    bins.reduce(|best, next| if next.1 > best.1 { next } else { best })
        .filter(|(_, most)| *most > BACKLOG)
}

/// The server that stands out in most launches, if one does: often another in each, where a fault
/// chooses its servers by luck.
fn odd(sight: &Sight<'_>, service: usize) -> Option<Odd> {
    let each = sight.seen.iter().map(|seen| {
        let odd = seen.odd[service].filter(storm::Odd::stands_out);
        Some((odd?, &seen.brims[service]))
    });
    let all: Vec<Option<(storm::Odd, &brims::Lanes)>> = each.collect();
    let is_most = |n: usize| 2 * n > all.len();
    let mut named: BTreeMap<u32, usize> = BTreeMap::new();
    for (odd, _) in all.iter().flatten() {
        *named.entry(odd.server).or_default() += 1;
    }
    let same = named.iter().find(|(_, times)| is_most(**times));
    let same = same.map(|(server, _)| *server);
    let counts = |odd: &storm::Odd| same.is_none_or(|server| odd.server == server);
    let there = all.iter().flatten().filter(|(odd, _)| counts(odd));
    let there: Vec<&(storm::Odd, &brims::Lanes)> = there.collect();
    if !is_most(there.len()) {
        return None;
    }
    let of = |figure: fn(&storm::Odd) -> f64| {
        let values = all.iter().map(|one| {
            let (odd, _) = one.as_ref()?;
            counts(odd).then(|| figure(odd))
        });
        interval::share(&values.collect::<Vec<_>>(), sight.confidence)
    };
    Some(Odd {
        server: same.map(|server| server + 1),
        held: of(|one| one.held),
        others: of(|one| one.others),
        lanes: match same {
            Some(_) => lanes_by_number(&there),
            None => lanes_of_two(&there),
        },
    })
}

/// The servers over time, where the same one stands out in most launches.
fn lanes_by_number(there: &[&(storm::Odd, &brims::Lanes)]) -> Vec<Lane> {
    let servers = there.first().map_or(&[][..], |(_, lanes)| &lanes.servers);
    let lane = |&server: &u32| Lane {
        server: Some(server + 1),
        servers: 1,
        full: mean(there.iter().filter_map(|(_, lanes)| lanes.of(server))),
    };
    servers.iter().map(lane).collect()
}

/// The one that stands out, whichever it is, and the others on average.
fn lanes_of_two(there: &[&(storm::Odd, &brims::Lanes)]) -> Vec<Lane> {
    let is_it = |one: &(storm::Odd, &brims::Lanes), server: u32| one.0.server == server;
    let lanes = |odd: bool| {
        let all = there.iter().flat_map(move |one| {
            let servers = one.1.servers.iter();
            let servers = servers.filter(move |server| is_it(one, **server) == odd);
            servers.filter_map(|&server| one.1.of(server))
        });
        mean(all)
    };
    let others = there
        .first()
        .map_or(0, |(_, lanes)| lanes.servers.len() - 1);
    let lane = |servers: usize, odd: bool| Lane {
        server: None,
        servers: servers as u32,
        full: lanes(odd),
    };
    vec![lane(1, true), lane(others, false)]
}

/// The mean of lanes, bin by bin.
fn mean<'a>(lanes: impl Iterator<Item = &'a [f32]>) -> Vec<f64> {
    let (mut sums, mut n) = (Vec::new(), 0_u32);
    for lane in lanes {
        sums.resize(lane.len(), 0.0);
        n += 1;
        for (sum, share) in sums.iter_mut().zip(lane) {
            *sum += f64::from(*share);
        }
    }
    let of_all = |sum: f64| nearest_short(sum / f64::from(n), DIGITS);
    sums.into_iter().map(of_all).collect()
}

/// The storm of a variant: none where no launch was unhealthy.
pub(super) fn storm(sight: &Sight<'_>, variant: &Variant) -> Option<Storm> {
    let service = place(sight, variant)?;
    let ill = || sight.seen.iter().map(|seen| seen.storms.get(service));
    let mean = |of: fn(&storm::Storm) -> Option<f64>| {
        let values: Vec<Option<f64>> = ill().map(|one| of(one?)).collect();
        interval::mean(&values, sight.confidence)
    };
    let share = |of: fn(&storm::Storm) -> Option<f64>| {
        let values: Vec<Option<f64>> = ill().map(|one| of(one?)).collect();
        interval::share(&values, sight.confidence)
    };
    let unhealthy = ill().flatten().count() as u32;
    let known = ill().flatten().any(|one| one.usual_load.is_some());
    let past = ill().flatten().filter(|one| one.no_return_s.is_some());
    let past = past.count() as u32;
    Some(Storm {
        place: sight.lens.program.names.services[service].clone(),
        offered: mean(|one| one.offered),
        attempts: mean(|one| one.attempts),
        goodput: mean(|one| one.goodput),
        retry_share: share(|one| one.retry_share),
        wasted_share: share(|one| one.wasted_share),
        blocked: share(|one| one.blocked),
        misses: mean(|one| one.misses),
        up: share(|one| one.up),
        usual_load: mean(|one| one.usual_load),
        amplification_max: mean(|one| one.amplification_max),
        no_return_s: mean(|one| one.no_return_s),
        no_return: match known {
            true => interval::probability(past, unhealthy, sight.confidence),
            false => None,
        },
    })
}

/// The service where it broke: the first cause among the bottlenecks, else the one whose attempts
/// grew most.
fn place(sight: &Sight<'_>, variant: &Variant) -> Option<usize> {
    let ill: Vec<&Seen> = sight
        .seen
        .iter()
        .filter(|seen| !seen.storms.is_empty())
        .collect();
    if ill.is_empty() {
        return None;
    }
    let names = &sight.lens.program.names.services;
    let causes = variant.bottlenecks.iter();
    let mut causes = causes.filter(|one| one.kind == BottleneckKind::Cause);
    let cause = causes.find_map(|one| names.iter().position(|name| *name == one.place));
    cause.or_else(|| {
        let grown = |service: usize| {
            let each = ill
                .iter()
                .map(|seen| seen.storms[service].amplification_max);
            each.map(|most| most.unwrap_or(0.0)).sum::<f64>()
        };
        (0..names.len()).reduce(|best, next| {
            if grown(next) > grown(best) {
                next
            } else {
                best
            }
        })
    })
}

/// The paths of launches through queue and orbit: none where hardly anybody is in orbit.
pub(super) fn phase(sight: &Sight<'_>, variant: &Variant) -> Option<Phase> {
    let most = |of: &MeanMax| of.max.and_then(|max: Estimate| max.estimate).unwrap_or(0.0);
    if most(&variant.orbit) < 1.0 {
        return None;
    }
    let place = match &variant.storm {
        Some(storm) => storm.place.clone(),
        None => {
            let longest = variant
                .services
                .iter()
                .filter(|(_, one)| most(&one.queue) > 0.0);
            longest
                .max_by(|a, b| most(&a.1.queue).total_cmp(&most(&b.1.queue)))?
                .0
                .clone()
        }
    };
    let (queue, orbit) = (
        column(sight, &key::queue(&place))?,
        column(sight, key::ORBIT)?,
    );
    let clock = &sight.lens.program.clock;
    let each = (clock.bins as usize).div_ceil(POINTS).max(1);
    let path = |((launch, seen), fate): ((usize, &Seen), &Option<Fate>)| {
        let of = |at: usize| thinned(&bins(sight, seen, at), each);
        Path {
            launch: launch as u32,
            collapsed: fate.as_ref().map(Fate::collapsed),
            queue: of(queue),
            orbit: of(orbit),
        }
    };
    Some(Phase {
        place,
        start_s: clock.start.as_secs_f64(),
        step_s: each as f64 * clock.bin.as_secs_f64(),
        paths: sight
            .seen
            .iter()
            .enumerate()
            .zip(sight.metrics.fates())
            .take(PATHS)
            .map(path)
            .collect(),
    })
}

/// Means of so many values each, to three digits behind the point.
fn thinned(values: &[f64], each: usize) -> Vec<f64> {
    let mean = |some: &[f64]| some.iter().sum::<f64>() / some.len() as f64;
    values
        .chunks(each)
        .map(|some| (mean(some) * 1e3).round() / 1e3)
        .collect()
}
