//! What is said of right numbers: full, blame, health, better and worse.
//!
//! Each case is a model that was once answered wrongly, and what is right.

mod blame;
