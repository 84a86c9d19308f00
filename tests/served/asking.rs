//! A served page, and requests to it by hand.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::Scene;

/// How long anything may take before a test gives up; no test is decided by time.
const PATIENCE: Duration = Duration::from_secs(300);

/// A model that is soon run.
pub(super) const SMALL: &str = "[model]\ntitle = \"Small\"\nrun_for = \"60s\"\nreplications = 3\n\
     [param.rate]\nvalue = \"5/s\"\nrange = [\"1/s\", \"20/s\"]\nlabel = \"Visitors\"\n\
     [arrivals.all]\njourney = \"visit\"\nrate = \"$rate\"\n\
     [journey.visit]\nsteps = [ { name = \"page\", call = \"web.page\", timeout = \"2s\" } ]\n\
     [service.web]\nworkers = 2\n[service.web.endpoint]\npage = [ { cpu = \"exp(200ms)\" } ]\n\
     [[objective]]\nthat = \"share(served) >= 95%\"\n\
     [variant.more]\nset = { \"service.web.workers\" = \"x2\" }\n";

/// A model whose launches never end: users come faster than anybody could count them.
pub(super) const ENDLESS: &str = "[model]\nrun_for = \"1000d\"\nreplications = 1\n\
     [arrivals.all]\njourney = \"visit\"\nrate = \"30/s\"\n\
     [journey.visit]\nsteps = [ { call = \"web.page\" } ]\n\
     [service.web]\n[service.web.endpoint]\npage = [ { cpu = \"1ms\" } ]\n";

/// A server in a folder.
pub(crate) struct Served {
    pub(super) scene: Scene,
    child: Child,
    /// What follows on stdout.
    _out: BufReader<ChildStdout>,
    pub(super) url: String,
    pub(super) port: u16,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Said {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|why| panic!("{why}: {}", self.body))
    }

    /// The lines of a run.
    pub(super) fn lines(&self) -> Vec<Value> {
        let lines = self.body.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}")))
            .collect()
    }

    /// The last line of a run.
    pub(super) fn last(&self) -> Value {
        self.lines().pop().unwrap_or_default()
    }

    /// What a header says.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines
            .find(|(said, _)| said.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }
}

impl Served {
    /// Serves a model of a scene, at a free port.
    pub(crate) fn new(scene: Scene, words: &[&str]) -> Served {
        let words = [&["serve"], words, &["--port", "0"]].concat();
        let mut child = scene.start(words);
        let out = child.stdout.take().expect("stdout is a pipe");
        let mut out = BufReader::new(out);
        let mut url = String::new();
        out.read_line(&mut url).expect("it says where it is");
        let url = url.trim().to_owned();
        let port = url.trim_start_matches("http://").split(['/', ':']).nth(1);
        let port = port.and_then(|port| port.parse().ok());
        let port = port.unwrap_or_else(|| panic!("`{url}` names no port"));
        Served {
            scene,
            child,
            _out: out,
            url,
            port,
        }
    }

    pub(super) fn of(model: &str) -> Served {
        Served::new(Scene::with_model(model), &["model.toml"])
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a time that can be set");
        stream
    }

    /// Sends a request as it stands, and reads until the other side closes.
    pub(super) fn raw(&self, request: &str) -> Said {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).expect("it is read");
        let mut text = Vec::new();
        // Whoever is refused early may find the line cut.
        let _ = stream.read_to_end(&mut text);
        said(&String::from_utf8_lossy(&text))
    }

    /// The head of a request of the page itself.
    pub(super) fn head(&self, method: &str, path: &str, length: usize) -> String {
        let host = format!("127.0.0.1:{}", self.port);
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n"
        )
    }

    pub(crate) fn get(&self, path: &str) -> Said {
        self.raw(&self.head("GET", path, 0))
    }

    pub(super) fn post(&self, path: &str, body: &str) -> Said {
        self.raw(&(self.head("POST", path, body.len()) + body))
    }

    /// Asks for a run and reads nothing.
    pub(super) fn begin(&self, body: &str) -> TcpStream {
        let mut stream = self.connect();
        let request = self.head("POST", "/api/run", body.len()) + body;
        stream.write_all(request.as_bytes()).expect("it is read");
        stream
    }

    /// Whether a run is under way.
    pub(super) fn is_running(&self) -> bool {
        self.get("/api/state").json()["running"] == true
    }

    /// Waits until a run is under way, or until none is.
    pub(super) fn wait_until_running(&self, is: bool) {
        let began = Instant::now();
        while self.is_running() != is {
            assert!(began.elapsed() < PATIENCE, "running is still {}", !is);
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the page sends for a run of a model with all that is given beside it.
pub(super) fn asked(model: &str, more: &[(&str, Value)]) -> String {
    let mut all = serde_json::Map::new();
    all.insert("model".to_owned(), model.into());
    for (key, value) in more {
        all.insert((*key).to_owned(), value.clone());
    }
    Value::Object(all).to_string()
}

fn said(text: &str) -> Said {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let is_chunked = head.to_lowercase().contains("transfer-encoding: chunked");
    Said {
        status: status.unwrap_or(0),
        head: head.to_owned(),
        body: if is_chunked {
            joined(body)
        } else {
            body.to_owned()
        },
    }
}

/// The chunks of a body, joined; as far as they go.
fn joined(body: &str) -> String {
    let (mut rest, mut all) = (body, String::new());
    while let Some((length, after)) = rest.split_once("\r\n") {
        let Ok(length) = usize::from_str_radix(length.trim(), 16) else {
            break;
        };
        if length == 0 || after.len() < length {
            break;
        }
        all.push_str(&after[..length]);
        rest = after[length..].trim_start_matches("\r\n");
    }
    all
}
