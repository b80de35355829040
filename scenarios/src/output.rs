//! Writing files whole or not at all: a temporary file in the same directory, renamed at the end.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::diag::Diagnostic;
use crate::diag::catalogue::input::OUTPUT;
use crate::inputs::plain;

/// Held while a file is being written.
static WRITING: Mutex<()> = Mutex::new(());

/// Waits until the file that is being written is whole, and keeps the next one from being begun.
pub fn finish_writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a file through `fill`. On any error the target is untouched and the temporary file is gone.
pub fn write_whole(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Diagnostic> {
    let failed = |error: io::Error| {
        let shown = path.display().to_string();
        Diagnostic::error(OUTPUT, format!("cannot write `{shown}`: {}", plain(&error))).at_path(shown)
    };
    if path.is_dir() {
        return Err(failed(io::Error::other("it is a directory")));
    }
    let temporary = temporary_name(path);
    let _writing = finish_writing();
    let result = (|| {
        let mut writer = BufWriter::new(File::create(&temporary)?);
        fill(&mut writer)?;
        writer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&temporary, path)
    })();
    result.map_err(|error| {
        // Best effort: the error that matters is the one being reported.
        let _ = fs::remove_file(&temporary);
        failed(error)
    })
}

/// `.NAME.PID.tmp` beside the target, so that the rename stays on one file system.
fn temporary_name(path: &Path) -> PathBuf {
    let name = path.file_name().map_or_else(|| "out".into(), |name| name.to_string_lossy().into_owned());
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let dir = std::env::temp_dir().join(format!("sleepable-output-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let path = dir.join("out.txt");
        write_whole(&path, |w| w.write_all(b"old")).unwrap();
        let error = write_whole(&path, |w| {
            w.write_all(b"half")?;
            Err(io::Error::other("disk is full"))
        });
        assert!(error.unwrap_err().message.contains("disk is full"));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
        fs::remove_dir_all(&dir).unwrap();
    }
}
