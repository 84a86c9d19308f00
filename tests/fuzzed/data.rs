//! What any data file must survive: being read for arrivals and for a law, shown, compiled, run.

use onrush::base::visible::is_hidden;
use onrush::engine::{self, Arena, Limits, Replication};
use onrush::model::arrival::Arrivals;
use onrush::model::files::Files;
use onrush::model::{self, Checked, Model};
use onrush::program::{self, Asked};
use onrush::text::encoding::decode;
use onrush::text::render::{Colour, Frame, render};
use onrush::text::{Level, Source};

/// How a model may name its data: a line of `[model]`, its arrivals, the time of a step.
const WAYS: [(&str, &str, &str); 12] = [
    ("", "file = 'x.csv'", "1s"),
    ("starts = 2023-11-14T22:13:20Z", "file = 'x.csv'", "1s"),
    ("", "file = { path = 'x.csv', columns = ['1'] }", "1s"),
    ("", "file = { path = 'x.csv', columns = ['1', '2'] }", "1s"),
    (
        "",
        "file = { path = 'x.csv', columns = ['time', 'rps'] }",
        "1s",
    ),
    (
        "",
        "file = { path = 'x.csv', unit = 'ms', gaps = 'hold' }",
        "1s",
    ),
    (
        "",
        "file = { path = 'x.csv', unit = 'd', gaps = 'zero' }",
        "1s",
    ),
    (
        "",
        "file = { path = 'x.csv', per = '1m' }\nscale = 0.01",
        "1s",
    ),
    ("", "rate = '1/s'", "file(x.csv)"),
    ("", "rate = '1/s'", "file(x.csv, unit=us)"),
    ("drain = true", "rate = '1/s'", "file(x.csv, unit=d)"),
    (
        "",
        "stages = [ { rate = '1/s' } ]\nspacing = 'file(x.csv)'",
        "1s",
    ),
];

/// Users above which nothing is run.
const FEW: f64 = 2_000.0;

/// The first byte says how the file is named, the others are the file.
pub(crate) fn survives(bytes: &[u8]) {
    let Some((way, data)) = bytes.split_first() else {
        return;
    };
    let Ok(data) = decode(data.to_vec()) else {
        return;
    };
    let way = WAYS[usize::from(*way) % WAYS.len()];
    let model = read(way, &data);
    // Neither the mark of UTF-8 nor how lines end is a part of the data.
    let marked = read(way, &format!("\u{feff}{data}"));
    assert_eq!(arrivals(&model), arrivals(&marked), "with a mark");
    if data.contains('\n') && !data.contains(['\r', '"']) {
        let windows = read(way, &data.replace('\n', "\r\n"));
        assert_eq!(
            arrivals(&model),
            arrivals(&windows),
            "with other ends of lines"
        );
    }
    runs(model);
}

fn arrivals(model: &Model) -> Option<&Arrivals> {
    model.arrivals.get("all").filter(|_| model.is_sound())
}

fn read((head, who, law): (&str, &str, &str), data: &str) -> Model {
    let text = format!(
        "[model]\nrun_for = '10m'\n{head}\n[arrivals.all]\njourney = 'visit'\n{who}\n\
         [journey.visit]\nsteps = [ {{ think = '{law}' }} ]\n"
    );
    let mut files = Files::new();
    files.insert("x.csv", data.to_owned());
    let (model, diagnostics) = model::read(Source::new("model.toml", &text), files);
    let seen = render(&diagnostics, model.sources(), Colour::Plain, Frame::Ascii);
    let hides = seen.find(|c| is_hidden(c) && c != '\n');
    assert_eq!(hides, None, "{seen:?}");
    let errors = diagnostics.iter().filter(|one| one.level == Level::Error);
    assert_eq!(model.is_sound(), errors.count() == 0, "{seen}");
    model
}

fn runs(model: Model) {
    let Some(model) = Checked::new(model) else {
        return;
    };
    let horizon = model.horizon();
    let users = model.arrivals["all"].users_expected(horizon);
    assert!(users.is_finite() && users >= 0.0, "{users} users");
    if users > FEW {
        return;
    }
    let program = program::compile(&model, &Asked::default());
    let replication = Replication {
        seed: 1,
        number: 0,
        limits: Limits {
            events: 100_000,
            ..Limits::default()
        },
        stop: &|| false,
    };
    // One that needs too much is given up with a sentence.
    let _ = engine::run(&program, &replication, &mut Arena::default());
}
