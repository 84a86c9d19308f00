//! Tables by typed numbers: no bare index crosses a file.
//!
//! One idea: a pool's number does not fit into a table of services, and the compiler says so.
//! Knows nothing of what the numbers stand for; each layer makes its own with
//! [`id!`](crate::base::table).

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A typed number of something in a [`Table`].
pub trait Id: Copy + Ord {
    /// The id of entry `index`.
    ///
    /// # Panics
    /// Beyond 2³² − 2 entries, which no model reaches.
    fn from_index(index: usize) -> Self;

    /// The number of the entry, from zero.
    fn index(self) -> usize;
}

/// Makes a typed id: `id! { /// A service of the program. pub struct ServiceId; }`.
///
/// Several may stand in one block. Each gets `from_index` and `index` of [`Id`], order, hash, and a
/// short `Debug`.
#[macro_export]
macro_rules! id {
    ($($(#[$note:meta])* $vis:vis struct $name:ident;)+) => {$(
        $(#[$note])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis struct $name(pub u32);

        impl $crate::base::table::Id for $name {
            #[inline]
            fn from_index(index: usize) -> $name {
                $name($crate::base::table::number(index))
            }

            #[inline]
            fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, "{}#{}", stringify!($name), self.0)
            }
        }
    )+};
}
pub use id;

/// The number of entry `index`; one value is left free for those who pack "none" into 32 bits.
#[inline]
pub fn number(index: usize) -> u32 {
    match u32::try_from(index) {
        Ok(number) if number != u32::MAX => number,
        _ => panic!("a table of {index} entries is beyond every model"),
    }
}

/// A vector that only its own ids can index.
#[derive(Clone, PartialEq, Eq)]
pub struct Table<K, T> {
    entries: Vec<T>,
    key: PhantomData<fn(K) -> K>,
}

impl<K: Id, T> Table<K, T> {
    /// An empty table.
    pub const fn new() -> Table<K, T> {
        Table {
            entries: Vec::new(),
            key: PhantomData,
        }
    }

    /// A table of `len` copies of `value`.
    pub fn filled(len: usize, value: T) -> Table<K, T>
    where
        T: Clone,
    {
        Table::from(vec![value; len])
    }

    /// Adds an entry at the end and returns its id.
    pub fn push(&mut self, value: T) -> K {
        let id = K::from_index(self.entries.len());
        self.entries.push(value);
        id
    }

    /// The id that the next [`push`](Table::push) will return.
    pub fn next_id(&self) -> K {
        K::from_index(self.entries.len())
    }

    /// How many entries there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry, if there is one of that number.
    #[inline]
    pub fn get(&self, id: K) -> Option<&T> {
        self.entries.get(id.index())
    }

    /// The entry to change, if there is one of that number.
    #[inline]
    pub fn get_mut(&mut self, id: K) -> Option<&mut T> {
        self.entries.get_mut(id.index())
    }

    /// All ids in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = K> + ExactSizeIterator + use<K, T> {
        (0..self.entries.len()).map(K::from_index)
    }

    /// All entries with their ids, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (K, &T)> + ExactSizeIterator {
        self.entries
            .iter()
            .enumerate()
            .map(|(index, entry)| (K::from_index(index), entry))
    }

    /// All entries with their ids, in order, to change.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (K, &mut T)> + ExactSizeIterator {
        self.entries
            .iter_mut()
            .enumerate()
            .map(|(index, entry)| (K::from_index(index), entry))
    }

    /// All entries in order, without their ids.
    pub fn values(&self) -> std::slice::Iter<'_, T> {
        self.entries.iter()
    }

    /// All entries in order, without their ids, to change.
    pub fn values_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.entries.iter_mut()
    }

    /// The entries as a slice.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        &self.entries
    }

    /// A table of the same ids made from this one.
    pub fn map<U>(&self, mut make: impl FnMut(K, &T) -> U) -> Table<K, U> {
        self.iter().map(|(id, entry)| make(id, entry)).collect()
    }

    /// The first entry that `wanted` accepts.
    pub fn find(&self, mut wanted: impl FnMut(&T) -> bool) -> Option<K> {
        self.entries.iter().position(&mut wanted).map(K::from_index)
    }

    /// Bytes held by the vector itself, not by what its entries point to.
    pub fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<T>()
    }

    /// Forgets all entries and keeps their memory.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

impl<K: Id, T> Index<K> for Table<K, T> {
    type Output = T;

    #[inline]
    fn index(&self, id: K) -> &T {
        &self.entries[id.index()]
    }
}

impl<K: Id, T> IndexMut<K> for Table<K, T> {
    #[inline]
    fn index_mut(&mut self, id: K) -> &mut T {
        &mut self.entries[id.index()]
    }
}

impl<K, T> Default for Table<K, T> {
    fn default() -> Table<K, T> {
        Table {
            entries: Vec::new(),
            key: PhantomData,
        }
    }
}

impl<K, T> From<Vec<T>> for Table<K, T> {
    fn from(entries: Vec<T>) -> Table<K, T> {
        Table {
            entries,
            key: PhantomData,
        }
    }
}

impl<K, T> FromIterator<T> for Table<K, T> {
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Table<K, T> {
        Table::from(entries.into_iter().collect::<Vec<T>>())
    }
}

impl<K, T> IntoIterator for Table<K, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<K, T: std::fmt::Debug> std::fmt::Debug for Table<K, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.entries).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    id! {
        /// A letter.
        pub(crate) struct LetterId;
        /// A digit.
        pub(crate) struct DigitId;
    }

    #[test]
    fn entries_are_found_by_their_own_ids() {
        let mut letters: Table<LetterId, char> = Table::new();
        let a = letters.push('a');
        assert_eq!(letters.next_id(), LetterId(1));
        let b = letters.push('b');
        letters[a] = 'A';
        assert_eq!((letters[a], letters[b]), ('A', 'b'));
        assert_eq!(letters.get(LetterId(2)), None);
        assert_eq!(
            letters.iter().map(|(id, c)| (id.0, *c)).collect::<Vec<_>>(),
            [(0, 'A'), (1, 'b')]
        );
        assert_eq!(letters.ids().collect::<Vec<_>>(), [a, b]);
        assert_eq!(letters.find(|c| *c == 'b'), Some(b));
        let digits: Table<DigitId, usize> = [7, 8].into_iter().collect();
        assert_eq!(digits.map(|id, n| id.index() + n).as_slice(), [7, 9]);
        assert_eq!(format!("{b:?} {digits:?}"), "LetterId#1 [7, 8]");
    }
}
