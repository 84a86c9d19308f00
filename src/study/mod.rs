//! A question is many runs: replicate, compare.
