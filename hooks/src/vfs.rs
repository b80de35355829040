//! A file system in memory: paths, inodes and open files, as far as system calls and LSM hooks need them.
//!
//! File contents live in [`sim::mm`] (a page cache over a medium), so reading a cold file waits as mapping it does. Key types: [`Vfs`],
//! [`Inode`], [`OpenFile`]. Permissions are not checked (the simulated user is root), and paths are taken literally: no links, no
//! `..`. Neighbours: `process` holds descriptors, `objects` gives inodes and files their kernel structures.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sim::machine::Machine;
use sim::mm::file::FileId;

/// What an inode is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InodeKind {
    Regular(FileId),
    Directory,
}

/// A file or directory.
#[derive(Debug)]
pub struct Inode {
    pub ino: u64,
    /// Absolute path it was created under.
    pub path: Rc<str>,
    pub kind: InodeKind,
    /// Type and permission bits (`i_mode`).
    pub mode: u32,
}

impl Inode {
    /// The last component of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// An open file description.
#[derive(Debug)]
pub struct OpenFile {
    pub inode: Rc<Inode>,
    /// `f_flags`: what open was given.
    pub flags: u32,
    pub position: Cell<u64>,
    /// Address of `struct file`.
    pub addr: u64,
}

/// `S_IFREG`, `S_IFDIR` (include/uapi/linux/stat.h).
pub const S_IFREG: u32 = 0o100_000;
pub const S_IFDIR: u32 = 0o040_000;

/// All paths; `/` and `/tmp` exist.
#[derive(Debug)]
pub struct Vfs {
    paths: BTreeMap<String, Rc<Inode>>,
    next_ino: u64,
}

impl Default for Vfs {
    fn default() -> Vfs {
        let mut vfs = Vfs { paths: BTreeMap::new(), next_ino: 0 };
        vfs.insert("/", InodeKind::Directory, S_IFDIR | 0o755);
        vfs.insert("/tmp", InodeKind::Directory, S_IFDIR | 0o1777);
        vfs
    }
}

impl Vfs {
    /// Adds a file over contents that the machine already holds, with its directories.
    pub fn add_file(&mut self, path: &str, file: FileId, mode: u32) -> Rc<Inode> {
        self.add_parents(path);
        self.insert(path, InodeKind::Regular(file), S_IFREG | mode)
    }

    fn add_parents(&mut self, path: &str) {
        for (at, _) in path.match_indices('/') {
            let dir = if at == 0 { "/" } else { &path[..at] };
            if !self.paths.contains_key(dir) {
                self.insert(dir, InodeKind::Directory, S_IFDIR | 0o755);
            }
        }
    }

    fn insert(&mut self, path: &str, kind: InodeKind, mode: u32) -> Rc<Inode> {
        self.next_ino += 1;
        let inode = Rc::new(Inode { ino: self.next_ino + 1, path: Rc::from(path), kind, mode });
        self.paths.insert(path.to_string(), inode.clone());
        inode
    }

    /// The inode at an absolute path.
    pub fn find(&self, path: &str) -> Option<Rc<Inode>> {
        self.paths.get(path).cloned()
    }

    /// The directory that holds a path.
    pub fn parent(&self, path: &str) -> Option<Rc<Inode>> {
        let dir = path.rsplit_once('/').map_or("/", |(dir, _)| if dir.is_empty() { "/" } else { dir });
        self.find(dir)
    }

    /// Takes a name away; open files keep their inode.
    pub fn remove(&mut self, path: &str) -> Option<Rc<Inode>> {
        self.paths.remove(path)
    }
}

/// Makes `path` absolute against a working directory.
pub fn absolute(cwd: &str, path: &str) -> String {
    match path.starts_with('/') {
        true => path.to_string(),
        false => format!("{}/{path}", cwd.trim_end_matches('/')),
    }
}

impl OpenFile {
    /// Size of the file in bytes.
    pub fn size(&self, m: &Machine) -> u64 {
        match self.inode.kind {
            InodeKind::Regular(file) => m.mm().file(file).size(),
            InodeKind::Directory => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_bring_their_directories() {
        let mut vfs = Vfs::default();
        vfs.add_file("/etc/app/conf", FileId(0), 0o644);
        assert_eq!(vfs.parent("/etc/app/conf").map(|dir| dir.path.to_string()), Some("/etc/app".to_string()));
        assert_eq!(vfs.find("/").map(|dir| dir.kind), Some(InodeKind::Directory));
        assert_eq!(vfs.find("/etc/app/conf").map(|inode| inode.name().to_string()), Some("conf".to_string()));
        assert!(vfs.remove("/etc/app/conf").is_some() && vfs.find("/etc/app/conf").is_none());
        assert_eq!(absolute("/etc", "app"), "/etc/app");
        assert_eq!(absolute("/", "app"), "/app");
    }
}
