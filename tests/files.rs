//! Files, signals and poor systems: whatever stands at a path, whenever a run is ended, however
//! little there is, nothing is destroyed, nothing hangs, and a sentence and the right code say what
//! happened.

mod data;
mod killed;
mod places;
mod poor;
mod reports;
mod signals;

use std::process::Command;

use crate::support::Scene;

/// A desk that is simulated within milliseconds.
const DESK: &str = r#"[model]
title = "A desk"
run_for = "20s"
replications = 2
[arrivals.users]
journey = "visit"
rate = "20/s"
[journey.visit]
steps = [ { name = "ask", call = "desk.ask", timeout = "2s" } ]
[service.desk]
workers = 4
[service.desk.endpoint]
ask = [ { cpu = "exp(50ms)" } ]
"#;

/// Runs a tool of the system in the scene; whether it did what was asked.
fn tool<'a>(scene: &Scene, words: impl IntoIterator<Item = &'a str>) -> bool {
    let mut words = words.into_iter();
    let mut command = Command::new(words.next().expect("a tool is named"));
    command.args(words).current_dir(scene.path("."));
    command.output().is_ok_and(|done| done.status.success())
}

/// A pipe with a name; whether the system has such things.
fn pipe(scene: &Scene, name: &str) -> bool {
    tool(scene, ["mkfifo", name])
}

/// A device of our own: only who administers a system may make one, and nobody else could lose one.
fn device(scene: &Scene, name: &str, minor: &str) -> bool {
    let made = tool(scene, ["mknod", "-m", "666", name, "c", "1", minor]);
    made && std::fs::File::open(scene.path(name)).is_ok()
}

/// The minor numbers of devices on Linux.
const NULL: &str = "3";
const ZERO: &str = "5";
const FULL: &str = "7";

/// A command line that a shell prepares first: `limits` is typed before it.
fn prepared<'a>(
    scene: &Scene,
    limits: &str,
    arguments: impl IntoIterator<Item = &'a str>,
) -> Command {
    let wanted = scene.command(arguments);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{limits}\nexec \"$@\""), "sh"]);
    shell.arg(wanted.get_program()).args(wanted.get_args());
    shell.current_dir(scene.path("."));
    shell
}
