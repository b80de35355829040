//! The shipped scenarios, embedded in the command by `build.rs` so that an installed binary has them: `lib:NAME`.

include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// Prefix of library scenarios on the command line.
pub const PREFIX: &str = "lib:";

/// The bytes of a file of the library, by its path below `scenarios/library`.
pub fn file(path: &str) -> Option<&'static [u8]> {
    FILES.iter().find(|(name, _)| *name == path).map(|(_, bytes)| *bytes)
}

/// The scenarios: name (the path without `.toml`) and text, by name.
pub fn scenarios() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().filter_map(|(path, bytes)| {
        let name = path.strip_suffix(".toml")?;
        Some((name, std::str::from_utf8(bytes).ok()?))
    })
}
