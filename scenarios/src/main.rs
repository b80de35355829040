//! The `sleepable` command; everything is in `scenarios::cli`.

fn main() -> std::process::ExitCode {
    scenarios::cli::main()
}
