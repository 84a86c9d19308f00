//! Access logs: what they become, and that nothing in them breaks anything.

use proptest::prelude::*;
use serde_json::Value;

use onrush::import::access_log::import;
use onrush::import::{Asked, Imported, Unusable, Window};

use super::{bytes, input, is_kept, is_sound, scene};
use crate::support::Scene;

const SAMPLES: [&str; 5] = ["combined", "nginx", "apache", "w3c", "broken"];

fn imported(name: &str, log: &[u8], format: Option<&str>) -> Result<Imported, Unusable> {
    import(vec![input(name, log)], format, &Asked::default())
}

fn sample(name: &str) -> Imported {
    let log = bytes(&format!("access-log/{name}.log"));
    imported(&format!("{name}.log"), &log, None).expect("it is a log")
}

#[test]
fn every_sample_becomes_the_same_model() {
    for name in SAMPLES {
        let found = sample(name);
        is_sound(&found);
        is_kept(&format!("access-log/{name}"), &found);
    }
}

/// Who came is told apart while the log is read, and then forgotten.
#[test]
fn no_address_comes_into_a_model() {
    for name in SAMPLES {
        let found = sample(name);
        let files = found.files().into_iter().map(|(_, text)| text);
        for text in files.chain([found.model(), found.service_times(), found.arrivals()]) {
            for begin in [
                "198.51.100.",
                "203.0.113.",
                "192.0.2.",
                "10.0.0.",
                "okhttp",
                "shop.example",
            ] {
                assert!(!text.contains(begin), "{name}: {begin}");
            }
        }
    }
}

#[test]
fn a_model_makes_the_requests_of_its_log() {
    let scene = scene("access-log/nginx.log", "access.log");
    scene
        .run(["import", "access-log", "access.log", "--out", "m.toml"])
        .expect(0);
    let answer = scene.run(["run", "m.toml", "--replications", "40", "--json", "-", "-q"]);
    let results: Value = serde_json::from_str(&answer.out).expect("it is JSON");
    let requests = results["variants"]["baseline"]["requests"]
        .as_object()
        .expect("it has some");
    let started = |name: &str| -> f64 {
        let steps = requests
            .iter()
            .filter(|(step, _)| step.contains(&format!("site.{name}")));
        steps
            .filter_map(|(_, step)| step["started"]["estimate"].as_f64())
            .sum()
    };
    // As in the sample. The end of the run cuts some visits off, as that of the log does.
    for (name, logged) in [
        ("static-files", 330.0),
        ("get-api-products-id", 138.0),
        ("get-root", 110.0),
        ("post-api-login", 69.0),
        ("post-api-orders", 32.0),
    ] {
        let ratio = started(name) / logged;
        assert!((0.9..1.1).contains(&ratio), "{name}: {ratio}");
    }
}

#[test]
fn a_log_is_imported_run_and_reported_without_an_edit() {
    let scene = scene("access-log/combined.log", "access.log");
    let answer = scene.run(["import", "access-log", "access.log"]).expect(0);
    assert!(
        answer.err.contains("how long a request takes is not in it"),
        "{}",
        answer.err
    );
    let scene = scene.file("m.toml", &answer.out);
    // Two launches prove nothing, and take no time.
    let few = ["--replications", "2", "--out", "out", "-q"];
    scene
        .run(["run", "m.toml"].into_iter().chain(few))
        .expect(98);
    scene
        .run(["report", "out/results.json", "--out", "page", "-q"])
        .expect(0);
    assert!(
        scene
            .text("page/report.html")
            .contains("access.log, 2015-05-17")
    );
}

#[test]
fn one_part_can_be_had_alone() {
    let scene = scene("access-log/nginx.log", "a.log");
    let part = |flag| {
        scene
            .run(["import", "access-log", "a.log", flag, "-q"])
            .expect(0)
            .out
    };
    assert!(part("--arrivals").starts_with("# 110 visits that began in this time\n[arrivals"));
    let times = part("--service-times");
    assert!(
        times.starts_with("[param.servers]") && !times.contains("[arrivals"),
        "{times}"
    );
    let observed = part("--observed");
    let heading = "time,requests_per_s,visits_per_s,failed_share,mean_ms\n2024-06-01T10:00:25Z,";
    assert!(observed.starts_with(heading), "{observed}");
    let both = scene
        .run(["import", "access-log", "a.log", "--arrivals", "--observed"])
        .expect(2);
    assert!(both.err.contains("cannot be used with"), "{}", both.err);
}

#[test]
fn a_folder_holds_the_counts_beside_the_model() {
    let scene = scene("access-log/apache.log", "a.log");
    let dry = ["import", "access-log", "a.log", "--out", "d", "--dry-run"];
    let dry = scene.run(dry).expect(0);
    assert!(
        dry.err.contains("would write `d/arrivals-requests.csv`"),
        "{}",
        dry.err
    );
    assert_eq!(scene.names("."), ["a.log"]);
    scene
        .run(["import", "access-log", "a.log", "--out", "d", "-q"])
        .expect(0);
    let names = [
        "arrivals-requests.csv",
        "arrivals-visits.csv",
        "model.toml",
        "observed.csv",
    ];
    assert_eq!(scene.names("d"), names);
    assert_eq!(scene.text("d/model.toml"), dry.out);
    let checked = scene.run(["check", "d/model.toml"]).expect(0);
    assert!(checked.out.contains("about 560 come") || checked.out.contains("USERS"));
}

#[test]
fn several_logs_are_one_in_their_order() {
    let log = bytes("access-log/nginx.log");
    let half = log
        .iter()
        .take(60_000)
        .rposition(|byte| *byte == b'\n')
        .expect("it has lines")
        + 1;
    let parts = vec![input("a", &log[..half]), input("b", &log[half..])];
    let two = import(parts, None, &Asked::default()).expect("they are logs");
    let one = imported("a and 1 more", &log, None).expect("it is a log");
    assert_eq!(two.model(), one.model());
}

#[test]
fn the_busiest_stretch_is_modelled_when_asked() {
    let log = bytes("access-log/nginx.log");
    let asked = Asked {
        window: Window::Busiest(onrush::base::time::Span::parse("5m").expect("a time")),
        ..Asked::default()
    };
    let found = import(vec![input("a", &log)], None, &asked).expect("it is a log");
    is_sound(&found);
    assert!(
        found.model().contains("run_for  = \"5m\""),
        "{}",
        found.model()
    );
    assert!(
        found
            .account
            .text()
            .contains("the model covers the busiest 5m")
    );
}

/// Lines of one second, each with a format of its own.
#[test]
fn formats_are_found_or_taken_as_they_are_given() {
    let line = |behind: &str| {
        let line = "203.0.113.7 - - [01/Jun/2024:10:00:00 +0000] \"GET /a HTTP/1.1\" 200 17";
        format!("{line}{behind}\n").repeat(40)
    };
    let agents = " \"-\" \"curl/8.0\"";
    for (log, found, times) in [
        (line(""), "common", false),
        (line(agents), "combined", false),
        (line(" 5120"), "common with a time in microseconds", true),
        (
            line(&format!("{agents} 0.005")),
            "combined with a time in seconds",
            true,
        ),
        (
            line(&format!("{agents} \"198.51.100.9, 10.0.0.1\" 0.005")),
            "combined with a time",
            true,
        ),
        (
            line(&format!("{agents} rt=0.005 uct=\"0.001\" urt=\"0.004\"")),
            "`$request_time`",
            true,
        ),
        (
            format!("shop.example {}", line(agents))
                .replace('\n', "\nshop.example ")
                .trim_end_matches("shop.example ")
                .to_owned(),
            "name of a host",
            false,
        ),
    ] {
        let imported = imported("a.log", log.as_bytes(), None).expect(&log);
        let text = imported.account.text();
        assert!(
            text.contains(&format!("the format is {found}")) || text.contains(found),
            "{text}"
        );
        assert!(text.contains("Bad lines: none"), "{text}");
        assert_eq!(
            imported.model().contains("wait = "),
            times,
            "{log}\n{}",
            imported.model()
        );
    }
    let json = "{\"t\":\"2024-06-01T10:00:00+00:00\",\"r\":\"GET /a HTTP/1.1\",\"s\":200}\n";
    let format = r#"log_format j escape=json '{"t":"$time_iso8601","r":"$request","s":$status}';"#;
    let found = imported("a.log", json.repeat(40).as_bytes(), Some(format)).expect("as given");
    is_sound(&found);
    let said = found.account.text();
    assert!(said.contains("who made a request is not known"), "{said}");
    assert!(said.contains("Bad lines: none"), "{said}");
}

#[test]
fn what_cannot_be_read_is_refused_with_what_to_do() {
    let wrong: [(&[u8], &str); 5] = [
        (b"", "it is empty"),
        (
            b"hello\nworld\n",
            "its format is not known here; it begins with `hello`",
        ),
        (b"\xff\xfeh\0e\0", "it begins with `he`"),
        (
            "\x1b[2J\u{202e}".as_bytes(),
            "it begins with `␛[2J\\u{202e}`",
        ),
        (b"\n\n\n", "it is empty"),
    ];
    for (log, said) in wrong {
        let refused = imported("a.log", log, None).expect_err("it is no log");
        assert!(refused.why.contains(said), "{}", refused.why);
        assert!(refused.help.is_some());
    }
    let scene = Scene::new().file("a.log", "hello\n");
    let answer = scene
        .run(["import", "access-log", "a.log", "--out", "m.toml"])
        .expect(1);
    let last = "exit 1: `a.log` cannot be imported: its format is not known here; it begins with \
                `hello`";
    assert_eq!(answer.last_line(), last);
    assert_eq!(scene.names("."), ["a.log"]);
    let format = ["import", "access-log", "a.log", "--format", "%h"];
    let answer = scene.run(format).expect(1);
    assert!(
        answer
            .err
            .contains("it says nothing of a time (`%t`, `$time_local`)")
    );
    scene.run(["import", "access-log", "missing.log"]).expect(1);
}

/// A log of a week, and one line of every other kind among ten thousand good ones.
#[test]
fn what_happens_to_logs_is_survived_and_said() {
    let good = |n: u64| {
        let (minute, second) = (n / 60 % 60, n % 60);
        let at = format!("01/Jun/2024:1{}:{minute:02}:{second:02} +0000", n / 3_600);
        format!(
            "203.0.113.{} - - [{at}] \"GET /a HTTP/1.1\" 200 1 \"-\" \"x\"\n",
            n % 256
        )
    };
    let mut log = Vec::new();
    for n in 0..10_000 {
        match n % 100 {
            50 => log.extend_from_slice(b"\x00\xff garbage \xc3\x28 \"\n"),
            _ => log.extend_from_slice(good(n).as_bytes()),
        }
        if n == 5_000 {
            log.extend(std::iter::repeat_n(b'x', 10_000_000));
            log.push(b'\n');
        }
    }
    let found = imported("a.log", &log, None).expect("most of it is a log");
    is_sound(&found);
    assert_eq!(found.account.bad_lines(), 101);
    let said = found.account.text();
    assert!(
        said.contains("- 1: it is longer than 128 kB\n      line 5002: "),
        "{said}"
    );
    assert!(
        said.contains("- 100: it does not have the form of the others"),
        "{said}"
    );
    assert!(
        said.contains("9,900 requests from 2024-06-01T10:00:00Z"),
        "{said}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever the bytes are, they are a sound model or a reason, and every line is accounted for.
    #[test]
    fn any_bytes_are_survived(
        pieces in proptest::collection::vec(prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..60),
            proptest::sample::select(vec![
                &b"203.0.113.7 - - [01/Jun/2024:10:00:00 +0000] \"GET /a/1 HTTP/1.1\" 200 17"[..],
                b"198.51.100.9 - ann [31/Dec/1969:23:59:59 -0130] \"POST /b?c#d HTTP/2.0\" 503 -",
                b" \"-\" \"curl\" 0.25", b" \"a\\\"b\" \"c\" 99999999999999999999 rt=1 urt=\"-\"",
                b"#Fields: date time cs-method cs-uri-stem sc-status time-taken",
                b"2024-06-01 10:00:00 GET /a 200 15", b"9999-12-31 23:59:60 PUT * 999 0.5",
                b"\n", b"\n", b"\r\n", b" ", b"\"", b"[", b"99/Dec/9999:00:00:00 +9999",
            ]).prop_map(<[u8]>::to_vec),
        ], 0..60),
        format in proptest::option::of("[%$a-z{}>\" \\[\\]ht_]{0,20}"),
    ) {
        let log = pieces.concat();
        for format in [None, format.as_deref(), Some("%h [%t] \"%r\" %>s %D"), Some("$msec $uri")] {
            match imported("a.log", &log, format) {
                Ok(found) => {
                    is_sound(&found);
                    prop_assert!(found.observed().is_some());
                    let is_shown = !found.account.text().contains('\u{1b}');
                    prop_assert!(is_shown);
                }
                Err(refused) => prop_assert!(!refused.why.is_empty()),
            }
        }
    }
}
