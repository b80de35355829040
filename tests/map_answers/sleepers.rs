//! A sleepable program holds an element while user space changes the map; what it sees then, and whether it loads at all.
//!
//! The recording's programs (`data/map_answers/sleeper`) run here from the same object files, on a uprobe, and wait for a page of a
//! userfaultfd, as there. On 5.10 they are only loaded.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use hooks::{Kernel, Target};
use maps::map::Map;
use maps::rules::MapKernel;
use programs::object::load_object;
use programs::runtime::{LoadError, MapHandle};
use sim::ids::MmId;
use sim::machine::Machine;
use sim::mm::{MapRequest, PAGE_SIZE, Prot, UffdId};
use sim::task::{TaskSpec, WaitReason};

use crate::elements::kernel;
use crate::guest::Guest;
use crate::record::{Row, rows, sections};
use crate::verdict::{Said, Tally};

const RECORDING: &str = include_str!("../data/map_answers_sleepers.csv");
const FUNCTION: &str = "/init:trigger";
/// How often the two tasks look for each other.
const POLL_NS: u64 = 100_000;

macro_rules! objects {
    ($($kind:literal)*) => {
        const OBJECTS: &[(&str, &[u8])] =
            &[$(($kind, include_bytes!(concat!("../data/map_answers/sleeper/", $kind, ".bpf.o")))),*];
    };
}

objects! {
    "array" "hash" "hash_np" "lru" "lru_local" "percpu_array" "percpu_hash" "percpu_hash_np" "lru_percpu" "lpm" "array_of_maps" "hash_of_maps"
    "task_storage" "queue" "stack" "ringbuf" "rhash"
}

/// Offsets in `io` of `sleeper.bpf.c`.
mod io {
    pub const PAGE: u64 = 0;
    pub const PID: u64 = 8;
    pub const KEY: u64 = 12;
    pub const FOUND: u64 = 16;
    pub const AGAIN: u64 = 20;
    pub const BEFORE: u64 = 24;
    pub const HELD: u64 = 32;
    pub const SECOND: u64 = 40;
    pub const RET: u64 = 56;
    pub const BYTES: usize = 72;
}

/// What the two tasks share: the one that runs the program, and the one that runs the script.
struct Sleeper {
    k: Kernel,
    version: MapKernel,
    mm: MmId,
    pid: Cell<u32>,
    go: Cell<bool>,
    done: Cell<bool>,
    end: Cell<bool>,
    io: Cell<u64>,
    page: Cell<u64>,
    uffd: Cell<Option<UffdId>>,
    map: RefCell<Option<Rc<dyn Map>>>,
}

impl Sleeper {
    fn new(k: Kernel, version: MapKernel, mm: MmId) -> Sleeper {
        Sleeper {
            k,
            version,
            mm,
            pid: Cell::default(),
            go: Cell::default(),
            done: Cell::new(true),
            end: Cell::default(),
            io: Cell::default(),
            page: Cell::default(),
            uffd: Cell::default(),
            map: RefCell::default(),
        }
    }

    fn m(&self) -> &Machine {
        self.k.machine()
    }

    async fn pause(&self) {
        self.m().sleep_ns(POLL_NS, WaitReason::new("nanosleep")).await;
    }

    /// The first thread of the process.
    async fn serve(&self) {
        self.pid.set(self.m().current_task().pid.0);
        while !self.end.get() {
            if self.go.take() {
                self.k.uprobe(FUNCTION, &[]).await;
                self.done.set(true);
            }
            self.pause().await;
        }
    }

    /// 5.10 has no sleepable uprobe: there the program is only loaded.
    fn runs(&self) -> bool {
        self.version != MapKernel::V5_10
    }

    fn load(&self, kind: &str) -> Result<(), LoadError> {
        let (_, bytes) = OBJECTS.iter().find(|(name, _)| *name == kind).expect("every kind has an object");
        let object = load_object(bytes, kind).expect("our own object");
        let name = if self.runs() { "u" } else { "l" };
        let maps: Rc<[MapHandle]> = self.k.bpf().create_maps(&object)?;
        let spec =
            object.programs.iter().find(|spec| spec.name == name).expect("the object has both programs");
        let program = self.k.bpf().load_program(&object, spec, &maps)?;
        if self.runs() {
            self.k.attach_to(&program, Target::Uprobe(FUNCTION.into()), 0).expect("a uprobe");
        }
        let bss = maps.iter().find(|map| map.name.ends_with(".bss")).expect("io is in .bss");
        self.io.set(bss.map.direct_value().expect("an array of one element"));
        let held = maps.iter().find(|map| &*map.name == "m").expect("the object has a map m");
        *self.map.borrow_mut() = Some(held.map.clone());
        Ok(())
    }

    fn field(&self, offset: u64, bytes: u8) -> u64 {
        self.m().arena().load(self.io.get() + offset, bytes).expect("io is live")
    }

    async fn hold(&self, key: u64) -> String {
        let m = self.m();
        let page = m.mm().mmap(self.mm, &MapRequest::anon(PAGE_SIZE, Prot::RW)).expect("room for a page");
        let uffd = m.mm().uffd_create(false);
        m.mm().uffd_register(uffd, self.mm, page, PAGE_SIZE).expect("an anonymous page can be registered");
        {
            let mut arena = m.arena_mut();
            arena.write(self.io.get(), &[0; io::BYTES]).expect("io is live");
            let fields = [(io::PAGE, 8, page), (io::PID, 4, self.pid.get().into()), (io::KEY, 4, key)];
            for (offset, bytes, value) in fields {
                arena.store(self.io.get() + offset, bytes, value).expect("io is live");
            }
        }
        self.page.set(page);
        self.uffd.set(Some(uffd));
        self.done.set(false);
        self.go.set(true);
        while !self.done.get() {
            if m.mm().uffd_read(uffd).is_some() {
                return "1".into();
            }
            self.pause().await;
        }
        "0".into()
    }

    async fn resume(&self) -> String {
        let m = self.m();
        if !self.done.get() {
            let uffd = self.uffd.get().expect("the program waits for it");
            let now = m.now_ns();
            let page = vec![0x5a; PAGE_SIZE as usize];
            let resolved = m.mm().uffd_copy(uffd, self.mm, self.page.get(), &page, now);
            resolved.expect("the page is missing").wake.into_iter().for_each(|task| m.wake(task));
        }
        while !self.done.get() {
            self.pause().await;
        }
        format!(
            "found={} before={} held={} again={} second={} ret={}",
            self.field(io::FOUND, 4),
            self.field(io::BEFORE, 8),
            self.field(io::HELD, 8),
            self.field(io::AGAIN, 4),
            self.field(io::SECOND, 8),
            self.field(io::RET, 8) as i64
        )
    }

    /// Positions of a ring buffer and its first record.
    fn ring(&self) -> String {
        let map = self.map.borrow().clone().expect("a map is loaded");
        let ring = map.as_ringbuf().expect("it is a ring buffer");
        let arena = self.m().arena();
        let at =
            |offset, bytes| arena.load(ring.data_addr() + offset, bytes).expect("the ring's memory is live");
        let (producer, consumer) = (ring.query(3), ring.query(2));
        format!("producer={producer} consumer={consumer} header={:#x} value={}", at(0, 4), at(8, 8))
            .replace("=0x0 ", "=0 ")
    }
}

/// One word of the script that the plain guest does not know.
async fn said(sleeper: &Sleeper, guest: &mut Guest, words: &[&str]) -> Said {
    match words[0] {
        "load" => match sleeper.load(words[1]) {
            Ok(()) => {
                let map = sleeper.map.borrow().clone().expect("just loaded");
                guest.insert("m", &map);
                Said::Answer("0".into())
            }
            Err(e) => match e.errno() {
                Some(errno) if e.what == "map" => Said::Answer(format!("{} no map", errno.ret())),
                Some(errno) => Said::Answer(format!("{} {}", errno.ret(), e.message().replace(',', ";"))),
                None => Said::NotModelled(e.message().to_string()),
            },
        },
        "hold" => Said::Answer(sleeper.hold(words[1].parse().expect("a key")).await),
        "resume" => Said::Answer(sleeper.resume().await),
        "ring" => Said::Answer(sleeper.ring()),
        "sleep" => {
            let ms: u64 = words[1].parse().expect("milliseconds");
            sleeper.m().sleep_ns(ms * 1_000_000, WaitReason::new("nanosleep")).await;
            Said::Answer("0".into())
        }
        _ => guest.run(words).await,
    }
}

async fn run_script(
    sleeper: Rc<Sleeper>,
    mut guest: Guest,
    operations: Vec<String>,
    out: Rc<RefCell<Vec<Said>>>,
) {
    // Of a program that cannot run nothing else is asked; the recording has a dash.
    let mut cannot_run = None;
    for operation in operations {
        let words: Vec<&str> = operation.split_whitespace().collect();
        let answer = match &cannot_run {
            Some(otherwise) if words[0] != "#" => Said::clone(otherwise),
            _ => said(&sleeper, &mut guest, &words).await,
        };
        if words[0] == "load" {
            cannot_run = match &answer {
                Said::Answer(text) if text == "0" && sleeper.runs() => None,
                Said::Answer(_) => Some(Said::Answer("-".into())),
                _ => Some(Said::NotAsked),
            };
        }
        out.borrow_mut().push(answer);
    }
    sleeper.end.set(true);
}

fn replay(version: MapKernel, section: &[Row<'_>]) -> Vec<Said> {
    let k = kernel(version);
    let m = k.machine().clone();
    let mm = m.mm().new_mm();
    let operations = section.iter().map(|row| row.operation.to_string()).collect();
    let out = Rc::new(RefCell::new(Vec::new()));
    let sleeper = Rc::new(Sleeper::new(k.clone(), version, mm));
    let task = |name| TaskSpec { mm: Some(mm), affinity: 1, ..TaskSpec::user(name) };
    let first = sleeper.clone();
    let first = m.spawn(task("sleeper"), async move { first.serve().await });
    let mut guest = Guest::new(k, version, mm);
    guest.first = Some(first);
    m.spawn(task("guest"), run_script(sleeper, guest, operations, out.clone()));
    m.run();
    let out = out.take();
    assert_eq!(out.len(), section.len(), "{:?} stopped: {:?}", section[0].operation, m.findings());
    out
}

#[test]
fn every_sleeper_sees_what_was_recorded() {
    let rows = rows(RECORDING);
    let mut tally = Tally::default();
    let mut replayed = 0;
    for version in MapKernel::ALL {
        for section in sections(&rows) {
            let title = section[0].operation.trim_start_matches("# ");
            let kind = title.split(':').next().unwrap_or(title);
            for (row, said) in section.iter().zip(replay(version, section)) {
                tally.add(version, kind, title, row, &said);
            }
            replayed += section.len();
        }
    }
    tally.judge("map_answers_sleepers.csv", replayed);
}
