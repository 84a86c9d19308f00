//! Which models are a queue with a formula, and what it says of a metric.
//!
//! One idea: the conditions are looked at, one by one, in the model of every value: Poisson
//! arrivals at one rate, one call that nothing cuts short, one line before workers that do
//! exponential work and share nothing. Whatever else a model has makes it no such queue.

use crate::base::time::Time;
use crate::estimate::erlang::Queue;
use crate::model::arrival::{Form, Spacing};
use crate::model::metric::{
    Comparison, Metric, Quantity, RequestAspect, RequestsOf, ServiceAspect, Statistic, VisitAspect,
};
use crate::model::queue::QueueOrder;
use crate::model::service::{Service, Shed};
use crate::model::step::{Call, Step, StepKind};
use crate::model::{Checked, Model, Study};
use crate::random::family::Distribution;
use crate::results::{Line, LineLaw};

/// What the formula says of a metric at every value; nothing if it says nothing, or one of the
/// models that were played is no such queue.
pub(super) fn line<'a>(
    metric: &Metric,
    models: impl Iterator<Item = Option<&'a Checked>>,
) -> Option<Line> {
    let mut values = Vec::new();
    let mut is_any = false;
    for model in models {
        let Some(model) = model else {
            values.push(None);
            continue;
        };
        let station = station(model)?;
        asked(metric, &station)?;
        is_any = true;
        values.push(station.queue().and_then(|queue| {
            let of = asked(metric, &station)?;
            Some(of.of(&queue))
        }));
    }
    is_any.then_some(Line {
        law: LineLaw::Mmc,
        values,
        fit: None,
    })
}

/// The only station of a model, with its numbers.
struct Station<'a> {
    service: &'a str,
    endpoint: &'a str,
    step: Option<&'a str>,
    servers: u32,
    arrivals: f64,
    /// Seconds that a piece of work takes on average.
    work: f64,
}

impl Station<'_> {
    fn queue(&self) -> Option<Queue> {
        Queue::new(self.servers, self.arrivals, 1.0 / self.work)
    }
}

/// A figure of a queue.
#[derive(Clone, Copy)]
enum Figure {
    MeanWait,
    MeanTime,
    MeanQueue,
    MeanInside,
    Busy,
    Waited,
    WaitQuantile(f64),
    TimeQuantile(f64),
    WaitWithin(f64),
    TimeWithin(f64),
}

impl Figure {
    fn of(self, queue: &Queue) -> f64 {
        match self {
            Self::MeanWait => queue.mean_wait(),
            Self::MeanTime => queue.mean_time(),
            Self::MeanQueue => queue.mean_queue(),
            Self::MeanInside => queue.mean_inside(),
            Self::Busy => queue.busy(),
            Self::Waited => queue.waits(),
            Self::WaitQuantile(q) => queue.wait_quantile(q),
            Self::TimeQuantile(q) => queue.time_quantile(q),
            Self::WaitWithin(seconds) => 1.0 - queue.wait_beyond(seconds),
            Self::TimeWithin(seconds) => 1.0 - queue.time_beyond(seconds),
        }
    }
}

/// What a metric asks of the only station.
fn asked(metric: &Metric, station: &Station<'_>) -> Option<Figure> {
    if metric.window.is_some() || metric.within.is_some() {
        return None;
    }
    let is_here = |service: &str| service == station.service;
    let time = || match (metric.statistic, metric.predicate) {
        (Statistic::Mean, None) => Some(Figure::MeanTime),
        (Statistic::Percentile(q), None) => Some(Figure::TimeQuantile(q)),
        (Statistic::Share, Some(one)) if is_small(one.comparison) => {
            Some(Figure::TimeWithin(one.limit))
        }
        _ => None,
    };
    match &metric.quantity {
        Quantity::Service { service, aspect } if is_here(service) => match aspect {
            ServiceAspect::Wait => match (metric.statistic, metric.predicate) {
                (Statistic::Mean, None) => Some(Figure::MeanWait),
                (Statistic::Percentile(q), None) => Some(Figure::WaitQuantile(q)),
                (Statistic::Share, Some(one)) if is_small(one.comparison) => {
                    Some(Figure::WaitWithin(one.limit))
                }
                _ => None,
            },
            ServiceAspect::Time => time(),
            ServiceAspect::Waited if metric.statistic == Statistic::Share => Some(Figure::Waited),
            ServiceAspect::Queue if is_plain_mean(metric) => Some(Figure::MeanQueue),
            ServiceAspect::InSystem if is_plain_mean(metric) => Some(Figure::MeanInside),
            ServiceAspect::Held | ServiceAspect::Utilisation if is_plain_mean(metric) => {
                Some(Figure::Busy)
            }
            _ => None,
        },
        Quantity::Requests { of, aspect } => {
            let is_it = match of {
                RequestsOf::Step { name, .. } => Some(name.as_str()) == station.step,
                RequestsOf::Endpoint { service, endpoint } => {
                    is_here(service) && endpoint == station.endpoint
                }
            };
            match aspect {
                RequestAspect::Time | RequestAspect::OkTime if is_it => time(),
                _ => None,
            }
        }
        Quantity::Visits {
            aspect: VisitAspect::Time | VisitAspect::OkTime,
            ..
        } => time(),
        _ => None,
    }
}

fn is_plain_mean(metric: &Metric) -> bool {
    metric.statistic == Statistic::Mean && metric.predicate.is_none()
}

fn is_small(comparison: Comparison) -> bool {
    comparison.wants_small()
}

/// The only station, if the model is a queue with Poisson arrivals and exponential work.
fn station(model: &Model) -> Option<Station<'_>> {
    let is_bare = model.study != Study::Launch
        && model.faults.is_empty()
        && model.actions.is_empty()
        && model.triggers.is_empty()
        && model.autoscalers.is_empty()
        && model.classes.is_empty()
        && model.arrivals.len() == 1
        && model.services.len() == 1;
    let source = model.arrivals.values().next().filter(|_| is_bare)?;
    let Form::Flow {
        pieces,
        spacing: Spacing::Poisson,
    } = &source.form
    else {
        return None;
    };
    let [piece] = pieces.as_slice() else {
        return None;
    };
    let is_even = (piece.rate_from - piece.rate_to).abs() <= 1e-12 * piece.rate_from;
    let is_all = piece.from <= Time::ZERO && piece.to >= model.horizon();
    let journey = model.journeys.get(&source.journey)?;
    let is_plain =
        journey.patience.is_none() && journey.reload.is_none() && journey.again.is_none();
    let [step] = journey.steps.as_slice() else {
        return None;
    };
    let call = plain_call(step).filter(|_| is_even && is_all && is_plain)?;
    let service = model.services.get(&call.service)?;
    Some(Station {
        service: &call.service,
        endpoint: &call.endpoint,
        step: step.name.as_deref(),
        servers: servers(service)?,
        arrivals: piece.rate_from,
        work: work(service, &call.endpoint)?,
    })
}

/// A call that nothing cuts short, repeats or refuses.
fn plain_call(step: &Step) -> Option<&Call> {
    let StepKind::Call(call) = &step.kind else {
        return None;
    };
    let clocks = [call.timeout.is_some(), call.deadline.is_some()];
    let guards = [
        &call.retry,
        &call.class,
        &call.key,
        &call.breaker,
        &call.throttle,
        &call.limit,
        &call.hedge,
    ];
    let is_plain = !clocks.contains(&true) && guards.iter().all(|guard| guard.is_none());
    is_plain.then_some(call)
}

/// How many workers one line feeds; none where anything else has a say.
fn servers(service: &Service) -> Option<u32> {
    let queue = &service.queue;
    let one_line = service.servers == 1 || (queue.shared && service.servers > 0);
    let is_fifo = queue.limit.is_none()
        && queue.order == QueueOrder::Fifo
        && queue.max_age.is_none()
        && queue.codel.is_none_or(|codel| !codel.on);
    let slow = &service.slowdown;
    let is_even = slow.contention <= 0.0 && slow.coherency <= 0.0 && slow.per_waiting <= 0.0;
    let is_bare = service.limit.is_none()
        && service.shed == Shed::NOTHING
        && service.limiter.is_none()
        && service.connections.is_none()
        && service.memory.is_none()
        && service.idle.is_none()
        && service.warm_after.is_zero()
        && service.network.quantile(1.0) <= 0.0;
    (one_line && is_fifo && is_even && is_bare).then(|| service.servers * service.workers)
}

/// Seconds that a piece of work takes on average, if it is one exponential stretch that shares
/// nothing.
fn work(service: &Service, endpoint: &str) -> Option<f64> {
    let endpoint = service.endpoints.get(endpoint)?;
    let is_bare = endpoint.on
        && endpoint.limit.is_none()
        && endpoint.class.is_none()
        && endpoint.shed == Shed::NOTHING;
    let [step] = endpoint.steps.as_slice() else {
        return None;
    };
    let law = match &step.kind {
        StepKind::Wait(law) => law,
        StepKind::Cpu(law) if service.cores >= f64::from(service.workers) => law,
        _ => return None,
    };
    let mean = law.mean().filter(|mean| *mean > 0.0)?;
    let exponential = Distribution::exponential(mean).ok()?;
    (is_bare && *law == exponential).then_some(mean)
}
