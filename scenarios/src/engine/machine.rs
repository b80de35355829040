//! The empty kernel that a scenario asks for: CPUs, scheduler, limits, memory, profile, types.

use std::rc::Rc;

use hooks::Kernel;
use programs::btf::Btf;
use programs::profile::Profile;
use programs::runtime::{Bpf, BpfConfig, KernelTypes};
use sim::machine::{GracePeriodModel, Machine, MachineConfig, Policy};
use sim::mm::costs::{Medium, PageInCosts};
use sim::mm::rules::MmRules;
use sim::mm::swap::SwapBacking;
use sim::mm::{MIN_FRAMES, MmConfig, SwapConfig};

use super::problem::Problems;
use crate::diag::catalogue::input::{OBJECT, OUT_OF_RANGE};
use crate::file::{Dur, PageState, Scenario, Scheduler, Sp, Swap};
use crate::run::Job;

/// Files lie on flash, 80 us a page: most machines that run BPF have NVMe. `memory.costs.file` changes it.
pub(super) const FILE_MEDIUM: Medium = Medium::Nvme;
/// Swap on disk is on slower flash, 150 us a page. `memory.costs.swap_disk` changes it.
const SWAP_MEDIUM: Medium = Medium::Ssd;
const SWAP_DISK: SwapBacking = SwapBacking::Disk(SWAP_MEDIUM);

/// Builds the kernel, without programs and tasks.
pub(super) fn build(job: &Job<'_>, problems: &mut Problems) -> Option<Kernel> {
    let scenario = job.scenario;
    let kernel_types = kernel_types(job, problems)?;
    let mm = memory(job, problems)?;
    let mut profile = Profile::new(job.kernel.version());
    let on = scenario.config.function_error_injection;
    profile.config.set("FUNCTION_ERROR_INJECTION", on).expect("the option is in the table");
    profile.config.set("BPF_KPROBE_OVERRIDE", on).expect("the option is in the table");
    // Scenarios are about kernels booted with `lsm=…,bpf`, which 5.10 needs and later ones do by themselves.
    profile.config.set("LSM_LIST_HAS_BPF", true).expect("the option is in the table");
    let machine = Machine::new(MachineConfig {
        nr_cpus: scenario.cpus.value as usize,
        seed: job.seed,
        policy: match (job.schedule, scenario.scheduler) {
            (Some(schedule), _) => Policy::Replay(schedule.clone()),
            (None, Scheduler::RoundRobin) => Policy::RoundRobin,
            (None, Scheduler::Random) => Policy::Random,
        },
        time_limit_ns: scenario.time_limit.value.0,
        event_limit: usize::try_from(scenario.event_limit.value.0).unwrap_or(usize::MAX),
        mm,
        rcu: grace_periods(job),
        ..MachineConfig::default()
    });
    let mut config = BpfConfig::new(profile);
    config.limits.insn_budget = scenario.instruction_budget.value.0;
    config.verify = scenario.verify;
    if let Some(types) = kernel_types {
        config.kernel_types = KernelTypes::Whole(Rc::new(types));
    }
    Some(Kernel::new(Bpf::new(machine, config)))
}

fn grace_periods(job: &Job<'_>) -> GracePeriodModel {
    let name = job.kernel.name();
    let mut model = GracePeriodModel::for_kernel(name).expect("every profile has grace-period rules");
    if let Some(timeout) = &job.scenario.config.stall_timeout {
        (model.classic.stall_ns, model.trace.stall_ns) = (Some(timeout.value.0), Some(timeout.value.0));
    }
    model
}

/// The types that the scenario brings along; the inner `None` means the built-in ones.
fn kernel_types(job: &Job<'_>, problems: &mut Problems) -> Option<Option<Btf>> {
    let Some(name) = &job.scenario.vmlinux else { return Some(None) };
    let bytes = job.inputs.get(&name.value)?;
    match Btf::parse(bytes) {
        Ok(btf) => Some(Some(btf)),
        Err(error) => {
            problems.at(OBJECT, &name.span, format!("`{}` is no raw BTF: {error}", name.value), "this file");
            None
        }
    }
}

fn memory(job: &Job<'_>, problems: &mut Problems) -> Option<MmConfig> {
    let memory = &job.scenario.memory;
    let default = MmConfig::default();
    let frame_limit = match &memory.frames {
        None => default.frame_limit,
        Some(frames) if frames.value >= MIN_FRAMES as u64 && frames.value <= u64::from(u32::MAX) => {
            frames.value as usize
        }
        Some(frames) => {
            let message = format!("a machine needs {MIN_FRAMES} to {} frames", u32::MAX);
            problems.at(OUT_OF_RANGE, &frames.span, message, "not possible");
            return None;
        }
    };
    Some(MmConfig {
        rules: MmRules::for_kernel(job.kernel.name()).expect("every profile has memory rules"),
        costs: costs(job.scenario),
        frame_limit,
        swap: swap_areas(job.scenario),
    })
}

fn costs(scenario: &Scenario) -> PageInCosts {
    let given = &scenario.memory.costs;
    let or = |given: &Option<Sp<Dur>>, default: u64| given.as_ref().map_or(default, |cost| cost.value.0);
    let default = PageInCosts::default();
    PageInCosts {
        minor_ns: or(&given.zero_fill, or(&given.cached, default.minor_ns)),
        copy_page_ns: or(&given.copy, default.copy_page_ns),
        zram_load_ns: or(&given.swap_zram, default.zram_load_ns),
        ssd_ns: or(&given.swap_disk, default.ssd_ns),
        nvme_ns: or(&given.file, default.nvme_ns),
        ..default
    }
}

/// The area that the scenario names, and behind it one that just holds the pages that regions put elsewhere.
fn swap_areas(scenario: &Scenario) -> Vec<SwapConfig> {
    let pages = |wanted: PageState| {
        let regions = scenario.tasks.iter().flat_map(|task| &task.regions);
        let of_region = |region: &crate::file::Region| match region.state.as_slice() {
            [one] if one.value == wanted => {
                region.pages.as_ref().map_or(MOST_IMPLIED_PAGES, |pages| pages.value)
            }
            several => several.iter().filter(|state| state.value == wanted).count() as u64,
        };
        u32::try_from(regions.map(|region| of_region(region)).sum::<u64>()).unwrap_or(u32::MAX)
    };
    let main = main_swap(scenario).map(|backing| SwapConfig { backing, pages: u32::MAX });
    let others = [(SWAP_DISK, PageState::SwappedDisk), (SwapBacking::Zram, PageState::SwappedZram)];
    let others = others
        .into_iter()
        .filter(|(backing, _)| main_swap(scenario) != Some(*backing))
        .map(|(backing, state)| SwapConfig { backing, pages: pages(state) })
        .filter(|area| area.pages > 0);
    main.into_iter().chain(others).collect()
}

/// Room in the extra area for a region whose length comes from its contents.
const MOST_IMPLIED_PAGES: u64 = 1 << 16;

/// The swap device of the machine.
pub(super) fn main_swap(scenario: &Scenario) -> Option<SwapBacking> {
    match scenario.memory.swap.value {
        Swap::None => None,
        Swap::Zram => Some(SwapBacking::Zram),
        Swap::Disk => Some(SWAP_DISK),
    }
}

/// Where a page in this state lies.
pub(super) fn swap_of(scenario: &Scenario, state: PageState) -> Option<SwapBacking> {
    match state {
        PageState::SwappedDisk => Some(SWAP_DISK),
        PageState::SwappedZram => Some(SwapBacking::Zram),
        _ => main_swap(scenario),
    }
}
