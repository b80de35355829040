//! What several test families, benches and the fuzz targets share: numbers from a seed ([`numbers`]), fuzzing ([`fuzz`]),
//! recorded verdicts of booted kernels ([`recorded`]).

pub mod fuzz;
pub mod numbers;
pub mod recorded;
