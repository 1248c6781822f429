//! How well the rules tell flawed designs from sound ones. `cargo xtask score`, or `cargo bench --bench designs`.
//!
//! Arguments choose designs by a part of their name; `--findings` also lists everything that is shown. The exit code is 1 when a
//! goal is missed.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use lintel::domain::review::benchmark::{Score, cases, score, table::table};

fn main() -> ExitCode {
    // Cargo itself adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::from(2)
        }
    }
}

/// Whether every goal is met.
fn run(arguments: &[String]) -> Result<bool, Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/designs");
    let mut files = BTreeMap::new();
    walk(&root, &root, &mut files)?;
    let (options, chosen): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|argument| argument.starts_with("--"));
    let scores: Vec<Score> = cases(&files)?
        .iter()
        .filter(|case| chosen.is_empty() || chosen.iter().any(|part| case.id.contains(part.as_str())))
        .map(score)
        .collect();
    if scores.is_empty() {
        return Err(format!("No design in {} is named like that.", root.display()).into());
    }
    let mut out = io::stdout().lock();
    if options.iter().any(|option| option.as_str() == "--findings") {
        for score in &scores {
            writeln!(out, "{}\n  {}", score.id, score.shown.join("\n  "))?;
        }
        writeln!(out)?;
    }
    write!(out, "{}", table(&scores))?;
    Ok(scores.iter().all(|score| score.missed.is_empty()))
}

fn walk(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(root, &path, files)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            files.insert(name.to_string_lossy().replace('\\', "/"), fs::read(&path)?);
        }
    }
    Ok(())
}
