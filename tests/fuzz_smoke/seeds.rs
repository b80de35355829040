//! Where mutants come from: every object of the test data, whole or one kind of section of it.

use std::path::{Path, PathBuf};

use programs::object::load_object;
use tests::numbers::Numbers;

/// Files to start from, in the order of their names.
pub struct Seeds(Vec<Vec<u8>>);

fn object_files(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("test data") {
        let path = entry.expect("entry").path();
        match path.extension().and_then(|ext| ext.to_str()) {
            _ if path.is_dir() => object_files(&path, out),
            Some("o") => out.push(path),
            _ => {}
        }
    }
}

impl Seeds {
    pub fn objects() -> Seeds {
        let mut paths = Vec::new();
        object_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data"), &mut paths);
        paths.sort();
        Seeds(paths.iter().map(|path| std::fs::read(path).expect("object file")).collect())
    }

    /// The contents of one section of each object, found by the name as bytes of a section header's string.
    pub fn sections(name: &str) -> Seeds {
        Seeds(Seeds::objects().0.iter().filter_map(|file| section(file, name)).collect())
    }

    /// Inputs of the target `insns`: the code of real programs behind three bytes of choices.
    pub fn code() -> Seeds {
        let mut seeds = Vec::new();
        for file in Seeds::objects().0 {
            let Ok(object) = load_object(&file, "seed") else { continue };
            for (nr, program) in object.programs.iter().enumerate() {
                let head = [nr as u8, (nr / 8) as u8, 0];
                let code = program.insns.iter().take(200).flat_map(|insn| insn.to_bytes());
                seeds.push(head.into_iter().chain(code).collect());
            }
        }
        Seeds(seeds)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn pick(&self, numbers: &mut Numbers) -> &[u8] {
        &self.0[numbers.below(self.0.len())]
    }

    pub fn each(&self, run: fn(&[u8])) {
        self.0.iter().for_each(|seed| run(seed));
    }
}

fn section(file: &[u8], name: &str) -> Option<Vec<u8>> {
    let number = |at: usize, width: usize| {
        let bytes = file.get(at..at + width)?;
        Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    };
    let (headers, count, names) = (number(40, 8)?, number(60, 2)?, number(62, 2)?);
    let range = |nr: usize| {
        let (start, len) = (number(headers + nr * 64 + 24, 8)?, number(headers + nr * 64 + 32, 8)?);
        file.get(start..start + len)
    };
    let names = range(names)?;
    let wanted = [name.as_bytes(), b"\0"].concat();
    let found = (0..count).find(|nr| {
        number(headers + nr * 64, 4).is_some_and(|at| names.get(at..).is_some_and(|n| n.starts_with(&wanted)))
    });
    range(found?).map(<[u8]>::to_vec)
}
