//! Text vectors: parsing the `.data` files.

use std::path::Path;

/// What a vector expects.
#[derive(Debug, PartialEq, Eq)]
pub enum Expect {
    /// r0 at the end.
    Result(u64),
    /// Part of the message of the load error or the run-time fault.
    Error(String),
}

/// One instruction test.
#[derive(Debug)]
pub struct Vector {
    pub name: String,
    pub asm: String,
    pub mem: Vec<u8>,
    /// The memory at the end, if the vector says.
    pub after: Option<Vec<u8>>,
    pub expect: Expect,
}

/// All vectors of the files in a directory, in the order of file names.
pub fn load_all(dir: &Path) -> Vec<Vector> {
    let mut paths: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .flat_map(|path| {
            parse(path.file_stem().unwrap().to_str().unwrap(), &std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn parse(file: &str, text: &str) -> Vec<Vector> {
    let body: String =
        text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    format!("\n{body}").split("\n== ").skip(1).map(|vector| one(file, vector)).collect()
}

fn one(file: &str, text: &str) -> Vector {
    let mut parts = text.split("\n-- ");
    let name = format!("{file}: {}", parts.next().unwrap().trim());
    let (mut asm, mut mem, mut after, mut expect) = (String::new(), Vec::new(), None, None);
    for part in parts {
        let (key, value) = part.split_once('\n').unwrap();
        match key {
            "asm" => asm = value.to_owned(),
            "mem" => mem = bytes(value),
            "after" => after = Some(bytes(value)),
            "result" => expect = Some(Expect::Result(hex(value.trim()))),
            "error" => expect = Some(Expect::Error(value.trim().to_owned())),
            other => panic!("{name}: unknown section {other}"),
        }
    }
    let expect = expect.unwrap_or_else(|| panic!("{name}: no expectation"));
    Vector { name, asm, mem, after, expect }
}

fn bytes(text: &str) -> Vec<u8> {
    text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

fn hex(text: &str) -> u64 {
    u64::from_str_radix(text.strip_prefix("0x").unwrap(), 16).unwrap()
}
