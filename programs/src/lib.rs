//! programs
pub mod btf;
pub mod isa;
pub mod profile;
