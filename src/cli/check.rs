//! `check`: is the model valid, and what will it do, before anything is simulated.
//!
//! One idea: everything that arithmetic alone can say: load in order of time by the utilisation
//! law, the bottleneck at the peak, how many attempts one user can cause at worst, what a run will
//! cost, and how long that takes on this machine.

mod attempts;
mod cost;
mod load;
mod speed;

use std::path::Path;

use super::args::Check;
use super::console::Console;
use super::exit::{Ending, Exit};
use super::load::{model as read, shown};
use super::memory;
use super::supply::Supply;
use crate::base::time::Time;
use crate::engine::Limits;
use crate::model::{Checked, Effort, Model};
use crate::program::{self, Asked};
use crate::report::number;
use crate::report::terminal::{Look, labelled};
use crate::report::words;

pub(super) use cost::refuse_too_much;

/// Checks every model and says what each will do.
///
/// # Errors
/// If a model cannot be read, or would need more events than allowed.
pub(super) fn answer(asked: &Check, console: &Console) -> Result<Ending, Ending> {
    let mut invalid = Vec::new();
    for (n, path) in asked.models.iter().enumerate() {
        if n > 0 {
            console.result("\n")?;
        }
        match one(asked, path, console) {
            Ok(()) => {}
            Err(ending) if ending.exit == Exit::InvalidModel => invalid.push(ending.why),
            Err(ending) => return Err(ending),
        }
    }
    if !invalid.is_empty() {
        return Ok(Ending::new(Exit::InvalidModel, invalid.join(", ")));
    }
    let all: Vec<String> = asked
        .models
        .iter()
        .map(|path| format!("`{}`", shown(path)))
        .collect();
    let verb = if all.len() == 1 { "is" } else { "are" };
    Ok(Ending::done(format!(
        "{} {verb} valid",
        words::listed(&all)
    )))
}

fn one(asked: &Check, path: &Path, console: &Console) -> Result<(), Ending> {
    let loaded = read(
        &Supply::default(),
        path,
        &asked.changes.set,
        memory::limit(asked.memory),
    )?;
    let loaded = loaded
        .variant(asked.changes.variant.as_deref())?
        .sound(console)?;
    let usual = Limits::default();
    let limits = Limits {
        events: asked.events.unwrap_or(usual.events),
        bytes: memory::limit(asked.memory),
    };
    let text = said(&shown(path), &loaded.model);
    console.result(&shown_in(console, text))?;
    refuse_too_much(&loaded.model, limits, console)?;
    run_time(&loaded.model, limits, console)?;
    if asked.listing {
        console.result(&program(loaded.model))?;
    }
    Ok(())
}

/// Column in which what is said stands beside its label.
const BESIDE: usize = 12;

/// Everything that there is to say about a sound model.
pub fn said(name: &str, model: &Model) -> String {
    let mut text = format!("{name} · {}\n", model.title);
    text.push_str(&who_comes(model));
    text.push_str(&load::said(model));
    text.push_str(&attempts::said(model));
    text.push_str(&variants(model));
    text.push_str(&observed(model));
    text.push_str(&run_cost(model));
    text
}

fn who_comes(model: &Model) -> String {
    let horizon = model.horizon();
    let users: f64 = model
        .arrivals
        .values()
        .map(|source| source.users_before(horizon))
        .sum();
    let from = number::instant(model.begins().as_secs_f64());
    let to = number::instant(horizon.as_secs_f64());
    let verb = if number::count(users) == "1" {
        "comes"
    } else {
        "come"
    };
    format!(
        "\nUSERS       about {} {verb}, {from} to {to}\n",
        number::count(users)
    )
}

fn variants(model: &Model) -> String {
    let names: Vec<String> = model
        .variants
        .iter()
        .map(|variant| variant.name.clone())
        .collect();
    match names.is_empty() {
        true => String::new(),
        false => format!("\n{}", labelled("VARIANTS", BESIDE, &words::listed(&names))),
    }
}

/// What was measured, and so is compared.
fn observed(model: &Model) -> String {
    let Some(observed) = &model.observed else {
        return String::new();
    };
    let held_out = |check: bool| if check { ", only to check" } else { "" };
    let series = observed.series.iter().map(|one| {
        let values = number::count(one.within(Time::ZERO, model.horizon()).len() as f64);
        let values = match observed.is_adrift() {
            true => String::new(),
            false => format!(" ({values} values)"),
        };
        format!(
            "{} as {}{values}{}",
            one.column,
            one.metric,
            held_out(one.check)
        )
    });
    let figures = observed.figures.iter();
    let figures = figures.map(|one| format!("{}{}", one.metric, held_out(one.check)));
    let all: Vec<String> = series.chain(figures).collect();
    format!("\n{}", labelled("OBSERVED", BESIDE, &words::listed(&all)))
}

fn run_cost(model: &Model) -> String {
    let events = number::count(cost::events(model));
    let launches = match model.effort {
        Effort::Replications(n) => words::launches(n),
        Effort::Precision(share) => format!("launches until known to {}", number::share(share)),
    };
    format!("\nCOST        about {events} events a launch, more with retries · {launches}\n")
}

/// What the console shows once it is known how fast this machine is.
fn run_time(model: &Model, limits: Limits, console: &Console) -> Result<(), Ending> {
    let text = speed::said(model, limits);
    Ok(console.result(&shown_in(console, text))?)
}

/// A text with the symbols that the console can show.
fn shown_in(console: &Console, text: String) -> String {
    match console.look() {
        Look::Plain => words::ascii(&text),
        _ => text,
    }
}

fn program(model: Model) -> String {
    let model = Checked::new(model).expect("a model with errors was refused before");
    let program = program::compile(&model, &Asked::default());
    format!("\nPROGRAM\n{}", program::listing(&program))
}
