//! Conformance: what the simulator does next to what real kernels did. Each module replays one recording.

mod user_memory;
mod user_memory_ways;
mod whole_stack;
