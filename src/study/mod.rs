//! A question is many runs: replicate, compare.
//!
//! One idea: only here is it decided whether to run more, and only from estimates. A study turns a
//! model and a plan into the results document; it knows no output format, no terminal and no file.

mod adrift;
mod allowance;
mod answer;
mod best;
mod brims;
mod calibrate;
mod chain;
mod columns;
mod compare;
mod contender;
mod demand;
mod differences;
mod explain;
mod factorial;
mod fill;
mod knob;
mod launches;
mod lens;
mod measures;
mod metrics;
mod notes;
mod offered;
mod outcome;
mod plan;
mod ranges;
mod replicate;
mod shards;
mod size;
mod stations;
mod steady;
mod store;
mod storm;
mod strain;
mod subject;
mod sweep;
mod threads;
mod tip;
mod together;
mod trigger;
mod uncertain;
mod usual;
mod versions;
mod worth;

pub use allowance::Allowance;
pub use best::{Choice, best};
pub use calibrate::{Calibrated, Fit, LAUNCHES, NEAR, calibrate};
pub use chain::told;
pub use compare::{compare, run};
pub use explain::{EXPLAINED, explain};
pub use factorial::factorial;
pub use knob::{Knob, KnobError};
pub use outcome::{Demands, Outcome, Tolerance, outcome};
pub use plan::{AT_MOST, Attribute, Effort, Failure, Plan, budget};
pub use replicate::{Onlooker, Progress, Silent};
pub use shards::{Away, Piece, Recipe, Wanted, cut, play};
pub use size::{AT_A_VALUE, CHANCE, Sizing, size};
pub use store::{Absent, Played, Store, VERSION};
pub use sweep::{Sweeping, fit_usl, sweep};
pub use tip::{AT_A_CELL, SURVIVED, Tipping, tip};
pub use uncertain::{Others, REPLICATIONS, Ranges, drawn, uncertain};
pub use versions::{Differs, differs, side_by_side, versions};

#[cfg(test)]
mod tests;
