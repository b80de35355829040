//! programs
pub mod btf;
pub mod profile;
