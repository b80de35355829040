//! BPF programs: instruction set, object loading, kernel profiles, interpreter.

pub mod btf;
pub mod gate;
pub mod interp;
pub mod isa;
pub mod profile;
