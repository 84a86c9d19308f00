//! A generational slab: a stale ticket finds nothing, never somebody else.
//!
//! One idea: whoever leaves takes the slot's number with him. A slot counts its tenants; a ticket
//! names the slot and the tenant, so cancelling is forgetting, and no wake-up meets a stranger.
//! Knows nothing of who lives here. Freed slots are used again last in, first out, so which slot
//! somebody gets depends on the order of events alone.

/// A slot and its tenant. Eight bytes, plain data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    /// The number of the slot.
    pub slot: u32,
    /// Which tenant of the slot: odd while somebody lives there.
    pub generation: u32,
}

impl Ticket {
    /// A ticket that was never issued and finds nothing.
    pub const NONE: Ticket = Ticket {
        slot: u32::MAX,
        generation: 0,
    };

    /// Whether this is [`Ticket::NONE`].
    #[inline]
    pub const fn is_none(self) -> bool {
        self.generation == 0
    }

    /// The ticket in 64 bits.
    #[inline]
    pub const fn to_bits(self) -> u64 {
        (self.generation as u64) << 32 | self.slot as u64
    }

    /// The ticket that [`Ticket::to_bits`] packed.
    #[inline]
    pub const fn from_bits(bits: u64) -> Ticket {
        Ticket {
            slot: bits as u32,
            generation: (bits >> 32) as u32,
        }
    }
}

impl Default for Ticket {
    fn default() -> Ticket {
        Ticket::NONE
    }
}

/// The end of the list of free slots.
const NO_SLOT: u32 = u32::MAX;

#[derive(Clone, Debug)]
struct Slot<T> {
    /// Odd while somebody lives here.
    generation: u32,
    /// The free slot below this one in the list, when this one is free.
    next_free: u32,
    value: T,
}

/// Values in slots, found by tickets. Eight bytes a slot beside the value.
#[derive(Clone, Debug)]
pub struct Slab<T> {
    slots: Vec<Slot<T>>,
    free: u32,
    live: u32,
}

impl<T> Default for Slab<T> {
    fn default() -> Slab<T> {
        Slab::new()
    }
}

impl<T> Slab<T> {
    /// An empty slab.
    pub const fn new() -> Slab<T> {
        Slab {
            slots: Vec::new(),
            free: NO_SLOT,
            live: 0,
        }
    }

    /// An empty slab with room for `capacity` values.
    pub fn with_capacity(capacity: usize) -> Slab<T> {
        Slab {
            slots: Vec::with_capacity(capacity),
            free: NO_SLOT,
            live: 0,
        }
    }

    /// How many live here.
    #[inline]
    pub fn len(&self) -> usize {
        self.live as usize
    }

    /// Whether nobody does.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// How many slots there are, free ones included.
    #[inline]
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Bytes held by the slots, free and spare ones included.
    #[inline]
    pub fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot<T>>()
    }

    /// Puts `value` into the slot freed last, or into a new one.
    ///
    /// # Panics
    /// Beyond 2³² − 1 slots.
    #[inline]
    pub fn insert(&mut self, value: T) -> Ticket {
        self.insert_with(|| value)
    }

    /// Puts the value that `make` makes into the slot freed last, or into a new one: made where
    /// it stays.
    ///
    /// # Panics
    /// Beyond 2³² − 1 slots.
    #[inline(always)]
    pub fn insert_with(&mut self, make: impl FnOnce() -> T) -> Ticket {
        self.live += 1;
        let slot = self.free;
        if let Some(entry) = self.slots.get_mut(slot as usize) {
            self.free = entry.next_free;
            entry.generation += 1;
            entry.value = make();
            return Ticket {
                slot,
                generation: entry.generation,
            };
        }
        self.grow(make)
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, make: impl FnOnce() -> T) -> Ticket {
        let slot = crate::base::table::number(self.slots.len());
        self.slots.push(Slot {
            generation: 1,
            next_free: NO_SLOT,
            value: make(),
        });
        Ticket {
            slot,
            generation: 1,
        }
    }

    /// The value of `ticket`, if it still lives here.
    #[inline]
    pub fn get(&self, ticket: Ticket) -> Option<&T> {
        match self.slots.get(ticket.slot as usize) {
            Some(entry) if entry.generation == ticket.generation => Some(&entry.value),
            _ => None,
        }
    }

    /// The value of `ticket` to change, if it still lives here.
    #[inline]
    pub fn get_mut(&mut self, ticket: Ticket) -> Option<&mut T> {
        match self.slots.get_mut(ticket.slot as usize) {
            Some(entry) if entry.generation == ticket.generation => Some(&mut entry.value),
            _ => None,
        }
    }

    /// Whether the value of `ticket` still lives here.
    #[inline]
    pub fn contains(&self, ticket: Ticket) -> bool {
        self.get(ticket).is_some()
    }

    /// Whoever lives in `slot`, for those who know that somebody does.
    ///
    /// # Panics
    /// Beyond the last slot; in debug builds also where nobody lives.
    #[inline]
    pub fn live(&self, slot: u32) -> &T {
        let entry = &self.slots[slot as usize];
        debug_assert!(entry.generation & 1 == 1, "nobody lives in slot {slot}");
        &entry.value
    }

    /// Whoever lives in `slot`, to change, for those who know that somebody does.
    ///
    /// # Panics
    /// Beyond the last slot; in debug builds also where nobody lives.
    #[inline]
    pub fn live_mut(&mut self, slot: u32) -> &mut T {
        let entry = &mut self.slots[slot as usize];
        debug_assert!(entry.generation & 1 == 1, "nobody lives in slot {slot}");
        &mut entry.value
    }

    /// Whoever lives in `slot` now. For those who know that their tenant is still there.
    #[inline]
    pub fn get_slot(&self, slot: u32) -> Option<&T> {
        match self.slots.get(slot as usize) {
            Some(entry) if entry.generation & 1 == 1 => Some(&entry.value),
            _ => None,
        }
    }

    /// Has the memory of `slot` brought near, without waiting for it and without touching it.
    #[inline(always)]
    pub fn fetch(&self, slot: u32) {
        if let Some(entry) = self.slots.get(slot as usize) {
            crate::base::fetch::fetch(entry);
        }
    }

    /// The ticket of whoever lives in `slot` now.
    #[inline]
    pub fn ticket(&self, slot: u32) -> Option<Ticket> {
        match self.slots.get(slot as usize) {
            Some(entry) if entry.generation & 1 == 1 => Some(Ticket {
                slot,
                generation: entry.generation,
            }),
            _ => None,
        }
    }

    /// Frees the slot of `ticket`, and says whether its value lived there.
    ///
    /// The value itself is dropped when the slot is used again.
    #[inline]
    pub fn discard(&mut self, ticket: Ticket) -> bool {
        let lives = self.contains(ticket);
        if lives {
            self.vacate(ticket.slot);
        }
        lives
    }

    /// Frees `slot`, for those who know that somebody lives there.
    ///
    /// # Panics
    /// Beyond the last slot; in debug builds also where nobody lives.
    #[inline]
    pub fn vacate(&mut self, slot: u32) {
        let entry = &mut self.slots[slot as usize];
        debug_assert!(entry.generation & 1 == 1, "nobody lives in slot {slot}");
        self.live -= 1;
        // A slot that has counted all it can counts on to 0 and retires, so that no old ticket
        // can match again.
        entry.generation = entry.generation.wrapping_add(1);
        if entry.generation != 0 {
            entry.next_free = self.free;
            self.free = slot;
        }
    }

    /// Takes the value of `ticket` out, if it still lives here, and frees its slot.
    #[inline]
    pub fn remove(&mut self, ticket: Ticket) -> Option<T>
    where
        T: Copy,
    {
        let value = *self.get(ticket)?;
        self.discard(ticket);
        Some(value)
    }

    /// All who live here, in the order of their slots.
    pub fn iter(&self) -> impl Iterator<Item = (Ticket, &T)> {
        self.slots
            .iter()
            .zip(0_u32..)
            .filter(|(entry, _)| entry.generation & 1 == 1)
            .map(|(entry, slot)| {
                (
                    Ticket {
                        slot,
                        generation: entry.generation,
                    },
                    &entry.value,
                )
            })
    }

    /// All who live here, in the order of their slots, to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Ticket, &mut T)> {
        self.slots
            .iter_mut()
            .zip(0_u32..)
            .filter(|(entry, _)| entry.generation & 1 == 1)
            .map(|(entry, slot)| {
                (
                    Ticket {
                        slot,
                        generation: entry.generation,
                    },
                    &mut entry.value,
                )
            })
    }

    /// Empties the slab as if new, and keeps its memory. Tickets from before must not be used.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.free = NO_SLOT;
        self.live = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_stale_ticket_finds_nothing() {
        let mut slab = Slab::new();
        let first = slab.insert('a');
        assert_eq!(slab.remove(first), Some('a'));
        let second = slab.insert('b');
        assert_eq!(second.slot, first.slot);
        assert_eq!(slab.get(first), None);
        assert_eq!(slab.remove(first), None);
        assert!(!slab.discard(first));
        assert_eq!(slab.get(second), Some(&'b'));
        assert_eq!(slab.get(Ticket::NONE), None);
        assert_eq!(Ticket::from_bits(second.to_bits()), second);
        assert_eq!(size_of::<Ticket>(), 8);
    }

    #[test]
    fn slots_are_used_again_last_in_first_out() {
        let mut slab = Slab::new();
        let tickets: Vec<Ticket> = (0..4).map(|n| slab.insert(n)).collect();
        slab.discard(tickets[1]);
        slab.discard(tickets[3]);
        assert_eq!(slab.get_slot(3), None);
        assert_eq!(
            slab.iter().map(|(t, n)| (t.slot, *n)).collect::<Vec<_>>(),
            [(0, 0), (2, 2)]
        );
        assert_eq!(
            [
                slab.insert(5).slot,
                slab.insert(6).slot,
                slab.insert(7).slot
            ],
            [3, 1, 4]
        );
        assert_eq!(slab.ticket(1).map(|t| t.generation), Some(3));
        assert_eq!((slab.len(), slab.slots()), (5, 5));
        slab.clear();
        assert!(slab.is_empty());
        assert_eq!(
            slab.insert(8),
            Ticket {
                slot: 0,
                generation: 1
            }
        );
    }

    #[test]
    fn a_slot_that_has_counted_all_it_can_retires() {
        let mut slab = Slab::new();
        slab.insert('a');
        slab.slots[0].generation = u32::MAX;
        let last = Ticket {
            slot: 0,
            generation: u32::MAX,
        };
        assert!(slab.discard(last));
        assert_eq!(slab.get(last), None);
        assert_eq!(slab.get_slot(0), None);
        assert_eq!(slab.insert('b').slot, 1);
        assert_eq!(slab.len(), 1);
    }

    proptest::proptest! {
        /// Inserts and removals in any order agree with a map from tickets to values.
        #[test]
        fn agrees_with_a_map(moves in proptest::collection::vec((0_u8..3, 0_usize..64), 0..200)) {
            let mut slab = Slab::new();
            let mut map = BTreeMap::new();
            let mut issued: Vec<Ticket> = Vec::new();
            for (kind, pick) in moves {
                if kind < 2 {
                    let ticket = slab.insert(pick);
                    proptest::prop_assert!(!issued.contains(&ticket));
                    map.insert(ticket, pick);
                    issued.push(ticket);
                } else if let Some(ticket) = issued.get(pick % issued.len().max(1)) {
                    proptest::prop_assert_eq!(slab.remove(*ticket), map.remove(ticket));
                }
                proptest::prop_assert_eq!(slab.len(), map.len());
            }
            for ticket in &issued {
                proptest::prop_assert_eq!(slab.get(*ticket), map.get(ticket));
            }
            let mut seen: Vec<_> = slab.iter().map(|(ticket, value)| (ticket, *value)).collect();
            seen.sort_unstable();
            proptest::prop_assert_eq!(seen, map.into_iter().collect::<Vec<_>>());
        }
    }
}
