//! From `[fault.…]` to faults, in the order of begin and name.

use super::code::Structure;
use super::index::Index;
use crate::base::time::Span;
use crate::model::Model;
use crate::model::fault::{self, Direction, Peer};
use crate::model::service::Service;
use crate::program::{Begins, Edge, Fault, FaultKind, Selector, Site, Target};
use crate::random::key::Owner;

/// The faults of a model with their names.
pub(super) fn faults(model: &Model, index: &Index, structure: &Structure) -> Vec<(String, Fault)> {
    let mut all: Vec<(String, Fault)> = Vec::new();
    for (name, fault) in &model.faults {
        let compiled = Fault {
            owner: Owner::named(&format!("fault {name}")),
            begins: begins(model, fault),
            lasts: fault.lasts,
            kind: kind((model, name), &fault.kind, index, structure),
        };
        all.push((name.clone(), compiled));
    }
    // Stable: faults that begin together stay in the order of names.
    all.sort_by_key(|(_, fault)| fault.first());
    all
}

fn begins(model: &Model, fault: &fault::Fault) -> Begins {
    match &fault.begins {
        fault::Begins::Clock { jitter, .. } => {
            let all = fault.windows(model.horizon());
            Begins::Clock {
                at: all.into_iter().map(|(from, _)| from).collect(),
                jitter: jitter
                    .as_ref()
                    .map(crate::random::family::Distribution::sampler),
            }
        }
        fault::Begins::Random { fails, repaired } => Begins::Random {
            fails: fails.sampler(),
            repaired: repaired.sampler(),
        },
        fault::Begins::When(_) => Begins::When,
    }
}

fn kind(
    (model, name): (&Model, &str),
    kind: &fault::FaultKind,
    index: &Index,
    structure: &Structure,
) -> FaultKind {
    let code = || {
        let code = structure.faults.iter().find(|(fault, _)| fault == name);
        code.map(|&(_, code)| code)
    };
    let target = |on: &fault::Target| Target {
        service: index.service(&on.service),
        servers: on.servers.clone(),
    };
    match kind {
        fault::FaultKind::Slow {
            on, factor, share, ..
        } => FaultKind::Slow {
            on: target(on),
            factor: *factor,
            share: *share,
            code: code(),
        },
        fault::FaultKind::Pause(on) => FaultKind::Pause(target(on)),
        fault::FaultKind::Crash {
            on,
            boot,
            noticed_after,
            silent,
        } => FaultKind::Crash {
            on: target(on),
            boot: Some(boot.sampler()),
            noticed_after: (*noticed_after > Span::ZERO).then_some(*noticed_after),
            silent: *silent,
        },
        fault::FaultKind::Capacity { on, cores, workers } => FaultKind::Capacity {
            on: target(on),
            cores: *cores,
            workers: *workers,
        },
        fault::FaultKind::Cut { edge, messages } => FaultKind::Cut {
            edge: self::edge(edge, index),
            messages: *messages,
        },
        fault::FaultKind::Delay { edge, by, share } => FaultKind::Delay {
            edge: self::edge(edge, index),
            by: by.sampler(),
            share: *share,
        },
        fault::FaultKind::Loss { edge, share, delay } => FaultKind::Loss {
            edge: self::edge(edge, index),
            share: *share,
            delay: *delay,
        },
        fault::FaultKind::Bandwidth { edge, rate, size } => FaultKind::Bandwidth {
            edge: self::edge(edge, index),
            each: Span::from_secs_f64(size / rate),
        },
        fault::FaultKind::Dependency {
            service,
            errors,
            hangs,
        } => FaultKind::Dependency {
            service: index.service(service),
            errors: *errors,
            hangs: *hangs,
        },
        fault::FaultKind::Out { zone } => {
            let targets = model.services.iter().filter_map(|(name, service)| {
                Some(Target {
                    service: index.service(name),
                    servers: of_zone(service, zone)?,
                })
            });
            FaultKind::Out(targets.collect())
        }
        fault::FaultKind::Limit { on, connections } => FaultKind::Limit {
            on: target(on),
            most: *connections,
        },
        fault::FaultKind::Shift {
            service: only,
            from,
            to,
            share,
        } => {
            let zones = model.services.iter().filter_map(|(name, service)| {
                let is_meant = only.as_ref().is_none_or(|only| only == name);
                let zones = [of_zone(service, from)?, of_zone(service, to)?];
                is_meant.then(|| (index.service(name), zones))
            });
            FaultKind::Shift {
                zones: zones.collect(),
                share: *share,
            }
        }
        fault::FaultKind::Leak { on, grows } => FaultKind::Leak {
            on: target(on),
            grows: *grows,
        },
        fault::FaultKind::Flush { cache, share } => FaultKind::Flush {
            cache: index.cache(cache),
            share: *share,
        },
        fault::FaultKind::Deploy {
            service,
            batch,
            every,
            share,
            ..
        } => FaultKind::Deploy {
            service: index.service(service),
            batch: batch.clone(),
            every: *every,
            share: *share,
            version: {
                let is_deploy =
                    |kind: &fault::FaultKind| matches!(kind, fault::FaultKind::Deploy { .. });
                let before = model.faults.iter().take_while(|(other, _)| *other != name);
                before.filter(|(_, other)| is_deploy(&other.kind)).count() as u32
            },
        },
        fault::FaultKind::Error { on, share, .. } => FaultKind::Error {
            on: target(on),
            share: *share,
            code: code().expect("every error fault has code"),
        },
    }
}

fn edge(edge: &fault::Edge, index: &Index) -> Edge {
    let [a, b] = &edge.between;
    Edge {
        a: site(a, index),
        b: site(b, index),
        to: edge.direction != Direction::From,
        from: edge.direction != Direction::To,
        server: edge.server.map(|number| number - 1),
    }
}

/// The servers of a zone of a service, if it has it.
fn of_zone(service: &Service, zone: &str) -> Option<Selector> {
    let at = service.zones.iter().position(|own| own == zone)?;
    Some(Selector::Zone {
        of: service.zones.len() as u32,
        at: at as u32,
    })
}

fn site(peer: &Peer, index: &Index) -> Site {
    match peer {
        Peer::Users => Site::Users,
        Peer::Service(service) => Site::Service(index.service(service)),
    }
}
