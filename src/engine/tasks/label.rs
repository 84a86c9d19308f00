//! What kind of traffic a task is, and which key it asks for.

use crate::program::{ClassId, KeysId};

/// What kind of traffic a task is, and which key it asks for: nested calls inherit it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Label {
    /// The key, 0 the most popular, if [`Label::keys`] is some.
    pub(in crate::engine) key: u32,
    /// The space of the key; [`NONE`] without one.
    keys: u16,
    /// The class; [`NONE`] without one.
    class: u16,
}

/// No class, no keys.
const NONE: u16 = u16::MAX;

impl Label {
    /// Of whoever has neither class nor key.
    pub(in crate::engine) const PLAIN: Label = Label {
        key: 0,
        keys: NONE,
        class: NONE,
    };

    /// Of the users of a source.
    pub(in crate::engine) fn of_class(class: Option<ClassId>) -> Label {
        Label::PLAIN.with_class(class)
    }

    /// The same with another class, if there is one.
    pub(in crate::engine) fn with_class(self, class: Option<ClassId>) -> Label {
        match class {
            Some(class) => Label {
                class: packed(class.0),
                ..self
            },
            None => self,
        }
    }

    /// The same, asking for a key.
    pub(in crate::engine) fn with_key(self, keys: KeysId, key: u32) -> Label {
        Label {
            key,
            keys: packed(keys.0),
            ..self
        }
    }

    /// Its class.
    #[inline]
    pub(in crate::engine) fn class(self) -> Option<ClassId> {
        (self.class != NONE).then_some(ClassId(u32::from(self.class)))
    }

    /// The space of its key.
    #[inline]
    pub(in crate::engine) fn keys(self) -> Option<KeysId> {
        (self.keys != NONE).then_some(KeysId(u32::from(self.keys)))
    }
}

/// Tables of one kind are few enough for 16 bits.
fn packed(id: u32) -> u16 {
    u16::try_from(id).expect("no model has 65,535 tables of one kind")
}
