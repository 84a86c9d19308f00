//! What kind of traffic a task is, and which key it asks for.

use crate::program::{ClassId, KeysId};

/// What kind of traffic a task is, and which key it asks for: nested calls inherit it. It takes 32
/// bits, for a user is not to grow by it: 22 of the key, five of its space, five of the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Label(u32);

const KEY_BITS: u32 = 22;
const BITS: u32 = 5;
/// No class, no keys.
const NONE: u32 = (1 << BITS) - 1;

impl Label {
    /// Of whoever has neither class nor key.
    pub(in crate::engine) const PLAIN: Label = Label(u32::MAX << KEY_BITS);

    /// Of the users of a source.
    pub(in crate::engine) fn of_class(class: Option<ClassId>) -> Label {
        Label::PLAIN.with_class(class)
    }

    /// The same with another class, if there is one.
    pub(in crate::engine) fn with_class(self, class: Option<ClassId>) -> Label {
        let Some(ClassId(class)) = class else {
            return self;
        };
        debug_assert!(class < NONE, "the model limits the number of classes");
        let rest = self.0 & !(NONE << (KEY_BITS + BITS));
        Label(rest | class << (KEY_BITS + BITS))
    }

    /// The same, asking for a key, 0 the most popular.
    pub(in crate::engine) fn with_key(self, KeysId(keys): KeysId, key: u32) -> Label {
        debug_assert!(keys < NONE, "the model limits the number of key spaces");
        debug_assert!(key < 1 << KEY_BITS, "the model limits the number of keys");
        Label(self.0 >> (KEY_BITS + BITS) << (KEY_BITS + BITS) | keys << KEY_BITS | key)
    }

    /// Its class.
    #[inline]
    pub(in crate::engine) fn class(self) -> Option<ClassId> {
        let class = self.0 >> (KEY_BITS + BITS);
        (class != NONE).then_some(ClassId(class))
    }

    /// The space of its key.
    #[inline]
    pub(in crate::engine) fn keys(self) -> Option<KeysId> {
        let keys = self.0 >> KEY_BITS & NONE;
        (keys != NONE).then_some(KeysId(keys))
    }

    /// Its key, 0 the most popular, if [`Label::keys`] is some.
    #[inline]
    pub(in crate::engine) fn key(self) -> u32 {
        self.0 & ((1 << KEY_BITS) - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_and_key_come_back_whichever_came_first() {
        let (class, keys, key) = (ClassId(30), KeysId(0), (1 << 22) - 1);
        let one = Label::of_class(Some(class)).with_key(keys, key);
        let other = Label::PLAIN.with_key(keys, key).with_class(Some(class));
        for label in [one, other, one.with_class(None)] {
            let all = (label.class(), label.keys(), label.key());
            assert_eq!(all, (Some(class), Some(keys), key));
        }
        assert_eq!((Label::PLAIN.class(), Label::PLAIN.keys()), (None, None));
        assert_eq!(one.with_key(KeysId(30), 0).class(), Some(class));
    }
}
