//! Creating maps: every type with one thing changed at a time.

use maps::create::{CreateError, create};
use maps::rules::{MapKernel, MapRules};
use sim::machine::{Machine, MachineConfig};

use crate::definition::{definition, map_type};
use crate::record::{Row, rows};
use crate::verdict::{Said, Tally};

const RECORDING: &str = include_str!("../data/map_answers_create.csv");

fn machine() -> Machine {
    Machine::new(MachineConfig { nr_cpus: 2, record_events: false, ..MachineConfig::default() })
}

/// One row; the map goes at once, and its memory with it.
fn said(kernel: MapKernel, m: &Machine, row: &Row<'_>) -> Said {
    let words = row.words();
    match words[0] {
        "try" | "create" => {}
        "cpus" => return Said::Answer(m.nr_cpus().to_string()),
        _ => return Said::Answer("0".into()),
    }
    if row.answer(kernel).starts_with("btf") {
        return Said::NotAsked;
    }
    let def = match definition(&words) {
        Ok(def) => def,
        Err(_) => return Said::NotAsked,
    };
    match create(&def, &MapRules::new(kernel), m) {
        Ok(map) => {
            map.destroy(m);
            Said::Answer("0".into())
        }
        Err(CreateError::Errno(errno)) => Said::Answer(errno.ret().to_string()),
        Err(CreateError::NotModelled(what)) => Said::NotModelled(what),
    }
}

#[test]
fn every_creation_is_answered_as_recorded() {
    let rows = rows(RECORDING);
    let mut tally = Tally::default();
    for kernel in MapKernel::ALL {
        let mut m = machine();
        for row in &rows {
            let words = row.words();
            if words[0] == "reset" {
                m = machine();
            }
            let concerns = if words[0] == "try" { map_type(&words) } else { 0 };
            tally.add(kernel, concerns, words[0], row, &said(kernel, &m, row));
        }
    }
    tally.judge("map_answers_create.csv", rows.len() * MapKernel::ALL.len());
}
