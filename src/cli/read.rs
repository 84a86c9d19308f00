//! Reading files: regular ones, and no more of them than fits.
//!
//! One idea: a device gives bytes without end and a pipe may give none for ever, so where a file is
//! expected nothing else is opened; and nothing is read that would not fit into the memory.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// What a regular file of at most so many bytes holds.
///
/// # Errors
/// If it is something else, too large, or cannot be read.
pub(super) fn bytes(path: &Path, most: u64) -> Result<Vec<u8>> {
    regular(path, most)?;
    bytes_from(File::open(path)?, most)
}

/// What a stream of at most so many bytes gives.
///
/// # Errors
/// If it is longer, or cannot be read.
pub(super) fn bytes_from(stream: impl Read, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(too_large(most)),
        false => Ok(bytes),
    }
}

/// Whether a path is a regular file of at most so many bytes.
///
/// # Errors
/// If it is not.
pub(super) fn regular(path: &Path, most: u64) -> Result<()> {
    let found = fs::metadata(path)?;
    if found.is_dir() {
        return Err(Error::from(ErrorKind::IsADirectory));
    }
    if !found.is_file() {
        return Err(Error::other(
            "it is no regular file, but a device or a pipe",
        ));
    }
    match found.len() > most {
        true => Err(too_large(most)),
        false => Ok(()),
    }
}

fn too_large(most: u64) -> Error {
    let megabytes = (most as f64 / 1e6).round();
    let why = match most < 1_000_000 {
        true => format!("it is larger than {most} bytes"),
        false => format!("it is larger than {megabytes} MB"),
    };
    Error::other(why)
}
