//! Helpers: what programs call by number. One row per helper, one file per family; prototypes and availability are in
//! [`crate::profile::helper`], so a body is only reached by programs that the gate let pass.
//!
//! A helper without a row ends the run with a "not modelled" finding. Neighbours: `runtime::host` looks bodies up, `runtime::cx` is what
//! they get, `kfuncs` is the same for kernel functions.

mod control;
pub(crate) mod copy;
mod dynptr;
mod format;
mod func;
mod kptr;
mod lock;
mod maps;
mod packet;
pub(crate) mod path;
mod perf;
mod print;
pub(crate) mod probe;
mod redirect;
mod ringbuf;
mod stack;
mod storage;
pub mod table;
pub(crate) mod task;
mod text;
mod time;
mod timer;
mod user_ringbuf;

pub use table::{Row, body, is_modelled, name};
