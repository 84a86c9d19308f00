//! What is kept of the page: its address. Every state survives it, and one that does not fit falls
//! back to the file.

use super::asking::SMALL;
use super::moved::Open;

/// What is asked, as the page shows it.
const SHOWN: &str = "return JSON.stringify([
    [...document.querySelectorAll('.knob')].map((k) =>
      k.querySelector('.box input').value + k.classList.contains('moved')),
    [...document.querySelectorAll('#variants input')].map((box) => box.checked),
    document.getElementById('seed').value, document.getElementById('launches').value,
    document.getElementById('text').value])";

#[test]
fn a_starter_can_be_chosen_and_survives_its_address() {
    let Some(open) = Open::of(SMALL) else { return };
    let browser = &open.browser;
    open.answered();
    let text = "return document.getElementById('text').value";
    assert_eq!(browser.text(text), SMALL);
    browser.run(
        "const one = document.getElementById('starter'); one.value = 'plain-queue';
         one.dispatchEvent(new Event('change'))",
    );
    open.answered();
    let chosen = browser.text(text);
    assert_eq!(chosen, include_str!("../../models/hello-queue.toml"));
    let hash = browser.text("return location.hash");
    open.go(&hash);
    open.answered();
    assert_eq!(browser.text(text), chosen);
    let named = "return document.getElementById('starter').value";
    assert_eq!(browser.text(named), "plain-queue");
    open.is_clean();
}

#[test]
fn every_state_survives_its_address() {
    let Some(open) = Open::of(SMALL) else { return };
    let browser = &open.browser;
    open.answered();
    let as_in_the_file = browser.text(SHOWN);
    let mut seen = vec![as_in_the_file.clone()];
    let set = |what: &str, value: &str, event: &str| {
        format!(
            "const one = document.querySelector('{what}'); one.value = {value};
             one.dispatchEvent(new Event('{event}'))"
        )
    };
    for change in [
        set("#knob-param-rate", "3", "input"),
        set(
            "[data-path=\"service.web.workers\"] .box input",
            "'5'",
            "change",
        ),
        "document.querySelector('#variants input').click()".to_owned(),
        set("#seed", "'7'", "change"),
        set("#launches", "'2'", "change"),
        set(
            "#text",
            "one.value.replace('Small', 'Größer & \"mehr\" #=%')",
            "input",
        ),
    ] {
        let change = &change;
        browser.run(change);
        open.answered();
        let (shown, hash) = (browser.text(SHOWN), browser.text("return location.hash"));
        assert!(!seen.contains(&shown), "{change}");
        open.go(&hash);
        open.answered();
        assert_eq!(browser.text(SHOWN), shown, "{hash}");
        assert_eq!(browser.text("return location.hash"), hash);
        assert_eq!(
            browser.run("return document.getElementById('fallen').hidden"),
            true
        );
        seen.push(shown);
    }
    open.is_clean();
}

#[test]
fn an_address_that_does_not_fit_falls_back_to_the_file() {
    let Some(open) = Open::of(SMALL) else { return };
    let browser = &open.browser;
    open.answered();
    let as_in_the_file = browser.text(SHOWN);
    browser.run("document.querySelector('#variants input').click()");
    open.answered();
    let hash = browser.text("return location.hash");
    let id = hash
        .trim_start_matches("#model=")
        .split('&')
        .next()
        .unwrap_or_default();
    for wrong in [
        "#model=other&set=param.rate%3D7%2Fs".to_owned(),
        "#%".to_owned(),
        "#the-answer".to_owned(),
        format!("#model={id}&set=param.nothing%3D7"),
        format!("#model={id}&set=param.rate%3Dseven"),
        format!("#model={id}&set=nothing"),
        format!("#model={id}&variants=nothing"),
        format!("#model={id}&seed=-1"),
        format!("#model={id}&launches=1e9"),
        format!("#model={id}&text=AAAA"),
        format!("#model={id}&text=%3Cscript%3E"),
    ] {
        open.go(&wrong);
        open.answered();
        assert_eq!(browser.text(SHOWN), as_in_the_file, "{wrong}");
        let said = browser.text("return document.getElementById('fallen').textContent");
        assert!(said.starts_with("This link "), "{wrong}: {said}");
        assert_eq!(browser.text("return location.hash"), "", "{wrong}");
    }
    open.is_clean();
}
