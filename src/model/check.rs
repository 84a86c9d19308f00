//! Checks that need the whole model.

use super::Model;
use crate::text::Diagnostic;

/// Everything that is wrong or doubtful about a model as a whole.
pub(crate) fn check(_model: &Model) -> Vec<Diagnostic> {
    Vec::new()
}
