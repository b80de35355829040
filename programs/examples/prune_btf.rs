//! Cuts a raw kernel BTF down to what a list of roots reaches, and packs it: `prune_btf RAW ROOTS OUT`.
//!
//! `src/kernel_types/README.md` says when and how; the work is done by `programs::btf::prune`.

use std::error::Error;
use std::process::ExitCode;

use miniz_oxide::deflate::compress_to_vec_zlib;
use programs::btf::Btf;
use programs::btf::prune::{parse_roots, prune};

/// Slow to pack, which happens once.
const BEST: u8 = 10;

fn run(raw: &str, roots: &str, out: &str) -> Result<(), Box<dyn Error>> {
    let btf = Btf::parse(&std::fs::read(raw)?)?;
    let pruned = prune(&btf, &parse_roots(&std::fs::read_to_string(roots)?)?);
    let types = Btf::parse(&pruned.bytes)?.type_count();
    let packed = compress_to_vec_zlib(&pruned.bytes, BEST);
    std::fs::write(out, &packed)?;
    let (raw, small) = (pruned.bytes.len(), packed.len());
    println!("{out}: {types} of {} types, {raw} bytes, {small} packed", btf.type_count());
    for root in pruned.unmatched {
        println!("  not in this kernel: {} {}", root.kind.name().to_lowercase(), root.pattern);
    }
    Ok(())
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [raw, roots, out] = args.as_slice() else {
        eprintln!("usage: prune_btf RAW ROOTS OUT");
        return ExitCode::from(2);
    };
    match run(raw, roots, out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("prune_btf: {error}");
            ExitCode::FAILURE
        }
    }
}
