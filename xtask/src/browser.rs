//! Chromium and its driver, for the tests that run in a browser.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{run, step};

/// Where the two programs are.
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) chromedriver: PathBuf,
}

/// What a headless browser needs in a container, and what keeps it off the network.
const FLAGS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// The browser of `CHROMIUM` and `CHROMEDRIVER`, or of the path; on Debian it is installed.
pub(crate) fn find_or_install() -> Result<Browser> {
    if let Some(browser) = find() {
        return Ok(browser);
    }
    let is_debian = Path::new("/etc/debian_version").exists();
    if !is_debian {
        bail!(
            "Chromium or ChromeDriver was not found; install both, or name them in the \
             environment variables CHROMIUM and CHROMEDRIVER"
        );
    }
    step("install Chromium and ChromeDriver", || {
        let apt = |args: &[&str]| {
            run(Command::new("apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive"))
        };
        apt(&["update", "-qq"])?;
        apt(&["install", "-y", "-qq", "--no-install-recommends", "chromium", "chromium-driver"])
            .context("as root, run: apt-get install chromium chromium-driver")
    })?;
    find().context("Chromium was installed but is not on the path")
}

fn find() -> Option<Browser> {
    let chromium = named("CHROMIUM").or_else(|| on_path(&["chromium", "google-chrome", "chrome"]));
    let chromedriver = named("CHROMEDRIVER").or_else(|| on_path(&["chromedriver"]));
    Some(Browser { chromium: chromium?, chromedriver: chromedriver? })
}

fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file())
}

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|candidate| candidate.is_file())
}

impl Browser {
    /// The capabilities file that wasm-bindgen's test runner hands to the driver.
    pub(crate) fn write_capabilities(&self, file: &Path) -> Result<()> {
        let flags: Vec<String> = FLAGS.iter().map(|flag| format!("{flag:?}")).collect();
        let binary = self.chromium.to_string_lossy();
        let json = format!(
            "{{\"goog:chromeOptions\": {{\"binary\": {binary:?}, \"args\": [{}]}}}}\n",
            flags.join(", ")
        );
        Ok(fs::write(file, json)?)
    }
}
