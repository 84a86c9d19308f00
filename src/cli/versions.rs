//! `compare` with two files: two versions of a model, or two stored results.

use std::mem;
use std::path::Path;

use super::args::Compare;
use super::check::refuse_too_much;
use super::compare::strictness;
use super::console::Console;
use super::deliver::{self, Answer};
use super::exit::{self, Ending, Exit};
use super::load::{self, Loaded, shown};
use super::memory;
use super::plan::plan;
use super::report::{model_beside, stored};
use super::study::{self, VersionsOf};
use super::supply::Supply;
use crate::model::{self, files::Files};
use crate::report::MODEL;
use crate::report::words::Asked;
use crate::results::Results;
use crate::study::{Differs, differs, side_by_side};
use crate::text::Source;

/// Compares the second file with the first and delivers the answer.
///
/// # Errors
/// If a file, a model or a limit stands in the way, or the files are not of one kind.
pub(super) fn answer(
    asked: &Compare,
    (first, second): (&Path, &Path),
    console: &Console,
) -> Result<Ending, Ending> {
    let has_no_variants = asked.variants.is_empty() && !asked.full && asked.from.is_none();
    if !has_no_variants || asked.require.is_some() {
        let why = "two files are compared as they are: --variants, --require, --full and --from \
                   are for one model";
        return Err(Ending::new(Exit::Usage, why));
    }
    let name = name(first, second);
    let is_stored = |path: &Path| path.extension().is_some_and(|ending| ending == "json");
    let (results, text, said) = match (is_stored(first), is_stored(second)) {
        (true, true) => of_results(asked, (first, second), &name)?,
        (false, false) => of_models(asked, (first, second), &name, console)?,
        _ => {
            let why = "compare two models, or two stored results.json, not one of each";
            return Err(Ending::new(Exit::Usage, why));
        }
    };
    let answer = Answer {
        results: &results,
        model: text,
        asked: said,
        strictness: strictness(asked),
    };
    deliver::deliver(&answer, &asked.output, console)?;
    Ok(exit::of_compare(&results, None, &asked.fail_on))
}

/// What the second file is called: by its name, or where both have the same one by its folder.
fn name(first: &Path, second: &Path) -> String {
    let word = |part: Option<&std::ffi::OsStr>| {
        let text = part.map(|part| part.to_string_lossy().into_owned())?;
        let clean = text.chars().map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' => c,
            _ => '-',
        });
        let clean: String = clean.collect();
        (!clean.trim_matches('-').is_empty()).then_some(clean)
    };
    let own = word(second.file_stem());
    let own = own.filter(|_| first.file_stem() != second.file_stem());
    let folder = || word(second.parent()?.file_name());
    let name = own.or_else(folder).unwrap_or_else(|| "second".to_owned());
    match name == "baseline" {
        true => "second".to_owned(),
        false => name,
    }
}

/// Everything that an answer needs.
type Found = (Results, Option<String>, Asked);

/// Two models, run with the same luck.
fn of_models(
    asked: &Compare,
    (first, second): (&Path, &Path),
    name: &str,
    console: &Console,
) -> Result<Found, Ending> {
    let memory = memory::limit(asked.effort.memory);
    let sound =
        |path: &Path| load::model(&Supply::default(), path, &asked.set, memory)?.sound(console);
    let (one, other): (Loaded, Loaded) = (sound(first)?, sound(second)?);
    if one.model.study != other.model.study {
        let why = "one model is a launch and the other a steady study: they have no common measure";
        return Err(Ending::new(Exit::Usage, why));
    }
    let plan = plan(&one.model, &asked.effort, &asked.set)?;
    refuse_too_much(&one.model, plan.limits, console)?;
    refuse_too_much(&other.model, plan.limits, console)?;
    deliver::probe(&asked.output)?;
    let said = deliver::asked(first, (&asked.set, None), &asked.effort);
    let text = one.text.clone();
    let models = VersionsOf {
        first: one.model,
        second: other.model,
        name,
    };
    let results = study::versions(models, &plan, (console, &Supply::default()))?;
    Ok((results, Some(text), said))
}

/// Two stored results, nothing run again.
fn of_results(
    asked: &Compare,
    (first, second): (&Path, &Path),
    name: &str,
) -> Result<Found, Ending> {
    let (mut one, mut other) = (stored(first)?, stored(second)?);
    deliver::probe(&asked.output)?;
    let texts = [(first, &mut one), (second, &mut other)]
        .map(|(path, found)| model_beside(path, &mem::take(&mut found.files)));
    let differs = texts[0]
        .as_deref()
        .zip(texts[1].as_deref())
        .map(|(one, other)| differs_in_text(one, other));
    if one.model.study != other.model.study {
        let why = format!(
            "`{}` is a launch and `{}` a steady study, or the other way round",
            shown(first),
            shown(second)
        );
        return Err(Ending::new(Exit::Usage, why));
    }
    let said = Asked::of(&one);
    let [text, _] = texts;
    Ok((side_by_side((one, other), name, differs), text, said))
}

/// What differs between two texts of models, as far as they can be read.
fn differs_in_text(first: &str, second: &str) -> Differs {
    let read = |text: &str| model::read(Source::new(MODEL, text), Files::new()).0;
    differs(&read(first), &read(second))
}
