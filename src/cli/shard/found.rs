//! The launches of all shards in a folder.
//!
//! One idea: a file is used as a whole or not at all, and whoever is not used is named with the
//! reason. Only where a launch stands is kept; what it showed is read when it is asked for.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::file::{self, ENDING, Of, Spot};
use crate::base::digest::Digest;
use crate::cli::load::named;
use crate::cli::write::reason;

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

impl Found {
    /// Reads the files of the shards of a study.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub(super) fn read(folder: &Path, study: Digest) -> Result<Found, String> {
        let entries = fs::read_dir(folder)
            .map_err(|why| format!("cannot read `{}`: {}", named(folder), reason(&why)))?;
        let paths = entries.flatten().map(|entry| entry.path());
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
        for path in paths {
            if let Err(why) = found.add(&path, study, &mut known) {
                found
                    .refused
                    .push(format!("`{}` is not used: {why}", named(&path)));
            }
        }
        Ok(found)
    }

    fn add(&mut self, path: &Path, study: Digest, known: &mut Vec<Of>) -> Result<(), String> {
        let mut spots = Vec::new();
        let (of, is_whole) = file::scan(path, &mut |name, spot, _| spots.push((name, spot)))?;
        if of.study != study {
            return Err("it belongs to another study".to_owned());
        }
        if !is_whole {
            return Err("it was cut off or changed: run the shard again".to_owned());
        }
        if known.contains(&of) {
            return Err(format!("shard {} of this round is there already", of.index));
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
