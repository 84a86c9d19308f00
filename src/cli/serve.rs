//! `serve`: a page with sliders for a model, until somebody stops it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::{Serve, Template};
use super::console::Console;
use super::exit::{Ending, Exit};
use super::load::{self, STDIN, named, shown};
use super::plan::threads;
use super::{interrupt, memory};
use crate::base::time::Span;
use crate::engine::Limits;
use crate::model::files::Files;
use crate::serve::{Address, Desk, Failure, LONGEST};

/// The model of a page that was given none.
const STARTER: Template = Template::LaunchRush;

/// Reads the model, listens, says where, and serves until it is stopped.
///
/// # Errors
/// If the model cannot be read, or the port not be listened at.
pub(super) fn answer(asked: &Serve, console: &Console) -> Result<Ending, Ending> {
    let desk = desk(asked)?;
    let address = Address::open(&asked.host, asked.port)?;
    interrupt::listen();
    console.result(&format!("{}\n", address.url()))?;
    console.note("open this in a browser; Ctrl-C ends it");
    address.serve(desk, &interrupt::is_asked)?;
    Ok(Ending::done("the page is closed"))
}

fn desk(asked: &Serve) -> Result<Desk, Ending> {
    let memory = memory::limit(asked.memory);
    let (path, text, files) = match &asked.model {
        None => {
            let starter = asked.template.unwrap_or(STARTER);
            let file = PathBuf::from(format!("{}.toml", starter.name()));
            (file, starter.text().to_owned(), Files::new())
        }
        Some(path) => {
            let (text, files) = load::written(path, memory)?;
            (path.clone(), text, files)
        }
    };
    let usual = Limits::default();
    let longest = asked.time.map(Span::as_secs_f64);
    Ok(Desk {
        name: shown(&path),
        word: word(&path),
        text,
        starters: Template::all()
            .iter()
            .map(|starter| (starter.name(), starter.text()))
            .collect(),
        files,
        limits: Limits {
            events: asked.events.unwrap_or(usual.events),
            bytes: memory,
        },
        longest: longest.map_or(LONGEST, Duration::from_secs_f64),
        threads: threads(asked.threads),
    })
}

/// What names the model on a command line: stdin cannot be read twice.
fn word(path: &Path) -> String {
    match path.as_os_str() == STDIN {
        true => "model.toml".to_owned(),
        false => named(path),
    }
}

impl From<Failure> for Ending {
    fn from(failure: Failure) -> Ending {
        match failure {
            Failure::Closed { .. } | Failure::NoToken(_) | Failure::Denied(_) => {
                Ending::new(Exit::CouldNot, failure.to_string())
            }
        }
    }
}
