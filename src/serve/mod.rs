//! The local page: a planner moves the launch and sees what becomes of it.
//!
//! One idea: the page asks and this answers; nothing is kept but the model that was named at the
//! start and the one run under way. `door` says who is let in, `routes` what stands at which
//! address, `asked` what the page may ask, `check`, `knob` and `proposed` what it is told of a
//! model, `question` which study answers, `run` how a run goes, `drawn` how an answer looks. It
//! opens no file: the text of the model and the data that it names are handed in.

mod address;
mod asked;
mod check;
mod command;
mod door;
mod drawn;
mod knob;
mod reading;
mod stops;
mod listen;
mod proposed;
mod question;
mod run;
mod routes;

use std::time::Duration;

pub use address::{Address, Failure};

use crate::engine::Limits;
use crate::model::files::Files;

/// Port where nobody says which.
pub const PORT: u16 = 8417;

/// How long a run may take where nobody says.
pub const LONGEST: Duration = Duration::from_secs(600);

/// What the page begins with, and what its runs may take.
pub struct Desk {
    /// The name of the model as messages show it.
    pub name: String,
    /// The word that names the model on a command line.
    pub word: String,
    /// Its text.
    pub text: String,
    /// Models to begin with in place of it, by name.
    pub starters: Vec<(String, &'static str)>,
    /// The data files that it names: the only ones that a run of the page may use.
    pub files: Files,
    /// What one launch may use.
    pub limits: Limits,
    /// How long a run may take.
    pub longest: Duration,
    /// Threads of a run; 0 is one for each core.
    pub threads: usize,
}
