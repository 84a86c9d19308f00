//! The page of `onrush serve`, over a plain connection: who is let in, what is refused, and that
//! nothing goes on when nobody listens.
//!
//! One idea: most tests speak HTTP by hand, so that they can be as rude as somebody else's page;
//! `moved` and `kept` use the page as people do, in the browser of `page`.

pub(crate) mod asking;
mod guarded;
mod moved;
mod kept;
mod questions;
mod running;
