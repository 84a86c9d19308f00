//! Who is let in.
//!
//! One idea: a page of somebody else, open in the same browser, can send requests here, and a name
//! of somebody else can be made to mean this machine. So a request must name this machine as its
//! host, must come from this page if a page sends it, and must say that it speaks JSON, which no
//! foreign form can. Others than this machine need the token, which is the first part of the path.

use std::net::IpAddr;

use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, ORIGIN};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};

/// The door.
pub(super) struct Door {
    /// Which hosts a request may name.
    pub(super) hosts: Hosts,
    /// What the path must begin with.
    pub(super) token: Option<String>,
}

/// Which hosts a request may name.
pub(super) enum Hosts {
    /// The names of this machine for itself, with this port.
    OfThisMachine(u16),
    /// Addresses by number, the machine for itself, and the name that was given on the command
    /// line.
    Others {
        /// That name.
        named: String,
        /// The port.
        port: u16,
    },
}

/// Why somebody is not let in, as a status and a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// The status.
    pub(super) status: StatusCode,
    /// The sentence.
    pub(super) why: &'static str,
}

fn refused<T>(status: StatusCode, why: &'static str) -> Result<T, Refused> {
    Err(Refused { status, why })
}

impl Door {
    /// The path of a request within the page.
    ///
    /// # Errors
    /// If it is not let in.
    pub(super) fn admit<'a>(&self, request: &'a Parts) -> Result<&'a str, Refused> {
        let headers = &request.headers;
        let Some(host) = only(headers, HOST) else {
            return refused(StatusCode::BAD_REQUEST, "a request must name its host once");
        };
        if !self.is_ours(host) {
            return refused(StatusCode::FORBIDDEN, "this page is not on that host");
        }
        if headers.contains_key(ORIGIN) && only(headers, ORIGIN) != Some(&format!("http://{host}"))
        {
            return refused(StatusCode::FORBIDDEN, "only this page may ask");
        }
        let site = only(headers, HeaderName::from_static("sec-fetch-site"));
        if request.method != Method::GET && !matches!(site, None | Some("same-origin")) {
            return refused(StatusCode::FORBIDDEN, "only this page may ask");
        }
        if request.method == Method::POST && !is_json(headers) {
            let why = "send JSON, and say so: `Content-Type: application/json`";
            return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, why);
        }
        self.within(request.uri.path())
    }

    fn is_ours(&self, host: &str) -> bool {
        let port = match self.hosts {
            Hosts::OfThisMachine(port) | Hosts::Others { port, .. } => port,
        };
        let (name, said) = match host.rsplit_once(':') {
            Some((name, said)) if !name.is_empty() && !said.ends_with(']') => (name, said),
            _ => (host, "80"),
        };
        if said.parse() != Ok(port) {
            return false;
        }
        let number: Option<IpAddr> = name.trim_matches(['[', ']']).parse().ok();
        let itself = name.eq_ignore_ascii_case("localhost")
            || number.is_some_and(|address| address.is_loopback());
        match &self.hosts {
            Hosts::OfThisMachine(_) => itself,
            Hosts::Others { named, .. } => {
                itself || number.is_some() || name.eq_ignore_ascii_case(named)
            }
        }
    }

    /// The path behind the token.
    fn within<'a>(&self, path: &'a str) -> Result<&'a str, Refused> {
        let Some(token) = &self.token else {
            return Ok(path);
        };
        let (said, rest) = path[1..].split_once('/').unwrap_or(("", ""));
        match is_same(said.as_bytes(), token.as_bytes()) {
            true => Ok(&path[path.len() - rest.len() - 1..]),
            false => refused(
                StatusCode::FORBIDDEN,
                "the address lacks the token that was printed at the start",
            ),
        }
    }
}

/// The value of a header that is there once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?;
    all.next().is_none().then(|| first.to_str().ok())?
}

fn is_json(headers: &HeaderMap) -> bool {
    let said = only(headers, CONTENT_TYPE).unwrap_or_default();
    let kind = said.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// Whether two texts are the same, in a time that does not tell where they differ.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::Request;

    fn asked(method: &str, path: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).expect("it is a request").into_parts().0
    }

    fn here() -> Door {
        Door {
            hosts: Hosts::OfThisMachine(8417),
            token: None,
        }
    }

    #[test]
    fn only_this_machine_is_named() {
        let is_let_in = |host: &str| here().admit(&asked("GET", "/", &[("host", host)])).is_ok();
        for host in [
            "localhost:8417",
            "127.0.0.1:8417",
            "[::1]:8417",
            "LOCALHOST:8417",
        ] {
            assert!(is_let_in(host), "{host}");
        }
        for host in [
            "evil.example:8417",
            "localhost",
            "localhost:80",
            "localhost:",
            "192.168.0.7:8417",
            "localhost.evil.example:8417",
            "[::1]",
            "",
        ] {
            assert!(!is_let_in(host), "{host}");
        }
        let twice = [("host", "localhost:8417"), ("host", "evil.example")];
        assert!(here().admit(&asked("GET", "/", &twice)).is_err());
        assert!(here().admit(&asked("GET", "/", &[])).is_err());
    }

    #[test]
    fn only_this_page_asks_and_in_json() {
        let status = |more: &[(&str, &str)]| {
            let headers = [&[("host", "localhost:8417")], more].concat();
            let came = here().admit(&asked("POST", "/api/run", &headers)).err();
            came.map_or(200, |refused| refused.status.as_u16())
        };
        let json = ("content-type", "application/json");
        assert_eq!(status(&[json]), 200);
        assert_eq!(status(&[json, ("origin", "http://localhost:8417")]), 200);
        assert_eq!(status(&[json, ("origin", "http://evil.example")]), 403);
        assert_eq!(status(&[json, ("origin", "http://127.0.0.1:8417")]), 403);
        assert_eq!(status(&[json, ("origin", "null")]), 403);
        assert_eq!(status(&[json, ("sec-fetch-site", "cross-site")]), 403);
        assert_eq!(status(&[]), 415);
        assert_eq!(status(&[("content-type", "text/plain")]), 415);
        let form = ("content-type", "application/x-www-form-urlencoded");
        assert_eq!(status(&[form]), 415);
    }

    #[test]
    fn others_need_the_token() {
        let door = Door {
            hosts: Hosts::Others {
                named: "planning".to_owned(),
                port: 80,
            },
            token: Some("0a1b".to_owned()),
        };
        let path = |host: &str, path: &str| {
            let request = asked("GET", path, &[("host", host)]);
            door.admit(&request).map(str::to_owned).ok()
        };
        assert_eq!(path("planning", "/0a1b/").as_deref(), Some("/"));
        let within = path("10.0.0.7:80", "/0a1b/api/check");
        assert_eq!(within.as_deref(), Some("/api/check"));
        for wrong in ["/", "/0a1b", "/0a1c/", "/0a1bb/", "//0a1b/", "/api/check"] {
            assert_eq!(path("planning", wrong), None, "{wrong}");
        }
        assert_eq!(path("evil.example:80", "/0a1b/"), None);
    }
}
