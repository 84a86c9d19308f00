//! From `[fault.…]` to faults, in the order of begin and name.

use super::code::Structure;
use super::index::Index;
use crate::base::time::{Span, Time};
use crate::model::Model;
use crate::model::fault::{self, Peer};
use crate::program::{Fault, FaultKind, Site};
use crate::random::key::Owner;

/// The faults of a model with their names.
pub(super) fn faults(model: &Model, index: &Index, structure: &Structure) -> Vec<(String, Fault)> {
    let mut all: Vec<(String, Fault)> = Vec::new();
    for (name, fault) in &model.faults {
        let compiled = Fault {
            owner: Owner::named(&format!("fault {name}")),
            from: fault.at,
            until: fault.lasts.map_or(Time::NEVER, |lasts| fault.at + lasts),
            kind: kind(name, &fault.kind, index, structure),
        };
        all.push((name.clone(), compiled));
    }
    // Stable: faults that begin together stay in the order of names.
    all.sort_by_key(|(_, fault)| fault.from);
    all
}

fn kind(name: &str, kind: &fault::FaultKind, index: &Index, structure: &Structure) -> FaultKind {
    match kind {
        fault::FaultKind::Slow {
            service,
            factor,
            servers,
        } => FaultKind::Slow {
            service: index.service(service),
            factor: *factor,
            servers: *servers,
        },
        fault::FaultKind::Pause { service, servers } => FaultKind::Pause {
            service: index.service(service),
            servers: *servers,
        },
        fault::FaultKind::Crash {
            service,
            servers,
            boot,
            noticed_after,
            silent,
        } => FaultKind::Crash {
            service: index.service(service),
            servers: *servers,
            boot: Some(boot.sampler()),
            noticed_after: (*noticed_after > Span::ZERO).then_some(*noticed_after),
            silent: *silent,
        },
        fault::FaultKind::Cut {
            between: [a, b],
            messages,
        } => FaultKind::Cut {
            a: site(a, index),
            b: site(b, index),
            messages: *messages,
        },
        fault::FaultKind::Delay {
            between: [a, b],
            by,
            share,
        } => FaultKind::Delay {
            a: site(a, index),
            b: site(b, index),
            by: by.sampler(),
            share: *share,
        },
        fault::FaultKind::Error { service, share, .. } => {
            let code = structure.errors.iter().find(|(fault, _)| fault == name);
            let &(_, code) = code.expect("every error fault has code");
            FaultKind::Error {
                service: index.service(service),
                share: *share,
                code,
            }
        }
    }
}

fn site(peer: &Peer, index: &Index) -> Site {
    match peer {
        Peer::Users => Site::Users,
        Peer::Service(service) => Site::Service(index.service(service)),
    }
}
