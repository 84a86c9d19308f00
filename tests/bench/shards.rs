//! How long a merge takes, and how much memory, by the number of launches.
//!
//! One idea: a small model, so that what is measured is not its launches but what is done with
//! them; a thousand launches a shard. A record, not a gate: asked for are a plan of a million
//! launches in one second, its merge in 60 s and 1 GiB, and exponents of at most 1.05. Up to
//! `ONRUSH_LAUNCHES` (a million unless it is said), each time ten times as many as before.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const MODEL: &str = include_str!("counter.toml");
const OF_A_SHARD: u64 = 1_000;

/// How long a command took, and the memory that it took at most, in kilobytes.
#[derive(Clone, Copy)]
struct Cost {
    time: Duration,
    memory: u64,
}

fn main() {
    let most = std::env::var("ONRUSH_LAUNCHES")
        .ok()
        .and_then(|text| text.parse().ok());
    let most: u64 = most.unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let at = folder.path();
    fs::write(at.join("model.toml"), MODEL).expect("it can be written");
    println!("   launches        plan              shards             merge   exponents");
    let mut before: Option<Cost> = None;
    let mut launches = 10_000;
    while launches <= most {
        let (planned, played, merged) = study(at, launches);
        let exponents = before.map(|before| {
            let of = |now: f64, before: f64| (now / before).log10();
            let time = of(merged.time.as_secs_f64(), before.time.as_secs_f64());
            let memory = of(merged.memory as f64, before.memory as f64);
            format!("time {time:.2}, memory {memory:.2}")
        });
        println!(
            "{launches:11} {} {:>13.1?} {}   {}",
            told(planned),
            played,
            told(merged),
            exponents.unwrap_or_default()
        );
        before = Some(merged);
        launches *= 10;
    }
}

fn told(Cost { time, memory }: Cost) -> String {
    format!("{time:>9.2?} {:>5} MiB", memory / 1_024)
}

/// Plans so many launches, plays them, and merges them.
fn study(at: &Path, launches: u64) -> (Cost, Duration, Cost) {
    let shards = launches / OF_A_SHARD;
    let words = format!("shard plan --shards {shards} run model.toml --replications {launches}");
    let planned = cost(at, &words, Some("study.plan"));
    let begin = Instant::now();
    for index in 0..shards {
        cost(at, &format!("shard run study.plan --index {index}"), None);
    }
    let played = begin.elapsed();
    let merged = cost(
        at,
        "shard merge study.plan shards --json results.json",
        None,
    );
    fs::remove_dir_all(at.join("shards")).expect("it is ours");
    (planned, played, merged)
}

/// Runs a command to its end.
fn cost(at: &Path, words: &str, into: Option<&str>) -> Cost {
    let out = into.map_or_else(Stdio::null, |name| {
        Stdio::from(File::create(at.join(name)).expect("a file can be made"))
    });
    let begin = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_onrush"))
        .current_dir(at)
        .args(words.split_whitespace())
        .stdout(out)
        .stderr(Stdio::null())
        .spawn()
        .expect("the command starts");
    let status = format!("/proc/{}/status", child.id());
    let mut memory = 0;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        memory = memory.max(kilobytes.unwrap_or(0_u64));
        if let Some(ended) = child.try_wait().expect("the command ends") {
            assert!(ended.success(), "`onrush {words}` ends with 0");
            let time = begin.elapsed();
            return Cost { time, memory };
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
