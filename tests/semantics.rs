//! Hand-worked traces: models of a few users whose every instant is worked out in a comment.
//!
//! Each test writes a model in the language, runs one replication, and holds marks, counts and
//! sums of durations against the figures of its comment, to the nanosecond. The figures come from
//! the language page, never from the engine. Where several readings were possible, the comment
//! says which one is built.

mod world;

mod balancing;
mod budgets;
mod arithmetic;
mod arrivals;
mod caches;
mod calls;
mod connections;
mod cuts;
mod deadlines;
mod deploys;
mod doors;
mod draining;
mod edges;
mod dry;
mod early_answers;
mod ejection;
mod endings;
mod faults;
mod fullness;
mod giving_up;
mod guards;
mod hedges;
mod horizon;
mod joins;
mod limits;
mod limiters;
mod luck;
mod nested;
mod orbit;
mod orders;
mod outcomes;
mod overlays;
mod pauses;
mod people;
mod pools;
mod queues;
mod refusals;
mod reloads;
mod reservations;
mod retries;
mod routes;
mod scaling;
mod selectors;
mod sharing;
mod scalers;
mod upkeep;
mod tail;
mod ties;
mod told;
mod triggers;
mod zones;
mod waiting_rooms;
