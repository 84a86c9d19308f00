//! The model made fast: flat, immutable, shared by all threads.
