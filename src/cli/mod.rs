//! The command line: the only layer that touches files, the environment, the clock, the terminal.
//!
//! One idea: a command asks the layers below for texts and results and decides nothing itself but
//! where they go; it ends in exactly one [`exit::Ending`], which is the last line and the code.

pub mod args;
pub mod check;
pub mod exit;
mod calibrate;
mod compare;
mod completions;
mod console;
mod deliver;
mod explain;
mod folder;
mod import;
mod init;
mod interrupt;
mod load;
mod man;
mod memory;
mod place;
mod plan;
mod progress;
mod read;
mod report;
mod run;
mod schema;
#[cfg(feature = "serve")]
mod serve;
mod size;
mod stage;
mod store;
mod study;
mod uncertain;
mod sweep;
mod tip;
mod versions;
mod write;

use std::ffi::OsString;
use std::process::ExitCode;

use args::{Arguments, Command, NotAsked};
use console::{Console, Unprintable};
use exit::{Ending, Exit};
use load::Unreadable;
use write::Unwritable;

/// Runs what a command line asks for; the first word is the program's name.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    interrupt::outlive_large_files();
    let arguments = match args::read(words) {
        Ok(arguments) => arguments,
        Err(NotAsked::Told(told)) => {
            let Err(failure) = console::printed(told.print()) else {
                return ExitCode::SUCCESS;
            };
            let ending = Ending::from(failure);
            console::say(&ending.to_string());
            return ending.code();
        }
        Err(NotAsked::Wrong(wrong)) => {
            let _ = wrong.print();
            let ending = Ending::new(Exit::Usage, "wrong usage");
            console::say(&ending.to_string());
            return ending.code();
        }
    };
    let console = Console::new(arguments.voice);
    let ending = answer(arguments, &console).unwrap_or_else(|ending| ending);
    console.closing(&ending);
    ending.code()
}

fn answer(arguments: Arguments, console: &Console) -> Result<Ending, Ending> {
    match arguments.command {
        Command::Init(asked) => init::answer(&asked, console),
        Command::Check(asked) => check::answer(&asked, console),
        Command::Run(asked) => run::answer(&asked, console),
        Command::Compare(asked) => compare::answer(&asked, console),
        Command::Import(asked) => import::answer(&asked, console),
        Command::Calibrate(asked) => calibrate::answer(&asked, console),
        Command::Size(asked) => size::answer(&asked, console),
        Command::Uncertain(asked) => uncertain::answer(&asked, console),
        Command::Sweep(asked) => sweep::answer(&asked, console),
        Command::Tip(asked) => tip::answer(&asked, console),
        Command::Explain(asked) => explain::answer(&asked, console),
        Command::Report(asked) => report::answer(&asked, console),
        #[cfg(feature = "serve")]
        Command::Serve(asked) => serve::answer(&asked, console),
        Command::Store(asked) => store::answer(&asked, console),
        Command::Schema(asked) => schema::answer(&asked, console),
        Command::Completions(asked) => completions::answer(&asked, console),
        Command::Man(asked) => man::answer(&asked, console),
    }
}

impl From<Unreadable> for Ending {
    fn from(failure: Unreadable) -> Ending {
        match failure {
            Unreadable::Kept { .. } => Ending::could_not(&failure),
            Unreadable::NotText { .. } => Ending::new(Exit::InvalidModel, failure.to_string()),
        }
    }
}

impl From<Unwritable> for Ending {
    fn from(failure: Unwritable) -> Ending {
        Ending::could_not(&failure)
    }
}

impl From<Unprintable> for Ending {
    fn from(failure: Unprintable) -> Ending {
        Ending::could_not(&failure)
    }
}
