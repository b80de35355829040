//! The recording's guest program, carried out on the simulator: a task that makes `bpf(2)` calls (`data/map_answers/guest/main.c`).

use std::collections::BTreeMap;
use std::rc::Rc;

use hooks::Kernel;
use hooks::process::Fd;
use maps::map::Map;
use maps::rules::MapKernel;
use sim::ids::{MmId, TaskId};
use sim::mm::{MapRequest, PAGE_SIZE, Prot};
use sim::{finding, uaccess};

use crate::definition::{Named, Names, definition, number, word};
use crate::objects::object;
use crate::verdict::Said;

/// What the guest has open under a name.
pub struct Slot {
    pub fd: i64,
    pub named: Named,
    /// Of a map or program; another number for the rest.
    id: u32,
    key: usize,
    value: usize,
    percpu: bool,
    /// What the last batch gave as its end.
    batch: Vec<u8>,
}

/// The guest's memory and descriptors.
pub struct Guest {
    pub k: Kernel,
    pub version: MapKernel,
    mm: MmId,
    attr: u64,
    keys: u64,
    values: u64,
    scratch: u64,
    /// The task that a pidfd means, if not the one that carries out the script.
    pub first: Option<TaskId>,
    /// The script uses sockets, files and cgroups as owners of storage.
    pub needs_owners: bool,
    pub slots: BTreeMap<String, Slot>,
}

const BUFFER: u64 = 1 << 20;
/// Ids of what is no map.
const FIRST_ID: u32 = 10_000;
const BAD_ADDRESS: u64 = 1;
/// Bytes of a batch's end that the guest keeps.
const BATCH_BYTES: usize = 512;

impl Guest {
    pub fn new(k: Kernel, version: MapKernel, mm: MmId) -> Guest {
        let buffer = |bytes| {
            let request = MapRequest::anon(bytes, Prot::RW);
            k.machine().mm().mmap(mm, &request).expect("a fresh address space has room")
        };
        let (attr, keys, values, scratch) =
            (buffer(PAGE_SIZE), buffer(BUFFER), buffer(BUFFER), buffer(BUFFER));
        Guest {
            k,
            version,
            mm,
            attr,
            keys,
            values,
            scratch,
            first: None,
            needs_owners: false,
            slots: BTreeMap::new(),
        }
    }

    pub async fn write(&self, addr: u64, bytes: &[u8]) {
        uaccess::copy_to_user(self.k.machine(), self.mm, addr, bytes).await.expect("our own memory");
    }

    pub async fn read(&self, addr: u64, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        uaccess::copy_from_user(self.k.machine(), self.mm, addr, &mut bytes).await.expect("our own memory");
        bytes
    }

    async fn bpf(&self, command: u64, attr: &[u8]) -> i64 {
        self.write(self.attr, attr).await;
        let args = [command, self.attr, attr.len() as u64];
        self.k.syscall("bpf", &args).await.expect("bpf(2) is modelled")
    }

    /// One command on one element.
    async fn element(&self, command: u64, slot: &Slot, key: u64, value: u64, flags: u64) -> i64 {
        let attr = [slot.fd as u32 as u64, key, value, flags];
        self.bpf(command, &attr.map(u64::to_le_bytes).concat()).await
    }

    fn cpus(&self) -> usize {
        self.k.machine().nr_cpus()
    }

    fn stride(&self, slot: &Slot) -> usize {
        if slot.percpu { slot.value.next_multiple_of(8) * self.cpus() } else { slot.value }
    }

    /// The bytes that a word of the script stands for.
    fn bytes(&self, size: usize, text: &str) -> Vec<u8> {
        let mut out = match text.strip_prefix('x') {
            Some(hex) => (0..hex.len() / 2)
                .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hexadecimal"))
                .collect(),
            None => {
                let n = match text.strip_prefix("fd:") {
                    Some(name) => u64::from(self.slots[name].fd as u32),
                    None if text == "-" => 0,
                    None => number(text),
                };
                n.to_le_bytes().to_vec()
            }
        };
        out.resize(size, 0);
        out
    }

    /// Of per-CPU maps, each CPU's value is one more.
    fn value_bytes(&self, slot: &Slot, text: &str) -> Vec<u8> {
        let mut out = self.bytes(slot.value, text);
        if slot.percpu {
            let each = slot.value.next_multiple_of(8);
            out.resize(each, 0);
            for cpu in 1..self.cpus() {
                let mut more = self.bytes(each, text);
                more[0] = more[0].wrapping_add(cpu as u8);
                out.extend(more);
            }
        }
        out
    }

    async fn key_address(&self, slot: &Slot, text: &str) -> u64 {
        match text {
            "null" | "-" => 0,
            "bad" => BAD_ADDRESS,
            text => {
                self.write(self.keys, &self.bytes(slot.key, text)).await;
                self.keys
            }
        }
    }
}

/// Bytes as the recording shows them.
pub fn show(bytes: &[u8]) -> String {
    if bytes.len() <= 32 {
        return bytes.iter().map(|b| format!("{b:02x}")).collect();
    }
    let hash =
        bytes.iter().fold(2_166_136_261_u32, |hash, b| (hash ^ u32::from(*b)).wrapping_mul(16_777_619));
    format!("{}#{hash:08x}", bytes.len())
}

fn flags_at(words: &[&str], at: usize) -> u64 {
    words.get(at).filter(|w| !w.contains('=')).map_or(0, |w| number(w))
}

/// Lines of the script. An operation that cannot be put to the simulator has no answer.
impl Guest {
    /// Carries out one line.
    pub async fn run(&mut self, words: &[&str]) -> Said {
        let m = self.k.machine().clone();
        let unknown = |g: &Guest| {
            words[1..].iter().any(|w| {
                let name = w.strip_prefix("fd:").unwrap_or(w);
                matches!(g.slots.get(name).map(|s| &s.named), Some(Named::Unknown))
            })
        };
        match words[0] {
            "#" => return Said::Answer(String::new()),
            "cpus" => return Said::Answer(self.cpus().to_string()),
            "create" | "try" => return self.create(words),
            "fd" => return self.open(words).await,
            "dup" => return self.dup(words).await,
            _ if unknown(self) => return Said::NotAsked,
            "close" => return self.close(words).await,
            _ => {}
        }
        let before = m.findings().len();
        let said = self.operation(words).await;
        let not_modelled = m.findings()[before..]
            .iter()
            .find(|f| f.code == finding::NOT_MODELLED)
            .map(|f| f.message.clone());
        // What a mapping that stays does to the map is not known from here on.
        if words[0] == "mmap" && said.is_none() && word(words, "keep").is_some() {
            self.slots.get_mut(words[1]).expect("an open map").named = Named::Unknown;
        }
        match (said, not_modelled) {
            (_, Some(what)) => Said::NotModelled(what),
            (Some(answer), None) => Said::Answer(answer),
            (None, None) => Said::NotAsked,
        }
    }

    async fn operation(&mut self, words: &[&str]) -> Option<String> {
        let name = words[1];
        match words[0] {
            "update" => Some(self.update(words).await),
            "lookup" => Some(self.read_element(1, words).await),
            "lookdel" => Some(self.read_element(21, words).await),
            "delete" => Some(self.delete(words).await),
            "next" => Some(self.next(words).await),
            "freeze" => {
                let fd = (self.slots[name].fd as u32).to_le_bytes();
                Some(self.bpf(22, &fd).await.to_string())
            }
            "walk" => Some(self.walk(name, true).await),
            "count" => Some(self.walk(name, false).await),
            "fill" => Some(self.fill(words).await),
            "blookup" => Some(self.batch_read(24, words).await),
            "blookdel" => Some(self.batch_read(25, words).await),
            "bupdate" => Some(self.batch_write(26, words).await),
            "bdelete" => Some(self.batch_write(27, words).await),
            "sleep" => Some("0".into()),
            _ => None,
        }
    }

    /// A map that the guest did not make itself.
    pub fn insert(&mut self, name: &str, map: &Rc<dyn Map>) {
        let (fd, spec) = (self.k.open_map(map).expect("few are open") as i64, map.spec());
        let slot = Slot {
            fd,
            named: Named::Map(map.clone()),
            id: map.core().id.get(),
            key: spec.key_size as usize,
            value: spec.value_size as usize,
            percpu: spec.is_percpu(),
            batch: vec![0; BATCH_BYTES],
        };
        self.slots.insert(name.to_string(), slot);
    }

    fn names(&self) -> Names {
        self.slots.iter().map(|(name, slot)| (name.clone(), slot.named.clone())).collect()
    }

    fn create(&mut self, words: &[&str]) -> Said {
        let (said, named, fd) = match definition(self.version, words, &self.names()) {
            Err(_) => (Said::NotAsked, Named::Unknown, -1),
            Ok(def) => match self.k.bpf().create_map(&def) {
                Ok(handle) => {
                    let fd = self.k.open_map(&handle.map).expect("few are open");
                    (Said::Answer("0".into()), Named::Map(handle.map.clone()), fd as i64)
                }
                Err(maps::create::CreateError::Errno(e)) => {
                    (Said::Answer(e.ret().to_string()), Named::Nothing, -1)
                }
                Err(maps::create::CreateError::NotModelled(what)) => {
                    (Said::NotModelled(what), Named::Unknown, -1)
                }
            },
        };
        let size = |name| word(words, name).map_or(0, |w| number(w) as usize);
        let percpu = matches!(number(words[2]), 5 | 6 | 10 | 21);
        let id = if let Named::Map(map) = &named { map.core().id.get() } else { 0 };
        let slot = Slot {
            fd,
            named,
            id,
            key: size("key"),
            value: size("value"),
            percpu,
            batch: vec![0; BATCH_BYTES],
        };
        if words[0] == "create" {
            self.slots.insert(words[1].to_string(), slot);
        }
        said
    }

    async fn open(&mut self, words: &[&str]) -> Said {
        let id = FIRST_ID + self.slots.len() as u32;
        let installed = |fd| Some(self.k.process().install(fd).expect("few are open") as i64);
        let fd = match words[2] {
            "null" => Some(-1),
            "pidfd" => installed(Fd::Task(self.first.unwrap_or_else(|| self.k.machine().current()))),
            "file" => Some(self.open_file("/init").await),
            "tmpfile" => Some(self.open_file("/tmp/file").await),
            // No task has ended here.
            "pidfd_dead" => None,
            // A stand-in owns no storage.
            _ if self.needs_owners => None,
            kind => object(kind, id).and_then(|object| installed(Fd::Object(object))),
        };
        let named = match fd {
            Some(-1) => Named::Nothing,
            Some(_) => Named::Other,
            None => Named::Unknown,
        };
        let said = if fd.is_some() { Said::Answer("0".into()) } else { Said::NotAsked };
        let slot =
            Slot { fd: fd.unwrap_or(-1), named, id, key: 0, value: 0, percpu: false, batch: Vec::new() };
        self.slots.insert(words[1].to_string(), slot);
        said
    }

    async fn open_file(&self, path: &str) -> i64 {
        const AT_FDCWD: u64 = -100_i64 as u64;
        const O_CREAT: u64 = 0o100;
        self.write(self.scratch, format!("{path}\0").as_bytes()).await;
        let fd = self.k.syscall("openat", &[AT_FDCWD, self.scratch, O_CREAT, 0o600]).await;
        let fd = fd.expect("openat(2) is modelled");
        assert!(fd >= 0, "{path}: {fd}");
        fd
    }

    async fn dup(&mut self, words: &[&str]) -> Said {
        let from = &self.slots[words[2]];
        let (key, value, percpu, named) = (from.key, from.value, from.percpu, from.named.clone());
        let flags = word(words, "flags").map_or(0, number) as u32;
        let id = match &named {
            Named::Map(_) => from.id,
            Named::Unknown => {
                let slot = Slot { fd: -1, named, id: 0, key, value, percpu, batch: Vec::new() };
                self.slots.insert(words[1].to_string(), slot);
                return Said::NotAsked;
            }
            _ => 0,
        };
        let fd = self.bpf(14, &[id, 0, flags].map(u32::to_le_bytes).concat()).await;
        let named = if fd < 0 { Named::Nothing } else { named };
        let slot = Slot { fd: fd.max(-1), named, id, key, value, percpu, batch: vec![0; BATCH_BYTES] };
        self.slots.insert(words[1].to_string(), slot);
        Said::Answer(fd.min(0).to_string())
    }

    async fn close(&mut self, words: &[&str]) -> Said {
        let slot = self.slots.remove(words[1]).expect("the script closes what it opened");
        if slot.fd >= 0 {
            self.k.syscall("close", &[slot.fd as u64]).await.expect("close(2) is modelled");
        }
        Said::Answer("0".into())
    }
}

/// Elements.
impl Guest {
    async fn update(&self, words: &[&str]) -> String {
        let slot = &self.slots[words[1]];
        let value = if words[3] == "null" {
            0
        } else {
            self.write(self.values, &self.value_bytes(slot, words[3])).await;
            self.values
        };
        let key = self.key_address(slot, words[2]).await;
        self.element(2, slot, key, value, flags_at(words, 4)).await.to_string()
    }

    async fn read_element(&self, command: u64, words: &[&str]) -> String {
        let slot = &self.slots[words[1]];
        if words[2] == "in" {
            self.write(self.values, &self.bytes(slot.value, words[3])).await;
            return self.element(command, slot, 0, self.values, flags_at(words, 4)).await.to_string();
        }
        self.write(self.values, &vec![0; self.stride(slot)]).await;
        let key = self.key_address(slot, words[2]).await;
        let ret = self.element(command, slot, key, self.values, flags_at(words, 3)).await;
        if ret != 0 {
            return ret.to_string();
        }
        let bytes = self.read(self.values, self.stride(slot)).await;
        format!("{ret} {}", if word(words, "as").is_some() { self.name_of(&bytes) } else { show(&bytes) })
    }

    /// Which of ours has the id in the first four bytes.
    fn name_of(&self, bytes: &[u8]) -> String {
        let id = u32::from_le_bytes(bytes[..4].try_into().expect("ids have 4 bytes"));
        let has_id = |slot: &Slot| slot.fd >= 0 && slot.id == id;
        match self.slots.iter().find(|(_, slot)| has_id(slot)) {
            _ if id == 0 => "0".into(),
            Some((name, _)) => format!("id:{name}"),
            None => "id".into(),
        }
    }

    async fn delete(&self, words: &[&str]) -> String {
        let slot = &self.slots[words[1]];
        let key = self.key_address(slot, words[2]).await;
        self.element(3, slot, key, 0, flags_at(words, 3)).await.to_string()
    }

    async fn next(&self, words: &[&str]) -> String {
        let slot = &self.slots[words[1]];
        let key = self.key_address(slot, words[2]).await;
        match self.element(4, slot, key, self.scratch, 0).await {
            0 => format!("0 {}", show(&self.read(self.scratch, slot.key).await)),
            ret => ret.to_string(),
        }
    }

    /// All keys and the last result, or how many there are.
    async fn walk(&self, name: &str, shown: bool) -> String {
        let slot = &self.slots[name];
        let (mut out, mut n, mut from) = (String::new(), 0, 0);
        let last = loop {
            let ret = self.element(4, slot, from, self.scratch, 0).await;
            if ret != 0 || n == 2000 {
                break ret;
            }
            n += 1;
            let key = self.read(self.scratch, slot.key).await;
            self.write(self.keys, &key).await;
            out += &(show(&key) + " ");
            from = self.keys;
        };
        if shown { format!("{out}{last}") } else { n.to_string() }
    }

    async fn fill(&self, words: &[&str]) -> String {
        let slot = &self.slots[words[1]];
        let (first, count) = (number(words[2]), number(words[3]));
        let (mut ok, mut error) = (0, 0);
        for k in first..first + count {
            let text = k.to_string();
            self.write(self.keys, &self.bytes(slot.key, &text)).await;
            self.write(self.values, &self.value_bytes(slot, &text)).await;
            match self.element(2, slot, self.keys, self.values, flags_at(words, 4)).await {
                0 => ok += 1,
                ret => error = ret,
            }
        }
        format!("{ok} {error}")
    }
}

/// Batches.
impl Guest {
    /// Result and count; the attribute is read back.
    async fn batch(
        &self,
        command: u64,
        slot: &Slot,
        in_batch: u64,
        count: u32,
        words: &[&str],
    ) -> (i64, u32) {
        let flag = |name| word(words, name).map_or(0, number);
        let mut attr = [in_batch, self.scratch, self.keys, self.values].map(u64::to_le_bytes).concat();
        attr.extend([count, slot.fd as u32].map(u32::to_le_bytes).concat());
        attr.extend([flag("ef"), flag("f")].map(u64::to_le_bytes).concat());
        let ret = self.bpf(command, &attr).await;
        let count = self.read(self.attr + 32, 4).await;
        (ret, u32::from_le_bytes(count.try_into().expect("read 4 bytes")))
    }

    async fn batch_read(&mut self, command: u64, words: &[&str]) -> String {
        let slot = &self.slots[words[1]];
        let (key, each) = (slot.key, self.stride(slot));
        let in_batch = if words[2] == "last" { self.scratch + 4096 } else { 0 };
        self.write(self.scratch + 4096, &slot.batch).await;
        self.write(self.scratch, &[0; BATCH_BYTES]).await;
        self.write(self.keys, &[0; 1 << 16]).await;
        self.write(self.values, &[0; 1 << 16]).await;
        let (ret, count) = self.batch(command, slot, in_batch, number(words[3]) as u32, words).await;
        let batch = self.read(self.scratch, BATCH_BYTES).await;
        self.slots.get_mut(words[1]).expect("just used").batch = batch;
        let mut out = format!("{ret} {count}");
        if ret == 0 || ret == sim::errno::Errno::ENOENT.ret() {
            for i in 0..u64::from(count.min(300)) {
                let key = self.read(self.keys + i * key as u64, key).await;
                let value = self.read(self.values + i * each as u64, each).await;
                out += &format!(" {}:{}", show(&key), show(&value));
            }
        }
        out
    }

    async fn batch_write(&self, command: u64, words: &[&str]) -> String {
        let slot = &self.slots[words[1]];
        let (first, count) = (number(words[2]), number(words[3]));
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        for i in 0..count {
            keys.extend(self.bytes(slot.key, &(first + i).to_string()));
            let text = match word(words, "v") {
                Some(fd) if fd.starts_with("fd:") => fd.to_string(),
                v => (v.map_or(0, number) + i).to_string(),
            };
            values.extend(self.value_bytes(slot, &text));
        }
        self.write(self.keys, &keys).await;
        self.write(self.values, &values).await;
        let (ret, done) = self.batch(command, slot, 0, count as u32, words).await;
        format!("{ret} {done}")
    }
}
