//! Databases for the tests of the report in a browser: `browser_accounts PROGRAM FOLDER` observes three fake accounts
//! twice each with the real program. `demo.db` is the one of `make demo`, `hostile.db` has names that try to break out,
//! `large.db` holds 100,000 grants.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use fake_harness::{Account, FakeHarness, GenerateSpec, Principal, Scope, next_day};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(program), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: browser_accounts PROGRAM FOLDER".into());
    };
    observe(&program, &folder.join("demo.db"), Account::demo(), next_day)?;
    observe(
        &program,
        &folder.join("hostile.db"),
        Account::demo(),
        hostile,
    )?;
    observe(&program, &folder.join("large.db"), large(), |account| {
        account.add_user("uNEW", "new@example.test", "New");
    })
}

/// Two snapshots, a change between them.
fn observe<T>(
    program: &Path,
    database: &Path,
    account: Account,
    change: impl FnOnce(&mut Account) -> T,
) -> Result<(), Box<dyn Error>> {
    let fake = FakeHarness::new(account);
    let server = fake.serve();
    let sync = || -> Result<(), Box<dyn Error>> {
        let status = Command::new(program)
            .args(["sync", "--quiet", "--max-rate", "100000", "--db"])
            .arg(database)
            .env("HARNESS_BASE_URL", server.base_url())
            .env("HARNESS_API_KEY", fake.api_key())
            .status()?;
        status
            .success()
            .then_some(())
            .ok_or_else(|| format!("the sync ended with {status}").into())
    };
    sync()?;
    fake.change(change);
    sync()
}

/// An account whose role assignments and memberships together are about 100,000.
fn large() -> Account {
    Account::generate(&GenerateSpec {
        assignments: 80_000,
        users: 5_000,
        groups: 1_000,
        service_accounts: 100,
        roles: 40,
        resource_groups: 40,
        ..GenerateSpec::default()
    })
}

/// Everything that somebody who may name things could try.
fn hostile(account: &mut Account) {
    let names = [
        "</script><script>window.hacked = 1</script>",
        "<img src=x onerror=\"window.hacked = 1\">",
        "\" onmouseover=\"window.hacked = 1",
        "' autofocus onfocus='window.hacked = 1",
        "</title></style></textarea><svg onload=window.hacked=1>",
        "<!-- <script>",
        "]]><?php ?>",
        "javascript:window.hacked=1",
        "{{constructor.constructor('window.hacked=1')()}}",
        "=HYPERLINK(\"http://example.test/\"&A1)",
        "safe\u{202e}gnp.exe",
        "zero\u{200b}width\u{feff}",
        "line\nbreak\r\n\ttab",
        "\u{2028}separator\u{2029}",
        "nul\u{0}bell\u{7}escape\u{1b}[31m",
        "&lt;b&gt; &#60;script&#62; &amp;",
        "%3Cscript%3E#everything?find=x",
        "Zoë 日本語 🚀 עברית",
    ];
    let root = Scope::account();
    for (at, name) in names.iter().enumerate() {
        let (user, group, role) = (
            format!("uEVIL{at}"),
            format!("evil_group_{at}"),
            format!("evil_role_{at}"),
        );
        account.add_user(&user, &format!("<evil{at}>@example.test"), name);
        account.add_group(&root, &group, name);
        account.add_member(&root, &group, &user);
        account
            .add_role(&root, &role, &["core_secret_access", "<b>permission</b>"])
            .name = (*name).into();
        account.assign(
            Principal::Group(&group),
            &role,
            "_all_account_level_resources",
            &root,
        );
        account.add_service_account(&root, &format!("evil_{at}"), name);
    }
    let long = "n".repeat(10_000);
    account.add_user("uLONG", "long@example.test", &long);
    account.add_group(&root, "long", &long);
    account.add_member(&root, "long", "uLONG");
    account.assign(
        Principal::Group("long"),
        "_account_viewer",
        "_all_account_level_resources",
        &root,
    );
}
