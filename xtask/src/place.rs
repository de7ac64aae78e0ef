//! Where the checkout is, where cargo puts what it builds, and who may write there.

use std::env;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process::{CARGO, say};

/// A checkout. Found anew by each command: a checkout may have been moved or
/// copied since this program was compiled.
pub(crate) struct Place {
    /// The folder of the workspace.
    pub(crate) root: PathBuf,
    /// Cargo's own folder, wherever the user's settings put it.
    pub(crate) target: PathBuf,
}

/// Set for whatever a command that holds the lock starts.
const LOCKED: &str = "PALM_USER_LOCKED";

impl Place {
    /// The checkout that cargo runs this program for; or, for a program that was
    /// started by hand, the one around the current folder.
    pub(crate) fn find() -> Result<Self> {
        let root = match env::var_os("CARGO_MANIFEST_DIR") {
            Some(manifest) => Path::new(&manifest).parent().map(Path::to_path_buf),
            None => around(&env::current_dir()?),
        };
        let root = root.filter(|root| is_checkout(root));
        let root = root.context("this is not a checkout of palm-user; run `cargo xtask` in one")?;
        // Programs compare paths of their own, which have no links in them. On Windows
        // a canonical path is of a kind that not every program takes.
        let root = if cfg!(windows) { root } else { root.canonicalize()? };
        let target = cargo_target(&root)?;
        Ok(Self { root, target })
    }

    /// A folder of ours for files that lie beside the sources, so that programs in
    /// it find the npm packages in the folders above. It is not cargo's folder,
    /// which several checkouts may share.
    pub(crate) fn work(&self, name: &str) -> PathBuf {
        self.root.join("target").join(name)
    }

    /// The right to write to the checkout. Waits while another command has it.
    pub(crate) fn lock(&self) -> Result<Lock> {
        if env::var_os(LOCKED).is_some() {
            return Ok(Lock(None));
        }
        fs::create_dir_all(self.work(""))?;
        let path = self.work("xtask.lock");
        let file = File::create(&path).with_context(|| format!("write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                say!("• wait for another `cargo xtask` in this folder …");
                file.lock()?;
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        Ok(Lock(Some(file)))
    }
}

/// Tells a program that the lock is held by whoever started it.
pub(crate) fn mark_as_locked(command: &mut Command) {
    command.env(LOCKED, "1");
}

/// Held until it is dropped.
#[must_use]
pub(crate) struct Lock(Option<File>);

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.as_ref().map(File::unlock);
    }
}

fn is_checkout(root: &Path) -> bool {
    root.join("xtask/Cargo.toml").is_file() && root.join("pkg-template").is_dir()
}

fn around(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| is_checkout(folder)).map(Path::to_path_buf)
}

/// As `CARGO_TARGET_DIR`, `build.target-dir` and cargo's default have it.
fn cargo_target(root: &Path) -> Result<PathBuf> {
    let output = Command::new(&*CARGO)
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .stderr(Stdio::inherit())
        .output()
        .context("could not start cargo")?;
    if !output.status.success() {
        bail!("`cargo metadata` ended with {}", output.status);
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let folder = metadata.get("target_directory").and_then(serde_json::Value::as_str);
    Ok(folder.context("`cargo metadata` named no target folder")?.into())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Place, around};

    fn checkout(name: &str) -> anyhow::Result<Place> {
        let root = std::env::temp_dir().join(format!("palm-user {name} ü {}", std::process::id()));
        fs::create_dir_all(root.join("xtask/src"))?;
        fs::create_dir_all(root.join("pkg-template"))?;
        fs::write(root.join("xtask/Cargo.toml"), "")?;
        Ok(Place { target: root.join("target"), root })
    }

    #[test]
    fn a_folder_inside_a_checkout() -> anyhow::Result<()> {
        let Place { root, .. } = checkout("inside")?;
        assert_eq!(around(&root.join("xtask/src")), Some(root.clone()));
        assert_eq!(around(root.parent().unwrap()), None);
        Ok(fs::remove_dir_all(root)?)
    }

    #[test]
    fn one_command_at_a_time() -> anyhow::Result<()> {
        let place = checkout("lock")?;
        let held = place.lock()?;
        let other = fs::File::open(place.work("xtask.lock"))?;
        assert!(other.try_lock().is_err());
        drop(held);
        assert!(other.try_lock().is_ok());
        Ok(fs::remove_dir_all(place.root)?)
    }
}
