//! Arrivals from data files as people have them: lists, load tests, dashboards.
//!
//! One idea: what is read is said, and what cannot be read for certain is refused with what to
//! write instead.

use super::*;
use onrush::base::time::Time;
use onrush::model::arrival::{Form, Piece};
use onrush::model::files::Content;
use proptest::prelude::*;

const EPOCH_SECONDS: &str = include_str!("data/epoch-seconds.csv");
const EPOCH_MILLIS: &str = include_str!("data/epoch-millis.csv");
const EPOCH_NANOS: &str = include_str!("data/epoch-nanos.csv");
const LOAD_TEST: &str = include_str!("data/requests-of-a-load-test.csv");
const DASHBOARD: &str = include_str!("data/dashboard-with-gaps.csv");

/// A model whose users come from `users.csv`, read as `file` says; `head` is added to `[model]`.
fn with(data: &str, file: &str, head: &str) -> (Model, Vec<Diagnostic>) {
    knowing(Content::Text(data.to_owned()), file, head)
}

/// The same, whatever is known of `users.csv`.
fn knowing(data: Content, file: &str, head: &str) -> (Model, Vec<Diagnostic>) {
    let text = format!(
        "[model]\nrun_for = \"10m\"\n{head}\n[journey.j]\nsteps = [ {{ think = \"1s\" }} ]\n\
         [arrivals.a]\njourney = \"j\"\nfile = {file}\n"
    );
    let mut files = Files::new();
    files.add("users.csv", data);
    model::read(Source::new("model.toml", &text), files)
}

fn plain(data: &str) -> (Model, Vec<Diagnostic>) {
    with(data, "\"users.csv\"", "")
}

/// Milliseconds from T+0 at which users come.
fn instants(model: &Model) -> Vec<i64> {
    match &model.arrivals["a"].form {
        Form::Instants(instants) => instants.iter().map(|at| at.nanos() / 1_000_000).collect(),
        other => panic!("{other:?} are no instants"),
    }
}

/// Seconds from T+0 at which each rate begins, and the rate.
fn rates(model: &Model) -> Vec<(i64, f64)> {
    match &model.arrivals["a"].form {
        Form::Flow { pieces, .. } => {
            let pair = |piece: &Piece| (piece.from.nanos() / 1_000_000_000, piece.rate_from);
            pieces.iter().map(pair).collect()
        }
        other => panic!("{other:?} is no flow"),
    }
}

/// The codes of what is said, and all of it in one text.
fn said(found: &[Diagnostic]) -> (Vec<&'static str>, String) {
    let text = found.iter().map(|one| {
        let help = one.help.clone().unwrap_or_default();
        format!("{}\n{help}\n", one.found)
    });
    (found.iter().map(|one| one.code).collect(), text.collect())
}

/// Why a file is refused: what was found, then the help.
fn refused(data: &str, file: &str) -> String {
    let (model, found) = with(data, file, "");
    assert!(!model.is_sound(), "{data} is refused");
    let errors: Vec<&Diagnostic> = found.iter().filter(|one| one.code == "E025").collect();
    assert_eq!(errors.len(), 1, "{found:?}");
    said(&[errors[0].clone()]).1
}

#[test]
fn times_since_1970_begin_at_the_first_of_them() {
    let cases = [
        (EPOCH_SECONDS, vec![0, 10, 250, 1030], "seconds since 1970"),
        (EPOCH_MILLIS, vec![0, 10, 250], "milliseconds since 1970"),
        (EPOCH_NANOS, vec![0, 10], "nanoseconds since 1970"),
        (LOAD_TEST, vec![0, 0, 1000], "seconds since 1970"),
        (
            "1700000000000000\n1700000000000500\n",
            vec![0, 0],
            "microseconds since 1970",
        ),
    ];
    for (data, at, unit) in cases {
        let (model, found) = plain(data);
        let (codes, text) = said(&found);
        assert_eq!(codes, ["N010"], "{text}");
        assert_eq!(instants(&model), at, "{text}");
        assert!(text.contains(unit), "{text}");
        let first = "T+0 is the first of them, 2023-11-14T22:13:20Z";
        assert!(text.contains(first), "{text}");
    }
}

/// Doubles tell nanoseconds of today apart only by the 256.
#[test]
fn nanoseconds_since_1970_are_exact() {
    let (model, _) = plain("1700000000000000000\n1700000000000000007\n");
    let Form::Instants(instants) = &model.arrivals["a"].form else {
        panic!("they are instants")
    };
    assert_eq!(instants, &[Time(0), Time(7)]);
}

#[test]
fn load_tests_are_recognised() {
    for (data, known) in [
        (
            EPOCH_MILLIS,
            "is a JMeter log: 3 rows, each of which is one user",
        ),
        (EPOCH_NANOS, "is a vegeta log: 2 rows"),
        (LOAD_TEST, "is a k6 log: 3 rows"),
    ] {
        let (_, text) = said(&plain(data).1);
        assert!(text.contains(known), "{text}");
    }
    let k6 = "metric_name,timestamp,metric_value\nvus,1700000000,10\nhttp_reqs,1700000001,1\n\
              http_req_duration,1700000001,12.5\nhttp_reqs,1700000003,1\n";
    let (model, found) = plain(k6);
    assert_eq!(instants(&model), [0, 2000]);
    assert!(
        said(&found)
            .1
            .contains("only rows with `http_reqs` in column `metric_name` count")
    );
    let dated = "timeStamp,elapsed,label\n2024/05/17 10:00:00.500,5,a\n2024/05/17 10:00:01,5,b\n";
    assert_eq!(instants(&plain(dated).0), [0, 500]);
}

#[test]
fn the_start_of_the_model_is_the_start_of_the_clock() {
    let (model, found) = with(
        EPOCH_SECONDS,
        "\"users.csv\"",
        "starts = 2023-11-14T22:13:00Z",
    );
    assert_eq!(instants(&model), [20_000, 20_010, 20_250, 21_030]);
    let (_, text) = said(&found);
    assert!(text.contains("T+0 is `starts`"), "{text}");
    let (model, found) = with(
        EPOCH_SECONDS,
        "\"users.csv\"",
        "starts = 2023-11-14T22:13:20.2Z",
    );
    assert_eq!(instants(&model), [-200, -190, 50, 830]);
    assert!(said(&found).1.contains("2 rows are before T+0"));
    let (model, found) = with(
        EPOCH_SECONDS,
        "\"users.csv\"",
        "starts = 2022-11-14T22:13:20Z",
    );
    assert!(!model.is_sound());
    let (_, text) = said(&found);
    assert!(
        text.contains("far from `starts`, 2022-11-14T22:13:20Z"),
        "{text}"
    );
}

/// A rate that was not measured is not zero, and not silently something else.
#[test]
fn gaps_of_a_dashboard_are_named_with_what_to_do() {
    let (model, found) = plain(DASHBOARD);
    let (codes, text) = said(&found);
    assert_eq!(codes, ["W010", "N010"], "{text}");
    assert!(text.contains("2 rates are missing in `users.csv`, lines 3, 4, the first at T+01:00"));
    assert!(text.contains("gaps = \"bridge\""), "{text}");
    assert!(text.contains("column `rps` (users in 1s)"), "{text}");
    assert_eq!(
        rates(&model),
        [(0, 12.5), (60, 15.0), (120, 17.5), (180, 20.0)]
    );
    for (gaps, rate) in [("hold", 12.5), ("zero", 0.0)] {
        let file = format!("{{ path = \"users.csv\", gaps = \"{gaps}\" }}");
        let (model, found) = with(DASHBOARD, &file, "");
        assert_eq!(rates(&model)[1..3], [(60, rate), (120, rate)], "{gaps}");
        assert_eq!(
            said(&found).0,
            ["N010"],
            "whoever says what holds is not warned"
        );
    }
    let ends = "t,rps\n0,\n60,4\n120,NaN\n";
    assert_eq!(rates(&plain(ends).0), [(0, 4.0), (60, 4.0), (120, 4.0)]);
    assert!(refused("t,rps\n0,NaN\n60,\n", "\"users.csv\"").contains("none of its rates"));
}

#[test]
fn spellings_of_spreadsheets_are_read() {
    let expected = [(0, 1234.5), (60, 12.5)];
    for data in [
        "time;rps\r\n0;1.234,5\r\n60;12,5\r\n",
        "\u{feff}time,rps\n0,\"1,234.5\"\n60,12.5\n",
        "time\trps\n0\t1234.5\n60\t12.5\n",
        "\"time\";\"rps\"\n\"0\";\"1 234,5\"\n\"60\";\"12,5\"\n",
        "rps,time\n1234.5,0\n12.5,60\n",
    ] {
        let (model, found) = plain(data);
        assert_eq!(
            (rates(&model).as_slice(), found.len()),
            (&expected[..], 0),
            "{data:?}"
        );
    }
    let zoned = "when,n\n2024-05-17T10:00:00+02:00,3\n2024-05-17T08:05:00Z,4\n";
    assert_eq!(rates(&plain(zoned).0), [(0, 3.0), (300, 4.0)]);
    let minutes = "time,rpm\n0,120\n60,600\n";
    assert_eq!(rates(&plain(minutes).0), [(0, 2.0), (60, 10.0)]);
}

#[test]
fn rows_out_of_order_are_sorted_and_said() {
    let (model, found) = plain("time,rps\n120,3\n60,2\n0,1\n");
    assert_eq!(rates(&model), [(0, 1.0), (60, 2.0), (120, 3.0)]);
    assert!(said(&found).1.contains("not in order of time"));
    let twice = refused("time,rps\n0,1\n60,2\n60,3\n", "\"users.csv\"");
    assert!(
        twice.contains("lines 3 and 4 hold rates of the same time"),
        "{twice}"
    );
    let (model, found) = plain("2\n1\n1\n");
    assert_eq!(instants(&model), [1000, 1000, 2000]);
    assert_eq!(found, [], "users may stand in any order");
}

#[test]
fn what_a_list_holds_as_documented_needs_no_note() {
    for data in [
        "0\n1.5\n",
        "seconds\n0\n1.5\n",
        "0,5\n60,7\n",
        "from,rate\n0,5\n60,7\n",
    ] {
        assert_eq!(plain(data).1, [], "{data}");
    }
}

#[test]
fn columns_can_be_chosen() {
    let data = "time,web,app\n0,1,10\n60,2,20\n";
    let unclear = refused(data, "\"users.csv\"");
    assert!(unclear.contains("several columns may be the rates: column `web`, column `app`"));
    assert!(
        unclear.contains("columns = [\"time\", \"web\"]"),
        "{unclear}"
    );
    let choose = |columns: &str| {
        let file = format!("{{ path = \"users.csv\", columns = {columns} }}");
        with(data, &file, "").0
    };
    assert_eq!(
        rates(&choose("[\"time\", \"app\"]")),
        [(0, 10.0), (60, 20.0)]
    );
    assert_eq!(rates(&choose("[\"1\", \"2\"]")), [(0, 1.0), (60, 2.0)]);
    assert_eq!(instants(&choose("[\"time\"]")), [0, 60_000]);
    let unknown = "{ path = \"users.csv\", columns = [\"tme\"] }";
    let unknown = refused(data, unknown);
    assert!(
        unknown.contains("its columns are `time`, `web`, `app`"),
        "{unknown}"
    );
}

#[test]
fn what_is_not_certain_is_refused_with_what_to_write() {
    let cases = [
        (
            "17/05/2024 10:00\n",
            "`17/05/2024 10:00` in line 1, column 1: day and month",
        ),
        (
            "time,rps\n10:00,1\n10:01,2\n",
            "`10:00` in line 2, column `time`: it has no day",
        ),
        ("2024-05-17 10:00:00 CET\n", "its zone is not known here"),
        (
            "time;rps\n0;1,234\n60;2,345\n",
            "`1,234` in line 2, column 2, may be 1234 or 1.234",
        ),
        ("time,rps\n0,5\n60,many\n", "column `rps`, is not a number"),
        (
            "time,rps\n0,5\n60,-1\n",
            "`-1` in line 3, column `rps`, is below zero",
        ),
        ("0\n1\nx\n", "`x` in line 3, column 1, is not a number"),
        ("time,rps\n0,5\n,7\n", "line 3 has no time in column `time`"),
        (
            "time,vus\n0,5\n60,7\n",
            "column `vus` counts users who are there at the same time",
        ),
        ("0,5\n", "rates need at least two rows"),
        ("0,5,9\n60,7,9\n", "several columns may be the rates"),
        ("time,rps\n", "it has no data"),
        ("", "it is empty"),
        ("a\nb\n", "line 2 has neither a number nor a date"),
    ];
    for (data, why) in cases {
        let found = refused(data, "\"users.csv\"");
        assert!(found.contains(why), "{data:?}: {found}");
    }
    let contradicted = refused(EPOCH_MILLIS, "{ path = \"users.csv\", unit = \"s\" }");
    assert!(contradicted.contains("look like milliseconds since 1970, which `unit` contradicts"));
}

/// What the user sees, as snapshots.
#[test]
fn what_was_assumed_is_shown_where_the_file_is_named() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, data) in [
            ("data_of_a_dashboard", DASHBOARD),
            ("data_of_a_load_test", LOAD_TEST),
            ("data_that_comes_too_late", "700\n800\n"),
        ] {
            let (model, found) = plain(data);
            let seen = render(&found, model.sources(), Colour::Plain, Frame::Ascii);
            insta::assert_snapshot!(name, format!("{data}\n{seen}"));
        }
    });
}

#[test]
fn what_has_no_text_is_shown_where_the_file_is_named() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let device = Content::Unreadable("it is no regular file".to_owned());
    settings.bind(|| {
        for (name, data) in [
            ("data_that_is_read_later", Content::Later),
            ("data_from_a_device", device),
        ] {
            let (model, found) = knowing(data, "\"users.csv\"", "");
            let seen = render(&found, model.sources(), Colour::Plain, Frame::Ascii);
            insta::assert_snapshot!(name, seen);
        }
    });
}

#[test]
fn a_launch_in_which_nobody_comes_warns() {
    let (_, found) = plain("700\n800\n");
    let (codes, text) = said(&found);
    assert_eq!(codes, ["W011", "N010"], "{text}");
    assert!(text.contains("nobody comes in this launch\nthe first user of `a` comes at T+11:40"));
    assert!(text.contains("2 rows are after the end"), "{text}");
    let source = |arrivals: &str| {
        let text = format!(
            "[model]\nrun_for = \"10m\"\n[journey.j]\nsteps = []\n[arrivals.a]\n\
             journey = \"j\"\n{arrivals}\n"
        );
        said(&read(&text).1)
    };
    for nobody in [
        "rate = \"0/s\"",
        "crowd = { users = 9, from = \"20m\", arrive = \"1s\" }",
        "burst = { users = 9, at = \"10m\" }",
        "population = 0",
        "rate = \"1/s\"\nscale = 0",
    ] {
        let (codes, text) = source(nobody);
        assert!(codes.contains(&"W011"), "{nobody}: {text}");
    }
    assert!(
        source("rate = \"1/d\"")
            .1
            .contains("hardly anybody comes: 0.01 users")
    );
    assert_eq!(source("rate = \"1/s\"").0, Vec::<&str>::new());
}

proptest! {
    /// Whatever a file holds, it is read or refused.
    #[test]
    fn no_file_makes_the_reader_panic(
        data in "([0-9a-zµ:,;.\"\r\n\t T/-]|17000000|2024-05-17|timestamp|rps){0,60}",
    ) {
        let (model, found) = plain(&data);
        prop_assert!(model.is_sound() || !found.is_empty());
        let (_, _) = with(&data, "{ path = \"users.csv\", columns = [\"1\", \"2\"] }", "");
    }
}
