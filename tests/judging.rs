//! What may be said of right numbers: each rule with the counterexample that it came from.

mod health;
