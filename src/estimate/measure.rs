//! What kind of quantity a metric is, which direction of it is better, and what difference of it
//! matters.
//!
//! One idea: these three are read from the metric's own words, normalised as in the results
//! document, in one place; an objective's relation has the last word on the direction.

use crate::results::{Better, Measure, Unit, WithinIs};

/// Kinds of quantities, by what difference of them matters in practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// A share of users, requests or time, or a utilisation.
    Share,
    /// A chance of launches.
    Chance,
    /// A length of time.
    Time,
    /// A number present at an instant: queues, users inside.
    Queue,
    /// An instant.
    Instant,
    /// A number of events.
    Count,
    /// Events per second.
    Rate,
    /// A plain ratio.
    Ratio,
}

/// A difference that is still the same in practice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// As a share of the baseline's mean, or in the metric's unit.
    pub within: f64,
    /// Which of the two.
    pub within_is: WithinIs,
}

/// What a practical threshold depends on beside the kind of quantity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scale {
    /// What an objective holds the metric against.
    pub limit: Option<f64>,
    /// Of how many events a launch the metric is a share.
    pub events: Option<f64>,
    /// Width of a bin, seconds.
    pub bin_s: f64,
    /// Length of what is measured of a launch, seconds.
    pub launch_s: f64,
}

impl Threshold {
    /// In the metric's unit.
    pub fn absolute(within: f64) -> Threshold {
        Threshold {
            within,
            within_is: WithinIs::Absolute,
        }
    }

    /// As a share of the baseline's mean.
    pub fn relative(within: f64) -> Threshold {
        Threshold {
            within,
            within_is: WithinIs::Relative,
        }
    }

    /// The threshold δ in the metric's unit.
    pub fn in_units(&self, baseline: f64) -> f64 {
        match self.within_is {
            WithinIs::Absolute => self.within,
            WithinIs::Relative => self.within * baseline.abs(),
        }
    }
}

impl Quantity {
    /// The kind of a metric as written in the grammar.
    pub fn of(metric: &str) -> Quantity {
        let (function, subject) = halves(metric);
        let last = last_word(subject);
        match function {
            "share" | "availability" => Quantity::Share,
            "budget_spent" => Quantity::Ratio,
            "rate" => Quantity::Rate,
            "count" | "total" => Quantity::Count,
            _ if ["collapsed", "unhealthy", "recovered"].contains(&last) => Quantity::Chance,
            _ => Quantity::of_word(last),
        }
    }

    fn of_word(word: &str) -> Quantity {
        match word {
            "utilisation" | "held" | "busy" | "blocked" | "up" | "waited" => Quantity::Share,
            "time" | "wait" | "delay" | "attempt_time" => Quantity::Time,
            "amplification" => Quantity::Ratio,
            "goodput" => Quantity::Rate,
            "first_s" | "last_s" | "sold_out_at" | "first_sold_out_at" => Quantity::Instant,
            "queue" | "in_system" | "orbit" | "users" | "inside" | "waiting" | "in_use"
            | "backlog" => Quantity::Queue,
            _ => Quantity::Count,
        }
    }

    /// What a metric of this kind is measured in.
    pub fn unit(self) -> Unit {
        match self {
            Quantity::Share | Quantity::Chance => Unit::Share,
            Quantity::Time => Unit::Seconds,
            Quantity::Instant => Unit::Instant,
            Quantity::Queue | Quantity::Count => Unit::Count,
            Quantity::Rate => Unit::PerSecond,
            Quantity::Ratio => Unit::Ratio,
        }
    }

    /// The practical threshold: shares and utilisations 1 point, at most a tenth of the distance
    /// from an objective's limit to the nearer of 0 and 1; probabilities 5 points; times, queues
    /// and instants 5 % of the baseline, at most a tenth of an objective's limit; counts, rates and
    /// ratios 1 %. Never less than one event a launch, 1 ms, 1 user, one bin.
    pub fn threshold(self, baseline: f64, scale: &Scale) -> Threshold {
        let tenth = |distance: f64| 0.1 * distance.abs();
        let one_of = |all: f64| if all > 0.0 { 1.0 / all } else { 0.0 };
        let relative = |share: f64, cap: Option<f64>, floor: f64| {
            let usual = share * baseline.abs();
            let capped = usual.min(cap.unwrap_or(f64::INFINITY)).max(floor);
            match (capped - usual).abs() > 0.0 {
                true => Threshold::absolute(capped),
                false => Threshold::relative(share),
            }
        };
        let limit = scale.limit.map(tenth);
        match self {
            Quantity::Share => {
                let nearer = scale.limit.map(|limit| tenth(limit.min(1.0 - limit)));
                let floor = one_of(scale.events.unwrap_or(0.0));
                Threshold::absolute(0.01_f64.min(nearer.unwrap_or(0.01)).max(floor))
            }
            Quantity::Chance => Threshold::absolute(0.05),
            Quantity::Time => relative(0.05, limit, 0.001),
            Quantity::Queue => relative(0.05, limit, 1.0),
            Quantity::Instant => relative(0.05, limit, scale.bin_s),
            Quantity::Count => relative(0.01, None, 1.0),
            Quantity::Rate => relative(0.01, None, one_of(scale.launch_s)),
            Quantity::Ratio => relative(0.01, None, 0.0),
        }
    }

    /// Below this half width a sequential study asks for no more: half a point, 1 ms.
    pub fn precision_floor(self) -> f64 {
        match self {
            Quantity::Share | Quantity::Chance => 0.005,
            Quantity::Time | Quantity::Instant => 0.001,
            _ => 0.0,
        }
    }
}

/// Unit and better direction of a metric; `relation` is that of an objective on it, if any.
pub fn measure(metric: &str, relation: Option<&str>) -> Measure {
    Measure {
        unit: Quantity::of(metric).unit(),
        better: relation.map_or_else(|| better(metric), better_by_relation),
    }
}

/// The direction that an objective asks for: `<` and `<=` want less, `>` and `>=` more.
pub fn better_by_relation(relation: &str) -> Better {
    match relation.chars().next() {
        Some('<') => Better::Lower,
        Some('>') => Better::Higher,
        _ => Better::Neither,
    }
}

/// Which direction of a metric is better, from its words alone.
///
/// `share(x <= a)` is the better the larger it is if less of x is better, and so on; of outcomes
/// combined by `or` all must agree.
pub fn better(metric: &str) -> Better {
    let (function, subject) = halves(metric);
    match function {
        "availability" => return Better::Higher,
        "budget_spent" => return Better::Lower,
        _ => {}
    }
    let mut found = None;
    for part in subject.split(" or ") {
        let (words, relation) = match part.find(['<', '>']) {
            Some(at) => (&part[..at], Some(&part[at..])),
            None => (part, None),
        };
        let plain = better_word(last_word(words.trim()));
        let this = match relation.map(better_by_relation) {
            None => plain,
            Some(_) if plain == Better::Neither => Better::Neither,
            Some(asked) if asked == plain => Better::Higher,
            Some(_) => Better::Lower,
        };
        if found.is_some_and(|before| before != this) {
            return Better::Neither;
        }
        found = Some(this);
    }
    found.unwrap_or_default()
}

fn better_word(word: &str) -> Better {
    match word {
        "served" | "ok" | "sold" | "admitted" | "delivered" | "goodput" | "completed"
        | "passed" | "up" | "recovered" => Better::Higher,
        "abandoned" | "refused" | "failed" | "unfinished" | "timed_out" | "error" | "cancelled"
        | "time" | "attempt_time" | "wait" | "waited" | "queue" | "in_system" | "wasted"
        | "lost" | "left_queue" | "undelivered" | "amplification" | "delay" | "backlog"
        | "orbit" | "collapsed" | "unhealthy" | "blocked" => Better::Lower,
        _ => Better::Neither,
    }
}

/// `p95(login.time, 60s)` → `p95`, `login.time`; a bare name has no function.
fn halves(metric: &str) -> (&str, &str) {
    let Some((function, rest)) = metric.split_once('(') else {
        return ("", metric.trim());
    };
    let inside = rest.split_once(')').map_or(rest, |(inside, _)| inside);
    let subject = inside
        .split_once(',')
        .map_or(inside, |(subject, _)| subject);
    (function.trim(), subject.trim())
}

fn last_word(subject: &str) -> &str {
    subject.rsplit('.').next().unwrap_or(subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_say_what_they_are_and_which_way_is_better() {
        use Better::{Higher, Lower, Neither};
        use Quantity::{Count, Queue, Rate, Ratio, Share, Time};
        for (metric, quantity, direction) in [
            ("share(served)", Share, Higher),
            ("share(abandoned)", Share, Lower),
            ("share(login.ok)", Share, Higher),
            ("share(login.time <= 2s)", Share, Higher),
            ("share(login.time > 2s)", Share, Lower),
            ("share(db.in_system >= 5)", Share, Lower),
            (
                "share(preorder.served or preorder.abandoned)",
                Share,
                Neither,
            ),
            ("share(refused or failed)", Share, Lower),
            ("p95(login.time)", Time, Lower),
            ("p95(login.ok.time, 60s)", Time, Lower),
            ("p99(mail.confirmation.delay)", Time, Lower),
            ("recovery.time", Time, Lower),
            ("recovery.collapsed", Quantity::Chance, Lower),
            ("rate(shop.order)", Rate, Neither),
            ("max(db.queue)", Queue, Lower),
            ("at(db.in_system, 8s)", Queue, Lower),
            ("total(db.queue)", Count, Lower),
            ("mean(shop.utilisation)", Share, Neither),
            ("mean(login.amplification)", Ratio, Lower),
            ("availability(login, 60s)", Share, Higher),
            ("budget_spent(login, 99.9%)", Ratio, Lower),
            ("count(ordered)", Count, Neither),
        ] {
            assert_eq!(
                (Quantity::of(metric), better(metric)),
                (quantity, direction),
                "{metric}"
            );
        }
        assert_eq!(
            measure("count(ordered)", Some(">=")),
            Measure {
                unit: Unit::Count,
                better: Higher
            }
        );
    }

    /// δ by hand, with bins of 30 s and launches of 600 s.
    #[test]
    fn thresholds_by_hand() {
        let scale = |limit, events| Scale {
            limit,
            events,
            bin_s: 30.0,
            launch_s: 600.0,
        };
        let plain = scale(None, None);
        for (quantity, baseline, scale, expected) in [
            (Quantity::Share, 0.65, plain, 0.01),
            // 99.9 %: a tenth of the tenth of a point to 100 %; 95 %: half a point; 20 %: 1 point.
            (
                Quantity::Share,
                0.999,
                scale(Some(0.999), Some(30_000.0)),
                0.000_1,
            ),
            (Quantity::Share, 0.96, scale(Some(0.95), None), 0.005),
            (Quantity::Share, 0.02, scale(Some(0.03), None), 0.003),
            (Quantity::Share, 0.2, scale(Some(0.2), None), 0.01),
            // One request of 2,000; of 50 users.
            (
                Quantity::Share,
                0.999,
                scale(Some(0.999), Some(2_000.0)),
                0.000_5,
            ),
            (Quantity::Share, 0.9, scale(None, Some(50.0)), 0.02),
            (Quantity::Share, 0.0, scale(Some(0.0), Some(1_000.0)), 0.001),
            (Quantity::Chance, 0.65, scale(Some(0.1), None), 0.05),
            (Quantity::Time, 2.0, plain, 0.1),
            // Two hours against a limit of 10 minutes: a minute.
            (Quantity::Time, 7_200.0, scale(Some(600.0), None), 60.0),
            (Quantity::Time, 2.0, scale(Some(600.0), None), 0.1),
            (Quantity::Time, 0.01, plain, 0.001),
            (Quantity::Queue, 4.0, plain, 1.0),
            (Quantity::Queue, 400.0, plain, 20.0),
            (Quantity::Queue, 400.0, scale(Some(100.0), None), 10.0),
            (Quantity::Instant, -60.0, plain, 30.0),
            (Quantity::Instant, 1_200.0, plain, 60.0),
            (
                Quantity::Instant,
                4_800.0,
                scale(Some(2_000.0), None),
                200.0,
            ),
            (Quantity::Count, 31_480.0, plain, 314.8),
            (Quantity::Count, 40.0, plain, 1.0),
            (Quantity::Rate, 92.0, plain, 0.92),
            (Quantity::Rate, 0.1, plain, 1.0 / 600.0),
            (Quantity::Ratio, 2.0, plain, 0.02),
        ] {
            let found = quantity.threshold(baseline, &scale).in_units(baseline);
            assert!(
                (found - expected).abs() < 1e-12,
                "{quantity:?} {baseline} {scale:?}: {found}"
            );
        }
        let relative = Quantity::Time.threshold(2.0, &plain);
        assert_eq!(relative, Threshold::relative(0.05));
    }
}
