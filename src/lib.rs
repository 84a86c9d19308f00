//! onrush simulates launches and outages: who comes, what they hit, what fails, what defends.
//!
//! Data flows one way: text → model → program → run → observations → estimates → report.

pub mod base;
pub mod text;
pub mod random;
pub mod model;
pub mod program;
pub mod observation;
pub mod engine;
pub mod results;
pub mod estimate;
pub mod study;
pub mod report;
pub mod import;
#[cfg(feature = "serve")]
pub mod serve;
#[cfg(feature = "cli")]
pub mod cli;
