//! Firefox and WebKitGTK, which run the browser suites beside Chromium.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Result, bail};

use crate::browser::{apt_install, is_on_ci, on_path};
use crate::counts::{self, Counts};
use crate::place::Place;
use crate::process::{node, run, say, step};

struct Engine {
    /// As `tests/browser/engines.mjs` calls it.
    name: &'static str,
    /// The environment variable that names its program.
    variable: &'static str,
    /// Where it is looked for on the path.
    programs: &'static [&'static str],
    /// Debian's packages of it.
    packages: &'static [&'static str],
    found: OnceLock<Option<OsString>>,
}

static ENGINES: [Engine; 2] = [
    Engine {
        name: "firefox",
        variable: "FIREFOX",
        programs: &["firefox-esr", "firefox"],
        packages: &["firefox-esr"],
        found: OnceLock::new(),
    },
    Engine {
        name: "webkit",
        variable: "WEBKIT_DRIVER",
        programs: &["WebKitWebDriver"],
        packages: &["webkit2gtk-driver", "xvfb"],
        found: OnceLock::new(),
    },
];

/// Sets the variable of each engine that is there or can be installed. The others
/// count as skipped; on a continuous integration server with Debian they are an error.
pub(crate) fn set(place: &Place, command: &mut Command) -> Result<Counts> {
    let mut counts = Counts::default();
    for engine in &ENGINES {
        if let Some(program) = engine.found.get_or_init(|| engine.find_or_install(place)) {
            command.env(engine.variable, program);
            continue;
        }
        let Engine { name, variable, packages, .. } = engine;
        let packages = packages.join(" ");
        let missing = format!("no {name}: install {packages}, or set {variable}");
        if is_on_ci() && is_debian() {
            bail!("{missing}");
        }
        counts.add(counts::skipped(&missing));
    }
    Ok(counts)
}

impl Engine {
    fn find_or_install(&self, place: &Place) -> Option<OsString> {
        if let Some(named) = env::var_os(self.variable) {
            return Some(named);
        }
        self.usable(place).or_else(|| self.install(place))
    }

    /// The first on the path that opens a page.
    fn usable(&self, place: &Place) -> Option<OsString> {
        let candidates = on_path(self.programs, env::var_os("PATH").as_deref());
        candidates.into_iter().map(OsString::from).find(|program| {
            let mut launch = node(place);
            launch.args(["tests/browser/launches.mjs", self.name]).env(self.variable, program);
            run(launch.stdout(Stdio::null()).stderr(Stdio::null())).is_ok()
        })
    }

    fn install(&self, place: &Place) -> Option<OsString> {
        if !is_debian() {
            return None;
        }
        let installed = step(&format!("install {} by apt", self.packages.join(" ")), || {
            apt_install(self.packages)?;
            match self.usable(place) {
                Some(program) => Ok(program),
                None => bail!("{} does not start", self.name),
            }
        });
        installed.inspect_err(|error| say!("  {error:#}")).ok()
    }
}

fn is_debian() -> bool {
    Path::new("/etc/debian_version").exists()
}
