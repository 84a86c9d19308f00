//! What may be said about right numbers: each rule with the counterexample that it came from.

mod answer;
mod better;
mod blame;
mod engine;
mod health;
mod overload;
mod report;
mod surprises;
