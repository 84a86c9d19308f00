//! What a limit hears of an attempt that has ended.

/// An attempt that has ended at a server.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine::services) struct Ended {
    /// Nanoseconds since it was accepted.
    pub(in crate::engine::services) took: i64,
    /// Waiting and in service, itself included.
    pub(in crate::engine::services) in_flight: u32,
    /// It was stopped, for nobody waited for it any more.
    pub(in crate::engine::services) dropped: bool,
}
