//! The flags of `shard`.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Output, size};

/// Most shards of a study.
pub const SHARDS: RangeInclusive<i64> = 1..=100_000;

/// `onrush shard`.
#[derive(Debug, Subcommand)]
pub enum Shard {
    /// Find out which launches a study needs, and who plays which; the plan goes to stdout
    #[command(
        after_help = "Example:\n  onrush shard plan --shards 8 compare launch.toml > study.plan"
    )]
    Plan(PlanShards),
    /// Play the launches of one shard
    #[command(after_help = "Example:\n  onrush shard run study.plan --index 3\n\n\
            Without --index the number is read from SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX or\n\
            AWS_BATCH_JOB_ARRAY_INDEX.")]
    Run(RunShard),
    /// Answer the question of a plan from the shards in a folder, as if all had run here
    #[command(
        after_help = "Example:\n  onrush shard merge study.plan shards --out report\n\n\
            It ends as the command of the plan does, with 96 if shards are missing, or with 95 if\n\
            another round is needed, whose plan it then writes."
    )]
    Merge(MergeShards),
}

/// `onrush shard plan`.
#[derive(Debug, Args)]
pub struct PlanShards {
    /// Number of shards
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(SHARDS))]
    pub shards: Option<u32>,
    /// The study as it would be asked here: run, compare, sweep, size, tip, uncertain, calibrate or
    /// explain with its model and flags
    #[arg(
        value_name = "COMMAND",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub study: Vec<String>,
}

/// `onrush shard run`.
#[derive(Debug, Args)]
pub struct RunShard {
    /// The plan
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Number of the shard, from 0
    #[arg(long, value_name = "K")]
    pub index: Option<u32>,
    /// Folder for the file of the shard
    #[arg(long, value_name = "DIR", default_value = "shards")]
    pub into: PathBuf,
    /// Number of threads [default: one per core; most: four per core]; no figure depends on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Memory for all launches that run at the same time [default: 4GiB, or less if the system has
    /// less]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory: Option<usize>,
}

/// `onrush shard merge`.
#[derive(Debug, Args)]
pub struct MergeShards {
    /// The plan
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Folder with the files of the shards
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Answer from what is there, if some of it is missing
    #[arg(long)]
    pub partial: bool,
    /// Where the plan of another round goes [default: beside the plan, as study.2.plan]
    #[arg(long, value_name = "FILE")]
    pub next: Option<PathBuf>,
    /// What is written; without any of these what the plan says
    #[command(flatten)]
    pub output: Output,
}
