//! From observations to statements: intervals, verdicts, attribution.
//!
//! One idea: every method works on plain slices, one value a replication in replication order, so
//! it would serve measured data as well. `None` means that a value does not exist in that
//! replication, `Some(f64::INFINITY)` that it is "never" (a percentile among those who did not get
//! through). Knows neither program nor engine, and runs nothing.

pub mod attribution;
pub mod blame;
pub mod bottleneck;
pub mod calibration;
pub mod demand;
pub mod erlang;
pub mod full;
pub mod health;
pub mod interval;
pub mod knee;
pub mod measure;
pub mod order;
pub mod paired;
pub mod precision;
pub mod quantile;
pub mod recovery;
pub mod resample;
pub mod selection;
pub mod sensitivity;
pub mod series;
pub mod share;
pub mod sign;
pub mod standing;
pub mod usl;
pub mod verdict;
pub mod warmup;
