//! A browser that a test drives: WebDriver (W3C 2018) over plain HTTP, as much of it as is needed.
//!
//! One idea: a test says what a person does and asks the page what it shows; everything else of the
//! protocol stays here.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A session with a browser of its own.
pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
    /// Where it saves what is downloaded, and its profile.
    folder: TempDir,
}

/// Where a program of the system is.
fn found(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let places = std::env::split_paths(&path).map(|folder| folder.join(name));
    places.into_iter().find(|place| place.is_file())
}

impl Browser {
    /// A browser, if the system has one; otherwise it is said aloud that the test has not run.
    pub(crate) fn open() -> Option<Browser> {
        let driver = found("chromedriver");
        let browser = found("chromium").or_else(|| found("google-chrome"));
        let Some((driver, browser)) = driver.zip(browser) else {
            // Straight to the stream: the harness keeps what tests print to itself.
            let told = writeln!(
                std::io::stderr(),
                "NOT TESTED in a browser: chromium and chromedriver are not there"
            );
            told.expect("stderr can be written");
            return None;
        };
        let mut driver = Command::new(driver)
            .args(["--port=0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the driver starts");
        let port = port_of(&mut driver);
        let mut open = Browser {
            driver,
            port,
            session: String::new(),
            folder: tempfile::tempdir().expect("a temporary folder can be made"),
        };
        let asked = open.capabilities(&browser);
        let answer = open.ask("POST", "/session", &asked);
        open.session = answer["sessionId"].as_str().expect("a session").to_owned();
        Some(open)
    }

    fn capabilities(&self, browser: &Path) -> Value {
        let profile = self.folder.path().join("profile");
        let args = [
            "--headless".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-quic".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--window-size=1280,800".to_owned(),
            format!("--user-data-dir={}", profile.display()),
        ];
        let downloads = self.folder.path().display().to_string();
        json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": {
                "binary": browser,
                "args": args,
                "prefs": {
                    "download.default_directory": downloads,
                    "download.prompt_for_download": false,
                },
            },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } })
    }

    /// Asks the driver; fails the test with its message if it refuses.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = exchange(self.port, method, path, body);
        assert_eq!(
            status, 200,
            "{method} {path}: {}",
            answer["value"]["message"]
        );
        answer["value"].clone()
    }

    fn of_session(&self, method: &str, path: &str, body: &Value) -> Value {
        self.ask(method, &format!("/session/{}{path}", self.session), body)
    }

    /// Opens a file.
    pub(crate) fn visit(&self, file: &Path) {
        let url = format!("file://{}", file.display());
        self.of_session("POST", "/url", &json!({ "url": url }));
    }

    /// What a script in the page returns.
    pub(crate) fn run(&self, script: &str) -> Value {
        let body = json!({ "script": script, "args": [] });
        self.of_session("POST", "/execute/sync", &body)
    }

    /// What a script returns that calls its last argument when it is done.
    pub(crate) fn wait_for(&self, script: &str) -> Value {
        let body = json!({ "script": script, "args": [] });
        self.of_session("POST", "/execute/async", &body)
    }

    /// The text that a script returns.
    pub(crate) fn text(&self, script: &str) -> String {
        let found = self.run(script);
        found
            .as_str()
            .unwrap_or_else(|| panic!("{script}: {found}"))
            .to_owned()
    }

    /// The whole number that a script returns.
    pub(crate) fn number(&self, script: &str) -> i64 {
        let found = self.run(script);
        found
            .as_f64()
            .unwrap_or_else(|| panic!("{script}: {found}")) as i64
    }

    /// The texts that a script returns.
    pub(crate) fn texts(&self, script: &str) -> Vec<String> {
        let found = self.run(script);
        let all = found
            .as_array()
            .unwrap_or_else(|| panic!("{script}: {found}"));
        all.iter()
            .map(|text| text.as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Asks the browser itself, as its own tools do.
    pub(crate) fn tell(&self, command: &str, params: &Value) -> Value {
        let body = json!({ "cmd": command, "params": params });
        self.of_session("POST", "/goog/cdp/execute", &body)
    }

    /// Presses keys one after the other; those without a letter have a number of the protocol.
    pub(crate) fn press(&self, keys: &[char]) {
        let strokes = keys.iter().flat_map(|key| {
            ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }))
        });
        let strokes: Vec<Value> = strokes.collect();
        let keyboard = json!({ "type": "key", "id": "keys", "actions": strokes });
        self.of_session("POST", "/actions", &json!({ "actions": [keyboard] }));
    }

    /// Moves the pointer along places in the window; `held` says whether its button is down from
    /// the first to the last.
    pub(crate) fn point(&self, places: &[(i64, i64)], held: Held) {
        let mut moves = Vec::new();
        for (at, (x, y)) in places.iter().enumerate() {
            moves.push(json!({ "type": "pointerMove", "duration": 0, "x": x, "y": y }));
            if at == 0 && held == Held::Down {
                moves.push(json!({ "type": "pointerDown", "button": 0 }));
            }
        }
        if held == Held::Down {
            moves.push(json!({ "type": "pointerUp", "button": 0 }));
        }
        let pointer = json!({
            "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" },
            "actions": moves,
        });
        self.of_session("POST", "/actions", &json!({ "actions": [pointer] }));
    }

    /// Clicks the first element that a selector finds, as a person does.
    pub(crate) fn click(&self, selector: &str) {
        let quoted = json!(selector);
        let place = self.run(&format!(
            "const one = document.querySelector({quoted});\
             one.scrollIntoView({{ block: 'center', behavior: 'instant' }});\
             const box = one.getBoundingClientRect();\
             return [box.left + box.width / 2, box.top + box.height / 2].map(Math.round)"
        ));
        let at = |index: usize| place[index].as_i64().expect("a place");
        self.point(&[(at(0), at(1))], Held::Down);
    }

    /// Entries of a log since it was asked last.
    pub(crate) fn log(&self, of: &str) -> Vec<Value> {
        let found = self.of_session("POST", "/se/log", &json!({ "type": of }));
        found.as_array().cloned().unwrap_or_default()
    }

    /// Pages of the page when it is printed on A4.
    pub(crate) fn printed_pages(&self) -> usize {
        let sheet = json!({ "page": { "width": 21.0, "height": 29.7 }, "background": true });
        let printed = self.of_session("POST", "/print", &sheet);
        let bytes = decoded(printed.as_str().expect("a document"));
        let text = String::from_utf8_lossy(&bytes);
        let pages = text.match_indices("/Type /Page");
        pages
            .filter(|(at, word)| !text[at + word.len()..].starts_with('s'))
            .count()
    }

    /// The text of a file that is being downloaded, once it is there.
    pub(crate) fn download(&self, name: &str) -> Vec<u8> {
        let path = self.folder.path().join(name);
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(20) {
            let found = std::fs::read(&path).unwrap_or_default();
            if !found.is_empty() {
                return found;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{name} was not downloaded");
    }
}

/// Whether the button of the pointer is down.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    Up,
    Down,
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let path = format!("/session/{}", self.session);
            let _ = exchange(self.port, "DELETE", &path, &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The port that a driver says it listens on.
fn port_of(driver: &mut Child) -> u16 {
    let out = driver.stdout.take().expect("its words are read");
    let mut lines = BufReader::new(out);
    let mut line = String::new();
    while lines.read_line(&mut line).is_ok_and(|n| n > 0) {
        let last = line.trim_end().trim_end_matches('.').rsplit(' ').next();
        if line.contains("successfully on port") {
            // Whoever closes the pipe would end the driver at its next word.
            std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
            return last.and_then(|word| word.parse().ok()).expect("a port");
        }
        line.clear();
    }
    panic!("the driver says no port");
}

/// One request, and the answer to it.
fn exchange(port: u16, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the driver listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(120)))
        .expect("a time is a time");
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("the driver reads");
    stream.write_all(body.as_bytes()).expect("the driver reads");
    let mut reader = BufReader::new(stream);
    let (mut status, mut length, mut line) = (0, 0, String::new());
    while reader.read_line(&mut line).expect("the driver answers") > 0 && line != "\r\n" {
        if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
            status = rest[..3].parse().expect("a status");
        }
        let lower = line.to_ascii_lowercase();
        if let Some(rest) = lower.strip_prefix("content-length:") {
            length = rest.trim().parse().expect("a length");
        }
        line.clear();
    }
    let mut answer = vec![0; length];
    reader
        .read_exact(&mut answer)
        .expect("the driver answers in full");
    (
        status,
        serde_json::from_slice(&answer).unwrap_or(Value::Null),
    )
}

/// Bytes of a text in base 64.
fn decoded(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for digit in text.bytes().filter_map(value) {
        bits = bits << 6 | u32::from(digit);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xFF) as u8);
        }
    }
    bytes
}
