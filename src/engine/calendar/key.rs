//! The key of an event: when, what comes first at one instant, its number, what it is and whom it
//! concerns, in 128 bits whose order is that of the events.

use crate::base::time::Time;

/// What comes first at one instant (semantics#ties); within a group the order of scheduling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(in crate::engine) enum Group {
    /// A bin of the timeline begins.
    Tick = 0,
    /// Faults, actions, boots, doors.
    Change = 1,
    /// Work that ends and answers that arrive, with the grants they cause.
    Work = 2,
    /// Patience.
    Patience = 3,
    /// Timeouts, deadlines, reloads, and the ends of backoffs.
    Clock = 4,
    /// What waits for timeouts at the same instant: the ends of reservations, those who are lost
    /// while they wait for a room, hedges.
    Late = 5,
    /// Attempts and users that arrive.
    Arrival = 6,
    /// Readings of what stands after all of it.
    Reading = 7,
}

/// What an event is: the usual kinds first, so that one comparison tells them from the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::engine) enum Kind {
    /// What a server does for an attempt without a task ends; the slot is its caller.
    Served,
    /// Timed work of a task ends.
    Work,
    /// The wait before a retry, or before asking again after an error, is over.
    Backoff,
    /// A user of the sources arrives for the first time.
    Newcomer,
    /// The head of a lane; the slot is the lane.
    Lane,
    /// The next of those who share the cores of a server is done.
    Core,
    /// An answer reaches the caller; the slot is the attempt.
    Answer,
    /// A user's patience is spent.
    Patience,
    /// A caller's timeout or deadline.
    Timeout,
    /// A person asks again.
    Reload,
    /// A `hold` has waited long enough.
    HoldTimeout,
    /// An attempt arrives at its service.
    Attempt,
    /// A user comes back for another visit.
    Return,
    /// A server has booted, or is warm; the slot is the server.
    Server,
    /// An entry of the calendar of changes.
    Change,
    /// A bin begins; the slot is its number.
    Bin,
    /// The warm-up ends.
    Cut,
    /// The measured period ends, and the clock goes on.
    Horizon,
    /// Somebody looks at how full everything is.
    Look,
    /// A window of looks ends.
    Window,
    /// Memory or sleep of a server.
    Upkeep,
    /// A caller's timeout, of one attempt of several.
    TwinTimeout,
    /// A hedge is due.
    Hedge,
    /// Word that a copy has begun reaches the other; the slot is that of the word.
    Untie,
    /// A balancer looks at loads; the slot is the service.
    Loads,
    /// The servers of a service are checked; the slot is the service.
    Check,
    /// A check was not answered; the slot is the server.
    Missed,
    /// The ejection of a server is over.
    Ejected,
    /// The pace of a room lets somebody in; the slot is the room.
    Pace,
    /// Who waits for a room is lost.
    Lost,
    /// A reservation ends; the slot is its frame.
    Expired,
    /// A reading is due.
    Reading,
}

impl Kind {
    /// The kind that five bits tell; all of them tell one.
    #[inline]
    const fn of(bits: u64) -> Self {
        match bits & 31 {
            0 => Self::Served,
            1 => Self::Work,
            2 => Self::Backoff,
            3 => Self::Newcomer,
            4 => Self::Lane,
            5 => Self::Core,
            6 => Self::Answer,
            7 => Self::Patience,
            8 => Self::Timeout,
            9 => Self::Reload,
            10 => Self::HoldTimeout,
            11 => Self::Attempt,
            12 => Self::Return,
            13 => Self::Server,
            14 => Self::Change,
            15 => Self::Bin,
            16 => Self::Cut,
            17 => Self::Horizon,
            18 => Self::Look,
            19 => Self::Window,
            20 => Self::Upkeep,
            21 => Self::TwinTimeout,
            22 => Self::Hedge,
            23 => Self::Untie,
            24 => Self::Loads,
            25 => Self::Check,
            26 => Self::Missed,
            27 => Self::Ejected,
            28 => Self::Pace,
            29 => Self::Lost,
            30 => Self::Expired,
            _ => Self::Reading,
        }
    }
}

/// The number of an event in the order of scheduling; unique in a replication.
pub(in crate::engine) type Number = u32;

/// No event.
pub(in crate::engine) const NO_EVENT: Number = 0;

/// In place of the number of an event: the step at which a task is fails when its turn comes, so
/// that no failure is within another.
pub(in crate::engine) const FAILED: Number = Number::MAX;

/// Bits of a slot in a key; those of the kind stand above.
pub(super) const SLOT_BITS: u32 = 27;
/// Slots that fit into a key.
pub(in crate::engine) const MAX_SLOT: u32 = (1 << SLOT_BITS) - 1;

/// Instant and group of a newcomer, as the upper half of a key has them; of nobody without one.
#[inline]
pub(in crate::engine) fn newcomer_half(at: Option<Time>) -> u64 {
    at.map_or(u64::MAX, |at| upper(at, Group::Arrival))
}

#[inline]
pub(super) fn upper(at: Time, group: Group) -> u64 {
    ((at.0 as u64) << 3) | group as u64
}

/// The upper half of a key.
#[inline]
pub(super) fn half(key: Key) -> u64 {
    (key >> 64) as u64
}

/// An event taken from the agenda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Event {
    /// When, since the start of the clock.
    pub(in crate::engine) at: Time,
    /// What.
    pub(in crate::engine) kind: Kind,
    /// Its number.
    pub(in crate::engine) number: Number,
    /// Whom it concerns.
    pub(in crate::engine) slot: u32,
}

/// Instant and group, number, kind and slot in 61 + 3, 32, 5 + 27 bits.
pub(in crate::engine) type Key = u128;

/// The lower half of a newcomer: no number, and nobody yet.
pub(super) const NEWCOMER: Key = (Kind::Newcomer as Key) << SLOT_BITS;

/// What is next when nothing is.
pub(in crate::engine) const NOTHING: Key = Key::MAX;

/// The last instant that a key can tell: 73 years; what would come later never does.
pub(super) const FAR: Time = Time((1 << 61) - 1);

#[inline]
pub(super) fn key(at: Time, group: Group, number: Number, kind: Kind, slot: u32) -> Key {
    debug_assert!(at.0 >= 0 && at.0 < 1 << 61 && slot <= MAX_SLOT);
    let high = upper(at, group);
    let low = (u64::from(number) << 32) | (u64::from(kind as u8) << SLOT_BITS) | u64::from(slot);
    (u128::from(high) << 64) | u128::from(low)
}

/// The instant of a key, in nanoseconds.
#[inline]
pub(in crate::engine) fn instant(key: Key) -> u64 {
    (key >> 67) as u64
}

/// The event of a key.
#[inline]
pub(in crate::engine) fn event(key: Key) -> Event {
    let low = key as u64;
    Event {
        at: Time(instant(key) as i64),
        kind: Kind::of(low >> SLOT_BITS),
        number: (low >> 32) as u32,
        slot: (low as u32) & MAX_SLOT,
    }
}
