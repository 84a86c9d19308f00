//! The plan of a study in shards: one file that any machine can work from.
//!
//! One idea: it holds all that the study was asked with, and how each program is made, so a shard
//! needs no other file. Its first line has the digest of the rest, so a plan that was cut off or
//! changed is refused. Models that differ in a value share their lines: each is written as numbers
//! of lines.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::supply::Texts;
use crate::base::digest::Digest;
use crate::base::time::Time;
use crate::model::files::Files;
use crate::study::{Piece, Recipe, VERSION, Wanted, cut};

/// What a plan begins with; the number goes up whenever its fields change.
const FORMAT: &str = "onrush.plan/1";

/// A plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Plan {
    /// The version that has made it, which alone may play it.
    onrush: String,
    /// Which round of the study it is, from 1.
    pub(super) round: u32,
    /// The command and its flags, as they were typed.
    pub(super) words: Vec<String>,
    /// The model's path as typed, and its text.
    model: (String, String),
    /// Its data files.
    files: BTreeMap<String, String>,
    /// The lines of all models.
    lines: Vec<String>,
    /// How the programs are made.
    recipes: Vec<Written>,
    /// By shard: recipe, first number, number after the last.
    shards: Vec<Vec<(u32, u32, u32)>>,
}

/// A recipe as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Written {
    digest: String,
    model: Vec<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    metrics: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cut: Option<Time>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    servers: BTreeMap<String, u32>,
    seed: u64,
    events: u64,
    users: f64,
}

/// Of what a plan is made.
pub(super) struct Study<'a> {
    /// The command and its flags.
    pub(super) words: &'a [String],
    /// The model and its data files.
    pub(super) texts: &'a Texts,
    /// Which round it is.
    pub(super) round: u32,
}

/// Said of a plan that is not as it was written.
pub(super) fn broken() -> String {
    "it is not whole, or was changed: copy it anew".to_owned()
}

impl Plan {
    /// The plan of launches that are wanted, in so many shards.
    pub(super) fn new(study: &Study<'_>, wanted: &[Wanted], shards: usize) -> Plan {
        let mut lines: Vec<String> = Vec::new();
        let mut known: BTreeMap<&str, u32> = BTreeMap::new();
        let mut recipes = Vec::new();
        for Wanted { recipe, .. } in wanted {
            let number = |line| {
                *known.entry(line).or_insert_with(|| {
                    lines.push(line.to_owned());
                    lines.len() as u32 - 1
                })
            };
            recipes.push(Written {
                digest: recipe.digest.to_string(),
                model: recipe.text.lines().map(number).collect(),
                metrics: recipe.metrics.clone(),
                cut: recipe.cut,
                servers: recipe.servers.clone(),
                seed: recipe.seed,
                events: recipe.events,
                users: recipe.users,
            });
        }
        let text = |path: &str| study.texts.files.written(path).map(str::to_owned);
        let files = study.texts.files.paths().into_iter();
        let mut models = study.texts.models.clone().into_iter();
        let piece = |piece: Piece| (piece.recipe as u32, piece.from, piece.until);
        Plan {
            onrush: VERSION.to_owned(),
            round: study.round,
            words: study.words.to_vec(),
            model: models.next().unwrap_or_default(),
            files: files
                .filter_map(|path| Some((path.to_owned(), text(path)?)))
                .collect(),
            lines,
            recipes,
            shards: cut(wanted, shards)
                .into_iter()
                .map(|pieces| pieces.into_iter().map(piece).collect())
                .collect(),
        }
    }

    /// As a file.
    pub(super) fn written(&self) -> String {
        let json = serde_json::to_string(self).expect("a plan has nothing but data");
        let digest = Digest::of(json.as_bytes());
        format!("{FORMAT} {digest}\n{json}\n")
    }

    /// From a file.
    ///
    /// # Errors
    /// If it is no plan, not whole, or of another version.
    pub(super) fn read(text: &str) -> Result<Plan, String> {
        let (first, json) = text.split_once('\n').unwrap_or((text, ""));
        let Some((format, digest)) = first.split_once(' ') else {
            return Err("it is no plan: `onrush shard plan` makes one".to_owned());
        };
        if format != FORMAT {
            let why = match format.starts_with("onrush.plan/") {
                true => format!("it is written as {format}, and this onrush reads {FORMAT}"),
                false => "it is no plan: `onrush shard plan` makes one".to_owned(),
            };
            return Err(why);
        }
        let json = json.strip_suffix('\n').unwrap_or(json);
        if digest.parse() != Ok(Digest::of(json.as_bytes())) {
            return Err(broken());
        }
        let plan: Plan =
            serde_json::from_str(json).map_err(|why| format!("it is no plan: {why}"))?;
        let is_cut = |shard: &Vec<(u32, u32, u32)>| {
            let mut pieces = shard.iter();
            pieces.all(|(recipe, from, until)| {
                from <= until && (*recipe as usize) < plan.recipes.len()
            })
        };
        if plan.shards.is_empty() || !plan.shards.iter().all(is_cut) {
            return Err("its shards make no sense".to_owned());
        }
        if plan.onrush != VERSION {
            return Err(format!(
                "it was made by onrush {}, and this is {VERSION}: launches of two versions do not \
                 mix, so use one binary everywhere",
                plan.onrush
            ));
        }
        Ok(plan)
    }

    /// The model and its data files.
    pub(super) fn texts(&self) -> Texts {
        let mut files = Files::new();
        for (path, text) in &self.files {
            files.insert(path, text.clone());
        }
        Texts {
            models: [self.model.clone()].into(),
            files,
        }
    }

    /// What names the study, whichever round.
    pub(super) fn study(&self) -> Digest {
        let files = serde_json::to_string(&(&self.words, &self.model, &self.files));
        let files = files.expect("texts are nothing but data");
        Digest::of_parts(&[VERSION.as_bytes(), files.as_bytes()])
    }

    /// What names this round of it.
    pub(super) fn digest(&self) -> Digest {
        Digest::of(self.written().as_bytes())
    }

    /// How the programs are made.
    ///
    /// # Errors
    /// If a recipe makes no sense.
    pub(super) fn recipes(&self) -> Result<Vec<Recipe>, String> {
        let all = self.recipes.iter().map(|one| {
            let lines = one.model.iter();
            let lines = lines.map(|line| self.lines.get(*line as usize).map(String::as_str));
            let lines: Option<Vec<&str>> = lines.collect();
            Some(Recipe {
                digest: one.digest.parse().ok()?,
                text: lines?.join("\n") + "\n",
                metrics: one.metrics.clone(),
                cut: one.cut,
                servers: one.servers.clone(),
                seed: one.seed,
                events: one.events,
                users: one.users,
            })
        });
        all.collect::<Option<_>>()
            .ok_or_else(|| "a recipe of it makes no sense".to_owned())
    }

    /// The launches of each shard.
    pub(super) fn shards(&self) -> Vec<Vec<Piece>> {
        let piece = |&(recipe, from, until): &(u32, u32, u32)| Piece {
            recipe: recipe as usize,
            from,
            until,
        };
        let shards = self.shards.iter();
        shards
            .map(|pieces| pieces.iter().map(piece).collect())
            .collect()
    }
}
