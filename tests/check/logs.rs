//! What `--log` prints of programs of the recorded objects: `logs.tsv`.

use programs::profile::Profile;
use scenarios::check::log::log;
use scenarios::file::Kernel;

/// Each row: object, program, kernel, and words that the log has (`\n` stands for the end of a line); `!` before words that it has not.
#[test]
fn logs_have_the_shape_of_the_kernels() {
    let rows = include_str!("logs.tsv").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut wrong = Vec::new();
    let mut seen = 0;
    for row in rows {
        let [path, program, kernel, words] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("four columns: {row}")
        };
        let object = super::object(&format!("tests/data/{path}.bpf.o"));
        let spec = object.programs.iter().find(|known| known.name == program);
        let kernel = Kernel::ALL.into_iter().find(|known| known.name() == kernel);
        let profile = Profile::new(kernel.unwrap_or_else(|| panic!("{row}")).version());
        let text = log(&profile, &object, spec.unwrap_or_else(|| panic!("{row}")), None);
        let (expected, words) = words.strip_prefix('!').map_or((true, words), |words| (false, words));
        if text.contains(&words.replace("\\n", "\n")) != expected {
            wrong.push(format!("{row}\n{text}"));
        }
        seen += 1;
    }
    assert!(seen > 10 && wrong.is_empty(), "{}", wrong.join("\n"));
}
