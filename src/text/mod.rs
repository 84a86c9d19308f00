//! Where something was written, and how to say that it is wrong.
