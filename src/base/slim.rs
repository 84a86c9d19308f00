//! Values of eight bytes that may stand at every fourth: where a million of something are kept, the
//! bytes that are left empty between its parts count.

use std::fmt;

/// A value that needs no more than four bytes of alignment.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(C, packed(4))]
pub struct Slim<T: Copy>(T);

impl<T: Copy> Slim<T> {
    /// This value.
    #[inline(always)]
    pub const fn new(value: T) -> Slim<T> {
        Slim(value)
    }

    /// The value.
    #[inline(always)]
    pub const fn get(self) -> T {
        self.0
    }
}

impl<T: Copy + fmt::Debug> fmt::Debug for Slim<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enum_of_slim_values_has_twelve_bytes() {
        #[derive(Clone, Copy, Debug, PartialEq)]
        enum Either {
            One(Slim<i64>),
            Two(Slim<u64>),
        }
        assert_eq!(size_of::<Either>(), 12);
        let both = [Either::One(Slim::new(-7)), Either::Two(Slim::new(u64::MAX))];
        assert_eq!(format!("{both:?}"), format!("[One(-7), Two({})]", u64::MAX));
        assert!(both[0] != both[1] && Slim::new(5).get() == 5);
    }
}
