//! Requests, counted on their way past: what they ask for, who makes them, when, how they end.
//!
//! One idea: each request is looked at once and then forgotten; what is kept grows with the number
//! of endpoints, of users who are there at once and of bins, all of which are bounded.

use super::paths::{NodeId, Paths, STATIC_NODE};
use super::sequences::Sequences;
use super::series::Series;
use super::times::Times;
use super::visits::{Seen, Visit, Visits};

/// Requests of one visit that a person makes at most.
pub(super) const PERSON: u32 = 100;
/// Nanoseconds that nobody waits, nor any server works: a day.
const ENDLESS_NS: u64 = 86_400_000_000_000;
/// Files that weigh as much as one other request: a page brings many.
const FILES: u32 = 8;

/// A request of somebody.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    /// When it began, in milliseconds since 1970.
    pub(super) at_ms: i64,
    /// When it was written down, which decides what is in order.
    pub(super) written_ms: i64,
    /// Who made it, as a number; none where that is not known.
    pub(super) who: Option<u64>,
    pub(super) method: &'a [u8],
    pub(super) path: &'a [u8],
    pub(super) ended: Ended,
    /// How long it took, in nanoseconds, if that is known.
    pub(super) took_ns: Option<u64>,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// With what was asked for.
    Ok,
    /// With an answer that the user did not want: not found, not allowed.
    Declined,
    /// Turned away: too many requests, not available.
    Refused,
    /// With an error of the service.
    Failed,
    /// The user had left before the answer.
    Left,
}

impl Ended {
    /// How a request with a status of HTTP ended.
    pub(super) fn of(status: u16) -> Ended {
        match status {
            429 | 503 => Ended::Refused,
            499 => Ended::Left,
            500.. => Ended::Failed,
            400.. => Ended::Declined,
            _ => Ended::Ok,
        }
    }
}

/// What is known of an endpoint.
#[derive(Clone, Debug, Default)]
pub(super) struct Stats {
    pub(super) requests: u64,
    /// Those of them that no person makes.
    pub(super) machines: u64,
    pub(super) declined: u64,
    pub(super) refused: u64,
    pub(super) failed: u64,
    pub(super) left: u64,
    /// How long they took.
    pub(super) times: Times,
    /// Pauses before them, after another endpoint.
    pub(super) pauses: Times,
    /// Pauses before them, after the same endpoint.
    pub(super) repeats: Times,
}

impl Stats {
    /// Adds those of another endpoint.
    pub(super) fn merge(&mut self, other: &Stats) {
        self.requests += other.requests;
        self.machines += other.machines;
        self.declined += other.declined;
        self.refused += other.refused;
        self.failed += other.failed;
        self.left += other.left;
        self.times.merge(&other.times);
        self.pauses.merge(&other.pauses);
        self.repeats.merge(&other.repeats);
    }

    fn count(&mut self, request: &Request<'_>) {
        self.requests += 1;
        match request.ended {
            Ended::Ok => {}
            Ended::Declined => self.declined += 1,
            Ended::Refused => self.refused += 1,
            Ended::Failed => self.failed += 1,
            Ended::Left => self.left += 1,
        }
        if let Some(nanos) = request.took_ns {
            self.times.add(nanos);
        }
    }
}

/// All requests so far.
pub(super) struct Traffic {
    pub(super) paths: Paths,
    /// By node of the paths.
    pub(super) stats: Vec<Stats>,
    pub(super) sequences: Sequences,
    pub(super) series: Series,
    visits: Visits,
    /// Requests that nobody's visit is known of.
    pub(super) nobodys: u64,
    /// Visits that were cut for want of room.
    pub(super) cut: u64,
    /// Times of more than a day, which are not taken.
    pub(super) endless: u64,
    pub(super) order: Order,
}

/// In which order the requests came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Order {
    last_ms: Option<i64>,
    /// Requests that are earlier than the one before them.
    pub(super) back: u64,
    /// By how much at most, in milliseconds.
    pub(super) furthest_ms: i64,
}

impl Order {
    fn count(&mut self, at_ms: i64) {
        if let Some(last) = self.last_ms
            && at_ms < last
        {
            self.back += 1;
            self.furthest_ms = self.furthest_ms.max(last - at_ms);
        }
        self.last_ms = Some(at_ms);
    }
}

impl Traffic {
    /// No requests; a pause longer than `gap_ms` ends a visit.
    pub(super) fn new(gap_ms: i64) -> Traffic {
        Traffic {
            paths: Paths::new(),
            stats: Vec::new(),
            sequences: Sequences::new(),
            series: Series::default(),
            visits: Visits::new(gap_ms),
            nobodys: 0,
            cut: 0,
            endless: 0,
            order: Order::default(),
        }
    }

    /// Counts a request.
    pub(super) fn add(&mut self, request: &Request<'_>) {
        let is_endless = request.took_ns.is_some_and(|nanos| nanos > ENDLESS_NS);
        self.endless += u64::from(is_endless);
        let request = &Request {
            took_ns: request.took_ns.filter(|_| !is_endless),
            ..*request
        };
        if let Some(who) = request.who {
            self.visits.expect(who);
        }
        let node = self.paths.endpoint(request.method, request.path);
        if self.stats.len() <= node as usize {
            self.stats.resize_with(node as usize + 1, Stats::default);
        }
        self.stats[node as usize].count(request);
        self.order.count(request.written_ms);
        let began = match request.who {
            Some(who) => self.visit(who, node, request),
            None => Began::Machine,
        };
        self.nobodys += u64::from(request.who.is_none());
        if began == Began::Machine {
            self.stats[node as usize].machines += 1;
        }
        let bin = self.series.at(request.at_ms);
        bin.requests += 1;
        bin.visits += u64::from(began == Began::Visit);
        bin.machines += u64::from(began == Began::Machine);
        bin.failed += u64::from(matches!(request.ended, Ended::Failed | Ended::Refused));
        if let Some(nanos) = request.took_ns {
            bin.timed += 1;
            bin.nanos += u128::from(nanos);
        }
    }

    /// Counts a request of somebody.
    fn visit(&mut self, who: u64, node: NodeId, request: &Request<'_>) -> Began {
        let at = request.at_ms;
        let sequences = &mut self.sequences;
        let (visit, seen) = self.visits.seen(who, at, |over| end(sequences, over));
        let lasts = request.took_ns.unwrap_or(0) / 1_000_000;
        visit.last_ms = visit.last_ms.max(at.saturating_add_unsigned(lasts));
        if visit.weight >= PERSON * FILES {
            return Began::Machine;
        }
        visit.weight += match node {
            STATIC_NODE => 1,
            _ => FILES,
        };
        let before = visit.step;
        visit.step = sequences.next(before, node);
        match seen {
            Seen::Begins => Began::Visit,
            Seen::After(pause) => {
                let stats = &mut self.stats[node as usize];
                let pause = pause.unsigned_abs() * 1_000_000;
                match visit.step == before {
                    true => stats.repeats.add(pause),
                    false => stats.pauses.add(pause),
                }
                Began::Nothing
            }
        }
    }

    /// Ends all visits.
    pub(super) fn end(&mut self) {
        let visits = std::mem::replace(&mut self.visits, Visits::new(0));
        self.cut = visits.cut;
        visits.end(|over| end(&mut self.sequences, over));
    }
}

/// What began with a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Began {
    Visit,
    Nothing,
    /// It is one of a source that never ends, or of nobody known.
    Machine,
}

fn end(sequences: &mut Sequences, visit: Visit) {
    sequences.ended(visit.step);
}
