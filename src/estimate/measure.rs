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
            "share" => Quantity::Share,
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
            "first_s" | "last_s" | "sold_out_at" => Quantity::Instant,
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

    /// The practical threshold: shares and utilisations 1 point, probabilities 5 points; times,
    /// queues and instants 5 % of the baseline, at least 1 ms, 1 user, one bin; counts, rates and
    /// ratios 1 %.
    pub fn threshold(self, baseline: f64, bin_s: f64) -> Threshold {
        let at_least = |floor: f64| {
            let relative = Threshold::relative(0.05);
            if relative.in_units(baseline) < floor {
                Threshold::absolute(floor)
            } else {
                relative
            }
        };
        match self {
            Quantity::Share => Threshold::absolute(0.01),
            Quantity::Chance => Threshold::absolute(0.05),
            Quantity::Time => at_least(0.001),
            Quantity::Queue => at_least(1.0),
            Quantity::Instant => at_least(bin_s),
            Quantity::Count | Quantity::Rate | Quantity::Ratio => Threshold::relative(0.01),
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
    let (_, subject) = halves(metric);
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

    #[test]
    fn thresholds_have_floors() {
        let of = |quantity: Quantity, baseline: f64| {
            quantity.threshold(baseline, 30.0).in_units(baseline)
        };
        for (quantity, baseline, expected) in [
            (Quantity::Share, 0.65, 0.01),
            (Quantity::Chance, 0.65, 0.05),
            (Quantity::Time, 2.0, 0.1),
            (Quantity::Time, 0.01, 0.001),
            (Quantity::Queue, 4.0, 1.0),
            (Quantity::Queue, 400.0, 20.0),
            (Quantity::Instant, -60.0, 30.0),
            (Quantity::Instant, 1_200.0, 60.0),
            (Quantity::Count, 31_480.0, 314.8),
            (Quantity::Rate, 92.0, 0.92),
        ] {
            assert!(
                (of(quantity, baseline) - expected).abs() < 1e-12,
                "{quantity:?} {baseline}"
            );
        }
    }
}
