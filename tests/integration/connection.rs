//! How the program gets at Harness: settings, refusals before the first request, and what failures mean.

use crate::support::Test;
use fake_harness::{Account, FakeHarness, Fault, FaultKind};

/// Of the right form, and of nobody.
const WRONG_KEY: &str = "pat.AbCdEfGhIjKlMnOpQrStUv.tokenIdAAAAAAAAAAAAAA.WRONGkey";

/// A base URL where nobody listens.
const NOBODY: &str = "http://127.0.0.1:1";

/// What is refused here was refused before anything was sent or created.
#[track_caller]
fn untouched(test: &Test) {
    assert_eq!(test.fake.served(), 0, "requests were sent");
    assert!(!test.database().exists(), "a file was created");
}

#[test]
fn a_wrong_key_exits_4() {
    let test = Test::new();
    test.sync()
        .env("HARNESS_API_KEY", WRONG_KEY)
        .exits(4)
        .hides("WRONGkey");
    assert!(!test.database().exists());
}

#[test]
fn an_unreachable_host_exits_5() {
    let test = Test::new();
    test.sync()
        .env("HARNESS_BASE_URL", NOBODY)
        .exits(5)
        .says("127.0.0.1:1");
    assert!(!test.database().exists());
}

#[test]
fn the_file_of_another_account_exits_6() {
    let test = Test::synced();
    let before = std::fs::read(test.database()).unwrap();
    let other = FakeHarness::new(Account::empty("Other000000000000000AA"));
    let server = other.serve();
    test.sync()
        .env("HARNESS_BASE_URL", &server.base_url())
        .env("HARNESS_API_KEY", &other.api_key())
        .exits(6)
        .says("holds account AbCdEfGhIjKlMnOpQrStUv")
        .says("this sync is of account Other000000000000000AA");
    assert_eq!(other.served(), 0);
    assert_eq!(std::fs::read(test.database()).unwrap(), before);
}

#[test]
fn the_same_account_at_another_address_is_the_same_file() {
    let test = Test::synced();
    let again = test.fake.serve();
    test.sync()
        .env("HARNESS_BASE_URL", &again.base_url())
        .exits(0)
        .says(&again.base_url());
}

#[test]
fn plain_http_to_another_computer_is_refused() {
    let test = Test::new();
    test.sync()
        .env("HARNESS_BASE_URL", "http://harness.example.test")
        .exits(3)
        .says("plain http to `harness.example.test`");
    untouched(&test);
    // Not a loopback address, though it leads here.
    let here = test.server.base_url().replace("127.0.0.1", "0.0.0.0");
    test.sync().env("HARNESS_BASE_URL", &here).exits(3);
    untouched(&test);
    test.sync()
        .env("HARNESS_BASE_URL", &here)
        .args(&["--allow-http"])
        .exits(0);
}

#[test]
fn a_redirect_is_not_followed() {
    let test = Test::new();
    let elsewhere = FakeHarness::demo();
    let target = elsewhere.serve();
    let to = format!("{}/stolen?session=hidden", target.base_url());
    let fault = test
        .fake
        .fault(Fault::everywhere(FaultKind::Redirect(307, to)));
    test.sync()
        .exits(5)
        .says("redirect")
        .says(&target.base_url())
        .hides("session=hidden");
    assert!(fault.fired() > 0);
    assert_eq!(target.connections(), 0, "the key may have gone elsewhere");
}

#[test]
fn nothing_is_ever_written_to_harness() {
    let test = Test::synced();
    test.observe();
    assert!(test.fake.writes().is_empty());
    for request in test.fake.requests() {
        let reads = request.method == "GET"
            || (request.method == "POST"
                && matches!(
                    request.path.as_str(),
                    "/ng/api/user/batch" | "/authz/api/acl"
                ));
        assert!(reads, "{} {}", request.method, request.path);
        assert!(request.key_ok, "{}", request.path);
    }
}

#[test]
fn a_path_in_the_base_url_is_kept() {
    let test = Test::new();
    let url = format!("{}/gateway/", test.server.base_url());
    test.sync().env("HARNESS_BASE_URL", &url).exits(0);
    assert_eq!(
        test.ask("SELECT base_url FROM snapshots"),
        format!("{}/gateway", test.server.base_url())
    );
}

#[test]
fn the_key_comes_from_the_environment() {
    let test = Test::new();
    let key = test.fake.api_key();
    let sync = || test.sync().without_env("HARNESS_API_KEY");
    sync().exits(3).says("no API key").says("--api-key-file");
    untouched(&test);
    sync().env("HARNESS_API_KEY", &key).exits(0);
    sync().env("BATON_API_KEY", &key).exits(0);
}

#[test]
fn baton_variables_go_before_harness_variables() {
    let test = Test::new();
    test.sync()
        .env("BATON_API_KEY", &test.fake.api_key())
        .env("HARNESS_API_KEY", WRONG_KEY)
        .env("BATON_BASE_URL", &test.server.base_url())
        .env("HARNESS_BASE_URL", NOBODY)
        .env("BATON_ACCOUNT_ID", &test.fake.account_id())
        .env("HARNESS_ACCOUNT_ID", "anotherAccount")
        .exits(0);
    // An empty variable is as good as none.
    test.sync()
        .env("BATON_API_KEY", "")
        .env("BATON_BASE_URL", " ")
        .env("BATON_ACCOUNT_ID", "")
        .exits(0);
}

#[test]
fn flags_go_before_the_environment() {
    let test = Test::new();
    let (url, key) = (test.server.base_url(), test.fake.api_key());
    let account = test.fake.account_id();
    test.sync()
        .env("BATON_API_KEY", WRONG_KEY)
        .env("BATON_BASE_URL", NOBODY)
        .env("BATON_ACCOUNT_ID", "anotherAccount")
        .env("HARNESS_ACCESS_DB", "wrong.db")
        .args(&["--api-key", &key, "--base-url", &url])
        .args(&["--account-id", &account, "--db=right.db"])
        .exits(0);
    assert_eq!(test.folder.names(), ["right.db"]);
}

#[test]
fn the_database_is_named_by_the_environment() {
    let test = Test::new();
    test.sync().env("HARNESS_ACCESS_DB", "named.db").exits(0);
    assert_eq!(test.folder.names(), ["named.db"]);
    test.run(&["snapshots"])
        .env("HARNESS_ACCESS_DB", "named.db")
        .exits(0);
}

#[test]
fn the_key_comes_from_a_file_or_standard_input() {
    let test = Test::new();
    let key = format!("{}\r\n", test.fake.api_key());
    let file = test.folder.write("key", &key);
    let sync = || test.sync().env("HARNESS_API_KEY", WRONG_KEY);
    sync().args(&["--api-key-file", &file]).exits(0);
    sync().args(&["--api-key-file", "-"]).stdin(key).exits(0);
}

#[test]
fn two_keys_are_one_too_many() {
    let test = Test::new();
    test.sync()
        .args(&["--api-key-file", "key", "--api-key", "SECRETkey"])
        .exits(3)
        .says("give either --api-key-file or --api-key, not both")
        .hides("SECRETkey");
    untouched(&test);
}

#[test]
fn bad_keys_are_refused_without_repeating_them() {
    let test = Test::new();
    test.folder.write("empty", "\n");
    test.folder
        .write("garbage", "pat.GARBAGE one two\nmore GARBAGE");
    test.folder.write("binary", b"GARBAGE\xff\xfe\x00");
    test.folder.write("long", "GARBAGE ".repeat(20_000));
    for file in ["empty", "garbage", "binary", "long"] {
        test.sync()
            .args(&["--api-key-file", file])
            .exits(3)
            .prints_nothing()
            .says("key")
            .hides("GARBAGE");
    }
    test.sync()
        .args(&["--api-key-file", "missing"])
        .exits(3)
        .says("cannot read the API key from missing");
    test.sync()
        .args(&["--api-key", "GARBAGE\u{e9}"])
        .exits(3)
        .hides("GARBAGE");
    untouched(&test);
}

#[test]
fn the_account_comes_from_the_key() {
    let test = Test::synced();
    assert_eq!(
        test.ask("SELECT DISTINCT account_id FROM snapshots"),
        test.fake.account_id()
    );
}

#[test]
fn a_key_that_names_no_account_needs_one_named() {
    let test = Test::new();
    let legacy = || {
        test.sync()
            .env("HARNESS_API_KEY", &test.fake.legacy_api_key())
    };
    legacy().exits(3).says("no account").says("--account-id");
    untouched(&test);
    legacy()
        .env("HARNESS_ACCOUNT_ID", &test.fake.account_id())
        .exits(0);
}

#[test]
fn a_key_of_another_account_is_refused_before_it_is_sent() {
    let test = Test::new();
    test.sync()
        .args(&["--account-id", "anotherAccount"])
        .exits(3)
        .says("anotherAccount")
        .says("AbCdEfGhIjKlMnOpQrStUv");
    untouched(&test);
}

#[test]
fn bad_base_urls_are_refused() {
    let test = Test::new();
    for url in [
        "app.harness.io",
        "ftp://app.harness.io",
        "https://a?b=c",
        "https://",
    ] {
        test.sync()
            .args(&["--base-url", url])
            .exits(3)
            .says("base URL");
    }
    test.sync()
        .args(&["--base-url", "https://me:hunter2@app.harness.io"])
        .exits(3)
        .hides("hunter2");
    untouched(&test);
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_refused_by_name() {
    use std::os::unix::ffi::OsStrExt;
    let odd = std::ffi::OsStr::from_bytes(b"pat.a.b.\xff");
    for name in [
        "HARNESS_ACCESS_DB",
        "BATON_BASE_URL",
        "HARNESS_BASE_URL",
        "BATON_ACCOUNT_ID",
        "HARNESS_ACCOUNT_ID",
        "BATON_API_KEY",
        "HARNESS_API_KEY",
        "RUST_LOG",
    ] {
        let test = Test::new();
        test.sync()
            .env(name, odd)
            .exits(3)
            .says(name)
            .says("is not UTF-8")
            .hides("pat.");
        untouched(&test);
    }
    // A flag wins, and the environment is not looked at.
    let test = Test::new();
    test.sync()
        .env("HARNESS_ACCESS_DB", odd)
        .args(&["--db", "harness-access.db"])
        .exits(0);
}
