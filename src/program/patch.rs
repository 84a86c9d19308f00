//! What an action changes of the numbers in force: the new value of each number that is another
//! one, and nothing of the rest.
//!
//! One idea: numbers are declared once, and their patches with them, so that no number can be
//! forgotten where two states are compared or where a change takes effect. It does not know what
//! the numbers mean.

use crate::base::table::{Id, Table};

/// Numbers that may change alone.
pub trait InForce: Sized {
    /// What changes of them.
    type Change: Clone + std::fmt::Debug + PartialEq;

    /// What makes `after` of these; nothing where they are the same.
    fn change_to(&self, after: &Self) -> Option<Self::Change>;

    /// A change takes effect.
    fn apply(&mut self, change: &Self::Change);
}

/// The changed entries of a table.
pub type Changes<K, T> = Vec<(K, <T as InForce>::Change)>;

/// What makes one table of another of the same things.
pub(super) fn changes<K: Id, T: InForce>(
    before: &Table<K, T>,
    after: &Table<K, T>,
) -> Changes<K, T> {
    let both = before.iter().zip(after.values());
    both.filter_map(|((id, before), after)| Some((id, before.change_to(after)?)))
        .collect()
}

/// The entries of a table change.
pub(super) fn apply<K: Id, T: InForce>(table: &mut Table<K, T>, changes: &Changes<K, T>) {
    for (id, change) in changes {
        table[*id].apply(change);
    }
}

/// A number, where it is another one than before.
pub(super) fn other<T: PartialEq + Clone>(before: &T, after: &T) -> Option<T> {
    (before != after).then(|| after.clone())
}

/// Declares numbers in tables, and the patch of them.
macro_rules! in_tables {
    (
        $(#[$of:meta])* pub struct $name:ident,
        $(#[$about:meta])* pub struct $patch:ident {
            $($(#[$doc:meta])* pub $field:ident: Table<$id:ty, $entry:ty>,)*
        }
    ) => {
        $(#[$of])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $($(#[$doc])* pub $field: Table<$id, $entry>,)*
        }

        $(#[$about])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $patch {
            $($(#[$doc])* pub $field: $crate::program::patch::Changes<$id, $entry>,)*
        }

        impl $name {
            /// The patch that makes `after` of these.
            pub fn patch_to(&self, after: &$name) -> $patch {
                $patch { $($field: $crate::program::patch::changes(&self.$field, &after.$field),)* }
            }

            /// A patch takes effect.
            pub fn apply(&mut self, patch: &$patch) {
                $($crate::program::patch::apply(&mut self.$field, &patch.$field);)*
            }
        }
    };
}

/// Declares numbers of one thing, each of which may change alone, and what changes of them.
macro_rules! in_part {
    (
        $(#[$of:meta])* pub struct $name:ident,
        $(#[$about:meta])* pub struct $patch:ident {
            $($(#[$doc:meta])* pub $field:ident: $number:ty,)*
        }
    ) => {
        $(#[$of])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $($(#[$doc])* pub $field: $number,)*
        }

        $(#[$about])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $patch {
            $($(#[$doc])* pub $field: Option<$number>,)*
        }

        impl $crate::program::patch::InForce for $name {
            type Change = $patch;

            fn change_to(&self, after: &Self) -> Option<$patch> {
                (self != after).then(|| $patch {
                    $($field: $crate::program::patch::other(&self.$field, &after.$field),)*
                })
            }

            fn apply(&mut self, change: &$patch) {
                $(if let Some(value) = &change.$field {
                    self.$field.clone_from(value);
                })*
            }
        }
    };
}

/// Numbers that change as a whole.
macro_rules! whole {
    ($($of:ty),*) => {$(
        impl $crate::program::patch::InForce for $of {
            type Change = $of;

            fn change_to(&self, after: &Self) -> Option<$of> {
                (self != after).then(|| after.clone())
            }

            fn apply(&mut self, change: &$of) {
                self.clone_from(change);
            }
        }
    )*};
}

pub(super) use {in_part, in_tables, whole};
