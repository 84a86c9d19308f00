//! A four-ary heap of keys, for the few events whose slot of the tick under way is in use, and for
//! those that come in when the tick after theirs is under way already.
//!
//! The four children of a slot share a cache line, the smallest is chosen without a branch, and
//! the popped root stays a hole that the next push fills, so pop-then-push costs one walk. It
//! knows nothing of a key but its order.

use crate::engine::calendar::key::Key;

/// First slot in use; the four children of slot i are 4(i − 2) … 4(i − 2) + 3, so siblings share
/// a cache line.
const ROOT: usize = 3;

/// A four-ary heap; unused slots hold the largest key, so groups of children are always whole.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Heap {
    /// The smallest key, the largest number if there is none.
    least: Key,
    keys: Vec<Key>,
    /// Keys, the hole counted.
    len: usize,
    /// Whether the root was taken and not yet replaced.
    hole: bool,
}

impl Default for Heap {
    fn default() -> Self {
        Self {
            least: Key::MAX,
            keys: Vec::new(),
            len: 0,
            hole: false,
        }
    }
}

impl Heap {
    pub(in crate::engine) fn clear(&mut self) {
        self.least = Key::MAX;
        self.keys.clear();
        self.len = 0;
        self.hole = false;
    }

    /// The smallest key, the largest number if there is none.
    #[inline]
    pub(in crate::engine) fn least(&self) -> Key {
        self.least
    }

    /// Whether there is no key.
    #[inline]
    pub(in crate::engine) fn is_empty(&self) -> bool {
        self.least == Key::MAX
    }

    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.keys.capacity() * size_of::<Key>()
    }

    /// Adds a key.
    #[inline]
    pub(in crate::engine) fn push(&mut self, key: Key) {
        self.least = self.least.min(key);
        if self.hole {
            self.hole = false;
            self.sift_down(key);
            return;
        }
        if self.len + 12 >= self.keys.len() {
            let more = (self.keys.len() * 2).max(64);
            self.keys.resize(more, Key::MAX);
        }
        let mut i = self.len + ROOT;
        self.len += 1;
        while i > ROOT {
            let parent = i / 4 + 2;
            let above = self.keys[parent];
            if above <= key {
                break;
            }
            self.keys[i] = above;
            i = parent;
        }
        self.keys[i] = key;
    }

    /// Removes the smallest key and leaves a hole; the next smallest is among its children.
    #[inline]
    pub(in crate::engine) fn pop(&mut self) {
        self.fill();
        debug_assert!(self.len > 0);
        self.hole = true;
        let children: &[Key; 4] = self.keys[4 * (ROOT - 2)..4 * (ROOT - 2) + 4]
            .try_into()
            .expect("four children");
        let [a, b, c, d] = *children;
        self.least = a.min(b).min(c.min(d));
    }

    #[inline]
    fn fill(&mut self) {
        if !self.hole {
            return;
        }
        self.hole = false;
        self.len -= 1;
        let last = std::mem::replace(&mut self.keys[self.len + ROOT], Key::MAX);
        if self.len > 0 {
            self.sift_down(last);
        }
    }

    #[inline]
    fn sift_down(&mut self, key: Key) {
        let end = self.len + ROOT;
        let keys = &mut self.keys[..];
        let mut i = ROOT;
        loop {
            let child = 4 * (i - 2);
            if child >= end {
                break;
            }
            let four: &[Key] = &keys[child..child + 4];
            let (a, b, c, d) = (four[0], four[1], four[2], four[3]);
            let left = usize::from(b < a);
            let right = 2 + usize::from(d < c);
            let (least_left, least_right) = (a.min(b), c.min(d));
            let least = least_left.min(least_right);
            let which = if least_right < least_left {
                right
            } else {
                left
            };
            if key <= least {
                break;
            }
            keys[i] = least;
            i = child + which;
        }
        keys[i] = key;
    }
}
