//! Tests of the picture, on runs of shipped scenarios.
