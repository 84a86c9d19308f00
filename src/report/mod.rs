//! Results made into something that a person reads.

pub mod number;
pub mod words;
pub mod terminal;
mod reading;
#[cfg(test)]
pub(crate) mod sample;
