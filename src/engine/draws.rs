//! Every draw of luck in the engine by its name: whose it is, where, and its number there
//! (semantics#luck).
//!
//! Nothing is drawn "next": a draw belongs to an owner (a user, a server, a fault: by name and
//! number), to a place (the chain of written steps) and to a purpose of this list. No two of one
//! list are equal, for the compiler refuses it; a new mechanism gets a new line, and no other
//! number moves.

/// Draws of a user, or of whoever the work is for, at the place of an attempt.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub(super) enum OfAttempt {
    /// One way over the network, to the service.
    There = 0,
    /// One way over the network, back.
    Back = 1,
    /// How long a person waits before asking again.
    Reload = 2,
    /// How the wait before the next attempt is spread.
    Backoff = 3,
    /// How long a person waits before asking again after an error.
    OnError = 4,
    /// Whether a throttle stops it.
    Throttle = 5,
    /// One way over the network, from a server to another of its service.
    Across = 6,
    /// The instance that a random balancer takes, and the first of two choices.
    Balance = 8,
    /// The second of two choices.
    SecondChoice = 9,
    /// What a refusal costs.
    RefuseCost = 10,
    /// How long the handshake takes before it.
    Handshake = 17,
    /// Whether a service turns it away to shed load.
    Shed = 16,
    /// Whether an endpoint does.
    ShedByEndpoint = 18,
}

/// Draws of the same at the place of a call, whichever attempt it is.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub(super) enum OfRequest {
    /// Which key is asked for.
    Key = 0,
}

/// Draws of the same at the place of an attempt with a fault upon it.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub(super) enum OfFault {
    /// Whether a delay meets a message to the service, or an error the attempt.
    Strikes = 0,
    /// How much later a message to the service arrives.
    By = 1,
    /// Whether a delay meets the answer.
    StrikesBack = 2,
    /// How much later the answer arrives.
    ByBack = 3,
}

/// Draws of a fault, or of one of its servers, at the place of an occurrence.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub(super) enum OfOccurrence {
    /// Where a server stands among those that may be chosen.
    Chosen = 0,
    /// How much later than by the clock it begins.
    Jitter = 1,
    /// How many servers it chooses.
    HowMany = 2,
    /// How long a server is up until it fails.
    Fails = 3,
    /// How long until it is repaired.
    Repaired = 4,
}

/// Draws of a user at the root of a visit.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub(super) enum OfVisit {
    /// The patience for it.
    Patience = 0,
    /// Whether another follows.
    Again = 1,
    /// How long the user stays away until then.
    Away = 2,
}

/// Draws at the place of a step: all that a step asks for is one number.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub(super) enum OfStep {
    /// A demand, a branch, a number of turns.
    Only = 0,
}

/// Draws at the place of an `enter`.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub(super) enum OfEnter {
    /// Whether the user fails once inside.
    LostAtEntry = 0,
    /// How long until a user who waits fails.
    LostWaiting = 1,
    /// The place among those who are mixed when the room opens.
    Mixed = 2,
}

/// Steps from the root to luck that is none of a visit's: the draw is then a running number, or the
/// first.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub(super) enum Aside {
    /// When a user of a source arrives.
    Arrival = 0x6172_7269_7661_6c00,
    /// How long a state of a source lasts: the draw is its turn.
    Stay = 0x7374_6179_5f5f_0001,
    /// How late a burst of a source comes: the draw is its number.
    Jitter = 0x6a69_7474_6572_0001,
    /// Who is next in the queue of a service, in random order.
    QueueOrder = 0x7261_6e64_6f6d_0001,
    /// Who is next for a unit of a pool, in random order.
    PoolOrder = 0x7261_6e64_6f6d_0002,
    /// Who is next for a place in a room, in random order.
    RoomOrder = 0x7261_6e64_6f6d_0003,
    /// How old each entry of a cache is at the start.
    EntryAge = 0x6361_6368_6564_0001,
    /// Which entries of a cache a flush takes.
    Flush = 0x6361_6368_6564_0002,
    /// The instance that a user keeps to.
    Sticky = 0x7374_6963_6b79_0001,
    /// How long the set-up of a server takes: the draw is its number.
    Setup = 0x7365_7475_705f_0001,
    /// When a server's limiter measures anew.
    Limiter = 0x6c69_6d69_7465_7200,
    /// The level of a user within a class, of each hour.
    Level = 0x6c65_7665_6c00_0001,
    /// The instances that a caller uses.
    Subset = 0x7375_6273_6574_0001,
    /// The instance that a key keeps to.
    Key = 0x6b65_7900_0000_0001,
    /// Which holders of a worker are looked at.
    Holders = 0x6e6f_7465_645f_0001,
}

/// The draw of an instance of a pool, at the root, that tells which of its holders are looked at.
pub(super) const HOLDERS: u32 = u32::MAX;
