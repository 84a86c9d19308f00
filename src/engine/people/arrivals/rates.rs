//! Rates that change while the replication runs.
//!
//! One idea: a stream is points of unit rate, so another rate moves the next of them, and leaves it
//! as many units away as it was.

use super::{Arrivals, LiveForm, Stream, Stretch, half};
use crate::base::time::Time;
use crate::program::{Form, Piece, Program, SourceId};

impl Arrivals {
    /// The rates of a source are others from an instant on, both from T+0.
    pub(in crate::engine) fn change_rate(
        &mut self,
        id: SourceId,
        pieces: &[Piece],
        (now, program): (Time, &Program),
    ) {
        let start = program.clock.start;
        let live = &mut self.live[id.0 as usize];
        let Form::Stream { pieces: first, .. } = &program.sources[id].form else {
            return;
        };
        if let LiveForm::Stream(stream) = &mut live.form {
            let own = stream.own.take();
            let next = stream.change(own.as_deref().unwrap_or(first), pieces, (now, start));
            let here = Time(now.0 - start.0);
            live.half = half(next.map(|next| next.max(here)), self.until);
        }
        self.choose();
    }
}

impl Stream {
    /// The rates are others from an instant on: the next point is as many units away as it was.
    /// When it comes, if it does.
    fn change(
        &mut self,
        before: &[Piece],
        after: &[Piece],
        (now, start): (Time, Time),
    ) -> Option<Time> {
        let gone = before
            .iter()
            .take(self.piece)
            .map(Piece::users)
            .sum::<f64>();
        let left = gone + self.done - units(before, now);
        (self.piece, self.done) = (0, units(after, now) + left.max(0.0));
        self.stretch = Stretch::of(after.first(), start);
        let comes = self.finds(after, start);
        self.own = Some(after.into());
        comes.then(|| self.stretch.invert(self.done))
    }
}

/// The cumulated rate of pieces up to an instant from T+0.
fn units(pieces: &[Piece], until: Time) -> f64 {
    let of = |piece: &Piece| {
        let secs = until.since(piece.from).min(piece.length).as_secs_f64();
        let slope = (piece.rate_end - piece.rate) / piece.length.as_secs_f64();
        piece.rate * secs + 0.5 * slope * secs * secs
    };
    let begun = pieces.iter().filter(|piece| piece.from < until);
    begun.map(of).sum()
}
