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
mod shard;
#[cfg(feature = "serve")]
mod serve;
mod size;
mod stage;
mod store;
mod study;
mod supply;
mod uncertain;
mod sweep;
mod tip;
mod versions;
mod write;

use std::ffi::OsString;
use std::process::ExitCode;

use args::{Command, NotAsked};
use console::{Console, Unprintable};
use exit::{Ending, Exit};
use load::Unreadable;
use supply::Supply;
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
    let ending =
        answer(arguments.command, &Supply::default(), &console).unwrap_or_else(|ending| ending);
    console.closing(&ending);
    ending.code()
}

fn answer(command: Command, supply: &Supply<'_>, console: &Console) -> Result<Ending, Ending> {
    match command {
        Command::Init(asked) => init::answer(&asked, console),
        Command::Check(asked) => check::answer(&asked, console),
        Command::Run(asked) => run::answer(&asked, supply, console),
        Command::Compare(asked) => compare::answer(&asked, supply, console),
        Command::Import(asked) => import::answer(&asked, console),
        Command::Calibrate(asked) => calibrate::answer(&asked, supply, console),
        Command::Size(asked) => size::answer(&asked, supply, console),
        Command::Uncertain(asked) => uncertain::answer(&asked, supply, console),
        Command::Sweep(asked) => sweep::answer(&asked, supply, console),
        Command::Tip(asked) => tip::answer(&asked, supply, console),
        Command::Explain(asked) => explain::answer(&asked, supply, console),
        Command::Report(asked) => report::answer(&asked, console),
        #[cfg(feature = "serve")]
        Command::Serve(asked) => serve::answer(&asked, console),
        Command::Shard(asked) => shard::answer(&asked, console),
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
