//! What people hand in: bytes that are no text, characters that nobody sees, numbers that are none.
//!
//! One idea: whatever comes in by a file, by stdin or by the command line, what goes out holds no
//! character that moves a terminal's cursor or turns the direction of a line.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use onrush::base::visible::is_hidden;

use crate::support::{Answer, Scene, answer};

/// A desk that has a text of every kind.
const DESK: &str = r#"
[model]
title = "A desk"
question = "Does it hold?"
run_for = "10s"
replications = 2
[param.crowd]
value = 20
label = "Who comes"
unit = "users"
known = "assumed"
[arrivals.users]
journey = "visit"
rate = "20/s"
[journey.visit]
steps = [
  { name = "ask", label = "Ask them", call = "desk.ask", timeout = "2s" },
  { leave = "happy" },
]
[service.desk]
label = "The desk"
workers = 4
[service.desk.endpoint]
ask = [ { cpu = "exp(50ms)" } ]
[fault.slow]
at = "4s"
for = "2s"
slow = { service = "desk", factor = 2 }
[[objective]]
that = "share(happy) >= 50%"
label = "Most are happy"
[variant.more]
label = "One more"
set = { "service.desk.workers" = 8 }
[[note]]
at = "5s"
text = "A remark"
"#;

/// Characters that no label needs, as TOML writes them and as a reader sees them.
const HIDDEN: [(&str, &str); 7] = [
    (r"\u0000", "␀"),
    (r"\u0007", "␇"),
    (r"\u001b[31m", "␛[31m"),
    (r"\r", "␍"),
    (r"\u009b", r"\u{9b}"),
    (r"\u202e", r"\u{202e}"),
    (r"\u200f", r"\u{200f}"),
];

/// Everything hidden at once, as it stands.
const NASTY: &str = "x\u{1b}[31m\u{7}\r\u{202e}\u{9b}\u{200f}y";
/// The same as it is shown.
const SHOWN: &str = "x␛[31m␇␍\\u{202e}\\u{9b}\\u{200f}y";

/// A text shows all that it holds.
#[track_caller]
fn is_seen(what: &str, text: &str) {
    let hidden = text.find(|c| is_hidden(c) && c != '\n');
    if let Some(at) = hidden {
        let around: String = text[at..].chars().take(40).collect();
        panic!("{what} hides something: {around:?}");
    }
}

#[track_caller]
fn all_is_seen(answer: Answer) -> Answer {
    is_seen("stdout", &answer.out);
    is_seen("stderr", &answer.err);
    answer
}

/// Every text in a folder shows all that it holds, but for the model, which is the user's own; how
/// many files there were.
fn folder_is_seen(folder: &Path) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).expect("it was written") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            files += folder_is_seen(&path);
        } else if path.ends_with("model.toml") {
            continue;
        } else if let Ok(text) = fs::read_to_string(&path) {
            is_seen(&path.to_string_lossy(), &text);
            files += 1;
        }
    }
    files
}

#[test]
fn what_is_no_text_is_named_with_the_place_of_its_byte() {
    let latin = DESK.replace("A desk", "Gr\u{f6}\u{df}e");
    let latin: Vec<u8> = latin.chars().map(|c| c as u8).collect();
    let wide = |bytes: fn(u16) -> [u8; 2], mark: [u8; 2]| {
        let units = DESK.encode_utf16().flat_map(bytes);
        mark.into_iter().chain(units).collect::<Vec<u8>>()
    };
    let wrong = "is no UTF-8 text: the byte 0xF6: it is `ö` in Latin-1; save it as UTF-8 text";
    let cases = [
        (latin, format!(":3:12` {wrong}")),
        (
            wide(u16::to_le_bytes, [0xFF, 0xFE]),
            "it is UTF-16 (little-endian)".to_owned(),
        ),
        (
            wide(u16::to_be_bytes, [0xFE, 0xFF]),
            "it is UTF-16 (big-endian)".to_owned(),
        ),
        (
            wide(u16::to_le_bytes, [0x0A, 0x0A]),
            ":4:1` is no UTF-8 text: the byte 0x00".to_owned(),
        ),
    ];
    for (bytes, told) in &cases {
        let scene = Scene::new();
        fs::write(scene.path("model.toml"), bytes).expect("it can be written");
        // Of stored results it is no invalid model: they cannot be reported, like any others that
        // are none.
        for (command, exit) in [
            ("check", 104),
            ("run", 104),
            ("compare", 104),
            ("report", 1),
        ] {
            let refused = scene.run([command, "model.toml"]).expect(exit);
            let name = format!("exit {exit}: `model.toml:");
            assert!(refused.last_line().contains(&name), "{}", refused.err);
            assert!(refused.last_line().contains(told), "{}", refused.err);
        }
        for (command, exit) in [("check", 104), ("run", 104), ("report", 1)] {
            let refused = by_stdin(&scene, bytes, command).expect(exit);
            let name = format!("exit {exit}: `<stdin>:");
            assert!(refused.last_line().contains(&name), "{}", refused.err);
            assert!(refused.last_line().contains(told), "{}", refused.err);
        }
        let model = DESK.replace("exp(50ms)", "file(data/times.csv, unit=ms)");
        let scene = Scene::new()
            .file("a/model.toml", &model)
            .file("a/data/x", "");
        fs::write(scene.path("a/data/times.csv"), bytes).expect("it can be written");
        let refused = scene.run(["run", "a/model.toml"]).expect(104);
        let name = "exit 104: `a/data/times.csv:";
        assert!(refused.last_line().contains(name), "{}", refused.err);
        assert!(refused.last_line().contains(told), "{}", refused.err);
    }
    let one_of_two = Scene::with_model(DESK);
    fs::write(one_of_two.path("latin.toml"), &cases[0].0).expect("it can be written");
    let checked = one_of_two
        .run(["check", "latin.toml", "model.toml"])
        .expect(104);
    assert!(
        checked.out.contains("A desk"),
        "the other is checked all the same: {}",
        checked.out
    );
}

/// The mark that editors of Windows put before UTF-8 is no part of the text.
#[test]
fn a_mark_of_utf8_does_no_harm() {
    let scene = Scene::with_model(&format!("\u{feff}{DESK}"));
    let run = scene.run(["run", "model.toml", "--json", "-"]).expect(98);
    let scene = scene.file("results.json", &format!("\u{feff}{}", run.out));
    scene.run(["report", "results.json"]).expect(0);
}

fn by_stdin(scene: &Scene, bytes: &[u8], command: &str) -> Answer {
    use std::io::Write;
    let mut child = scene.start([command, "-"]);
    let mut pipe = child.stdin.take().expect("stdin is a pipe");
    // One that has seen enough may close it.
    let _ = pipe.write_all(bytes);
    drop(pipe);
    answer(child.wait_with_output().expect("it ends"))
}

/// Every text of a model, with every character that no label needs: refused at its place, and
/// shown by symbols.
#[test]
fn a_model_holds_nothing_that_cannot_be_seen() {
    let texts = [
        "\"A desk",
        "\"Does it",
        "\"Who comes",
        "\"users\"",
        "\"visit\"",
        "\"20/s",
        "\"ask\"",
        "\"Ask them",
        "\"desk.ask",
        "\"happy",
        "\"The desk",
        "\"exp(",
        "\"desk\"",
        "\"4s",
        "\"share(",
        "\"Most",
        "\"One more",
        "\"service.",
        "\"5s",
        "\"A remark",
    ];
    for (n, text) in texts.iter().enumerate() {
        let (written, shown) = HIDDEN[n % HIDDEN.len()];
        let broken = format!("\"{written}{}", &text[1..]);
        let scene = Scene::with_model(&DESK.replacen(text, &broken, 1));
        let answer = all_is_seen(scene.run(["check", "model.toml"]).expect(104));
        assert!(
            answer.err.contains("error[E009]"),
            "{broken}: {}",
            answer.err
        );
        assert!(answer.err.contains(shown), "{broken}: {}", answer.err);
        assert!(answer.err.contains("--> model.toml:"), "{}", answer.err);
    }
    for (written, shown) in HIDDEN {
        let title = Scene::with_model(&DESK.replace("A desk", &format!("A {written} desk")));
        let answer = all_is_seen(title.run(["run", "model.toml"]).expect(104));
        let found = format!("`A {shown} desk` holds U+");
        assert!(answer.err.contains(&found), "{}", answer.err);
        assert!(answer.err.contains("--> model.toml:3:9"), "{}", answer.err);
    }
}

/// Characters as they stand, not by their escapes, also where there is no text at all.
#[test]
fn raw_characters_in_a_model_are_shown_by_symbols() {
    for c in [
        '\0', '\u{7}', '\u{1b}', '\r', '\u{7f}', '\u{9b}', '\u{202e}', '\u{2028}',
    ] {
        for (text, by) in [("A desk", "A"), ("rate", "ra"), ("\n[param", "\n")] {
            let model = DESK.replacen(text, &format!("{by}{c}{}", &text[by.len()..]), 1);
            let scene = Scene::with_model(&model);
            let _ = all_is_seen(scene.run(["check", "model.toml"]).expect(104));
        }
    }
    // A comment may say anything: it is shown only beside an error.
    let remark = DESK.replace("rate = \"20/s\"", "rate = 20 # a\u{202e}b\u{9b}");
    let answer = Scene::with_model(&remark)
        .run(["check", "model.toml"])
        .expect(104);
    let _ = all_is_seen(answer);
}

#[test]
fn labels_of_any_language_and_of_several_lines_are_welcome() {
    let labels = DESK
        .replace(
            "A desk",
            "Schalter · שולחן · مكتب · 窓口 👩\u{200d}🚀 e\u{301}",
        )
        .replace("\"The desk\"", "'''\n  The\r\n\tdesk'''")
        .replace("\"A remark\"", "\"\"\"\nA remark\non two lines\n\"\"\"");
    let scene = Scene::with_model(&labels);
    all_is_seen(scene.run(["run", "model.toml", "--out", "out"]).expect(98));
    assert!(folder_is_seen(&scene.path("out")) > 8);
    let summary = scene.text("out/summary.md");
    assert!(
        summary.contains("Schalter · שולחן · مكتب · 窓口 👩\u{200d}🚀 e\u{301}"),
        "{summary}"
    );
    assert!(
        scene
            .text("out/results.json")
            .contains("\"A remark on two lines\"")
    );
    assert!(scene.text("out/results.json").contains("\"The desk\""));
}

#[test]
fn words_of_the_command_line_are_shown_by_symbols() {
    let scene = Scene::with_model(DESK);
    let nasty: [&[&str]; 11] = [
        &[NASTY],
        &["run", "model.toml", "--color", NASTY],
        &["run", "model.toml", NASTY],
        &["run", "model.toml", "--seed", NASTY],
        &["run", "model.toml", "--variant", NASTY],
        &["compare", "model.toml", "--variants", NASTY],
        &["compare", "model.toml", "--require", NASTY],
        &["run", "model.toml", "--same-within", &format!("{NASTY}=2")],
        &["man", NASTY],
        &["check", "model.toml", "--set", NASTY],
        &["run", "model.toml", "--memory", NASTY],
    ];
    for words in nasty {
        let refused = all_is_seen(scene.run(words.iter().copied()).expect(2));
        assert!(
            refused.err.contains("x␛[31m␇"),
            "{words:?}: {}",
            refused.err
        );
    }
    for set in [format!("model.title={NASTY}"), format!("{NASTY}=1")] {
        let refused = all_is_seen(scene.run(["run", "model.toml", "--set", &set]).expect(104));
        assert!(refused.err.contains(SHOWN), "{}", refused.err);
        assert!(refused.err.contains("--> --set:1:"), "{}", refused.err);
    }
    let lines = scene.run([
        "run",
        "model.toml",
        "--set",
        "model.title=a\n\tb",
        "--out",
        "out",
    ]);
    let _ = all_is_seen(lines.expect(98));
    assert!(folder_is_seen(&scene.path("out")) > 8);
}

#[test]
fn names_of_files_are_shown_by_symbols() {
    let model = DESK.replace("title = \"A desk\"\n", "");
    let scene = Scene::new().file(&format!("{NASTY}.toml"), &model);
    let run = |words: &[&str], code| {
        let words = words.iter().map(|word| word.replace("NASTY", NASTY));
        let words: Vec<String> = words.collect();
        let answer = scene.run(words.iter().map(String::as_str)).expect(code);
        let answer = all_is_seen(answer);
        let all = format!("{}{}", answer.out, answer.err);
        // Where only ASCII may be shown, a symbol is a question mark.
        let shown = all.contains(SHOWN) || all.contains(&onrush::report::words::ascii(SHOWN));
        assert!(shown, "{words:?}: {all}");
    };
    run(&["check", "NASTY.toml"], 0);
    run(&["check", "none-NASTY.toml"], 1);
    run(
        &[
            "run",
            "NASTY.toml",
            "--out",
            "NASTY",
            "--json",
            "NASTY.json",
        ],
        98,
    );
    run(&["run", "NASTY.toml", "--out", "NASTY.toml/NASTY"], 1);
    run(&["run", "NASTY.toml", "--set", "x=1"], 104);
    run(
        &[
            "report",
            "NASTY.json",
            "--markdown",
            "NASTY.md",
            "--junit",
            "NASTY.xml",
        ],
        0,
    );
    run(&["report", "NASTY.toml"], 1);
    run(&["init", "NASTY.toml"], 1);
    run(&["init", "NASTY-new.toml"], 0);
    assert!(folder_is_seen(&scene.path(NASTY)) > 8);
    for end in ["json", "md", "xml"] {
        is_seen(end, &scene.text(&format!("{NASTY}.{end}")));
    }
}

#[cfg(unix)]
#[test]
fn names_that_are_no_text_are_shown_too() {
    use std::os::unix::ffi::OsStrExt;
    let scene = Scene::with_model(DESK);
    let name = OsStr::from_bytes(b"a\xFFb\x1b.toml");
    let run = |words: &[&OsStr], code| {
        let mut command = scene.command([]);
        let ended = answer(command.args(words).output().expect("it starts"));
        let _ = all_is_seen(ended.expect(code));
    };
    run(&[OsStr::new("check"), name], 1);
    run(
        &[
            OsStr::new("run"),
            OsStr::new("model.toml"),
            OsStr::new("--seed"),
            name,
        ],
        2,
    );
    fs::copy(scene.path("model.toml"), scene.path("").join(name)).expect("it can be copied");
    run(
        &[
            OsStr::new("run"),
            name,
            OsStr::new("--out"),
            OsStr::new("out"),
        ],
        98,
    );
    assert!(folder_is_seen(&scene.path("out")) > 8);
}

/// A document of results from elsewhere may hold anything.
#[test]
fn stored_results_are_shown_by_symbols() {
    let scene = Scene::with_model(DESK);
    let ran = scene
        .run(["compare", "model.toml", "--json", "-"])
        .expect(0);
    let nasty = r"\u001b]0;owned\u0007\u202e\r\n\u0000\uffff";
    let hostile = [
        "A desk", "visit", "happy", "The desk", "Most are", "One more", "remark", "more",
    ];
    let hostile = hostile.iter().fold(ran.out.clone(), |text, word| {
        text.replace(word, &format!("{word}{nasty}"))
    });
    let hostile = hostile.replace("desk", &format!("de{nasty}sk"));
    assert!(hostile.matches(nasty).count() > 100, "it is everywhere");
    let scene = scene.file("hostile.json", &hostile);
    for colour in ["never", "always"] {
        let words = ["report", "hostile.json", "--out", "out", "--color", colour];
        let answer = scene.run(words).expect(0);
        let plain = |text: &str| {
            let mut parts = text.split("\u{1b}[");
            let first = parts.next().unwrap_or_default().to_owned();
            parts.fold(first, |all, part| {
                all + part.split_once('m').map_or("", |(_, rest)| rest)
            })
        };
        is_seen("stdout", &plain(&answer.out));
        is_seen("stderr", &plain(&answer.err));
    }
    assert!(folder_is_seen(&scene.path("out")) > 8);
    assert!(
        scene
            .text("out/summary.md")
            .contains("owned␇\\\\u{202e}␍␊␀")
    );
    let other = ran
        .out
        .replace("onrush.results/1", &format!("onrush{nasty}"));
    let other = scene
        .file("other.json", &other)
        .run(["report", "other.json"])
        .expect(1);
    let _ = all_is_seen(other);
}

/// What a data file may hold, and what is said about it.
#[test]
fn data_that_is_no_number_is_named_with_its_line() {
    let beyond = "is infinite, or too large to be counted with";
    let arrivals: [(&str, String); 17] = [
        (
            "1,inf\n2,3\n",
            format!("`inf` in line 1, column 2, {beyond}"),
        ),
        (
            "at,users\n1,2\n2,-inf\n",
            format!("`-inf` in line 3, column `users`, {beyond}"),
        ),
        (
            "1,2\n2,1e400\n",
            format!("`1e400` in line 2, column 2, {beyond}"),
        ),
        (
            "inf,1\ninf,2\n",
            format!("`inf` in line 1, column 1, {beyond}"),
        ),
        (
            "at,inf\n1,2\n",
            "line 1 is neither data nor a heading: `at`".to_owned(),
        ),
        (
            "NaN\n1\n2\n",
            "line 1 is neither data nor a heading: `NaN`".to_owned(),
        ),
        (
            "1\nnan\n",
            "`nan` in line 2, column 1, is not a number".to_owned(),
        ),
        (
            "1e999\n",
            "line 1 is neither data nor a heading: `1e999`".to_owned(),
        ),
        (
            "\"1\n2\n",
            "line 1 is neither data nor a heading: `\"1`".to_owned(),
        ),
        (
            "\"1\"0\n2\n",
            "line 1 is neither data nor a heading: `\"1\"0`".to_owned(),
        ),
        (
            "1;2\n3,4\n",
            "line 1 is neither data nor a heading: `1;2`".to_owned(),
        ),
        (
            "1\n2;3\n",
            "`2;3` in line 2, column 1, is not a number".to_owned(),
        ),
        (
            ",,\n\n",
            "line 1 is neither data nor a heading: `,,`".to_owned(),
        ),
        (
            "\u{1b}[1m\n1\n",
            "line 1, column 1 holds the control character `␛` (U+001B)".to_owned(),
        ),
        (
            "1\n2\u{7}\n",
            "line 2, column 2 holds the control character `␇` (U+0007)".to_owned(),
        ),
        (
            "a\u{202e},b\n1,x\u{200f}\n2,3\n",
            "`x\\u{200f}` in line 2".to_owned(),
        ),
        (
            "1\n2\r3\n",
            "`2␍3` in line 2, column 1, is not a number".to_owned(),
        ),
    ];
    let model = DESK.replace("rate = \"20/s\"", "file = \"users.csv\"");
    for (data, told) in &arrivals {
        let scene = Scene::with_model(&model).file("users.csv", data);
        let refused = all_is_seen(scene.run(["check", "model.toml"]).expect(104));
        let said = refused.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            said.contains("error[E025]: `users.csv` cannot be used: "),
            "{data:?}: {said}"
        );
        assert!(said.contains(told.as_str()), "{data:?}: {said}");
    }
    let times = [
        ("inf\n1\n", format!("`inf` in line 1, column 1, {beyond}")),
        ("1\ninf\n", format!("`inf` in line 2, column 1, {beyond}")),
        (
            "1\n1e999\n",
            format!("`1e999` in line 2, column 1, {beyond}"),
        ),
        (
            "1\n\nx\n",
            "`x` in line 3, column 1, is not a number".to_owned(),
        ),
        (
            "a,b\n,1\n2,\n",
            "line 3 has no number in column 2".to_owned(),
        ),
        ("1\n-1\n", "negative".to_owned()),
    ];
    let model = DESK.replace("exp(50ms)", "file(times.csv, unit=ms)");
    for (data, told) in &times {
        let scene = Scene::with_model(&model).file("times.csv", data);
        let refused = all_is_seen(scene.run(["check", "model.toml"]).expect(104));
        assert!(
            refused.err.contains(told.as_str()),
            "{data:?}: {}",
            refused.err
        );
    }
    let scene = Scene::with_model(&model).file("times.csv", "\u{0}1\n2\n");
    let refused = scene.run(["check", "model.toml"]).expect(104);
    let told = "`times.csv:1:1` is no UTF-8 text: the byte 0x00";
    assert!(refused.last_line().contains(told), "{}", refused.err);
}
