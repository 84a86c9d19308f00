//! The same luck for everybody: keyed random numbers and distributions.
