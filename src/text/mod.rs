//! Where something was written, and how to say that it is wrong.
//!
//! The layer knows texts and places in them; it does not know what the texts mean.

pub mod source;
pub mod diagnostic;
pub mod encoding;
pub mod nearest;
pub mod render;

pub use diagnostic::{Diagnostic, Level};
pub use source::{FileId, Place, Source, Sources};
