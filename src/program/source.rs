//! Where users come from: the compiled forms of `[arrivals.…]`.
//!
//! Every user has an identity (source, index) and an instant of their own: a stream is the
//! inversion of its cumulated rate at unit-rate points, so a higher rate moves the same users
//! closer together; the n-th member of a crowd keeps an instant, so a larger crowd moves nobody.

use super::{ClassId, JourneyId};
use crate::base::time::{Span, Time};
use crate::random::key::Owner;
use crate::random::sampler::Sampler;

/// One table `[arrivals.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// What its users do.
    pub journey: JourneyId,
    /// Its name: every user of it is a number of that owner.
    pub owner: Owner,
    /// The kind of traffic that they make.
    pub class: Option<ClassId>,
    /// When they come.
    pub form: Form,
}

/// When users come.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// Users at a rate that may change in time.
    Stream {
        /// Pieces in time order, without overlap; outside them nobody comes.
        pieces: Vec<Piece>,
        /// Gaps of the unit-rate points.
        spacing: Spacing,
    },
    /// Users at the rates of states that follow one another, the first again after the last.
    Switching {
        /// How long each state lasts, in seconds, drawn each time.
        stays: Vec<Lasting>,
        /// Users per second in each, and from when on these hold.
        rates: Vec<(Time, Vec<f64>)>,
        /// Gaps of the unit-rate points.
        spacing: Spacing,
    },
    /// Exactly so many people, each at an instant of their own.
    Crowd {
        /// How many.
        users: u64,
        /// The earliest instant.
        from: Time,
        /// Seconds after `from`.
        arrive: Sampler,
    },
    /// Many at one instant, once or again and again.
    Burst {
        /// How many at a time.
        users: u64,
        /// The instants, all before the horizon.
        at: Vec<Time>,
        /// Seconds that each of the instants is late.
        jitter: Option<Sampler>,
        /// Seconds after the instant; `None` is all at once.
        spread: Option<Sampler>,
    },
    /// Instants that were measured, sorted, one a user.
    Times(Vec<Time>),
    /// So many people who start over when they are done.
    Population {
        /// How many.
        users: u64,
    },
}

/// How long a state of a source lasts.
#[derive(Clone, Debug, PartialEq)]
pub struct Lasting {
    /// In seconds, drawn each time.
    pub law: Sampler,
    /// The mean of it.
    pub mean: f64,
}

/// A piece of a rate that is constant or changes linearly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// Where it begins.
    pub from: Time,
    /// How long it is.
    pub length: Span,
    /// Users per second at its beginning.
    pub rate: f64,
    /// Users per second at its end.
    pub rate_end: f64,
}

/// Gaps between the unit-rate points of a stream; their mean is 1.
#[derive(Clone, Debug, PartialEq)]
pub enum Spacing {
    /// Exponential gaps: a Poisson process.
    Poisson,
    /// All gaps equal: the k-th user comes when the cumulated rate reaches k, k = 1, 2, ….
    Even,
    /// Gaps drawn from a distribution with mean 1.
    Gaps(Sampler),
}

/// The rate of states in the long run.
pub fn long_run(stays: &[Lasting], rates: &[f64]) -> f64 {
    let round: f64 = stays.iter().map(|stay| stay.mean).sum();
    let users = stays.iter().zip(rates);
    users.map(|(stay, rate)| stay.mean * rate).sum::<f64>() / round
}

impl Piece {
    /// Expected users of the piece.
    pub fn users(&self) -> f64 {
        (self.rate + self.rate_end) / 2.0 * self.length.as_secs_f64()
    }
}
