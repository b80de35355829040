//! programs
pub mod isa;
pub mod btf;
pub mod profile;
