//! `import`: a model of what there is already.
//!
//! One idea: files are opened here, plain or packed, and handed in as streams; the model goes to
//! stdout or where it is asked for, and what it was made of to stderr, so that both can be kept.

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use super::args::{Import, Importable, Values};
use super::console::Console;
use super::exit::{Ending, Exit};
use super::load::{STDIN, Unreadable, shown};
use super::write::{self, Existing, Page};
use crate::import::{
    AsArrivals, Asked, Imported, Input, Unusable, access_log, artillery, chaos, csv, demands,
    gatling, har, jtl, k6, locust, otlp, prometheus, slo, taurus, vegeta,
};

/// Bytes that are read from a file at once.
const CHUNK: usize = 256 * 1024;
/// How a file begins that gzip has packed.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Imports.
///
/// # Errors
/// If a file cannot be read, or nothing can be made of what it holds.
pub(super) fn answer(asked: &Import, console: &Console) -> Result<Ending, Ending> {
    if let Some(why) = asked.misplaced() {
        return Err(Ending::new(Exit::Usage, why));
    }
    if let Some(out) = asked.out.as_deref().filter(|_| !asked.dry_run) {
        write::probe(&first_page(out))?;
    }
    let opened: Result<Vec<Input<'_>>, Unreadable> =
        asked.files.iter().map(|path| open(path)).collect();
    let common = Asked::default();
    let how = Asked {
        endpoints: asked.endpoints.unwrap_or(common.endpoints),
        gap: asked.gap.unwrap_or(common.gap),
        window: asked.window.unwrap_or(common.window),
    };
    let as_arrivals = match asked.as_arrivals {
        true => AsArrivals::Yes,
        false => AsArrivals::No,
    };
    let found = match asked.format {
        Importable::Csv => csv::import(opened?, &table(asked), &how),
        Importable::Demands => demands::import(opened?, &rates(asked), &how),
        Importable::K6 => k6::import(opened?, as_arrivals, &how),
        Importable::Jtl => jtl::import(opened?, &how),
        Importable::Prometheus => prometheus::import(opened?, &how),
        Importable::Locust => locust::import(opened?, as_arrivals),
        Importable::Gatling => gatling::import(opened?, as_arrivals),
        Importable::Artillery => artillery::import(opened?),
        Importable::Taurus => taurus::import(opened?, as_arrivals),
        Importable::Otlp => otlp::import(opened?, &how),
        Importable::Har => har::import(opened?),
        Importable::OpenSlo => slo::openslo(opened?),
        Importable::Sloth => slo::sloth(opened?),
        Importable::ChaosMesh => chaos::mesh(opened?),
        Importable::ChaosToolkit => chaos::toolkit(opened?),
        Importable::Vegeta => vegeta::import(opened?, &how),
        Importable::AccessLog => access_log::import(opened?, asked.directive.as_deref(), &how),
    };
    let found = found.map_err(|unusable| refused(&unusable, asked, console))?;
    console.note(found.account.text().trim_end());
    deliver(&found, asked, console)
}

/// How a table is to be read.
fn table(asked: &Import) -> csv::Csv {
    let is = asked.is.map(|is| match is {
        Values::Rate => csv::Is::Rate,
        Values::Count => csv::Is::Count,
    });
    csv::Csv {
        columns: asked.columns.clone(),
        is,
        per: asked.per,
    }
}

/// How rates and utilisation are to be read.
fn rates(asked: &Import) -> demands::How {
    demands::How {
        columns: asked.columns.clone(),
        is_count: asked.is == Some(Values::Count),
        per: asked.per,
        cores: asked.cores,
    }
}

/// Says all that is known, and why nothing came of it.
fn refused(unusable: &Unusable, asked: &Import, console: &Console) -> Ending {
    if unusable.account.bad_lines() > 0 {
        console.note(unusable.account.text().trim_end());
    }
    if let Some(help) = &unusable.help {
        console.note(&format!("help: {help}"));
    }
    let name = asked
        .files
        .first()
        .map(|path| shown(path))
        .unwrap_or_default();
    Ending::could_not(&format!("`{name}` cannot be imported: {}", unusable.why))
}

/// Prints or writes what was asked for.
fn deliver(found: &Imported, asked: &Import, console: &Console) -> Result<Ending, Ending> {
    let Some(out) = &asked.out else {
        let (text, what) = part(found, asked);
        if text.is_empty() {
            return Err(Ending::could_not(&format!("it says nothing of {what}")));
        }
        console.document(&text)?;
        return Ok(Ending::done(format!("wrote {what} to stdout")));
    };
    let pages = pages(found, out);
    if asked.dry_run {
        for page in &pages {
            console.note(&format!("would write `{}`", shown(&page.path)));
        }
        let model = pages.first().map(|page| page.bytes.as_slice());
        console.document(&String::from_utf8_lossy(model.unwrap_or_default()))?;
        return Ok(Ending::done("wrote nothing but the model to stdout"));
    }
    write::all(&pages, Existing::Replace)?;
    let name = shown(&first_page(out));
    console.note(&format!(
        "next: onrush check {name}, then onrush run {name}"
    ));
    Ok(Ending::done(format!("wrote `{name}`")))
}

/// The part that was asked for, and what it is; empty where there is nothing of it.
fn part(found: &Imported, asked: &Import) -> (String, &'static str) {
    match asked {
        Import { arrivals: true, .. } => (found.arrivals(), "who comes"),
        Import {
            service_times: true,
            ..
        } => (found.service_times(), "how long work takes"),
        Import {
            objectives: true, ..
        } => (found.objectives(), "what must hold"),
        Import { faults: true, .. } => (found.faults(), "what goes wrong"),
        Import { observed: true, .. } => {
            let text = found.observed().unwrap_or_default();
            (text.to_owned(), "what was measured by time")
        }
        _ => (found.model(), "the model"),
    }
}

/// Where the model goes: to the path itself, or into the folder that it names.
fn first_page(out: &Path) -> PathBuf {
    match is_folder(out) {
        true => out.join("model.toml"),
        false => out.to_owned(),
    }
}

/// Whether a path means a folder: all that is no file of TOML and no device.
fn is_folder(out: &Path) -> bool {
    let is_model = out.extension().is_some_and(|ending| ending == "toml");
    !is_model && fs::metadata(out).map_or(true, |found| found.is_dir())
}

fn pages(found: &Imported, out: &Path) -> Vec<Page> {
    if !is_folder(out) {
        return vec![Page {
            path: out.to_owned(),
            bytes: found.model().into_bytes(),
        }];
    }
    let files = found.files().into_iter();
    files
        .map(|(name, text)| Page {
            path: out.join(name),
            bytes: text.into_bytes(),
        })
        .collect()
}

/// A file or stdin as a stream, unpacked if it is packed.
fn open<'a>(path: &Path) -> Result<Input<'a>, Unreadable> {
    let opened = match path.as_os_str() == STDIN {
        true => unpacked(io::stdin()),
        // A pipe will do: it is what a shell makes of `<(command)`.
        false => File::open(path).and_then(unpacked),
    };
    match opened {
        Ok(stream) => Ok(Input {
            name: name(path),
            stream,
        }),
        Err(why) => Err(Unreadable::Kept {
            path: path.to_owned(),
            why,
        }),
    }
}

/// The name of a file without its folders: a model says no more of where it came from.
fn name(path: &Path) -> String {
    match path.file_name() {
        Some(file) if path.as_os_str() != STDIN => shown(Path::new(file)),
        _ => shown(path),
    }
}

fn unpacked<'a>(mut stream: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let mut begin = Vec::new();
    stream
        .by_ref()
        .take(GZIP.len() as u64)
        .read_to_end(&mut begin)?;
    let is_packed = begin == GZIP;
    let whole = Cursor::new(begin).chain(stream);
    Ok(match is_packed {
        true => Box::new(MultiGzDecoder::new(BufReader::with_capacity(CHUNK, whole))),
        false => Box::new(whole),
    })
}
