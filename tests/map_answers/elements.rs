//! Operations on elements, through `bpf(2)` in a simulated task: a machine for each section.

use std::cell::RefCell;
use std::rc::Rc;

use hooks::Kernel;
use maps::rules::MapKernel;
use programs::profile::{KernelVersion, Profile};
use programs::runtime::{Bpf, BpfConfig};
use sim::machine::{Machine, MachineConfig};
use sim::task::TaskSpec;

use crate::definition::{map_type, type_name};
use crate::guest::Guest;
use crate::record::{Row, rows, sections};
use crate::verdict::{Said, Tally};

const RECORDING: &str = include_str!("../data/map_answers_elements.csv");

/// A machine with two CPUs, as the recording's.
pub fn kernel(version: MapKernel) -> Kernel {
    let version: KernelVersion = version.name().parse().expect("the same names");
    let config = MachineConfig { nr_cpus: 2, record_events: false, ..MachineConfig::default() };
    Kernel::new(Bpf::new(Machine::new(config), BpfConfig::new(Profile::new(version))))
}

/// What the simulator says to each row of a section.
fn replay(version: MapKernel, section: &[Row<'_>]) -> Vec<Said> {
    let k = kernel(version);
    let m = k.machine().clone();
    let mm = m.mm().new_mm();
    let operations: Vec<String> = section.iter().map(|row| row.operation.to_string()).collect();
    let said = Rc::new(RefCell::new(Vec::new()));
    let (mut guest, out) = (Guest::new(k, version, mm), said.clone());
    guest.needs_owners =
        section.iter().any(|row| row.operation.starts_with('#') && row.operation.contains("storage"));
    m.spawn(TaskSpec { mm: Some(mm), affinity: 1, ..TaskSpec::user("guest") }, async move {
        for operation in operations {
            let words: Vec<&str> = operation.split_whitespace().collect();
            let answer = guest.run(&words).await;
            out.borrow_mut().push(answer);
        }
    });
    m.run();
    let said = said.take();
    assert_eq!(said.len(), section.len(), "the guest stopped: {:?}", m.findings());
    said
}

#[test]
fn every_operation_is_answered_as_recorded() {
    let rows = rows(RECORDING);
    let mut tally = Tally::default();
    let mut replayed = 0;
    for kernel in MapKernel::ALL {
        for section in sections(&rows) {
            let title = section
                .iter()
                .find(|row| row.operation.starts_with('#'))
                .map_or("", |row| &row.operation[2..]);
            let created = section.iter().find(|row| row.operation.starts_with("create m "));
            let concerns = created.map_or(0, |row| map_type(&row.words()));
            for (row, said) in section.iter().zip(replay(kernel, section)) {
                tally.add(kernel, type_name(concerns), title, row, &said);
            }
            replayed += section.len();
        }
    }
    tally.judge("map_answers_elements.csv", replayed);
}
