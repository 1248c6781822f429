//! The build driver: `cargo xtask build | serve | test | lint | bench | score | fuzz`, each from nothing on a fresh machine.
//!
//! It does what a general tool would need configuration for: the wasm target, npm packages from their lock files, the
//! editor bundle, the browser half with wasm-bindgen in process, hashed and compressed site files, the server around them.

mod machine;
mod site;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, bail};

const USAGE: &str = "\
cargo xtask COMMAND

  build [--release]           builds the site files and the binary
  site  [--release]           builds the site files only; a binary serves them with LINTEL_SITE=target/PROFILE/site
  serve [--release] [ARGS]    builds, then starts `lintel serve ARGS`
  test  [--release] [FILTER]  runs all tests: Rust, then end to end in Chromium
  e2e   [--release] [ARGS]    end to end only; ARGS go to Playwright
  lint                        format, clippy for both halves, types, documentation
  bench [FILTER]              benchmarks in release mode
  score [--findings] [NAMES]  the rules on designs whose flaws are known; fails when a goal is missed
  fuzz  [SECONDS]             looks for texts that break a reader, ten minutes long without a number";

fn main() -> Result<()> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let command = if args.is_empty() { String::new() } else { args.remove(0) };
    let release = args.iter().any(|arg| arg == "--release");
    args.retain(|arg| arg != "--release");
    let profile = if release { Profile::Release } else { Profile::Debug };
    match command.as_str() {
        "build" => build(profile).map(|exe| eprintln!("xtask: built {}", exe.display())),
        "site" => site::build(profile).map(|site| eprintln!("xtask: built {}", site.display())),
        "serve" => serve(profile, &args),
        "test" => test(profile, &args),
        "e2e" => end_to_end(profile, &args),
        "lint" => lint(),
        "bench" => bench(&args),
        "score" => score(&args),
        "fuzz" => fuzz(&args),
        _ => bail!("{USAGE}"),
    }
}

/// How things are built: quickly, or for users.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Debug,
    Release,
}

impl Profile {
    /// The folder below the target folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Runs a command to its end; anything but success is an error that shows the command.
pub fn run(command: &mut Command) -> Result<()> {
    let line = format!("{command:?}").replace('"', "");
    eprintln!("xtask> {line}");
    let status = command.status().with_context(|| format!("could not start: {line}"))?;
    if !status.success() {
        bail!("failed: {line}");
    }
    Ok(())
}

/// A cargo call at the root.
pub fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(root());
    command
}

/// Says how long a step took.
pub fn timed<T>(what: &str, step: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let result = step()?;
    eprintln!("xtask: {what}: {:.1} s", start.elapsed().as_secs_f32());
    Ok(result)
}

/// Site files first, because the release binary embeds them.
fn build(profile: Profile) -> Result<PathBuf> {
    let site = site::build(profile)?;
    let mut command = cargo(&["build", "--bin", "lintel", "--features", "ssr"]);
    if profile == Profile::Release {
        command.arg("--release").env("LINTEL_SITE_DIR", &site);
    }
    timed("server", || run(&mut command))?;
    Ok(target().join(profile.folder()).join("lintel"))
}

fn serve(profile: Profile, args: &[String]) -> Result<()> {
    let exe = build(profile)?;
    run(Command::new(exe).arg("serve").args(args).current_dir(root()))
}

fn test(profile: Profile, args: &[String]) -> Result<()> {
    timed("Rust tests, built", || run(&mut cargo(&[&["test", "--no-run"], &RUST_TESTS[..]].concat())))?;
    timed("Rust tests", || rust_tests(args))?;
    if profile == Profile::Release {
        return end_to_end(profile, &[]);
    }
    // The program is there: the tests that start it had it built.
    let exe = target().join("debug/lintel");
    site::build(profile)?;
    timed("end to end", || run(&mut playwright(&exe, &[])?))?;
    // Again with the bundles that people get: they are optimised and cut up, and checks of debug builds are not in them.
    // `playwright.config.ts` says which files those are for.
    let site = site::build(Profile::Release)?;
    timed("end to end, release bundles", || run(playwright(&exe, &[])?.env("LINTEL_SITE", site)))
}

/// What `cargo test` is asked for.
const RUST_TESTS: [&str; 5] = ["--features", "ssr", "--bins", "--lib", "--tests"];

/// Runs the tests of the library beside those that start processes, which mostly wait. The latter speak when they are done.
fn rust_tests(args: &[String]) -> Result<()> {
    let command = |parts: &[&str]| {
        let mut command = cargo(&[&["test", "--features", "ssr"], parts].concat());
        if let Some(go) = machine::go() {
            command.env("LINTEL_GO", go);
        }
        // Generated cases are the same every time, so that a landing tells of its change; another seed, and `fuzz`, look further.
        if std::env::var_os(SEED).is_none() {
            command.env(SEED, "1");
        }
        command.args(args);
        command
    };
    let processes = command(&["--test", "process"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("could not start: cargo test --test process")?;
    let library = run(&mut command(&["--bins", "--lib"]));
    let processes = processes.wait_with_output().context("the tests that start processes")?;
    let mut out = std::io::stderr();
    out.write_all(&processes.stdout)?;
    out.write_all(&processes.stderr)?;
    library?;
    if !processes.status.success() {
        bail!("failed: cargo test --test process");
    }
    Ok(())
}

/// What generated cases begin with.
const SEED: &str = "PROPTEST_RNG_SEED";

fn end_to_end(profile: Profile, args: &[String]) -> Result<()> {
    let exe = build(profile)?;
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    timed("end to end", || run(&mut playwright(&exe, &args)?))
}

/// Playwright with its packages, Chromium and the binary to test.
fn playwright(exe: &Path, args: &[&str]) -> Result<Command> {
    let folder = root().join("end2end");
    machine::npm(&folder)?;
    let chromium = machine::chromium()?;
    let mut command = Command::new(folder.join("node_modules/.bin/playwright"));
    command.arg("test").args(args).current_dir(&folder).env("CHROMIUM", chromium).env("LINTEL_BINARY", exe);
    Ok(command)
}

fn lint() -> Result<()> {
    machine::wasm_target()?;
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    let deny = ["--", "-D", "warnings"];
    run(cargo(&["clippy", "--package", "xtask"]).args(deny))?;
    run(cargo(&["clippy", "--all-targets", "--features", "ssr"]).args(deny))?;
    run(cargo(&["clippy", "--lib", "--target", "wasm32-unknown-unknown", "--features", "hydrate,decision,diagram,structurizr,mermaid"])
        .args(deny))?;
    run(cargo(&["clippy", "--lib", "--target", "wasm32-unknown-unknown", "--features", "rules,structurizr,mermaid"]).args(deny))?;
    run(cargo(&["doc", "--no-deps", "--features", "ssr", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links"))?;
    let editor = site::editor_folder();
    machine::npm(&editor)?;
    run(Command::new(editor.join("node_modules/.bin/tsc")).arg("--noEmit").current_dir(&editor))?;
    let end2end = root().join("end2end");
    machine::npm(&end2end)?;
    run(Command::new(end2end.join("node_modules/.bin/tsc")).arg("--noEmit").current_dir(&end2end))
}

fn bench(args: &[String]) -> Result<()> {
    run(cargo(&["bench", "--features", "ssr", "--benches", "--"]).args(args))
}

fn score(args: &[String]) -> Result<()> {
    run(cargo(&["bench", "--features", "ssr", "--bench", "designs", "--"]).args(args))
}

/// The corpus and the first case come from the environment; `src/domain/tests/fuzz.rs` names the variables.
fn fuzz(args: &[String]) -> Result<()> {
    let seconds = match args.first() {
        Some(text) => text.parse::<u64>().with_context(|| format!("`{text}` is no number of seconds"))?,
        None => 600,
    };
    let mut command =
        cargo(&["test", "--release", "--features", "ssr", "--lib", "domain::tests::fuzz::search", "--", "--exact", "--nocapture"]);
    run(command.env("LINTEL_FUZZ_SECONDS", seconds.to_string()))
}
