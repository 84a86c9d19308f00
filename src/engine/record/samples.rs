//! Durations: how long what ended ok has taken, and what took longer than any time.
//!
//! What is recorded of nearly all is recorded once: of a request that its first attempt has served,
//! and of an attempt that was work at once, the times are the same.

use std::ops::Range;

use crate::base::time::Time;
use crate::engine::record::octaves::Octaves;
use crate::engine::record::recorder::Recorder;
use crate::engine::record::tally::{LiveTally, Took};
use crate::observation::{CallSample, Layout, SampleId, ServiceCounter, ServiceSample, Tally};

/// A duration that no time is longer than, in a log.
pub(in crate::engine) const NEVER: i64 = i64::MAX;

impl Recorder {
    /// A duration that ended ok.
    #[inline]
    pub(in crate::engine) fn sample(&mut self, sample: SampleId, began: Time, now: Time) {
        if self.counts(began) {
            self.sample_counted(sample, began, now);
        } else {
            self.pass_by([sample], now.0 - began.0);
        }
    }

    /// A duration that is part of a thing that counts.
    #[inline]
    pub(in crate::engine) fn sample_counted(&mut self, sample: SampleId, began: Time, now: Time) {
        let took = Took::new(now.0 - began.0);
        let tally = &mut self.tallies[sample.0 as usize];
        tally.add(took);
        tally.note(began, took.ns);
    }

    /// A wait of no time at all, which is counted elsewhere.
    #[inline(always)]
    pub(in crate::engine) fn waited_for_nothing(&mut self, waits: SampleId, now: Time) {
        if self.logs {
            self.log_one(waits, (now, 0));
        }
    }

    /// Something ended that does not count: only who reads while the replication runs hears of it.
    #[inline(always)]
    pub(in crate::engine) fn pass_by<const N: usize>(&mut self, of: [SampleId; N], ns: i64) {
        if self.logs {
            for sample in of {
                self.log_passed(sample, ns);
            }
        }
    }

    #[cold]
    fn log_passed(&mut self, sample: SampleId, ns: i64) {
        if let Some(recent) = self.tallies[sample.0 as usize].recent_mut() {
            recent.push(ns);
        }
    }

    #[cold]
    fn log_one(&mut self, sample: SampleId, (began, ns): (Time, i64)) {
        self.tallies[sample.0 as usize].note(began, ns);
    }

    /// A request that ended ok, and the attempt, sent then, that did it: the sample of attempts is
    /// the next. Those whose only attempt it was are recorded once, for both.
    #[inline]
    pub(in crate::engine) fn sample_call(
        &mut self,
        call: u32,
        (asked, sent): (Time, Time),
        now: Time,
    ) {
        let requests = self.layout.call_time(call, CallSample::Request);
        if asked != sent {
            self.sample_retried(call, (asked, sent), now);
        } else if self.counts(asked) {
            let (bin, took) = (self.bin_of(asked), Took::new(now.0 - asked.0));
            let tally = &mut self.tallies[requests.0 as usize];
            tally.add(took);
            tally.add_to_bin(took, bin);
            tally.note(asked, took.ns);
            if self.logs {
                let attempts = self.layout.call_time(call, CallSample::Attempt);
                self.log_one(attempts, (sent, took.ns));
            }
        } else {
            let attempts = self.layout.call_time(call, CallSample::Attempt);
            self.pass_by([requests, attempts], now.0 - asked.0);
        }
    }

    /// The same where all of the attempt was work at once, and nothing but it, so that it took the
    /// time of the work: those whose only attempt it was are recorded once, for all three.
    #[inline(always)]
    pub(in crate::engine) fn sample_at_once(
        &mut self,
        (call, work): (u32, SampleId),
        (asked, sent): (Time, Time),
        now: Time,
    ) {
        if asked != sent {
            self.sample(work, sent, now);
            self.sample_retried(call, (asked, sent), now);
        } else if self.counts(asked) {
            let (bin, took) = (self.bin_of(asked), Took::new(now.0 - asked.0));
            let requests = self.layout.call_time(call, CallSample::Request);
            self.at_once[call as usize].add(took);
            self.tallies[requests.0 as usize].add_to_bin(took, bin);
            if self.logs {
                let attempts = self.layout.call_time(call, CallSample::Attempt);
                for sample in [requests, attempts, work] {
                    self.log_one(sample, (asked, took.ns));
                }
            }
        } else {
            let [requests, attempts] = [CallSample::Request, CallSample::Attempt]
                .map(|what| self.layout.call_time(call, what));
            self.pass_by([requests, attempts, work], now.0 - asked.0);
        }
    }

    #[inline(never)]
    fn sample_retried(&mut self, call: u32, (asked, sent): (Time, Time), now: Time) {
        let attempts = self.layout.call_time(call, CallSample::Attempt);
        self.sample(attempts, sent, now);
        let requests = self.layout.call_time(call, CallSample::Request);
        if !self.counts(asked) {
            self.pass_by([requests], now.0 - asked.0);
        } else {
            let (bin, took) = (self.bin_of(asked), Took::new(now.0 - asked.0));
            self.retried[call as usize].add(took);
            let tally = &mut self.tallies[requests.0 as usize];
            tally.add_to_bin(took, bin);
            tally.note(asked, took.ns);
        }
    }

    /// All that every sample holds; the work of each call is recorded in that sample.
    pub(in crate::engine) fn finished(&self, work: impl Fn(u32) -> SampleId) -> Vec<Tally> {
        let layout = &self.layout;
        let mut whole: Vec<LiveTally> = self.tallies.iter().map(LiveTally::whole).collect();
        for call in 0..layout.calls {
            let [requests, attempts] = [CallSample::Request, CallSample::Attempt]
                .map(|what| layout.call_time(call, what).0 as usize);
            let at_once = &self.at_once[call as usize];
            whole[attempts].merge(&self.tallies[requests]);
            whole[attempts].merge(at_once);
            whole[requests].merge(&self.retried[call as usize]);
            whole[requests].merge(at_once);
            whole[work(call).0 as usize].merge(at_once);
        }
        for service in 0..layout.services {
            let at_once = self.total(layout.service(service, ServiceCounter::AtOnce));
            let waits = layout.service_time(service, ServiceSample::Wait);
            if at_once > 0 {
                whole[waits.0 as usize].count(0, at_once as u32);
            }
        }
        whole.iter().map(LiveTally::finished).collect()
    }

    /// The requests of a call, by bin.
    pub(in crate::engine) fn bins_of(&self, call: u32) -> &Octaves {
        let requests = self.layout.call_time(call, CallSample::Request);
        &self.tallies[requests.0 as usize].bins
    }

    /// The coarse buckets that the bins of a call's requests use, in whole groups of so many.
    pub(in crate::engine) fn used(&self, call: u32, group: usize) -> Range<usize> {
        let requests = self.layout.call_time(call, CallSample::Request).0 as usize;
        let call = call as usize;
        let parts = [
            &self.tallies[requests],
            &self.at_once[call],
            &self.retried[call],
        ];
        let ranges = parts.map(LiveTally::used).into_iter();
        let used = ranges
            .filter(|range| !range.is_empty())
            .reduce(|a, b| a.start.min(b.start)..a.end.max(b.end))
            .unwrap_or(0..0);
        used.start / group * group..used.end.next_multiple_of(group)
    }

    /// The bin in which something began.
    #[inline(always)]
    fn bin_of(&self, began: Time) -> usize {
        if began >= self.bin_began {
            self.bin
        } else {
            (began.0 / self.bin_width.0) as usize
        }
    }

    /// A duration that is longer than any time.
    #[inline]
    pub(in crate::engine) fn never(&mut self, sample: SampleId, began: Time) {
        if self.logs && self.counts(began) {
            self.log_one(sample, (began, NEVER));
        } else {
            self.pass_by([sample], NEVER);
        }
    }

    /// Asks for every duration of a sample.
    pub(in crate::engine) fn log(&mut self, sample: SampleId) {
        self.tallies[sample.0 as usize].keep_all();
        self.logs = true;
    }

    /// Asks for the durations of a sample that ended in the last so many seconds.
    pub(in crate::engine) fn keep_recent(&mut self, sample: SampleId, seconds: usize) {
        self.tallies[sample.0 as usize].keep_recent(seconds);
        self.logs = true;
    }
}

/// The call whose requests a sample holds, if it is one that is followed by bin.
pub(in crate::engine) fn call_of(layout: &Layout, sample: SampleId) -> Option<u32> {
    let number = sample
        .0
        .checked_sub(layout.call_time(0, CallSample::Request).0)?;
    let call = number / 2;
    (call < layout.calls && layout.call_time(call, CallSample::Request) == sample).then_some(call)
}
