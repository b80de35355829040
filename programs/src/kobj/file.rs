//! Files as kernel objects: `file`, `dentry`, `inode`, `super_block`, `vfsmount`, and the path that they spell.
//!
//! Source of `d_path`: `fs/d_path.c:d_path`, for paths below one root mount.

use std::collections::BTreeMap;

use sim::machine::Machine;

use super::{KobjError, Kobjs};

/// `S_IFREG | 0644`.
const DEFAULT_MODE: u32 = 0o100_644;
/// `EXT4_SUPER_MAGIC`.
const DEFAULT_MAGIC: u64 = 0xef53;

/// A file to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSpec {
    /// Absolute.
    pub path: String,
    pub ino: u64,
    /// Type and permissions (`st_mode`).
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub size_bytes: u64,
    /// `O_*` flags.
    pub flags: u32,
    /// `super_block.s_magic`.
    pub magic: u64,
}

impl FileSpec {
    /// A regular file of root's, `rw-r--r--`.
    pub fn new(path: &str) -> FileSpec {
        FileSpec {
            path: path.to_string(),
            ino: 0,
            mode: DEFAULT_MODE,
            uid: 0,
            gid: 0,
            size_bytes: 0,
            flags: 0,
            magic: DEFAULT_MAGIC,
        }
    }
}

/// An open file and what belongs to it. Addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileObject {
    pub file: u64,
    pub dentry: u64,
    pub inode: u64,
}

/// Directory entries that exist, by path; the root is `/`.
#[derive(Default)]
pub(super) struct Paths {
    dentries: BTreeMap<String, u64>,
    supers: BTreeMap<u64, u64>,
    mount: Option<u64>,
    next_ino: u64,
}

impl Kobjs {
    /// Opens a file: a new `struct file` on the dentry and inode of its path, which are made if nobody has used the path.
    pub fn open_file(&self, m: &Machine, spec: &FileSpec) -> Result<FileObject, KobjError> {
        let dentry = self.dentry(m, &spec.path, spec)?;
        let inode = self.get(m, dentry, "d_inode")?;
        let file = self.alloc_struct(m, "file")?;
        self.set(m, file, "f_path.dentry", dentry)?;
        self.set_known(m, file, "f_path.mnt", self.mount(m)?)?;
        self.set_known(m, file, "f_inode", inode)?;
        self.set_known(m, file, "f_flags", u64::from(spec.flags))?;
        Ok(FileObject { file, dentry, inode })
    }

    /// The dentry of a path, with its inode and its parents.
    pub fn dentry(&self, m: &Machine, path: &str, spec: &FileSpec) -> Result<u64, KobjError> {
        let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
        if let Some(dentry) = self.paths.borrow().dentries.get(path) {
            return Ok(*dentry);
        }
        let dentry = self.alloc_struct(m, "dentry")?;
        let root = path == "/" || !path.contains('/');
        let (parent, name) = path.rsplit_once('/').filter(|_| !root).unwrap_or(("", path));
        let parent = match (root, parent) {
            (true, _) => dentry,
            (false, "") => self.directory(m, "/")?,
            (false, above) => self.directory(m, above)?,
        };
        self.paths.borrow_mut().dentries.insert(path.to_string(), dentry);
        self.set(m, dentry, "d_parent", parent)?;
        self.name_dentry(m, dentry, name)?;
        let inode = self.inode(m, spec)?;
        self.set(m, dentry, "d_inode", inode)?;
        self.set_known(m, dentry, "d_sb", self.super_block(m, spec.magic)?)?;
        Ok(dentry)
    }

    fn directory(&self, m: &Machine, path: &str) -> Result<u64, KobjError> {
        let spec = FileSpec { mode: 0o040_755, ..FileSpec::new(path) };
        self.dentry(m, path, &spec)
    }

    fn name_dentry(&self, m: &Machine, dentry: u64, name: &str) -> Result<(), KobjError> {
        let mut text = name.as_bytes().to_vec();
        text.push(0);
        let at = m.stamp();
        let addr = m.arena_mut().alloc_zeroed(text.len(), "dentry name", at).ok_or(KobjError::NoMemory)?;
        m.arena_mut().write(addr, &text).expect("just allocated");
        self.set(m, dentry, "d_name.name", addr)?;
        self.set_known(m, dentry, "d_name.len", name.len() as u64)?;
        for inline in ["d_iname", "d_shortname.string"] {
            match self.set_bytes(m, dentry, inline, &text) {
                Ok(()) | Err(KobjError::NoMember { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn inode(&self, m: &Machine, spec: &FileSpec) -> Result<u64, KobjError> {
        let inode = self.alloc_struct(m, "inode")?;
        let ino = if spec.ino == 0 { self.next_ino() } else { spec.ino };
        let numbers = [
            ("i_ino", ino),
            ("i_mode", u64::from(spec.mode)),
            ("i_uid.val", u64::from(spec.uid)),
            ("i_gid.val", u64::from(spec.gid)),
            ("i_size", spec.size_bytes),
            ("i_sb", self.super_block(m, spec.magic)?),
        ];
        numbers.iter().try_for_each(|(path, value)| self.set_known(m, inode, path, *value))?;
        self.set_known(m, inode, "__i_nlink", 1)?;
        Ok(inode)
    }

    fn next_ino(&self) -> u64 {
        let mut paths = self.paths.borrow_mut();
        paths.next_ino += 1;
        // Numbers below 12 are special on ext4.
        11 + paths.next_ino
    }

    fn super_block(&self, m: &Machine, magic: u64) -> Result<u64, KobjError> {
        if let Some(addr) = self.paths.borrow().supers.get(&magic) {
            return Ok(*addr);
        }
        let addr = match self.alloc_struct(m, "super_block") {
            Err(KobjError::NoType(_)) => return Ok(0),
            made => made?,
        };
        self.paths.borrow_mut().supers.insert(magic, addr);
        self.set_known(m, addr, "s_magic", magic)?;
        self.set_known(m, addr, "s_dev", 0x0010_0001)?;
        Ok(addr)
    }

    fn mount(&self, m: &Machine) -> Result<u64, KobjError> {
        if let Some(addr) = self.paths.borrow().mount {
            return Ok(addr);
        }
        let addr = match self.alloc_struct(m, "vfsmount") {
            Err(KobjError::NoType(_)) => return Ok(0),
            made => made?,
        };
        self.paths.borrow_mut().mount = Some(addr);
        let root = self.directory(m, "/")?;
        self.set_known(m, addr, "mnt_root", root)?;
        Ok(addr)
    }

    /// The text of a `struct path` at `addr` (`d_path`).
    pub fn path_text(&self, m: &Machine, addr: u64) -> Result<Vec<u8>, KobjError> {
        let dentry = self.get_of(m, "path", addr, "dentry")?;
        self.dentry_path(m, dentry)
    }

    /// The path of a dentry from the root.
    pub fn dentry_path(&self, m: &Machine, dentry: u64) -> Result<Vec<u8>, KobjError> {
        let mut names: Vec<Vec<u8>> = Vec::new();
        let mut at = dentry;
        loop {
            let parent = self.get_of(m, "dentry", at, "d_parent")?;
            if parent == at {
                break;
            }
            names.push(self.dentry_name(m, at)?);
            at = parent;
        }
        if names.is_empty() {
            return self.dentry_name(m, dentry);
        }
        let mut text = Vec::new();
        for name in names.iter().rev() {
            text.push(b'/');
            text.extend_from_slice(name);
        }
        Ok(text)
    }

    fn dentry_name(&self, m: &Machine, dentry: u64) -> Result<Vec<u8>, KobjError> {
        let addr = self.get_of(m, "dentry", dentry, "d_name.name")?;
        let len = self.get_of(m, "dentry", dentry, "d_name.len")?;
        let arena = m.arena();
        arena.read(addr, len as usize).map(<[u8]>::to_vec).map_err(|_| KobjError::NotAnObject { addr })
    }
}
