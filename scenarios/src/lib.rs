//! Scenario files: reading, running and reporting; and the `sleepable` command. The only crate that touches files, the
//! terminal or the network.
//!
//! - [`mod@file`]: the scenario as written, with the place of every value; parsing never touches the environment.
//! - [`inputs`]: reads what a scenario names (objects, captures, BTF), from disk or from the embedded [`library`].
//! - [`run`]: the seam to the simulator; [`result`]: what comes out of a run, as plain data; [`expect`] judges it, [`export`] writes its events.
//! - [`diag`]: messages to the user and the catalogue of codes; [`output`]: files written whole or not at all; [`check`]: what kernels say about an
//!   object; [`cli`]: the command.

pub mod check;
pub mod cli;
pub mod diag;
pub mod engine;
pub mod expect;
pub mod export;
pub mod file;
pub mod inputs;
pub mod library;
pub mod output;
pub mod result;
pub mod run;
