//! The launches of all shards in a folder.
//!
//! One idea: a file is used as a whole or not at all, and whoever is not used is named with the
//! reason. Only where a launch stands is kept; what it showed is read when it is asked for.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::file::{self, ENDING, Of, Spot};
use crate::base::digest::Digest;
use crate::cli::load::named;
use crate::cli::write::reason;
use crate::report::words;

/// Files that are kept open: a process may have few.
const OPEN: usize = 16;

/// Files that are open, with their numbers.
type Handles = VecDeque<(u32, Arc<Mutex<File>>)>;

/// The launches of a study that are there.
pub(super) struct Found {
    files: Vec<PathBuf>,
    spots: BTreeMap<Digest, (u32, Spot)>,
    open: Mutex<Handles>,
    /// Why files that were there are not used, a sentence each.
    pub(super) refused: Vec<String>,
}

/// Why a file is not used.
enum Refused {
    /// It belongs to another study.
    Foreign,
    /// Something is wrong with it.
    Broken(String),
}

impl From<String> for Refused {
    fn from(why: String) -> Refused {
        Refused::Broken(why)
    }
}

/// What is said of the files of other studies: where several share a folder these are many.
fn of_others(mut names: Vec<String>) -> Option<String> {
    const NAMED: usize = 3;
    let them = match names.len() {
        0 => return None,
        1 => "is not used: it belongs to another study",
        _ => "are not used: they belong to other studies",
    };
    let more = names.len().saturating_sub(NAMED);
    if more > 0 {
        names.truncate(NAMED);
        names.push(format!("{more} more"));
    }
    Some(format!("{} {them}", words::listed(&names)))
}

impl Found {
    /// Reads the files of the shards of a study.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub(super) fn read(folder: &Path, study: Digest) -> Result<Found, String> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => Some(entries),
            // So it is when no shard was run.
            Err(why) if why.kind() == ErrorKind::NotFound => None,
            Err(why) => {
                return Err(format!("cannot read `{}`: {}", named(folder), reason(&why)));
            }
        };
        let entries = entries.into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        let mut paths: Vec<PathBuf> = paths
            .filter(|path| path.extension().is_some_and(|ending| ending == ENDING))
            .collect();
        paths.sort();
        let mut found = Found {
            files: Vec::new(),
            spots: BTreeMap::new(),
            open: Mutex::default(),
            refused: Vec::new(),
        };
        let mut known: Vec<Of> = Vec::new();
        let mut foreign = Vec::new();
        for path in paths {
            let name = format!("`{}`", named(&path));
            match found.add(&path, study, &mut known) {
                Ok(()) => {}
                Err(Refused::Foreign) => foreign.push(name),
                Err(Refused::Broken(why)) => {
                    found.refused.push(format!("{name} is not used: {why}"));
                }
            }
        }
        found.refused.extend(of_others(foreign));
        Ok(found)
    }

    fn add(&mut self, path: &Path, study: Digest, known: &mut Vec<Of>) -> Result<(), Refused> {
        let mut spots = Vec::new();
        let (of, is_whole) = file::scan(path, &mut |name, spot, _| spots.push((name, spot)))?;
        if of.study != study {
            return Err(Refused::Foreign);
        }
        if !is_whole {
            let why = "it was cut off or changed: run the shard again";
            return Err(Refused::Broken(why.to_owned()));
        }
        if known.contains(&of) {
            let why = format!("shard {} of this round is there already", of.index);
            return Err(Refused::Broken(why));
        }
        known.push(of);
        let number = self.files.len() as u32;
        self.files.push(path.to_owned());
        for (name, spot) in spots {
            self.spots.entry(name).or_insert((number, spot));
        }
        Ok(())
    }

    /// Whether a launch is there.
    pub(super) fn has(&self, name: &Digest) -> bool {
        self.spots.contains_key(name)
    }

    /// What a launch showed.
    pub(super) fn launch(&self, name: &Digest) -> Option<Vec<u8>> {
        let (number, spot) = self.spots.get(name)?;
        let file = self.file(*number)?;
        let read = || {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file::launch(&mut file, *spot)
        };
        // Others may read from the file meanwhile.
        file::unpacked(&read()?)
    }

    fn file(&self, number: u32) -> Option<Arc<Mutex<File>>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, file)) = open.iter().find(|(known, _)| *known == number) {
            return Some(Arc::clone(file));
        }
        let file = File::open(&self.files[number as usize]).ok()?;
        let file = Arc::new(Mutex::new(file));
        if open.len() == OPEN {
            open.pop_front();
        }
        open.push_back((number, Arc::clone(&file)));
        Some(file)
    }
}
