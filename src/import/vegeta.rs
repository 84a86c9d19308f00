//! Results of vegeta, as `vegeta encode` writes them: CSV, or JSON a line.
//!
//! One idea: the rate was open and constant, so what is worth most are the times; both forms say
//! the same, and the form is seen at the first byte. The binary form is vegeta's own.

use super::account::Account;
use super::csv::rows;
use super::lines::{Input, Lines};
use super::outline::{Setting, outline};
use super::table::columns::Columns;
use super::table::requests::{asked_for, ended};
use super::table::{LONGEST, Table, known};
use super::traffic::{Request, Traffic};
use super::{Asked, Imported, Unusable, json, source};
use crate::model::arrival::layout::layout;
use crate::model::files::date::{Stamp, stamp};

/// What its binary form is answered with.
const HELP: &str = "write it as text: `vegeta encode --to csv results.bin`, or `--to json`";
const NO_RESULT: &str = "it holds no time of a request";

/// Reads results of vegeta.
///
/// # Errors
/// If nothing in them can be used.
pub fn import(inputs: Vec<Input<'_>>, asked: &Asked) -> Result<Imported, Unusable> {
    let account = Account::of(source(&inputs));
    let mut lines = Lines::new(inputs, json::LONGEST.max(LONGEST));
    match lines.ahead().trim_ascii_start().first() {
        Some(b'{') => by_line(lines, asked, account),
        Some(b'0'..=b'9') => table(lines, asked, account),
        Some(_) => {
            let why = "it is no text of vegeta's".to_owned();
            Err(Unusable::new(why, Some(HELP.to_owned()), account))
        }
        None => Err(Unusable::new(json::EMPTY.to_owned(), None, account)),
    }
}

fn table(mut lines: Lines<'_>, asked: &Asked, account: Account) -> Result<Imported, Unusable> {
    let found = Table::of(&mut lines).and_then(|table| {
        let layout = layout(table.records()?, &[]).map_err(|unclear| unclear.why)?;
        match layout.known_as {
            Some("a vegeta log") => Ok((table, layout)),
            _ => Err("it is no log of vegeta".to_owned()),
        }
    });
    match found {
        Ok((table, mut layout)) => {
            let mut columns = Columns::default();
            known::adapt(&table, &mut layout, &mut columns);
            rows(&table, (&layout, &columns), lines, asked, account)
        }
        Err(why) => Err(Unusable::new(why, Some(HELP.to_owned()), account)),
    }
}

fn by_line(
    mut lines: Lines<'_>,
    asked: &Asked,
    mut account: Account,
) -> Result<Imported, Unusable> {
    account.taken.push("it is vegeta's JSON".to_owned());
    let mut traffic = Traffic::new(asked.gap.nanos() / 1_000_000);
    json::each(
        &mut lines,
        &mut account,
        |_| true,
        |value| {
            let at = json::text(value, &["timestamp"]).map(stamp);
            let Some(Stamp::At(nanos, _)) = at else {
                return Err(NO_RESULT);
            };
            let at_ms = i64::try_from(nanos.div_euclid(1_000_000)).map_err(|_| NO_RESULT)?;
            let took = json::number(value, &["latency"]).filter(|nanos| *nanos >= 0.0);
            let code = json::number(value, &["code"]).map(|code| format!("{code}"));
            let method = json::text(value, &["method"]);
            let (method, path) = asked_for(method, json::text(value, &["url"]));
            traffic.add(&Request {
                at_ms: at_ms.max(0),
                written_ms: at_ms,
                who: None,
                method: method.as_bytes(),
                path: path.as_bytes(),
                ended: ended(code.as_deref(), None),
                took_ns: took.map(|nanos| nanos as u64),
            });
            Ok(())
        },
    );
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
        None => Err(Unusable::new(
            "no line of it can be used".to_owned(),
            None,
            account,
        )),
    }
}
