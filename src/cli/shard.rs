//! `shard`: a study on many machines.
//!
//! One idea: any engine that runs a command with a number and runs it again when it fails will do.
//! A plan says which launches a shard plays, a shard writes one file, and the merge is the command
//! of the plan itself, which finds its launches in those files ([`crate::study::Away`]).

mod file;
mod found;
mod plan;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use self::file::{Of, Unfinished};
use self::found::Found;
use self::plan::{Plan, Study};
use super::args::{
    self, Arguments, Basics, Command, Effort, MergeShards, NotAsked, Output, PlanShards, RunShard,
    Shard,
};
use super::console::Console;
use super::exit::{Ending, Exit, counted};
use super::load::{self, Unreadable, named};
use super::supply::{Supply, Texts};
use super::write::{self, Existing, Page, Unwritable};
use super::{calibrate, interrupt, memory, plan as flags, progress::Bar};
use crate::base::digest::Digest;
use crate::base::shell::typed;
use crate::base::time::Span;
use crate::report::{number, words};
use crate::study::{self, Away, Failure, Onlooker, Piece, Recipe, Wanted};

/// Where engines say which of the shards is to be run.
const INDEX: [&str; 3] = [
    "SLURM_ARRAY_TASK_ID",
    "JOB_COMPLETION_INDEX",
    "AWS_BATCH_JOB_ARRAY_INDEX",
];

/// Plans, runs or merges.
///
/// # Errors
/// If a file, the model or a limit stands in the way, or launches are missing.
pub(super) fn answer(asked: &Shard, console: &Console) -> Result<Ending, Ending> {
    match asked {
        Shard::Plan(asked) => plan_shards(asked, console),
        Shard::Run(asked) => run(asked, console),
        Shard::Merge(asked) => merge(asked, console),
    }
}

/// A command that may be played in shards: what stands in its flags.
struct Studied<'a> {
    model: &'a Path,
    set: Vec<(String, String)>,
    output: &'a mut Output,
    /// The memory that it may use.
    memory: Option<usize>,
    /// The threads that it may use.
    threads: &'a mut Option<u16>,
    /// Why it cannot be played in shards.
    refused: Option<&'static str>,
}

/// What a command may use.
struct Limits<'a> {
    memory: Option<usize>,
    threads: &'a mut Option<u16>,
    within: Option<Span>,
}

impl<'a> From<&'a mut Basics> for Limits<'a> {
    fn from(asked: &'a mut Basics) -> Limits<'a> {
        Limits {
            memory: asked.memory,
            threads: &mut asked.threads,
            within: asked.within,
        }
    }
}

impl<'a> From<&'a mut Effort> for Limits<'a> {
    fn from(asked: &'a mut Effort) -> Limits<'a> {
        Limits {
            memory: asked.memory,
            threads: &mut asked.threads,
            within: asked.within,
        }
    }
}

/// Said of a command that plays no launches.
const NOT_STUDIED: &str =
    "shards are for run, compare, sweep, size, tip, uncertain, calibrate and explain";

/// Reads what was typed after `shard plan`, as if it were a command line of its own.
fn line(words: &[String]) -> Result<Arguments, Ending> {
    let program = OsString::from("onrush");
    let line = words.iter().map(OsString::from);
    match args::read([program].into_iter().chain(line)) {
        Ok(arguments) => Ok(arguments),
        Err(NotAsked::Told(told)) => {
            let _ = told.print();
            Err(Ending::done(
                "this is what the command can do; no plan was made",
            ))
        }
        Err(NotAsked::Wrong(told)) => {
            let _ = told.print();
            Err(Ending::new(Exit::Usage, "wrong usage after `shard plan`"))
        }
    }
}

/// What stands in the flags of a command that is a study.
fn studied(command: &mut Command) -> Result<Studied<'_>, Ending> {
    const WITHIN: &str = "--within has no meaning in shards: nobody knows how fast they are";
    const ONE: &str = "a study in shards compares the variants of one model";
    const FIT: &str = "--fit plays no launches, so it needs no shards";
    let refused = match command {
        Command::Compare(asked) if asked.models.len() > 1 => Some(ONE),
        Command::Sweep(asked) if asked.fit.is_some() => Some(FIT),
        _ => None,
    };
    let set = match command {
        Command::Run(asked) => asked.changes.set.clone(),
        Command::Uncertain(asked) => asked.changes.set.clone(),
        Command::Explain(asked) => asked.changes.set.clone(),
        Command::Compare(asked) => asked.set.clone(),
        Command::Sweep(asked) => asked.set.clone(),
        Command::Size(asked) => asked.set.clone(),
        Command::Tip(asked) => asked.set.clone(),
        Command::Calibrate(asked) => calibrate::changes(asked)?,
        _ => return Err(Ending::new(Exit::Usage, NOT_STUDIED)),
    };
    let (model, output, limits) = match command {
        Command::Run(of) => (of.model.as_path(), &mut of.output, (&mut of.effort).into()),
        Command::Compare(of) => {
            let model = of.models.first().map_or(Path::new(""), PathBuf::as_path);
            (model, &mut of.output, (&mut of.effort).into())
        }
        Command::Sweep(of) => (of.model.as_path(), &mut of.output, (&mut of.basics).into()),
        Command::Size(of) => (of.model.as_path(), &mut of.output, (&mut of.basics).into()),
        Command::Tip(of) => (of.model.as_path(), &mut of.output, (&mut of.basics).into()),
        Command::Uncertain(of) => (of.model.as_path(), &mut of.output, (&mut of.basics).into()),
        Command::Explain(of) => (of.model.as_path(), &mut of.output, (&mut of.basics).into()),
        Command::Calibrate(of) => (of.model.as_path(), &mut of.output, (&mut of.basics).into()),
        _ => return Err(Ending::new(Exit::Usage, NOT_STUDIED)),
    };
    let limits: Limits<'_> = limits;
    Ok(Studied {
        model,
        set,
        output,
        memory: limits.memory,
        threads: limits.threads,
        refused: refused.or(limits.within.map(|_| WITHIN)),
    })
}

fn plan_shards(asked: &PlanShards, console: &Console) -> Result<Ending, Ending> {
    let (shards, words) = shards_of(asked)?;
    let console = &console.beside_a_document();
    let Arguments { mut command, .. } = line(&words)?;
    let of = studied(&mut command)?;
    if let Some(why) = of.refused {
        return Err(Ending::new(Exit::Usage, why));
    }
    let loaded = load::model(&Supply::default(), of.model, &of.set, memory::limit(None))?;
    let path = of.model.to_string_lossy().into_owned();
    let texts = Texts {
        models: [(path, loaded.text.clone())].into(),
        files: loaded.model.files().clone(),
    };
    // It is written by the merge.
    *of.output = Output::default();
    // Launches are written down, not played: several threads would but wait for each other.
    of.threads.get_or_insert(1);
    let wanted = match asked_for((command, &texts), (&|_: &Digest| None, false), console) {
        (_, wanted) if !wanted.is_empty() => wanted,
        (Err(ending), _) => return Err(ending),
        (Ok(_), _) => {
            let why = "no launch of this study can be played elsewhere: run it here";
            return Err(Ending::new(Exit::Usage, why));
        }
    };
    let study = Study {
        words: &words,
        texts: &texts,
        round: 1,
    };
    let plan = Plan::new(&study, &wanted, shards as usize);
    console.document(&plan.written())?;
    Ok(Ending::done(format!(
        "{} planned in {}",
        words::launches(launches(&wanted)),
        counted(shards as usize, "shard"),
    )))
}

/// The number of shards, which may stand anywhere, and the words without it.
fn shards_of(asked: &PlanShards) -> Result<(u32, Vec<String>), Ending> {
    let mut shards = asked.shards.map(|n| n.to_string());
    let mut words = Vec::new();
    let mut all = asked.study.iter();
    while let Some(word) = all.next() {
        match word.strip_prefix("--shards") {
            Some("") => shards = Some(all.next().cloned().unwrap_or_default()),
            Some(rest) if rest.starts_with('=') => shards = Some(rest[1..].to_owned()),
            _ => words.push(word.clone()),
        }
    }
    let wrong = |why: String| Ending::new(Exit::Usage, why);
    let shards = shards.ok_or_else(|| wrong("say in how many shards: --shards 8".to_owned()))?;
    match shards.parse() {
        Ok(n) if args::SHARDS.contains(&i64::from(n)) => Ok((n, words)),
        _ => Err(wrong(format!(
            "--shards {shards}: write a number from 1 to 100000"
        ))),
    }
}

/// What finds a launch by its name.
type Finder<'a> = dyn Fn(&Digest) -> Option<Vec<u8>> + Sync + 'a;

/// How a command ends whose launches are where `found` finds them, and the launches that it then
/// still wants.
fn asked_for(
    (command, texts): (Command, &Texts),
    (found, is_partial): (&Finder<'_>, bool),
    console: &Console,
) -> (Result<Ending, Ending>, Vec<Wanted>) {
    let away = Away::new(found, &texts.files);
    let supply = Supply {
        texts: Some(texts),
        launches: Some(&away),
        is_partial,
    };
    let ending = super::answer(command, &supply, console);
    (ending, away.wanted())
}

fn launches(wanted: &[Wanted]) -> u32 {
    let all: usize = wanted.iter().map(|one| one.numbers.len()).sum();
    u32::try_from(all).unwrap_or(u32::MAX)
}

/// Reads a plan.
fn read(path: &Path) -> Result<Plan, Ending> {
    let cannot = |why: String| could_not(format!("`{}` cannot be used: {why}", named(path)));
    let text = match load::text(path) {
        Err(Unreadable::NotText { .. }) => return Err(cannot(plan::broken())),
        other => other?,
    };
    Plan::read(&text).map_err(cannot)
}

fn could_not(why: String) -> Ending {
    Ending::new(Exit::CouldNot, why)
}

fn run(asked: &RunShard, console: &Console) -> Result<Ending, Ending> {
    let plan = read(&asked.plan)?;
    let shards = plan.shards();
    let index = index(asked, shards.len())?;
    let of = Of {
        study: plan.study(),
        plan: plan.digest(),
        index,
    };
    let unwritable = Unwritable::at(&asked.into);
    write::make(&asked.into).map_err(unwritable)?;
    let place = asked.into.join(of.name());
    let whole = file::scan(&place, &mut |_, _, _| {});
    if whole == Ok((of, true)) {
        return Ok(Ending::done(format!("shard {index} is there already")));
    }
    let recipes = plan.recipes().map_err(could_not)?;
    let pieces = &shards[index as usize];
    let programs = programs(pieces, &recipes, &plan)?;
    let unfinished = Unfinished::begin(&asked.into, of).map_err(Unwritable::at(&place))?;
    let resumed = unfinished.known().len();
    interrupt::listen();
    let bar = Bar::new(console);
    let onlooker = Onlooker {
        progress: &bar,
        stop: &|| interrupt::asked() || unfinished.is_broken(),
        until: None,
        store: Some(&unfinished),
    };
    // What one machine may use a shard may.
    let told = studied(&mut line(&plan.words)?.command)?.memory;
    let bytes = memory::limit(asked.memory.or(told));
    let limits = (flags::threads(asked.threads), bytes);
    let of_plan = (recipes.as_slice(), &programs);
    let done = study::play((pieces, unfinished.known()), of_plan, limits, onlooker);
    bar.clear();
    match done {
        Err(Failure::Interrupted) if !unfinished.is_broken() => {
            let why = "interrupted; the next try goes on with what is finished";
            return Err(Ending::new(Exit::Interrupted, why));
        }
        Err(Failure::Exceeded {
            replication, why, ..
        }) => {
            return Err(could_not(format!(
                "replication {replication} needs too much: {why}"
            )));
        }
        Err(failure) if !unfinished.is_broken() => return Err(Ending::could_not(&failure)),
        _ => unfinished.finish().map_err(Unwritable::at(&place))?,
    }
    let n: u32 = pieces.iter().map(|piece| piece.until - piece.from).sum();
    console.note(&format!("wrote {}", named(&place)));
    let resumed = match resumed {
        0 => String::new(),
        n => format!(", {} of them by an earlier try", number::count(n as f64)),
    };
    Ok(Ending::done(format!(
        "shard {index}: {}{resumed}",
        words::launches(n)
    )))
}

/// The programs that a shard needs.
fn programs(
    pieces: &[Piece],
    recipes: &[Recipe],
    plan: &Plan,
) -> Result<BTreeMap<usize, crate::program::Program>, Ending> {
    let files = plan.texts().files;
    let mut programs = BTreeMap::new();
    for piece in pieces {
        if let Entry::Vacant(place) = programs.entry(piece.recipe) {
            let recipe = recipes.get(piece.recipe);
            let program = recipe.and_then(|recipe| recipe.program(&files));
            place.insert(program.ok_or_else(|| {
                could_not("a recipe of the plan makes another program here".to_owned())
            })?);
        }
    }
    Ok(programs)
}

/// Which shard is to be run: as told, or as the engine says that runs us.
fn index(asked: &RunShard, shards: usize) -> Result<u32, Ending> {
    let wrong = |why: String| Ending::new(Exit::Usage, why);
    let (said, index) = match asked.index {
        Some(index) => ("--index", Some(index)),
        None => {
            let told = INDEX
                .iter()
                .find_map(|name| Some((*name, env::var(name).ok()?)));
            let (name, text) = told.ok_or_else(|| {
                wrong(format!(
                    "say which shard: --index 0, or one of {}",
                    INDEX.join(", ")
                ))
            })?;
            (name, text.trim().parse().ok())
        }
    };
    match index {
        Some(index) if (index as usize) < shards => Ok(index),
        _ => Err(wrong(format!(
            "{said}: the plan has {}, numbered from 0 to {}",
            counted(shards, "shard"),
            shards - 1
        ))),
    }
}

fn merge(asked: &MergeShards, console: &Console) -> Result<Ending, Ending> {
    let plan = read(&asked.plan)?;
    let found = Found::read(&asked.folder, plan.study()).map_err(could_not)?;
    for refused in &found.refused {
        console.note(&format!("warning: {refused}"));
    }
    let recipes = plan.recipes().map_err(could_not)?;
    let lacking = lacking(&plan, &recipes, &found);
    if !lacking.is_empty() && !asked.partial {
        return Err(missing(&lacking, &plan, asked));
    }
    let Arguments { mut command, voice } = line(&plan.words)?;
    let console = &console.and(voice);
    let of = studied(&mut command)?;
    if !is_empty(&asked.output) {
        *of.output = asked.output.clone();
    }
    let texts = plan.texts();
    let launch = |name: &Digest| found.launch(name);
    let (ending, wanted) = asked_for((command, &texts), (&launch, asked.partial), console);
    if wanted.is_empty() {
        return ending;
    }
    if asked.partial || !lacking.is_empty() {
        let ending = match ending {
            // What went wrong otherwise goes before what is missing.
            Ok(ending) if ending.exit == Exit::Interrupted => return Err(ending),
            Err(ending) if ending.exit != Exit::Lacking => return Err(ending),
            Ok(ending) | Err(ending) => ending,
        };
        let why = match lacking.len() {
            0 => "partial: the study needs another round; merge without --partial to plan it"
                .to_owned(),
            _ => format!("partial: {}", are_missing(&lacking, &plan)),
        };
        return Err(Ending::new(
            Exit::Lacking,
            format!("{why} ({})", ending.why),
        ));
    }
    let mut again = wanted.iter().flat_map(|one| {
        let names = one
            .numbers
            .iter()
            .map(|number| (*number, one.recipe.name(*number)));
        names.filter(|(_, name)| found.has(name))
    });
    if let Some((number, _)) = again.next() {
        return Err(could_not(format!(
            "replication {number} was played, but what it showed cannot be used here; run the \
             study on one machine, and tell us"
        )));
    }
    next(asked, (&plan, &texts), &wanted, console)
}

/// Whether nothing is to be written.
fn is_empty(output: &Output) -> bool {
    let all = [&output.out, &output.json, &output.junit, &output.markdown];
    all.into_iter().all(Option::is_none)
}

/// The shards of a plan of which launches are missing.
fn lacking(plan: &Plan, recipes: &[Recipe], found: &Found) -> Vec<usize> {
    let is_there = |piece: &Piece| {
        let recipe = recipes.get(piece.recipe);
        recipe.is_some_and(|recipe| {
            (piece.from..piece.until).all(|number| found.has(&recipe.name(number)))
        })
    };
    let shards = plan.shards().into_iter().enumerate();
    let lacking = shards.filter(|(_, pieces)| !pieces.iter().all(is_there));
    lacking.map(|(index, _)| index).collect()
}

/// How many shards are missing.
fn are_missing(lacking: &[usize], plan: &Plan) -> String {
    let is = if lacking.len() == 1 { "is" } else { "are" };
    let all = counted(plan.shards().len(), "shard");
    format!("{} of {all} {is} missing", lacking.len())
}

/// The ending of a merge for which shards are missing.
fn missing(lacking: &[usize], plan: &Plan, asked: &MergeShards) -> Ending {
    const NAMED: usize = 20;
    let mut names: Vec<String> = lacking.iter().take(NAMED).map(usize::to_string).collect();
    if lacking.len() > NAMED {
        names.push(format!("{} more", lacking.len() - NAMED));
    }
    let index = if lacking.len() == 1 {
        "index"
    } else {
        "indexes"
    };
    let why = format!(
        "{} in `{}`, with the {index} {}; run `onrush shard run {} --index {} --into {}`, or \
         answer from what is there with --partial",
        are_missing(lacking, plan),
        named(&asked.folder),
        words::listed(&names),
        told(&asked.plan),
        lacking[0],
        typed(&named(&asked.folder)),
    );
    Ending::new(Exit::Lacking, why)
}

/// How the file of a plan is typed; what came by a pipe has no name to type.
fn told(plan: &Path) -> String {
    match plan.is_file() {
        true => typed(&named(plan)).into_owned(),
        false => "PLAN".to_owned(),
    }
}

/// Writes the plan of the next round.
fn next(
    asked: &MergeShards,
    (plan, texts): (&Plan, &Texts),
    wanted: &[Wanted],
    console: &Console,
) -> Result<Ending, Ending> {
    let study = Study {
        words: &plan.words,
        texts,
        round: plan.round + 1,
    };
    let shards = plan.shards().len();
    let following = Plan::new(&study, wanted, shards);
    let needed = words::launches(launches(wanted));
    let path = match &asked.next {
        Some(path) => path.clone(),
        None if asked.plan.is_file() => beside(&asked.plan, plan.round + 1),
        None => {
            let why = format!(
                "another round of {needed} is needed: say where its plan goes, --next FILE"
            );
            return Err(Ending::new(Exit::Usage, why));
        }
    };
    if path.as_os_str() == "-" {
        console.document(&following.written())?;
        return Err(Ending::new(
            Exit::Round,
            format!("another round of {needed} is needed"),
        ));
    }
    let page = Page {
        path: path.clone(),
        bytes: following.written().into_bytes(),
    };
    write::all(&[page], Existing::Replace)?;
    let name = named(&path);
    let is = if launches(wanted) == 1 { "is" } else { "are" };
    console.note(&format!(
        "{needed} {is} needed next: run the {} of {name} into the same folder, then\n\
         onrush shard merge {} {}",
        counted(shards, "shard"),
        typed(&name),
        typed(&named(&asked.folder)),
    ));
    Err(Ending::new(
        Exit::Round,
        format!("another round of {needed} is needed; wrote {name}"),
    ))
}

/// The plan of a round beside the first: `study.plan`, `study.2.plan`, `study.3.plan`.
fn beside(path: &Path, round: u32) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let before = format!(".{}", round - 1);
    let stem = stem.strip_suffix(&before).unwrap_or(&stem);
    path.with_file_name(format!("{stem}.{round}.plan"))
}
