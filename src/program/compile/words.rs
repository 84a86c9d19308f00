//! The model's numbers as the program's.

use super::index::Index;
use crate::base::time::Span;
use crate::model::journey::{self, PatienceCounts};
use crate::model::{self, autoscaler, breaker, hedge, limit, pool, retry, room, service, throttle};
use crate::observation::Outcome;
use crate::program::{
    Again, BreakerSettings, CacheSettings, Class, Connections, EndpointSettings, Hedge,
    HedgeSettings, Idle, JourneySettings, LimitSettings, Patience, PoolSettings, QueueOrder,
    Reload, RetryId, RetrySettings, RoomSettings, ScalerSettings, ServiceSettings, THOUSANDTHS,
    ThrottleSettings,
};
use crate::random::family::Distribution;
use crate::random::popularity::KeyDraw;
use crate::random::sampler::Sampler;

/// A time that may be none at all.
pub(super) fn time(law: &Distribution) -> Option<Sampler> {
    let is_none = law.as_constant().is_some_and(|value| value <= 0.0);
    (!is_none).then(|| law.sampler())
}

/// A retry policy.
pub(super) fn retry(id: RetryId, policy: &retry::Retry) -> RetrySettings {
    let backoff = policy.backoff;
    RetrySettings {
        id,
        attempts: policy.attempts,
        kind: backoff.kind,
        base: backoff.base,
        cap: backoff.cap,
        jitter: backoff.jitter,
    }
}

/// The numbers of a circuit breaker.
pub(super) fn breaker(breaker: &breaker::Breaker) -> BreakerSettings {
    BreakerSettings {
        on: breaker.on,
        rule: breaker.rule.clone(),
        open: breaker.open,
        half_open: breaker.half_open,
    }
}

/// The numbers of a throttle.
pub(super) fn throttle(throttle: &throttle::Throttle) -> ThrottleSettings {
    ThrottleSettings {
        on: throttle.on,
        k: throttle.k,
        window: throttle.window,
    }
}

/// The numbers of a rate limit.
pub(super) fn limit(limit: &limit::Limit) -> LimitSettings {
    LimitSettings {
        on: limit.on,
        rate: limit.rate,
        burst: limit.burst,
        by: limit.by,
        over: limit.over,
    }
}

/// The numbers of a service.
pub(super) fn service(service: &service::Service) -> ServiceSettings {
    ServiceSettings {
        servers: service.servers,
        workers: service.workers,
        cores: (service.cores * f64::from(THOUSANDTHS)).round().max(1.0) / f64::from(THOUSANDTHS),
        queue_limit: service.queue.limit,
        shared: service.queue.shared,
        silent: service.queue.silent,
        is_final: service.queue.is_final,
        order: service.queue.order,
        by: service.queue.by,
        preempt: service.queue.preempt,
        max_age: service.queue.max_age,
        target: service
            .queue
            .codel
            .and_then(|codel| codel.on.then_some(codel.target)),
        interval: service.queue.interval(),
        shed: service.shed,
        limiter: service.limiter,
        refuse_cost: service.refuse_cost.as_ref().and_then(time),
        network: time(&service.network),
        balance: service.balance.clone(),
        connections: service.connections.as_ref().map(|one| Connections {
            handshake: time(&one.handshake),
            keep: one.keep,
            max_age: one.max_age,
            at_most: one.at_most,
        }),
        health: service.health,
        eject: service.eject,
        on_timeout: service.on_timeout,
        contention: service.slowdown.contention,
        coherency: service.slowdown.coherency,
        per_waiting: service.slowdown.per_waiting,
        at_start: service.slowdown.at_start,
        memory: service.memory,
        idle: service.idle.as_ref().map(|idle| Idle {
            sleep_after: idle.sleep_after,
            setup: time(&idle.setup),
        }),
        boot: time(&service.boot),
        cold: service.cold,
        warm_after: service.warm_after,
    }
}

/// The numbers of an endpoint.
pub(super) fn endpoint(endpoint: &service::Endpoint) -> EndpointSettings {
    EndpointSettings {
        on: endpoint.on,
        shed: endpoint.shed,
    }
}

/// The numbers of a pool.
pub(super) fn pool(pool: &pool::Pool) -> PoolSettings {
    PoolSettings {
        size: u64::from(pool.size),
        queue_limit: pool.queue_limit,
        order: pool.order,
    }
}

/// A hedge, as far as no action can change it.
pub(super) fn hedge(name: &str, index: &Index) -> Hedge {
    let of = format!("hedge.{name}");
    let [sent, won, stopped, untied] = hedge::COUNTED.map(|word| index.tally(&of, word));
    Hedge {
        sent,
        won,
        stopped,
        untied,
    }
}

/// The numbers of a hedge.
pub(super) fn hedge_settings(hedge: &hedge::Hedge) -> HedgeSettings {
    HedgeSettings {
        on: hedge.on,
        after: hedge.after,
        at_most: hedge.at_most,
        budget: hedge.budget,
        tied: hedge.tied,
    }
}

/// The numbers of a cache.
pub(super) fn cache(cache: &model::cache::Cache) -> CacheSettings {
    CacheSettings {
        size: cache.size,
        ttl: cache.ttl,
        stale: cache.stale,
        on: cache.on,
    }
}

/// The doors of a room; one that is switched off is always open.
pub(super) fn room(room: &room::Room) -> RoomSettings {
    match room.on {
        true => RoomSettings {
            opens: room.opens,
            closes: room.closes,
            active: room.active,
            admit: room.admit,
            queue_limit: room.queue_limit,
            order: room.order,
            shuffle: room.shuffle,
            lost_at_entry: room.lost_at_entry,
            lost_waiting: room.lost_waiting.as_ref().map(Distribution::sampler),
        },
        false => RoomSettings {
            opens: None,
            closes: None,
            active: None,
            admit: None,
            queue_limit: None,
            order: QueueOrder::Fifo,
            shuffle: false,
            lost_at_entry: 0.0,
            lost_waiting: None,
        },
    }
}

/// The numbers of an autoscaler.
pub(super) fn scaler(scaler: &autoscaler::Autoscaler) -> ScalerSettings {
    let gap = |rate: f64| Span::from_secs_f64(1.0 / rate);
    ScalerSettings {
        on: scaler.on,
        target: scaler.target,
        tolerance: scaler.tolerance,
        least: scaler.servers[0],
        most: scaler.servers[1],
        ready_after: scaler.ready_after,
        agree_up: scaler.stabilise[0],
        agree_down: scaler.stabilise[1],
        up: scaler.up.clone(),
        down: scaler.down.clone(),
        provision: scaler.provision.map(gap),
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

/// A kind of traffic.
pub(super) fn class(class: &model::class::Class) -> Class {
    Class {
        priority: class.priority,
        criticality: class.criticality,
    }
}

/// A space of keys.
pub(super) fn keys(keys: &model::keys::Keys) -> KeyDraw {
    KeyDraw::new(keys.count, keys.popularity)
}
