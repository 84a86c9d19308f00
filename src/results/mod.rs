//! The results document: the only serialised types, their schema and version.
