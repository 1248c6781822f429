//! Makes the table of site files that a release carries inside, and rebuilds when a migration changes.

use std::{
    env,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

fn main() -> std::io::Result<()> {
    let mut cargo = std::io::stdout().lock();
    writeln!(cargo, "cargo::rerun-if-changed=migrations")?;
    writeln!(cargo, "cargo::rerun-if-env-changed=LINTEL_SITE_DIR")?;
    let mut table = String::from("&[\n");
    if let Some(site) = env::var_os("LINTEL_SITE_DIR").map(PathBuf::from) {
        writeln!(cargo, "cargo::rerun-if-changed={}", site.display())?;
        let site = site.canonicalize()?;
        let mut files = Vec::new();
        walk(&site, &site, &mut files)?;
        files.sort();
        for (name, path) in files {
            let path = path.to_string_lossy();
            writeln!(table, "    ({name:?}, include_bytes!({path:?})),").map_err(std::io::Error::other)?;
        }
    }
    table.push_str("]\n");
    let out = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::write(out.join("site.rs"), table)
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(root, &path, files)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            files.push((name.to_string_lossy().replace('\\', "/"), path.clone()));
        }
    }
    Ok(())
}
