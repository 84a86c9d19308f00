//! The folder of a report: one writer at a time, and what an earlier report left there.
//!
//! One idea: a report owns the files that its `results.json` lists, and no others. The next report
//! removes those of them that it does not write itself; whatever else stands in the folder stays.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::read;
use super::stage;
use super::write::{self, Unwritable};
use crate::{report, results};

/// How long another writer is waited for. One that stands still must not cost a study.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked whether the other is done.
const PAUSE: Duration = Duration::from_millis(20);

/// The folder that holds the pictures.
const CHARTS: &str = "charts";
/// The file that lists all files of a report.
const LIST: &str = "results.json";
/// Bytes of a list that are read at most.
const LONGEST_LIST: u64 = 1 << 28;

/// The folder of a report, ours as long as this lives.
pub(super) struct Folder {
    path: PathBuf,
    /// Names that the earlier report listed.
    earlier: BTreeSet<String>,
    _lock: Option<File>,
}

impl Folder {
    /// Makes the folder and waits until no other writer has it.
    ///
    /// # Errors
    /// If it cannot be made, or its charts would go elsewhere.
    pub(super) fn take(path: &Path) -> Result<Folder, Unwritable> {
        refuse_link(path)?;
        write::make(path).map_err(Unwritable::at(path))?;
        let lock = lock(path);
        if lock.is_some() {
            clear(path);
            clear(&path.join(CHARTS));
        }
        Ok(Folder {
            path: path.to_owned(),
            earlier: listed(&path.join(LIST)),
            _lock: lock,
        })
    }

    /// The files of the earlier report that are not among these names.
    pub(super) fn gone(&self, names: &[String]) -> Vec<PathBuf> {
        let gone = self.earlier.iter().filter(|name| !names.contains(name));
        let ours = gone.filter(|name| report::is_name(name));
        ours.map(|name| self.path.join(name))
            .filter(|path| fs::symlink_metadata(path).is_ok_and(|found| found.is_file()))
            .collect()
    }
}

/// Finds out whether a report could be written to a folder, and leaves everything as it was.
///
/// # Errors
/// If it could not.
pub(super) fn probe(path: &Path) -> Result<(), Unwritable> {
    refuse_link(path)?;
    write::probe(&path.join(LIST))
}

/// Pictures go into the folder that was named, not to where a link in it leads.
fn refuse_link(path: &Path) -> Result<(), Unwritable> {
    let charts = path.join(CHARTS);
    match fs::symlink_metadata(&charts) {
        Ok(found) if found.is_symlink() => {
            let why = io::Error::other("it is a link; remove it, or choose another folder");
            Err(Unwritable { path: charts, why })
        }
        _ => Ok(()),
    }
}

/// The lock of a folder; none where the system has no such thing, or another writer stands still.
fn lock(path: &Path) -> Option<File> {
    let folder = File::open(path).ok()?;
    let begun = Instant::now();
    loop {
        match folder.try_lock() {
            Ok(()) => return Some(folder),
            Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => sleep(PAUSE),
            Err(_) => return None,
        }
    }
}

/// The names that a results document lists; none if it is not there, or is something else.
fn listed(path: &Path) -> BTreeSet<String> {
    let bytes = read::bytes(path, LONGEST_LIST).unwrap_or_default();
    let text = String::from_utf8(bytes).unwrap_or_default();
    results::listed(&text).into_iter().collect()
}

/// Removes the hidden files of writers that were killed just then.
fn clear(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let hidden = entry.file_name().to_str().is_some_and(stage::is_hidden);
        if hidden && entry.file_type().is_ok_and(|found| found.is_file()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
