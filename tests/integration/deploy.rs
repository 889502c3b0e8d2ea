//! What `deploy/` holds, checked by the tools that it is made for. What is not installed is skipped with a word.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::tools::{has, is_root, output};
use crate::support::{TempDir, Test};

const PROGRAM: &str = env!("CARGO_BIN_EXE_harness-access");
const UNITS: [&str; 4] = [
    "harness-access.service",
    "harness-access.timer",
    "harness-access-prune.service",
    "harness-access-prune.timer",
];

fn deploy(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("deploy")
        .join(file)
}

fn unit(name: &str) -> String {
    fs::read_to_string(deploy("systemd").join(name)).unwrap()
}

/// The values of a setting of a unit.
fn settings(unit: &str, key: &str) -> Vec<String> {
    let values = unit
        .lines()
        .filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    values.map(str::to_owned).collect()
}

#[test]
fn systemd_takes_the_units_and_finds_little_exposed() {
    if !has("systemd-analyze") {
        return;
    }
    let folder = TempDir::new();
    for name in UNITS {
        folder.write(name, unit(name).replace("/usr/bin/harness-access", PROGRAM));
    }
    let analyze = |arguments: &[&str], unit: &str| {
        let mut command = Command::new("systemd-analyze");
        command.args(arguments).arg(folder.file(unit));
        output(command.env("SYSTEMD_UNIT_PATH", format!("{}:", folder.path().display())))
    };
    for name in UNITS {
        analyze(&["verify", "--man=no"], name);
    }
    for name in UNITS.iter().filter(|name| name.ends_with(".service")) {
        // In tenths: systemd rates from 0 (safe) to 10.
        let rating = analyze(&["security", "--offline=true", "--threshold=15"], name);
        assert!(rating.contains("Overall exposure level"), "{rating}");
    }
}

#[test]
fn sysusers_and_tmpfiles_make_what_the_services_need() {
    if !has("systemd-sysusers") || !has("systemd-tmpfiles") || !is_root() {
        return;
    }
    let root = TempDir::new();
    for (from, to) in [
        ("sysusers.conf", "sysusers.d"),
        ("tmpfiles.conf", "tmpfiles.d"),
    ] {
        let folder = root.file("usr/lib").join(to);
        fs::create_dir_all(&folder).unwrap();
        fs::copy(
            deploy("systemd").join(from),
            folder.join("harness-access.conf"),
        )
        .unwrap();
    }
    fs::create_dir_all(root.file("etc")).unwrap();
    let at_root = format!("--root={}", root.path().display());
    output(Command::new("systemd-sysusers").arg(&at_root));
    output(Command::new("systemd-tmpfiles").args([&at_root, "--create"]));
    let mode = |path: &str| {
        output(
            Command::new("stat")
                .args(["-c", "%a %u", path])
                .current_dir(root.path()),
        )
    };
    assert_eq!(mode("etc/harness-access"), "700 0\n");
    assert!(mode("var/lib/harness-access").starts_with("750 "));
    assert!(
        !mode("var/lib/harness-access").ends_with(" 0\n"),
        "not root's"
    );
}

/// What systemd would set up for the service, as far as a container allows: nothing can be written but the folder of
/// the snapshots and a private /tmp, no capability, no way to any, a user of its own. System calls that the filter would refuse are noted.
const RESTRICTED: &str = r#"
mount -t tmpfs none /mnt
mkdir /mnt/state /mnt/credentials
mount --bind "$STATE" /mnt/state
cp "$KEY" /mnt/credentials/api-key
cp "$PROGRAM" /mnt/harness-access
chown -R 64999:64999 /mnt/state /mnt/credentials
chmod 400 /mnt/credentials/api-key
mount -o remount,ro /mnt
mount -t tmpfs none /tmp
mount -o remount,bind,ro /
umask 0077
cd /
strace -f -qq --seccomp-bpf -o /tmp/calls -e signal=none -e trace="$REFUSED" setpriv --reuid 64999 --regid 64999 --clear-groups \
    --no-new-privs --inh-caps=-all --bounding-set=-all env -i STATE_DIRECTORY=/mnt/state \
    CREDENTIALS_DIRECTORY=/mnt/credentials HARNESS_BASE_URL="$HARNESS_BASE_URL" \
    sh -c "exec $LINE" && sed -nE 's/^[0-9]+ +([a-z_0-9]+)\(.*/\1/p' /tmp/calls
"#;

/// Runs the command line of a service under its restrictions; the system calls that its filter would refuse.
fn restricted(test: &Test, service: &str, allowed: &BTreeSet<String>) -> BTreeSet<String> {
    let line = settings(&unit(service), "ExecStart").remove(0);
    let line = line
        .replace("/usr/bin/harness-access", "/mnt/harness-access")
        .replace(" *", " '*'");
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-euc", RESTRICTED]);
    command
        .env("STATE", test.folder.path())
        .env("KEY", test.folder.file("key"));
    let names: Vec<String> = allowed.iter().map(|call| format!("?{call}")).collect();
    command.env("REFUSED", format!("!{}", names.join(",")));
    command.env("PROGRAM", PROGRAM).env("LINE", line);
    command.env("HARNESS_BASE_URL", test.server.base_url());
    output(&mut command).lines().map(str::to_owned).collect()
}

/// The system calls of one of systemd's sets, and of the sets in it.
fn calls(set: &str) -> BTreeSet<String> {
    let listed = output(Command::new("systemd-analyze").args(["syscall-filter", set]));
    let mut found = BTreeSet::new();
    for line in listed
        .lines()
        .skip(1)
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
    {
        if line.starts_with('@') {
            found.extend(calls(line));
        } else if !line.is_empty() {
            found.insert(line.to_owned());
        }
    }
    found
}

#[test]
fn the_services_run_under_their_restrictions() {
    let tools = ["unshare", "setpriv", "strace", "systemd-analyze"];
    if !is_root() || !tools.iter().all(|tool| has(tool)) {
        return;
    }
    let test = Test::new();
    test.folder.write("key", test.fake.api_key());
    let mut allowed = calls("@system-service");
    allowed.retain(|call| !calls("@privileged").contains(call));
    let resources = calls("@resources");
    allowed.retain(|call| !resources.contains(call));
    for service in ["harness-access.service", "harness-access-prune.service"] {
        let mut refused = restricted(&test, service, &allowed);
        // Of setpriv, before the program is there.
        for call in ["setgroups", "setresgid", "setresuid", "capset"] {
            refused.remove(call);
        }
        assert!(refused.is_empty(), "{service}: {refused:?}");
    }
    let database = test.folder.file("access.db");
    assert_eq!(
        crate::support::Database::open(&database).ask("SELECT count(*) FROM snapshots"),
        "1"
    );
}

#[test]
fn kubernetes_takes_the_manifests() {
    if !has("kubernetes-validate") {
        return;
    }
    for file in [
        "volume",
        "secret.example",
        "sync",
        "prune",
        "network-policy",
    ] {
        let path = deploy("kubernetes").join(format!("{file}.yaml"));
        output(
            Command::new("kubernetes-validate")
                .args(["-k", "1.30", "--strict"])
                .arg(path),
        );
    }
}

#[test]
fn every_manifest_and_unit_runs_a_command_that_there_is() {
    for file in [
        "systemd/harness-access.service",
        "systemd/harness-access-prune.service",
    ] {
        let text = fs::read_to_string(deploy(file)).unwrap();
        let line = settings(&text, "ExecStart").remove(0);
        parses(line.split(' ').skip(1));
    }
    for file in ["kubernetes/sync.yaml", "kubernetes/prune.yaml"] {
        let text = fs::read_to_string(deploy(file)).unwrap();
        let (_, rest) = text.split_once("args: [").unwrap();
        let (list, _) = rest.split_once(']').unwrap();
        parses(list.split(", ").map(|word| word.trim_matches('"')));
        let version = env!("CARGO_PKG_VERSION");
        assert!(
            text.contains(&format!("harness-access:{version}\n")),
            "{file}: {version}"
        );
    }
}

fn parses<'a>(words: impl Iterator<Item = &'a str>) {
    let words: Vec<String> = words.map(str::to_owned).collect();
    harness_access::cli::parse(&words).unwrap();
}
