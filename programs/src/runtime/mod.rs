//! The BPF subsystem of one machine: loads objects, keeps maps and programs, runs programs.
//!
//! Key types: [`Bpf`] (the handle), [`LoadedProgram`], [`Invocation`], [`RunResult`], [`LoadError`], [`ProgEvent`].
//! Map: `load` and `link` (object to program), `maps` and `elements`, `run` (drivers), `host` and `cx` (calls), `stacks`, `state` and `regions`
//! (what a run has open), `locks`, `fields` (timers and what else values hold), `packet` and `ctx_access` (packet contexts), `fault` and `report` (findings), `output`, `event`,
//! `costs`. Above it `hooks` decides when programs run and what protects them; below it `interp` executes, `helpers` and `kfuncs` are
//! what programs call, `kobj` the kernel objects they see, `native` programs in Rust.

mod costs;
mod ctx_access;
mod cx;
mod elements;
mod error;
mod event;
mod fault;
mod fields;
mod host;
mod inline;
mod invocation;
mod link;
mod load;
mod locks;
mod maps;
mod output;
mod owners;
pub mod packet;
mod packet_load;
mod program;
mod regions;
mod report;
mod run;
mod stacks;
mod state;
mod support;
mod watch;

use std::cell::{Ref, RefCell};
use std::ops::Deref;
use std::rc::Rc;

use ::maps::rules::MapRules;
use sim::machine::Machine;

pub use costs::{Limits, ProgCosts, Tracing};
pub use cx::{HelperBody, HelperCx, Reply, errno, ret, status};
pub use error::{LoadError, LoadErrorKind};
pub use event::ProgEvent;
pub use fault::CallFault;
pub(crate) use fields::AsyncKind;
pub use fields::{FieldEvent, ObjectType};
pub use inline::{inline_map, inline_object, inline_program};
pub(crate) use invocation::Callee;
pub use invocation::{Frame, Invocation, ProbeFrame, RunResult, SeqBuffer, TrampolineFrame};
pub use load::{LoadOutcome, LoadedObject};
pub use locks::{Holder, LockKind, LockSite, SpinLocks};
pub use maps::{MapHandle, MapTable};

pub use crate::gate::{map_def, map_rules};
pub use output::{Outputs, PerfRecord, PrintkLine};
pub use packet::{PacketFrame, PacketKind};
pub use program::{Body, LoadedProgram, Source};
pub use stacks::{InFunction, KernelStacks};
pub use state::RunState;
pub use support::RuntimeBodies;
pub use watch::StepWatch;

use crate::btf::{Btf, Kind};
use crate::gate::KernelNames;
use crate::kernel_types;
use crate::kfuncs;
use crate::kobj::Kobjs;
use crate::profile::Profile;

/// The types of a kernel.
#[derive(Clone, Debug)]
pub enum KernelTypes {
    /// What ships with the simulator: the types that programs usually ask for.
    BuiltIn(&'static Btf),
    /// The whole BTF of a kernel: what it lacks does not exist.
    Whole(Rc<Btf>),
}

impl Deref for KernelTypes {
    type Target = Btf;

    fn deref(&self) -> &Btf {
        match self {
            KernelTypes::BuiltIn(btf) => btf,
            KernelTypes::Whole(btf) => btf,
        }
    }
}

/// What a BPF subsystem is made from besides the machine.
#[derive(Clone, Debug)]
pub struct BpfConfig {
    pub profile: Profile,
    /// The kernel's types: CO-RE, layout of kernel objects.
    pub kernel_types: KernelTypes,
    pub costs: ProgCosts,
    pub limits: Limits,
    pub tracing: Tracing,
    /// Programs are verified when they are loaded. Without it only the load gate looks, and a program that the kernel refuses can be
    /// run and watched.
    pub verify: bool,
}

impl BpfConfig {
    /// Defaults for a kernel, with the built-in types of its version.
    pub fn new(profile: Profile) -> BpfConfig {
        BpfConfig {
            kernel_types: KernelTypes::BuiltIn(kernel_types::builtin(profile.version)),
            profile,
            costs: ProgCosts::default(),
            limits: Limits::default(),
            tracing: Tracing::default(),
            verify: true,
        }
    }
}

struct Inner {
    machine: Machine,
    config: BpfConfig,
    map_rules: MapRules,
    maps: MapTable,
    programs: RefCell<Vec<Rc<LoadedProgram>>>,
    spin_locks: SpinLocks,
    outputs: RefCell<Outputs>,
    idle_runs: RefCell<run::IdleRuns>,
    kobjs: Kobjs,
    stacks: KernelStacks,
    /// Names of kfuncs that have no body, by how much their number exceeds the table's last one.
    unmodelled_kfuncs: RefCell<Vec<String>>,
    contents: fields::Contents,
    owners: owners::Owners,
    step_watch: RefCell<Option<Rc<dyn StepWatch>>>,
}

/// The BPF subsystem of a machine. Cloning is cheap; all clones are the same subsystem.
#[derive(Clone)]
pub struct Bpf(Rc<Inner>);

impl Bpf {
    pub fn new(machine: Machine, config: BpfConfig) -> Bpf {
        let contents = {
            let rules = map_rules(config.profile.version);
            fields::Contents::new(config.profile.version, &rules, machine.nr_cpus())
        };
        let bpf = Bpf(Rc::new(Inner {
            map_rules: map_rules(config.profile.version),
            kobjs: Kobjs::new(config.kernel_types.clone()),
            stacks: KernelStacks::default(),
            machine,
            config,
            maps: MapTable::default(),
            programs: RefCell::default(),
            spin_locks: SpinLocks::default(),
            outputs: RefCell::default(),
            idle_runs: RefCell::default(),
            unmodelled_kfuncs: RefCell::default(),
            contents,
            owners: owners::Owners::default(),
            step_watch: RefCell::default(),
        }));
        bpf.watch_tasks();
        bpf
    }

    pub(crate) fn owners(&self) -> &owners::Owners {
        &self.0.owners
    }

    pub fn machine(&self) -> &Machine {
        &self.0.machine
    }

    pub fn profile(&self) -> &Profile {
        &self.0.config.profile
    }

    /// The kernel's types.
    pub fn kernel_types(&self) -> &Btf {
        &self.0.config.kernel_types
    }

    pub fn costs(&self) -> &ProgCosts {
        &self.0.config.costs
    }

    pub fn limits(&self) -> &Limits {
        &self.0.config.limits
    }

    pub fn tracing(&self) -> Tracing {
        self.0.config.tracing
    }

    /// How this kernel's maps behave.
    pub fn map_rules(&self) -> &MapRules {
        &self.0.map_rules
    }

    /// All maps.
    pub fn maps(&self) -> &MapTable {
        &self.0.maps
    }

    /// The first map with this name.
    pub fn map_by_name(&self, name: &str) -> Option<MapHandle> {
        self.0.maps.by_name(name)
    }

    /// Makes a map that no object declares.
    ///
    /// # Errors
    /// As `BPF_MAP_CREATE`.
    pub fn create_map(&self, def: &::maps::spec::MapDef) -> Result<MapHandle, ::maps::create::CreateError> {
        let map = ::maps::create::create(def, &self.0.map_rules, self.machine())?;
        self.adopt_fields(&*map);
        Ok(self.0.maps.add(self.machine(), map))
    }

    /// All programs, by id.
    pub fn programs(&self) -> Vec<Rc<LoadedProgram>> {
        self.0.programs.borrow().clone()
    }

    /// The spin locks in map values that are held.
    pub fn spin_locks(&self) -> &SpinLocks {
        &self.0.spin_locks
    }

    /// Lines of `trace_pipe` and perf records.
    pub fn outputs(&self) -> Ref<'_, Outputs> {
        self.0.outputs.borrow()
    }

    /// Kernel objects.
    pub fn kobjs(&self) -> &Kobjs {
        &self.0.kobjs
    }

    /// The number of a kfunc in calls: its row, or one behind the table for those without a body.
    pub(crate) fn kfunc_id(&self, name: &str) -> i32 {
        if let Some(row) = kfuncs::position(name) {
            return row as i32;
        }
        let mut names = self.0.unmodelled_kfuncs.borrow_mut();
        let known = names.iter().position(|n| n == name);
        let index = known.unwrap_or_else(|| {
            names.push(name.to_string());
            names.len() - 1
        });
        (kfuncs::count() + index) as i32
    }

    pub(crate) fn kfunc_name(&self, id: i32) -> String {
        let index = usize::try_from(id).unwrap_or(usize::MAX);
        if let Some(name) = kfuncs::name(index) {
            return name.to_string();
        }
        let names = self.0.unmodelled_kfuncs.borrow();
        let name = index.checked_sub(kfuncs::count()).and_then(|i| names.get(i));
        name.cloned().unwrap_or_else(|| format!("kernel function #{id}"))
    }

    /// Adds a line to `trace_pipe`.
    pub fn print_line(&self, text: &str) {
        let m = self.machine();
        let text: Rc<str> = text.into();
        let line = PrintkLine {
            time_ns: m.now_ns(),
            cpu: m.current_cpu(),
            pid: m.current_pid(),
            comm: m.current_task().comm(),
            text: text.clone(),
        };
        self.0.outputs.borrow_mut().add_line(line, self.limits().output_records);
        m.emit_with(|| ProgEvent::Printk { text });
    }

    pub(crate) fn report_memory_fault(&self, prog: &LoadedProgram, fault: &sim::arena::MemFault) {
        report::report_memory(self.machine(), prog, fault);
    }

    pub(crate) fn add_perf_record(&self, record: PerfRecord) {
        let (map, cpu, data) = (record.map.clone(), record.cpu, record.data.clone());
        self.0.outputs.borrow_mut().add_record(record, self.limits().output_records);
        self.machine().emit_with(|| ProgEvent::PerfOutput { map, cpu, data });
    }
}

impl KernelNames for Bpf {
    fn function(&self, name: &str) -> Option<u32> {
        self.kernel_types().find_by_name_kind(name, Kind::Func).map(|ty| ty.id().0)
    }

    fn tracepoint(&self, name: &str) -> bool {
        self.kernel_types().find_by_name_kind(&format!("btf_trace_{name}"), Kind::Typedef).is_some()
    }
}
