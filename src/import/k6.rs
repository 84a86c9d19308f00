//! k6: its results (JSON a line, or CSV), and what a test was told (options as JSON).
//!
//! One idea: which of them it is, is seen at its beginning. A script is never executed: options
//! that stand in it as plain literals are read, and `k6 inspect` prints all others as JSON.

mod options;

use super::account::Account;
use super::csv::rows;
use super::lines::{Input, Lines};
use super::outline::{Setting, outline};
use super::table::columns::Columns;
use super::table::requests::{asked_for, closed, ended};
use super::table::{LONGEST, Table, known};
use super::traffic::{Request, Traffic};
use super::{AsArrivals, Asked, Imported, Unusable, json, source};
use crate::model::arrival::layout::layout;
use crate::model::files::date::{Stamp, stamp};

/// Metrics of which each point is one request, with its milliseconds.
const DURATIONS: [&str; 2] = ["http_req_duration", "grpc_req_duration"];
const NO_POINT: &str = "it is no point with a time and a value";
const HELP: &str = "results are what `--out json=FILE` and `--out csv=FILE` write; of a script, \
                    give what `k6 inspect SCRIPT` prints";

/// Reads results or options of k6.
///
/// # Errors
/// If nothing in them can be used.
pub fn import(
    inputs: Vec<Input<'_>>,
    as_arrivals: AsArrivals,
    asked: &Asked,
) -> Result<Imported, Unusable> {
    let account = Account::of(source(&inputs));
    let mut lines = Lines::new(inputs, json::LONGEST.max(LONGEST));
    let ahead = lines.ahead().trim_ascii_start();
    let first = ahead
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let holds = |text: &[u8], word: &str| text.windows(word.len()).any(|w| w == word.as_bytes());
    match ahead.first() {
        Some(b'{') if holds(first, "\"type\":") && holds(first, "\"metric\":") => {
            points(lines, asked, account)
        }
        Some(b'{') => options::import(lines, as_arrivals, account),
        Some(_) if holds(first, "metric_name") => table(lines, asked, account),
        Some(_) => options::import(lines, as_arrivals, account),
        None => Err(Unusable::new(json::EMPTY.to_owned(), None, account)),
    }
}

fn table(mut lines: Lines<'_>, asked: &Asked, mut account: Account) -> Result<Imported, Unusable> {
    let found = Table::of(&mut lines).and_then(|table| {
        let layout = layout(table.records()?, &[]).map_err(|unclear| unclear.why)?;
        Ok((table, layout))
    });
    match found {
        Ok((table, mut layout)) => {
            let mut columns = Columns::default();
            known::adapt(&table, &mut layout, &mut columns);
            let seconds =
                "k6 writes whole seconds into CSV: what came within one is spread over it";
            account.assumed.push(seconds.to_owned());
            rows(&table, (&layout, &columns), lines, asked, account)
        }
        Err(why) => Err(Unusable::new(why, Some(HELP.to_owned()), account)),
    }
}

/// Points of metrics, one on each line.
fn points(mut lines: Lines<'_>, asked: &Asked, mut account: Account) -> Result<Imported, Unusable> {
    account
        .taken
        .push("it is k6's JSON; a request is a point of `http_req_duration`".to_owned());
    account.assumed.push(
        "how long a request took is from sending to the end of the answer, without connecting"
            .to_owned(),
    );
    let mut traffic = Traffic::new(asked.gap.nanos() / 1_000_000);
    let mut users = 0.0_f64;
    let is_needed = |line: &[u8]| {
        let holds = |word: &[u8]| line.windows(word.len()).any(|found| found == word);
        // Every other line is of another metric, or declares one.
        line.first() != Some(&b'{')
            || (!holds(b"\"type\":\"Metric\"")
                && (holds(b"_req_duration\"") || holds(b"\"metric\":\"vus\"")))
    };
    json::each(&mut lines, &mut account, is_needed, |value| {
        let metric = json::text(value, &["metric"]).unwrap_or_default();
        let is_point = json::text(value, &["type"]) == Some("Point");
        if !is_point || (metric != "vus" && !DURATIONS.contains(&metric)) {
            return Ok(());
        }
        let number = json::number(value, &["data", "value"]).ok_or(NO_POINT)?;
        if metric == "vus" {
            users = users.max(number);
            return Ok(());
        }
        let Some(Stamp::At(nanos, _)) = json::text(value, &["data", "time"]).map(stamp) else {
            return Err(NO_POINT);
        };
        let tag = |name: &str| json::text(value, &["data", "tags", name]);
        let written_ms = i64::try_from(nanos.div_euclid(1_000_000)).map_err(|_| NO_POINT)?;
        let took_ns = (number.max(0.0) * 1e6) as u64;
        // A point is written when the answer is there.
        let began_ms = written_ms.saturating_sub_unsigned(took_ns / 1_000_000);
        let (method, path) = asked_for(tag("method"), tag("name").or(tag("url")));
        traffic.add(&Request {
            at_ms: began_ms.max(0),
            written_ms,
            who: None,
            method: method.as_bytes(),
            path: path.as_bytes(),
            ended: ended(tag("status"), tag("expected_response")),
            took_ns: Some(took_ns),
        });
        Ok(())
    });
    if users > 0.0 {
        account.assumed.push(closed(users as u64));
    }
    let setting = Setting {
        asked,
        source: &account.source.clone(),
        grain_s: Some(1e-9),
        east_min: 0,
        is_dated: true,
        who: "",
    };
    match outline(&mut traffic, &setting, &mut account) {
        Some(skeleton) => Ok(Imported::new(skeleton, account)),
        None => {
            let why = "it holds no point of `http_req_duration`".to_owned();
            Err(Unusable::new(why, Some(HELP.to_owned()), account))
        }
    }
}
