//! The report as a page, in a real browser: it is whole without its script, moves with it, shows
//! the figures of its document, asks nobody for anything, and can be used by anybody.
//!
//! The browser and its driver are the system's (`chromium`, `chromium-driver`). Where they are not
//! there, each test says so on stderr and passes. `tests/page/axe.min.js` is axe-core (MPL 2.0, its
//! notice is its first lines): it is for these tests alone and is part of nothing that is built.

pub(crate) mod browser;

use std::path::PathBuf;
use std::sync::OnceLock;

use onrush::report::number;
use onrush::results::{Results, Unit, from_json};
use serde_json::json;

use crate::support::Scene;
use browser::{Browser, Held};

const TAB: char = '\u{e004}';
const ESCAPE: char = '\u{e00c}';
const END: char = '\u{e010}';
const HOME: char = '\u{e011}';
const LEFT: char = '\u{e012}';
const RIGHT: char = '\u{e014}';

/// A report of a small sale, once for all tests: rooms, stock, messages, milestones, three
/// variants, an objective on a message.
struct Report {
    scene: Scene,
    results: Results,
}

fn report() -> &'static Report {
    static REPORT: OnceLock<Report> = OnceLock::new();
    REPORT.get_or_init(|| {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("models/launch-rush.toml");
        let model = std::fs::read_to_string(path).expect("the model is there");
        let model = model
            .replace("value = 20_000", "value = 1_500")
            .replace("units = 5_000", "units = 400")
            .replace("servers = 8 ", "servers = 1 ")
            .replace("cores   = 8", "cores   = 1")
            .replace("rate    = \"10/s\"", "rate    = \"1/s\"")
            .replace(
                "[variant.double-servers]",
                "[[objective]]\nthat = \"p99(mail.confirm.delay) < 1m\"\n\
                 [[objective]]\nthat = \"p95(doors.wait) < 2m\"\n[variant.double-servers]",
            );
        let scene = Scene::with_model(&model);
        let words = [
            "compare",
            "model.toml",
            "--replications",
            "4",
            "--out",
            "out",
        ];
        let answer = scene.run(words);
        assert!(scene.path("out/report.html").is_file(), "{}", answer.err);
        let results = from_json(&scene.text("out/results.json")).expect("it is a document");
        Report { scene, results }
    })
}

impl Report {
    /// The page in a browser, if there is one.
    fn open(&self) -> Option<Browser> {
        let browser = Browser::open()?;
        browser.visit(&self.scene.path("out/report.html"));
        Some(browser)
    }

    /// A value of a series as it is printed.
    fn printed(&self, variant: &str, key: &str, bin: usize, unit: Unit) -> String {
        let timeline = &self.results.variants[variant].timeline;
        let value = timeline.series.get(key).and_then(|series| series.mean[bin]);
        value.map_or_else(
            || number::ABSENT.to_owned(),
            |value| number::value(value, unit),
        )
    }

    /// The bin that the page has for an instant.
    fn bin_at(&self, seconds: f64, browser: &Browser) -> usize {
        let timeline = &self.results.variants["baseline"].timeline;
        let stride = stride(browser);
        ((seconds - timeline.start_s) / timeline.bin_s) as usize / stride * stride
    }
}

/// Of how many bins a page has one in the charts that it begins with: of a study of this size all.
fn stride(browser: &Browser) -> usize {
    let script = "return JSON.parse(document.querySelector('#data').textContent)\
        .series.find((one) => one.key === 'count(served)').stride";
    assert_eq!(browser.number(script), 1);
    1
}

#[test]
fn nothing_is_asked_of_anybody_and_nothing_goes_wrong() {
    let Some(browser) = report().open() else {
        return;
    };
    browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })");
    browser.number("return document.querySelectorAll('svg').length");
    let asked: Vec<String> = browser
        .log("performance")
        .iter()
        .filter_map(|entry| serde_json::from_str(entry["message"].as_str()?).ok())
        .filter(|entry: &serde_json::Value| {
            let of_page = entry["message"]["params"]["documentURL"].to_string();
            let is_request = entry["message"]["method"] == "Network.requestWillBeSent";
            is_request && of_page.contains("file://")
        })
        .map(|entry| entry["message"]["params"]["request"]["url"].to_string())
        .filter(|url| !url.contains("file://") && !url.starts_with("\"data:"))
        .collect();
    assert!(asked.is_empty(), "{asked:?}");
    let said = browser.log("browser");
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn the_first_screen_is_the_answer() {
    let report = report();
    let Some(browser) = report.open() else { return };
    let answer = browser.text("return document.querySelector('.answer').textContent");
    let found = report.results.answers.question.as_ref().expect("it asks");
    let heading = browser.text("return document.querySelector('h1').textContent");
    assert_eq!(heading, found.question);
    assert!(answer.starts_with("No."), "{answer}");
    let bottom = "return document.querySelector('.answer').getBoundingClientRect().bottom";
    assert!(browser.number(bottom) < 400);
    let objectives = report.results.variants["baseline"].objectives.len() as i64;
    let cells = "return document.querySelectorAll('.matrix tbody tr:first-child .sym').length";
    assert_eq!(browser.number(cells), objectives);
    let order = browser.texts(
        "return [...document.querySelectorAll('.wall figure')].map((one) => one.dataset.variant)",
    );
    assert_eq!(order, report.results.order);
}

/// The values of the chart that is pointed at, after its instant.
const READOUT: &str = "const told = [...document.querySelectorAll('.readout')]\
    .find((one) => one.textContent && one.dataset.of !== 'wall');\
    return [...(told?.children || [])].map((one) => one.textContent);";

#[test]
fn a_cursor_tells_the_values_at_an_instant_and_stands_in_every_chart() {
    let report = report();
    let Some(browser) = report.open() else { return };
    let place = "const pane = document.querySelector('#chart-outcomes-baseline .pane');\
         pane.scrollIntoView({ block: 'center', behavior: 'instant' });\
         const box = pane.querySelector('svg').getBoundingClientRect();";
    let x = browser.number(&format!("{place} return box.left + box.width / 2"));
    let y = browser.number(&format!("{place} return box.top + box.height / 3"));
    browser.point(&[(x, y)], Held::Up);
    let told = browser.texts(READOUT);
    let at = browser.run("return Number(document.querySelector('.cursor').dataset.at)");
    let bin = report.bin_at(at.as_f64().expect("an instant"), &browser);
    let served = report.printed("baseline", "count(served)", bin, Unit::Count);
    assert!(
        told.contains(&format!("served {served}")),
        "{told:?} {served}"
    );
    let start = report.results.variants["baseline"].timeline.start_s
        + report.results.variants["baseline"].timeline.bin_s * bin as f64;
    assert!(told[0].starts_with(&number::instant(start)), "{told:?}");
    let instants = browser.run(
        "return [new Set([...document.querySelectorAll('.cursor')].map((c) => c.dataset.at)).size,\
         document.querySelectorAll('.wall .cursor').length,\
         document.querySelectorAll('.chart .cursor').length]",
    );
    assert_eq!(instants[0], 1);
    assert_eq!(instants[1], report.results.order.len());
    assert!(instants[2].as_u64() > Some(3), "{instants}");
}

#[test]
fn the_cursor_moves_by_keys() {
    let report = report();
    let Some(browser) = report.open() else { return };
    browser.run("document.querySelector('#chart-outcomes-baseline .pane').focus()");
    let timeline = &report.results.variants["baseline"].timeline;
    browser.press(&[HOME, RIGHT, RIGHT, RIGHT, LEFT]);
    let at = browser.run("return Number(document.querySelector('.cursor').dataset.at)");
    let expected = timeline.start_s + (2 * stride(&browser)) as f64 * timeline.bin_s;
    assert!(
        (at.as_f64().expect("an instant") - expected).abs() < 1e-6,
        "{at}"
    );
    browser.press(&[END]);
    let last = report.printed(
        "baseline",
        "count(served)",
        timeline.n as usize - 1,
        Unit::Count,
    );
    let told = browser.texts(READOUT);
    assert!(told.contains(&format!("served {last}")), "{told:?} {last}");
    browser.press(&[ESCAPE]);
    assert_eq!(
        browser.number("return document.querySelectorAll('.cursor').length"),
        0
    );
}

#[test]
fn variants_are_shown_or_not() {
    let Some(browser) = report().open() else {
        return;
    };
    let shown = "return ['.wall figure', '.matrix tbody tr', '.look .line']\
        .map((what) => [...document.querySelectorAll(what)]\
        .filter((one) => one.dataset.variant === 'both' && one.checkVisibility()).length)";
    let before = browser.run(shown);
    assert!(
        before[0] == 1 && before[1] == 1 && before[2].as_u64() > Some(1),
        "{before}"
    );
    browser.click("input[value=both]");
    assert_eq!(browser.run(shown), json!([0, 0, 0]));
    browser.click("input[value=both]");
    assert_eq!(browser.run(shown), before);
}

/// The mean over the pairs of launches in which both have a value.
fn mean_difference(results: &Results, metric: &str, variant: &str, base: &str) -> Option<f64> {
    let of = |name: &str| {
        results.variants[name]
            .values
            .get(metric)
            .cloned()
            .unwrap_or_default()
    };
    let pairs = of(variant).into_iter().zip(of(base));
    let found: Vec<f64> = pairs.filter_map(|(a, b)| Some(a? - b?)).collect();
    let first = *found.first()?;
    Some(first + found.iter().map(|d| d - first).sum::<f64>() / found.len() as f64)
}

#[test]
fn another_variant_can_be_the_baseline() {
    let report = report();
    let Some(browser) = report.open() else { return };
    browser.run(
        "const pin = document.querySelector('#pin'); pin.value = 'faster-login';\
         pin.dispatchEvent(new Event('change'))",
    );
    let told = browser.texts(
        "return [...document.querySelectorAll('#pinned tbody tr')].map((row) => \
         [row.dataset.metric, row.dataset.variant, row.cells[2].textContent].join('|'))",
    );
    let mut compared = 0;
    for line in &told {
        let parts: Vec<&str> = line.split('|').collect();
        let unit = report.results.measures[parts[0]].unit;
        let found = mean_difference(&report.results, parts[0], parts[1], "faster-login");
        let printed = found.map_or_else(|| number::ABSENT.to_owned(), |d| number::change(d, unit));
        assert!(parts[2].starts_with(&printed), "{line}: {printed}");
        compared += usize::from(found.is_some());
    }
    assert!(compared >= 3, "{told:?}");
    let cell = "return document.querySelector(\
         '.matrix tr[data-variant=both] .change').textContent.replace(' · ', '')";
    let metric = browser.text(
        "return document.querySelector('.matrix tr[data-variant=both] .change').dataset.metric",
    );
    let expected = mean_difference(&report.results, &metric, "both", "faster-login");
    let unit = report.results.measures[&metric].unit;
    assert_eq!(
        browser.text(cell),
        number::change(expected.expect("it has values"), unit)
    );
    // Against the first baseline the page says again what the document says.
    browser.run(
        "const pin = document.querySelector('#pin'); pin.value = 'baseline';\
         pin.dispatchEvent(new Event('change'))",
    );
    let found = &report.results.differences["both"][&metric];
    let printed = number::change(found.estimate.expect("it has a value"), unit);
    assert_eq!(browser.text(cell), printed);
}

/// With what is kept of a chart that can be asked: its place in the page, by what it is of.
fn look(of: &str) -> String {
    format!("const look = document.querySelector('.look[data-of={of}]');")
}

#[test]
fn any_step_service_room_stock_and_message_can_be_looked_at() {
    let report = report();
    let Some(browser) = report.open() else { return };
    let keys = |of: &str| {
        browser.texts(&format!(
            "{} return [...look.querySelectorAll('option')].map((one) => one.value)",
            look(of)
        ))
    };
    let (users, places, times) = (keys("users"), keys("places"), keys("times"));
    for (variant, found) in &report.results.variants {
        for (key, series) in &found.timeline.series {
            let moves = series.mean.iter().flatten().any(|v| *v != 0.0);
            let there = [&users, &places, &times]
                .iter()
                .any(|keys| keys.contains(key));
            assert!(there || !moves, "{variant} {key}");
        }
    }
    for (of, key, unit) in [
        ("times", "p95(login.ok.time)", Unit::Seconds),
        ("places", "mean(db.held)", Unit::Share),
        ("users", "rate(served)", Unit::PerSecond),
    ] {
        browser.run(&format!(
            "{} const choice = look.querySelector('select'); choice.value = '{key}';\
             choice.dispatchEvent(new Event('change')); look.querySelector('.pane').focus()",
            look(of)
        ));
        let tens: Vec<char> = [HOME].into_iter().chain([RIGHT; 14]).collect();
        browser.press(&tens);
        let told = browser.texts(READOUT);
        for variant in &report.results.order {
            let value = report.printed(variant, key, 14 * stride(&browser), unit);
            let label = report
                .results
                .model
                .labels
                .variants
                .get(variant)
                .unwrap_or(variant);
            let expected = format!("{label} {value}");
            assert!(
                told.iter().any(|t| t.starts_with(&expected)),
                "{key} {told:?} {expected}"
            );
        }
    }
}

#[test]
fn time_can_be_zoomed_by_keys_and_by_pointer() {
    let Some(browser) = report().open() else {
        return;
    };
    let ticks = format!(
        "{} return [...look.querySelectorAll('text')].map((one) => one.textContent)\
         .filter((text) => text.startsWith('T'))",
        look("users")
    );
    let whole = browser.texts(&ticks);
    browser.run(&format!(
        "{} look.querySelector('.pane').focus()",
        look("users")
    ));
    browser.press(&['+', '+']);
    let near = browser.texts(&ticks);
    assert_ne!(near, whole);
    let other = browser.texts(&ticks.replace("users", "times"));
    assert_eq!(other, near, "all charts show the same stretch");
    browser.press(&['0']);
    assert_eq!(browser.texts(&ticks), whole);
    let place = |what: &str| {
        browser.number(&format!(
            "{} const pane = look.querySelector('svg');\
             pane.scrollIntoView({{ block: 'center', behavior: 'instant' }});\
             const box = pane.getBoundingClientRect(); return box.{what}",
            look("users")
        ))
    };
    let (left, top, width) = (place("left"), place("top"), place("width"));
    let at = |part: i64| (left + width * part / 100, top + 100);
    browser.point(&[at(40), at(50), at(60)], Held::Down);
    assert_ne!(browser.texts(&ticks), whole);
    browser.click(".look[data-of=users] .whole");
    assert_eq!(browser.texts(&ticks), whole);
}

#[test]
fn tables_are_sorted_by_what_their_figures_mean() {
    let report = report();
    let Some(browser) = report.open() else { return };
    let names = "return [...document.querySelectorAll('.matrix tbody tr')]\
        .map((row) => row.dataset.variant)";
    let served = ".matrix thead th:nth-child(2) button";
    browser.click(served);
    let rising = browser.texts(names);
    browser.click(served);
    let falling = browser.texts(names);
    let metric = &report.results.variants["baseline"].objectives[0].metric;
    let value = |name: &String| {
        let objectives = &report.results.variants[name].objectives;
        let found = objectives
            .iter()
            .find(|o| o.metric == *metric)
            .and_then(|o| o.value);
        found.and_then(|e| e.estimate).expect("it has a value")
    };
    let printed = |name: &String| number::share(value(name));
    let mut expected = report.results.order.clone();
    expected.sort_by(|a, b| value(a).total_cmp(&value(b)));
    let printed = |names: &[String]| -> Vec<String> { names.iter().map(printed).collect() };
    assert_eq!(printed(&rising), printed(&expected));
    expected.reverse();
    assert_eq!(printed(&falling), printed(&expected));
    let sorted = "return document.querySelectorAll('.matrix th')[1].getAttribute('aria-sort')";
    assert_eq!(browser.text(sorted), "descending");
}

#[test]
fn charts_and_their_numbers_can_be_taken_along() {
    let report = report();
    let Some(browser) = report.open() else { return };
    let take = |kind: &str| browser.click(&format!("#chart-outcomes-baseline [data-take={kind}]"));
    take("csv");
    let numbers = String::from_utf8(browser.download("outcomes-baseline.csv")).expect("text");
    let rows: Vec<&str> = numbers.lines().collect();
    let timeline = &report.results.variants["baseline"].timeline;
    let stride = stride(&browser);
    assert_eq!(rows.len(), (timeline.n as usize).div_ceil(stride) + 1);
    assert!(rows[0].starts_with("from_s,served"), "{}", rows[0]);
    let last: f64 = rows[rows.len() - 1]
        .split(',')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let there = timeline.series["count(served)"].mean[(rows.len() - 2) * stride].unwrap();
    assert_eq!(number::count(last), number::count(there));
    take("svg");
    let drawing = String::from_utf8(browser.download("outcomes-baseline.svg")).expect("text");
    assert!(drawing.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    assert!(drawing.contains("<title"));
    take("png");
    let picture = browser.download("outcomes-baseline.png");
    assert!(
        picture.starts_with(b"\x89PNG") && picture.len() > 5_000,
        "{}",
        picture.len()
    );
    browser.click(".look[data-of=places] [data-take=csv]");
    let asked = String::from_utf8(browser.download("look-places.csv")).expect("text");
    assert!(asked.starts_with("from_s,baseline"), "{asked}");
}

#[test]
fn every_control_is_reached_by_the_keyboard_alone() {
    let Some(browser) = report().open() else {
        return;
    };
    let wanted = "return [...document.querySelectorAll('a[href], button, select, input, summary,\
         [tabindex=\"0\"]')].filter((one) => !one.disabled && one.checkVisibility()).length";
    let count = browser.number(wanted);
    assert!(count > 60, "{count}");
    browser.run(
        "window.reached = new Set(); document.addEventListener('focusin', (event) => \
         window.reached.add(event.target))",
    );
    for _ in 0..count + 5 {
        browser.press(&[TAB]);
    }
    let missed = browser.texts(
        "return [...document.querySelectorAll('a[href], button, select, input, summary,\
         [tabindex=\"0\"]')].filter((one) => !one.disabled && one.checkVisibility()\
         && !window.reached.has(one)).map((one) => one.outerHTML.slice(0, 90))",
    );
    assert!(missed.is_empty(), "{missed:?}");
}

/// Pages on which the report fits.
const PAGES: usize = 10;

#[test]
fn it_prints_on_ten_pages() {
    let Some(browser) = report().open() else {
        return;
    };
    let pages = browser.printed_pages();
    assert!((2..=PAGES).contains(&pages), "{pages}");
}

/// Seven variants, one with a long label and one that passes: the most that a screen has to hold.
#[test]
fn the_first_screen_of_seven_variants_fits() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("models/login-storm.toml");
    let scene = Scene::with_model(&std::fs::read_to_string(path).expect("the model is there"));
    let words = [
        "compare",
        "model.toml",
        "--replications",
        "2",
        "--json",
        "found.json",
    ];
    let answer = scene.run(words);
    assert!(scene.path("found.json").is_file(), "{}", answer.err);
    let results = from_json(&scene.text("found.json")).expect("it is a document");
    let page = onrush::report::html::page(&results);
    assert!(page.len() < 1_000_000, "{}", page.len());
    let scene = scene.file("report.html", &page);
    let Some(browser) = Browser::open() else {
        return;
    };
    browser.tell(
        "Emulation.setDeviceMetricsOverride",
        &json!({ "width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": false }),
    );
    browser.visit(&scene.path("report.html"));
    let count = "return document.querySelectorAll('.wall figure').length";
    assert_eq!(browser.number(count), 7);
    let bottom = "return Math.ceil(document.querySelector('.first nav')\
        .getBoundingClientRect().bottom)";
    let bottom = browser.number(bottom);
    assert!(bottom <= 800, "{bottom}");
    let cut = browser.texts(
        "return [...document.querySelectorAll('.wall span, .wall b, .matrix th, .matrix td')]\
         .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)\
         .map((one) => one.textContent)",
    );
    assert!(cut.is_empty(), "{cut:?}");
}

#[test]
fn without_script_it_is_whole() {
    let report = report();
    let Some(browser) = Browser::open() else {
        return;
    };
    browser.tell(
        "Emulation.setScriptExecutionDisabled",
        &json!({ "value": true }),
    );
    browser.visit(&report.scene.path("out/report.html"));
    let seen = "return document.body.innerText";
    let text = browser.text(seen);
    for question in [
        "Who got in?",
        "Where did it break, and why?",
        "What is assumed?",
    ] {
        assert!(text.contains(question), "{question}");
    }
    assert_eq!(
        browser.number("return document.querySelectorAll('.readout').length"),
        0
    );
    let drawn = "return [...document.querySelectorAll('section > figure.chart svg, .wall svg')]\
        .filter((one) => !one.checkVisibility()).length";
    assert_eq!(browser.number(drawn), 0);
    let nothing = "return [...document.querySelectorAll('#controls, .tools, .look')]\
        .filter((one) => one.checkVisibility()).length";
    assert_eq!(browser.number(nothing), 0, "no control that does nothing");
    browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })");
    let tables = "return [...document.querySelectorAll('figure.chart')]\
        .filter((one) => !one.querySelector('table')?.checkVisibility()).length";
    assert_eq!(browser.number(tables), 0, "a table for every chart");
}

#[test]
fn axe_finds_nothing_in_five_states() {
    let Some(browser) = report().open() else {
        return;
    };
    let axe = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/page/axe.min.js");
    let axe = std::fs::read_to_string(axe).expect("it is kept");
    browser.run(&axe);
    browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })");
    let states = [
        ("light", vec![("prefers-color-scheme", "light")], 1280),
        ("dark", vec![("prefers-color-scheme", "dark")], 1280),
        (
            "reduced motion",
            vec![("prefers-reduced-motion", "reduce")],
            1280,
        ),
        ("forced colours", vec![("forced-colors", "active")], 1280),
        ("320 px", vec![], 320),
    ];
    for (state, features, width) in states {
        let features: Vec<_> = features
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        browser.tell(
            "Emulation.setEmulatedMedia",
            &json!({ "features": features }),
        );
        browser.tell(
            "Emulation.setDeviceMetricsOverride",
            &json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false }),
        );
        let found = browser.wait_for(
            "const done = arguments[arguments.length - 1];\
             axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',\
             'best-practice'] }).then((result) => done(result.violations.map((one) => one.id + ': '\
             + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | '))))",
        );
        assert_eq!(found, json!([]), "{state}");
        let wide = browser.texts(
            "return document.documentElement.scrollWidth <= window.innerWidth ? []\
             : [...document.querySelectorAll('body *')].filter((one) => !one.closest('.scroll')\
             && one.getBoundingClientRect().right > window.innerWidth)\
             .map((one) => one.outerHTML.slice(0, 120))",
        );
        assert!(wide.is_empty(), "{state} scrolls sideways: {wide:?}");
    }
}
