//! `init`: a commented starter model, never over a file that exists.

use std::path::Path;

use super::args::{Init, Template};
use super::console::Console;
use super::exit::Ending;
use super::load::{STDIN, shown};
use super::write::{self, Existing, Page};

impl Template {
    /// The model.
    pub(super) fn text(self) -> &'static str {
        match self {
            Template::LaunchRush => include_str!("../../models/launch-rush.toml"),
            Template::LoginBottleneck => include_str!("../../models/login-storm.toml"),
            Template::RetryStorm => include_str!("../../models/retry-storm.toml"),
            Template::CacheStampede => include_str!("../../models/cache-stampede.toml"),
            Template::WaitingRoom => include_str!("../../models/waiting-room.toml"),
            Template::PoolExhaustion => include_str!("../../models/pool-exhaustion.toml"),
            Template::GcSpiral => include_str!("../../models/gc-spiral.toml"),
            Template::AutoscalerLag => include_str!("../../models/autoscaler-lag.toml"),
            Template::ZoneLoss => include_str!("../../models/zone-loss.toml"),
            Template::DeployGoneBad => include_str!("../../models/deploy-gone-bad.toml"),
            Template::Dynamodb2015 => include_str!("../../models/dynamodb-2015.toml"),
            Template::PlainQueue => include_str!("../../models/hello-queue.toml"),
        }
    }
}

/// Writes the starter.
///
/// # Errors
/// If the file exists already or cannot be written.
pub(super) fn answer(asked: &Init, console: &Console) -> Result<Ending, Ending> {
    let text = asked.template.text();
    if is_stdout(&asked.file) {
        console.document(text)?;
        return Ok(Ending::done("wrote the model to stdout"));
    }
    let page = Page {
        path: asked.file.clone(),
        bytes: text.as_bytes().to_vec(),
    };
    write::all(&[page], Existing::Keep)?;
    let name = shown(&asked.file);
    console.note(&format!(
        "next: onrush check {name}, then onrush run {name}"
    ));
    Ok(Ending::done(format!("wrote `{name}`")))
}

/// Whether a path stands for stdout.
pub(super) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == STDIN
}
