//! What stands at which address: the page and its parts, and what the page asks.
//!
//! One idea: every answer carries the same policy, by which the page may load nothing but what
//! stands here, and nobody may frame it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use serde::Serialize;
use tokio::time::timeout;

use super::Desk;
use super::asked::{Asked, LARGEST_REQUEST, LARGEST_RESULTS};
use super::door::{Door, Refused};
use super::run::Runs;
use super::{check, command, drawn};

/// An answer.
pub(super) type Answer = Response<UnsyncBoxBody<Bytes, Infallible>>;

/// How long the body of a request may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What every answer carries.
const HEADERS: [(&str, &str); 7] = [
    (
        "content-security-policy",
        // A chart becomes a bitmap by way of a picture that is written out in full.
        "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; object-src 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// The kinds of parts.
const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// The parts of the page: address, kind, what is there. Beside them stand the style and the script
/// of every report.
const PARTS: [(&str, &str, &str); 11] = [
    ("/", HTML, include_str!("page/index.html")),
    ("/page.css", CSS, include_str!("page/page.css")),
    ("/page.js", JS, include_str!("page/page.js")),
    ("/ask.js", JS, include_str!("page/ask.js")),
    ("/state.js", JS, include_str!("page/state.js")),
    ("/knobs.js", JS, include_str!("page/knobs.js")),
    ("/question.js", JS, include_str!("page/question.js")),
    ("/model.js", JS, include_str!("page/model.js")),
    ("/runs.js", JS, include_str!("page/runs.js")),
    ("/answer.js", JS, include_str!("page/answer.js")),
    ("/icon.svg", SVG, include_str!("page/icon.svg")),
];

/// What the page asks.
const ASKED: [&str; 7] = [
    "check", "run", "command", "report", "cancel", "model", "state",
];

/// What stands where.
pub(super) struct Routes {
    door: Door,
    desk: Arc<Desk>,
    runs: Runs,
}

/// What the page begins with.
#[derive(Serialize)]
struct Beginning<'a> {
    name: &'a str,
    text: &'a str,
    starters: &'a [(String, &'static str)],
}

/// Whether something is under way.
#[derive(Serialize)]
struct State {
    running: bool,
}

impl Routes {
    /// Everything behind a door.
    pub(super) fn new(door: Door, desk: Desk) -> Routes {
        Routes {
            door,
            desk: Arc::new(desk),
            runs: Runs::default(),
        }
    }

    /// Ends what is under way.
    pub(super) fn close(&self) {
        self.runs.cancel();
    }

    /// The answer to a request.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Answer {
        let (head, body) = request.into_parts();
        let answer = match self.door.admit(&head) {
            Ok(path) => self.at(path, &head, body).await,
            Err(refused) => Err(refused.into()),
        };
        answer.unwrap_or_else(|refusal| refusal.answer())
    }

    async fn at(&self, path: &str, head: &Parts, body: Incoming) -> Result<Answer, Refusal> {
        let part = PARTS.iter().find(|(address, ..)| *address == path);
        match (&head.method, path, part) {
            (&Method::GET, _, Some((_, kind, text))) => Ok(said(StatusCode::OK, kind, *text)),
            (&Method::GET, "/report.css", _) => Ok(said(StatusCode::OK, CSS, drawn::style())),
            (&Method::GET, "/report.js", _) => Ok(said(StatusCode::OK, JS, drawn::script())),
            (&Method::GET, "/api/model", _) => Ok(json(&Beginning {
                name: &self.desk.name,
                text: &self.desk.text,
                starters: &self.desk.starters,
            })),
            (&Method::GET, "/api/state", _) => Ok(json(&State {
                running: self.runs.is_busy(),
            })),
            (&Method::POST, "/api/check", _) => self.check(body).await,
            (&Method::POST, "/api/run", _) => self.run(body).await,
            (&Method::POST, "/api/command", _) => self.command(body).await,
            (&Method::POST, "/api/report", _) => report(body).await,
            (&Method::POST, "/api/cancel", _) => {
                self.runs.cancel();
                Ok(json(&State { running: false }))
            }
            _ => Err(Refusal::nothing_there(path)),
        }
    }

    async fn check(&self, body: Incoming) -> Result<Answer, Refusal> {
        let asked = asked(body).await?;
        let desk = Arc::clone(&self.desk);
        beside(move || Ok(json(&check::check(&asked, &desk)))).await
    }

    async fn run(&self, body: Incoming) -> Result<Answer, Refusal> {
        let telling = self.runs.begin(asked(body).await?, Arc::clone(&self.desk));
        let body = UnsyncBoxBody::new(telling);
        Ok(whole(StatusCode::OK, "application/x-ndjson", body))
    }

    async fn command(&self, body: Incoming) -> Result<Answer, Refusal> {
        let command = command::line(&asked(body).await?, &self.desk);
        Ok(said(StatusCode::OK, "text/plain; charset=utf-8", command))
    }
}

async fn report(body: Incoming) -> Result<Answer, Refusal> {
    let results = bytes(body, LARGEST_RESULTS).await?;
    beside(move || {
        let text = String::from_utf8_lossy(&results);
        let page = drawn::report(&text).map_err(|why| Refusal::wrong(why.to_string()))?;
        Ok(said(StatusCode::OK, HTML, page))
    })
    .await
}

/// Does something that takes its time beside what waits.
async fn beside(
    work: impl FnOnce() -> Result<Answer, Refusal> + Send + 'static,
) -> Result<Answer, Refusal> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| {
        Err(Refusal {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            why: "onrush has met a fault of its own; the terminal says more".to_owned(),
        })
    })
}

async fn asked(body: Incoming) -> Result<Asked, Refusal> {
    let text = bytes(body, LARGEST_REQUEST).await?;
    Asked::read(&text).map_err(Refusal::wrong)
}

async fn bytes(body: Incoming, most: usize) -> Result<Bytes, Refusal> {
    let read = timeout(PATIENCE, Limited::new(body, most).collect()).await;
    match read {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(_)) => Err(Refusal {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            why: format!("more than {most} bytes, or a connection that broke"),
        }),
        Err(_) => Err(Refusal {
            status: StatusCode::REQUEST_TIMEOUT,
            why: "the request took too long".to_owned(),
        }),
    }
}

/// Why there is no answer.
struct Refusal {
    status: StatusCode,
    why: String,
}

#[derive(Serialize)]
struct Why<'a> {
    why: &'a str,
}

impl Refusal {
    fn wrong(why: String) -> Refusal {
        Refusal {
            status: StatusCode::BAD_REQUEST,
            why,
        }
    }

    /// Nothing stands at a path, or what stands there is asked for in another way.
    fn nothing_there(path: &str) -> Refusal {
        let is_part = PARTS.iter().any(|(address, ..)| *address == path);
        let is_asked = path
            .strip_prefix("/api/")
            .is_some_and(|name| ASKED.contains(&name));
        let (status, why) = match is_part || is_asked {
            true => (StatusCode::METHOD_NOT_ALLOWED, "not in this way"),
            false => (StatusCode::NOT_FOUND, "nothing stands at this address"),
        };
        let why = why.to_owned();
        Refusal { status, why }
    }

    fn answer(&self) -> Answer {
        let text = serde_json::to_string(&Why { why: &self.why }).expect("it is plain data");
        said(self.status, "application/json", text)
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Refusal {
        Refusal {
            status: refused.status,
            why: refused.why.to_owned(),
        }
    }
}

fn json(what: &impl Serialize) -> Answer {
    let text = serde_json::to_string(what).expect("it is plain data");
    said(StatusCode::OK, "application/json", text)
}

fn said(status: StatusCode, kind: &'static str, text: impl Into<Bytes>) -> Answer {
    whole(status, kind, UnsyncBoxBody::new(Full::new(text.into())))
}

fn whole(status: StatusCode, kind: &'static str, body: UnsyncBoxBody<Bytes, Infallible>) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(hyper::header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}
