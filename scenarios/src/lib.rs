//! Scenario files: reading, running and reporting; and the `sleepable` command. The only crate that touches files, the
//! terminal or the network.
//!
//! - [`file`]: the scenario as written, with the place of every value; parsing never touches the environment.
//! - [`inputs`]: reads what a scenario names (objects, captures, BTF), from disk or from the embedded [`library`].
//! - [`run`]: a scenario becomes a machine and runs; [`result`] is what comes out.
//! - [`expect`]: judges the result; [`export`]: readers of the event stream (text, JSON lines, Perfetto).
//! - [`diag`]: messages to the user and the catalogue of codes; [`cli`]: the command.

pub mod diag;
pub mod file;
