//! What kind of traffic the attempts of a call are, and which key they ask for.

use crate::engine::Sim;
use crate::engine::draws::OfRequest;
use crate::engine::route::Route;
use crate::engine::tasks::label::Label;
use crate::program::CallId;
use crate::random::key::{Owner, Place};

impl Sim<'_> {
    /// What kind of traffic the attempts of a request are, and which key they ask for: that of who
    /// asks, unless the call says otherwise.
    #[inline(always)]
    pub(super) fn label_of(
        &self,
        call: CallId,
        route: &Route,
        (label, from, owner): (Label, Place, Owner),
    ) -> Label {
        if route.labels {
            self.labelled(call, label, (from, owner))
        } else {
            label
        }
    }

    /// The label of a call with a class or keys: all attempts of a request ask for the same key,
    /// for its luck is that of the step.
    #[inline(never)]
    fn labelled(&self, call: CallId, label: Label, (from, owner): (Place, Owner)) -> Label {
        let step = &self.rules.program.calls[call];
        let label = label.with_class(step.class);
        match step.key {
            Some(keys) if label.keys() != Some(keys) => {
                let there = from.step(step.luck);
                let u = self.rules.luck.uniform(owner, there, OfRequest::Key as u32);
                label.with_key(keys, self.rules.program.keys[keys].key(u))
            }
            Some(_) | None => label,
        }
    }
}
