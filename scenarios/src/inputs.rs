//! Reading files: scenarios, and what a scenario names (objects, captures, BTF), from disk or from the embedded library.
//!
//! Key types: [`Origin`] (where names are looked for), [`Inputs`] (all files of one scenario). Sizes are checked before
//! anything is read, so that a wrong file of 100 MB is refused at once.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object::LittleEndian;
use object::read::elf::ElfFile64;
use object::read::{Object as _, ObjectSection as _, ReadCache};
use programs::btf::{Btf, Kind};

use crate::diag::catalogue::input::{KERNEL_TYPES, NOT_UTF8, SCENARIO_FILE, TOO_LARGE, UNREADABLE};
use crate::diag::{Diagnostic, Source};
use crate::file::{MAX_SCENARIO_BYTES, Scenario, Sp};
use crate::library;

/// Largest object, capture or BTF file that is read. `vmlinux` BTF is about 6 MB.
pub const MAX_BINARY_BYTES: u64 = 64 << 20;

/// Where the names in a scenario are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Beside the scenario on disk.
    Disk(PathBuf),
    /// In the library that is part of the command.
    Library,
}

/// The bytes of everything a scenario names, by the name it uses.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    files: BTreeMap<String, Arc<[u8]>>,
}

impl Inputs {
    /// The bytes of a file, which [`read_inputs`] has read.
    pub fn get(&self, name: &str) -> Option<&Arc<[u8]>> {
        self.files.get(name)
    }

    /// Adds a file; for tests.
    pub fn insert(&mut self, name: impl Into<String>, bytes: &[u8]) {
        self.files.insert(name.into(), bytes.into());
    }
}

/// Reads a scenario from disk.
pub fn read_scenario(path: &Path) -> Result<Arc<Source>, Diagnostic> {
    let shown = path.display().to_string();
    let bytes =
        read_limited(path, MAX_SCENARIO_BYTES).map_err(|error| error.diagnostic(UNREADABLE, &shown))?;
    text(&shown, bytes)
}

/// Bytes as text, or where they stop being text.
fn text(shown: &str, bytes: Vec<u8>) -> Result<Arc<Source>, Diagnostic> {
    String::from_utf8(bytes).map(|text| Source::new(shown, text)).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let is_elf = error.as_bytes().starts_with(b"\x7fELF");
        let diagnostic =
            Diagnostic::error(NOT_UTF8, format!("`{shown}` is not text: byte {at} is not UTF-8"))
                .at_path(shown);
        if is_elf {
            diagnostic.help(format!("this is a compiled object: `sleepable check {shown}`"))
        } else {
            diagnostic.help("scenario files are TOML, saved as UTF-8")
        }
    })
}

/// Reads everything a scenario names. Each name that cannot be read is a diagnostic at the place that names it.
pub fn read_inputs(scenario: &Scenario, source: &Arc<Source>, origin: &Origin) -> (Inputs, Vec<Diagnostic>) {
    let objects = scenario.programs.iter().filter_map(|program| program.object.as_ref());
    let captures = scenario.packets.iter().filter_map(|packet| packet.pcap.as_ref());
    let mut inputs = Inputs::default();
    let mut diagnostics = Vec::new();
    for name in objects.chain(captures).chain(&scenario.vmlinux) {
        if inputs.files.contains_key(&name.value) {
            continue;
        }
        match read_named(name, origin) {
            Ok(bytes) => {
                inputs.files.insert(name.value.clone(), bytes);
            }
            Err(error) => {
                let diagnostic = error.diagnostic(SCENARIO_FILE, &name.value);
                diagnostics.push(
                    Diagnostic { path: None, ..diagnostic }.in_source(source).label(&name.span, "named here"),
                );
            }
        }
    }
    (inputs, diagnostics)
}

fn read_named(name: &Sp<String>, origin: &Origin) -> Result<Arc<[u8]>, ReadError> {
    match origin {
        Origin::Disk(directory) => {
            read_limited(&directory.join(&name.value), MAX_BINARY_BYTES).map(Into::into)
        }
        Origin::Library => library::file(&name.value).map(Into::into).ok_or(ReadError::NotInLibrary),
    }
}

/// Reads an object or capture given on the command line.
pub fn read_binary(path: &Path) -> Result<Vec<u8>, Diagnostic> {
    let shown = path.display().to_string();
    read_limited(path, MAX_BINARY_BYTES).map_err(|error| error.diagnostic(UNREADABLE, &shown))
}

/// Reads a kernel's types: raw BTF, or the section `.BTF` of a `vmlinux` image, of which nothing else is read.
pub fn read_kernel_types(path: &Path) -> Result<Btf, Diagnostic> {
    let shown = path.display().to_string();
    let wrong = |what: String| {
        Diagnostic::error(KERNEL_TYPES, format!("`{shown}` has no kernel types: {what}"))
            .at_path(&shown)
            .help("take `/sys/kernel/btf/vmlinux` of the kernel, or its `vmlinux` image")
    };
    let unreadable = |error: ReadError| error.diagnostic(UNREADABLE, &shown);
    // A pipe gives its bytes only once.
    let is_elf = || -> std::io::Result<bool> {
        let mut magic = [0; 4];
        let mut file = File::open(path)?;
        Ok(file.metadata()?.is_file() && file.read_exact(&mut magic).is_ok() && magic == *b"\x7fELF")
    };
    let bytes = match is_elf() {
        Ok(true) => btf_section(path).map_err(&wrong)?,
        // Whatever is wrong with it, reading it says so.
        Ok(false) | Err(_) => read_limited(path, MAX_BINARY_BYTES).map_err(unreadable)?,
    };
    if let Some(what) = no_btf(&bytes) {
        return Err(wrong(what.to_owned()));
    }
    let btf = Btf::parse(&bytes).map_err(|error| wrong(error.to_string()))?;
    // An object has a `struct task_struct` too, if it uses one; functions and tracepoints of a kernel it has not.
    let has = |name: &str, kind| btf.find_by_name_kind(name, kind).is_some();
    let functions = has("bpf_fentry_test1", Kind::Func) || has("btf_trace_sched_switch", Kind::Typedef);
    if !functions || !has("task_struct", Kind::Struct) {
        return Err(wrong("this is the BTF of something else than a kernel".to_owned()));
    }
    Ok(btf)
}

/// What a file is that does not begin as BTF does; `None` when it does.
fn no_btf(bytes: &[u8]) -> Option<&'static str> {
    /// First bytes of files that people take for a kernel's types.
    const OTHERS: &[(&[u8], &str)] = &[
        (
            b"MZ",
            "it is a compressed kernel image; the kernel's script `extract-vmlinux` takes `vmlinux` out of it",
        ),
        (b"\x1f\x8b", "it is compressed (gzip)"),
        (b"\xfd7zXZ", "it is compressed (xz)"),
        (b"\x28\xb5\x2f\xfd", "it is compressed (zstd)"),
        (b"\xeb\x9f", "it is BTF of a big-endian machine"),
    ];
    if bytes.starts_with(b"\x9f\xeb") {
        return None;
    }
    let known = OTHERS.iter().find(|(magic, _)| bytes.starts_with(magic));
    Some(known.map_or("it is neither BTF nor an ELF image", |(_, what)| what))
}

fn btf_section(path: &Path) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|error| plain(&error))?;
    let cache = ReadCache::new(file);
    let image = ElfFile64::<LittleEndian, _>::parse(&cache).map_err(|error| error.to_string())?;
    let section = image.section_by_name(".BTF").ok_or("the image has no section `.BTF`")?;
    if section.size() > MAX_BINARY_BYTES {
        return Err(format!(
            "its section `.BTF` has {} bytes; at most {MAX_BINARY_BYTES} are read",
            section.size()
        ));
    }
    section.data().map(<[u8]>::to_vec).map_err(|error| error.to_string())
}

/// Why a file was not read.
enum ReadError {
    Io(std::io::Error),
    Directory,
    TooLarge { bytes: u64, limit: u64 },
    NotInLibrary,
}

impl ReadError {
    fn diagnostic(self, code: &'static str, shown: &str) -> Diagnostic {
        match self {
            ReadError::Io(error) => {
                Diagnostic::error(code, format!("cannot read `{shown}`: {}", plain(&error))).at_path(shown)
            }
            ReadError::Directory => {
                Diagnostic::error(code, format!("cannot read `{shown}`: it is a directory"))
                    .at_path(shown)
                    .help("name the files in it")
            }
            ReadError::TooLarge { bytes, limit } => {
                Diagnostic::error(TOO_LARGE, format!("`{shown}` has {bytes} bytes; at most {limit} are read"))
                    .at_path(shown)
                    .help("is it the right file?")
            }
            ReadError::NotInLibrary => {
                Diagnostic::error(code, format!("the library has no file `{shown}`")).at_path(shown)
            }
        }
    }
}

/// The operating system's words without its numbers, the same on every system where they matter most.
pub fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

/// Reads a file of at most `limit` bytes. The size is asked first; what grows meanwhile, or has no size (a pipe), is cut
/// off just beyond the limit and refused all the same.
fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let file = File::open(path).map_err(ReadError::Io)?;
    let metadata = file.metadata().map_err(ReadError::Io)?;
    if metadata.is_dir() {
        return Err(ReadError::Directory);
    }
    if metadata.len() > limit {
        return Err(ReadError::TooLarge { bytes: metadata.len(), limit });
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    file.take(limit + 1).read_to_end(&mut bytes).map_err(ReadError::Io)?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLarge { bytes: bytes.len() as u64, limit });
    }
    Ok(bytes)
}
