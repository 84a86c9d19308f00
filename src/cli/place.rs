//! Where a path leads: to a file, which is replaced whole, or to something that is written to.
//!
//! One idea: only a regular file may be replaced by another. A device, a pipe, or what a process
//! has open already is somebody's end of a line; to put a file in its place would cut it.

use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A file, there already or not; links are followed.
    File(PathBuf),
    /// What takes bytes as they come: a device, a pipe, an open file of a process.
    Stream(PathBuf),
    /// Our own stdout.
    Stdout,
    /// Our own stderr.
    Stderr,
}

/// Links that are followed at most, as the system does.
const LINKS: usize = 40;

/// Where a path leads, links followed.
///
/// # Errors
/// If it leads to a folder, in a circle, or cannot be followed.
pub(super) fn of(path: &Path) -> Result<Place> {
    if path.as_os_str().is_empty() {
        return Err(Error::from(ErrorKind::NotFound));
    }
    if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Err(Error::from(ErrorKind::IsADirectory));
    }
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let found = match fs::symlink_metadata(&path) {
            Ok(found) => found.file_type(),
            Err(why) if why.kind() == ErrorKind::NotFound => return Ok(Place::File(path)),
            Err(why) => return Err(why),
        };
        if found.is_dir() {
            return Err(Error::from(ErrorKind::IsADirectory));
        }
        if let Some(open) = open_already(&path) {
            return Ok(open);
        }
        if found.is_file() {
            return Ok(Place::File(path));
        }
        if !found.is_symlink() {
            return Ok(Place::Stream(path));
        }
        let target = fs::read_link(&path)?;
        path = folder(&path).join(target);
    }
    Err(Error::other("too many symbolic links"))
}

/// The folder in which a path stands.
pub(super) fn folder(path: &Path) -> &Path {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// What a process has open, where the path is the system's name for that, as `/dev/fd/1` is. What
/// such a name leads to may be a file, but one with a reader or writer in the middle of it.
fn open_already(path: &Path) -> Option<Place> {
    let folder = fs::canonicalize(folder(path)).ok()?;
    let ours = ["/proc/self/fd", "/proc/thread-self/fd", "/dev/fd"];
    let is_ours = ours.iter().any(|name| {
        let same = |there: PathBuf| there == folder;
        fs::canonicalize(name).is_ok_and(same)
    });
    match path.file_name()?.to_str() {
        Some("1") if is_ours => Some(Place::Stdout),
        Some("2") if is_ours => Some(Place::Stderr),
        _ if is_ours || folder.starts_with("/proc") => Some(Place::Stream(path.to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn links_are_followed_to_their_end() {
        use std::os::unix::fs::symlink;
        let scene = tempfile::tempdir().expect("a temporary folder can be made");
        let at = |name: &str| scene.path().join(name);
        fs::write(at("file"), "x").expect("a file can be written");
        symlink("file", at("near")).expect("a link can be made");
        symlink(at("near"), at("far")).expect("a link can be made");
        symlink("new", at("to-nothing")).expect("a link can be made");
        symlink("round", at("round")).expect("a link can be made");
        assert_eq!(of(&at("far")).expect("a file"), Place::File(at("file")));
        let new = of(&at("to-nothing")).expect("what is not there yet");
        assert_eq!(new, Place::File(at("new")));
        assert!(of(&at("round")).is_err() && of(scene.path()).is_err());
        assert!(of(Path::new("")).is_err() && of(&at("new/")).is_err());
    }

    #[test]
    #[cfg(unix)]
    fn what_is_open_is_not_replaced() {
        assert_eq!(
            of(Path::new("/dev/stdout")).expect("it is there"),
            Place::Stdout
        );
        assert_eq!(
            of(Path::new("/dev/stderr")).expect("it is there"),
            Place::Stderr
        );
        let null = Path::new("/dev/null");
        assert_eq!(
            of(null).expect("it is there"),
            Place::Stream(null.to_owned())
        );
    }
}
