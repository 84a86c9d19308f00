//! What became of requests and attempts, as their callers saw them.

use std::collections::BTreeMap;

use crate::base::table::Id;
use crate::observation::{CallCounter, CallSample};
use crate::program::{CallGuards, CallId};
use crate::results::{Attempts, Request};
use crate::study::fill::Sight;
use crate::study::usual::{Reader, share};

/// The requests of every call step, by the name that metrics use.
pub(super) fn requests(sight: &Sight<'_>) -> BTreeMap<String, Request> {
    let names = &sight.lens.program.names;
    let calls = names.calls.iter().zip(&names.messages).enumerate();
    calls
        .filter(|(_, (_, message))| !**message)
        .map(|(call, (name, _))| (name.clone(), request(sight, call as u32)))
        .collect()
}

fn request(sight: &Sight<'_>, call: u32) -> Request {
    let layout = &sight.lens.program.layout;
    let id = |what| layout.call(call, what);
    let count = |what| sight.count(id(what));
    let started = |reader: &Reader<'_>| reader.count(id(CallCounter::Started)) as u64;
    let sent = |reader: &Reader<'_>| reader.count(id(CallCounter::Sent)) as u64;
    let (request, attempt) = (
        layout.call_time(call, CallSample::Request),
        layout.call_time(call, CallSample::Attempt),
    );
    // Without a guard nothing can be stopped, unless a deadline is.
    let program = sight.lens.program;
    let at = CallId::from_index(call as usize);
    let is_guarded = program.calls[at].guards != CallGuards::default()
        || program.settings.calls[at].deadline.is_some();
    Request {
        started: count(CallCounter::Started),
        ok: count(CallCounter::Ok),
        failed: count(CallCounter::Failed),
        unfinished: count(CallCounter::Unfinished),
        share_ok: sight.part(|reader| {
            (
                reader.count(id(CallCounter::Ok)),
                reader.count(id(CallCounter::Started)),
            )
        }),
        goodput: sight.mean(|reader| share(reader.happened(id(CallCounter::Ok)), reader.seconds())),
        amplification: sight.mean(|reader| {
            share(
                reader.count(id(CallCounter::Sent)) - reader.count(id(CallCounter::AttemptStopped)),
                reader.count(id(CallCounter::Started)),
            )
        }),
        attempts: Attempts {
            sent: count(CallCounter::Sent),
            ok: count(CallCounter::AttemptOk),
            refused: count(CallCounter::AttemptRefused),
            stopped: count(CallCounter::AttemptStopped).filter(|_| is_guarded),
            timed_out: count(CallCounter::AttemptTimedOut),
            error: count(CallCounter::AttemptError),
            cancelled: count(CallCounter::AttemptCancelled),
            unfinished: count(CallCounter::AttemptUnfinished),
        },
        time: sight.all_times(request, started),
        ok_time: sight.times(request),
        attempt_time: sight.all_times(attempt, sent),
        attempt_ok_time: sight.times(attempt),
    }
}
