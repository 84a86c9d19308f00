//! The page of `onrush serve`, over a plain connection: who is let in, what is refused, and that
//! nothing goes on when nobody listens.
//!
//! One idea: the tests speak HTTP by hand, so that they can be as rude as somebody else's page.

pub(crate) mod asking;
mod guarded;
mod running;
