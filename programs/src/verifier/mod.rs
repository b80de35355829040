//! The verifier: follows every path of a program and decides as the kernel of the profile does.
//!
//! Map: `tnum` and `scalar` (what is known about numbers).

pub mod scalar;
pub mod tnum;
