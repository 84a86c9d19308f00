//! Signals: the first keeps what is finished, the second ends at once, what is ignored stays so.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{DESK, pipe, prepared};
use crate::support::{Scene, answer};

const ENDLESS: [&str; 6] = [
    "run",
    "model.toml",
    "--replications",
    "200000",
    "--json",
    "out",
];

/// Numbers of signals.
const SIGNALS: [(&str, u32); 3] = [("INT", 2), ("TERM", 15), ("HUP", 1)];

fn send(child: &Child, signal: &str) {
    let told = Command::new("kill")
        .args([format!("-{signal}"), child.id().to_string()])
        .status();
    assert!(told.expect("kill is there").success());
}

/// Waits until something holds, a minute at most.
fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        sleep(Duration::from_millis(5));
    }
}

/// A mask of signals of a process, as Linux tells.
fn mask(child: &Child, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id()));
    let status = status.unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

/// Waits until a process listens to a signal, and has had time to do something.
fn listening(child: &Child, number: u32) {
    until("it listens", || {
        mask(child, "SigCgt:") & (1 << (number - 1)) != 0
    });
    sleep(Duration::from_millis(300));
}

fn spawn(mut command: Command) -> Child {
    command.stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the command starts")
}

#[test]
fn every_way_to_ask_keeps_what_is_finished() {
    for (signal, number) in SIGNALS {
        let scene = Scene::with_model(DESK);
        let child = scene.start(ENDLESS);
        listening(&child, number);
        send(&child, signal);
        let ended = answer(child.wait_with_output().expect("it ends")).expect(105);
        let said = "stopping: what is finished is kept; once more ends at once";
        assert!(ended.err.contains(said), "{signal}: {}", ended.err);
        let last = ended.last_line();
        assert!(
            last.starts_with("exit 105: interrupted; "),
            "{signal}: {last}"
        );
        assert!(scene.text("out").contains("\"stopped\": \"interrupted\""));
        assert_eq!(scene.names("."), ["model.toml", "out"]);
    }
}

/// The first signal ends the study, but the document goes to a pipe that nobody reads; so only a
/// second one can end the process.
#[test]
fn the_second_ends_at_once_whichever_it_is() {
    for ((first, number), (second, _)) in SIGNALS.iter().zip(SIGNALS.iter().cycle().skip(1)) {
        let scene = Scene::with_model(DESK);
        if !pipe(&scene, "out") {
            return;
        }
        let mut child = scene.start(ENDLESS);
        listening(&child, *number);
        send(&child, first);
        sleep(Duration::from_millis(500));
        assert!(child.try_wait().expect("it can be asked").is_none());
        send(&child, second);
        let ended = answer(child.wait_with_output().expect("it ends")).expect(105);
        assert!(ended.err.contains("stopping: "), "{}", ended.err);
    }
}

/// `nohup` and shells that run something in the background want signals ignored.
#[test]
fn what_is_ignored_stays_so() {
    for (signal, number) in [("HUP", 1_u32), ("INT", 2)] {
        let scene = Scene::with_model(DESK);
        let child = spawn(prepared(&scene, &format!("trap '' {signal}"), ENDLESS));
        listening(&child, 15);
        let bit = 1 << (number - 1);
        assert_eq!(mask(&child, "SigCgt:") & bit, 0, "{signal}");
        assert_ne!(mask(&child, "SigIgn:") & bit, 0, "{signal}");
        send(&child, signal);
        send(&child, "TERM");
        let ended = answer(child.wait_with_output().expect("it ends")).expect(105);
        assert!(ended.last_line().contains("kept"), "{}", ended.err);
    }
}
