//! What an exported file is: evidence needs to say what it shows and what it could not see. The manifest beside a file
//! also proves that the file is an output, and may be replaced by the next one.

use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{checksum, part};
use crate::model::{Gap, SnapshotInfo};

/// What a file holds, as its maker knows it.
#[derive(Clone, Copy, Debug)]
pub struct Contents<'a> {
    /// Of the file, as `--format` names it.
    pub format: &'a str,
    /// For CSV, what the rows are.
    pub preset: Option<&'a str>,
    /// Rows, lines or grants in it.
    pub rows: u64,
    /// The snapshot, with its counts; of the history of many accounts, the newest of each.
    pub snapshots: &'a [SnapshotInfo],
    /// What could not be seen; empty = everything that was asked for was seen.
    pub coverage: &'a [Gap],
}

/// The document beside an output.
#[derive(Debug, Serialize)]
pub(super) struct Manifest<'a> {
    /// Grows when a field changes its meaning.
    format_version: u32,
    /// Program and release.
    tool: String,
    format: &'a str,
    preset: Option<&'a str>,
    /// Name of the file, without folders.
    file: &'a str,
    /// Its size.
    bytes: u64,
    /// Its checksum.
    sha256: String,
    rows: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot: Option<&'a SnapshotInfo>,
    /// Where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshots: Option<&'a [SnapshotInfo]>,
    coverage: &'a [Gap],
}

impl<'a> Manifest<'a> {
    pub(super) fn new(contents: &Contents<'a>, file: &'a Path, written: (u64, String)) -> Self {
        let (bytes, sha256) = written;
        Self {
            format_version: 1,
            tool: format!("{} {}", crate::NAME, crate::VERSION),
            format: contents.format,
            preset: contents.preset,
            file: file
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default(),
            bytes,
            sha256,
            rows: contents.rows,
            snapshot: Some(contents.snapshots)
                .and_then(|snapshots| snapshots.first().filter(|_| snapshots.len() == 1)),
            snapshots: Some(contents.snapshots).filter(|snapshots| snapshots.len() != 1),
            coverage: contents.coverage,
        }
    }
}

/// What is read of a manifest to know a file again.
#[derive(Deserialize)]
struct KnownManifest {
    tool: String,
    bytes: u64,
    sha256: String,
}

/// A manifest takes a kilobyte, and some more for its gaps.
const MOST_BYTES: u64 = 64 << 20;

impl KnownManifest {
    fn read(path: &Path) -> Option<Self> {
        let mut text = String::new();
        let file = File::open(path).ok()?;
        if !file.metadata().ok()?.is_file() {
            return None;
        }
        file.take(MOST_BYTES).read_to_string(&mut text).ok()?;
        let proof: Self = serde_json::from_str(&text).ok()?;
        let is_ours = proof.tool.split(' ').next() == Some(crate::NAME);
        is_ours.then_some(proof)
    }
}

/// Where the manifest of a file is.
pub(super) fn path_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".manifest.json");
    name.into()
}

/// Whether a file is a manifest.
pub(super) fn is_one(path: &Path) -> bool {
    KnownManifest::read(path).is_some()
}

/// Whether a manifest says that we wrote the file as it is now. An output that was killed between its two renames has
/// its manifest still under the name of a part.
pub(super) fn describes(file: &Path) -> bool {
    let manifest = path_of(file);
    let proofs: Vec<KnownManifest> = part::left_over(&manifest)
        .into_iter()
        .chain([manifest])
        .filter_map(|path| KnownManifest::read(&path))
        .collect();
    let is_of_size = |bytes: u64| fs::metadata(file).is_ok_and(|known| known.len() == bytes);
    if !proofs.iter().any(|proof| is_of_size(proof.bytes)) {
        return false;
    }
    let sum: io::Result<(u64, String)> = checksum::of_file(file);
    sum.is_ok_and(|(_, sum)| proofs.iter().any(|proof| proof.sha256 == sum))
}
