//! Killed, interrupted, out of space, not allowed to write: the last snapshot stays, and the next sync just works.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::support::{Answers, Outcome, Run, Test, all_answers, answers_at, answers_until};
use fake_harness::{Account, Fault, FaultKind, Scope, User};

fn journal(test: &Test) -> PathBuf {
    test.folder.file("harness-access.db-journal")
}

/// As somebody who may write would find it: what a killed process left half-done is undone first.
fn is_sound(path: &Path) {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    let verdict: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok");
}

/// Runs a sync and kills it as soon as the nth request comes.
fn killed_at(test: &Test, nth: u64) -> ExitStatus {
    let child: Arc<Mutex<Option<Child>>> = Arc::default();
    let (victim, met) = (Arc::clone(&child), AtomicU64::new(0));
    test.fake.watch(move |_| {
        if met.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            victim.lock().unwrap().as_mut().unwrap().kill().unwrap();
        }
    });
    // Held until the child is there, so that no request comes before.
    let mut held = child.lock().unwrap();
    *held = Some(test.sync().spawn());
    drop(held);
    let status = loop {
        if let Some(status) = child.lock().unwrap().as_mut().unwrap().try_wait().unwrap() {
            break status;
        }
        thread::sleep(Duration::from_millis(1));
    };
    test.fake.clear_hooks();
    status
}

fn requests_of_a_sync() -> u64 {
    let test = Test::synced();
    test.fake.served()
}

#[test]
fn killed_at_any_request_of_a_later_sync() {
    for nth in 1..=requests_of_a_sync() {
        let test = Test::synced();
        test.observe_after(|account| account.rename_user("uDANA00000000000000000", "Second"));
        let (bytes, answers) = (
            fs::read(test.database()).unwrap(),
            all_answers(&test.database()),
        );
        let earlier = answers_until(&test.database(), 2);
        test.fake
            .change(|account| account.rename_user("uDANA00000000000000000", "Third"));
        let status = killed_at(&test, nth);
        assert_eq!(status.code(), None, "request {nth}: killed before its end");
        assert_eq!(test.folder.names(), ["harness-access.db"], "request {nth}");
        assert_eq!(fs::read(test.database()).unwrap(), bytes, "request {nth}");
        is_sound(&test.database());
        assert_eq!(all_answers(&test.database()), answers, "request {nth}");
        test.observe();
        assert_eq!(test.changes().len(), 1, "request {nth}");
        assert_eq!(answers_until(&test.database(), 2), earlier, "request {nth}");
    }
}

#[test]
fn killed_at_any_request_of_the_first_sync() {
    for nth in 1..=requests_of_a_sync() {
        let test = Test::new();
        assert_eq!(killed_at(&test, nth).code(), None, "request {nth}");
        test.run(&["snapshots"])
            .exits(6)
            .says("holds no snapshot yet");
        test.observe();
        assert_eq!(test.folder.names(), ["harness-access.db"]);
        assert_eq!(test.ask("SELECT id, state FROM snapshots"), "1|complete");
    }
}

/// 8,000 memberships in one page, for a merge and a commit that take their time.
fn crowd() -> Account {
    let mut account = Account::empty("Crowd000000000000000AA");
    account.users = (0..800)
        .map(|number| User {
            uuid: format!("u{number:021}"),
            email: format!("person{number}@example.test"),
            ..User::default()
        })
        .collect();
    for number in 0..20 {
        account.add_group(&Scope::account(), &format!("group_{number}"), "Group");
    }
    turn_over(&mut account, 0);
    account
}

/// Gives each group the other half of the people.
fn turn_over(account: &mut Account, half: usize) {
    let uuids: Vec<String> = account.users.iter().map(|user| user.uuid.clone()).collect();
    for (number, group) in account.groups.iter_mut().enumerate() {
        let of_half = uuids
            .iter()
            .enumerate()
            .filter(|(at, _)| (at + number) % 2 == half);
        group.users = Some(of_half.map(|(_, uuid)| uuid.clone()).collect());
    }
}

fn crowd_sync(test: &Test) -> Run {
    test.sync().args(&["--max-removed", "100"])
}

/// A file with one snapshot of the crowd, every membership of which the next sync will end.
struct Stage {
    test: Test,
    bytes: Vec<u8>,
    earlier: Answers,
}

impl Stage {
    fn new() -> Self {
        let test = Test::over(crowd());
        test.observe();
        test.fake.change(|account| turn_over(account, 1));
        Self {
            bytes: fs::read(test.database()).unwrap(),
            earlier: answers_at(&test.database(), 1),
            test,
        }
    }

    /// Puts the file back.
    fn reset(&self) {
        let _ = fs::remove_file(journal(&self.test));
        fs::write(self.test.database(), &self.bytes).unwrap();
    }

    /// Starts a sync and waits until it begins to write.
    fn merging(&self) -> Child {
        let mut child = crowd_sync(&self.test).spawn();
        while !journal(&self.test).exists() {
            assert!(child.try_wait().unwrap().is_none(), "ended before it wrote");
            thread::yield_now();
        }
        child
    }

    /// Whatever the moment of the end was: all or nothing. What is not stored is undone to the byte.
    #[track_caller]
    fn is_all_or_nothing(&self, context: &str) -> bool {
        let path = self.test.database();
        is_sound(&path);
        if fs::read(&path).unwrap() == self.bytes {
            return false;
        }
        assert_eq!(
            self.test.ask("SELECT count(*) FROM snapshots"),
            "2",
            "{context}"
        );
        assert_eq!(
            self.test.ask("SELECT count(*) FROM group_members"),
            "8000",
            "{context}"
        );
        true
    }

    #[track_caller]
    fn next_sync_works(&self) {
        crowd_sync(&self.test)
            .exits(0)
            .prints_nothing()
            .says_nothing();
        let path = self.test.database();
        is_sound(&path);
        assert!(answers_at(&path, 1) == self.earlier);
        assert_eq!(self.test.folder.names(), ["harness-access.db"]);
        assert_eq!(self.test.ask("SELECT count(*) FROM group_members"), "8000");
        assert_eq!(
            self.test.ask("SELECT DISTINCT state FROM snapshots"),
            "complete"
        );
    }
}

#[test]
fn killed_at_any_moment_of_merge_and_commit() {
    const MOMENTS: u32 = 10;
    let stage = Stage::new();
    let mut child = stage.merging();
    let merge_began = Instant::now();
    assert!(child.wait().unwrap().success());
    let whole = merge_began.elapsed();
    let mut undone = 0;
    for moment in 0..=MOMENTS {
        stage.reset();
        let mut child = stage.merging();
        let wait = whole * moment / MOMENTS;
        let began = Instant::now();
        while began.elapsed() < wait {
            thread::yield_now();
        }
        let _ = child.kill();
        let status = child.wait().unwrap();
        let context = format!("{wait:?} after the first write, {status}");
        if !stage.is_all_or_nothing(&context) {
            undone += 1;
            assert_eq!(status.code(), None, "{context}");
        }
    }
    assert!(undone > 0);
    stage.next_sync_works();
}

#[test]
fn killed_while_the_file_itself_is_written() {
    let stage = Stage::new();
    let modified = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    let path = stage.test.database();
    let mut half_written = 0;
    for _ in 0..20 {
        stage.reset();
        let before = modified(&path);
        let mut child = stage.merging();
        while modified(&path) == before && child.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        let _ = child.kill();
        child.wait().unwrap();
        // A journal that stays behind puts the old pages back.
        let is_half_written = fs::read(journal(&stage.test))
            .is_ok_and(|journal| !journal.is_empty())
            && fs::read(&path).unwrap() != stage.bytes;
        if is_half_written {
            half_written += 1;
            // Who only reads recovers it, too.
            stage.test.run(&["snapshots"]).exits(0);
            assert!(!stage.is_all_or_nothing("half written"));
            if half_written == 3 {
                break;
            }
        } else {
            stage.is_all_or_nothing("between");
        }
    }
    assert!(half_written > 0, "no kill hit the writing of the file");
    stage.next_sync_works();
}

#[test]
fn killed_while_the_first_snapshot_is_written() {
    let test = Test::over(crowd());
    let path = test.database();
    let mut half_written = 0;
    for round in 0..20 {
        let mut child = crowd_sync(&test).spawn();
        while fs::metadata(&path).map_or(0, |file| file.len()) == 0
            && child.try_wait().unwrap().is_none()
        {
            thread::yield_now();
        }
        let _ = child.kill();
        child.wait().unwrap();
        if fs::read(journal(&test)).is_ok_and(|journal| !journal.is_empty()) {
            half_written += 1;
        }
        // Whoever comes first finds a file without a snapshot, or with the whole of it.
        if round % 2 == 0 {
            let outcome = test.run(&["snapshots"]).run();
            if outcome.status != 0 {
                outcome.exits(6).says("holds no snapshot yet");
            }
        }
        test.observe();
        is_sound(&path);
        assert_eq!(test.ask("SELECT count(*) FROM group_members"), "8000");
        assert_eq!(test.folder.names(), ["harness-access.db"]);
        if half_written == 4 {
            break;
        }
        fs::remove_file(&path).unwrap();
    }
    assert!(half_written > 0, "no kill hit the writing of the file");
}

// ---- signals ----------------------------------------------------------------------------------------------------------

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// Waits until the fake has met a request on a route.
fn until_asked(test: &Test, route: &str, times: usize) {
    while test.fake.count(route) < times {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Long before any time-out of the client, and before the grace in which it may end by itself.
const AT_ONCE: Duration = Duration::from_secs(4);

#[track_caller]
fn ends_at_once(child: Child, status: i32, says: &str) {
    let began = Instant::now();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{stderr}");
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    assert!(stderr.contains(says), "{stderr}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_signal_ends_a_sync_that_waits_for_an_answer() {
    for (name, status) in [("INT", 130), ("TERM", 143)] {
        for (route, kind) in [
            ("/authz/api/acl", FaultKind::Stall),
            ("/ng/api/user/batch", FaultKind::Stall),
            ("/authz/api/roleassignments", FaultKind::StalledBody),
            // Not for an answer, but for the next try.
            (
                "/authz/api/roles",
                FaultKind::Unavailable(Some("100".into())),
            ),
        ] {
            let context = format!("SIG{name} at {route}");
            let test = Test::synced();
            let bytes = fs::read(test.database()).unwrap();
            test.fake.forget_requests();
            let fault = test.fake.fault(Fault::on(route, kind));
            let child = test.sync().spawn();
            until_asked(&test, route, 1);
            signal(&child, name);
            ends_at_once(
                child,
                status,
                &format!("stopped by SIG{name}; nothing was stored"),
            );
            assert!(fault.fired() > 0, "{context}");
            assert_eq!(fs::read(test.database()).unwrap(), bytes, "{context}");
            assert_eq!(test.folder.names(), ["harness-access.db"], "{context}");
            test.fake.clear_faults();
            test.observe();
        }
    }
}

#[test]
fn a_signal_during_the_first_sync_leaves_no_file() {
    let test = Test::new();
    test.fake
        .fault(Fault::on("/authz/api/roles", FaultKind::Stall));
    let child = test.sync().args(&["--format", "json"]).spawn();
    until_asked(&test, "/authz/api/roles", 1);
    signal(&child, "TERM");
    ends_at_once(child, 143, r#""kind":"stopped""#);
    assert!(test.folder.names().is_empty());
}

#[test]
fn a_signal_during_the_merge_undoes_it() {
    let stage = Stage::new();
    for (name, status) in [("INT", 130), ("TERM", 143)] {
        let child = stage.merging();
        signal(&child, name);
        ends_at_once(child, status, "nothing was stored");
        assert!(fs::read(stage.test.database()).unwrap() == stage.bytes);
        assert_eq!(stage.test.folder.names(), ["harness-access.db"]);
    }
    stage.next_sync_works();
}

// ---- readers ----------------------------------------------------------------------------------------------------------

/// Asks without any patience.
fn glance(path: &Path) -> Result<i64, rusqlite::Error> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(Duration::ZERO)?;
    connection.query_row("SELECT count(*) FROM snapshots", [], |row| row.get(0))
}

#[test]
fn a_reader_without_patience_is_locked_out_for_the_commit_at_most() {
    let stage = Stage::new();
    let path = stage.test.database();
    let during_requests: Arc<Mutex<Vec<bool>>> = Arc::default();
    let (told, file) = (Arc::clone(&during_requests), path.clone());
    stage
        .test
        .fake
        .watch(move |_| told.lock().unwrap().push(glance(&file).is_ok()));
    let modified = || fs::metadata(&path).unwrap().modified().unwrap();
    let before = modified();
    let mut child = stage.merging();
    // Until the commit the file stays as it was, and so do the answers; then for a moment there are none, then new ones.
    let mut during_merge = 0;
    let mut locked_out = 0;
    while child.try_wait().unwrap().is_none() {
        match glance(&path) {
            Ok(1) if modified() == before => {
                assert_eq!(locked_out, 0, "locked out before the commit");
                during_merge += 1;
            }
            Ok(1 | 2) => {}
            Ok(other) => panic!("{other} snapshots"),
            Err(error) => {
                let code = error.sqlite_error_code();
                assert_eq!(code, Some(rusqlite::ErrorCode::DatabaseBusy), "{error}");
                locked_out += 1;
            }
        }
    }
    assert!(child.wait().unwrap().success());
    let during_requests = during_requests.lock().unwrap();
    assert!(during_requests.len() > 10);
    assert!(during_requests.iter().all(|answered| *answered));
    assert!(during_merge > 10, "{during_merge}");
    assert_eq!(glance(&path).unwrap(), 2);
}

// ---- no room, no right ------------------------------------------------------------------------------------------------

/// A sync that may write files of so many KiB at most.
fn limited_sync(test: &Test, kib: usize) -> Outcome {
    let script = format!(r#"trap "" XFSZ; ulimit -f {kib}; exec "$0" sync --max-removed 100"#);
    let output = Command::new("bash")
        .args(["-c", &script, env!("CARGO_BIN_EXE_harness-access")])
        .current_dir(test.folder.path())
        .env_clear()
        .env("HARNESS_BASE_URL", test.server.base_url())
        .env("HARNESS_API_KEY", test.fake.api_key())
        .output()
        .unwrap();
    Outcome {
        command: script,
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_disk_without_room_leaves_the_file_as_it_was() {
    let stage = Stage::new();
    let size = stage.bytes.len() / 1024;
    // No room for the journal; for the journal, but not for the new pages; for some of them.
    for kib in [0, 64, size, size + 64, size + 256] {
        limited_sync(&stage.test, kib)
            .exits(6)
            .prints_nothing()
            .says("cannot write harness-access.db")
            .says("free space");
        assert!(!stage.is_all_or_nothing(&format!("{kib} KiB")), "{kib} KiB");
        assert_eq!(
            stage.test.folder.names(),
            ["harness-access.db"],
            "{kib} KiB"
        );
    }
    stage.next_sync_works();
}

#[test]
fn a_disk_without_room_for_the_first_sync_is_left_empty() {
    let test = Test::over(crowd());
    for kib in [0, 64, 512] {
        limited_sync(&test, kib).exits(6).says("cannot write");
        assert!(
            test.folder.names().is_empty(),
            "{kib} KiB: {:?}",
            test.folder.names()
        );
    }
    test.observe();
}

/// A small file system of its own; `None` where this process may not mount one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mounted_at(path: PathBuf) -> Option<Self> {
        fs::create_dir_all(&path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"])
            .arg(&path)
            .output()
            .is_ok_and(|output| output.status.success());
        mounted.then_some(Self(path))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
#[allow(clippy::print_stderr)] // a test that did not run must say so
fn a_full_disk_leaves_the_file_as_it_was() {
    let stage = Stage::new();
    let Some(disk) = SmallDisk::mounted_at(stage.test.folder.file("disk")) else {
        eprintln!("skipped: this process may not mount a file system");
        return;
    };
    let file = disk.0.join("access.db");
    fs::write(&file, &stage.bytes).unwrap();
    let db = file.to_str().unwrap();
    let filler = disk.0.join("filler");
    // Nothing left, and later as much as the journal takes.
    let _ = fs::write(&filler, vec![0; 8 << 20]);
    let room = |bytes: u64| {
        let size = fs::metadata(&filler).unwrap().len();
        fs::OpenOptions::new()
            .write(true)
            .open(&filler)
            .unwrap()
            .set_len(size.saturating_sub(bytes))
            .unwrap();
    };
    for bytes in [0, 64 << 10, 256 << 10] {
        room(bytes);
        crowd_sync(&stage.test)
            .args(&["--db", db])
            .exits(6)
            .says("cannot write")
            .says("free space");
        is_sound(&file);
        assert!(fs::read(&file).unwrap() == stage.bytes);
    }
    fs::remove_file(&filler).unwrap();
    let outcome = crowd_sync(&stage.test).args(&["--db", db]).run();
    // As much as fits: the file, the journal and the new rows may still be too much for so small a disk.
    assert!(matches!(outcome.status, 0 | 6), "{}", outcome.stderr);
    is_sound(&file);
}

/// Runs a sync as somebody whom permissions mean something to.
fn unprivileged_sync(test: &Test) -> Outcome {
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::process::CommandExt;
    const NOBODY: u32 = 65_534;
    let mut command = Command::new(env!("CARGO_BIN_EXE_harness-access"));
    command
        .arg("sync")
        .current_dir(test.folder.path())
        .env_clear()
        .env("HARNESS_BASE_URL", test.server.base_url())
        .env("HARNESS_API_KEY", test.fake.api_key());
    if fs::metadata(test.folder.path()).unwrap().uid() == 0 {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output().unwrap();
    Outcome {
        command: format!("{command:?}"),
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_file_or_folder_that_may_not_be_written_stays_as_it_was() {
    use std::os::unix::fs::PermissionsExt;
    let test = Test::synced();
    let bytes = fs::read(test.database()).unwrap();
    test.fake
        .change(|account| account.rename_user("uDANA00000000000000000", "Second"));
    let allow = |file: u32, folder: u32| {
        let mode = fs::Permissions::from_mode;
        fs::set_permissions(test.database(), mode(file)).unwrap();
        fs::set_permissions(test.folder.path(), mode(folder)).unwrap();
    };
    for (file, folder, says) in [
        (0o444, 0o777, "cannot write harness-access.db"),
        (0o444, 0o555, "cannot write harness-access.db"),
        (0o666, 0o555, "cannot write harness-access.db"),
        (0o000, 0o777, "cannot read harness-access.db"),
    ] {
        allow(file, folder);
        let outcome = unprivileged_sync(&test);
        allow(0o600, 0o700);
        outcome
            .exits(6)
            .prints_nothing()
            .says(says)
            .says("permissions");
        assert_eq!(
            fs::read(test.database()).unwrap(),
            bytes,
            "{file:o} in {folder:o}"
        );
        assert_eq!(test.folder.names(), ["harness-access.db"]);
    }
    // A folder in which no first file can be made.
    let test = Test::new();
    fs::set_permissions(test.folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let outcome = unprivileged_sync(&test);
    fs::set_permissions(test.folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    outcome.exits(6).says("cannot write harness-access.db");
    assert_eq!(test.fake.served(), 0);
    assert!(test.folder.names().is_empty());
}
