//! Packs a raw kernel BTF whole: `pack_btf RAW OUT`. `src/kernel_types/README.md` says when; `prune_btf` packs a selection.

use std::error::Error;
use std::process::ExitCode;

use miniz_oxide::deflate::compress_to_vec_zlib;
use programs::btf::Btf;

/// Slow to pack, which happens once.
const BEST: u8 = 10;

fn run(raw: &str, out: &str) -> Result<(), Box<dyn Error>> {
    let bytes = std::fs::read(raw)?;
    let types = Btf::parse(&bytes)?.type_count();
    let packed = compress_to_vec_zlib(&bytes, BEST);
    std::fs::write(out, &packed)?;
    println!("{out}: {types} types, {} bytes, {} packed", bytes.len(), packed.len());
    Ok(())
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [raw, out] = args.as_slice() else {
        eprintln!("usage: pack_btf RAW OUT");
        return ExitCode::from(2);
    };
    match run(raw, out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pack_btf: {error}");
            ExitCode::FAILURE
        }
    }
}
