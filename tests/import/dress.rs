//! What happens to files of every format on their way: marks, ends of lines, encodings, cuts, dirt.
//!
//! One idea: a file says the same however it was saved, and one that is broken gives a sound model
//! of what is left of it, or a reason; nothing is lost without a word.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use onrush::model::files::Files;
use onrush::model::{Checked, read};
use onrush::text::Source;

use super::bytes;
use crate::support::Scene;

/// Every format, and a sample of it.
const SAMPLES: [(&str, &str); 16] = [
    ("access-log", "access-log/nginx.log"),
    ("csv", "csv/requests.csv"),
    ("k6", "k6/results.json"),
    ("jtl", "jtl/results.jtl"),
    ("prometheus", "prometheus/counters.json"),
    ("locust", "locust/shape.py"),
    ("gatling", "gatling/Launch.scala"),
    ("artillery", "artillery/launch.yml"),
    ("taurus", "taurus/launch.yml"),
    ("otlp", "otlp/traces.json"),
    ("har", "har/visit.har"),
    ("openslo", "slo/openslo.yaml"),
    ("sloth", "slo/sloth.yaml"),
    ("chaos-mesh", "chaos/mesh.yaml"),
    ("chaos-toolkit", "chaos/toolkit.json"),
    ("vegeta", "vegeta/results.csv"),
];

/// What the command makes of a file: its code, the model behind its remarks, what is said.
fn imported(format: &str, content: &[u8]) -> (i32, String, String) {
    let scene = Scene::new();
    std::fs::write(scene.path("it"), content).expect("files can be written there");
    let answer = scene.run(["import", format, "it"]);
    let model = answer
        .out
        .find("[model]")
        .map_or("", |at| &answer.out[at..]);
    if answer.code == 0 {
        let (read, said) = read(Source::new("model.toml", &answer.out), Files::new());
        assert!(Checked::new(read).is_some(), "{said:#?}\n{}", answer.out);
    }
    (answer.code, model.to_owned(), answer.err)
}

#[test]
fn a_file_says_the_same_however_it_was_saved() {
    for (format, sample) in SAMPLES {
        let plain = bytes(sample);
        let text = String::from_utf8(plain.clone()).expect("samples are text");
        let (code, expected, said) = imported(format, &plain);
        assert_eq!(code, 0, "{format}: {said}");
        let utf16 = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(to_bytes).collect()
        };
        for (dress, bytes) in [
            ("a mark", [b"\xef\xbb\xbf", &plain[..]].concat()),
            ("ends of lines", text.replace('\n', "\r\n").into_bytes()),
            ("little", utf16(u16::to_le_bytes)),
            ("big", utf16(u16::to_be_bytes)),
        ] {
            let (code, model, said) = imported(format, &bytes);
            assert_eq!(code, 0, "{format} with {dress}: {said}");
            assert_eq!(model, expected, "{format} with {dress}");
            let is_said = said.contains("is UTF-16, and was read as that");
            assert_eq!(is_said, matches!(dress, "little" | "big"), "{said}");
        }
    }
}

#[test]
fn a_file_that_is_cut_gives_what_came_before_or_a_reason() {
    for (format, sample) in SAMPLES {
        let plain = bytes(sample);
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&plain).expect("it can be packed");
        let packed = packed.finish().expect("it can be packed");
        for part in 1..8 {
            let (code, _, said) = imported(format, &packed[..packed.len() * part / 8]);
            let is_said = said.contains("breaks off after line") || said.contains("it is empty");
            assert!(code == 1 || is_said, "{format}, {part}: {code}, {said}");
            let (code, _, said) = imported(format, &plain[..plain.len() * part / 8]);
            assert!([0, 1].contains(&code), "{format}, {part}: {code}, {said}");
        }
    }
    // Formats whose parts can be told apart lose the last of them alone.
    for (format, sample) in [
        ("prometheus", "prometheus/counters.json"),
        ("har", "har/visit.har"),
        ("otlp", "otlp/document.json"),
        ("otlp", "otlp/traces.json"),
    ] {
        let plain = bytes(sample);
        let (code, _, said) = imported(format, &plain[..plain.len() * 2 / 3]);
        assert_eq!(code, 0, "{sample}: {said}");
        let is_said = said.contains("it breaks off in line") || said.contains("Bad lines: 1 of");
        assert!(is_said, "{sample}: {said}");
    }
}

#[test]
fn what_is_nothing_is_refused_in_every_format() {
    let deep = "[".repeat(100_000);
    let all_bytes: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    for (format, _) in SAMPLES {
        for content in [&b""[..], b"\n\n\n", b" ", b"\xef\xbb\xbf", b"\xff\xfe"] {
            let (code, _, said) = imported(format, content);
            assert_eq!(code, 1, "{format}: {said}");
            assert!(
                said.contains("cannot be imported: it is empty"),
                "{format}: {said}"
            );
        }
        for content in [
            &b"null"[..],
            b"[]",
            b"{}",
            b"a",
            &[0; 5_000],
            &all_bytes,
            deep.as_bytes(),
        ] {
            let (code, _, said) = imported(format, content);
            assert_eq!(code, 1, "{format}: {said}");
            assert!(said.contains("cannot be imported: "), "{format}: {said}");
        }
    }
}

/// A line of ten megabytes in the middle, and one percent of dirt.
#[test]
fn lines_that_are_none_are_counted() {
    let of_lines = ["access-log", "csv", "k6", "jtl", "otlp", "vegeta"];
    for (format, sample) in SAMPLES.into_iter().filter(|(f, _)| of_lines.contains(f)) {
        let plain = bytes(sample);
        let mut dirty = Vec::new();
        let mut bad = 0;
        for (n, line) in plain.split_inclusive(|byte| *byte == b'\n').enumerate() {
            dirty.extend_from_slice(line);
            if n % 100 == 60 {
                bad += 1;
                dirty.extend_from_slice(b"\x00\xc3\x28 caf\xe9, {\"broken\": \n");
            }
            if n == 40 {
                bad += 1;
                dirty.resize(dirty.len() + 10_000_000, b'x');
                dirty.push(b'\n');
            }
        }
        let (code, _, said) = imported(format, &dirty);
        assert_eq!(code, 0, "{format}: {said}");
        assert!(
            said.contains(&format!("Bad lines: {bad} of")),
            "{format}: {bad}, {said}"
        );
    }
}

/// Latin-1 in a file of settings is read, and said.
#[test]
fn settings_in_another_encoding_are_read() {
    for (format, sample) in [
        ("artillery", "artillery/launch.yml"),
        ("taurus", "taurus/launch.yml"),
        ("openslo", "slo/openslo.yaml"),
        ("sloth", "slo/sloth.yaml"),
        ("chaos-mesh", "chaos/mesh.yaml"),
        ("locust", "locust/shape.py"),
        ("gatling", "gatling/Launch.scala"),
    ] {
        let remark = match format {
            "gatling" => &b"// caf\xe9\n"[..],
            _ => b"# caf\xe9\n",
        };
        let (code, _, said) = imported(format, &[remark, &bytes(sample)].concat());
        assert_eq!(code, 0, "{format}: {said}");
        assert!(said.contains("line 1 is no UTF-8"), "{format}: {said}");
    }
}

/// What a flag says of other formats is no silent wish.
#[test]
fn flags_of_other_formats_are_refused() {
    let scene = Scene::new().file("it", "x");
    for (format, flag, value) in [
        ("har", "--columns", "a"),
        ("k6", "--format", "%h"),
        ("jtl", "--is", "rate"),
        ("vegeta", "--per", "1m"),
        ("sloth", "--endpoints", "3"),
        ("otlp", "--gap", "3m"),
        ("locust", "--window", "3m"),
    ] {
        let answer = scene.run(["import", format, "it", flag, value]).expect(2);
        let said = format!("`{flag}` is for ");
        assert!(answer.last_line().contains(&said), "{}", answer.last_line());
    }
    scene
        .run(["import", "artillery", "it", "--as-arrivals"])
        .expect(2);
}
