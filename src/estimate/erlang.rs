//! A queue with a formula: Poisson arrivals, exponential work, c servers, one line (M/M/c).
//!
//! One idea: everything follows from the chance of waiting (Erlang C): the wait is 0 or else
//! exponential with the rate cμ − λ, and the time is wait plus work (Gross et al., *Fundamentals of
//! Queueing Theory*, 4th ed., sections 2.3 and 2.4).

use crate::base::math::exp;

/// A queue that is not overloaded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Queue {
    servers: f64,
    /// Arrivals a second.
    arrivals: f64,
    /// What one server does a second.
    work: f64,
    /// The chance of waiting.
    waits: f64,
}

impl Queue {
    /// A queue of so many servers, arrivals a second, and work of one server a second; nothing if
    /// more comes than can be done.
    pub fn new(servers: u32, arrivals: f64, work: f64) -> Option<Queue> {
        let offered = arrivals / work;
        let c = f64::from(servers);
        if servers == 0 || !offered.is_finite() || offered >= c {
            return None;
        }
        let mut blocked = 1.0;
        for n in 1..=servers {
            blocked = offered * blocked / (f64::from(n) + offered * blocked);
        }
        Some(Queue {
            servers: c,
            arrivals,
            work,
            waits: blocked / (1.0 - offered / c * (1.0 - blocked)),
        })
    }

    /// The rate at which the wait of those who wait ends.
    fn spare(&self) -> f64 {
        self.servers * self.work - self.arrivals
    }

    /// The chance of waiting at all.
    pub fn waits(&self) -> f64 {
        self.waits
    }

    /// The mean wait, seconds.
    pub fn mean_wait(&self) -> f64 {
        self.waits / self.spare()
    }

    /// The mean time from arrival to the end, seconds.
    pub fn mean_time(&self) -> f64 {
        self.mean_wait() + 1.0 / self.work
    }

    /// How many wait on average.
    pub fn mean_queue(&self) -> f64 {
        self.arrivals * self.mean_wait()
    }

    /// How many wait or are served on average.
    pub fn mean_inside(&self) -> f64 {
        self.arrivals * self.mean_time()
    }

    /// The part of the servers that is busy.
    pub fn busy(&self) -> f64 {
        self.arrivals / self.work / self.servers
    }

    /// The chance to wait for longer than so many seconds.
    pub fn wait_beyond(&self, seconds: f64) -> f64 {
        self.waits * exp(-self.spare() * seconds)
    }

    /// The chance to take longer than so many seconds.
    pub fn time_beyond(&self, seconds: f64) -> f64 {
        let (work, spare) = (self.work, self.spare());
        let alone = exp(-work * seconds);
        let gap = spare - work;
        // Of two exponential stretches with nearly the same rate.
        let both = match (gap * seconds).abs() < 1e-6 {
            true => alone * (1.0 + work * seconds),
            false => (spare * alone - work * exp(-spare * seconds)) / gap,
        };
        (1.0 - self.waits) * alone + self.waits * both
    }

    /// The wait that a share `q` of all do not exceed, seconds.
    pub fn wait_quantile(&self, q: f64) -> f64 {
        halved(|seconds| self.wait_beyond(seconds) <= 1.0 - q)
    }

    /// The time that a share `q` of all do not exceed, seconds.
    pub fn time_quantile(&self, q: f64) -> f64 {
        halved(|seconds| self.time_beyond(seconds) <= 1.0 - q)
    }
}

/// The least number of seconds for which something holds that holds for all longer ones.
fn halved(holds: impl Fn(f64) -> bool) -> f64 {
    const HALVINGS: u32 = 100;
    const LONGEST: f64 = 1e12;
    if holds(0.0) {
        return 0.0;
    }
    let mut high = 1e-9;
    while !holds(high) && high < LONGEST {
        high *= 2.0;
    }
    let mut low = high / 2.0;
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        match holds(middle) {
            true => high = middle,
            false => low = middle,
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, known: f64) {
        assert!(
            (found - known).abs() < 1e-4 * known.max(1.0),
            "{found} {known}"
        );
    }

    /// c = 5, a = 2.5 and c = 10, a = 5; and one server at 0.8 with a mean time of 5.
    #[test]
    fn published_chances_of_waiting() {
        near(
            Queue::new(5, 2.5, 1.0).expect("it has room").waits(),
            0.1304,
        );
        near(
            Queue::new(10, 5.0, 1.0).expect("it has room").waits(),
            0.0361,
        );
        for (servers, time) in [(1, 5.0), (5, 1.554), (10, 1.205), (20, 1.064)] {
            let queue = Queue::new(servers, 0.8 * f64::from(servers), 1.0).expect("it has room");
            assert!((queue.mean_time() - time).abs() < 6e-4, "{servers}");
        }
    }

    /// One server: the time is exponential with the rate μ − λ.
    #[test]
    fn times_of_one_server_are_exponential() {
        let queue = Queue::new(1, 0.5, 1.0).expect("it has room");
        for seconds in [0.1, 1.0, 3.0, 10.0] {
            near(queue.time_beyond(seconds), (-0.5 * seconds).exp());
        }
        near(queue.time_quantile(0.95), 20.0_f64.ln() / 0.5);
        near(queue.wait_quantile(0.5), 0.0);
        near(queue.mean_queue(), 0.5);
        // Of two servers with the same two rates, by the limit.
        let queue = Queue::new(2, 1.0, 1.0).expect("it has room");
        near(
            queue.time_beyond(1.0),
            (-1.0_f64).exp() * (1.0 + queue.waits()),
        );
        assert_eq!(Queue::new(2, 2.0, 1.0), None);
    }
}
