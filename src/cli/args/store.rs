//! The flags of `store`.

use clap::Args;

use super::size;

/// `onrush store`.
#[derive(Debug, Args)]
pub struct Store {
    /// Remove every launch
    #[arg(long, conflicts_with = "trim")]
    pub clear: bool,
    /// Remove launches until the store is no larger than this, those used least recently first
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub trim: Option<usize>,
}
