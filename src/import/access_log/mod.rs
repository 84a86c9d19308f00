//! Access logs of web servers: Apache, nginx, and whatever writes W3C's extended format.
//!
//! One idea: a line is taken apart where it stands, counted, and forgotten, so a log may be larger
//! than the memory and is read at the pace of a disk. Lines that cannot be read are left out and
//! counted; nothing of a log is executed, and no address leaves this folder but as a number.

mod clock;
mod detect;
mod directive;
mod format;

use super::account::{Account, excerpt, grouped};
use super::lines::{Input, Lines, Next};
use super::outline::{Setting, outline};
use super::traffic::{Ended, Request, Traffic};
use super::{Asked, Imported, Unusable, source};
use clock::Clock;
use format::{Field, Format, NO_REQUEST};

/// Bytes of a line at most.
const LONGEST: usize = 128 * 1024;
const TOO_LONG: &str = "it is longer than 128 kB";
const NO_FIELDS: &str = "its `#Fields` cannot be used";

/// What a log of an unknown format is answered with.
const HELP: &str = "give its format with `--format`, as the server is told it: `--format '%h %l \
                    %u %t \"%r\" %>s %b %D'`, or nginx's `log_format`";

/// Reads access logs; `directive` is their format as a server is told it, else it is found.
///
/// # Errors
/// If nothing in them can be used.
pub fn import(
    inputs: Vec<Input<'_>>,
    directive: Option<&str>,
    asked: &Asked,
) -> Result<Imported, Unusable> {
    let mut account = Account::of(source(&inputs));
    let mut lines = Lines::new(inputs, LONGEST);
    let format = match format(&mut lines, directive) {
        Ok(format) => format,
        Err((why, help)) => {
            return Err(Unusable::new(why, Some(help), account));
        }
    };
    let mut log = Log {
        format,
        clock: Clock::new(),
        traffic: Traffic::new(asked.gap.nanos() / 1_000_000),
        unread: 0,
        comments: 0,
    };
    log.read(&mut lines, &mut account);
    log.told(&lines, &mut account);
    let setting = Setting {
        asked,
        source: &account.source.clone(),
        grain_s: log.format.grain_s(),
        east_min: log.clock.east_min.unwrap_or(0),
        is_dated: true,
        who: "one address and agent",
    };
    match outline(&mut log.traffic, &setting, &mut account) {
        Some(skeleton) => Ok(Imported::new(skeleton, account)),
        None => {
            let why = format!("no line of it can be used as {}", log.format.name);
            Err(Unusable::new(why, Some(HELP.to_owned()), account))
        }
    }
}

/// The format that was given, else the one that is found.
fn format(lines: &mut Lines<'_>, directive: Option<&str>) -> Result<Format, (String, String)> {
    if let Some(text) = directive {
        let help = "it is written as the server is told it: `%h %l %u %t \"%r\" %>s %b`, or \
                    `$remote_addr [$time_local] \"$request\" $status`";
        return directive::directive(text)
            .map_err(|why| (format!("the format cannot be used: {why}"), help.to_owned()));
    }
    let ahead = lines.ahead();
    if ahead.trim_ascii().is_empty() {
        return Err((
            super::json::EMPTY.to_owned(),
            "give a log with lines in it".to_owned(),
        ));
    }
    detect::detect(ahead).ok_or_else(|| {
        let first = ahead
            .split(|byte| *byte == b'\n')
            .find(|line| !line.is_empty());
        let first = excerpt(first.unwrap_or_default());
        (
            format!("its format is not known here; it begins with {first}"),
            HELP.to_owned(),
        )
    })
}

/// A log that is being read.
struct Log {
    format: Format,
    clock: Clock,
    traffic: Traffic,
    /// Lines without a request that can be read.
    unread: u64,
    /// Lines that begin with `#`.
    comments: u64,
}

impl Log {
    fn read(&mut self, lines: &mut Lines<'_>, account: &mut Account) {
        while let Some(next) = lines.next() {
            // An error needs the place of its line, which the line itself keeps borrowed.
            let failed = match next {
                Next::Line(b"", _) => None,
                Next::Line(line, _) => self.line(line).err().map(|why| (why, excerpt(line))),
                Next::Long(_) => Some((TOO_LONG, String::new())),
            };
            match failed {
                Some((NO_REQUEST, _)) => self.unread += 1,
                Some((why, begins)) => account.bad(why, lines.at(), begins),
                None => {}
            }
        }
    }

    fn line(&mut self, line: &[u8]) -> Result<(), format::Why> {
        if line[0] == b'#' && self.format.begin.is_empty() {
            return self.comment(line);
        }
        let record = self.format.record(line, &mut self.clock)?;
        let took_ns = record.upstream_ns.or(record.took_ns);
        let lasts_ms = match self.format.at_end {
            true => record.took_ns.or(record.upstream_ns).unwrap_or(0) / 1_000_000,
            false => 0,
        };
        self.traffic.add(&Request {
            at_ms: record.at_ms.saturating_sub_unsigned(lasts_ms),
            written_ms: record.at_ms,
            who: record.who,
            method: if record.method.is_empty() {
                b"GET"
            } else {
                record.method
            },
            path: record.path,
            ended: Ended::of(record.status),
            took_ns,
        });
        Ok(())
    }

    /// A remark, or the fields of the lines that follow.
    fn comment(&mut self, line: &[u8]) -> Result<(), format::Why> {
        self.comments += 1;
        if !line.starts_with(b"#Fields:") {
            return Ok(());
        }
        let text = std::str::from_utf8(line).map_err(|_| NO_FIELDS)?;
        self.format = directive::fields(text).map_err(|_| NO_FIELDS)?;
        Ok(())
    }

    /// What is said of the log as a whole.
    fn told(&self, lines: &Lines<'_>, account: &mut Account) {
        account.read = lines.read;
        let format = &self.format;
        account.taken.push(format!("the format is {}", format.name));
        let took = format.has(|field| matches!(field, Field::Took(_) | Field::TookW3c));
        let upstream = format.has(|field| field == Field::Upstream);
        if took && upstream {
            account.assumed.push(
                "the time of a request is that of the servers behind (`$upstream_response_time`), \
                 else the whole one"
                    .to_owned(),
            );
        }
        if format.has(|field| field == Field::TookW3c) {
            let said = "`time-taken` is in milliseconds where it has no point, else in seconds";
            account.assumed.push(said.to_owned());
        }
        if self.unread > 0 {
            let lines = grouped(self.unread);
            account
                .ignored
                .push(format!("lines without a request that can be read: {lines}"));
        }
        account
            .ignored
            .push("sizes, referers, queries, names of users".to_owned());
        if self.clock.zone_changes > 0 {
            account.doubtful.push(format!(
                "the zone of the clock changes, times in all: {}; each line was read in its own",
                grouped(self.clock.zone_changes)
            ));
        }
        account.breaks(lines);
    }
}

impl Format {
    /// The seconds in steps of which times are written; none where there are none.
    fn grain_s(&self) -> Option<f64> {
        let grains = self.pieces.iter().filter_map(|piece| match piece.field {
            // What is written in seconds has three digits behind the point, if it has any.
            Field::Took(1_000_000_000) if self.is_whole() => Some(1.0),
            Field::Took(1_000) => Some(1e-6),
            Field::Took(_) | Field::TookW3c | Field::Upstream => Some(1e-3),
            _ => None,
        });
        grains.min_by(f64::total_cmp)
    }

    /// Whether seconds are whole, as Apache writes them.
    fn is_whole(&self) -> bool {
        self.name.starts_with("Apache")
    }
}
