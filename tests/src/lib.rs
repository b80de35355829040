//! What several test families, benches and the fuzz targets share: numbers from a seed ([`numbers`]), fuzzing ([`fuzz`]).

pub mod fuzz;
pub mod numbers;
