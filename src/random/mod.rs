//! The same luck for everybody: keyed random numbers and distributions.
//!
//! A [`Distribution`](family::Distribution) is what an author wrote, with its facts in closed form;
//! a [`Sampler`](sampler::Sampler) is the same law made ready to draw. Draws know nothing of what
//! they are for.

pub mod generator;
pub mod key;
pub mod family;
pub mod facts;
pub mod sampler;
mod tabulated;
pub mod empirical;
pub mod popularity;
pub mod working_set;
pub mod sobol;
