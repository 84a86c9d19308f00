//! Whole files only: a reader sees the old file or the new one, never half of one.
//!
//! One idea: everything is on the disk before anything is moved to its place, and it is moved only
//! when all of it could be written. What is no regular file is never replaced: it is written to.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::load::named;
use super::place::{self, Place, folder};
use super::stage::{self, Staged};

/// A file to be written: its path, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// Where it goes.
    pub(super) path: PathBuf,
    /// What it holds.
    pub(super) bytes: Vec<u8>,
}

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`: {}", named(path), reason(why))]
pub(super) struct Unwritable {
    /// The file.
    pub(super) path: PathBuf,
    /// Why.
    pub(super) why: io::Error,
}

impl Unwritable {
    /// Says of a failure which file it hit.
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Unwritable {
        let path = path.to_owned();
        move |why| Unwritable { path, why }
    }
}

/// Whether a file that is there already may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Existing {
    /// It is replaced.
    Replace,
    /// It stays, and that is a failure.
    Keep,
}

/// Writes all of the files or none; folders on their way are made. Then what is no file is written
/// to.
///
/// # Errors
/// If a file cannot be written. The files that stood there before are then untouched, unless the
/// last step of moving failed half way.
pub(super) fn all(pages: &[Page], existing: Existing) -> Result<(), Unwritable> {
    instead(pages, &[], existing)
}

/// As [`all`], and removes the files that are `gone` before the first page moves to its place:
/// until then there is a list of them, and then one of all that comes.
///
/// # Errors
/// As [`all`].
pub(super) fn instead(
    pages: &[Page],
    gone: &[PathBuf],
    existing: Existing,
) -> Result<(), Unwritable> {
    let mut files = Vec::new();
    let mut streams = Vec::new();
    for page in pages {
        match place::of(&page.path).map_err(Unwritable::at(&page.path))? {
            Place::File(at) => files.push((page, at)),
            stream => streams.push((page, stream)),
        }
    }
    let mut touched = BTreeSet::new();
    let mut staged = Vec::with_capacity(files.len());
    for (page, at) in files {
        let others = staged.len();
        touched.insert(folder(&at).to_owned());
        let made = make(folder(&at)).and_then(|()| Staged::new(&at, &page.bytes, others));
        staged.push((page, made.map_err(Unwritable::at(&page.path))?));
    }
    for path in gone {
        // What is gone already is gone, and what cannot be removed does no harm.
        let _ = fs::remove_file(path);
    }
    for (page, file) in staged {
        let moved = file.named().and_then(|file| match existing {
            Existing::Replace => file.replace(),
            Existing::Keep => file.add(),
        });
        moved.map_err(Unwritable::at(&page.path))?;
    }
    for folder in &touched {
        sync(folder).map_err(Unwritable::at(folder))?;
    }
    for (page, stream) in streams {
        feed(&stream, &page.bytes).map_err(Unwritable::at(&page.path))?;
    }
    Ok(())
}

/// Makes a folder and those on its way.
///
/// # Errors
/// If one of them cannot be made.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    if folder.is_file() {
        return Err(io::Error::from(ErrorKind::NotADirectory));
    }
    let missing = folder.ancestors().take_while(|folder| !is_there(folder));
    let missing: Vec<&Path> = missing.collect();
    fs::create_dir_all(folder)?;
    let mut parents = missing.into_iter().map(place::folder);
    parents.try_for_each(sync)
}

/// Whether a folder exists; that of a bare name does.
fn is_there(folder: &Path) -> bool {
    folder.as_os_str().is_empty() || folder.exists()
}

/// Waits until the names in a folder are on the disk, where the system lets us.
fn sync(folder: &Path) -> io::Result<()> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    match synced.as_ref().map_err(io::Error::kind) {
        Err(ErrorKind::PermissionDenied | ErrorKind::InvalidInput | ErrorKind::Unsupported) => {
            Ok(())
        }
        _ => synced,
    }
}

/// Writes to what takes bytes as they come. A reader that has seen enough is no failure.
fn feed(stream: &Place, bytes: &[u8]) -> io::Result<()> {
    let write = |stream: &mut dyn Write| stream.write_all(bytes).and_then(|()| stream.flush());
    let fed = match stream {
        Place::File(path) | Place::Stream(path) => {
            // At its end: others may have it open and be in the middle of it.
            let opened = OpenOptions::new().append(true).open(path);
            opened.and_then(|mut stream| write(&mut stream))
        }
        Place::Stdout => write(&mut io::stdout().lock()),
        Place::Stderr => write(&mut io::stderr().lock()),
    };
    match fed {
        Err(why) if why.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Finds out whether a file could be written, and leaves everything as it was.
///
/// # Errors
/// If it could not.
pub(super) fn probe(path: &Path) -> Result<(), Unwritable> {
    let found = place::of(path).and_then(|place| match place {
        Place::File(at) => {
            let mut there = folder(&at);
            while !is_there(there) {
                there = folder(there);
            }
            match there.is_dir() {
                true => stage::probe(there),
                false => Err(io::Error::from(ErrorKind::NotADirectory)),
            }
        }
        Place::Stream(at) => stage::probe_stream(&at),
        Place::Stdout | Place::Stderr => Ok(()),
    });
    found.map_err(Unwritable::at(path))
}

/// Why, in words of a user.
pub(super) fn reason(why: &io::Error) -> String {
    match why.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission".to_owned(),
        io::ErrorKind::AlreadyExists => "it already exists".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::NotADirectory => "part of the path is not a folder".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::FileTooLarge => "the system lets no file be that large".to_owned(),
        io::ErrorKind::QuotaExceeded => "there is no quota left".to_owned(),
        _ => why.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: PathBuf, text: &str) -> Page {
        Page {
            path,
            bytes: text.as_bytes().to_vec(),
        }
    }

    fn names(folder: &Path) -> usize {
        fs::read_dir(folder).expect("it is there").count()
    }

    #[test]
    fn who_only_looks_leaves_no_folder_behind() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        probe(&folder.path().join("a/b/results.json")).expect("it could be written");
        assert_eq!(names(folder.path()), 0);
        fs::create_dir(folder.path().join("a")).expect("a folder can be made");
        probe(&folder.path().join("a/b/results.json")).expect("it could be written");
        assert_eq!(names(&folder.path().join("a")), 0);
        fs::write(folder.path().join("a/b"), "").expect("a file can be made");
        let in_the_way = probe(&folder.path().join("a/b/results.json"));
        in_the_way.expect_err("a file is in the way");
    }

    #[test]
    fn all_files_are_written_or_none() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let good = folder.path().join("a/b/good.txt");
        let blocked = folder.path().join("a/blocked");
        fs::create_dir_all(&blocked).expect("a folder can be made");
        let pages = [page(good.clone(), "new"), page(blocked, "new")];
        let error = all(&pages, Existing::Replace).expect_err("a folder is in the way");
        assert!(
            error.to_string().ends_with("blocked`: it is a folder"),
            "{error}"
        );
        assert!(!good.exists());
        all(&pages[..1], Existing::Replace).expect("nothing is in the way");
        assert_eq!(fs::read_to_string(&good).expect("it was written"), "new");
    }

    /// More files than are kept open without a name.
    #[test]
    fn many_files_are_written_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let name = |n: usize| folder.path().join(format!("{n}.txt"));
        for text in ["old", "new"] {
            let pages: Vec<Page> = (0..500).map(|n| page(name(n), text)).collect();
            all(&pages, Existing::Replace).expect("nothing is in the way");
            assert_eq!(names(folder.path()), 500);
            let read = |n| fs::read_to_string(name(n)).expect("it was written");
            assert!((0..500).all(|n| read(n) == text));
        }
    }

    #[test]
    fn what_exists_is_kept_when_asked() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = folder.path().join("model.toml");
        all(&[page(path.clone(), "mine")], Existing::Keep).expect("nothing is there");
        let error = all(&[page(path.clone(), "other")], Existing::Keep).expect_err("it is there");
        assert!(error.to_string().contains("already exists"), "{error}");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "mine");
        assert_eq!(names(folder.path()), 1);
    }
}
