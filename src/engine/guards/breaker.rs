//! A circuit breaker (semantics#guards): closed it looks at results, open it lets nothing through,
//! half-open a few attempts decide. Its clock is a look-up: at the end of `open` nothing happens
//! until somebody asks.

use crate::base::time::{Span, Time};
use crate::engine::guards::recent::Recent;
use crate::engine::tasks::population::Pass;
use crate::program::{BreakerRule, BreakerSettings, Rates, Window};

/// Slices of a window of time: a breaker fits into a kilobyte.
const SLICES: usize = 32;

/// What lets attempts through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// All.
    #[default]
    Closed,
    /// None.
    Open,
    /// Some, which decide.
    HalfOpen,
}

/// A result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Result {
    pub(in crate::engine) failed: bool,
    /// How long it took.
    pub(in crate::engine) took: Span,
}

/// What a result has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Turn {
    Opened,
    Closed,
}

/// How many results there are, how many failed, how many were slow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    all: u32,
    failed: u32,
    slow: u32,
}

/// The latest results, so many: two bits each.
#[derive(Clone, Debug, Default)]
struct Latest {
    bits: Bits,
    next: u32,
    counts: Counts,
}

/// Four results a byte. The usual hundred stand in the breaker itself, so that a user's first
/// failure asks for no memory.
#[derive(Clone, Debug)]
enum Bits {
    Few([u8; FEW]),
    Many(Box<[u8]>),
}

const FEW: usize = 25;

impl Default for Bits {
    fn default() -> Self {
        Self::Few([0; FEW])
    }
}

impl Bits {
    fn new(results: u32) -> Self {
        let bytes = results.div_ceil(4) as usize;
        match bytes <= FEW {
            true => Self::default(),
            false => Self::Many(vec![0; bytes].into_boxed_slice()),
        }
    }

    #[inline]
    fn at(&mut self, byte: usize) -> &mut u8 {
        match self {
            Self::Few(bits) => &mut bits[byte],
            Self::Many(bits) => &mut bits[byte],
        }
    }
}

/// The results in the window.
#[derive(Clone, Debug, Default)]
enum Seen {
    #[default]
    Nothing,
    Latest(Latest),
    Recent(Recent<3, SLICES>),
}

/// A breaker under way.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Breaker {
    state: State,
    /// The number of the period since its state last changed.
    period: u16,
    /// The end of being open.
    until: Time,
    /// Failures in a row.
    in_a_row: u32,
    /// Attempts let through while half-open, but for those given back.
    passed: u32,
    /// Results of those.
    decided: Counts,
    seen: Seen,
}

const _: () = assert!(size_of::<Breaker>() + 24 * SLICES <= 1024);

impl Breaker {
    /// Whether an attempt is let through now: then the period in which it is.
    #[inline]
    pub(in crate::engine) fn lets_through(&mut self, now: Time, half_open: u32) -> Option<u16> {
        match self.state {
            State::Closed => return Some(self.period),
            State::Open if now < self.until => return None,
            State::Open => self.turn(State::HalfOpen),
            State::HalfOpen => {}
        }
        let passes = self.passed < half_open;
        self.passed += u32::from(passes);
        passes.then_some(self.period)
    }

    /// An attempt that was let through in a period has no result: its place is given back.
    pub(in crate::engine) fn takes_back(&mut self, period: u16) {
        if self.state == State::HalfOpen && self.period == period {
            self.passed = self.passed.saturating_sub(1);
        }
    }

    /// The result of an attempt that was let through in a period.
    #[inline]
    pub(in crate::engine) fn hears(
        &mut self,
        result: Result,
        (period, now): (u16, Time),
        settings: &BreakerSettings,
    ) -> Option<Turn> {
        if period != self.period {
            return None;
        }
        match self.state {
            State::Closed => {
                let opens = match &settings.rule {
                    BreakerRule::Consecutive(most) => {
                        self.in_a_row = if result.failed { self.in_a_row + 1 } else { 0 };
                        self.in_a_row >= *most
                    }
                    BreakerRule::Rates(rates) => {
                        let counts = self.seen.add(result, rates, now);
                        counts.all >= rates.min_calls && counts.are_bad(rates)
                    }
                };
                opens.then(|| self.open(now, settings))
            }
            State::HalfOpen => self.decide(result, now, settings),
            State::Open => None,
        }
    }

    /// One of the attempts that decide has a result.
    fn decide(&mut self, result: Result, now: Time, settings: &BreakerSettings) -> Option<Turn> {
        let counts = &mut self.decided;
        counts.all += 1;
        counts.failed += u32::from(result.failed);
        let is_bad = match &settings.rule {
            BreakerRule::Consecutive(_) if counts.failed > 0 => {
                return Some(self.open(now, settings));
            }
            BreakerRule::Consecutive(_) => false,
            BreakerRule::Rates(rates) => {
                counts.slow += u32::from(result.took > rates.slower_than);
                counts.are_bad(rates)
            }
        };
        if counts.all < settings.half_open {
            None
        } else if is_bad {
            Some(self.open(now, settings))
        } else {
            self.turn(State::Closed);
            Some(Turn::Closed)
        }
    }

    fn open(&mut self, now: Time, settings: &BreakerSettings) -> Turn {
        self.turn(State::Open);
        self.until = now + settings.open;
        Turn::Opened
    }

    /// A period begins.
    fn turn(&mut self, state: State) {
        self.state = state;
        self.period = (self.period + 1) & Pass::PERIOD;
        (self.in_a_row, self.passed) = (0, 0);
        self.decided = Counts::default();
        self.seen.clear();
    }

    /// Whether a result is worth remembering where nothing is remembered yet.
    pub(in crate::engine) fn begins_with(result: Result, settings: &BreakerSettings) -> bool {
        let is_slow = match &settings.rule {
            BreakerRule::Consecutive(_) => false,
            BreakerRule::Rates(rates) => result.took > rates.slower_than,
        };
        result.failed || is_slow
    }

    /// Bytes of its lists, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        match &self.seen {
            Seen::Nothing => 0,
            Seen::Latest(Latest {
                bits: Bits::Many(bits),
                ..
            }) => bits.len(),
            Seen::Latest(_) => 0,
            Seen::Recent(recent) => recent.bytes(),
        }
    }
}

impl Counts {
    /// Whether a rate is reached.
    fn are_bad(self, rates: &Rates) -> bool {
        // A share that is written as a decimal may be a hair off.
        let reached = |n: u32, rate: f64| f64::from(n) >= rate * f64::from(self.all) - 1e-9;
        reached(self.failed, rates.failure) || reached(self.slow, rates.slow)
    }
}

impl Seen {
    /// A result comes into the window.
    #[inline]
    fn add(&mut self, result: Result, rates: &Rates, now: Time) -> Counts {
        let slow = result.took > rates.slower_than;
        match (rates.window, &mut *self) {
            (Window::Calls(most), Seen::Latest(latest)) => latest.add([result.failed, slow], most),
            (Window::Time(window), Seen::Recent(recent)) => {
                recent.count(
                    [1, u32::from(result.failed), u32::from(slow)],
                    (now, window),
                );
                let [all, failed, slow] = recent.sums((now, window));
                Counts { all, failed, slow }
            }
            (window, _) => {
                *self = match window {
                    Window::Calls(most) => Seen::Latest(Latest::new(most)),
                    Window::Time(_) => Seen::Recent(Recent::default()),
                };
                self.add(result, rates, now)
            }
        }
    }

    fn clear(&mut self) {
        match self {
            Seen::Nothing => {}
            Seen::Latest(latest) => (latest.next, latest.counts) = (0, Counts::default()),
            Seen::Recent(recent) => recent.clear(),
        }
    }
}

impl Latest {
    #[inline(never)]
    fn new(most: u32) -> Self {
        Self {
            bits: Bits::new(most),
            ..Self::default()
        }
    }

    #[inline]
    fn add(&mut self, [failed, slow]: [bool; 2], most: u32) -> Counts {
        let (byte, shift) = ((self.next / 4) as usize, self.next % 4 * 2);
        let bits = self.bits.at(byte);
        let old = *bits >> shift & 3;
        let new = u8::from(failed) | u8::from(slow) << 1;
        *bits = *bits & !(3 << shift) | new << shift;
        let counts = &mut self.counts;
        if counts.all == most {
            counts.failed -= u32::from(old & 1);
            counts.slow -= u32::from(old >> 1);
        } else {
            counts.all += 1;
        }
        counts.failed += u32::from(failed);
        counts.slow += u32::from(slow);
        self.next += 1;
        if self.next == most {
            self.next = 0;
        }
        *counts
    }
}
