//! What a user of hooks would notice, with native programs: order in a trampoline, replaced return values, missed runs, verdicts of
//! LSM hooks, contexts, and what the system calls return.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use async_trait::async_trait;
use programs::native::{AtomicCx, AtomicProgram, SleepableCx, SleepableProgram};
use programs::profile::{KernelVersion, Profile};
use programs::runtime::{Bpf, BpfConfig, LoadedProgram};
use sim::machine::{Machine, MachineConfig, Outcome};
use sim::mm::costs::Medium;
use sim::mm::file::FileObject;
use sim::mm::map::MapRequest;
use sim::mm::vma::Prot;
use sim::task::{TaskSpec, WaitReason};
use sim::uaccess;

use crate::attach::Target;
use crate::kernel::Kernel;

type Log = Rc<RefCell<Vec<String>>>;

/// An atomic program that notes its name and context, and returns a value.
struct Notes(&'static str, i64, Log);

impl AtomicProgram for Notes {
    fn run(&self, cx: &AtomicCx<'_>) -> i64 {
        let task = cx.machine().current_task();
        let (rcu, trace) = (task.ctx.rcu_depth.get(), task.ctx.rcu_trace_depth.get());
        self.2.borrow_mut().push(format!("{} rcu{rcu} trace{trace}", self.0));
        self.1
    }
}

/// A sleepable program that sleeps for a millisecond.
struct Sleeps(&'static str, Log);

#[async_trait(?Send)]
impl SleepableProgram for Sleeps {
    async fn run(&self, cx: &SleepableCx) -> i64 {
        self.1.borrow_mut().push(format!("{} in", self.0));
        cx.machine().sleep_ns(1_000_000, WaitReason::new("page_in")).await;
        self.1.borrow_mut().push(format!("{} out", self.0));
        0
    }
}

fn kernel(version: KernelVersion, nr_cpus: usize) -> Kernel {
    let mut profile = Profile::new(version);
    for option in ["FUNCTION_ERROR_INJECTION", "BPF_KPROBE_OVERRIDE", "LSM_LIST_HAS_BPF"] {
        profile.config.set(option, true).expect("a known option");
    }
    let machine = Machine::new(MachineConfig { nr_cpus, ..MachineConfig::default() });
    Kernel::new(Bpf::new(machine, BpfConfig::new(profile)))
}

fn atomic(kernel: &Kernel, section: &str, name: &'static str, ret: i64, log: &Log) -> Rc<LoadedProgram> {
    let program = kernel.bpf().load_native_atomic(name, section, Rc::new(Notes(name, ret, log.clone())));
    let program = program.unwrap_or_else(|e| panic!("{section}: {e}"));
    kernel.attach(&program).unwrap_or_else(|e| panic!("{section}: {e}"));
    program
}

fn sleepable(kernel: &Kernel, section: &str, name: &'static str, log: &Log) -> Rc<LoadedProgram> {
    let program = kernel.bpf().load_native_sleepable(name, section, Rc::new(Sleeps(name, log.clone())));
    let program = program.unwrap_or_else(|e| panic!("{section}: {e}"));
    kernel.attach(&program).unwrap_or_else(|e| panic!("{section}: {e}"));
    program
}

/// Runs `body` as a user task with one writable page, whose address it gets.
fn with_task<F: Future<Output = ()> + 'static>(
    kernel: &Kernel,
    comm: &str,
    body: impl FnOnce(Kernel, u64) -> F,
) {
    let m = kernel.machine();
    let mm = m.mm().new_mm();
    let page = m.mm().mmap(mm, &MapRequest::anon(4096, Prot::from_bits(3))).expect("an empty address space");
    m.spawn(TaskSpec { mm: Some(mm), ..TaskSpec::user(comm) }, body(kernel.clone(), page));
}

async fn put(kernel: &Kernel, addr: u64, bytes: &[u8]) {
    let mm = kernel.machine().current_task().mm.get().expect("a user task");
    uaccess::copy_to_user(kernel.machine(), mm, addr, bytes).await.expect("a writable page");
}

async fn get(kernel: &Kernel, addr: u64, len: usize) -> Vec<u8> {
    let mm = kernel.machine().current_task().mm.get().expect("a user task");
    let mut bytes = vec![0; len];
    uaccess::copy_from_user(kernel.machine(), mm, addr, &mut bytes).await.expect("a readable page");
    bytes
}

fn finish(kernel: &Kernel) {
    assert_eq!(kernel.machine().run(), Outcome::Complete, "{:?}", kernel.machine().who_waits());
    assert_eq!(*kernel.machine().findings(), []);
}

async fn sys(kernel: &Kernel, name: &str, args: &[u64]) -> i64 {
    kernel.syscall(name, args).await.expect("modelled")
}

#[test]
fn a_trampoline_runs_fentry_then_fmod_ret_then_fexit() {
    let (k, log) = (kernel(KernelVersion::V6_12, 1), Log::default());
    atomic(&k, "fexit/__x64_sys_getpgid", "after", 0, &log);
    atomic(&k, "fmod_ret/__x64_sys_getpgid", "passes", 0, &log);
    atomic(&k, "fmod_ret/__x64_sys_getpgid", "denies", -1, &log);
    atomic(&k, "fmod_ret/__x64_sys_getpgid", "not reached", -2, &log);
    atomic(&k, "fentry/__x64_sys_getpgid", "before", 0, &log);
    with_task(&k, "app", async |k: Kernel, _| assert_eq!(sys(&k, "getpgid", &[0]).await, -1));
    finish(&k);
    let order = ["before rcu1 trace0", "passes rcu1 trace0", "denies rcu1 trace0", "after rcu1 trace0"];
    assert_eq!(*log.borrow(), order);
}

#[test]
fn a_program_entered_twice_on_a_cpu_is_missed_since_6_1() {
    for (version, expected_misses) in
        [(KernelVersion::V5_10, 0), (KernelVersion::V6_1, 1), (KernelVersion::V7_2, 1)]
    {
        let (k, log) = (kernel(version, 1), Log::default());
        let program = sleepable(&k, "fentry.s/__x64_sys_getpgid", "p", &log);
        for comm in ["one", "two"] {
            with_task(&k, comm, async |k: Kernel, _| assert!(sys(&k, "getpgid", &[0]).await > 0));
        }
        finish(&k);
        assert_eq!(program.recursion_misses.get(), expected_misses, "{version}");
        assert!(program.active.iter().all(|count| count.get() == 0), "{version}: counters are balanced");
    }
}

#[test]
fn an_lsm_verdict_ends_the_call_and_needs_bpf_in_the_lsm_list() {
    for (in_list, expected) in [(true, -13), (false, 3)] {
        let mut profile = Profile::new(KernelVersion::V6_12);
        profile.config.set("LSM_LIST_HAS_BPF", in_list).expect("a known option");
        let machine = Machine::new(MachineConfig::default());
        let (k, log) = (Kernel::new(Bpf::new(machine, BpfConfig::new(profile))), Log::default());
        add_file(&k, "/etc/hosts", b"hosts");
        atomic(&k, "lsm/file_open", "deny", -13, &log);
        with_task(&k, "app", move |k: Kernel, page| async move {
            put(&k, page, b"/etc/hosts\0").await;
            assert_eq!(sys(&k, "openat", &[0, page, 0, 0]).await, expected);
        });
        finish(&k);
        assert_eq!(log.borrow().len(), usize::from(in_list));
    }
}

fn add_file(k: &Kernel, path: &str, contents: &[u8]) {
    let file = k.machine().mm().add_file(FileObject::regular(path, contents.to_vec(), Medium::Nvme));
    k.vfs_mut().add_file(path, file, 0o755);
}

#[test]
fn uprobe_arrays_run_under_tasks_trace_since_6_1() {
    let cases = [(KernelVersion::V5_10, "u rcu1 trace0"), (KernelVersion::V6_1, "u rcu1 trace1")];
    for (version, expected) in cases {
        let (k, log) = (kernel(version, 1), Log::default());
        atomic(&k, "uprobe//bin/app:f", "u", 0, &log);
        with_task(&k, "app", async |k: Kernel, _| k.uprobe("/bin/app:f", &[1, 2]).await);
        finish(&k);
        assert_eq!(*log.borrow(), [expected], "{version}");
    }
}

#[test]
fn kprobes_and_uprobes_attach_where_the_kernel_lets_them() {
    let (k, log) = (kernel(KernelVersion::V6_12, 1), Log::default());
    let program = k.bpf().load_native_sleepable("s", "kprobe.s/vfs_read", Rc::new(Sleeps("s", log.clone())));
    let refused = k.attach(&program.expect("loads since 6.1"));
    assert_eq!(refused.err().map(|e| e.errno.ret()), Some(-22));
    for n in 0..39 {
        let program = k.bpf().load_native_atomic("f", "fentry/vfs_read", Rc::new(Notes("f", 0, log.clone())));
        let attached = k.attach(&program.expect("loads"));
        assert_eq!(attached.is_ok(), n < 38, "program {n} of a trampoline");
    }
}

#[test]
fn files_are_created_written_read_and_removed() {
    let k = kernel(KernelVersion::V6_12, 1);
    add_file(&k, "/tmp/x", b"");
    with_task(&k, "app", |k: Kernel, page| async move {
        put(&k, page, b"/tmp/new\0").await;
        assert_eq!(sys(&k, "openat", &[0, page, 0, 0]).await, -2, "ENOENT");
        let fd = sys(&k, "openat", &[0, page, 0o102, 0o600]).await as u64;
        put(&k, page + 64, b"hello").await;
        assert_eq!(sys(&k, "write", &[fd, page + 64, 5]).await, 5);
        assert_eq!(sys(&k, "close", &[fd]).await, 0);
        assert_eq!(sys(&k, "close", &[fd]).await, -9, "EBADF");
        let fd = sys(&k, "openat", &[0, page, 0, 0]).await as u64;
        assert_eq!(sys(&k, "read", &[fd, page + 128, 100]).await, 5);
        assert_eq!(get(&k, page + 128, 5).await, b"hello");
        assert_eq!(sys(&k, "read", &[fd, 0, 100]).await, 0, "end of file");
        assert_eq!(sys(&k, "ioctl", &[fd, 1, 0]).await, -25, "ENOTTY");
        assert_eq!(sys(&k, "unlinkat", &[0, page, 0]).await, 0);
        assert_eq!(sys(&k, "unlinkat", &[0, page, 0]).await, -2);
        assert_eq!(sys(&k, "openat", &[0, 0xdead_0000, 0, 0]).await, -14, "EFAULT");
    });
    finish(&k);
}

#[test]
fn a_new_program_has_its_arguments_in_its_own_memory() {
    let k = kernel(KernelVersion::V5_10, 1);
    add_file(&k, "/bin/tool", b"text");
    with_task(&k, "sh", |k: Kernel, page| async move {
        put(&k, page, b"/bin/tool\0--all\0").await;
        put(&k, page + 64, &[page.to_le_bytes(), (page + 10).to_le_bytes(), [0; 8]].concat()).await;
        assert_eq!(sys(&k, "execve", &[page, page + 64, 0]).await, 0);
        let task = k.machine().current_task();
        assert_eq!(&*task.comm(), "tool");
        let addr = k.bpf().kobjs().task(k.machine(), &task).expect("task_struct");
        let mm = k.bpf().kobjs().get(k.machine(), addr, "mm").expect("mm");
        let start = k.bpf().kobjs().get(k.machine(), mm, "arg_start").expect("arg_start");
        assert_eq!(get(&k, start, 16).await, b"/bin/tool\0--all\0");
    });
    finish(&k);
}

#[test]
fn a_child_has_its_own_copy_of_memory() {
    let k = kernel(KernelVersion::V6_12, 2);
    with_task(&k, "parent", |k: Kernel, page| async move {
        put(&k, page, b"before").await;
        let child = k.fork(move |k| async move {
            assert_eq!(get(&k, page, 6).await, b"before");
            put(&k, page, b"child!").await;
        });
        let child = child.await.expect("forks");
        k.machine().join(child).await;
        assert_eq!(get(&k, page, 6).await, b"before");
    });
    finish(&k);
}

#[test]
fn small_calls_return_what_linux_returns() {
    let k = kernel(KernelVersion::V7_2, 1);
    with_task(&k, "app", |k: Kernel, page| async move {
        let pid = i64::from(k.machine().current_pid().0);
        assert_eq!(sys(&k, "getpid", &[]).await, pid);
        assert_eq!(sys(&k, "getpgid", &[99_999]).await, -3, "ESRCH");
        put(&k, page, b"lab").await;
        assert_eq!(sys(&k, "setdomainname", &[page, 3]).await, 0);
        assert_eq!(sys(&k, "setdomainname", &[page, 65]).await, -22);
        assert_eq!(k.domain_name(), b"lab");
        put(&k, page, &[1_u64.to_le_bytes(), 500_u64.to_le_bytes()].concat()).await;
        let before = k.machine().now_ns();
        assert_eq!(sys(&k, "nanosleep", &[page, 0]).await, 0);
        assert!(k.machine().now_ns() - before >= 1_000_000_500);
        let at = sys(&k, "mmap", &[0, 8192, 3, 0x22, u64::MAX, 0]).await as u64;
        put(&k, at + 4096, b"x").await;
        assert_eq!(sys(&k, "mprotect", &[at, 4096, 1]).await, 0);
        assert_eq!(sys(&k, "madvise", &[at + 4096, 4096, 4]).await, 0);
        assert_eq!(get(&k, at + 4096, 1).await, [0], "MADV_DONTNEED gives zeros");
        assert_eq!(sys(&k, "munmap", &[at, 8192]).await, 0);
        assert_eq!(sys(&k, "read", &[0, page, 1]).await, -9);
        assert!(k.syscall("mount", &[]).await.is_err(), "not modelled is said");
    });
    finish(&k);
}

#[test]
fn a_datagram_to_this_machine_passes_egress_and_ingress_hooks() {
    let (k, log) = (kernel(KernelVersion::V6_12, 1), Log::default());
    for (section, target) in [("tc", Target::TcEgress("lo".into())), ("tc", Target::TcIngress("lo".into()))] {
        let program =
            k.bpf().load_native_atomic("tc", section, Rc::new(Notes("tc", 0, log.clone()))).expect("loads");
        k.attach_to(&program, target, 0).expect("attaches");
    }
    atomic(&k, "cgroup_skb/egress", "cgroup", 1, &log);
    with_task(&k, "app", |k: Kernel, page| async move {
        let fd = sys(&k, "socket", &[2, 2, 0]).await as u64;
        put(&k, page, &[2, 0, 0, 53, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]).await;
        assert_eq!(sys(&k, "connect", &[fd, page, 16]).await, 0);
        put(&k, page + 64, b"hello").await;
        assert_eq!(sys(&k, "sendto", &[fd, page + 64, 5, 0, 0, 0]).await, 5);
    });
    finish(&k);
    assert_eq!(*log.borrow(), ["cgroup rcu1 trace0", "tc rcu1 trace0", "tc rcu1 trace0"]);
}
