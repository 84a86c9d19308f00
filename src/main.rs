//! The `onrush` command.

fn main() -> std::process::ExitCode {
    onrush::cli::run(std::env::args_os())
}
