//! How long a study may take.
//!
//! One idea: time decides how many launches are made, never what one of them shows. A study that is
//! short of time begins nothing that would not be done in time, and what it has done by then is
//! its answer. It knows no clock: whoever looks on tells how much of the time is spent.

use super::plan::Attribute;

/// A time that was allowed, running.
pub trait Allowance: Sync {
    /// The part of it that is spent, from 0; at 1 it is over.
    fn spent(&self) -> f64;
}

impl<F: Fn() -> f64 + Sync> Allowance for F {
    fn spent(&self) -> f64 {
        self()
    }
}

/// Part of the time that launches may take where the rest is for what each change is worth.
const SHARED: f64 = 0.6;
/// The same where nothing follows but the figures.
const ALONE: f64 = 0.95;

/// How much of the time a handful of replications takes.
pub(crate) struct Pace {
    part: f64,
    began: Option<f64>,
    longest: f64,
}

impl Pace {
    /// The pace of launches of so many contenders, whose changes are taken apart or not.
    pub(crate) fn of(contenders: usize, attribute: Attribute) -> Pace {
        let is_shared = contenders > 1 && attribute != Attribute::Nothing;
        Pace {
            part: if is_shared { SHARED } else { ALONE },
            began: None,
            longest: 0.0,
        }
    }

    /// Whether another handful will be done before the time for launches is over; the first one is
    /// always tried.
    pub(crate) fn has_room(&mut self, allowed: &dyn Allowance) -> bool {
        let now = allowed.spent();
        if let Some(began) = self.began {
            self.longest = self.longest.max(now - began);
        }
        self.began = Some(now);
        self.longest == 0.0 || now + self.longest <= self.part
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// An allowance of which so much is spent whenever somebody looks.
    struct Looks(Mutex<Vec<f64>>);

    impl Allowance for Looks {
        fn spent(&self) -> f64 {
            self.0.lock().expect("nobody else looks").remove(0)
        }
    }

    /// Handfuls of 0.2, 0.1 and 0.2 leave no room for another of 0.2 before 0.6.
    #[test]
    fn what_would_not_be_done_in_time_is_not_begun() {
        let looks = Looks(Mutex::new(vec![0.0, 0.2, 0.3, 0.5]));
        let mut pace = Pace::of(2, Attribute::Every);
        let rooms: Vec<bool> = (0..4).map(|_| pace.has_room(&looks)).collect();
        assert_eq!(rooms, [true, true, true, false]);
    }
}
