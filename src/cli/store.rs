//! The store of finished launches: what one study has played, the next one need not play again.
//!
//! One idea: a launch is a file whose name is made of all that it depends on, under the version
//! that played it. A file appears under its name whole or not at all, since it is written under
//! another and renamed; so two processes need no lock, and one that is killed leaves nothing
//! that looks finished. A database would need both a lock and a repair. What stands in a file is
//! checked when it is read, so nothing is forced to the disk.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use tempfile::NamedTempFile;

use super::args::{self, size};
use super::console::{Console, say};
use super::exit::{Ending, Exit};
use super::load::named;
use crate::base::digest::Digest;
use crate::report::number;
use crate::study::{self, Plan, VERSION};

/// The variable that names the folder; `off` is none.
pub(super) const PLACE: &str = "ONRUSH_STORE";
/// The variable that says how large it may grow.
pub(super) const SIZE: &str = "ONRUSH_STORE_SIZE";
/// How large it may grow unless told otherwise, bytes.
const USUAL: u64 = 2_000_000_000;
/// How the files of launches end.
const ENDING: &str = "launch";
/// What is still unfinished after so long belongs to a process that is gone.
const GONE: Duration = Duration::from_secs(3_600);

/// The folder, if there is to be one.
pub(super) fn place() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(place) = set(PLACE) {
        return (place != "off").then(|| PathBuf::from(place));
    }
    let cache = set("XDG_CACHE_HOME")
        .or_else(|| set("LOCALAPPDATA"))
        .map(PathBuf::from);
    let home = || Some(PathBuf::from(set("HOME")?).join(".cache"));
    Some(cache.or_else(home)?.join("onrush"))
}

/// How large it may grow, bytes.
///
/// # Errors
/// If what is said of it is no size.
pub(super) fn limit() -> Result<u64, String> {
    match env::var(SIZE) {
        Ok(text) => Ok(size(&text).map_err(|why| format!("{SIZE}: {why}"))? as u64),
        Err(_) => Ok(USUAL),
    }
}

/// The launches of this version.
pub(super) struct Store {
    folder: PathBuf,
    /// Whether what is there is played again.
    is_fresh: bool,
    found: AtomicU64,
    kept: AtomicU64,
    /// Whether it was said that nothing can be kept.
    said: AtomicBool,
}

impl Store {
    /// The store of this machine, if there is to be one.
    pub(super) fn open(plan: &Plan) -> Option<Store> {
        Some(Store {
            folder: place()?.join(VERSION),
            is_fresh: plan.fresh,
            found: AtomicU64::new(0),
            kept: AtomicU64::new(0),
            said: AtomicBool::new(false),
        })
    }

    /// Says how many launches were there, and takes care of the size.
    pub(super) fn close(&self, console: &Console) {
        let found = self.found.load(Ordering::Relaxed);
        if found > 0 {
            let were = if found == 1 {
                "launch was"
            } else {
                "launches were"
            };
            console.note(&format!(
                "{} {were} in the store, and not played again",
                number::count(found as f64)
            ));
        }
        if self.kept.load(Ordering::Relaxed) > 0
            && let (Ok(limit), Some(place)) = (limit(), place())
        {
            trim(&place, limit);
        }
    }

    /// Where a launch is: the first two digits are a folder, since many systems are slow with very
    /// many files in one.
    fn path(&self, name: &Digest) -> PathBuf {
        let name = name.to_string();
        let (first, rest) = name.split_at(2);
        self.folder.join(first).join(format!("{rest}.{ENDING}"))
    }
}

impl study::Store for Store {
    fn find(&self, name: &Digest) -> Option<Vec<u8>> {
        if self.is_fresh {
            return None;
        }
        let file = File::open(self.path(name)).ok()?;
        let mut bytes = Vec::new();
        ZlibDecoder::new(io::BufReader::new(&file))
            .read_to_end(&mut bytes)
            .ok()?;
        // What was used last goes last; where the system denies it, it goes earlier.
        let _ = file.set_modified(SystemTime::now());
        self.found.fetch_add(1, Ordering::Relaxed);
        Some(bytes)
    }

    fn keep(&self, name: &Digest, bytes: &[u8]) {
        match write(&self.path(name), bytes) {
            Ok(()) => {
                self.kept.fetch_add(1, Ordering::Relaxed);
            }
            Err(why) if !self.said.swap(true, Ordering::Relaxed) => {
                let folder = named(&self.folder);
                say(&format!("warning: no launches are kept in {folder}: {why}"));
            }
            Err(_) => {}
        }
    }
}

/// A file that appears whole.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes)?;
    file.write_all(&packed.finish()?)?;
    file.persist(path).map_err(|failed| failed.error)?;
    Ok(())
}

/// What a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    /// Launches of this version.
    pub(super) launches: u64,
    /// Their bytes.
    pub(super) bytes: u64,
    /// Bytes of other versions, which nobody reads.
    pub(super) others: u64,
}

/// A file of a store.
struct Stored {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
    /// Whether this version has played it.
    is_ours: bool,
    /// Whether it is whole.
    is_launch: bool,
}

/// What the store at a place holds.
pub(super) fn held(place: &Path) -> Held {
    let mut held = Held::default();
    for file in files(place) {
        if file.is_ours && file.is_launch {
            held.launches += 1;
            held.bytes += file.bytes;
        } else {
            held.others += file.bytes;
        }
    }
    held
}

/// Removes what was used least recently until no more than so many bytes are left: first what other
/// versions have left. Others may do the same meanwhile.
pub(super) fn trim(place: &Path, limit: u64) {
    let mut all = files(place);
    let now = SystemTime::now();
    all.retain(|file| {
        let age = now.duration_since(file.used).unwrap_or_default();
        let is_left_behind = !file.is_launch && age > GONE;
        if is_left_behind {
            let _ = fs::remove_file(&file.path);
        }
        !is_left_behind && file.is_launch
    });
    let mut bytes: u64 = all.iter().map(|file| file.bytes).sum();
    all.sort_by_key(|file| (file.is_ours, file.used));
    for file in all {
        if bytes <= limit {
            break;
        }
        if fs::remove_file(&file.path).is_ok() {
            bytes -= file.bytes;
        }
    }
}

/// Removes all of them, and the folders that are then empty.
pub(super) fn clear(place: &Path) {
    for file in files(place) {
        let _ = fs::remove_file(&file.path);
    }
    for version in folders(place) {
        for part in folders(&version) {
            let _ = fs::remove_dir(part);
        }
        let _ = fs::remove_dir(version);
    }
}

/// The folders in a folder, but for links.
fn folders(place: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.map(|entry| entry.path()).collect()
}

/// The files of a store: nothing but what stands two folders deep, so that nothing else is removed
/// from a folder that was named by mistake.
fn files(place: &Path) -> Vec<Stored> {
    let mut all = Vec::new();
    for version in folders(place) {
        let is_ours = version.file_name().is_some_and(|name| name == VERSION);
        for part in folders(&version) {
            for entry in fs::read_dir(part).into_iter().flatten().flatten() {
                let path = entry.path();
                let is_launch = path.extension().is_some_and(|ending| ending == ENDING);
                let hidden = entry.file_name().to_string_lossy().starts_with(".tmp");
                let Ok(about) = entry.metadata() else {
                    continue;
                };
                if about.is_file() && (is_launch || hidden) {
                    all.push(Stored {
                        path,
                        bytes: about.len(),
                        used: about.modified().unwrap_or(SystemTime::UNIX_EPOCH),
                        is_ours,
                        is_launch,
                    });
                }
            }
        }
    }
    all
}

/// Shows what is stored, and clears it or makes it smaller if that is asked for.
///
/// # Errors
/// If stdout cannot be written, or the size that is set for the store is none.
pub(super) fn answer(asked: &args::Store, console: &Console) -> Result<Ending, Ending> {
    let limit = limit().map_err(|why| Ending::new(Exit::Usage, why))?;
    let Some(place) = place() else {
        console.result("No launches are kept: there is no folder for them.\n")?;
        return Ok(Ending::done("nothing is stored"));
    };
    let before = held(&place);
    if asked.clear {
        clear(&place);
    } else if let Some(most) = asked.trim {
        trim(&place, most as u64);
    }
    let now = held(&place);
    console.result(&told(&place, now, limit))?;
    let removed = (before.bytes + before.others).saturating_sub(now.bytes + now.others);
    Ok(Ending::done(match removed {
        0 => "the store was looked at".to_owned(),
        bytes => format!("{} removed", number::bytes(bytes)),
    }))
}

/// What a store holds, in sentences.
fn told(place: &Path, held: Held, limit: u64) -> String {
    let launches = number::count(held.launches as f64);
    let s = if held.launches == 1 { "" } else { "es" };
    let mut text = format!(
        "{launches} finished launch{s} of this version, {} on the disk, in\n{}\n",
        number::bytes(held.bytes),
        named(place)
    );
    if held.others > 0 {
        let others = number::bytes(held.others);
        text.push_str(&format!(
            "{others} are of other versions, which this one never reads.\n"
        ));
    }
    text.push_str(&format!(
        "The store is kept below {}: what was used least recently goes first.\n\
         {PLACE} names another folder (`off` for none), {SIZE} another size.\n",
        number::bytes(limit)
    ));
    text
}
