//! The file of a shard: what its launches showed.
//!
//! One idea: a file is only ever added to, and gets its name when it is whole. It begins with what
//! it is of, then come its launches in the order in which they were finished, each with a digest of
//! its own, then how many they are and the digest of all. A process that is killed leaves a file
//! without a name; the next try plays what is missing there, and joins them at its end.
//!
//! ```text
//! onrush.shard/1 ⏎
//! version ⏎ study ⏎ plan ⏎ number of the shard ⏎     (text; digests as 64 hexadecimal digits)
//! for each launch: u32 bytes, name (32 bytes), check (8 bytes), bytes: an observation, as zlib
//! u32 2³²−1, u64 launches, SHA-256 of all before it
//! ```
//! Numbers are little-endian. The name of a launch is made of all that it depends on, the check is
//! the beginning of the SHA-256 of name and bytes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use tempfile::Builder;

use crate::base::digest::{Digest, Running};
use crate::cli::write::reason;
use crate::study::{self, VERSION};

/// What a file begins with; the number goes up whenever its layout changes.
const FORMAT: &str = "onrush.shard/1";
/// How the names of whole files end.
pub(super) const ENDING: &str = "shard";
/// How the names of unfinished files end.
const UNFINISHED: &str = ".part";
/// Where the length of a launch would stand, after the last.
const END: u32 = u32::MAX;
/// No launch is as long: what says so is no launch.
const LONGEST: u32 = 1 << 30;

/// Of which shard a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Of {
    /// The study.
    pub(super) study: Digest,
    /// The round of it.
    pub(super) plan: Digest,
    /// The number of the shard.
    pub(super) index: u32,
}

impl Of {
    /// The name of its file.
    pub(super) fn name(&self) -> String {
        let (study, plan) = (self.study.to_string(), self.plan.to_string());
        format!("{}-{}-{:05}.{ENDING}", &study[..8], &plan[..8], self.index)
    }

    fn head(&self) -> String {
        let Of { study, plan, index } = self;
        format!("{FORMAT}\n{VERSION}\n{study}\n{plan}\n{index}\n")
    }
}

/// Where a launch stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// Its first byte.
    pub(super) at: u64,
    /// How many bytes.
    pub(super) bytes: u32,
}

/// Reads a file from its beginning and hands out each launch that is whole. Returns of which shard
/// it is, and whether the file is whole.
///
/// # Errors
/// If it cannot be read, or is no such file of this version.
pub(super) fn scan(
    path: &Path,
    each: &mut dyn FnMut(Digest, Spot, &[u8]),
) -> Result<(Of, bool), String> {
    // A pipe would be waited for.
    if fs::metadata(path).is_ok_and(|about| !about.is_file()) {
        return Err("it is no file".to_owned());
    }
    let file = File::open(path).map_err(|why| reason(&why))?;
    let mut from = Scan {
        file: BufReader::with_capacity(1 << 16, file),
        all: Running::default(),
        at: 0,
    };
    let of = from.head()?;
    let mut launches = 0;
    let mut bytes = Vec::new();
    loop {
        let Ok(length) = from.number() else {
            return Ok((of, false));
        };
        if length == END {
            return Ok((of, from.is_end(launches)));
        }
        let Ok(Some((name, spot))) = from.launch(length, &mut bytes) else {
            return Ok((of, false));
        };
        launches += 1;
        each(name, spot, &bytes);
    }
}

/// A file that is read.
struct Scan {
    file: BufReader<File>,
    all: Running,
    at: u64,
}

impl Scan {
    fn take(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.file.read_exact(bytes)?;
        self.all.add(bytes);
        self.at += bytes.len() as u64;
        Ok(())
    }

    fn number(&mut self) -> io::Result<u32> {
        let mut bytes = [0; 4];
        self.take(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        let mut byte = [0];
        while line.len() < 200 {
            self.take(&mut byte).ok()?;
            match byte[0] {
                b'\n' => return String::from_utf8(line).ok(),
                other => line.push(other),
            }
        }
        None
    }

    fn head(&mut self) -> Result<Of, String> {
        let foreign = || "it is no file of a shard".to_owned();
        match self.line() {
            Some(line) if line == FORMAT => {}
            Some(line) if line.starts_with("onrush.shard/") => {
                return Err(format!(
                    "it is written as {line}, and this onrush reads {FORMAT}"
                ));
            }
            _ => return Err(foreign()),
        }
        let version = self.line().ok_or_else(foreign)?;
        if version != VERSION {
            return Err(format!(
                "it was played by onrush {version}, and this is {VERSION}"
            ));
        }
        let mut digest = || self.line()?.parse().ok();
        let (study, plan) = (digest(), digest());
        let index = self.line().and_then(|line| line.parse().ok());
        match (study, plan, index) {
            (Some(study), Some(plan), Some(index)) => Ok(Of { study, plan, index }),
            _ => Err(foreign()),
        }
    }

    fn launch(&mut self, length: u32, bytes: &mut Vec<u8>) -> io::Result<Option<(Digest, Spot)>> {
        if length > LONGEST {
            return Ok(None);
        }
        let (mut name, mut check) = (Digest([0; 32]), [0; 8]);
        self.take(&mut name.0)?;
        self.take(&mut check)?;
        let spot = Spot {
            at: self.at,
            bytes: length,
        };
        bytes.resize(length as usize, 0);
        self.take(bytes)?;
        Ok((checked(&name, bytes) == check).then_some((name, spot)))
    }

    /// Whether after so many launches all is as it was written.
    fn is_end(&mut self, launches: u64) -> bool {
        let mut count = [0; 8];
        if self.take(&mut count).is_err() || u64::from_le_bytes(count) != launches {
            return false;
        }
        let all = self.all.digest();
        let mut digest = [0; 32];
        self.file.read_exact(&mut digest).is_ok()
            && digest == all.0
            && matches!(self.file.read(&mut [0]), Ok(0))
    }
}

fn checked(name: &Digest, bytes: &[u8]) -> [u8; 8] {
    let all = Digest::of_parts(&[&name.0, bytes]);
    let mut check = [0; 8];
    check.copy_from_slice(&all.0[..8]);
    check
}

/// By how much a launch is mostly made smaller.
const PACKED: usize = 4;
/// Room that is made beforehand for a launch of so many bytes at most.
const LARGE: usize = 1 << 20;

/// What a launch showed, as it was before it was made small.
pub(super) fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut all = Vec::with_capacity(PACKED * bytes.len().min(LARGE));
    ZlibDecoder::new(bytes).read_to_end(&mut all).ok()?;
    Some(all)
}

/// Reads a launch of a whole file, as it stands there.
pub(super) fn launch(file: &mut File, spot: Spot) -> Option<Vec<u8>> {
    let mut bytes = vec![0; spot.bytes as usize];
    file.seek(SeekFrom::Start(spot.at)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// The file of a shard that is being written: a store that keeps everything.
pub(super) struct Unfinished {
    of: Of,
    folder: PathBuf,
    path: PathBuf,
    /// What other tries have left, and the launches that are whole there.
    earlier: Vec<PathBuf>,
    known: BTreeSet<Digest>,
    state: Mutex<State>,
}

struct State {
    file: BufWriter<File>,
    all: Running,
    launches: u64,
    failed: Option<io::Error>,
}

impl Unfinished {
    /// Begins a file in a folder, which goes on from what earlier tries have left there.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn begin(folder: &Path, of: Of) -> io::Result<Unfinished> {
        let earlier = parts(folder, &of)?;
        let mut known = BTreeSet::new();
        for part in &earlier {
            // What is no such file has nothing to give.
            let _ = scan(part, &mut |name, _, _| {
                known.insert(name);
            });
        }
        let prefix = format!(".{}.", of.name());
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(UNFINISHED);
        // Whoever merges may be somebody else.
        #[cfg(unix)]
        builder.permissions(PermissionsExt::from_mode(0o666));
        let made = builder.tempfile_in(folder)?;
        let (file, path) = made.keep().map_err(|failed| failed.error)?;
        let begun = Unfinished {
            of,
            folder: folder.to_owned(),
            path,
            earlier,
            known,
            state: Mutex::new(State {
                file: BufWriter::new(file),
                all: Running::default(),
                launches: 0,
                failed: None,
            }),
        };
        begun.state().add(of.head().as_bytes())?;
        begun.state().file.flush()?;
        Ok(begun)
    }

    /// The launches that earlier tries have finished.
    pub(super) fn known(&self) -> &BTreeSet<Digest> {
        &self.known
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it cannot be written any more.
    pub(super) fn is_broken(&self) -> bool {
        self.state().failed.is_some()
    }

    /// Gives the file its name, now that it is whole, and removes what other tries have left.
    ///
    /// # Errors
    /// If something could not be written.
    pub(super) fn finish(self) -> io::Result<()> {
        let mut state = self
            .state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(why) = state.failed.take() {
            return Err(why);
        }
        let place = self.folder.join(self.of.name());
        if !state.join(&self.earlier, self.known)? {
            // Whoever has removed them was sooner, and has the same launches.
            let _ = fs::remove_file(&self.path);
            return match place.exists() {
                true => Ok(()),
                false => Err(io::Error::from(ErrorKind::NotFound)),
            };
        }
        let launches = state.launches;
        state.add(&END.to_le_bytes())?;
        state.add(&launches.to_le_bytes())?;
        let digest = state.all.digest();
        state.file.write_all(&digest.0)?;
        let file = state
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        match fs::rename(&self.path, &place) {
            // Another try of the same shard was sooner, and has the same launches.
            Err(why) if why.kind() == ErrorKind::NotFound && place.exists() => return Ok(()),
            other => other?,
        }
        for part in parts(&self.folder, &self.of)? {
            // Whoever still writes to it has a name for his own.
            let _ = fs::remove_file(part);
        }
        Ok(())
    }
}

impl State {
    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.all.add(bytes);
        self.file.write_all(bytes)
    }

    /// Takes these launches from where they were left; whether all of them are still there.
    fn join(&mut self, earlier: &[PathBuf], mut wanted: BTreeSet<Digest>) -> io::Result<bool> {
        for part in earlier {
            let mut failed = None;
            let _ = scan(part, &mut |name, _, bytes| {
                if wanted.remove(&name) {
                    failed = failed.take().or(self.launch(&name, bytes).err());
                }
            });
            failed.map_or(Ok(()), Err)?;
        }
        Ok(wanted.is_empty())
    }

    fn launch(&mut self, name: &Digest, bytes: &[u8]) -> io::Result<()> {
        let length = u32::try_from(bytes.len()).ok().filter(|n| *n <= LONGEST);
        let length = length.ok_or_else(|| io::Error::from(ErrorKind::FileTooLarge))?;
        self.add(&length.to_le_bytes())?;
        self.add(&name.0)?;
        self.add(&checked(name, bytes))?;
        self.add(bytes)?;
        self.launches += 1;
        Ok(())
    }
}

impl study::Store for Unfinished {
    fn find(&self, _: &Digest) -> Option<Vec<u8>> {
        None
    }

    fn keep(&self, name: &Digest, bytes: &[u8]) {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        let packed = packed.write_all(bytes).and_then(|()| packed.finish());
        let mut state = self.state();
        if state.failed.is_some() {
            return;
        }
        // What is finished must survive a kill, so it leaves the process at once.
        let written = packed
            .and_then(|packed| state.launch(name, &packed))
            .and_then(|()| state.file.flush());
        state.failed = written.err();
    }

    fn worth(&self) -> u64 {
        0
    }
}

/// What earlier tries of a shard have left in a folder.
fn parts(folder: &Path, of: &Of) -> io::Result<Vec<PathBuf>> {
    let prefix = format!(".{}.", of.name());
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&prefix) && name.ends_with(UNFINISHED) {
            all.push(entry.path());
        }
    }
    all.sort();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;
    use study::Store;

    use super::*;

    const OF: Of = Of {
        study: Digest([1; 32]),
        plan: Digest([2; 32]),
        index: 3,
    };

    fn name(text: &str) -> Digest {
        Digest::of(text.as_bytes())
    }

    /// A folder with the whole file of a shard with these launches.
    fn written(launches: &[String]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = Unfinished::begin(folder.path(), OF).expect("it can be written");
        assert!(file.known().is_empty());
        for text in launches {
            file.keep(&name(text), text.as_bytes());
        }
        file.finish().expect("it can be written");
        let path = folder.path().join(OF.name());
        (folder, path)
    }

    /// What a file holds: of which shard it is, whether it is whole, and its launches.
    type Held = (Of, bool, Vec<(Digest, String)>);

    fn held(path: &Path) -> Result<Held, String> {
        let mut file = File::open(path).expect("it is there");
        let mut all = Vec::new();
        let (of, is_whole) = scan(path, &mut |name, spot, bytes| {
            let bytes = unpacked(bytes).expect("it was packed");
            let there = launch(&mut file, spot).and_then(|bytes| unpacked(&bytes));
            assert_eq!(there.as_ref(), Some(&bytes));
            all.push((name, String::from_utf8(bytes).expect("it was a text")));
        })?;
        Ok((of, is_whole, all))
    }

    fn texts() -> impl Strategy<Value = Vec<String>> {
        prop::collection::btree_set("[a-z]{0,300}", 0..6).prop_map(|all| all.into_iter().collect())
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(launches in texts()) {
            let (_folder, path) = written(&launches);
            let all: Vec<_> = launches.iter().map(|text| (name(text), text.clone())).collect();
            prop_assert_eq!(held(&path), Ok((OF, true, all)));
        }

        /// A changed bit, wherever it is, and whatever was cut off: the file is not whole, and no
        /// launch of it is another than was written.
        #[test]
        fn what_was_changed_or_cut_off_is_not_whole(
            launches in texts(),
            at in any::<Index>(),
            bit in 0..8_u8,
            is_cut in any::<bool>(),
        ) {
            let (_folder, path) = written(&launches);
            let mut bytes = fs::read(&path).expect("it is there");
            let at = at.index(bytes.len());
            match is_cut {
                true => bytes.truncate(at),
                false => bytes[at] ^= 1 << bit,
            }
            fs::write(&path, &bytes).expect("it can be written");
            if let Ok((of, is_whole, all)) = held(&path) {
                prop_assert!(!is_whole || of != OF);
                for (known, text) in all {
                    prop_assert_eq!(known, name(&text));
                    prop_assert!(launches.contains(&text));
                }
            }
        }

        /// The next try takes what is whole from what was cut off, and needs the rest alone.
        #[test]
        fn the_next_try_goes_on(launches in texts(), at in any::<Index>()) {
            let (folder, path) = written(&launches);
            let bytes = fs::read(&path).expect("it is there");
            fs::remove_file(&path).expect("it is there");
            let part = folder.path().join(format!(".{}.one{UNFINISHED}", OF.name()));
            fs::write(&part, &bytes[..at.index(bytes.len())]).expect("it can be written");
            let file = Unfinished::begin(folder.path(), OF).expect("it can be written");
            let is_known = |text: &&String| file.known().contains(&name(text));
            for text in launches.iter().filter(|text| !is_known(text)) {
                file.keep(&name(text), text.as_bytes());
            }
            file.finish().expect("it can be written");
            let (of, is_whole, mut all) = held(&path).expect("it is a file of a shard");
            all.sort_by(|a, b| a.1.cmp(&b.1));
            let expected: Vec<_> = launches.iter().map(|text| (name(text), text.clone())).collect();
            prop_assert_eq!((of, is_whole, all), (OF, true, expected));
            prop_assert!(!part.exists());
        }
    }
}
