//! One test crate; modules in reading order.
