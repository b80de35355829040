//! Replays what real kernels answered about maps (`data/map_answers*.csv`, recorded as `data/map_answers/README.md` says) on the simulator.
//!
//! `record` reads a recording, `definition` makes map definitions of its words, `guest` carries out operations as the recording's guest program
//! does, `verdict` compares and counts. What differs on purpose stands in `known`; anything else that differs fails.

mod create;
mod definition;
mod elements;
mod guest;
mod known;
mod objects;
mod record;
mod sleepers;
mod verdict;
