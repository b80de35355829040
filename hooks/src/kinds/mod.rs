//! One file per kind of hook.

pub mod lsm;
pub mod test_run;
pub mod tracepoint;
pub mod uprobe;
