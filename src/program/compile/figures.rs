//! Where every quantity stands among the counters, levels and durations of a program.
//!
//! Knows nothing of what is asked of a quantity: that is the business of `probes`. The definitions
//! are those of the language: `x.time` covers all that started, `x.ok.time` those that ended ok;
//! held = worker-time held ÷ worker-time up; blocked = share of held time that is not active.

use super::code::Structure;
use super::index::Index;
use crate::base::table::Id;
use crate::model::metric::{
    MessageAspect, OutcomeOf, PoolAspect, Quantity, RecoveryAspect, RequestAspect, RequestsOf,
    RoomAspect, ServiceAspect, StockAspect, VisitAspect,
};
use crate::model::tally::Tally;
use crate::observation::{
    Among, CallCounter, CallSample, CounterId, Layout, LevelId, MessageCounter, Outcome,
    PoolCounter, PoolLevel, RecoveryFigure, RoomCounter, RoomLevel, SampleId, ServiceCounter,
    ServiceLevel, ServiceSample, StockCounter, Term, UserCounter, UserLevel,
};

/// Weighted terms of a sum.
pub(super) type Terms = Vec<(f64, Term)>;

/// What a quantity is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Figure {
    /// Times of things.
    Durations { of: Vec<SampleId>, among: Among },
    /// Things that happen, of how many; and the times of them if these are those that ended ok.
    Events {
        above: Terms,
        below: Terms,
        ok: Option<Vec<SampleId>>,
    },
    /// A number at every instant.
    Level(LevelId),
    /// A ratio.
    Quotient { above: Terms, below: Terms },
    /// The instant at which a stock was sold out.
    SoldOut(u32),
    /// When nothing was left of a stock for the first time.
    FirstSoldOut(u32),
    /// Collapse and recovery.
    Recovery(RecoveryFigure),
}

/// The figures of a program.
pub(super) struct Figures<'p> {
    pub(super) index: &'p Index,
    pub(super) structure: &'p Structure,
    pub(super) layout: Layout,
    /// Whether shares are of those that began in the measured period, however late they ended.
    pub(super) steady: bool,
}

impl Figures<'_> {
    /// The same for whoever reads while the program runs: nothing counts by when it began.
    pub(super) fn while_running(&self) -> Figures<'_> {
        Figures {
            steady: false,
            ..*self
        }
    }

    /// What a quantity is made of.
    pub(super) fn of(&self, quantity: &Quantity) -> Figure {
        match quantity {
            Quantity::Outcomes(outcomes) => self.outcomes(outcomes),
            Quantity::Visits { journey, aspect } => self.visits(journey.as_deref(), *aspect),
            Quantity::Requests { of, aspect } => self.requests(&self.calls(of), *aspect),
            Quantity::Messages {
                service,
                endpoint,
                aspect,
            } => self.messages(self.index.endpoint(service, endpoint).0, *aspect),
            Quantity::Service { service, aspect } => {
                self.service(self.index.service(service).0, *aspect)
            }
            Quantity::Pool { pool, aspect } => self.pool(self.index.pool(pool).0, *aspect),
            Quantity::Room { room, aspect } => self.room(self.index.room(room).0, *aspect),
            Quantity::Stock { stock, aspect } => self.stock(self.index.stock(stock).0, *aspect),
            Quantity::Mark(word) => {
                let counter = self.layout.mark(self.index.mark(word).0);
                events(vec![(1.0, Term::Count(counter))], Vec::new())
            }
            Quantity::Tally(Tally { of, word }) => {
                let counter = self.layout.tally(self.index.tally(of, word));
                events(vec![count(counter)], Vec::new())
            }
            Quantity::Orbit => Figure::Level(self.layout.user_level(UserLevel::Orbit)),
            Quantity::OrbitWaiting => {
                Figure::Level(self.layout.user_level(UserLevel::OrbitWaiting))
            }
            Quantity::Recovery(aspect) => Figure::Recovery(match aspect {
                RecoveryAspect::Time => RecoveryFigure::Time,
                RecoveryAspect::Collapsed => RecoveryFigure::Collapsed,
                RecoveryAspect::Unhealthy => RecoveryFigure::Unhealthy,
                RecoveryAspect::Recovered => RecoveryFigure::Recovered,
            }),
        }
    }

    /// Users who ended so, of those who arrived in the journeys named, of all if one is not named.
    fn outcomes(&self, outcomes: &[OutcomeOf]) -> Figure {
        let layout = &self.layout;
        let of_all = |word: &str| {
            outcomes
                .iter()
                .any(|of| of.journey.is_none() && of.outcome == word)
        };
        let (mut above, mut journeys) = (Terms::new(), Vec::new());
        for OutcomeOf { journey, outcome } in outcomes {
            let ending = self.index.outcome(outcome);
            match journey {
                None => above.push(count(layout.users_ended(ending))),
                Some(journey) => {
                    let journey = self.index.journey(journey).0;
                    journeys.push(journey);
                    if !of_all(outcome) {
                        above.push(count(layout.journey_ended(journey, ending)));
                    }
                }
            }
        }
        journeys.sort_unstable();
        journeys.dedup();
        let everybody = outcomes.iter().any(|of| of.journey.is_none());
        let arrived = |journey: &u32| count(layout.journey(*journey, UserCounter::Arrived));
        let below = match everybody {
            true => vec![count(layout.users(UserCounter::Arrived))],
            false => journeys.iter().map(arrived).collect(),
        };
        let all_served = outcomes
            .iter()
            .all(|of| of.outcome == Outcome::Served.word(&[]));
        let whose = if everybody {
            (0..layout.journeys).collect()
        } else {
            journeys
        };
        let ok = whose
            .into_iter()
            .map(|journey| layout.journey_time(journey))
            .collect();
        Figure::Events {
            above,
            below,
            ok: all_served.then_some(ok),
        }
    }

    fn visits(&self, journey: Option<&str>, aspect: VisitAspect) -> Figure {
        let layout = &self.layout;
        let journey = journey.map(|name| self.index.journey(name).0);
        let times = |among| {
            let of = journey.map_or(0..layout.journeys, |journey| journey..journey + 1);
            Figure::Durations {
                of: of.map(|of| layout.journey_time(of)).collect(),
                among,
            }
        };
        match aspect {
            VisitAspect::Arrived => {
                let all = layout.users(UserCounter::Arrived);
                let of = |journey| layout.journey(journey, UserCounter::Arrived);
                events(vec![count(journey.map_or(all, of))], Vec::new())
            }
            VisitAspect::Time => times(Among::Started),
            VisitAspect::OkTime => times(Among::Ok),
            VisitAspect::InSystem => {
                let all = layout.user_level(UserLevel::Inside);
                Figure::Level(journey.map_or(all, |journey| layout.journey_inside(journey)))
            }
        }
    }

    /// The calls that a metric means.
    fn calls(&self, of: &RequestsOf) -> Vec<u32> {
        let calls = self.structure.calls.iter().zip(&self.structure.written);
        let meant = calls.filter(|((_, call), written)| match of {
            _ if call.message => false,
            RequestsOf::Step { owner, name } => {
                written.owner == *owner && written.name.as_ref() == Some(name)
            }
            RequestsOf::Endpoint { service, endpoint } => {
                written.service == *service && written.endpoint == *endpoint
            }
        });
        meant.map(|((id, _), _)| id.index() as u32).collect()
    }

    fn requests(&self, calls: &[u32], aspect: RequestAspect) -> Figure {
        let sum = |what: CallCounter| -> Terms {
            calls
                .iter()
                .map(|call| count(self.layout.call(*call, what)))
                .collect()
        };
        let of = |sample: CallSample| -> Vec<SampleId> {
            calls
                .iter()
                .map(|call| self.layout.call_time(*call, sample))
                .collect()
        };
        let requests = |what| events(sum(what), sum(CallCounter::Started));
        let attempts = |what| events(sum(what), sum(CallCounter::Sent));
        let (request, attempt) = (CallSample::Request, CallSample::Attempt);
        match aspect {
            RequestAspect::Started => events(sum(CallCounter::Started), Vec::new()),
            RequestAspect::Ok => Figure::Events {
                above: sum(CallCounter::Ok),
                below: sum(CallCounter::Started),
                ok: Some(of(request)),
            },
            RequestAspect::Failed => requests(CallCounter::Failed),
            RequestAspect::Unfinished => requests(CallCounter::Unfinished),
            RequestAspect::Time => Figure::Durations {
                of: of(request),
                among: Among::Started,
            },
            RequestAspect::OkTime => Figure::Durations {
                of: of(request),
                among: Among::Ok,
            },
            RequestAspect::Amplification => Figure::Quotient {
                above: {
                    let stopped = sum(CallCounter::AttemptStopped).into_iter();
                    let sent = sum(CallCounter::Sent).into_iter();
                    sent.chain(stopped.map(|(by, term)| (-by, term))).collect()
                },
                below: some(sum(CallCounter::Started)),
            },
            RequestAspect::Attempts => events(sum(CallCounter::Sent), Vec::new()),
            RequestAspect::AttemptsOk => Figure::Events {
                above: sum(CallCounter::AttemptOk),
                below: sum(CallCounter::Sent),
                ok: Some(of(attempt)),
            },
            RequestAspect::AttemptsRefused => attempts(CallCounter::AttemptRefused),
            RequestAspect::AttemptsStopped => attempts(CallCounter::AttemptStopped),
            RequestAspect::AttemptsTimedOut => attempts(CallCounter::AttemptTimedOut),
            RequestAspect::AttemptsError => attempts(CallCounter::AttemptError),
            RequestAspect::AttemptsCancelled => attempts(CallCounter::AttemptCancelled),
            RequestAspect::AttemptsUnfinished => attempts(CallCounter::AttemptUnfinished),
            RequestAspect::AttemptTime => Figure::Durations {
                of: of(attempt),
                among: Among::Started,
            },
            RequestAspect::AttemptOkTime => Figure::Durations {
                of: of(attempt),
                among: Among::Ok,
            },
        }
    }

    fn messages(&self, endpoint: u32, aspect: MessageAspect) -> Figure {
        let of = |what| count(self.layout.message(endpoint, what));
        let (sent, delivered) = (of(MessageCounter::Sent), of(MessageCounter::Delivered));
        let delay = vec![self.layout.delay(endpoint)];
        match aspect {
            MessageAspect::Sent => events(vec![sent], Vec::new()),
            MessageAspect::Delivered => Figure::Events {
                above: vec![delivered],
                below: vec![sent],
                ok: Some(delay),
            },
            // Lost, or still on the way: in short, not delivered.
            MessageAspect::Undelivered => events(vec![sent, minus(delivered)], vec![sent]),
            MessageAspect::Delay => Figure::Durations {
                of: delay,
                among: Among::Started,
            },
            MessageAspect::Backlog => Figure::Level(self.layout.backlog(endpoint)),
        }
    }

    fn service(&self, service: u32, aspect: ServiceAspect) -> Figure {
        let layout = &self.layout;
        let of = |what| count(layout.service(service, what));
        let level = |what| layout.service_level(service, what);
        let over = |what| (1.0, Term::Integral(level(what)));
        let part = |what, all| events(vec![of(what)], vec![of(all)]);
        let ratio = |above, below| Figure::Quotient {
            above,
            below: vec![below],
        };
        let times = |what| Figure::Durations {
            of: vec![layout.service_time(service, what)],
            among: Among::Ok,
        };
        match aspect {
            ServiceAspect::Arrived => events(vec![of(ServiceCounter::Arrived)], Vec::new()),
            ServiceAspect::Original => events(vec![of(ServiceCounter::Original)], Vec::new()),
            ServiceAspect::Accepted => part(ServiceCounter::Accepted, ServiceCounter::Arrived),
            ServiceAspect::Completed => events(vec![of(ServiceCounter::Completed)], Vec::new()),
            ServiceAspect::Goodput => events(vec![of(ServiceCounter::Goodput)], Vec::new()),
            ServiceAspect::Refused => part(ServiceCounter::Refused, ServiceCounter::Arrived),
            ServiceAspect::LeftQueue => part(ServiceCounter::LeftQueue, ServiceCounter::Accepted),
            ServiceAspect::Lost => part(ServiceCounter::Lost, ServiceCounter::Accepted),
            // Cancelled work is wasted and never completed: what was served is the sum.
            ServiceAspect::Wasted => {
                let (good, wasted) = (of(ServiceCounter::Goodput), of(ServiceCounter::Wasted));
                events(vec![wasted], vec![good, wasted])
            }
            ServiceAspect::Amplification => ratio(
                vec![of(ServiceCounter::Arrived)],
                of(ServiceCounter::Original),
            ),
            ServiceAspect::Queue => Figure::Level(level(ServiceLevel::Queue)),
            ServiceAspect::InSystem => Figure::Level(level(ServiceLevel::InSystem)),
            ServiceAspect::Wait => times(ServiceSample::Wait),
            ServiceAspect::Waited => part(ServiceCounter::Waited, ServiceCounter::Accepted),
            ServiceAspect::Time => times(ServiceSample::Time),
            ServiceAspect::Held | ServiceAspect::Utilisation => {
                ratio(vec![over(ServiceLevel::Held)], over(ServiceLevel::Workers))
            }
            ServiceAspect::Busy => ratio(vec![over(ServiceLevel::Busy)], over(ServiceLevel::Cores)),
            ServiceAspect::Blocked => {
                let held = over(ServiceLevel::Held);
                ratio(vec![held, minus(over(ServiceLevel::Active))], held)
            }
            ServiceAspect::Up => ratio(vec![over(ServiceLevel::Up)], over(ServiceLevel::Nominal)),
        }
    }

    fn pool(&self, pool: u32, aspect: PoolAspect) -> Figure {
        let layout = &self.layout;
        let of = |what| count(layout.pool(pool, what));
        let over = |what| (1.0, Term::Integral(layout.pool_level(pool, what)));
        match aspect {
            PoolAspect::Wait => Figure::Durations {
                of: vec![layout.pool_wait(pool)],
                among: Among::Ok,
            },
            PoolAspect::Waited => {
                events(vec![of(PoolCounter::Waited)], vec![of(PoolCounter::Asked)])
            }
            PoolAspect::Refused => {
                events(vec![of(PoolCounter::Refused)], vec![of(PoolCounter::Asked)])
            }
            PoolAspect::Held => {
                let (above, below) = (vec![over(PoolLevel::InUse)], vec![over(PoolLevel::Size)]);
                Figure::Quotient { above, below }
            }
            PoolAspect::InUse => Figure::Level(layout.pool_level(pool, PoolLevel::InUse)),
            PoolAspect::Queue => Figure::Level(layout.pool_level(pool, PoolLevel::Queue)),
        }
    }

    fn room(&self, room: u32, aspect: RoomAspect) -> Figure {
        let layout = &self.layout;
        let of = |what| count(layout.room(room, what));
        let part = |what| events(vec![of(what)], vec![of(RoomCounter::Arrived)]);
        match aspect {
            RoomAspect::Arrived => events(vec![of(RoomCounter::Arrived)], Vec::new()),
            RoomAspect::Admitted => part(RoomCounter::Admitted),
            RoomAspect::Refused => part(RoomCounter::Refused),
            RoomAspect::Lost => part(RoomCounter::Lost),
            RoomAspect::Inside => Figure::Level(layout.room_level(room, RoomLevel::Inside)),
            RoomAspect::Waiting => Figure::Level(layout.room_level(room, RoomLevel::Waiting)),
            RoomAspect::Wait => Figure::Durations {
                of: vec![layout.room_wait(room)],
                among: Among::Ok,
            },
        }
    }

    fn stock(&self, stock: u32, aspect: StockAspect) -> Figure {
        let of = |what| count(self.layout.stock(stock, what));
        match aspect {
            StockAspect::Sold => events(vec![of(StockCounter::Sold)], Vec::new()),
            StockAspect::Left => Figure::Level(self.layout.stock_left(stock)),
            StockAspect::SoldOutAt => Figure::SoldOut(stock),
            StockAspect::FirstSoldOutAt => Figure::FirstSoldOut(stock),
        }
    }
}

fn count(counter: CounterId) -> (f64, Term) {
    (1.0, Term::Count(counter))
}

fn minus((weight, term): (f64, Term)) -> (f64, Term) {
    (-weight, term)
}

/// Things that happen, and of how many they are a part.
fn events(above: Terms, below: Terms) -> Figure {
    Figure::Events {
        above,
        below,
        ok: None,
    }
}

/// A denominator: where there is nothing to count there is no ratio.
pub(super) fn some(terms: Terms) -> Terms {
    if terms.is_empty() {
        vec![(0.0, Term::Seconds)]
    } else {
        terms
    }
}
