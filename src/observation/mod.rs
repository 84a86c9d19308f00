//! What one replication saw: data only, mergeable.
