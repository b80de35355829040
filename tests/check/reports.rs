//! What reports say about programs of the recorded objects: `reports.tsv`.

use programs::object::Object;
use scenarios::check::compare::groups;
use scenarios::check::draw;
use scenarios::check::judge::judge;
use scenarios::check::table::table;
use scenarios::diag::render::Style;
use scenarios::file::Kernel;

/// All reports of one program, as `check` prints them.
fn reports(object: &Object, program: &str, kernels: &[Kernel]) -> String {
    let mut object = object.clone();
    object.programs.retain(|known| known.name == program);
    let Some(spec) = object.programs.first() else { panic!("no program {program}") };
    let report = judge("object.o", &object, kernels, &[]);
    let style = Style { color: false, width: None };
    let one = |group| draw::refusal("object.o", spec, &report.rows, &group, style);
    groups(&report.rows).into_iter().map(one).collect()
}

fn kernels(text: &str) -> Vec<Kernel> {
    let named = |name| Kernel::ALL.into_iter().find(|kernel| kernel.name() == name);
    match text {
        "all" => Kernel::ALL.to_vec(),
        text => {
            text.split(',').map(|name| named(name).unwrap_or_else(|| panic!("no kernel {name}"))).collect()
        }
    }
}

/// A number that only the kernel's configuration knows decides these programs.
#[test]
fn options_of_the_kernel_are_not_guessed() {
    let object = super::object("tests/data/reports/obj/options.bpf.o");
    let report = judge("object.o", &object, &Kernel::ALL, &[]);
    let words = |program: &str| -> Vec<&str> {
        report.rows.iter().filter(|row| row.program == program).map(|row| row.verdict.word()).collect()
    };
    assert_eq!(words("by_option"), ["unknown"; 4]);
    assert_eq!(words("by_weak_option"), ["unknown"; 4]);
    assert_eq!(words("by_neither"), ["accept"; 4]);
    assert_eq!(words("by_version"), ["reject", "reject", "accept", "accept"]);
}

/// Of a struct_ops variable a loader loads all programs or none.
#[test]
fn who_is_held_back_is_told() {
    let object = super::object("tests/data/reports/obj/together.bpf.o");
    let text = table(&judge("object.o", &object, &Kernel::ALL, &[]), &|_, word| word.to_owned());
    let held: Vec<&str> = text.lines().filter(|line| line.starts_with("  !")).collect();
    let of = |kernel: &str| {
        format!(
            "  ! {kernel}: `endless` is refused, so libbpf loads no program of `dummy`, not even what is accepted (1)"
        )
    };
    assert_eq!(held, [of("6.12"), of("7.2")], "{text}");
}

/// Each row: object, program, kernels, and words that the report has; `!` before words that it has not.
#[test]
fn reports_say_what_a_reader_needs() {
    let rows = include_str!("reports.tsv").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut wrong = Vec::new();
    let mut last: Option<((&str, &str, &str), String)> = None;
    let mut seen = 0;
    for row in rows {
        let [path, program, asked, words] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("four columns: {row}")
        };
        let of = (path, program, asked);
        if last.as_ref().is_none_or(|(known, _)| *known != of) {
            let object = super::object(&format!("tests/data/{path}.bpf.o"));
            last = Some((of, reports(&object, program, &kernels(asked))));
        }
        let text = &last.as_ref().expect("just made").1;
        let (expected, words) = words.strip_prefix('!').map_or((true, words), |words| (false, words));
        if text.contains(words) != expected {
            wrong.push(format!("{row}\n{text}"));
        }
        seen += 1;
    }
    assert!(seen > 20 && wrong.is_empty(), "{}", wrong.join("\n"));
}
