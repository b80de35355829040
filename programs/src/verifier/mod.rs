//! The verifier: follows every path of a program and decides as the kernel of the profile does.
//!
//! Map: `tnum` and `scalar` (what is known about numbers).

mod names;
mod precision;
mod program;
mod prune;
mod reg;
pub mod scalar;
mod search;
mod state;
mod stop;
pub mod tnum;
