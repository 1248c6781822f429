//! The `lintel` program. Everything it can do is in `lintel::cli`.

fn main() -> std::process::ExitCode {
    lintel::cli::run()
}
