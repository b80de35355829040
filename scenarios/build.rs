//! Embeds `library/` (scenarios, objects, captures) into the crate as a table of paths and bytes, and `rules/` (sources of the lessons and
//! the recorded verdicts) as text.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        match path.extension().and_then(|e| e.to_str()) {
            _ if path.is_dir() => collect(&path, files),
            Some("toml" | "o" | "pcap" | "btf") => files.push(path),
            _ => {}
        }
    }
}

fn main() {
    println!("cargo::rerun-if-changed=library");
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("library");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let mut code =
        String::from("/// Path below `library/` and contents.\npub static FILES: &[(&str, &[u8])] = &[\n");
    for file in &files {
        let name = file.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
        writeln!(code, "    ({name:?}, include_bytes!({:?})),", file.display().to_string()).expect("text");
    }
    code.push_str("];\n");
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    std::fs::write(Path::new(&out).join("library.rs"), code).expect("OUT_DIR is writable");
    std::fs::write(Path::new(&out).join("rules.rs"), rules()).expect("OUT_DIR is writable");
}

/// `rules/V0001.bpf.c` under its code, and the table of verdicts.
fn rules() -> String {
    println!("cargo::rerun-if-changed=rules");
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("rules");
    let mut sources: Vec<PathBuf> =
        std::fs::read_dir(&root).into_iter().flatten().flatten().map(|e| e.path()).collect();
    sources.retain(|path| path.extension().is_some_and(|e| e == "c"));
    sources.sort();
    let mut code =
        String::from("/// Code of the rule and C source.\npub static SOURCES: &[(&str, &str)] = &[\n");
    for file in &sources {
        let name = file.file_name().expect("a file").to_string_lossy().into_owned();
        let rule = name.split('.').next().expect("never empty");
        writeln!(code, "    ({rule:?}, include_str!({:?})),", file.display().to_string()).expect("text");
    }
    let verdicts = root.join("verdicts.tsv").display().to_string();
    writeln!(code, "];\n/// What kernels said.\npub static VERDICTS: &str = include_str!({verdicts:?});")
        .expect("text");
    code
}
