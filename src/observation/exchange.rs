//! An observation as bytes: what is kept from one study to the next, and handed from one machine to
//! another.
//!
//! One idea: the bytes say what they are. First the name of the format with its number, then the
//! SHA-256 of the rest, then the fields of [`Observation`] in their order, in the published format
//! of postcard (integers as varints, floats as they are). Whatever was cut off, changed, or written
//! in another format is told from an observation, and is none.

use super::Observation;
use crate::base::digest::Digest;

/// What the bytes begin with; its number goes up whenever a field changes.
const FORMAT: &[u8] = b"onrush.observation/2\n";

/// The bytes of an observation.
pub fn encode(seen: &Observation) -> Vec<u8> {
    let fields = postcard::to_allocvec(seen).expect("an observation has nothing but data");
    let mut bytes = FORMAT.to_vec();
    bytes.extend(Digest::of(&fields).0);
    bytes.extend(fields);
    bytes
}

/// The observation of these bytes, if they are whole and of this format.
pub fn decode(bytes: &[u8]) -> Option<Observation> {
    let rest = bytes.strip_prefix(FORMAT)?;
    let (digest, fields) = rest.split_first_chunk::<32>()?;
    if Digest::of(fields) != Digest(*digest) {
        return None;
    }
    let (seen, rest) = postcard::take_from_bytes(fields).ok()?;
    rest.is_empty().then_some(seen)
}
