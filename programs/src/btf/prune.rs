//! Cutting a kernel's BTF down: keep what a list of roots reaches, up to a number of pointers away.
//!
//! Members that are held by value are kept whole at every depth, so sizes and offsets stay those of the kernel. A
//! struct that only a pointer beyond the last level reaches keeps its name and size, but no members ([`is_cut`]).
//! Neighbours: `kernel_types` holds the results and the lists; `examples/prune_btf` is the command.

use std::collections::BTreeMap;

use super::writer::BtfWriter;
use super::{Btf, Kind, Type, TypeId};

/// What to keep: all types of one kind whose name matches the pattern, and what they need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    pub kind: Kind,
    /// A name, or a pattern in which `*` stands for any characters.
    pub pattern: String,
    /// How many pointers away from this root structs are still kept whole.
    pub depth: u8,
}

/// A line of a root list that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}; expected `KIND DEPTH NAME` such as `struct 1 task_struct`")]
pub struct RootError {
    pub line: usize,
    pub what: String,
}

/// Reads a root list: `KIND DEPTH NAME…` per line, several names allowed, `#` starts a comment.
///
/// # Errors
/// [`RootError`] with the number of the line.
pub fn parse_roots(text: &str) -> Result<Vec<Root>, RootError> {
    let mut roots = Vec::new();
    for (nr, line) in text.lines().enumerate() {
        let mut words = line.split('#').next().unwrap_or("").split_whitespace();
        let Some(kind) = words.next() else { continue };
        let error = |what: String| RootError { line: nr + 1, what };
        let kind = kind_named(kind).ok_or_else(|| error(format!("unknown kind `{kind}`")))?;
        let depth = words.next().and_then(|word| word.parse().ok());
        let depth = depth.ok_or_else(|| error("the depth is missing or not a number".to_string()))?;
        roots.extend(words.map(|name| Root { kind, pattern: name.to_string(), depth }));
    }
    Ok(roots)
}

fn kind_named(word: &str) -> Option<Kind> {
    (1..=19).filter_map(Kind::from_number).find(|kind| kind.name().eq_ignore_ascii_case(word))
}

/// A pruned BTF, as a blob, and the roots that matched nothing.
#[derive(Clone, Debug)]
pub struct Pruned {
    pub bytes: Vec<u8>,
    pub unmatched: Vec<Root>,
}

/// Keeps what `roots` reach in `btf`. Type numbers change; their order does not.
pub fn prune(btf: &Btf, roots: &[Root]) -> Pruned {
    let mut marks = Marks { btf, left: BTreeMap::new(), work: Vec::new() };
    let mut unmatched = Vec::new();
    for root in roots {
        let mut found = false;
        for ty in btf.types().filter(|ty| ty.kind() == root.kind && matches(&root.pattern, ty.name())) {
            found = true;
            marks.reach(ty.id(), Level::Whole(root.depth));
        }
        if !found {
            unmatched.push(root.clone());
        }
    }
    marks.run();
    marks.tags();
    Pruned { bytes: write(btf, &marks.left), unmatched }
}

fn matches(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(name) = name.strip_prefix(head) else { return false };
    name.char_indices().map(|(at, _)| at).chain([name.len()]).any(|at| matches(rest, &name[at..]))
}

/// How a type is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// Only its name and size; of a section, only the variables that are kept.
    Name,
    /// Whole; structs this many pointers further are whole, too.
    Whole(u8),
}

struct Marks<'b> {
    btf: &'b Btf,
    left: BTreeMap<TypeId, Level>,
    work: Vec<TypeId>,
}

impl Marks<'_> {
    fn reach(&mut self, id: TypeId, level: Level) {
        if id == TypeId::VOID || self.left.get(&id).is_some_and(|old| *old >= level) {
            return;
        }
        self.left.insert(id, level);
        self.work.push(id);
    }

    fn run(&mut self) {
        while let Some(id) = self.work.pop() {
            let (Some(ty), Some(level)) = (self.btf.type_by_id(id), self.left.get(&id).copied()) else {
                continue;
            };
            let inner = match (ty.kind(), level) {
                (kind, Level::Name) if kind.is_composite() => continue,
                // What a pointer leads to is one level further away.
                (Kind::Ptr, Level::Whole(0)) => Level::Name,
                (Kind::Ptr, Level::Whole(left)) => Level::Whole(left - 1),
                (_, level) => level,
            };
            for target in references(ty) {
                self.reach(target, self.level_of(target, inner));
            }
        }
    }

    /// Tags (`bpf_kfunc`, `bpf_fastcall`) refer to what they mark: those of functions that are kept, are kept. So are
    /// the sections that list kept variables.
    fn tags(&mut self) {
        for ty in self.btf.types().filter(|ty| ty.kind() == Kind::Datasec) {
            if ty.section_vars().any(|var| self.left.contains_key(&var.var)) {
                self.left.entry(ty.id()).or_insert(Level::Name);
            }
        }
        for ty in self.btf.types().filter(|ty| ty.kind() == Kind::DeclTag) {
            let target = self.btf.type_by_id(ty.target());
            if target
                .is_some_and(|target| target.kind() == Kind::Func && self.left.contains_key(&target.id()))
            {
                self.left.insert(ty.id(), Level::Name);
            }
        }
    }

    /// An anonymous struct has no name to be declared by, so it is kept whole.
    fn level_of(&self, id: TypeId, wanted: Level) -> Level {
        let anonymous = self.btf.name_of(id).is_empty();
        match self.btf.type_by_id(id) {
            Some(ty) if ty.kind().is_composite() && anonymous => wanted.max(Level::Whole(0)),
            _ => wanted,
        }
    }
}

/// Whether members of this struct or union were cut away. (Real ones without members are empty, or opaque like
/// `struct bpf_timer` of Linux 6.1.)
pub fn is_cut(ty: Type<'_>) -> bool {
    ty.kind().is_composite() && ty.vlen() == 0 && ty.own_size() > 0
}

fn references(ty: Type<'_>) -> Vec<TypeId> {
    let mut found = Vec::new();
    if ty.kind().refers() {
        found.push(ty.target());
    }
    found.extend(ty.members().map(|member| member.ty));
    found.extend(ty.params().map(|param| param.ty));
    found.extend(ty.section_vars().map(|var| var.var));
    found.extend(ty.array().into_iter().flat_map(|array| [array.elem, array.index]));
    found
}

fn write(btf: &Btf, marks: &BTreeMap<TypeId, Level>) -> Vec<u8> {
    let numbers: BTreeMap<TypeId, u32> = marks.keys().zip(1..).map(|(id, nr)| (*id, nr)).collect();
    let renumber = |old: u32| if old == 0 { 0 } else { numbers.get(&TypeId(old)).copied().unwrap_or(0) };
    let mut out = BtfWriter::new();
    for (id, level) in marks {
        let Some(ty) = btf.type_by_id(*id) else { continue };
        let kind = ty.kind();
        if *level == Level::Name && kind.is_composite() {
            out.push(ty.name(), kind, false, 0, ty.own_size(), &[]);
            continue;
        }
        let mut tail = ty.words[3..].to_vec();
        if *level == Level::Name && kind == Kind::Datasec {
            let kept = tail.chunks_exact(3).filter(|entry| numbers.contains_key(&TypeId(entry[0])));
            tail = kept.flatten().copied().collect();
            let vars = tail.len() as u32 / 3;
            tail.chunks_exact_mut(3).for_each(|entry| entry[0] = renumber(entry[0]));
            out.push(ty.name(), kind, false, vars, ty.own_size(), &tail);
            continue;
        }
        let (width, _) = kind.tail_words();
        for entry in tail.chunks_exact_mut(width.max(1)) {
            if kind.tail_named() {
                entry[0] = out.string(btf.string(entry[0]).unwrap_or(""));
            }
            kind.tail_refs().iter().for_each(|word| entry[*word] = renumber(entry[*word]));
        }
        let third = if kind.refers() { renumber(ty.words[2]) } else { ty.words[2] };
        out.push(ty.name(), kind, ty.kind_flag(), ty.vlen() as u32, third, &tail);
    }
    out.finish()
}
