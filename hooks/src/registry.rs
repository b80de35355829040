//! Who is attached where.
//!
//! Key types: [`Target`] names an attach point, [`Link`] is one attachment, [`Registry`] maps one to the other. A fire takes a
//! snapshot of the links (`Rc<[Rc<Link>]>`), so attaching or detaching meanwhile changes later fires only, as replacing a program
//! array or a trampoline image does in a kernel.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use programs::runtime::LoadedProgram;
use sim::ids::Pid;

/// Number of an attachment, in order of attaching.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkId(pub u32);

/// An attach point.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Before a kernel function, through its trampoline.
    Fentry(String),
    /// After it; sees the return value.
    Fexit(String),
    /// Before it; a non-zero return value replaces the function.
    FmodRet(String),
    /// An LSM hook, by its name without `bpf_lsm_`.
    Lsm(String),
    /// A kernel function's first instruction, by breakpoint or ftrace.
    Kprobe(String),
    /// A kernel function's return.
    Kretprobe(String),
    /// A function in user space.
    Uprobe(String),
    /// Its return.
    Uretprobe(String),
    /// A tracepoint with its record as context, e.g. `syscalls/sys_enter_openat`.
    Tracepoint(String),
    /// A tracepoint with its arguments as context (`raw_tp` and `tp_btf`).
    RawTracepoint(String),
    /// The driver's receive path of a device.
    Xdp(String),
    /// Traffic control, on the way in.
    TcIngress(String),
    /// Traffic control, on the way out.
    TcEgress(String),
    /// A socket's filter, by the port the socket is bound to; `None`: of every socket of this machine.
    SocketFilter(Option<u16>),
    /// Packets of a cgroup's sockets, on the way in.
    CgroupIngress,
    /// The same, on the way out.
    CgroupEgress,
    /// Run by hand through `BPF_PROG_TEST_RUN` (`syscall` programs).
    TestRun,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, name): (&str, &str) = match self {
            Target::Fentry(name) => ("fentry", name),
            Target::Fexit(name) => ("fexit", name),
            Target::FmodRet(name) => ("fmod_ret", name),
            Target::Lsm(name) => ("lsm", name),
            Target::Kprobe(name) => ("kprobe", name),
            Target::Kretprobe(name) => ("kretprobe", name),
            Target::Uprobe(name) => ("uprobe", name),
            Target::Uretprobe(name) => ("uretprobe", name),
            Target::Tracepoint(name) => ("tp", name),
            Target::RawTracepoint(name) => ("raw_tp", name),
            Target::Xdp(name) => ("xdp", name),
            Target::TcIngress(name) => ("tc/ingress", name),
            Target::TcEgress(name) => ("tc/egress", name),
            Target::SocketFilter(None) => return f.write_str("socket"),
            Target::SocketFilter(Some(port)) => return write!(f, "socket/port {port}"),
            Target::CgroupIngress => return f.write_str("cgroup_skb/ingress"),
            Target::CgroupEgress => return f.write_str("cgroup_skb/egress"),
            Target::TestRun => return f.write_str("test_run"),
        };
        write!(f, "{kind}/{name}")
    }
}

/// One attached program.
pub struct Link {
    pub id: LinkId,
    pub target: Target,
    pub program: Rc<LoadedProgram>,
    /// What `bpf_get_attach_cookie()` returns.
    pub cookie: u64,
    pub(crate) detached: Cell<bool>,
    /// Fires only in this task, as a perf event that was opened for it.
    only: Cell<Option<Pid>>,
}

impl Link {
    /// From now on the program runs only when this task hits the probe (`perf_event_open(2)` with a pid).
    pub fn limit_to(&self, pid: Pid) {
        self.only.set(Some(pid));
    }

    pub(crate) fn fires_in(&self, pid: Pid) -> bool {
        self.only.get().is_none_or(|only| only == pid)
    }
}

/// Makes a target of one kind from a name.
pub type TargetKind = fn(String) -> Target;

/// The links of one target, in the order of attaching.
pub type Links = Rc<[Rc<Link>]>;

/// Everything that is attached to one kernel function: what a call of it looks up, once.
pub struct FunctionLinks {
    pub name: Rc<str>,
    pub kprobe: Links,
    pub fentry: Links,
    pub fmod_ret: Links,
    pub fexit: Links,
    pub kretprobe: Links,
}

impl FunctionLinks {
    fn is_empty(&self) -> bool {
        [&self.kprobe, &self.fentry, &self.fmod_ret, &self.fexit, &self.kretprobe]
            .iter()
            .all(|links| links.is_empty())
    }
}

/// All attachments.
#[derive(Default)]
pub struct Registry {
    points: RefCell<BTreeMap<Target, Links>>,
    next: Cell<u32>,
    live: Cell<usize>,
    /// Derived from `points`: kernel functions with links.
    functions: RefCell<BTreeMap<Rc<str>, Rc<FunctionLinks>>>,
    /// Derived from `points`: user functions with links on their entry.
    user_functions: RefCell<BTreeMap<Rc<str>, Links>>,
}

impl Registry {
    /// The links of a target, in the order of attaching. `None`: nobody, the common case.
    pub fn links(&self, target: &Target) -> Option<Links> {
        self.points.borrow().get(target).filter(|links| !links.is_empty()).cloned()
    }

    /// What is attached to a kernel function.
    pub fn function(&self, name: &str) -> Option<Rc<FunctionLinks>> {
        self.functions.borrow().get(name).cloned()
    }

    /// What is attached to the entry of a user function.
    pub fn user_function(&self, name: &str) -> Option<Links> {
        self.user_functions.borrow().get(name).cloned()
    }

    /// Brings the derived tables up to date with a target that changed.
    fn refresh(&self, target: &Target) {
        let name: Rc<str> = match target {
            Target::Fentry(name)
            | Target::Fexit(name)
            | Target::FmodRet(name)
            | Target::Kprobe(name)
            | Target::Kretprobe(name) => name.as_str().into(),
            Target::Uprobe(name) => {
                let links = self.links(target);
                let mut table = self.user_functions.borrow_mut();
                return match links {
                    Some(links) => drop(table.insert(name.as_str().into(), links)),
                    None => drop(table.remove(name.as_str())),
                };
            }
            _ => return,
        };
        let of = |kind: TargetKind| self.links(&kind(name.to_string())).unwrap_or_default();
        let links = FunctionLinks {
            name: name.clone(),
            kprobe: of(Target::Kprobe),
            fentry: of(Target::Fentry),
            fmod_ret: of(Target::FmodRet),
            fexit: of(Target::Fexit),
            kretprobe: of(Target::Kretprobe),
        };
        let mut functions = self.functions.borrow_mut();
        if links.is_empty() {
            functions.remove(&name)
        } else {
            functions.insert(name, Rc::new(links))
        };
    }

    /// Nobody is attached anywhere.
    pub fn is_empty(&self) -> bool {
        self.live.get() == 0
    }

    /// How many links a target has.
    pub fn count(&self, target: &Target) -> usize {
        self.points.borrow().get(target).map_or(0, |links| links.len())
    }

    /// All links, by target.
    pub fn all(&self) -> Vec<Rc<Link>> {
        self.points.borrow().values().flat_map(|links| links.iter().cloned()).collect()
    }

    pub(crate) fn add(&self, target: Target, program: Rc<LoadedProgram>, cookie: u64) -> Rc<Link> {
        let id = LinkId(self.next.get() + 1);
        self.next.set(id.0);
        self.live.set(self.live.get() + 1);
        let link = Rc::new(Link {
            id,
            target: target.clone(),
            program,
            cookie,
            detached: Cell::new(false),
            only: Cell::new(None),
        });
        let mut points = self.points.borrow_mut();
        let old = points.get(&target).cloned().unwrap_or_default();
        points.insert(target, old.iter().cloned().chain([link.clone()]).collect());
        drop(points);
        self.refresh(&link.target);
        link
    }

    pub(crate) fn remove(&self, id: LinkId) -> Option<Rc<Link>> {
        let mut points = self.points.borrow_mut();
        let (target, link) = points.iter().find_map(|(target, links)| {
            Some((target.clone(), links.iter().find(|link| link.id == id)?.clone()))
        })?;
        let rest: Links = points[&target].iter().filter(|link| link.id != id).cloned().collect();
        points.insert(target, rest);
        drop(points);
        self.refresh(&link.target);
        link.detached.set(true);
        self.live.set(self.live.get() - 1);
        Some(link)
    }
}
