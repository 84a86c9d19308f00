//! Services and pools in one list, each in the order of names.
//!
//! One idea: what can be needed of a service and of a pool is reckoned side by side. It knows no
//! steps.

use crate::model::Model;

/// Services, then pools, each in the order of names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stations {
    /// Their names.
    pub(crate) names: Vec<String>,
    /// How many of them are services.
    pub(crate) services: usize,
}

impl Stations {
    /// The stations of a model.
    pub(crate) fn of(model: &Model) -> Stations {
        let names = model.services.keys().chain(model.pools.keys());
        Stations {
            names: names.cloned().collect(),
            services: model.services.len(),
        }
    }
}
