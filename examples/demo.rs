//! `make demo`: the main job on the fake Harness, told by running the real program.

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use fake_harness::{Caller, FakeHarness};
use rusqlite::{Connection, OpenFlags};

const QUESTIONS: [(&str, &str); 2] = [
    (
        "Who may use the secrets of the resource group Production, by which role, and through which user group?",
        "SELECT coalesce(principal_name, email, principal_id), role_name, via_group_name FROM effective_access
  WHERE resource_group_name = 'Production'
    AND role_id IN (SELECT role_id FROM role_permissions WHERE permission = 'core_secret_access')
  ORDER BY 1, 2",
    ),
    (
        "How did a person's access come about, and who gave it?",
        "SELECT snapshot_id, change, role_id, resource_group_id, changed_by, changed_by_certainty
  FROM changes WHERE email = 'evan@example.test' ORDER BY id",
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let program = program()?;
    let folder = beside(&program)?;
    tell(&program, &folder)?;
    println!(
        "\nWhat was made stays, until the next demo:\n  {}\n  {}",
        folder.join("harness-access.db").display(),
        folder.join("access.html").display()
    );
    Ok(())
}

/// An empty folder in the build folder.
fn beside(program: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let built = program.parent().ok_or("no build folder")?;
    let folder = built.join("demo");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir(&folder)?;
    Ok(folder)
}

fn tell(program: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let fake = FakeHarness::demo();
    fake.caller(Caller::default().and("core_audit_view"));
    let server = fake.serve();
    let run = |arguments: &[&str]| -> Result<(), Box<dyn Error>> {
        println!("\n$ harness-access {}", arguments.join(" "));
        let output = Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .env("HARNESS_BASE_URL", server.base_url())
            .env("HARNESS_API_KEY", fake.api_key())
            .output()?;
        print!("{}", String::from_utf8_lossy(&output.stdout));
        print!("{}", String::from_utf8_lossy(&output.stderr));
        match output.status.code() {
            Some(0) => Ok(()),
            Some(1) if arguments[0] == "diff" => {
                println!("(exit status 1: there are differences)");
                Ok(())
            }
            other => Err(format!("the demo expected another end than {other:?}").into()),
        }
    };

    println!("A fake Harness account on this computer, observed for the first time.");
    run(&["sync", "--with", "audit", "-v"])?;
    println!(
        "\nA day passes. Ada, an administrator, invites a person and makes her an administrator too. Gus acts as Ada for a
while, and gives Evan the same. Terraform, a service account, changes a role. Harness itself takes Cleo out of a group."
    );
    a_day_ago(&folder.join("harness-access.db"))?;
    fake.next_day_by_whom(milliseconds_ago(8 * HOUR)?, HOUR / 2);
    run(&["sync", "--with", "audit", "-q"])?;
    run(&["snapshots"])?;
    println!(
        "\nWhat changed, and who did it by Harness's audit trail. Harness shows events some minutes late, so until the next sync
somebody else may have done the same just now: hence *probably*. A role that was given tells when, and so by whom."
    );
    run(&["diff"])?;
    println!("\nEverything that Gus did, also while he acted as Ada.");
    run(&["audit", "--actor", "gus@example.test"])?;
    let database = Connection::open_with_flags(
        folder.join("harness-access.db"),
        OpenFlags::SQLITE_OPEN_READ_ONLY,
    )?;
    for (question, sql) in QUESTIONS {
        println!("\n{question}\n$ sqlite3 harness-access.db \"{sql}\"");
        ask(&database, sql)?;
    }
    println!("\nThe same for people who do not open a terminal.");
    run(&["report", "--output", "access.html"])?;
    picture(&folder.join("access.html"));
    Ok(())
}

const HOUR: i64 = 3_600_000;

fn milliseconds_ago(milliseconds: i64) -> Result<i64, Box<dyn Error>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    Ok(i64::try_from(now)? - milliseconds)
}

/// Nobody wants to wait a day for a demo: the first look is dated back. The next sync seals the file anew, after a warning
/// that `-q` keeps quiet.
fn a_day_ago(database: &Path) -> Result<(), Box<dyn Error>> {
    Connection::open(database)?.execute_batch(fake_harness::A_DAY_BACK)?;
    Ok(())
}

/// Takes the picture of the report that the README shows, where there is a browser.
fn picture(report: &Path) {
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.png");
    let browsers = ["chromium", "chromium-browser", "google-chrome"].map(Command::new);
    for mut browser in browsers {
        let taken = browser
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
            ])
            .args(["--disable-background-networking", "--window-size=1180,1900"])
            .arg(format!(
                "--user-data-dir={}",
                report.with_extension("browser").display()
            ))
            .arg(format!("--screenshot={}", picture.display()))
            .arg(format!("file://{}", report.display()))
            .output();
        if taken.is_ok_and(|output| output.status.success()) {
            println!("(the browser's picture of it: docs/report.png)");
            return;
        }
    }
    println!("(no browser here: docs/report.png stays as it is)");
}

/// What the sqlite3 shell would print.
fn ask(database: &Connection, sql: &str) -> Result<(), Box<dyn Error>> {
    let mut statement = database.prepare(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let mut cells = Vec::with_capacity(columns);
        for at in 0..columns {
            let value: rusqlite::types::Value = row.get(at)?;
            cells.push(match value {
                rusqlite::types::Value::Null => String::new(),
                rusqlite::types::Value::Integer(number) => number.to_string(),
                rusqlite::types::Value::Text(text) => harness_access::output::text::line(&text),
                other => format!("{other:?}"),
            });
        }
        println!("{}", cells.join("|"));
    }
    Ok(())
}

/// The program, built beside this example.
fn program() -> Result<PathBuf, Box<dyn Error>> {
    let example = std::env::current_exe()?;
    let built = example
        .parent()
        .and_then(Path::parent)
        .ok_or("no build folder")?;
    let program = built.join(format!("harness-access{}", std::env::consts::EXE_SUFFIX));
    if program.exists() {
        Ok(program)
    } else {
        Err(format!("{} is missing; run `cargo build` first", program.display()).into())
    }
}
