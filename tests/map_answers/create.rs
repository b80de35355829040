//! Creating maps: every type with one thing changed at a time.

use maps::create::{CreateError, create};
use maps::rules::{MapKernel, MapRules};
use sim::machine::{Machine, MachineConfig};

use crate::definition::{Named, Names, definition, map_type, type_name};
use crate::record::{Row, rows};
use crate::verdict::{Said, Tally};

const RECORDING: &str = include_str!("../data/map_answers_create.csv");

fn machine() -> Machine {
    // The recording's machines had 2000 MB.
    let kernel_memory_bytes = 2000 << 20;
    Machine::new(MachineConfig {
        nr_cpus: 2,
        record_events: false,
        kernel_memory_bytes,
        ..MachineConfig::default()
    })
}

/// One row; the map of a `try` goes at once, and its memory with it.
fn said(kernel: MapKernel, m: &Machine, names: &mut Names, row: &Row<'_>) -> Said {
    let words = row.words();
    match words[0] {
        "try" | "create" => {}
        "cpus" => return Said::Answer(m.nr_cpus().to_string()),
        "fd" => {
            names.insert(words[1].to_string(), Named::Other);
            return Said::Answer("0".into());
        }
        _ => return Said::Answer("0".into()),
    }
    let (said, made) = try_create(kernel, m, names, row);
    match made {
        Named::Map(map) if words[0] == "try" => map.destroy(m),
        made => {
            names.insert(words[1].to_string(), made);
        }
    }
    said
}

fn try_create(kernel: MapKernel, m: &Machine, names: &Names, row: &Row<'_>) -> (Said, Named) {
    // Kernels that do not know a kind of BTF refuse it before there is a map.
    let btf_loads = !row.answer(kernel).starts_with("btf");
    let def = definition(kernel, &row.words(), names).ok().filter(|_| btf_loads);
    let Some(def) = def else { return (Said::NotAsked, Named::Unknown) };
    match create(&def, &MapRules::new(kernel), m) {
        Ok(map) => (Said::Answer("0".into()), Named::Map(map)),
        Err(CreateError::Errno(errno)) => (Said::Answer(errno.ret().to_string()), Named::Nothing),
        Err(CreateError::NotModelled(what)) => (Said::NotModelled(what), Named::Unknown),
    }
}

#[test]
fn every_creation_is_answered_as_recorded() {
    let rows = rows(RECORDING);
    let mut tally = Tally::default();
    for kernel in MapKernel::ALL {
        let (mut m, mut names) = (machine(), Names::new());
        for row in &rows {
            let words = row.words();
            if words[0] == "reset" {
                (m, names) = (machine(), Names::new());
            }
            let concerns = if words[0] == "try" { map_type(&words) } else { 0 };
            tally.add(kernel, type_name(concerns), words[0], row, &said(kernel, &m, &mut names, row));
        }
    }
    tally.judge("map_answers_create.csv", rows.len() * MapKernel::ALL.len());
}
