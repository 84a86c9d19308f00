//! Who is let in, and what the page may not ask for.

use std::io::Write as _;

use super::asking::{ENDLESS, SMALL, Served, asked};
use crate::support::Scene;

#[test]
fn the_page_and_its_parts_are_there_with_a_policy() {
    let served = Served::of(SMALL);
    for (path, kind) in [
        ("/", "text/html"),
        ("/page.css", "text/css"),
        ("/page.js", "text/javascript"),
        ("/icon.svg", "image/svg+xml"),
        ("/api/model", "application/json"),
    ] {
        let said = served.get(path);
        assert_eq!(said.status, 200, "{path}");
        let found = said.header("content-type").expect("it says what it is");
        assert!(found.starts_with(kind), "{path}: {found}");
        let policy = said.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(said.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(said.header("access-control-allow-origin"), None);
    }
    assert_eq!(served.get("/api/model").json()["text"], SMALL);
    // The policy forbids what stands within the page.
    let page = served.get("/").body;
    assert!(
        !page.contains("style=") && !page.contains("<style"),
        "{page}"
    );
    assert!(
        !page.contains("onclick") && !page.contains("<script>"),
        "{page}"
    );
}

#[test]
fn a_foreign_host_or_page_is_refused() {
    let served = Served::of(SMALL);
    let body = asked(SMALL, &[]);
    let with = |host: &str, more: &str| {
        let request = format!(
            "POST /api/run HTTP/1.1\r\nHost: {host}\r\n{more}Content-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        );
        served.raw(&request)
    };
    let ours = format!("127.0.0.1:{}", served.port);
    let json = "Content-Type: application/json\r\n";
    assert_eq!(with(&ours, json).status, 200);
    for (host, more, status) in [
        ("evil.example", json.to_owned(), 403),
        (
            &format!("evil.example:{}", served.port),
            json.to_owned(),
            403,
        ),
        (&ours, format!("{json}Origin: http://evil.example\r\n"), 403),
        (&ours, format!("{json}Origin: null\r\n"), 403),
        (&ours, format!("{json}Sec-Fetch-Site: cross-site\r\n"), 403),
        (&ours, String::new(), 415),
        (&ours, "Content-Type: text/plain\r\n".to_owned(), 415),
    ] {
        let said = with(host, &more);
        assert_eq!(said.status, status, "{host} {more}");
        assert!(said.json()["why"].is_string(), "{}", said.body);
    }
    let rebound =
        served.raw("GET /api/model HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert_eq!(rebound.status, 403);
    assert!(!rebound.body.contains("Small"), "{}", rebound.body);
    assert!(!served.is_running());
}

#[test]
fn no_path_is_opened() {
    let scene = Scene::with_model(SMALL).file("secret.csv", "0.1\n0.2\n0.3\n0.4\n");
    let served = Served::new(scene, &["model.toml"]);
    for path in [
        "/secret.csv",
        "/../secret.csv",
        "/%2e%2e/secret.csv",
        "/etc/passwd",
        "//etc/passwd",
    ] {
        assert_eq!(served.get(path).status, 404, "{path}");
    }
    // A key that would name a file is not known.
    let said = served.post("/api/run", r#"{"file": "secret.csv"}"#);
    assert_eq!(said.status, 400);
    assert!(
        said.json()["why"]
            .as_str()
            .is_some_and(|why| why.contains("unknown field"))
    );
    // A model that names one is told so at the place where it does; nothing of it is read.
    let model = SMALL.replace("exp(200ms)", "file(secret.csv)");
    let checked = served.post("/api/check", &asked(&model, &[])).json();
    assert_eq!(checked["sound"], false);
    let shown = checked["diagnostics"][0]["shown"]
        .as_str()
        .unwrap_or_default();
    assert!(
        shown.contains("the page reads only the files that the model named"),
        "{shown}"
    );
    let ran = served.post("/api/run", &asked(&model, &[])).last();
    assert_eq!(ran["kind"], "refused", "{ran}");
    let set = asked(
        SMALL,
        &[(
            "set",
            serde_json::json!([["service.web.endpoint.page.steps.1.cpu", "file(/etc/passwd)"]]),
        )],
    );
    assert_eq!(served.post("/api/run", &set).last()["kind"], "refused");
}

#[test]
fn data_files_named_at_the_start_are_used() {
    let model = SMALL.replace("exp(200ms)", "file(times.csv)");
    let scene = Scene::with_model(&model).file("times.csv", "0.1\n0.2\n0.3\n0.4\n");
    let served = Served::new(scene, &["model.toml"]);
    std::fs::remove_file(served.scene.path("times.csv")).expect("it can be removed");
    let ran = served.post("/api/run", &asked(&model, &[])).last();
    assert_eq!(ran["kind"], "answer", "{ran}");
}

#[test]
fn what_is_too_large_or_without_end_is_refused_with_a_sentence() {
    let served = Served::new(
        Scene::with_model(SMALL),
        &["model.toml", "--events", "200k"],
    );
    let large = asked(&"#".repeat((1 << 20) + 1), &[]);
    let said = served.post("/api/run", &large);
    assert_eq!(
        (said.status, said.json()["why"].as_str()),
        (400, Some("the model is larger than 1048576 bytes"))
    );
    // What is larger still is not even read.
    let mut stream = served.connect();
    let head = served.head("POST", "/api/run", 5 << 20);
    stream.write_all(head.as_bytes()).expect("it is read");
    let said = served.raw(
        &(served.head("POST", "/api/check", 5 << 20) + &"x".repeat(4 << 20) + &"x".repeat(1 << 20)),
    );
    assert_eq!(said.status, 413, "{said:?}");
    let more = asked(SMALL, &[("replications", 100_000.into())]);
    assert_eq!(served.post("/api/run", &more).status, 400);
    // Too many users are known before the start, too many events while it runs.
    let many = served.post("/api/run", &asked(ENDLESS, &[])).last();
    assert_eq!(many["kind"], "refused");
    assert!(
        many["diagnostics"][0]["found"]
            .as_str()
            .is_some_and(|why| why.contains("more than the 200000 events")),
        "{many}"
    );
    let turns = SMALL.replace(
        "{ cpu = \"exp(200ms)\" }",
        "{ repeat = 1_000_000, steps = [ { cpu = \"1us\" } ] }",
    );
    let ran = served.post("/api/run", &asked(&turns, &[])).last();
    assert_eq!(ran["kind"], "refused", "{ran}");
    assert!(
        ran["why"]
            .as_str()
            .is_some_and(|why| why.contains("more than 200000 events")),
        "{ran}"
    );
    served.wait_until_running(false);
}

#[test]
fn a_run_has_an_end_by_the_clock() {
    let scene = Scene::with_model(ENDLESS);
    let served = Served::new(scene, &["model.toml", "--time", "300ms"]);
    let ran = served.post("/api/run", &asked(ENDLESS, &[])).last();
    assert!(
        ran["why"]
            .as_str()
            .is_some_and(|why| why.contains("longer than 0.3 s")),
        "{ran}"
    );
    served.wait_until_running(false);
}

#[test]
fn others_than_this_machine_need_the_token() {
    let served = Served::new(
        Scene::with_model(SMALL),
        &["model.toml", "--host", "0.0.0.0"],
    );
    let token = served
        .url
        .split('/')
        .nth(3)
        .expect("the address has a token");
    assert_eq!(token.len(), 32, "{}", served.url);
    assert_eq!(served.get("/").status, 403);
    assert_eq!(served.get("/api/model").status, 403);
    assert_eq!(served.get(&format!("/{token}/")).status, 200);
    let path = format!("/{token}/api/check");
    assert_eq!(served.post(&path, &asked(SMALL, &[])).status, 200);
    let wrong = format!("/{}/api/check", "0".repeat(32));
    assert_eq!(served.post(&wrong, &asked(SMALL, &[])).status, 403);
}
