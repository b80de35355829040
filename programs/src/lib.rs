//! programs
pub mod profile;
