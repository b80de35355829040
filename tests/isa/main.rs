//! The instruction set, instruction by instruction, and what a run does around it.
//!
//! `data/*.data` are text vectors whose expectations come from RFC 9669; `vectors` runs them, `driver` tests calls,
//! waiting and limits with a small host (`host`).

mod driver;
mod host;
mod vector;
mod vectors;
