//! The `sleepable` command: arguments, exit codes, and one file per subcommand.
//!
//! Results go to stdout, everything else to stderr ([`console`]). Files are written whole or not at all (`output`), so
//! that Ctrl-C can end the process at any moment.

mod check;
mod console;
mod explain;
mod find;
mod list;
mod report;
mod run;
mod support;

use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::file::Kernel;
use console::Console;

/// Runs BPF programs, sleepable and atomic, on a simulated kernel.
#[derive(Debug, Parser)]
#[command(name = "sleepable", version, about, after_help = EXIT_CODES, disable_help_subcommand = true)]
struct Cli {
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    everything as expected
  1    an expectation failed, there was a finding, or a program was rejected (or cannot be judged)
  2    bad usage or bad input
  3    internal error: a fault of this program
  4    nothing to run
  130  interrupted

Environment:
  NO_COLOR   no colours when it is set and not empty; `--color always` counts more";

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set and not empty.
    Auto,
    Always,
    Never,
}

/// Form of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run scenarios and judge what happens.
    #[command(after_help = EXIT_CODES)]
    Run(RunArgs),
    /// Say which programs of an object each kernel loads.
    #[command(after_help = EXIT_CODES)]
    Check(CheckArgs),
    /// List scenarios and the questions they answer; without a path, the library.
    List {
        /// Scenario files or directories.
        paths: Vec<PathBuf>,
        #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
        format: OutputFormat,
    },
    /// Print a scenario with all its defaults.
    Show {
        /// A scenario file, or lib:NAME.
        file: PathBuf,
    },
    /// Explain a code such as F0001; without one, list all codes.
    Explain { code: Option<String> },
    /// List what is modelled, per kernel.
    Support {
        /// Kernels, separated by commas, or "all".
        #[arg(long, value_name = "V,…", default_value = "all", value_parser = kernels)]
        kernel: Kernels,
        /// Form of the list.
        #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
        format: OutputFormat,
    },
    /// Print a completion script for a shell.
    Completions { shell: clap_complete::Shell },
}

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
struct RunArgs {
    /// Scenario files, directories, or lib:NAME for a shipped scenario ("lib:" for all of them).
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// Kernels instead of the scenario's own: 5.10, 6.1, 6.12, 7.2, separated by commas, or "all".
    #[arg(long, value_name = "V,…", value_parser = kernels)]
    kernel: Option<Kernels>,
    /// Seed instead of the scenario's own.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Follow the scheduler's choices of an earlier run, as its `schedule:` line or JSON gives them; takes the seed from there.
    #[arg(long, value_name = "SCHEDULE", conflicts_with = "seed", allow_hyphen_values = true)]
    schedule: Option<sim::sched::Schedule>,
    /// Form of the results.
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    format: OutputFormat,
    /// Write the events to this file; the extension chooses the form: .txt (as ftrace), .jsonl, .pftrace (Perfetto), .svg (a picture).
    /// With several runs, scenario and kernel are put before the extension.
    #[arg(long, value_name = "OUT")]
    trace: Option<PathBuf>,
    /// Print failures only.
    #[arg(long, short)]
    quiet: bool,
}

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
struct CheckArgs {
    /// Objects made by `clang -target bpf`.
    #[arg(required = true, value_name = "OBJECT")]
    objects: Vec<PathBuf>,
    /// Kernels, separated by commas, or "all".
    #[arg(long, value_name = "V,…", default_value = "all", value_parser = kernels)]
    kernel: Kernels,
    /// Form of the results.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    format: CheckFormat,
    /// Only programs of these names, separated by commas; may be given several times.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    program: Vec<String>,
    /// Print what the verifier did, in the shape of the kernel's log (level 2, without what that says of precision), for each program and
    /// kernel.
    #[arg(long, conflicts_with = "format")]
    log: bool,
    /// Types of a kernel instead of the built-in selection: /sys/kernel/btf/vmlinux, a copy, or a vmlinux image. With several kernels say
    /// of which one they are: 6.12=FILE.
    #[arg(long, value_name = "[V=]FILE", value_parser = kernel_btf)]
    btf: Vec<KernelBtf>,
}

/// Form of what `check` finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    /// For people.
    Text,
    /// One JSON object per program and kernel, one per line (schema/check.schema.json).
    Json,
    /// JUnit XML: a suite per object, a case per program and kernel.
    Junit,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

/// What `--btf` gives.
#[derive(Clone, Debug)]
struct KernelBtf {
    kernel: Option<Kernel>,
    path: PathBuf,
}

fn kernel_btf(text: &str) -> Result<KernelBtf, String> {
    let (name, rest) = text.split_once('=').unwrap_or(("", text));
    let version = !name.is_empty() && name.chars().all(|c| c.is_ascii_digit() || c == '.');
    let (kernel, path) = if version { (Some(profile(name)?), rest) } else { (None, text) };
    if path.is_empty() {
        return Err("no file is given".to_owned());
    }
    Ok(KernelBtf { kernel, path: path.into() })
}

/// A kernel by its name.
fn profile(name: &str) -> Result<Kernel, String> {
    let strip =
        |message: String| message.split_once(": ").map_or(message.clone(), |(_, text)| text.to_owned());
    name.parse().map_err(strip)
}

/// A list of kernels as given on the command line.
#[derive(Clone, Debug)]
struct Kernels(Vec<Kernel>);

fn kernels(text: &str) -> Result<Kernels, String> {
    let mut found: Vec<Kernel> = Vec::new();
    for name in text.split(',').map(str::trim) {
        let named = match name {
            "all" => Kernel::ALL.to_vec(),
            name => vec![profile(name)?],
        };
        for kernel in named {
            if !found.contains(&kernel) {
                found.push(kernel);
            }
        }
    }
    Ok(Kernels(found))
}

/// What the process ends with; the worst of everything that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    Success = 0,
    NothingToRun = 4,
    Failed = 1,
    BadInput = 2,
}

impl Exit {
    /// The worse of two; bad input is worse than a failed run, because the run says nothing about it.
    fn and(self, other: Exit) -> Exit {
        let rank = |exit: Exit| match exit {
            Exit::Success => 0,
            Exit::NothingToRun => 1,
            Exit::Failed => 2,
            Exit::BadInput => 3,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

const INTERNAL_ERROR: u8 = 3;
const INTERRUPTED: i32 = 130;

/// Parses the arguments, runs the command and turns what happened into an exit code.
pub fn main() -> ExitCode {
    panic::set_hook(Box::new(report_panic));
    install_interrupt_handler();
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        let cli = parse();
        let mut console = Console::new(cli.color);
        let exit = dispatch(&cli.command, &mut console);
        // Whoever asked has not got the answer.
        if console.lost_output() { exit.and(Exit::BadInput) } else { exit }
    }));
    match outcome {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(_) => ExitCode::from(INTERNAL_ERROR),
    }
}

/// The arguments; complaints about them are coloured as `--color` says, which only the arguments tell.
fn parse() -> Cli {
    let arguments: Vec<String> = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let color =
        arguments.iter().enumerate().rev().find_map(|(at, word)| match word.strip_prefix("--color") {
            Some("") => arguments.get(at + 1).cloned(),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        });
    let color = match color.as_deref() {
        Some("always") => clap::ColorChoice::Always,
        Some("never") => clap::ColorChoice::Never,
        _ => clap::ColorChoice::Auto,
    };
    Cli::from_arg_matches(&Cli::command().color(color).get_matches()).unwrap_or_else(|error| error.exit())
}

fn dispatch(command: &Command, console: &mut Console) -> Exit {
    match command {
        Command::Run(args) => run::run(args, console),
        Command::List { paths, format } => list::list(paths, *format, console),
        Command::Show { file } => list::show(file, console),
        Command::Explain { code } => explain::run(code.as_deref(), console),
        Command::Check(args) => check::run(args, console),
        Command::Support { kernel, format } => support::run(&kernel.0, *format, console),
        Command::Completions { shell } => completions(*shell, console),
    }
}

fn completions(shell: clap_complete::Shell, console: &mut Console) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "sleepable", &mut script);
    console.out(&String::from_utf8_lossy(&script));
    Exit::Success
}

/// A panic is a fault of this program: say so, and what helps to find it.
fn report_panic(info: &panic::PanicHookInfo<'_>) {
    let command: Vec<String> = std::env::args().collect();
    eprintln!("error: internal error: {info}");
    eprintln!("  = note: this is a fault of sleepable {}, not of your input", env!("CARGO_PKG_VERSION"));
    eprintln!("  = help: please report it with the scenario and this command: {}", command.join(" "));
    if std::env::var_os("RUST_BACKTRACE").is_some() {
        eprintln!("{}", std::backtrace::Backtrace::capture());
    }
}

/// Ctrl-C ends the process once the file that is being written, if any, is whole.
fn install_interrupt_handler() {
    let installed = ctrlc::set_handler(|| {
        let _complete = crate::output::finish_writing();
        eprintln!("interrupted");
        std::process::exit(INTERRUPTED);
    });
    // Without a handler Ctrl-C still ends the process; only the note and the temporary file's removal are lost.
    if let Err(error) = installed {
        eprintln!("warning: Ctrl-C cannot be handled: {error}");
    }
}
