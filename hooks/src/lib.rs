//! Attach points and what passes through them. (The rest of the crate lands with the BPF runtime.)

pub mod event;
pub mod regs;
