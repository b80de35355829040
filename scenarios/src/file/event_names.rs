//! Names of all events, so that an expectation about a misspelt one is an error and not a count of zero. A test compares the list
//! with the sources of the crates that emit events.

/// Every name that an event can have, in order of the alphabet.
pub const EVENT_NAMES: &[&str] = &[
    "block_begin",
    "block_end",
    "bpf_async_free",
    "bpf_attach",
    "bpf_call",
    "bpf_detach",
    "bpf_override_return",
    "bpf_perf_output",
    "bpf_prog_load",
    "bpf_prog_missed",
    "bpf_prog_run_begin",
    "bpf_prog_run_end",
    "bpf_redirect",
    "bpf_redirect_map",
    "bpf_res_spin_lock_failed",
    "bpf_spin_wait",
    "bpf_task_work_add",
    "bpf_timer_cancel",
    "bpf_timer_dropped",
    "bpf_timer_expire",
    "bpf_timer_start",
    "bpf_trace_printk",
    "bpf_wq_queue",
    "finding",
    "grace_period_begin",
    "grace_period_end",
    "grace_period_holders",
    "grace_period_holdout",
    "grace_period_holdout_left",
    "grace_period_scan",
    "grace_period_stage",
    "hook_begin",
    "hook_end",
    "irq_handler_entry",
    "irq_handler_exit",
    "lock_order",
    "map_alloc_failed",
    "map_delete",
    "map_element_freed",
    "map_element_reused",
    "map_evict",
    "map_freed",
    "map_grace_period_queued",
    "map_inner_held",
    "map_inner_out",
    "map_owner_gone",
    "map_recycled_access",
    "map_recycled_under_reader",
    "map_refill",
    "map_resize",
    "map_unreferenced",
    "map_update",
    "mark",
    "nmi_entry",
    "nmi_exit",
    "override_return",
    "packet",
    "page_fault_begin",
    "page_fault_end",
    "page_fault_refused",
    "printk",
    "rcu_callbacks_invoked",
    "rcu_lazy_queued",
    "rcu_lazy_timer",
    "ringbuf_commit",
    "ringbuf_full",
    "ringbuf_reserve",
    "sched_process_exit",
    "sched_switch",
    "sched_wakeup",
    "softirq_entry",
    "softirq_exit",
    "step",
    "sys_enter",
    "sys_exit",
    "task_newtask",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::EVENT_NAMES;
    use crate::result::{EVENT_ENTER, EVENT_EXIT, EVENT_MARK};

    fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !path.ends_with("export/tests.rs")
            {
                found.push(path);
            }
        }
    }

    /// Literals after `=>` in the text up to the end of the function that begins there.
    fn literals(function: &str) -> impl Iterator<Item = &str> {
        let body = function.split("\n    }\n").next().unwrap();
        let body = body.split("\n}\n").next().unwrap();
        body.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next())
    }

    #[test]
    fn the_list_is_what_the_crates_emit() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut files = Vec::new();
        for krate in ["sim", "maps", "programs", "hooks", "scenarios"] {
            sources(&root.join(krate).join("src"), &mut files);
        }
        let mut emitted: BTreeSet<String> = [EVENT_ENTER, EVENT_EXIT, EVENT_MARK].map(str::to_owned).into();
        for file in files {
            let text = fs::read_to_string(&file).unwrap().replace("\r\n", "\n");
            for payload in text.split("\nimpl Payload for ").skip(1) {
                emitted.extend(literals(payload.split("fn name(&self)").nth(1).unwrap()).map(str::to_owned));
                if payload.contains("irq_name(") {
                    let names = text.split("fn irq_name(").nth(1).unwrap();
                    emitted.extend(literals(names).map(str::to_owned));
                }
            }
        }
        let listed: BTreeSet<String> = EVENT_NAMES.iter().map(|name| (*name).to_owned()).collect();
        assert!(EVENT_NAMES.is_sorted() && listed.len() == EVENT_NAMES.len(), "sorted, each once");
        let difference =
            |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
        assert_eq!(difference(&emitted, &listed), Vec::<String>::new(), "emitted, but not in the list");
        assert_eq!(difference(&listed, &emitted), Vec::<String>::new(), "in the list, but emitted by nobody");
    }
}
