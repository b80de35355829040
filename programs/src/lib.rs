//! BPF programs: instruction set, object loading, kernel profiles, interpreter.

pub mod btf;
pub mod core_reloc;
pub mod gate;
pub mod helpers;
pub mod interp;
pub mod isa;
pub mod kernel_types;
pub mod kfuncs;
pub mod kobj;
pub mod native;
pub mod object;
pub mod profile;
pub mod runtime;
pub mod verifier;
