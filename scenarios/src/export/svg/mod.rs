//! A picture of a run as SVG: CPUs, tasks with their reader sections and page faults, grace periods of both flavours, and the life of
//! map elements that changed hands. One file without references to others, legible in light and dark, the same bytes for the same run.
//!
//! [`write()`] is the entry. The way: `story` (events to lanes of spans, with `tasks`, `grace` and `elements`), `scale` (time to pixels, long
//! idle stretches squeezed), `page` (lanes to a page), `canvas` (SVG text). Neighbour: `perfetto` is for runs too large to print.

mod canvas;
mod elements;
mod grace;
mod page;
mod scale;
mod story;
mod tasks;

use std::io::{self, Write};

use super::About;
use crate::result::RunResult;

/// Writes the picture.
pub fn write(about: &About<'_>, result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(page::draw(about, result).as_bytes())
}
