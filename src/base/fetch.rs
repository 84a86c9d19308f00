//! Memory asked for before it is needed.
//!
//! With more users than the caches hold, an event would wait for its task. A prefetch neither
//! reads nor writes, so it changes no result; where the processor has none, nothing happens. This
//! is the one place with code that the compiler does not check.

/// Asks for every cache line of a value, and does not wait.
#[inline(always)]
pub fn fetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    #[expect(unsafe_code, reason = "a prefetch takes a raw pointer")]
    for line in 0..size_of::<T>().div_ceil(64) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let start = std::ptr::from_ref(value).cast::<i8>();
        // SAFETY: a prefetch of any address is allowed, and these lie within the value.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(start.add((64 * line).min(size_of::<T>() - 1))) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}
