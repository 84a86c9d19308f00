//! What a program was compiled from, for whoever must hand it to another machine.
//!
//! One idea: it is a remark and no part of the program. Two programs that do the same are the same
//! wherever they came from, so it is equal to any other and is not shown.

use std::fmt;
use std::sync::Arc;

use super::Asked;
use crate::model::Checked;

/// The model and what was asked of it.
#[derive(Clone)]
pub struct Origin(Arc<(Checked, Asked)>);

impl Origin {
    /// The origin of a program.
    pub(super) fn new(model: &Checked, asked: &Asked) -> Origin {
        Origin(Arc::new((model.clone(), asked.clone())))
    }

    /// The model.
    pub fn model(&self) -> &Checked {
        &self.0.0
    }

    /// What was asked beyond its own objectives.
    pub fn asked(&self) -> &Asked {
        &self.0.1
    }
}

impl PartialEq for Origin {
    fn eq(&self, _: &Origin) -> bool {
        true
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Origin")
    }
}
