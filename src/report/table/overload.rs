//! Tables of what overload did: figures of the whole run, and what became of launches.

use super::Table;
use crate::report::{reading, words};
use crate::results::{Estimate, Results, Unit, Variant};

/// What overload did to every variant where it broke; no rows where nobody ever asked again.
pub(crate) fn overload(results: &Results) -> Table {
    let mut table = Table::new(words::OVERLOAD, &words::OVERLOAD_HEAD);
    let is_worth = |variant: &Variant| {
        let orbit = variant.orbit.max.and_then(|max| max.estimate);
        variant.storm.is_some() || orbit.is_some_and(|most| most >= 1.0)
    };
    if !reading::variants(results).any(|(_, variant)| is_worth(variant)) {
        return table;
    }
    for (name, variant) in reading::variants(results) {
        let Some(place) = place(results, variant) else {
            continue;
        };
        let Some(service) = variant.services.get(place) else {
            continue;
        };
        let count = |e: Option<&Estimate>| words::estimate(e, Unit::Count);
        let backlog = service.backlog.as_ref();
        table.rows.push(vec![
            words::variant_label(results, name),
            place.to_owned(),
            count(service.original.as_ref()),
            count(service.arrived.as_ref()),
            words::estimate(service.amplification.as_ref(), Unit::Ratio),
            words::estimate(service.goodput.as_ref(), Unit::PerSecond),
            words::estimate(service.wasted.share.as_ref(), Unit::Share),
            count(variant.orbit.mean.as_ref()),
            count(variant.orbit.max.as_ref()),
            count(variant.orbit_waiting.mean.as_ref()),
            count(backlog.and_then(|one| one.peak.as_ref())),
            words::until(backlog.and_then(|one| one.drained_s.as_ref())),
        ]);
    }
    table
}

/// Where a variant broke, or where the baseline did.
fn place<'a>(results: &'a Results, variant: &'a Variant) -> Option<&'a str> {
    let own = variant.storm.as_ref().map(|storm| storm.place.as_str());
    let others = reading::variants(results).filter_map(|(_, other)| other.storm.as_ref());
    let others = others.map(|storm| storm.place.as_str());
    let busiest = || {
        let services = variant.services.iter();
        let grown = services.filter_map(|(name, one)| Some((name, one.amplification?.estimate?)));
        let most = grown.max_by(|a, b| a.1.total_cmp(&b.1));
        most.map(|(name, _)| name.as_str())
    };
    own.or_else(|| others.into_iter().next()).or_else(busiest)
}

/// Collapse and recovery of every variant, with their chances; no rows where none is in trouble.
pub(crate) fn recoveries(results: &Results) -> Table {
    let mut table = Table::new(words::RECOVERIES, &words::RECOVERY_HEAD);
    for column in [1, 2, 3, 4, 5] {
        let head = &words::RECOVERY_HEAD[column];
        table.head[column] = words::with_level(head, results.confidence);
    }
    let found = || {
        let all = reading::variants(results);
        all.filter_map(|(name, variant)| Some((name, variant, variant.recovery.as_ref()?)))
    };
    let is_ill = |chance: Option<crate::results::Probability>| chance.is_some_and(|p| p.k > 0);
    if !found().any(|(_, _, recovery)| is_ill(recovery.unhealthy)) {
        return table;
    }
    for (name, variant, recovery) in found() {
        let storm = variant.storm.as_ref();
        table.rows.push(vec![
            words::variant_label(results, name),
            words::chance(recovery.unhealthy.as_ref()),
            words::chance(recovery.collapsed.as_ref()),
            words::chance(recovery.recovered.as_ref()),
            words::estimate_with_interval(recovery.time_s.as_ref(), Unit::Seconds),
            words::chance(storm.and_then(|storm| storm.no_return.as_ref())),
            words::estimate(
                storm.and_then(|storm| storm.no_return_s.as_ref()),
                Unit::Instant,
            ),
        ]);
    }
    table
}
