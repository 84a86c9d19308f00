//! A run of the page: one at a time, told line by line, gone when nobody listens.
//!
//! One idea: whoever asks holds a [`Ticket`]; a newer run, a cancel or a connection that closes
//! takes it away, and the engine looks at it often. The next run begins when the one before has
//! really ended, so that two never share the machine. What is told is JSON, a line a time: how far
//! it is, then the answer or why there is none.

use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::body::{Body, Bytes, Frame};
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::Desk;
use super::asked::{Ask, Asked, Stage};
use super::check::{self, Said};
use super::reading::Reading;
use super::{command, drawn, question};
use crate::base::time::Span;
use crate::base::visible::visible;
use crate::model::{Checked, Model};
use crate::results::{Results, to_json};
use crate::study::{self, Allowance, Attribute, Effort, Onlooker, Plan, Progress};

/// How long a preview should take: a moment, less than what drawing and the network take.
const MOMENT: Duration = Duration::from_millis(600);
/// Launches of a preview: two give an interval, and more than that only the full answer needs.
const FEWEST: u32 = 2;
const MOST: u32 = 10;
/// How often progress is told.
const TELL: Duration = Duration::from_millis(60);

/// Why a run is no longer wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gone {
    /// Another has begun.
    Superseded = 1,
    /// Somebody cancelled it.
    Cancelled = 2,
    /// Nobody listens any more.
    Closed = 3,
}

impl Gone {
    fn why(self) -> &'static str {
        match self {
            Gone::Superseded => "another run has begun",
            Gone::Cancelled => "cancelled",
            Gone::Closed => "nobody listens any more",
        }
    }
}

/// Whether a run is still wanted.
#[derive(Clone, Debug, Default)]
struct Ticket(Arc<AtomicU8>);

impl Ticket {
    fn take(&self, why: Gone) {
        let _ = self
            .0
            .compare_exchange(0, why as u8, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn gone(&self) -> Option<Gone> {
        let all = [Gone::Superseded, Gone::Cancelled, Gone::Closed];
        let found = self.0.load(Ordering::Relaxed);
        all.into_iter().find(|gone| *gone as u8 == found)
    }
}

/// What the page is told while it waits.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Line<'a> {
    /// It has begun.
    Begun {
        stage: &'static str,
        /// Launches of each variant; none if that depends on what they show.
        launches: Option<u32>,
    },
    /// So many executions are done of those planned so far.
    Progress { done: u64, of: u64 },
    /// The answer.
    Answer(Box<Answer<'a>>),
    /// Why there is none.
    Refused {
        why: &'a str,
        diagnostics: Vec<Said>,
    },
    /// Why nobody wants it any more.
    Gone { why: &'static str },
}

#[derive(Serialize)]
struct Answer<'a> {
    stage: &'static str,
    launches: u32,
    width: Option<String>,
    sentence: String,
    /// The report, to be shown.
    page: String,
    /// Its figures, to be held against those of another run.
    figures: Vec<drawn::Row>,
    /// The same run on a command line.
    command: &'a str,
    /// The results document, to the byte.
    results: String,
}

/// What a launch of one variant took the last time, all threads together, seconds.
type Pace = Mutex<Option<f64>>;

/// The one run under way, and what is known of those before.
#[derive(Default)]
pub(super) struct Runs {
    current: Mutex<Current>,
    seat: Arc<Seat>,
    pace: Arc<Pace>,
}

/// The run that is wanted.
#[derive(Default)]
struct Current {
    ticket: Ticket,
    /// The latest turn of a page so far.
    turn: u64,
}

/// Where the one run sits.
struct Seat(Semaphore);

impl Default for Seat {
    fn default() -> Seat {
        Seat(Semaphore::new(1))
    }
}

impl Runs {
    /// Begins a run; the one before it is no longer wanted.
    pub(super) fn begin(&self, asked: Asked, desk: Arc<Desk>) -> Telling {
        let ticket = Ticket::default();
        self.follow(&ticket, asked.turn);
        let (teller, lines) = unbounded_channel();
        let (seat, pace) = (Arc::clone(&self.seat), Arc::clone(&self.pace));
        let teller = Teller(teller);
        let run = Run {
            asked,
            desk,
            pace,
            ticket: ticket.clone(),
            teller: teller.clone(),
        };
        tokio::spawn(async move {
            let Ok(_seat) = seat.0.acquire().await else {
                return;
            };
            if tokio::task::spawn_blocking(move || run.go()).await.is_err() {
                let why = "onrush has met a fault of its own; the terminal says more";
                teller.refuse(why, Vec::new());
            }
        });
        Telling { lines, ticket }
    }

    /// Ends the run under way.
    pub(super) fn cancel(&self) {
        self.current().ticket.take(Gone::Cancelled);
    }

    /// Whether a run is under way.
    pub(super) fn is_busy(&self) -> bool {
        self.seat.0.available_permits() == 0
    }

    /// Takes the ticket of the run before; of two runs of a page the later turn goes on, whichever
    /// arrives first.
    fn follow(&self, ticket: &Ticket, turn: Option<u64>) {
        let mut current = self.current();
        if turn.is_some_and(|turn| turn < current.turn) {
            return ticket.take(Gone::Superseded);
        }
        current.turn = turn.unwrap_or(current.turn);
        std::mem::replace(&mut current.ticket, ticket.clone()).take(Gone::Superseded);
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a run tells, as the body of an answer; whoever lets go of it wants the run no more.
pub(super) struct Telling {
    lines: UnboundedReceiver<Bytes>,
    ticket: Ticket,
}

impl Drop for Telling {
    fn drop(&mut self) {
        self.ticket.take(Gone::Closed);
    }
}

impl Body for Telling {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let line = self.lines.poll_recv(context);
        line.map(|line| line.map(|line| Ok(Frame::data(line))))
    }
}

/// Whom a run tells.
#[derive(Clone)]
struct Teller(UnboundedSender<Bytes>);

impl Teller {
    /// Nobody needs to be told who does not listen.
    fn tell(&self, line: &Line<'_>) {
        let mut text = serde_json::to_vec(line).expect("it is plain data");
        text.push(b'\n');
        let _ = self.0.send(Bytes::from(text));
    }

    fn refuse(&self, why: &str, diagnostics: Vec<Said>) {
        let why = &visible(why);
        self.tell(&Line::Refused { why, diagnostics });
    }
}

/// What is run, and for whom.
struct Run {
    asked: Asked,
    desk: Arc<Desk>,
    pace: Arc<Pace>,
    ticket: Ticket,
    teller: Teller,
}

impl Run {
    fn go(&self) {
        match self.answer() {
            Ok(()) => {}
            Err(NoAnswer::Gone(gone)) => self.teller.tell(&Line::Gone { why: gone.why() }),
            Err(NoAnswer::Because(why, diagnostics)) => self.teller.refuse(&why, diagnostics),
        }
    }

    fn answer(&self) -> Result<(), NoAnswer> {
        self.wanted()?;
        let reading = Reading::of(&self.asked, &self.desk);
        if !reading.is_sound() {
            return Err(NoAnswer::invalid(&reading));
        }
        let plan = self.plan(&reading.model);
        let asked = question::of(&self.asked, &reading.model).map_err(NoAnswer::because)?;
        self.affordable(&reading.model, &plan)?;
        let stage = self.asked.stage.word();
        let launches = match plan.effort {
            Effort::Replications(n) => Some(n),
            Effort::Precision { .. } => None,
        };
        self.teller.tell(&Line::Begun { stage, launches });
        let results = self.results(reading.model, &asked, &plan)?;
        self.wanted()?;
        self.teller.tell(&Line::Answer(Box::new(Answer {
            stage,
            launches: results.replications,
            width: drawn::width(&results).filter(|_| self.asked.ask == Ask::Run),
            sentence: drawn::sentence(&results, self.asked.ask),
            page: drawn::answer(&results, self.asked.stage),
            figures: drawn::figures(&results),
            command: &command::line(&self.asked, &self.desk),
            results: to_json(&results),
        })));
        Ok(())
    }

    fn wanted(&self) -> Result<(), NoAnswer> {
        self.ticket
            .gone()
            .map_or(Ok(()), |gone| Err(NoAnswer::Gone(gone)))
    }

    fn plan(&self, model: &Model) -> Plan {
        let mut plan = Plan::of(model);
        plan.seed = self.asked.seed.unwrap_or(plan.seed);
        if let Some(n) = self.asked.replications {
            plan.effort = Effort::Replications(n);
        }
        plan.threads = self.desk.threads;
        plan.limits = self.desk.limits;
        plan.within = self.asked.allowed();
        let shown = |(path, value): &(String, String)| {
            (visible(path).into_owned(), visible(value).into_owned())
        };
        plan.set = self.asked.set.iter().map(shown).collect();
        if self.asked.stage == Stage::Preview {
            plan.effort = Effort::Replications(self.few(&plan));
            plan.attribute = Attribute::Nothing;
        }
        plan
    }

    /// As many launches as fit into a moment, by what they took before; never more than the full
    /// answer has.
    fn few(&self, plan: &Plan) -> u32 {
        let pace = *self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        let most = match plan.effort {
            Effort::Replications(n) => n.min(MOST),
            Effort::Precision { .. } => MOST,
        };
        let columns = (self.asked.variants.len() + 1) as f64;
        let fit = pace.map_or(0.0, |pace| {
            MOMENT.as_secs_f64() / (pace * columns).max(1e-9)
        });
        (fit as u32).max(FEWEST).min(most)
    }

    /// What is known beforehand of each variant.
    fn affordable(&self, model: &Model, plan: &Plan) -> Result<(), NoAnswer> {
        let variants = self.asked.variants.iter();
        for name in variants.filter(|_| self.asked.ask.compares()) {
            let Some((changed, _)) = model.variant(name) else {
                continue;
            };
            let found = changed.beyond(&study::budget(plan.limits));
            if !found.is_empty() {
                let said = check::said(&found, changed.sources());
                let why = format!("the variant `{name}` needs too much");
                return Err(NoAnswer::Because(why, said));
            }
        }
        Ok(())
    }

    fn results(
        &self,
        model: Model,
        asked: &question::Question<'_>,
        plan: &Plan,
    ) -> Result<Results, NoAnswer> {
        let model = Checked::new(model).expect("a model with errors was refused before");
        let began = Instant::now();
        let is_late = || began.elapsed() > self.desk.longest;
        let told = Told {
            teller: &self.teller,
            last: Mutex::new(began),
        };
        let hourglass = plan.within.map(hourglass);
        let onlooker = Onlooker {
            progress: &told,
            stop: &|| self.ticket.gone().is_some() || is_late(),
            until: hourglass.as_ref().map(|glass| glass as &dyn Allowance),
            store: None,
        };
        let found = asked.answer(&model, plan, onlooker);
        self.wanted()?;
        if is_late() {
            return Err(NoAnswer::because(format!(
                "the run took longer than {} s and was stopped: make fewer launches, or raise \
                 `--time`",
                self.desk.longest.as_secs_f64()
            )));
        }
        let results = found.map_err(NoAnswer::from)?;
        if self.asked.ask == Ask::Run {
            self.note(began, &results);
        }
        Ok(results)
    }

    /// Notes what a launch took, for the next preview.
    fn note(&self, began: Instant, results: &Results) {
        let launches = f64::from(results.replications) * results.order.len() as f64;
        let pace = began.elapsed().as_secs_f64() / launches.max(1.0);
        *self.pace.lock().unwrap_or_else(PoisonError::into_inner) = Some(pace);
    }
}

/// A time that is running from now on.
fn hourglass(allowed: Span) -> impl Allowance {
    let began = Instant::now();
    move || began.elapsed().as_secs_f64() / allowed.as_secs_f64()
}

/// Why a run has no answer.
enum NoAnswer {
    /// Nobody wants it.
    Gone(Gone),
    /// It cannot be had, for this reason.
    Because(String, Vec<Said>),
}

impl NoAnswer {
    fn because(why: String) -> NoAnswer {
        NoAnswer::Because(why, Vec::new())
    }

    fn invalid(reading: &Reading) -> NoAnswer {
        let said = check::said(&reading.diagnostics, reading.model.sources());
        NoAnswer::Because("the model has errors".to_owned(), said)
    }
}

impl From<study::Failure> for NoAnswer {
    fn from(failure: study::Failure) -> NoAnswer {
        let why = failure.to_string();
        match failure {
            study::Failure::Invalid {
                diagnostics,
                sources,
                ..
            } => NoAnswer::Because(why, check::said(&diagnostics, &sources)),
            study::Failure::Exceeded { .. }
            | study::Failure::Full { .. }
            | study::Failure::Interrupted
            | study::Failure::OutOfTime
            | study::Failure::NothingUncertain
            | study::Failure::NothingToFit { .. }
            | study::Failure::NothingToSize { .. }
            | study::Failure::NothingToSweep { .. }
            | study::Failure::UnknownVariant { .. } => NoAnswer::because(why),
        }
    }
}

/// Tells how far a run is, now and then.
struct Told<'a> {
    teller: &'a Teller,
    last: Mutex<Instant>,
}

impl Progress for Told<'_> {
    fn advanced(&self, done: u64, of: u64) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() >= TELL {
            *last = Instant::now();
            self.teller.tell(&Line::Progress { done, of });
        }
    }

    fn narrowed(&self, _replications: u32, _width: f64) {}
}
