//! Events per second of named models: a record, not a gate.

fn main() {}
