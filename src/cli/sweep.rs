//! `sweep`: how a metric follows one or two inputs, or a law through measured pairs.

use std::path::Path;

use super::args::{Law, Sweep};
use super::check::refuse_too_much;
use super::console::Console;
use super::deliver::{self, Answer};
use super::exit::{self, Ending, Exit};
use super::load;
use super::memory;
use super::plan::plan;
use super::study;
use super::supply::Supply;
use super::write::{self, Existing, Page};
use crate::base::decimal::Decimal;
use crate::report::csv;
use crate::report::junit::Strictness;
use crate::report::words::Asked;
use crate::results::Results;
use crate::study::{Sweeping, fit_usl};

/// The confidence of a fit unless told otherwise.
const CONFIDENCE: f64 = 0.95;

/// Plays the values, or fits the law, and delivers the answer.
///
/// # Errors
/// If a file, the model or a limit stands in the way, or there is nothing to sweep.
pub(super) fn answer(
    asked: &Sweep,
    supply: &Supply<'_>,
    console: &Console,
) -> Result<Ending, Ending> {
    let console = &deliver::console(&asked.output, console);
    if asked.over.len() > 2 {
        let why = "--over can be given once or twice: nobody reads three inputs in a picture";
        return Err(Ending::new(Exit::Usage, why));
    }
    match asked.fit {
        Some(Law::Usl) => fit(asked, console),
        None => over(asked, supply, console),
    }
}

fn over(asked: &Sweep, supply: &Supply<'_>, console: &Console) -> Result<Ending, Ending> {
    let effort = asked.basics.effort(asked.replications);
    let memory = memory::limit(asked.basics.memory);
    let loaded = load::model(supply, &asked.model, &asked.set, memory)?.sound(console)?;
    let plan = plan(&loaded.model, &effort, &asked.set)?;
    refuse_too_much(&loaded.model, plan.limits, console)?;
    probe(asked)?;
    let sweeping = Sweeping {
        over: asked.over.clone(),
        metrics: asked.metric.clone(),
    };
    let text = asked.set.is_empty().then_some(loaded.text);
    let results = study::swept(loaded.model, &sweeping, &plan, (console, supply))?;
    let answer = Answer {
        results: &results,
        model: text,
        asked: deliver::asked(&asked.model, (&asked.set, None), &effort),
        strictness: Strictness::default(),
    };
    finish(&answer, asked, console)?;
    Ok(exit::of_sweep(&results))
}

fn fit(asked: &Sweep, console: &Console) -> Result<Ending, Ending> {
    let text = load::text(&asked.model)?;
    let (names, pairs) = pairs(&text).map_err(|why| {
        let file = load::named(&asked.model);
        Ending::new(Exit::Usage, format!("{file}: {why}"))
    })?;
    probe(asked)?;
    let confidence = asked.basics.confidence.unwrap_or(CONFIDENCE);
    let [load, throughput] = &names;
    let results = fit_usl([load, throughput], &pairs, confidence)
        .map_err(|why| Ending::new(Exit::Usage, why.to_string()))?;
    let answer = Answer {
        results: &results,
        model: None,
        asked: Asked {
            model: load::named(&asked.model),
            variant: None,
        },
        strictness: Strictness::default(),
    };
    finish(&answer, asked, console)?;
    Ok(exit::of_sweep(&results))
}

fn probe(asked: &Sweep) -> Result<(), Ending> {
    deliver::probe(&asked.output)?;
    if let Some(path) = asked.csv.as_deref().filter(|path| !is_stdout(path)) {
        write::probe(path)?;
    }
    Ok(())
}

fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Prints and writes what was asked for.
fn finish(answer: &Answer<'_>, asked: &Sweep, console: &Console) -> Result<(), Ending> {
    let beside = match asked.csv.as_deref() {
        Some(path) if is_stdout(path) => console.beside_a_document(),
        _ => *console,
    };
    deliver::deliver(answer, &asked.output, &beside)?;
    if let Some(path) = &asked.csv {
        table(answer.results, path, &beside)?;
    }
    Ok(())
}

fn table(results: &Results, path: &Path, console: &Console) -> Result<(), Ending> {
    let bytes = csv::sweep(results);
    if is_stdout(path) {
        console.document(&String::from_utf8_lossy(&bytes))?;
        return Ok(());
    }
    let page = Page {
        path: path.to_owned(),
        bytes,
    };
    write::all(&[page], Existing::Replace)?;
    console.note(&format!("wrote {}", load::named(path)));
    Ok(())
}

/// Names of two columns, and their numbers row by row.
type Pairs = ([String; 2], Vec<(f64, f64)>);

/// The first two columns of a table with a head, parted by commas, semicolons or tabs.
fn pairs(text: &str) -> Result<Pairs, String> {
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.trim_matches(['\u{feff}', ' ', '\r'])))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let (_, head) = lines.next().ok_or("the file is empty")?;
    let parts = |line: &str| -> Vec<String> {
        let sign = [';', '\t'].into_iter().find(|sign| head.contains(*sign));
        let cells = line.split(sign.unwrap_or(','));
        cells
            .map(|cell| cell.trim().trim_matches('"').to_owned())
            .collect()
    };
    let number = |cell: &String| match Decimal::lead(cell) {
        Some((number, "")) => Some(number.to_f64()),
        _ => None,
    };
    let names = parts(head);
    let [load, throughput, ..] = names.as_slice() else {
        return Err("two columns are needed: the load and the throughput, with a head".to_owned());
    };
    if [load, throughput]
        .into_iter()
        .all(|cell| number(cell).is_some())
    {
        return Err(format!(
            "the first line must name the columns, as in `load,throughput`; it is `{head}`"
        ));
    }
    let rows = lines.map(|(at, line)| {
        let cells = parts(line);
        let pair = cells
            .first()
            .and_then(number)
            .zip(cells.get(1).and_then(number));
        pair.ok_or_else(|| format!("line {at}: `{line}` is not a load and a throughput"))
    });
    let rows: Vec<(f64, f64)> = rows.collect::<Result<_, _>>()?;
    Ok(([load.clone(), throughput.clone()], rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_whatever_parts_them() {
        for text in [
            "load,throughput\n1,64.9\n18,995.9\n",
            "\u{feff}load;throughput\r\n\r\n# measured\r\n1;64.9\r\n18; 995.9",
            "\"load\"\tthroughput\tnote\n1\t64.9\tx\n18\t995.9",
        ] {
            let ([load, throughput], rows) = pairs(text).expect("it is a table");
            assert_eq!((load.as_str(), throughput.as_str()), ("load", "throughput"));
            assert_eq!(rows, [(1.0, 64.9), (18.0, 995.9)]);
        }
        let wrong = |text: &str| pairs(text).expect_err("it is none");
        assert!(wrong("").contains("empty"));
        assert!(wrong("load\n1").contains("two columns"));
        assert!(wrong("1,64.9\n2,3").contains("must name"));
        assert!(wrong("a,b\n1,x").contains("line 2"));
    }
}
