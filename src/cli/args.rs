//! The command line: commands, flags, their help with an example each.
//!
//! One idea: what a user may type is written here and nowhere else; help, completions, the man page
//! and the usage errors come from it. It does nothing: each command has a file of its own.

mod basics;
mod calibrate;
mod importing;
mod size;
mod uncertain;
mod sweep;
mod tip;
mod explain;
mod shard;
mod store;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use super::exit;
use crate::base::time::{Span, Time};
use crate::base::unit::{Count, Share, UnitError};
use crate::base::visible::visible;
use crate::engine::MAX_EVENTS;
use crate::model::MOST_REPLICATIONS;

pub use basics::Basics;
pub use calibrate::Calibrate;
pub use clap_complete::Shell;
pub use explain::Explain;
pub use importing::{Import, Importable, Values};
pub use shard::{MergeShards, PlanShards, RunShard, SHARDS, Shard};
pub use size::Size;
pub use store::Store;
pub use sweep::{Law, Sweep};
pub use tip::Tip;
pub use uncertain::Uncertain;

/// Simulates launches and outages: will it hold, where does it break, what would have helped
#[derive(Debug, Parser)]
#[command(name = "onrush", version, propagate_version = true, after_help = after_help())]
pub struct Arguments {
    /// What is asked.
    #[command(subcommand)]
    pub command: Command,
    /// How the answer is said.
    #[command(flatten)]
    pub voice: Voice,
}

/// What is asked.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented starter model
    #[command(after_help = "Example:\n  onrush init --template retry-storm storm.toml")]
    Init(Init),
    /// Check a model and say what it will do: load, bottleneck, attempts, how long a run takes
    #[command(after_help = "Example:\n  onrush check launch.toml --set service.shop.servers=x2")]
    Check(Check),
    /// Simulate a model: does it hold, where does it break, when does it recover
    #[command(after_help = "Example:\n  onrush run launch.toml --replications 30 --out out")]
    Run(Run),
    /// Compare variants: which one helps, by how much, how sure, what is each change worth
    #[command(after_help = "Example:\n  onrush compare launch.toml --variants a,b --out out")]
    Compare(Compare),
    /// Make a model of what there is already: logs, load profiles, measured series
    #[command(after_help = "Example:\n  onrush import access-log access.log > shop.toml")]
    Import(Import),
    /// Find the inputs that reproduce what was measured, and say what the measurements cannot tell
    #[command(
        after_help = "Example:\n  onrush calibrate incident.toml --free login_work --out out"
    )]
    Calibrate(Calibrate),
    /// Find how much is enough: the least capacity that meets every objective, or the largest load
    #[command(after_help = "Example:\n  onrush size launch.toml --knob service.shop.servers=1..60")]
    Size(Size),
    /// Draw the inputs from their ranges: will it hold, which guess decides, which variant is
    /// regretted least
    #[command(
        after_help = "Example:\n  onrush uncertain launch.toml --points 64 --out out\n\n\
            It ends with 99 if launches over all ranges meet the objectives less often than they\n\
            must, with 98 if that is unclear, with 0 if they do or there are no objectives."
    )]
    Uncertain(Uncertain),
    /// Move one or two inputs over their values: how a metric follows, and where its knee is
    #[command(
        after_help = "Example:\n  onrush sweep launch.toml --over param.peak=10/s..90/s\n  \
                      onrush sweep --fit usl measured.csv"
    )]
    Sweep(Sweep),
    /// Find where it tips: which trigger is survived at which load, and how far away that is
    #[command(
        after_help = "Example:\n  onrush tip storm.toml --knob fault.slow.for=10s..10m --knob \
                      param.load=50/s..150/s"
    )]
    Tip(Tip),
    /// Explain an outage: which cause carries how much of it, what would have prevented it
    #[command(after_help = "Example:\n  onrush explain storm.toml --out out")]
    Explain(Explain),
    /// Make the page, charts and tables of stored results, without running again
    #[command(after_help = "Example:\n  onrush report out/results.json --out page")]
    Report(Report),
    /// Open a page with sliders for a model: move the launch and see what becomes of it
    #[cfg(feature = "serve")]
    #[command(after_help = "Example:\n  onrush serve launch.toml")]
    Serve(Serve),
    /// Play a study in shards on many machines: plan it, run each shard, merge them
    #[command(
        subcommand,
        after_help = "Example:\n  onrush shard plan --shards 8 compare launch.toml > study.plan"
    )]
    Shard(Shard),
    /// Show the store of finished launches, clear it, or make it smaller
    #[command(after_help = "Example:\n  onrush store --trim 500MB")]
    Store(Store),
    /// Print the JSON Schema of models or of results
    #[command(after_help = "Example:\n  onrush schema results > results.schema.json")]
    Schema(Schema),
    /// Print the completions for a shell
    #[command(after_help = "Example:\n  onrush completions bash > /etc/bash_completion.d/onrush")]
    Completions(Completions),
    /// Print the man page of onrush, or of one command
    #[command(after_help = "Example:\n  onrush man compare > onrush-compare.1")]
    Man(Man),
}

/// How an answer is said.
#[derive(Clone, Copy, Debug, Args)]
pub struct Voice {
    /// Print only results and errors: no progress, no warnings, no notes
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Use plain ASCII: no colour, no symbols, no bars
    #[arg(long, global = true)]
    pub plain: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Colouring::Auto)]
    pub color: Colouring,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colouring {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `onrush init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The starter to write
    #[arg(long, value_name = "NAME", value_enum, default_value_t = Template::LaunchRush)]
    pub template: Template,
    /// The file to write; `-` is stdout
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// The starter models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Template {
    /// A crowd at the doors: who gets in, and does the shop hold
    LaunchRush,
    /// One slow login that everybody needs
    LoginBottleneck,
    /// Retries that keep a system down after the spike is over
    RetryStorm,
    /// An autoscaler that comes too late for a spike
    AutoscalerLag,
    /// A zone that is lost, and what the rest makes of it
    ZoneLoss,
    /// A release that goes bad, batch by batch
    DeployGoneBad,
    /// A short disruption that takes five hours: DynamoDB, September 2015
    #[value(name = "dynamodb-2015")]
    Dynamodb2015,
    /// A flushed cache that is never filled again
    CacheStampede,
    /// A ticket sale behind a waiting room
    WaitingRoom,
    /// Connections held by a slow partner until everything else starves
    PoolExhaustion,
    /// Memory that fills up, collection that slows, and a service that stays down
    GcSpiral,
    /// One queue, compared with its formula
    PlainQueue,
}

#[cfg(feature = "serve")]
impl Template {
    /// All of them.
    pub(super) fn all() -> &'static [Template] {
        Template::value_variants()
    }

    /// What it is called.
    pub(super) fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// `onrush check`.
#[derive(Debug, Args)]
pub struct Check {
    /// The models to check; `-` reads stdin
    #[arg(value_name = "MODEL", required = true)]
    pub models: Vec<PathBuf>,
    /// What is changed.
    #[command(flatten)]
    pub changes: Changes,
    /// Also print the compiled program
    #[arg(long)]
    pub listing: bool,
    /// Memory for all launches that run at the same time [default: 4GiB, or less if the system has
    /// less]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory: Option<usize>,
    /// Maximum number of events in a launch [default, and most: 4000000000]
    #[arg(long, value_name = "N", value_parser = events)]
    pub events: Option<u64>,
}

/// `onrush run`.
#[derive(Debug, Args)]
pub struct Run {
    /// The model; `-` reads stdin
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// What is changed.
    #[command(flatten)]
    pub changes: Changes,
    /// Also tell a typical launch and a bad one: what happened in them, one thing after the other
    #[arg(long)]
    pub explain: bool,
    /// Apply the variant from this instant on, as an action, not from the start: `10m`
    #[arg(long, value_name = "TIME", value_parser = instant, allow_hyphen_values = true)]
    #[arg(requires = "variant")]
    pub from: Option<Time>,
    /// How much is done.
    #[command(flatten)]
    pub effort: Effort,
    /// What is written.
    #[command(flatten)]
    pub output: Output,
}

/// `onrush compare`.
#[derive(Debug, Args)]
pub struct Compare {
    /// The model; `-` reads stdin. Or two files, whose models are compared as they are: two models,
    /// or two stored `results.json`
    #[arg(value_name = "MODEL", required = true, num_args = 1..=2)]
    pub models: Vec<PathBuf>,
    /// Compare only these variants, in this order [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub variants: Vec<String>,
    /// Exit with 99 if an objective of this variant fails
    #[arg(long, value_name = "VARIANT")]
    pub require: Option<String>,
    /// Exit with 97 if a variant is worse than the baseline, with 98 if something is unclear
    #[arg(long, value_name = "WHAT", value_enum, value_delimiter = ',')]
    pub fail_on: Vec<FailOn>,
    /// Run at least 30 replications, and draw the inputs from their ranges; takes minutes
    #[arg(long)]
    pub full: bool,
    /// Find the best variant with as few launches as that takes: who is plainly worse falls out.
    /// Ends with 98 if --at-most is reached before one is left
    #[arg(long, conflicts_with_all = ["full", "replications", "precision"])]
    pub best: bool,
    /// Play every combination of the changes: what each does on average, and which two help or
    /// hinder each other
    #[arg(long, conflicts_with_all = ["full", "best", "no_attribution", "from"])]
    pub factorial: bool,
    /// With --best: what makes a variant the best [default: the metric of the first objective]
    #[arg(long, value_name = "METRIC", requires = "best")]
    pub metric: Option<String>,
    /// Do not work out what each change of a variant is worth: saves the runs of its subsets
    #[arg(long)]
    pub no_attribution: bool,
    /// Change a value of the model, and so of all variants: `service.shop.servers=x2`; may be
    /// repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// Apply the variants from this instant on, as an action, not from the start: `10m`
    #[arg(long, value_name = "TIME", value_parser = instant, allow_hyphen_values = true)]
    #[arg(conflicts_with = "full")]
    pub from: Option<Time>,
    /// How much is done.
    #[command(flatten)]
    pub effort: Effort,
    /// What is written.
    #[command(flatten)]
    pub output: Output,
}

/// What a comparison can fail on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// A variant that is worse than the baseline
    Worse,
    /// A difference, or an objective of the required variant, that is unclear
    Unclear,
}

/// `onrush report`.
#[derive(Debug, Args)]
pub struct Report {
    /// Stored results, as `--json` and `--out` write them; `-` reads stdin
    #[arg(value_name = "RESULTS")]
    pub results: PathBuf,
    /// What is written.
    #[command(flatten)]
    pub output: Output,
}

/// `onrush serve`.
#[cfg(feature = "serve")]
#[derive(Debug, Args)]
pub struct Serve {
    /// The model; `-` reads stdin [default: the starter `launch-rush`]
    #[arg(value_name = "MODEL")]
    pub model: Option<PathBuf>,
    /// The starter to begin with in place of a model; the page has the others to choose from
    #[arg(long, value_name = "NAME", value_enum, conflicts_with = "model")]
    pub template: Option<Template>,
    /// Port of the page; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = crate::serve::PORT)]
    pub port: u16,
    /// Who may open it: this machine alone, or others by the address of one of its networks, with
    /// the token that is printed
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub host: String,
    /// Longest time that a run may take [default: 10m]
    #[arg(long, value_name = "TIME", value_parser = lasting)]
    pub time: Option<Span>,
    /// Number of threads [default: one per core; most: four per core]; no figure depends on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Memory for all launches that run at the same time [default: 4GiB, or less if the system has
    /// less]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory: Option<usize>,
    /// Maximum number of events in a launch [default, and most: 4000000000]
    #[arg(long, value_name = "N", value_parser = events)]
    pub events: Option<u64>,
}

/// `onrush schema`.
#[derive(Debug, Args)]
pub struct Schema {
    /// What to describe
    #[arg(value_name = "WHAT", value_enum, default_value_t = Described::Model)]
    pub what: Described,
}

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Described {
    /// Model files
    Model,
    /// The results document
    Results,
}

/// `onrush completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: Shell,
}

/// `onrush man`.
#[derive(Debug, Args)]
pub struct Man {
    /// The command [default: onrush as a whole]
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

/// What is changed before anything is done.
#[derive(Debug, Args)]
pub struct Changes {
    /// Change a value of the model: `service.shop.servers=x2`; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// Use the model as this variant changes it
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,
}

/// How much is done, with which luck, within which limits.
#[derive(Clone, Debug, Args)]
pub struct Effort {
    /// Seed of the random numbers
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Number of replications (launches)
    #[arg(long, value_name = "N", value_parser = launches(1))]
    pub replications: Option<u32>,
    /// Run until the headline figures are known to within, e.g., 2%
    #[arg(long, value_name = "SHARE", value_parser = share, conflicts_with = "replications")]
    pub precision: Option<f64>,
    /// Confidence level of the intervals, e.g., 95%
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub confidence: Option<f64>,
    /// The best answer that this time allows: as many launches as it takes, and no more
    #[arg(long, value_name = "TIME", value_parser = lasting)]
    pub within: Option<Span>,
    /// With --precision, --within or --best: maximum number of replications
    #[arg(long, value_name = "N", value_parser = launches(2))]
    #[arg(conflicts_with = "replications")]
    pub at_most: Option<u32>,
    /// Play every launch, also those that are in the store
    #[arg(long)]
    pub fresh: bool,
    /// Treat smaller differences of a metric as the same: `p95(login.time)=50ms`,
    /// `share(served)=2%`; may be repeated
    #[arg(long, value_name = "METRIC=VALUE", value_parser = last_pair)]
    pub same_within: Vec<(String, String)>,
    /// Number of threads [default: one per core; most: four per core]; no figure depends on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Memory for all launches that run at the same time [default: 4GiB, or less if the system has
    /// less]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory: Option<usize>,
    /// Maximum number of events in a launch [default, and most: 4000000000]
    #[arg(long, value_name = "N", value_parser = events)]
    pub events: Option<u64>,
}

/// What is written, and where.
#[derive(Clone, Debug, Default, Args)]
pub struct Output {
    /// Write the page, charts, tables and results to this folder
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write the results document; `-` is stdout, which then holds nothing else
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the objectives as JUnit XML for CI; its times are simulated; `-` is stdout
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Write the summary as Markdown; `-` is stdout
    #[arg(long, value_name = "FILE")]
    pub markdown: Option<PathBuf>,
}

/// How a command line turned out that asks for no answer.
#[derive(Debug)]
pub enum NotAsked {
    /// Help or the version was asked for.
    Told(clap::Error),
    /// It makes no sense.
    Wrong(clap::Error),
}

/// Reads a command line; the first word is the program's name.
///
/// # Errors
/// If it makes no sense, or asks for help only.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Arguments, NotAsked> {
    let words: Vec<OsString> = words.into_iter().collect();
    Arguments::try_parse_from(&words).map_err(|error| match error.use_stderr() {
        true => NotAsked::Wrong(shown(&words, error)),
        false => NotAsked::Told(error),
    })
}

/// The error with the words of the command line made visible: it quotes them.
fn shown(words: &[OsString], error: clap::Error) -> clap::Error {
    let visible = words
        .iter()
        .map(|word| visible(&word.to_string_lossy()).into_owned());
    // A word that was wrong is wrong with symbols too, for the same reason.
    Arguments::try_parse_from(visible).err().unwrap_or(error)
}

/// The whole command line as data, for completions and man pages.
pub fn definition() -> clap::Command {
    Arguments::command()
}

/// The part of the definition that is about one command.
pub fn definition_of(name: &str) -> Option<clap::Command> {
    let mut whole = definition();
    whole.build();
    whole.find_subcommand(name).cloned()
}

/// The names of all commands.
pub fn names() -> Vec<String> {
    let whole = definition();
    let commands = whole.get_subcommands();
    commands
        .map(|command| command.get_name().to_owned())
        .collect()
}

fn after_help() -> String {
    let mut text = "Exit codes:\n".to_owned();
    for exit in exit::ALL {
        text.push_str(&format!("  {:>3}  {}\n", exit.code(), exit.meaning()));
    }
    text.push_str("\nExample:\n  onrush init launch.toml && onrush run launch.toml");
    text
}

fn pair(text: &str) -> Result<(String, String), String> {
    split(
        text.split_once('='),
        "write PATH=VALUE, for example service.shop.servers=x2",
    )
}

/// A metric may hold `=` itself, its value does not.
fn last_pair(text: &str) -> Result<(String, String), String> {
    split(
        text.rsplit_once('='),
        "write METRIC=VALUE, for example p95(login.time)=50ms",
    )
}

fn split(found: Option<(&str, &str)>, help: &str) -> Result<(String, String), String> {
    match found {
        Some((left, right)) if !left.trim().is_empty() && !right.trim().is_empty() => {
            Ok((left.trim().to_owned(), right.trim().to_owned()))
        }
        _ => Err(help.to_owned()),
    }
}

/// How many launches: as many as that at least, and as a model may ask for.
fn launches(least: i64) -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(least..=i64::from(MOST_REPLICATIONS))
}

/// A share between 0 and 1, both excluded.
fn share(text: &str) -> Result<f64, String> {
    let outside = || "must be between 0% and 100%".to_owned();
    match Share::parse(text) {
        Ok(Share(share)) if share > 0.0 && share < 1.0 => Ok(share),
        Ok(_) | Err(UnitError::OutsideShare { .. }) => Err(outside()),
        Err(error) => Err(error.to_string()),
    }
}

/// An instant from T+0: `10m`, `1h30m`.
fn instant(text: &str) -> Result<Time, String> {
    Time::parse(text).map_err(|error| error.to_string())
}

/// A length of time: `90s`, `10m`.
fn lasting(text: &str) -> Result<Span, String> {
    match Span::parse(text) {
        Ok(span) if span > Span::ZERO => Ok(span),
        Ok(_) => Err("must be longer than no time".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn events(text: &str) -> Result<u64, String> {
    let events = Count::parse(text).map_err(|error| error.to_string())?.0;
    match (1..=MAX_EVENTS).contains(&events) {
        true => Ok(events),
        false => Err(format!("must be between 1 and {MAX_EVENTS}")),
    }
}

/// Bytes: `512MB`, `4GB`, `2GiB`.
pub(super) fn size(text: &str) -> Result<usize, String> {
    const UNITS: [(&str, usize); 7] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("kB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("B", 1),
    ];
    let help = || "write a size such as 512MB, 4GB or 2GiB".to_owned();
    let unit = UNITS.iter().find(|(unit, _)| text.ends_with(unit));
    let (unit, factor) = unit.ok_or_else(help)?;
    let number = text[..text.len() - unit.len()].trim();
    let number: usize = number.parse().map_err(|_| help())?;
    let bytes = number.checked_mul(*factor).filter(|bytes| *bytes > 0);
    bytes.ok_or_else(help)
}

#[cfg(test)]
mod tests;
