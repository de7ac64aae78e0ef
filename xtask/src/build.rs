//! From the crate to the npm package: cargo, wasm-bindgen, wasm-opt, and the
//! TypeScript around it.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flate2::{Compression, write::GzEncoder};

use crate::browser;
use crate::place::Place;
use crate::process::{cargo, node, run as run_program, say, step};
use crate::setup;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// What makes a module of the crate: its allocator and its panic handler, and vectors.
pub(crate) const MODULE_FLAGS: [&str; 2] = ["--cfg=palm_user_module", "-Ctarget-feature=+simd128"];

/// What rustc's wasm32-unknown-unknown uses, and no more: with more, wasm-opt
/// writes instructions that engines do not have yet.
const WASM_OPT: [&str; 11] = [
    "-O3",
    "--enable-reference-types",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-simd",
    // wasm-bindgen has read it by now.
    "--strip-target-features",
    "--strip-producers",
];

/// Makes pkg/ and pkg-sandbox/, installing what is missing.
pub(crate) fn run(place: &Place) -> Result<()> {
    setup::build_tools(place)?;
    check_versions(&place.root)?;
    let wasm = step("compile the crate to wasm", || compile(place))?;
    step("write the JavaScript half", || bindgen(place, &wasm))?;
    step("optimise the module", || optimise(place))?;
    step("bundle the package", || run_program(node(place).arg("pkg-template/build.mjs")))?;
    step("bundle the sandbox", || run_program(node(place).arg("sandbox/build.mjs")))?;
    sizes(&place.root)
}

/// Every file of both packages by its path, to compare two builds.
pub(crate) fn contents(root: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    fn collect(folder: &Path, into: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                collect(&path, into)?;
            } else {
                into.insert(path.clone(), fs::read(&path)?);
            }
        }
        Ok(())
    }
    let mut contents = BTreeMap::new();
    collect(&root.join("pkg"), &mut contents)?;
    collect(&root.join("pkg-sandbox"), &mut contents)?;
    Ok(contents)
}

/// Makes www/dist/ from the package in pkg/.
pub(crate) fn page(place: &Place) -> Result<()> {
    step("build the page", || {
        let vite = ["node_modules/vite/bin/vite.js", "build", "www", "--logLevel", "warn"];
        run_program(node(place).args(vite))
    })
}

/// Makes www/dist/docs/ from docs/, the package in pkg/, and the crate's own documentation.
pub(crate) fn docs(place: &Place) -> Result<()> {
    step("document the crate", || {
        let features = ["--features", "reqwest,http,hmac"];
        run_program(
            cargo(place).args(["doc", "-p", "palm-user", "--no-deps", "--quiet"]).args(features),
        )
    })?;
    step("build the documentation", || {
        let rustdoc = place.target.join("doc");
        run_program(node(place).args(["docs/site/build.mjs", "--rustdoc"]).arg(rustdoc))
    })
}

/// Draws docs/pictures/, writes the figures that are quoted, and photographs the page.
pub(crate) fn pictures(place: &Place) -> Result<bool> {
    step("draw the pictures", || run_program(node(place).arg("docs/site/figures.mjs")))?;
    page(place)?;
    let browser = browser::find_or_install(place)?.context(browser::MISSING)?;
    step("photograph the page", || {
        run_program(node(place).arg("www/screenshots.mjs").env("CHROMIUM", browser))
    })?;
    Ok(true)
}

/// The crate's macros and the tool that reads what they left must be one version.
fn check_versions(root: &Path) -> Result<()> {
    let lock = fs::read_to_string(root.join("Cargo.lock")).context("Cargo.lock is missing")?;
    let library = locked(&lock, "wasm-bindgen");
    let tool = locked(&lock, "wasm-bindgen-cli");
    if library.is_none() || library != tool {
        bail!(
            "Cargo.lock has wasm-bindgen {library:?} and wasm-bindgen-cli {tool:?}; set the same \
             version in Cargo.toml and xtask/Cargo.toml"
        );
    }
    Ok(())
}

/// The version of a package in a Cargo.lock.
fn locked<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

fn compile(place: &Place) -> Result<PathBuf> {
    run_program(
        cargo(place)
            .args(["rustc", "-p", "palm-user", "--lib", "--crate-type", "cdylib", "--release"])
            .args(["--target", TARGET, "--no-default-features", "--features", "wasm"])
            .env("CARGO_ENCODED_RUSTFLAGS", rust_flags(&place.root)?)
            .env_remove("RUSTFLAGS"),
    )?;
    Ok(place.target.join(TARGET).join("release/palm_user.wasm"))
}

/// Panic messages name source files: without these, by the path of whoever built.
fn rust_flags(root: &Path) -> Result<OsString> {
    let mut flags = OsString::from(MODULE_FLAGS.join("\u{1f}"));
    let home = env::var_os("HOME").or_else(|| env::var_os("USERPROFILE")).map(PathBuf::from);
    let cargo = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| home.map(|home| home.join(".cargo")))
        .context("neither CARGO_HOME nor HOME is set")?;
    for (from, to) in [(root, "/palm-user"), (cargo.as_path(), "/cargo")] {
        // Cargo's separator of encoded flags.
        flags.push("\u{1f}");
        flags.push("--remap-path-prefix=");
        flags.push(from);
        flags.push("=");
        flags.push(to);
    }
    Ok(flags)
}

fn bindgen(place: &Place, wasm: &Path) -> Result<()> {
    let bindgen = place.work("bindgen");
    if bindgen.exists() {
        fs::remove_dir_all(&bindgen)?;
    }
    let args: [OsString; 10] = [
        "wasm-bindgen".into(),
        wasm.into(),
        "--target".into(),
        "web".into(),
        "--no-typescript".into(),
        "--remove-name-section".into(),
        "--remove-producers-section".into(),
        "--out-name=palm_user".into(),
        "--out-dir".into(),
        bindgen.clone().into(),
    ];
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(args)?;
    let [script, module] = ["palm_user.js", "palm_user_bg.wasm"].map(|file| bindgen.join(file));
    let (text, bytes) = without_hashes(&fs::read_to_string(&script)?, fs::read(&module)?)?;
    fs::write(script, text)?;
    fs::write(module, bytes).context("write the module")
}

/// The JavaScript half of a Rust program's own module, for pages and Node.js.
pub(crate) fn bindgen_for_web(wasm: &Path, folder: &Path, name: &str) -> Result<()> {
    let args: [OsString; 8] = [
        "wasm-bindgen".into(),
        wasm.into(),
        "--target".into(),
        "web".into(),
        "--no-typescript".into(),
        format!("--out-name={name}").into(),
        "--out-dir".into(),
        folder.into(),
    ];
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(args)
}

/// wasm-bindgen ends the name of an import in a hash, in the module and in its
/// JavaScript: half a kilobyte in each that nothing compresses. All are imported
/// from one file, where their names alone are different.
fn without_hashes(script: &str, mut module: Vec<u8>) -> Result<(String, Vec<u8>)> {
    const PREFIX: &str = "__wbg_";
    let is_end = |char: char| !char.is_ascii_alphanumeric() && char != '_';
    let names: BTreeMap<&str, &str> = script
        .split(PREFIX)
        .skip(1)
        .filter_map(|rest| rest.split(is_end).next()?.rsplit_once('_'))
        .filter(|(_, hash)| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .collect();
    let mut text = script.to_owned();
    for (name, hash) in names {
        let before = format!("{PREFIX}{name}_{hash}");
        let after = format!("{PREFIX}{name}_{}", "0".repeat(hash.len()));
        text = text.replace(&before, &after);
        let at = module.windows(before.len()).position(|part| part == before.as_bytes());
        let place = at.and_then(|at| module.get_mut(at..)?.get_mut(..before.len()));
        place
            .with_context(|| format!("the module lacks {before}"))?
            .copy_from_slice(after.as_bytes());
    }
    Ok((text, module))
}

fn optimise(place: &Place) -> Result<()> {
    let module = place.work("bindgen").join("palm_user_bg.wasm");
    // By node: npm's shims are shell scripts, which not every platform runs.
    let wasm_opt = "node_modules/binaryen/bin/wasm-opt";
    run_program(node(place).arg(wasm_opt).arg(&module).args(WASM_OPT).arg("-o").arg(&module))
}

/// The size of every entry of both packages.
fn sizes(root: &Path) -> Result<()> {
    for package in ["pkg", "pkg-sandbox"] {
        let mut files = Vec::new();
        for entry in fs::read_dir(root.join(package).join("dist"))? {
            let path = entry?.path();
            let extension = path.extension().unwrap_or_default();
            if extension == "js" || extension == "cjs" || extension == "wasm" {
                files.push(path);
            }
        }
        files.sort();
        for file in files {
            let bytes = fs::read(&file)?;
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&bytes)?;
            let packed = encoder.finish()?.len();
            let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
            say!("  {name:<26}{:>8} bytes {packed:>8} gzip", bytes.len());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{locked, without_hashes};

    #[test]
    fn imports_without_hashes() -> anyhow::Result<()> {
        let (hash, zeros) = ("_0123456789abcdef", "_0000000000000000");
        let script = |hash| format!("__wbg_get_imports(){{__wbg_a{hash}:1,__wbg_b_c{hash}:2}}");
        let module = |hash| format!("\0__wbg_b_c{hash}\0__wbg_a{hash}\0").into_bytes();
        let (text, bytes) = without_hashes(&script(hash), module(hash))?;
        assert_eq!((text, bytes), (script(zeros), module(zeros)));
        assert!(without_hashes(&script(hash), Vec::new()).is_err());
        Ok(())
    }

    #[test]
    fn versions_in_a_lock_file() {
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.2.3\"\n\n[[package]]\nname = \"a-b\"\nversion = \"4.5.6\"\n";
        assert_eq!(locked(lock, "a"), Some("1.2.3"));
        assert_eq!(locked(lock, "a-b"), Some("4.5.6"));
        assert_eq!(locked(lock, "c"), None);
    }
}
