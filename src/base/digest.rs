//! What identifies a text or some bytes: SHA-256 (FIPS 180-4).

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// The digest of something: 32 bytes, written as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Of some bytes.
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }

    /// Of the parts of something, each of them told from the next.
    pub fn of_parts(parts: &[&[u8]]) -> Digest {
        let mut all = Sha256::new();
        for part in parts {
            all.update((part.len() as u64).to_le_bytes());
            all.update(part);
        }
        Digest(all.finalize().into())
    }

    /// Of what something looks like to its developers, without a copy of that text.
    pub fn of_debug(thing: &impl fmt::Debug) -> Digest {
        let mut all = Text(Sha256::new());
        fmt::write(&mut all, format_args!("{thing:?}")).expect("a digest takes any text");
        Digest(all.0.finalize().into())
    }
}

/// A digest in the making, of bytes that come piece by piece.
#[derive(Clone, Default)]
pub struct Running(Sha256);

impl Running {
    /// Takes further bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes so far.
    pub fn digest(&self) -> Digest {
        Digest(self.0.clone().finalize().into())
    }
}

impl FromStr for Digest {
    type Err = ();

    fn from_str(text: &str) -> Result<Digest, ()> {
        let mut digest = Digest([0; 32]);
        if text.len() != 64 || !text.is_ascii() {
            return Err(());
        }
        for (byte, at) in digest.0.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(drop)?;
        }
        Ok(digest)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that nobody keeps.
struct Text(Sha256);

impl fmt::Write for Text {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.0.update(part);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of FIPS 180-4.
    #[test]
    fn published_digests() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of(b"abc").to_string(), abc);
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").to_string(), nothing);
    }

    #[test]
    fn parts_are_told_apart() {
        let all = [
            Digest::of_parts(&[b"ab", b"c"]),
            Digest::of_parts(&[b"a", b"bc"]),
            Digest::of_parts(&[b"abc"]),
        ];
        assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2]);
        assert_eq!(Digest::of_debug(&"abc"), Digest::of(b"\"abc\""));
    }
}
