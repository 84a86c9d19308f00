//! The arithmetic of limits that a server finds for itself, a kind a file: nothing here knows a
//! service.

pub(super) mod aimd;
pub(super) mod breakwater;
pub(super) mod dagor;
pub(super) mod ended;
pub(super) mod envoy;
pub(super) mod gradient2;
pub(super) mod vegas;
