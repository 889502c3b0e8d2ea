//! Text that people hand over in files: read once and no further than it should be long, from a pipe too, and in the
//! encodings that editors and shells write.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// What nobody writes by hand is longer, in bytes.
pub(crate) const BY_HAND: u64 = 16 << 20;

/// How long a pipe may take to give its text.
const PIPE_PATIENCE: Duration = Duration::from_secs(10);

/// Reads a file as text.
///
/// # Errors
/// When it cannot be read, is longer than that, or holds no text.
pub(crate) fn read_text(path: &Path, most: u64) -> io::Result<String> {
    let bytes = read(path, most)?;
    decoded(&bytes).ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "it holds no text"))
}

/// Reads a file. A pipe that nobody writes into would hang for ever, so it is given up after a while.
///
/// # Errors
/// When it cannot be read, or is longer than that.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let found = fs::metadata(path)?;
    if found.is_file() || found.is_dir() {
        return read_all(File::open(path)?, most);
    }
    let (give, take) = mpsc::channel();
    let path = path.to_owned();
    thread::Builder::new().spawn(move || {
        let bytes = File::open(path).and_then(|file| read_all(file, most));
        let _ = give.send(bytes); // nobody may be waiting any more
    })?;
    take.recv_timeout(PIPE_PATIENCE).unwrap_or_else(|_| {
        let waited = PIPE_PATIENCE.as_secs();
        let text =
            format!("nothing came in {waited} s; something must write into this pipe and close it");
        Err(io::Error::new(ErrorKind::TimedOut, text))
    })
}

/// Reads all that comes.
///
/// # Errors
/// When that fails, or is longer than that.
pub(crate) fn read_all(from: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let text = format!("it is longer than {} kB", most >> 10);
        return Err(io::Error::new(ErrorKind::FileTooLarge, text));
    }
    Ok(bytes)
}

/// Bytes as text, whatever a Windows editor made of it; `None` where they are none.
pub(crate) fn decoded(bytes: &[u8]) -> Option<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units)
            .collect::<Result<String, _>>()
            .ok()
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [_, 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, _, ..] => utf16(bytes, u16::from_be_bytes),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }
}

/// What a parser says of a text. It repeats the line that it does not understand, which may be long: each is cut.
pub(crate) fn briefly(said: &str) -> String {
    const LETTERS: usize = 160;
    let cut = |line: &str| match line.char_indices().nth(LETTERS) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    };
    said.trim_end()
        .lines()
        .map(cut)
        .collect::<Vec<_>>()
        .join("\n")
}
