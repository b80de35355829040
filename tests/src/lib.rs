//! What several test families, benches and the fuzz targets share: numbers from a seed ([`numbers`]), fuzzing ([`fuzz`]), random
//! programs run in step with the verifier's claims ([`lockstep`]), recorded verdicts of booted kernels ([`recorded`]).

pub mod fuzz;
pub mod lockstep;
pub mod numbers;
pub mod recorded;
