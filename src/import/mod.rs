//! What planners already have, as a model: logs, load profiles, measured series.
//!
//! One idea: a format gives a `Skeleton` and an [`Account`]; how both are written is the same for
//! all. Input comes as streams and is read once, in bounded memory, whatever its length. Nothing in
//! it is executed or trusted, and who came is never written. Files, the terminal, running a model
//! are not known here.

pub mod access_log;
pub mod account;
pub mod artillery;
pub mod chaos;
pub mod csv;
pub mod demands;
mod encoding;
mod fit;
pub mod gatling;
pub mod har;
mod hashed;
mod json;
pub mod jtl;
pub mod k6;
mod lines;
mod literal;
pub mod locust;
mod measured;
mod number;
pub mod otlp;
mod outline;
mod paths;
mod profile;
pub mod prometheus;
mod rates;
mod sequences;
mod series;
mod skeleton;
pub mod slo;
mod stages;
mod stand_in;
mod table;
pub mod taurus;
mod times;
mod traffic;
pub mod vegeta;
mod visits;
mod written;
mod yaml;

use account::Account;
pub use lines::Input;
pub use profile::AsArrivals;
use skeleton::Skeleton;
use written::Counts;

use crate::base::time::Span;

/// What is asked of an import, beside the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Endpoints that are kept apart.
    pub endpoints: usize,
    /// The pause that ends a visit.
    pub gap: Span,
    /// What of the measured time the model covers.
    pub window: Window,
}

/// What of the measured time a model covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// All of it, or the busiest stretch that can be simulated in a moment.
    Fitting,
    /// All of it.
    All,
    /// The busiest stretch of this length.
    Busiest(Span),
}

impl Default for Asked {
    fn default() -> Asked {
        Asked {
            endpoints: 12,
            gap: Span(1_800_000_000_000),
            window: Window::Fitting,
        }
    }
}

/// What an import made.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    skeleton: Skeleton,
    /// What it took, ignored and assumed.
    pub account: Account,
}

/// Why nothing could be made of the input.
#[derive(Clone, Debug, PartialEq)]
pub struct Unusable {
    /// Why, as the end of a sentence.
    pub why: String,
    /// What could be done.
    pub help: Option<String>,
    /// What is known all the same.
    pub account: Box<Account>,
}

impl Unusable {
    fn new(why: String, help: Option<String>, account: Account) -> Unusable {
        Unusable {
            why,
            help,
            account: Box::new(account),
        }
    }
}

/// The name of what is read, for people.
fn source(inputs: &[Input<'_>]) -> String {
    match inputs {
        [one] => one.name.clone(),
        [first, others @ ..] => format!("{} and {} more", first.name, others.len()),
        [] => String::new(),
    }
}

impl Imported {
    /// What was found, with its account as remarks at the top of the model.
    fn new(mut skeleton: Skeleton, account: Account) -> Imported {
        skeleton.head = account.head();
        Imported { skeleton, account }
    }

    /// The model as one text.
    pub fn model(&self) -> String {
        written::model(&self.skeleton, Counts::Inside)
    }

    /// The model, and its data files, by their names.
    pub fn files(&self) -> Vec<(String, String)> {
        let model = written::model(&self.skeleton, Counts::Beside);
        let mut files = vec![("model.toml".to_owned(), model)];
        for source in &self.skeleton.sources {
            let counts = written::counts(source);
            files.extend(counts.map(|counts| (written::file_of(source), counts)));
        }
        let observed = self.skeleton.observed.clone();
        files.extend(observed.map(|observed| ("observed.csv".to_owned(), observed)));
        files
    }

    /// Only who comes: tables for a model that there is.
    pub fn arrivals(&self) -> String {
        written::sources(&self.skeleton)
    }

    /// Only how long work takes: tables for a model that there is.
    pub fn service_times(&self) -> String {
        written::services(&self.skeleton)
    }

    /// Only what must hold: tables for a model that there is.
    pub fn objectives(&self) -> String {
        written::only_objectives(&self.skeleton)
    }

    /// Only what goes wrong: tables for a model that there is.
    pub fn faults(&self) -> String {
        written::only_faults(&self.skeleton)
    }

    /// Only what was measured, by time, as a data file; none where nothing was.
    pub fn observed(&self) -> Option<&str> {
        self.skeleton.observed.as_deref()
    }
}
