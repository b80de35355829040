//! The BPF runtime on a machine: helpers, kfuncs, sleeping, faults, locks, packets, native programs.
//!
//! Most tests are rows: a section, an assembly text and what r0 must be. Programs here pass the load gate like any other.

mod faults;
mod graph;
mod helpers;
mod inner_maps;
mod kobj;
mod lab;
mod locks;
mod maps;
mod native;
mod object_maps;
mod objects;
mod packets;
mod sleeping;
mod storage;
mod timers;
