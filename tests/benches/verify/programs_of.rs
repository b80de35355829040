//! What is verified: objects of the test data, and programs made to a length.

use std::path::Path;

use programs::isa::assemble;
use programs::object::{Object, load_object};
use programs::runtime::{inline_map, inline_object, inline_program};

fn objects_in(directory: &str) -> Vec<Object> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(directory);
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("entry").path()).collect();
    paths.sort();
    let load = |path: &std::path::PathBuf| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        let stem = name.strip_suffix(".bpf.o")?;
        Some(load_object(&std::fs::read(path).expect("object file"), stem).expect("loads"))
    };
    paths.iter().filter_map(load).collect()
}

/// The corpus.
pub fn corpus() -> Vec<Object> {
    objects_in("corpus/obj")
}

/// The programs of real size.
pub fn real() -> Vec<Object> {
    objects_in("real/obj")
}

fn object(section: &str, text: &str) -> Object {
    let maps = vec![inline_map("table", 1, 4, 64, 1024)];
    let assembly = assemble(text, &["table"]).expect("assembles");
    inline_object("bench", "GPL", vec![inline_program("bench", section, text, &assembly)], maps)
}

/// The loop of `data/alu.S`, so many times: 8 instructions each, and 3 around it.
pub fn loop_of(times: u32) -> Object {
    let text = format!(
        "r0 = 1\nr6 = {times}\nagain:\nr0 += r6\nr0 ^= 0x5bd1e995\nr0 *= 33\nr1 = r0\nr1 >>= 17\nr0 ^= r1\n\
         r6 += -1\nif r6 != 0 goto again\nexit"
    );
    // A socket filter may return any number.
    object("socket", &text)
}

/// Packet parsing of so many instructions: each part looks into the packet behind a check, looks a key up, and branches on both.
pub fn long_program(insns: usize) -> Object {
    let mut text = String::from("r6 = r1\nr7 = 0\nr8 = 0\n");
    let (mut len, mut part) = (3, 0);
    while len + PART <= insns - 3 {
        text += &part_of(part);
        (len, part) = (len + PART, part + 1);
    }
    // Padding up to the length, and the end.
    text += &"r7 += 1\n".repeat(insns - 3 - len);
    text += "out:\nr0 = r7\nr0 &= 1\nexit";
    let object = object("xdp", &text);
    assert_eq!(object.programs[0].insns.len(), insns);
    object
}

/// Instruction slots of a part.
const PART: usize = 37;

fn part_of(nr: usize) -> String {
    let at = nr % 40;
    format!(
        "r2 = *(u32 *)(r6 +0)\nr3 = *(u32 *)(r6 +4)\nr4 = r2\nr4 += {end}\nif r4 > r3 goto out\n\
         r5 = *(u16 *)(r2 +{at})\nr5 = be16 r5\nif r5 == {nr} goto a{nr}\nr7 += 1\nr5 &= 7\nr7 += r5\ngoto b{nr}\n\
         a{nr}:\nr8 = *(u8 *)(r2 +{at})\nr8 &= 31\nif r8 > 20 goto b{nr}\nr7 ^= r8\nr7 <<= 1\n\
         b{nr}:\n*(u32 *)(r10 -4) = {nr}\nr2 = r10\nr2 += -4\nr1 = map[table]\ncall bpf_map_lookup_elem\nif r0 == 0 goto c{nr}\n\
         r1 = *(u64 *)(r0 +0)\nr1 += 1\n*(u64 *)(r0 +0) = r1\nr2 = *(u32 *)(r0 +8)\nr2 &= 15\nr2 <<= 1\nr3 = r0\nr3 += r2\n\
         r4 = *(u16 *)(r3 +16)\nif w4 s< 5 goto c{nr}\nr7 += r4\nr7 &= 255\nc{nr}:\nr8 &= 15\n",
        end = at + 2,
    )
}
