//! How fast an access log is imported: beside a bare splitter of fields, and beside `gzip -dc`.
//!
//! One idea: the same file in the same run, since a machine is slow or fast for all of them alike.
//! The log has a million users and `ONRUSH_LOG_MB` megabytes (1,000 unless it is said); the command
//! reads it as a user would. A record, not a gate: asked for are at most 4 times the splitter, at
//! most 1.7 times `gzip -dc`, and at most 200 MB of memory.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

const USERS: u64 = 1_000_000;
const PATHS: [&str; 8] = [
    "/",
    "/login",
    "/cart",
    "/api/products/",
    "/products/",
    "/search?q=",
    "/img/p.png",
    "/checkout",
];
const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
     Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like \
     Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "okhttp/4.12.0",
];

fn main() {
    let megabytes = std::env::var("ONRUSH_LOG_MB")
        .ok()
        .and_then(|text| text.parse().ok());
    let megabytes: u64 = megabytes.unwrap_or(1_000);
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let plain = folder.path().join("access.log");
    let packed = folder.path().join("access.log.gz");
    write(&plain, &packed, megabytes * 1_000_000);
    // Both are in the system's memory now.
    let (fields, split) = timed(|| split(&plain));
    let (plain_peak, imported) = timed(|| import(&plain));
    let (_, unpacked) = timed(|| {
        let gzip = Command::new("gzip")
            .arg("-dc")
            .arg(&packed)
            .stdout(Stdio::null())
            .status();
        assert!(gzip.is_ok_and(|ended| ended.success()), "gzip unpacks it");
    });
    let (packed_peak, unpacked_and_imported) = timed(|| import(&packed));
    let times = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64();
    println!("{megabytes} MB, {fields} fields");
    println!("splitter           {split:8.2?}");
    println!(
        "import             {imported:8.2?}  {:.2} times, {plain_peak} MB",
        times(imported, split)
    );
    println!("gzip -dc           {unpacked:8.2?}");
    println!(
        "import of the same {unpacked_and_imported:8.2?}  {:.2} times, {packed_peak} MB",
        times(unpacked_and_imported, unpacked)
    );
}

fn timed<T>(what: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let made = what();
    (made, begin.elapsed())
}

/// Writes the log, plain and packed.
fn write(plain: &Path, packed: &Path, bytes: u64) {
    let mut plain = BufWriter::new(File::create(plain).expect("a file can be made"));
    let packed = File::create(packed).expect("a file can be made");
    let mut packed = GzEncoder::new(packed, Compression::default());
    let (mut written, mut n, mut state) = (0, 0_u64, 1_u64);
    while written < bytes {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let luck = state >> 33;
        let (user, secs) = (luck % USERS, n / 120);
        let agent = AGENTS[user as usize % AGENTS.len()];
        let (path, id) = (PATHS[luck as usize / 7 % PATHS.len()], luck % 100_000);
        let line = format!(
            "10.{}.{}.{} - - [{:02}/Jun/2024:{:02}:{:02}:{:02} +0000] \"GET {path}{id} HTTP/1.1\" \
             200 {} \"https://shop.example/\" \"{agent}\" 0.{:03}\n",
            user >> 16,
            user >> 8 & 255,
            user & 255,
            1 + secs / 86_400,
            secs / 3_600 % 24,
            secs / 60 % 60,
            secs % 60,
            luck % 90_000,
            luck % 250
        );
        plain.write_all(line.as_bytes()).expect("there is room");
        packed.write_all(line.as_bytes()).expect("there is room");
        written += line.len() as u64;
        n += 1;
    }
    plain.flush().expect("there is room");
    packed.finish().expect("there is room");
}

/// The fields of a file, between spaces, quotes and ends of lines.
fn split(path: &Path) -> u64 {
    let mut file = File::open(path).expect("it is there");
    let mut buffer = vec![0; 256 * 1024];
    let (mut fields, mut is_quoted) = (0, false);
    loop {
        let some = file.read(&mut buffer).expect("it can be read");
        if some == 0 {
            return fields;
        }
        for byte in &buffer[..some] {
            match byte {
                b'"' => is_quoted = !is_quoted,
                b' ' if !is_quoted => fields += 1,
                b'\n' => (fields, is_quoted) = (fields + 1, false),
                _ => {}
            }
        }
    }
}

/// Imports a file; the memory that it took at most, in megabytes.
fn import(path: &Path) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_onrush"))
        .args(["import", "access-log", "--arrivals"])
        .arg(path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0_u64));
        if let Some(ended) = child.try_wait().expect("the command ends") {
            assert!(ended.success(), "the log is imported");
            return peak / 1_000;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
