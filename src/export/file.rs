//! Files that are there whole or not at all, and their checksums.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// A file under construction, beside its final name; dropped unfinished, it is gone.
#[derive(Debug)]
pub struct Part {
    path: PathBuf,
    wanted: PathBuf,
    finished: bool,
}

impl Part {
    /// Creates it, readable by its owner only: it is a map of who can do what.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn create(wanted: &Path) -> io::Result<(Self, File)> {
        let mut name = wanted
            .file_name()
            .ok_or_else(|| io::Error::other("the path names no file"))?
            .to_owned();
        if wanted.is_dir() {
            return Err(io::Error::other("it is a directory"));
        }
        name.push(format!(".{}.part", std::process::id()));
        let path = wanted.with_file_name(name);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        let part = Self {
            path,
            wanted: wanted.to_owned(),
            finished: false,
        };
        Ok((part, file))
    }

    /// Where it is being written.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name, once all of it is on disk.
    ///
    /// # Errors
    /// When the disk is full or the name cannot be taken.
    pub fn finish(mut self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()?;
        fs::rename(&self.path, &self.wanted)?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.finished {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Counts and checksums what is written.
#[allow(missing_debug_implementations)]
pub struct Hashing<W> {
    inner: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Hashing<W> {
    /// Nothing written yet.
    pub fn new(inner: W) -> Self {
        Self {
            inner,
            hash: Sha256::new(),
            bytes: 0,
        }
    }

    /// Bytes and checksum.
    ///
    /// # Errors
    /// When the rest cannot be written.
    pub fn finish(mut self) -> io::Result<(u64, String)> {
        self.inner.flush()?;
        Ok((self.bytes, hex(&self.hash.finalize())))
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Bytes and checksum of a file.
///
/// # Errors
/// When it cannot be read.
pub fn sha256_of(path: &Path) -> io::Result<(u64, String)> {
    let mut file = BufReader::new(File::open(path)?);
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((bytes, hex(&hash.finalize()))),
            read => {
                hash.update(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
        text
    })
}

#[cfg(test)]
mod tests {
    use super::Hashing;
    use std::io::Write;

    #[test]
    fn the_checksum_is_sha256() {
        let mut hashing = Hashing::new(Vec::new());
        hashing.write_all(b"abc").expect("memory");
        let (bytes, hash) = hashing.finish().expect("memory");
        assert_eq!(bytes, 3);
        assert_eq!(
            hash,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
