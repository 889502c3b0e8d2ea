//! The manual page, in mdoc, made from the declarations of the commands.

use argh::{FlagInfo, FlagInfoKind, Optionality, PositionalInfo};

use super::declared::{Declared, commands};

const DESCRIPTION: &str = "\
harness-access reads the API of Harness and stores what it sees as one more snapshot in a local SQLite file. The file
answers who holds which role, where and through which group, and what changed since yesterday. The commands below ask it
without a network; so does plain SQL, and the views explain themselves.

A missing permission, a lost page or a crash never looks like access that was removed. When a list cannot be read whole,
sync stores nothing, unless --allow-partial or --gaps accepts the gap; the snapshot then names it, and what it holds in
that list counts as not seen. The program writes nothing to Harness, keeps no secret and sends nothing anywhere else.";

/// A manual page of one day, `YYYY-MM-DD`; without one the page has no date.
#[must_use]
pub fn page(date: Option<&str>) -> String {
    let commands = commands();
    let mut page = Page(String::new());
    page.line(&format!(
        ".Dd {}",
        date.and_then(long_date).unwrap_or_default()
    ));
    page.line(&format!(".Dt {} 1", crate::NAME.to_uppercase()));
    page.line(".Os");
    page.line(".Sh NAME");
    page.line(&format!(".Nm {}", crate::NAME));
    page.line(&format!(".Nd {}", about(&commands[0])));
    page.line(".Sh SYNOPSIS");
    for command in commands.iter().filter(|command| !command.words.is_empty()) {
        page.line(&format!(".Nm Cm {}", command.words.join(" Cm ")));
        page.line(".Op Ar options");
        for argument in arguments(command) {
            page.line(&format!(".{}", written(argument)));
        }
    }
    page.line(".Sh DESCRIPTION");
    page.text(DESCRIPTION);
    page.options(&commands[0]);
    page.line(".Sh COMMANDS");
    for command in &commands[1..] {
        page.command(command);
    }
    // Readers of manual pages look for their sections in this order.
    for heading in ["Environment", "Files", "Exit status"] {
        let mut notes = commands[0].info.notes.iter();
        if let Some(note) = notes.find(|note| note.starts_with(heading)) {
            page.section(note);
        }
    }
    page.line(".Sh EXAMPLES");
    for command in &commands {
        page.examples(command);
    }
    page.line(".Sh SEE ALSO");
    page.line(".Xr sqlite3 1");
    page.0
}

struct Page(String);

impl Page {
    fn line(&mut self, line: &str) {
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }

    /// Running text with paragraphs. What is indented stays as it is.
    fn text(&mut self, text: &str) {
        let mut lines = text.trim().lines().peekable();
        while let Some(line) = lines.next() {
            if line.trim().is_empty() {
                if lines.peek().is_some_and(|line| !line.starts_with("  ")) {
                    self.line(".Pp");
                }
            } else if line.starts_with("  ") {
                self.line(".Bd -literal");
                self.line(&literal(line));
                while let Some(line) = lines.next_if(|line| line.starts_with("  ")) {
                    self.line(&literal(line));
                }
                self.line(".Ed");
                if lines.peek().is_some_and(|line| line.trim().is_empty()) {
                    lines.next();
                    if lines.peek().is_some_and(|line| !line.starts_with("  ")) {
                        self.line(".Pp");
                    }
                }
            } else {
                let mut paragraph = line.to_owned();
                let running = |line: &&str| !line.trim().is_empty() && !line.starts_with("  ");
                while let Some(line) = lines.next_if(running) {
                    paragraph.push(' ');
                    paragraph.push_str(line);
                }
                self.filled(&paragraph);
            }
        }
    }

    /// One paragraph: a line for each sentence, as readers of the source want it, and none too long.
    fn filled(&mut self, paragraph: &str) {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if line.len() + word.len() > 76 {
                self.line(&literal(&std::mem::take(&mut line)));
            }
            line.push_str(word);
            if word.ends_with(['.', '?', '!']) {
                self.line(&literal(&std::mem::take(&mut line)));
            } else {
                line.push(' ');
            }
        }
        if !line.is_empty() {
            self.line(&literal(&line));
        }
    }

    fn command(&mut self, command: &Declared) {
        self.line(&format!(".Ss {}", command.words.join(" ")));
        let description = command.info.description;
        self.filled(&format!(
            "{}{}.",
            description[..1].to_uppercase(),
            &description[1..]
        ));
        for note in command.info.notes {
            self.line(".Pp");
            self.text(note);
        }
        self.options(command);
    }

    fn options(&mut self, command: &Declared) {
        self.line(".Bl -tag -width Ds");
        for argument in arguments(command) {
            self.line(&format!(".It {}", written(argument)));
            self.filled(argument.description);
        }
        for flag in command.flags() {
            self.line(&format!(".It {}", flag_line(flag)));
            self.filled(flag.description);
        }
        self.line(".El");
    }

    /// A note of the program itself: a heading, and a list of what it names.
    fn section(&mut self, note: &str) {
        let (heading, items) = note.split_once('\n').unwrap_or((note, ""));
        self.line(&format!(
            ".Sh {}",
            heading.trim_end_matches(':').to_uppercase()
        ));
        self.line(".Bl -tag -width Ds");
        for item in items.lines() {
            let item = item.trim();
            match item.split_once("  ") {
                Some((name, text)) => {
                    self.line(&format!(".It {}", literal(name)));
                    self.filled(text);
                }
                None => self.line(&format!(".It {}", literal(item))),
            }
        }
        self.line(".El");
    }

    fn examples(&mut self, command: &Declared) {
        let name = [&[crate::NAME], &command.words[..]].concat().join(" ");
        for example in command.info.examples {
            self.line(".Bd -literal -offset indent");
            self.line(&literal(&example.replace("{command_name}", &name)));
            self.line(".Ed");
        }
    }
}

fn arguments(command: &Declared) -> impl Iterator<Item = &PositionalInfo<'static>> {
    command.info.positionals.iter().filter(|info| !info.hidden)
}

/// What the program is for, as `apropos` shows it.
fn about(program: &Declared) -> String {
    let text = program.info.description.trim_end_matches('.');
    format!("{}{}", text[..1].to_lowercase(), &text[1..])
}

fn written(argument: &PositionalInfo<'_>) -> String {
    match argument.optionality {
        Optionality::Required => format!("Ar {}", argument.name),
        Optionality::Optional => format!("Op Ar {}", argument.name),
        Optionality::Repeating | Optionality::Greedy => format!("Op Ar {} ...", argument.name),
    }
}

fn flag_line(flag: &FlagInfo<'_>) -> String {
    let short = flag
        .short
        .map(|short| format!("Fl {short} , "))
        .unwrap_or_default();
    let long = flag.long.trim_start_matches("--").replace('-', "\\-");
    match flag.kind {
        FlagInfoKind::Switch => format!("{short}Fl \\-{long}"),
        FlagInfoKind::Option { arg_name } => format!("{short}Fl \\-{long} Ar {arg_name}"),
    }
}

/// Text without any meaning for the formatter.
fn literal(text: &str) -> String {
    let text = text.trim_end().replace('\\', "\\e").replace("--", "\\-\\-");
    if text.starts_with(['.', '\'']) {
        format!("\\&{text}")
    } else {
        text
    }
}

/// `2026-11-26` as `November 26, 2026`.
fn long_date(date: &str) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    Some(format!("{month} {}, {year}", day.trim_start_matches('0')))
}
