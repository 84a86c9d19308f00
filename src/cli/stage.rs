//! A file on the disk that nobody sees yet.
//!
//! One idea: where the system can, such a file has no name at all until it is whole, so a process
//! that is killed leaves nothing behind. Elsewhere, and where many are made, it has a hidden name
//! beside its place.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempPath};

use super::place::folder;

/// How the hidden names begin, and how many letters and digits follow.
const PREFIX: (&str, usize) = (".onrush-", 6);

/// Files without a name that are kept open; a process may have few open.
const UNNAMED: usize = 200;

/// A file on the disk that nobody sees yet; it goes away when it is dropped.
pub(super) struct Staged {
    place: PathBuf,
    held: Held,
}

/// What keeps it.
enum Held {
    /// That it is open: it has no name.
    Open(File),
    /// A hidden name beside its place.
    Hidden(TempPath),
}

impl Staged {
    /// The bytes for a place, on the disk; so many others are staged already.
    ///
    /// # Errors
    /// If they cannot be written.
    pub(super) fn new(place: &Path, bytes: &[u8], others: usize) -> io::Result<Staged> {
        let (mut file, name) = empty(folder(place), others)?;
        file.write_all(bytes)?;
        keep_mode(&file, place)?;
        file.sync_all()?;
        Ok(Staged {
            place: place.to_owned(),
            held: name.map_or(Held::Open(file), Held::Hidden),
        })
    }

    /// Gives it a hidden name beside its place, if it has none yet.
    ///
    /// # Errors
    /// If the folder takes no further name.
    pub(super) fn named(self) -> io::Result<Named> {
        let hidden = match self.held {
            Held::Open(file) => {
                let linked = builder().make_in(folder(&self.place), |path| link(&file, path));
                linked?.into_temp_path()
            }
            Held::Hidden(name) => name,
        };
        Ok(Named {
            place: self.place,
            hidden,
        })
    }
}

/// A whole file under a hidden name beside its place; it goes away when it is dropped.
pub(super) struct Named {
    place: PathBuf,
    hidden: TempPath,
}

impl Named {
    /// Moves it to its place, over what stands there.
    ///
    /// # Errors
    /// If it cannot be moved.
    pub(super) fn replace(self) -> io::Result<()> {
        let moved = self.hidden.persist(&self.place);
        moved.map_err(|failure| failure.error)
    }

    /// Moves it to its place, unless something stands there.
    ///
    /// # Errors
    /// If something does, or it cannot be moved.
    pub(super) fn add(self) -> io::Result<()> {
        let moved = self.hidden.persist_noclobber(&self.place);
        moved.map_err(|failure| failure.error)
    }
}

/// Whether a name is one of the hidden names that are made here.
pub(super) fn is_hidden(name: &str) -> bool {
    let rest = name.strip_prefix(PREFIX.0);
    rest.is_some_and(|rest| {
        rest.len() == PREFIX.1 && rest.chars().all(|c| c.is_ascii_alphanumeric())
    })
}

/// Whether a file could be made in a folder; nothing is left there.
///
/// # Errors
/// If it could not.
pub(super) fn probe(folder: &Path) -> io::Result<()> {
    empty(folder, 0).map(drop)
}

/// An empty file in a folder, and its name if it has one.
fn empty(folder: &Path, others: usize) -> io::Result<(File, Option<TempPath>)> {
    if others < UNNAMED
        && let Ok(file) = unnamed(folder)
    {
        return Ok((file, None));
    }
    let (file, name) = builder().tempfile_in(folder)?.into_parts();
    Ok((file, Some(name)))
}

/// Makes hidden names. A temporary file is private by default, a result is as readable as any
/// other.
fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX.0).rand_bytes(PREFIX.1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

/// Whoever could not read the file that stands there must not read the new one.
#[cfg(unix)]
fn keep_mode(file: &File, place: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let Ok(old) = fs::metadata(place) else {
        return Ok(());
    };
    let mode = old.permissions().mode() & 0o777;
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn keep_mode(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

/// A file without a name, if it could be given one later.
#[cfg(target_os = "linux")]
fn unnamed(folder: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, open};
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = File::from(open(folder, flags, Mode::from_raw_mode(0o666))?);
    fs::metadata(opened(&file))?;
    Ok(file)
}

#[cfg(not(target_os = "linux"))]
fn unnamed(_: &Path) -> io::Result<File> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

/// Gives a file without a name this one.
#[cfg(target_os = "linux")]
fn link(file: &File, path: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    Ok(linkat(
        CWD,
        opened(file),
        CWD,
        path,
        AtFlags::SYMLINK_FOLLOW,
    )?)
}

#[cfg(not(target_os = "linux"))]
fn link(_: &File, _: &Path) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

/// The system's name for an open file of ours.
#[cfg(target_os = "linux")]
fn opened(file: &File) -> PathBuf {
    use std::os::fd::AsRawFd;
    format!("/proc/self/fd/{}", file.as_raw_fd()).into()
}

/// Whether what takes bytes may be written to.
///
/// # Errors
/// If it may not.
#[cfg(target_os = "linux")]
pub(super) fn probe_stream(path: &Path) -> io::Result<()> {
    use rustix::fs::{Access, access};
    Ok(access(path, Access::WRITE_OK)?)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn probe_stream(_: &Path) -> io::Result<()> {
    Ok(())
}
