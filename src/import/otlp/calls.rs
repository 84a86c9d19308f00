//! Who calls whom, from traces.
//!
//! One idea: a request begins where a span has no parent in its own service. What lies between it
//! and the requests that other services answer is its own; its own time is what no call covers.

use std::collections::BTreeMap;

use super::super::times::Times;
use super::spans::{Role, Span};

/// An endpoint: its service and its node there; the node is none where a service has no spans.
pub(super) type Endpoint = (u32, Option<u32>);

/// What is known of an endpoint.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) requests: u64,
    /// Those of them that fail though nothing that they call does.
    pub(super) failed: u64,
    /// What each takes without its calls.
    pub(super) own: Times,
    pub(super) calls: BTreeMap<Endpoint, Called>,
    /// Requests whose calls run side by side.
    pub(super) parallel: u64,
}

/// How an endpoint calls another.
#[derive(Debug, Default)]
pub(super) struct Called {
    /// Calls, those that try again apart.
    pub(super) calls: u64,
    /// Requests that make any.
    pub(super) within: u64,
    /// Calls that try again after one that failed.
    pub(super) retries: u64,
    /// Those for which nobody waits.
    pub(super) messages: u64,
    /// Where in a request they begin, in nanoseconds together.
    pub(super) offset_ns: u128,
}

/// All traces so far.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pub(super) seen: BTreeMap<Endpoint, Seen>,
    /// Requests that nobody is seen to have made, with the milliseconds since 1970.
    pub(super) roots: Vec<(Endpoint, i64)>,
    pub(super) traces: u64,
    /// Spans whose parents are not there.
    pub(super) orphans: u64,
    /// Spans that end before they begin, or last for more than a day.
    pub(super) odd: u64,
}

/// A call within a request.
#[derive(Clone, Copy)]
struct Call {
    to: Endpoint,
    from_ns: u64,
    to_ns: u64,
    is_bad: bool,
    is_message: bool,
}

/// Nanoseconds of a span at most; what seems longer has no begin.
const LONGEST_NS: u64 = 86_400_000_000_000;

impl Calls {
    /// Adds a trace.
    pub(super) fn add(&mut self, trace: &[Span]) {
        self.traces += 1;
        let is_good = |span: &&Span| {
            let lasts = span.to_ns.checked_sub(span.from_ns);
            lasts.is_some_and(|nanos| nanos <= LONGEST_NS)
        };
        let (good, odd): (Vec<Span>, Vec<Span>) = trace.iter().partition(is_good);
        self.odd += odd.len() as u64;
        let places: BTreeMap<u64, usize> =
            good.iter().enumerate().map(|(n, s)| (s.id, n)).collect();
        let parent = |n: usize| places.get(&good[n].parent).copied().filter(|p| *p != n);
        let begins: Vec<bool> = (0..good.len())
            .map(|n| match parent(n) {
                None => true,
                Some(p) => good[p].service != good[n].service || good[n].role == Role::Works,
            })
            .collect();
        let owners: Vec<usize> = (0..good.len()).map(|n| owner(n, &begins, parent)).collect();
        let mut calls: BTreeMap<usize, Vec<Call>> = BTreeMap::new();
        for (n, span) in good.iter().enumerate() {
            match (begins[n], parent(n)) {
                (true, Some(p)) => {
                    let asks = if good[p].role == Role::Asks {
                        good[p]
                    } else {
                        *span
                    };
                    let call = call((span.service, Some(span.node)), asks, *span);
                    calls.entry(owners[p]).or_default().push(call);
                }
                (true, None) => {
                    self.orphans += u64::from(span.parent != 0);
                    let at_ms = i64::try_from(span.from_ns / 1_000_000).unwrap_or(0);
                    self.roots.push(((span.service, Some(span.node)), at_ms));
                }
                (false, _) => {}
            }
        }
        // What asks and is answered by no span is a call all the same.
        let answered: Vec<bool> = answered(&good, &begins, parent);
        for (n, span) in good.iter().enumerate() {
            if let (Role::Asks, Some(peer), false) = (span.role, span.peer, answered[n]) {
                let call = call((peer, None), *span, *span);
                calls.entry(owners[n]).or_default().push(call);
                let seen = self.seen.entry((peer, None)).or_default();
                seen.requests += 1;
                seen.failed += u64::from(span.is_bad);
                seen.own.add(span.to_ns - span.from_ns);
            }
        }
        for n in (0..good.len()).filter(|n| begins[*n]) {
            self.request(good[n], calls.remove(&n).unwrap_or_default());
        }
    }

    /// Adds a request with its calls.
    fn request(&mut self, span: Span, mut calls: Vec<Call>) {
        let seen = self
            .seen
            .entry((span.service, Some(span.node)))
            .or_default();
        seen.requests += 1;
        seen.failed += u64::from(span.is_bad && !calls.iter().any(|call| call.is_bad));
        calls.sort_by_key(|call| (call.from_ns, call.to));
        let (mut covered, mut until, mut side_by_side) = (0, span.from_ns, false);
        let mut last: BTreeMap<Endpoint, Call> = BTreeMap::new();
        for call in &calls {
            if !call.is_message {
                let (from, to) = (call.from_ns.max(span.from_ns), call.to_ns.min(span.to_ns));
                covered += to.saturating_sub(from.max(until));
                // A tenth of a call may be a clock that is not exact.
                let overlap = until.saturating_sub(from);
                side_by_side |= until > span.from_ns && overlap * 10 > to.saturating_sub(from);
                until = until.max(to);
            }
            let called = seen.calls.entry(call.to).or_default();
            let before = last.insert(call.to, *call);
            let tries_again = before.is_some_and(|one| one.is_bad && one.to_ns <= call.from_ns);
            called.retries += u64::from(tries_again);
            called.calls += u64::from(!tries_again);
            called.within += u64::from(before.is_none());
            called.messages += u64::from(call.is_message);
            called.offset_ns += u128::from(call.from_ns.saturating_sub(span.from_ns));
        }
        seen.parallel += u64::from(side_by_side);
        seen.own
            .add((span.to_ns - span.from_ns).saturating_sub(covered));
    }
}

fn call(to: Endpoint, asks: Span, answers: Span) -> Call {
    Call {
        to,
        from_ns: asks.from_ns,
        to_ns: asks.to_ns,
        is_bad: asks.is_bad || answers.is_bad,
        is_message: answers.role == Role::Works,
    }
}

/// The request that a span belongs to.
fn owner(n: usize, begins: &[bool], parent: impl Fn(usize) -> Option<usize>) -> usize {
    let mut at = n;
    // A trace may go round in a circle, if somebody made it so.
    for _ in 0..begins.len() {
        match parent(at) {
            Some(p) if !begins[at] => at = p,
            _ => return at,
        }
    }
    n
}

/// Whether a request of another service lies within a span.
fn answered(spans: &[Span], begins: &[bool], parent: impl Fn(usize) -> Option<usize>) -> Vec<bool> {
    let mut answered = vec![false; spans.len()];
    for n in (0..spans.len()).filter(|n| begins[*n]) {
        if let Some(p) = parent(n) {
            answered[p] = true;
        }
    }
    answered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(id: u64, parent: u64, service: u32, role: Role, (from, to): (u64, u64)) -> Span {
        Span {
            trace: 1,
            id,
            parent,
            service,
            peer: None,
            node: 7,
            from_ns: from,
            to_ns: to,
            role,
            is_bad: false,
        }
    }

    #[test]
    fn own_time_is_what_no_call_covers() {
        let mut calls = Calls::default();
        calls.add(&[
            span(1, 0, 0, Role::Answers, (0, 100)),
            span(2, 1, 0, Role::Inside, (10, 90)),
            span(3, 2, 0, Role::Asks, (20, 50)),
            span(4, 3, 1, Role::Answers, (25, 45)),
            span(5, 2, 0, Role::Asks, (40, 60)),
            span(6, 5, 1, Role::Answers, (41, 59)),
            span(7, 9, 2, Role::Answers, (5, 3)),
        ]);
        let root = &calls.seen[&(0, Some(7))];
        assert_eq!(
            (root.requests, root.parallel, root.own.mean_s()),
            (1, 1, Some(60e-9))
        );
        let called = &root.calls[&(1, Some(7))];
        assert_eq!((called.calls, called.within, called.retries), (2, 1, 0));
        assert_eq!(calls.seen[&(1, Some(7))].own.mean_s(), Some(19e-9));
        assert_eq!((calls.odd, calls.roots.len(), calls.orphans), (1, 1, 0));
    }

    #[test]
    fn who_tries_again_is_told_from_who_asks_twice() {
        let mut calls = Calls::default();
        let mut bad = span(3, 1, 0, Role::Asks, (10, 20));
        (bad.is_bad, bad.peer) = (true, Some(5));
        let mut good = span(4, 1, 0, Role::Asks, (30, 40));
        good.peer = Some(5);
        calls.add(&[span(1, 0, 0, Role::Answers, (0, 100)), bad, good]);
        let called = &calls.seen[&(0, Some(7))].calls[&(5, None)];
        assert_eq!((called.calls, called.retries), (1, 1));
        // In a circle, and of itself.
        calls.add(&[
            span(1, 2, 0, Role::Inside, (0, 1)),
            span(2, 1, 0, Role::Inside, (0, 1)),
        ]);
        calls.add(&[span(1, 1, 0, Role::Inside, (0, 1))]);
        assert_eq!(calls.traces, 3);
    }
}
