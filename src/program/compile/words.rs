//! The model's words as the program's.
//!
//! Both layers name the same choices; each has its own types, so that neither must know the other.

use crate::model::journey::{self, PatienceCounts};
use crate::model::{fault, pool, retry, room, service};
use crate::observation::Outcome;
use crate::program::{
    Again, Backoff, Balance, CutMessages, Jitter, JourneySettings, OnTimeout, Order, Patience,
    PoolSettings, Reload, RetrySettings, RoomSettings, Selector, ServiceSettings,
};
use crate::random::family::Distribution;
use crate::random::sampler::Sampler;

/// A time that may be none at all.
pub(super) fn time(law: &Distribution) -> Option<Sampler> {
    let is_none = law.as_constant().is_some_and(|value| value <= 0.0);
    (!is_none).then(|| law.sampler())
}

/// A retry policy.
pub(super) fn retry(policy: &retry::Retry) -> RetrySettings {
    let backoff = policy.backoff;
    RetrySettings {
        attempts: policy.attempts,
        kind: match backoff.kind {
            retry::BackoffKind::None => Backoff::None,
            retry::BackoffKind::Constant => Backoff::Constant,
            retry::BackoffKind::Linear => Backoff::Linear,
            retry::BackoffKind::Exponential => Backoff::Exponential,
        },
        base: backoff.base,
        cap: backoff.cap,
        jitter: match backoff.jitter {
            retry::Jitter::None => Jitter::None,
            retry::Jitter::Full => Jitter::Full,
            retry::Jitter::Equal => Jitter::Equal,
            retry::Jitter::Exponential => Jitter::Exponential,
            retry::Jitter::Decorrelated => Jitter::Decorrelated,
        },
    }
}

/// The numbers of a service.
pub(super) fn service(service: &service::Service) -> ServiceSettings {
    ServiceSettings {
        servers: service.servers,
        workers: service.workers,
        cores: service.cores.round().max(1.0) as u32,
        queue_limit: service.queue.limit,
        shared: service.queue.shared,
        silent: service.queue.silent,
        order: order(service.queue.order),
        refuse_cost: service.refuse_cost.as_ref().and_then(time),
        network: time(&service.network),
        balance: match service.balance {
            service::Balance::RoundRobin => Balance::RoundRobin,
            service::Balance::Random => Balance::Random,
            service::Balance::LeastLoaded => Balance::LeastLoaded,
            service::Balance::TwoChoices => Balance::TwoChoices,
            service::Balance::Sticky => Balance::Sticky,
        },
        on_timeout: match service.on_timeout {
            service::OnTimeout::Ignore => OnTimeout::Ignore,
            service::OnTimeout::Expire => OnTimeout::Expire,
            service::OnTimeout::Dequeue => OnTimeout::Dequeue,
            service::OnTimeout::Cancel => OnTimeout::Cancel,
        },
        contention: service.slowdown.contention,
        coherency: service.slowdown.coherency,
        boot: time(&service.boot),
        cold: service.cold,
        warm_after: service.warm_after,
    }
}

/// The numbers of a pool.
pub(super) fn pool(pool: &pool::Pool) -> PoolSettings {
    PoolSettings {
        size: u64::from(pool.size),
        queue_limit: pool.queue_limit,
        order: order(pool.order),
    }
}

/// The doors of a room; one that is switched off is always open.
pub(super) fn room(room: &room::Room) -> RoomSettings {
    match room.on {
        true => RoomSettings {
            opens: room.opens,
            closes: room.closes,
        },
        false => RoomSettings {
            opens: None,
            closes: None,
        },
    }
}

/// The people of a journey.
pub(super) fn people(journey: &journey::Journey, own: &[String]) -> JourneySettings {
    let sampler = |law: &Option<Distribution>| law.as_ref().map(Distribution::sampler);
    JourneySettings {
        patience: journey
            .patience
            .as_ref()
            .map(|patience| match patience.counts {
                PatienceCounts::Visit => Patience::Visit(patience.law.sampler()),
                PatienceCounts::Waiting => Patience::Waiting(patience.law.sampler()),
            }),
        reload: journey.reload.as_ref().map(|reload| Reload {
            after: sampler(&reload.after),
            on_error: sampler(&reload.on_error),
            at_most: reload.at_most,
        }),
        again: journey.again.as_ref().map(|again| Again {
            share: again.share,
            after: again.after.sampler(),
            at_most: again.at_most,
            on: outcomes(own)
                .filter(|of| again.on.contains(of.word(own)))
                .collect(),
        }),
    }
}

/// All outcomes of a model with these words of its own.
pub(super) fn outcomes(own: &[String]) -> impl Iterator<Item = Outcome> {
    Outcome::all(u8::try_from(own.len()).expect("the number of outcomes was checked"))
}

fn order(order: service::QueueOrder) -> Order {
    match order {
        service::QueueOrder::Fifo => Order::Fifo,
        service::QueueOrder::Lifo => Order::Lifo,
        service::QueueOrder::Random => Order::Random,
    }
}

/// Which instances a fault hits.
pub(super) fn selector(selector: fault::Selector) -> Selector {
    match selector {
        fault::Selector::All => Selector::All,
        fault::Selector::Count(count) => Selector::Count(count),
        fault::Selector::Share(share) => Selector::Share(share),
    }
}

/// What becomes of messages that are cut off.
pub(super) fn cut_messages(messages: fault::CutMessages) -> CutMessages {
    match messages {
        fault::CutMessages::Kept => CutMessages::Kept,
        fault::CutMessages::Lost => CutMessages::Lost,
        fault::CutMessages::Refused => CutMessages::Refused,
    }
}
