//! Words that every layer shares; knows nothing of queues or users.
