//! One replication of one program.
