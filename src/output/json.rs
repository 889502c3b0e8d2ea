//! JSON documents. What is hidden, and what a CI log would take for a command, is written as escapes: the value is the same
//! for whoever parses it, and harmless for whoever prints it.

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};
use std::fmt::Write as _;
use std::io::{self, Write};

use crate::characters::is_hidden;

/// Writes one document, indented, with a final newline. Fields come in the order in which they are declared.
///
/// # Errors
/// When the output fails.
pub fn write_json(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write(document, PrettyFormatter::new(), out)
}

/// Writes one document on one line.
///
/// # Errors
/// When the output fails.
pub fn write_json_line(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write(document, CompactFormatter, out)
}

fn write(document: &impl Serialize, layout: impl Formatter, out: &mut dyn Write) -> io::Result<()> {
    let mut gathered = Gathered {
        held: Vec::with_capacity(512),
        out,
    };
    let mut serializer = serde_json::Serializer::with_formatter(&mut gathered, Visible(layout));
    document.serialize(&mut serializer)?;
    gathered.write_all(b"\n")?;
    gathered.flush()
}

/// Hands on at once what a document is written in: thousands of pieces of a few bytes.
struct Gathered<'a> {
    held: Vec<u8>,
    out: &'a mut dyn Write,
}

impl Gathered<'_> {
    const MOST: usize = 16 * 1024;
}

impl Write for Gathered<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    // In the hundreds of places that write it would make the program larger.
    #[inline(never)]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.held.len() + bytes.len() > Self::MOST {
            self.flush()?;
        }
        self.held.extend_from_slice(bytes);
        Ok(())
    }

    /// To whom it is handed on; when that is written out is not decided here.
    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.held)?;
        self.held.clear();
        Ok(())
    }
}

/// A layout whose strings hold nothing hidden.
struct Visible<F>(F);

impl<F: Formatter> Formatter for Visible<F> {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.bytes().all(|byte| byte < 0x7f && byte != b'#') {
            return out.write_all(fragment.as_bytes());
        }
        let mut safe = String::with_capacity(fragment.len());
        let mut before = None;
        for c in fragment.chars() {
            if is_hidden(c) || c == '#' && before == Some('#') {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(safe, "\\u{unit:04x}"); // writing to a String cannot fail
                }
            } else {
                safe.push(c);
            }
            before = Some(c);
        }
        out.write_all(safe.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::write_json_line;

    #[test]
    fn what_is_hidden_is_escaped_and_stays_the_same() {
        let name = "a\u{9b}b\u{202e} ##vso[x] \u{e0041} Zoë";
        let mut out = Vec::new();
        write_json_line(&name, &mut out).expect("memory");
        let text = String::from_utf8(out).expect("text");
        assert_eq!(
            text.trim(),
            r#""a\u009bb\u202e #\u0023vso[x] \udb40\udc41 Zoë""#
        );
        assert_eq!(
            serde_json::from_str::<String>(&text).ok().as_deref(),
            Some(name)
        );
    }
}
