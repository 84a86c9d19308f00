//! Results made into something that a person reads.
