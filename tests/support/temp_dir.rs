//! A folder of a test's own.

#![allow(dead_code, unreachable_pub)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Removed when dropped.
pub struct TempDir(PathBuf);

impl TempDir {
    pub fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("harness-access-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path); // of an earlier process with this number
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file and gives its path as text.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.file(name);
        fs::write(&path, content).expect("a folder");
        path.to_str().expect("a folder").to_owned()
    }

    /// Writes a file that its owner alone may read, as a key file should be.
    pub fn write_private(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.write(name, content);
        #[cfg(unix)]
        {
            let only_mine = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            fs::set_permissions(&path, only_mine).expect("a file of ours");
        }
        path
    }

    /// The names of the files in it, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.0)
            .expect("a folder")
            .map(|entry| {
                entry
                    .expect("a folder")
                    .file_name()
                    .into_string()
                    .expect("a folder")
            })
            .collect();
        names.sort_unstable();
        names
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
