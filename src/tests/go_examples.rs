//! The Go examples of the catalogue: formatted, vetted and tested by a Go toolchain, where there is one.
//!
//! `cargo xtask test` brings one along. Otherwise `LINTEL_GO` says where it is, or it is on the path.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

/// A toolchain that is new enough for the examples.
struct Go {
    program: PathBuf,
    /// Where the examples may be worked with.
    folder: PathBuf,
}

impl Go {
    /// A call that neither downloads nor leaves the folder.
    fn call(&self, program: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(&self.folder);
        command.env("GOTOOLCHAIN", "local").env("GOPROXY", "off").env("GOFLAGS", "").env("GOWORK", "off");
        if ["GOCACHE", "XDG_CACHE_HOME", "HOME"].iter().all(|name| env::var_os(name).is_none()) {
            command.env("GOCACHE", self.folder.join(".cache"));
        }
        command
    }

    /// What a call printed; fails with all of it when the call does.
    fn run(&self, program: &Path, args: &[&str]) -> String {
        let output = self.call(program, args).output().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{} {args:?}\n{printed}{}", program.display(), String::from_utf8_lossy(&output.stderr));
        printed
    }

    fn succeeds(&self, args: &[&str]) -> bool {
        self.call(&self.program, args).output().is_ok_and(|output| output.status.success())
    }
}

/// The toolchain that was named, or the one on the path.
fn toolchain() -> Option<PathBuf> {
    if let Some(named) = env::var_os("LINTEL_GO") {
        return std::path::absolute(named).ok();
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join("go")).find(|file| file.is_file())
}

/// Major and minor number of the first word that is a version: `go1.27.3`, or `1.25` after `go`.
fn version(text: &str) -> Option<(u32, u32)> {
    text.split_whitespace().find_map(|word| {
        let (major, rest) = word.trim_start_matches("go").split_once('.')?;
        let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
        Some((major.parse().ok()?, minor.parse().ok()?))
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Past the capture of the test harness, which would keep it from those whom it concerns.
fn say(text: &str) {
    let mut out = std::io::stderr().lock();
    writeln!(out, "{text}").unwrap();
}

#[test]
fn examples_are_formatted_and_hold_what_the_pages_say() {
    let Some(program) = toolchain() else {
        say("skipped, no Go toolchain for the examples of the catalogue: `cargo xtask test` brings one, LINTEL_GO names one");
        return;
    };
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalogue/go");
    let temporary = tempfile::tempdir().unwrap();
    let go = Go { program: program.clone(), folder: temporary.path().join("go") };
    copy(&source, &go.folder);

    let needed = version(&fs::read_to_string(source.join("go.mod")).unwrap()).unwrap();
    let present = version(&go.run(&program, &["version"])).unwrap();
    if present < needed {
        say(&format!("skipped, the examples of the catalogue need Go {}.{}: {}", needed.0, needed.1, program.display()));
        return;
    }

    let root = go.run(&program, &["env", "GOROOT"]);
    let unformatted = go.run(&Path::new(root.trim()).join("bin/gofmt"), &["-l", "."]);
    assert_eq!(unformatted, "", "gofmt would change these");
    go.run(&program, &["vet", "./..."]);

    // The race detector needs a C compiler; where it works on one example it works on all.
    let mut args = vec!["test", "-count=1", "-timeout=2m"];
    if go.succeeds(&["test", "-race", "-run=^$", "./p-05-retry"]) {
        args.push("-race");
    }
    args.push("./...");
    let report = go.run(&program, &args);
    let folders = fs::read_dir(&source).unwrap().filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("p-"));
    assert_eq!(report.lines().filter(|line| line.starts_with("ok ")).count(), folders.count(), "{report}");
}

#[test]
fn versions_are_read() {
    assert_eq!(version("go version go1.27.3 linux/amd64"), Some((1, 27)));
    assert_eq!(version("module lintel.example/patterns\n\ngo 1.25\n"), Some((1, 25)));
    assert_eq!(version("go version devel +abc"), None);
}
