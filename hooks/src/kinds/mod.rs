//! One file per kind of hook.

pub mod lsm;
pub mod tracepoint;
pub mod uprobe;
