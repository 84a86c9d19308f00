//! What the author meant: the words of the language, read and checked.
