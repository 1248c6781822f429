//! The site folder: what browsers fetch. Debug builds keep plain names; release builds have content hashes and come
//! compressed.
//!
//! `assets.txt` names the entry files for the server: `js` and `wasm` of each bundle of the browser half, `css`, `page`,
//! `editor`, and the worker that runs the rules with its program. A debug build makes one bundle with everything and names it for
//! each.

mod snip;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{Profile, cargo, machine, root, run, target, timed};

const NAME: &str = "lintel";

/// The bundles of the browser half: what their names in `assets.txt` begin with, and the features besides `hydrate`.
const BUNDLES: [(&str, &str); 4] =
    [("", ""), ("diagram-", "diagram,structurizr"), ("flowchart-", "diagram,mermaid"), ("decision-", "decision")];

/// How many bytes browsers may have to fetch of a file, with brotli, by its role. The rules come when a page has been idle.
const LIMITS: [(&str, u64); 6] = [
    ("wasm", 450_000),
    ("diagram-wasm", 450_000),
    ("flowchart-wasm", 450_000),
    ("decision-wasm", 450_000),
    ("editor", 230_000),
    ("rules-wasm", 650_000),
];

/// The features of the worker's program, which wakes no page.
const RULES: &str = "rules,structurizr,mermaid";

/// Where the editor bundle's sources and npm packages live.
pub fn editor_folder() -> PathBuf {
    root().join("src/ui/editor")
}

/// Builds `target/PROFILE/site` and gives its path.
pub fn build(profile: Profile) -> Result<PathBuf> {
    machine::wasm_target()?;
    let editor = editor_folder();
    machine::npm(&editor)?;

    let work = target().join("site-work").join(profile.folder());
    fs::create_dir_all(&work)?;
    let bundle = |what: &str, entry: &Path, to: &Path, more: &[String]| {
        let mut command = Command::new(editor.join("node_modules/.bin/esbuild"));
        command.arg(entry).args(["--bundle", "--format=esm", "--target=es2022", "--log-level=warning", "--external:*.svg"]);
        command.arg(format!("--outfile={}", to.display())).args(more).current_dir(root());
        if profile == Profile::Release {
            command.arg("--minify");
        }
        timed(what, || run(&mut command))
    };
    let (editor_js, page_js) = (work.join("editor.js"), work.join("page.js"));
    let css = work.join("lintel.css");
    bundle("editor", &editor.join("editor.ts"), &editor_js, &[])?;
    bundle("page", &root().join("src/ui/page/page.ts"), &page_js, &[])?;
    bundle("styles", &root().join("style/main.css"), &css, &[])?;
    // The worker has the glue of its program inside: it may load no other script.
    let rules_js = work.join("rules.js");
    let worker =
        |glue: &Path| bundle("rules", &editor.join("rules_worker.ts"), &rules_js, &[format!("--alias:lintel-rules={}", glue.display())]);
    // (role, stem, extension, file)
    let mut files = vec![
        ("css".to_owned(), NAME.to_owned(), "css", css),
        ("page".to_owned(), "page".to_owned(), "js", page_js),
        ("editor".to_owned(), "editor".to_owned(), "js", editor_js),
    ];
    match profile {
        Profile::Debug => {
            let (glue, wasm) = compile(profile, &work, "hydrate,decision,diagram,structurizr,mermaid,rules")?;
            let js = work.join("lintel.js");
            bundle("glue", &glue, &js, &[])?;
            worker(&glue)?;
            files.push(("rules-wasm".to_owned(), NAME.to_owned(), "wasm", wasm.clone()));
            for (prefix, _) in BUNDLES {
                files.push((format!("{prefix}js"), NAME.to_owned(), "js", js.clone()));
                files.push((format!("{prefix}wasm"), NAME.to_owned(), "wasm", wasm.clone()));
            }
        }
        Profile::Release => {
            let sources = sources()?;
            for (prefix, features) in BUNDLES {
                let features = format!("hydrate,{features}");
                let (glue, wasm) = bundle_of(&sources, &work.join(format!("{prefix}bundle")), features.trim_end_matches(','))?;
                let js = work.join(format!("{prefix}{NAME}.js"));
                bundle("glue", &glue, &js, &[])?;
                files.push((format!("{prefix}js"), format!("{prefix}{NAME}"), "js", js));
                files.push((format!("{prefix}wasm"), format!("{prefix}{NAME}"), "wasm", wasm));
            }
            let (glue, wasm) = bundle_of(&sources, &work.join("rules-bundle"), RULES)?;
            worker(&glue)?;
            files.push(("rules-wasm".to_owned(), "rules".to_owned(), "wasm", wasm));
        }
    }
    files.push(("rules-js".to_owned(), "rules".to_owned(), "js", rules_js.clone()));

    let site = target().join(profile.folder()).join("site");
    if site.exists() {
        fs::remove_dir_all(&site)?;
    }
    copy_folder(&root().join("public"), &site)?;
    let package = site.join("pkg");
    fs::create_dir_all(&package)?;
    let mut names = String::new();
    for (role, stem, extension, file) in &files {
        let data = fs::read(file).with_context(|| file.display().to_string())?;
        let name = match profile {
            Profile::Debug => format!("{stem}.{extension}"),
            Profile::Release => format!("{stem}.{}.{extension}", hash(&data)),
        };
        fs::write(package.join(&name), &data)?;
        names += &format!("{role} {name}\n");
    }
    fs::write(site.join("assets.txt"), &names)?;
    if profile == Profile::Release {
        let packed = work.join("packed");
        fs::create_dir_all(&packed)?;
        timed("compression", || compress(&site, &packed))?;
        within_limits(&package, &names)?;
    }
    Ok(site)
}

/// An error that names each file of the package over its limit; `names` is what `assets.txt` says.
fn within_limits(package: &Path, names: &str) -> Result<()> {
    let mut over = Vec::new();
    for (role, name) in names.lines().filter_map(|line| line.split_once(' ')) {
        let Some((_, limit)) = LIMITS.iter().find(|(limited, _)| *limited == role) else { continue };
        let size = fs::metadata(package.join(format!("{name}.br"))).with_context(|| format!("{name}.br"))?.len();
        if size > *limit {
            over.push(format!("{role}: {size} bytes with brotli, {} over the limit", size - limit));
        }
    }
    if !over.is_empty() {
        bail!("browsers would have to fetch too much:\n  {}", over.join("\n  "));
    }
    Ok(())
}

/// A bundle of the browser half for users. One that was made of the same sources is taken as it is: cargo would compile it again,
/// as all bundles are one library to it.
fn bundle_of(sources: &str, work: &Path, features: &str) -> Result<(PathBuf, PathBuf)> {
    let stamp = work.join("bundle.stamp");
    let (glue, wasm) = made_files(work);
    if fs::read_to_string(&stamp).is_ok_and(|old| old == sources) && glue.exists() && wasm.exists() {
        return Ok((glue, wasm));
    }
    let made = compile(Profile::Release, work, features)?;
    fs::write(stamp, sources)?;
    Ok(made)
}

/// What everything that bundles are made of comes to: the sources, the packages, the compiler, this program.
fn sources() -> Result<String> {
    let mut files = Vec::new();
    for part in ["src", "xtask/src", ".cargo", "Cargo.toml", "Cargo.lock", "build.rs"] {
        list(&root().join(part), &mut files)?;
    }
    files.sort();
    let compiler = Command::new("rustc").arg("-V").current_dir(root()).output().context("could not start: rustc -V")?.stdout;
    let mut digest = Sha256::new();
    digest.update(compiler);
    for file in files {
        digest.update(file.to_string_lossy().as_bytes());
        digest.update([0]);
        digest.update(Sha256::digest(fs::read(&file)?));
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The JavaScript glue and the wasm file of a bundle that is made in `work`.
fn made_files(work: &Path) -> (PathBuf, PathBuf) {
    let out = work.join("bindgen");
    (out.join(format!("{NAME}.js")), out.join(format!("{NAME}_bg.wasm")))
}

/// Every file below a path; npm packages left out.
fn list(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
    } else if path.is_dir() && !path.ends_with("node_modules") {
        for entry in fs::read_dir(path)? {
            list(&entry?.path(), files)?;
        }
    }
    Ok(())
}

/// Compiles a bundle of the browser half and gives the JavaScript glue and the wasm file, both in `work`.
fn compile(profile: Profile, work: &Path, features: &str) -> Result<(PathBuf, PathBuf)> {
    fs::create_dir_all(work)?;
    let (cargo_profile, folder) = match profile {
        Profile::Debug => ("dev", "debug"),
        Profile::Release => ("wasm-release", "wasm-release"),
    };
    let mut args = vec!["rustc", "--lib", "--target", "wasm32-unknown-unknown", "--features", features, "--profile", cargo_profile];
    // As a library for other crates too, it could not be optimised as a whole.
    args.extend(["--crate-type", "cdylib"]);
    timed(&format!("browser half ({features})"), || run(&mut cargo(&args)))?;
    let raw = target().join("wasm32-unknown-unknown").join(folder).join(format!("{NAME}.wasm"));
    let out = work.join("bindgen");
    let (glue, wasm) = made_files(work);
    let stamp = work.join("bindgen.stamp");
    let digest = hash(&fs::read(&raw).with_context(|| raw.display().to_string())?);
    if fs::read_to_string(&stamp).is_ok_and(|old| old == digest) && glue.exists() && wasm.exists() {
        return Ok((glue, wasm));
    }
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    let release = profile == Profile::Release;
    // The worker's program has no islands.
    let wakes = features.contains("hydrate");
    timed("wasm-bindgen", || {
        let mut output = wasm_bindgen_cli_support::Bindgen::new()
            .input_path(&raw)
            .web(true)?
            .typescript(false)
            .out_name(NAME)
            .remove_name_section(release)
            .remove_producers_section(release)
            .keep_debug(false)
            .generate_output()?;
        if release && wakes {
            snip::unused(output.wasm_mut())?;
        }
        output.emit(&out)
    })?;
    if release {
        let features = [
            "--enable-bulk-memory",
            "--enable-nontrapping-float-to-int",
            "--enable-sign-ext",
            "--enable-mutable-globals",
            "--enable-reference-types",
            "--enable-multivalue",
        ];
        let mut command = Command::new(editor_folder().join("node_modules/.bin/wasm-opt"));
        // Smaller before compression is larger after it: what `-Oz` folds together, brotli finds by itself, 5 kB better.
        command
            .args([
                "--duplicate-function-elimination",
                "--dae",
                "--remove-unused-module-elements",
                "-O1",
                "--rse",
                "--reorder-locals",
                "--vacuum",
            ])
            .args(features)
            .arg(&wasm)
            .arg("-o")
            .arg(&wasm);
        timed("wasm-opt", || run(&mut command))?;
    }
    fs::write(stamp, digest)?;
    Ok((glue, wasm))
}

fn hash(data: &[u8]) -> String {
    Sha256::digest(data).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let destination = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &destination)?;
        } else {
            fs::copy(entry.path(), destination)?;
        }
    }
    Ok(())
}

/// Puts `.br` and `.gz` beside every text and wasm file. What was packed once lies in `packed` by its hash.
fn compress(folder: &Path, packed: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            compress(&path, packed)?;
            continue;
        }
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if !matches!(extension, "js" | "css" | "wasm" | "svg") {
            continue;
        }
        let data = fs::read(&path)?;
        let known = packed.join(hash(&data));
        let (brotli, gzip) = (known.with_extension("br"), known.with_extension("gz"));
        if !brotli.exists() || !gzip.exists() {
            let mut small = Vec::new();
            let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: data.len(), ..Default::default() };
            brotli::BrotliCompress(&mut data.as_slice(), &mut small, &params)?;
            fs::write(&brotli, small)?;
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            encoder.write_all(&data)?;
            fs::write(&gzip, encoder.finish()?)?;
        }
        eprintln!("xtask: {}: {} bytes, {} with brotli", path.display(), data.len(), fs::metadata(&brotli)?.len());
        fs::copy(&brotli, format!("{}.br", path.display()))?;
        fs::copy(&gzip, format!("{}.gz", path.display()))?;
    }
    Ok(())
}
