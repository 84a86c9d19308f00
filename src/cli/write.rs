//! Whole files only: a reader sees the old file or the new one, never half of one.
//!
//! One idea: everything is written beside its place first, under a name of its own, and moved
//! there when all of it is on the disk; a folder's files are moved only when each of them could be
//! written.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::load::named;

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

/// Whether a file that is there already may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Existing {
    /// It is replaced.
    Replace,
    /// It stays, and that is a failure.
    Keep,
}

/// Writes all of the files or none; folders on their way are made.
///
/// # Errors
/// If a file cannot be written. The files that stood there before are then untouched, unless the
/// last step of moving failed half way.
pub(super) fn all(pages: &[Page], existing: Existing) -> Result<(), Unwritable> {
    let mut staged = Vec::with_capacity(pages.len());
    for page in pages {
        let at = |why| Unwritable {
            path: page.path.clone(),
            why,
        };
        staged.push((page, stage(page).map_err(at)?));
    }
    for (page, file) in staged {
        let moved = match existing {
            Existing::Replace => file.persist(&page.path),
            Existing::Keep => file.persist_noclobber(&page.path),
        };
        moved.map_err(|error| Unwritable {
            path: page.path.clone(),
            why: error.error,
        })?;
    }
    Ok(())
}

/// Finds out whether a file could be written, and leaves everything as it was.
///
/// # Errors
/// If it could not.
pub(super) fn probe(path: &Path) -> Result<(), Unwritable> {
    let folders = path.ancestors().skip(1);
    let missing: Vec<&Path> = folders.take_while(|folder| !is_there(folder)).collect();
    let beside = beside(path).map(drop);
    for folder in missing {
        // What is in use by now stays.
        let _ = fs::remove_dir(folder);
    }
    beside.map_err(|why| Unwritable {
        path: path.to_owned(),
        why,
    })
}

/// Whether a folder exists; that of a bare name does.
fn is_there(folder: &Path) -> bool {
    folder.as_os_str().is_empty() || folder.exists()
}

/// The bytes in a file beside their place.
fn stage(page: &Page) -> io::Result<NamedTempFile> {
    let mut file = beside(&page.path)?;
    file.write_all(&page.bytes)?;
    file.flush()?;
    Ok(file)
}

/// An empty file beside a place; it goes away when it is dropped.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    if path.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    if folder.is_file() {
        return Err(io::Error::from(io::ErrorKind::NotADirectory));
    }
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".onrush-");
    share_with_readers(&mut builder);
    builder.tempfile_in(folder)
}

/// A temporary file is private by default; a result is as readable as any other file.
#[cfg(unix)]
fn share_with_readers(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn share_with_readers(_: &mut tempfile::Builder<'_, '_>) {}

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

    #[test]
    fn who_only_looks_leaves_no_folder_behind() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let names = |path: &Path| fs::read_dir(path).expect("it is there").count();
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
        let left = fs::read_dir(folder.path().join("a/b"))
            .expect("it was made")
            .count();
        assert_eq!(left, 0, "nothing half-written stays");
        all(&pages[..1], Existing::Replace).expect("nothing is in the way");
        assert_eq!(fs::read_to_string(&good).expect("it was written"), "new");
    }

    #[test]
    fn what_exists_is_kept_when_asked() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = folder.path().join("model.toml");
        all(&[page(path.clone(), "mine")], Existing::Keep).expect("nothing is there");
        let error = all(&[page(path.clone(), "other")], Existing::Keep).expect_err("it is there");
        assert!(error.to_string().contains("already exists"), "{error}");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "mine");
    }
}
