//! What a fresh machine lacks: the wasm target, npm packages, a Chromium.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::run;

const WASM: &str = "wasm32-unknown-unknown";

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
