//! Packed files: read as they are, and as far as they go.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{bytes, scene};

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

const IMPORT: [&str; 2] = ["import", "access-log"];

#[test]
fn a_packed_log_is_the_log_also_in_parts_and_from_stdin() {
    let log = bytes("access-log/nginx.log");
    let scene = scene("access-log/nginx.log", "a.log");
    let whole = scene.run(IMPORT.into_iter().chain(["a.log"])).expect(0);
    let (first, second) = log.split_at(50_000);
    let parts = [packed(first), packed(second)].concat();
    // What a file is called decides nothing.
    fs::write(scene.path("a.log"), parts).expect("it can be written");
    let unpacked = scene.run(IMPORT.into_iter().chain(["a.log"])).expect(0);
    assert_eq!((&unpacked.out, &unpacked.err), (&whole.out, &whole.err));
    let log = String::from_utf8(log).expect("it is text");
    let piped = scene
        .run_with(&log, IMPORT.into_iter().chain(["-"]))
        .expect(0);
    assert_eq!(piped.out, whole.out.replace("a.log", "<stdin>"));
}

#[test]
fn a_log_that_breaks_off_gives_what_came_before() {
    let whole = packed(&bytes("access-log/nginx.log"));
    let scene = scene("access-log/nginx.log", "a.log");
    fs::write(scene.path("a.log"), &whole[..whole.len() / 2]).expect("it can be written");
    let cut = scene.run(IMPORT.into_iter().chain(["a.log"])).expect(0);
    let said = cut.err.split_whitespace().collect::<Vec<_>>().join(" ");
    let broken = "(what is packed ends too early); what came before was taken";
    assert!(said.contains(broken), "{said}");
    assert!(cut.out.contains("breaks off after line "), "{}", cut.out);
    // Something else from the middle on.
    let mut broken = whole.clone();
    broken[whole.len() / 2..].fill(0xff);
    fs::write(scene.path("a.log"), broken).expect("it can be written");
    let damaged = scene.run(IMPORT.into_iter().chain(["a.log"])).expect(0);
    assert!(
        damaged.err.contains("a.log breaks off after line "),
        "{}",
        damaged.err
    );
}
