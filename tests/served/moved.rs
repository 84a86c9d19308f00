//! The page in a browser: a slider moved, the preview, the full answer; keys alone; axe.
//!
//! One idea: what the page shows is held against the command line; no test is decided by time.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::asking::{ENDLESS, SMALL, Served};
use crate::page::browser::Browser;

const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';
const RIGHT: char = '\u{e014}';

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(300);

/// The page of a model in a browser.
pub(super) struct Open {
    pub(super) served: Served,
    pub(super) browser: Browser,
}

impl Open {
    /// The page of a model, if there is a browser.
    pub(super) fn of(model: &str) -> Option<Open> {
        let browser = Browser::open()?;
        let served = Served::of(model);
        let open = Open { served, browser };
        open.go("");
        Some(open)
    }

    /// Opens the page anew with a state in its address.
    pub(super) fn go(&self, hash: &str) {
        let url = serde_json::json!(format!("{}{hash}", self.served.url));
        // Another hash alone would not load the page again.
        self.browser.run("location.href = 'about:blank'");
        self.until("location.href === 'about:blank'");
        self.browser.run(&format!("location.href = {url}"));
        self.until("document.getElementById('file')?.textContent");
    }

    /// Waits until something holds in the page.
    #[track_caller]
    pub(super) fn until(&self, what: &str) {
        let began = Instant::now();
        while self.browser.run(&format!("return !!({what})")) != Value::Bool(true) {
            if began.elapsed() > PATIENCE {
                let body = self.browser.text("return document.body.innerText");
                panic!("never: {what}\n{body}");
            }
            sleep(Duration::from_millis(50));
        }
    }

    /// Waits until the answer is that of what is asked, in full.
    #[track_caller]
    pub(super) fn answered(&self) {
        self.until("document.getElementById('pill').textContent === 'full answer'");
    }

    pub(super) fn click(&self, id: &str) {
        self.browser
            .run(&format!("document.getElementById('{id}').click()"));
    }

    /// Nothing was complained about, and nobody else was asked for anything.
    #[track_caller]
    pub(super) fn is_clean(&self) {
        let said = self.browser.log("browser");
        assert!(said.is_empty(), "{said:?}");
        let messages = self.browser.log("performance").into_iter();
        let messages = messages
            .filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok());
        let asked = messages.filter(|one| {
            let is_request = one["message"]["method"] == "Network.requestWillBeSent";
            let url = one["message"]["params"]["request"]["url"].as_str();
            let url = url.unwrap_or_default();
            let ours = ["about:", "blob:", "data:", "chrome:"];
            let is_ours =
                url.starts_with(&self.served.url) || ours.iter().any(|o| url.starts_with(o));
            is_request && !is_ours
        });
        assert_eq!(asked.collect::<Vec<_>>(), Vec::<Value>::new());
    }
}

/// The storm at the login with the first two of its what-ifs and few launches.
fn storm() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/models/login-storm.toml");
    let text = std::fs::read_to_string(path).expect("the model is there");
    let (short, _) = text
        .split_once("[variant.half-the-queue]")
        .expect("it has what-ifs");
    short.replace("replications = 30", "replications = 3")
}

#[test]
fn a_slider_shows_a_preview_and_then_the_full_answer() {
    let Some(open) = Open::of(&storm()) else {
        return;
    };
    let browser = &open.browser;
    open.answered();
    // What the page says from now on.
    browser.run(
        "window.pills = []; window.told = [];
         const watch = (id, list) => new MutationObserver(() => {
           const text = document.getElementById(id).textContent;
           if (text && list.at(-1) !== text) list.push(text);
         }).observe(document.getElementById(id), { childList: true, subtree: true });
         watch('pill', pills); watch('said', told);",
    );
    browser.run("document.getElementById('knob-param-storm').focus()");
    browser.press(&[RIGHT]);
    open.until("pills.includes('preview') && pills.at(-1) === 'full answer'");
    let pills = browser.texts("return pills");
    assert_eq!(pills, ["out of date", "preview", "full answer"]);
    // Said once to those who hear it, and as the report says it.
    let told = browser.texts("return told");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("No. "), "{told:?}");
    let value = browser
        .text("return document.getElementById('knob-param-storm').getAttribute('aria-valuetext')");
    assert_eq!(value, "202/s");
    assert!(
        browser
            .text("return location.hash")
            .contains("set=param.storm%3D202%2Fs")
    );
    // It stands before the one of the file, dashed behind it.
    assert_eq!(
        browser.number("return document.querySelectorAll('#runs li').length"),
        2
    );
    assert_eq!(
        browser.number("return document.querySelectorAll('.wall .ghost').length"),
        3
    );
    // What is shown are the results of the command line, and so is what is saved.
    open.click("save-results");
    let saved = browser.download("results.json");
    open.click("copy-command");
    open.until("!document.getElementById('copied').hidden");
    let command = browser.text("return document.getElementById('copied-text').value");
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let typed = open.served.scene.run(words.iter().copied());
    assert!(typed.code == 0 || typed.code >= 97, "{typed:?}");
    let alone = [&words[..words.len() - 2], &["--json", "alone.json"]].concat();
    open.served.scene.run(alone);
    assert!(
        saved == open.served.scene.text("alone.json").as_bytes(),
        "{command}"
    );
    open.is_clean();
}

#[test]
fn two_runs_are_held_against_each_other() {
    let Some(open) = Open::of(SMALL) else { return };
    let browser = &open.browser;
    open.answered();
    let before = browser.text("return document.querySelector('#runs small').textContent");
    browser.run("document.querySelector('#runs .pin').click()");
    browser.run(
        "const box = document.querySelector('[data-path=\"service.web.servers\"] .box input');
         box.value = '3'; box.dispatchEvent(new Event('change'));",
    );
    open.until("document.querySelectorAll('#runs li').length === 2");
    open.answered();
    let held = browser.text("return document.querySelector('#beside td').textContent");
    let first = before.split(' ').next().unwrap_or_default();
    let share = first.trim_end_matches('%').trim_end_matches('\u{202f}');
    assert!(
        held.contains(&format!("was {share}")),
        "{held} holds {before}"
    );
    assert_eq!(
        browser.number("return document.querySelectorAll('#beside tbody tr').length"),
        2
    );
    // A run from before is shown again with all that belongs to it.
    browser.run("document.querySelector('#runs .run').click()");
    open.until("!location.hash && document.getElementById('beside').hidden");
    let servers = browser.text(
        "return document.querySelector('[data-path=\"service.web.servers\"] .box input').value",
    );
    assert_eq!(servers, "1");
    // The report that is saved is that of the command line.
    open.answered();
    let words = [
        "compare",
        "model.toml",
        "--variants",
        "more",
        "--out",
        "out",
    ];
    let typed = open.served.scene.run(words);
    assert!(typed.code == 0 || typed.code >= 97, "{typed:?}");
    open.click("save-report");
    let report = browser.download("report.html");
    assert!(report == open.served.scene.text("out/report.html").as_bytes());
    open.is_clean();
}

#[test]
fn errors_stand_at_their_place() {
    let Some(open) = Open::of(SMALL) else { return };
    let browser = &open.browser;
    open.answered();
    open.click("tab-model");
    browser.run(
        "const text = document.getElementById('text');
         text.value = text.value.replace('\"web.page\"', '\"web.pge\"');
         text.dispatchEvent(new Event('input'));",
    );
    open.until("document.getElementById('found-count').textContent.includes('1 error')");
    let line = 1 + SMALL
        .split("web.page")
        .next()
        .unwrap_or_default()
        .matches('\n')
        .count();
    let place = browser.text("return document.querySelector('#found button').textContent");
    assert!(
        place.starts_with(&format!("line {line}, column ")),
        "{place}"
    );
    let item = browser.text("return document.querySelector('#found li').textContent");
    assert!(item.contains("no endpoint `pge`"), "{item}");
    assert!(item.contains("help: did you mean `page`?"), "{item}");
    let marked = browser.text("return document.querySelector('#marks mark.error').textContent");
    assert_eq!(marked, "\"web.pge\"");
    browser.run("document.querySelector('#found button').click()");
    let chosen = browser.text(
        "const t = document.getElementById('text');
         return t.value.slice(t.selectionStart, t.selectionEnd)",
    );
    assert_eq!(chosen, "\"web.pge\"");
    // What is no answer is said, and the last one stays, marked.
    assert_eq!(
        browser.text("return document.getElementById('pill').textContent"),
        "no answer"
    );
    assert!(
        browser
            .text("return document.getElementById('how').textContent")
            .contains("below is run 1")
    );
    open.click("model-reset");
    open.answered();
    open.is_clean();
}

#[test]
fn closing_the_page_ends_its_run() {
    let Some(open) = Open::of(ENDLESS) else {
        return;
    };
    open.served.wait_until_running(true);
    open.browser.run("location.href = 'about:blank'");
    open.served.wait_until_running(false);
    // And so does a cancel.
    open.go("");
    open.served.wait_until_running(true);
    open.until("!document.getElementById('cancel').hidden");
    open.click("cancel");
    open.served.wait_until_running(false);
}

#[test]
fn keys_alone_reach_all() {
    let Some(open) = Open::of(SMALL) else { return };
    let browser = &open.browser;
    open.answered();
    browser.run("for (const id of ['services', 'luck']) document.getElementById(id).open = true");
    // Tab by tab through the page, until it begins anew.
    let what = "const a = document.activeElement;
        return a === document.body ? ''
          : a.id || a.getAttribute('aria-label') || a.textContent.trim() || a.className";
    browser.run("document.activeElement?.blur()");
    let mut reached = Vec::new();
    for _ in 0..400 {
        browser.press(&[TAB]);
        let at = browser.text(what);
        if reached.len() > 20 && (at.is_empty() || Some(&at) == reached.first()) {
            break;
        }
        reached.push(at);
    }
    for id in [
        "To the answer",
        "copy-link",
        "copy-command",
        "save-report",
        "save-results",
        "run",
        "knob-param-rate",
        "Visitors, value",
        "knob-service-web-servers",
        "launches",
        "seed",
        "pin run 1",
        "tab-answer",
    ] {
        assert!(
            reached.iter().any(|one| one == id),
            "{id} is not reached: {reached:?}"
        );
    }
    assert_eq!(reached[0], "To the answer");
    // The address keeps its state when a link within the page is followed.
    browser.run("document.querySelector('.skip').focus()");
    browser.press(&[ENTER]);
    assert_eq!(
        browser.text("return document.activeElement.id"),
        "the-answer"
    );
    assert_eq!(browser.text("return location.hash"), "");
    browser.run("document.getElementById('tab-answer').focus()");
    browser.press(&[RIGHT]);
    assert_eq!(
        browser.text("return document.activeElement.id"),
        "tab-model"
    );
    assert_eq!(
        browser.run("return document.getElementById('pane-model').hidden"),
        false
    );
    // Whoever is in the text comes out again.
    browser.run("document.getElementById('text').focus()");
    browser.press(&[TAB]);
    assert_ne!(browser.text("return document.activeElement.id"), "text");
    open.is_clean();
}

#[test]
fn axe_finds_nothing_in_any_state_of_the_page() {
    let Some(open) = Open::of(SMALL) else { return };
    let browser = &open.browser;
    open.answered();
    browser.run("for (const id of ['services', 'luck']) document.getElementById(id).open = true");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/page/axe.min.js");
    browser.run(&std::fs::read_to_string(path).expect("it is kept"));
    let clean = |state: &str| {
        let found = browser.wait_for(
            "const done = arguments[0];
             const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
               'best-practice'];
             axe.run(document, { runOnly }).then((all) => done(all.violations.map((one) =>
               one.id + ' ' + one.nodes.map((n) => n.target).join(' '))))",
        );
        assert_eq!(found, serde_json::json!([]), "{state}");
    };
    clean("light");
    let media = |feature: &str, value: &str| {
        let all = serde_json::json!({ "features": [{ "name": feature, "value": value }] });
        browser.tell("Emulation.setEmulatedMedia", &all);
    };
    media("prefers-color-scheme", "dark");
    clean("dark");
    media("forced-colors", "active");
    clean("forced colours");
    media("prefers-reduced-motion", "reduce");
    clean("reduced motion");
    media("prefers-color-scheme", "light");
    let narrow =
        serde_json::json!({ "width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": false });
    browser.tell("Emulation.setDeviceMetricsOverride", &narrow);
    clean("320 px");
    let wide = browser.number("return document.documentElement.scrollWidth");
    assert!(wide <= 320, "{wide} px");
    // With errors, something to copy, and two runs side by side.
    browser.run("document.querySelector('#runs .pin').click()");
    browser.run("document.querySelector('#variants input').click()");
    open.until("document.querySelectorAll('#runs li').length === 2");
    open.answered();
    open.click("copy-link");
    clean("compared");
    open.click("tab-model");
    browser.run(
        "const text = document.getElementById('text');
         text.value = text.value.replace('workers', 'worker');
         text.dispatchEvent(new Event('input'));",
    );
    open.until("document.getElementById('found-count').textContent.includes('error')");
    clean("errors");
    open.is_clean();
}
