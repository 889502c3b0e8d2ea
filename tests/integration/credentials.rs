//! Keys, base URLs and proxies as people have them, through the program.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Run, Test};

/// `doctor` with the key and the address of the fake account in the environment.
fn doctor(test: &Test, arguments: &[&str]) -> Run {
    test.run(&[&["doctor"], arguments].concat())
        .env("HARNESS_BASE_URL", &test.server.base_url())
        .env("HARNESS_API_KEY", &test.fake.api_key())
}

/// Writes a key file that only its owner may read.
fn key_file(test: &Test, bytes: impl AsRef<[u8]>) -> String {
    test.folder.write_private("key", bytes)
}

/// docker/cli 3630: files as Windows, dotenv and spreadsheets write them.
#[test]
fn key_files_of_windows_and_of_editors_work() {
    let test = Test::new();
    let key = test.fake.api_key();
    let utf16: Vec<u8> = format!("\u{feff}{key}\r\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [
        format!("\u{feff}{key}\r\n").into_bytes(),
        format!("\"{key}\"\n").into_bytes(),
        utf16,
    ] {
        let file = key_file(&test, bytes);
        doctor(&test, &["--api-key-file", &file])
            .without_env("HARNESS_API_KEY")
            .exits(0)
            .says_nothing();
    }
}

#[test]
fn what_stands_around_a_key_is_named_with_where_it_is() {
    let test = Test::new();
    let key = test.fake.api_key();
    let file = key_file(&test, format!("HARNESS_API_KEY={key}\n"));
    doctor(&test, &["--api-key-file", &file])
        .without_env("HARNESS_API_KEY")
        .exits(3)
        .says("key contains an assignment (`HARNESS_API_KEY=…`)")
        .hides(&key);
    doctor(&test, &[])
        .env("HARNESS_API_KEY", &format!("Bearer {key}"))
        .exits(3)
        .says("HARNESS_API_KEY contains an HTTP header, not the key alone")
        .hides(&key);
    doctor(&test, &["--api-key", "/run/secrets/key"])
        .exits(3)
        .says("--api-key contains the name of a file")
        .says("--api-key-file reads the key from a file");
}

#[test]
fn a_key_file_that_others_may_read_gets_a_warning() {
    let test = Test::new();
    let file = key_file(&test, test.fake.api_key());
    let readable = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(test.folder.file("key"), readable).unwrap();
    doctor(&test, &["--api-key-file", &file])
        .exits(0)
        .says("other users may read the key file")
        .says("(mode 0644): chmod 600 it");
}

#[test]
fn a_pipe_with_the_key_is_read_once() {
    let test = Test::new();
    let pipe = test.folder.file("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let key = test.fake.api_key();
    let path = pipe.clone();
    let writer = std::thread::spawn(move || std::fs::write(path, key));
    doctor(&test, &["--api-key-file", pipe.to_str().unwrap()])
        .without_env("HARNESS_API_KEY")
        .exits(0);
    writer.join().unwrap().unwrap();
}

#[test]
fn base_urls_as_people_have_them_are_understood_or_named() {
    let test = Test::new();
    let quoted = format!("\"{}\"", test.server.base_url());
    doctor(&test, &[]).env("HARNESS_BASE_URL", &quoted).exits(0);
    for (url, says) in [
        ("app.harness.io", "did you mean https://app.harness.io?"),
        (
            "https://app.harness.io/ng/account/AcC-1_x/home/get-started",
            "use --base-url https://app.harness.io --account-id AcC-1_x",
        ),
        (
            "https://app.harness.io/ng/#/account/AcC-1_x/home",
            "it means the base URL https://app.harness.io and the account AcC-1_x",
        ),
    ] {
        doctor(&test, &[])
            .env("HARNESS_BASE_URL", url)
            .exits(3)
            .says(says)
            .says("HARNESS_BASE_URL");
    }
}

#[test]
fn a_proxy_that_cannot_be_used_is_refused() {
    let test = Test::new();
    let behind = |proxy: &str| {
        doctor(&test, &["--base-url", "https://harness.corp.example"]).env("HTTPS_PROXY", proxy)
    };
    behind("socks5://user:hunter2@127.0.0.1:1080")
        .exits(3)
        .says("HTTPS_PROXY names a proxy of the kind `socks5`, which is not supported")
        .hides("hunter2");
    behind("http://proxy.example:port")
        .exits(3)
        .says("HTTPS_PROXY does not name a proxy");
}

#[test]
fn https_to_a_plain_port_is_named() {
    let test = Test::new();
    let url = test.server.base_url().replace("http://", "https://");
    let outcome = doctor(&test, &[]).env("HARNESS_BASE_URL", &url).exits(5);
    outcome.says("port");
}

#[test]
fn what_is_no_key_is_named_and_never_repeated() {
    let test = Test::new();
    let key = test.fake.api_key();
    for (text, says) in [
        (
            format!("HARNESS_API_KEY: {key}"),
            "contains an assignment (`HARNESS_API_KEY:…`)",
        ),
        (
            format!("\u{201c}{key}\u{201d}"),
            "contains the sign \u{201c}",
        ),
        (format!("{key},"), "contains the sign ,"),
        (format!("\"{key}"), "contains the sign \""),
        ("${HARNESS_API_KEY}".to_owned(), "contains a placeholder"),
        (
            "<+secrets.getValue(\"k\")>".to_owned(),
            "contains a placeholder",
        ),
        ("op://vault/item/field".to_owned(), "contains a placeholder"),
    ] {
        let file = key_file(&test, &text);
        doctor(&test, &["--api-key-file", &file])
            .without_env("HARNESS_API_KEY")
            .exits(3)
            .says(says)
            .hides(&key);
    }
    doctor(&test, &[])
        .env("HARNESS_API_KEY", &format!("<{key}>"))
        .exits(0);
    // With what `base64` pads, it looked like an assignment to a name that was the key.
    let encoded = "c2F0LkFiQ2RFZkdoSWpLbE1uT3BRclN0VXYudG9rZW4uU0VDUkVU=";
    doctor(&test, &["--api-key-file", &key_file(&test, encoded)])
        .without_env("HARNESS_API_KEY")
        .exits(3)
        .says("contains the key in base64")
        .hides(encoded.trim_end_matches('='));
}

#[test]
fn a_base_url_that_is_nearly_one_is_recognised() {
    let test = Test::new();
    for (url, says) in [
        (
            "https:/app.harness.io",
            "did you mean https://app.harness.io?",
        ),
        (
            "https//app.harness.io/gateway",
            "did you mean https://app.harness.io/gateway?",
        ),
        (
            "https://app.harness.io?routingId=x",
            "did you mean https://app.harness.io?",
        ),
        (
            "https://app.harness.io/auth/#/signin",
            "did you mean https://app.harness.io?",
        ),
        (
            "HARNESS_BASE_URL=https://app.harness.io",
            "did you mean https://app.harness.io?",
        ),
        (
            "app.harness.io/ng/#/account/AcC/home",
            "use --base-url https://app.harness.io --account-id AcC",
        ),
    ] {
        doctor(&test, &[])
            .env("HARNESS_BASE_URL", url)
            .exits(3)
            .says(says);
    }
    let bracketed = format!("<{}>", test.server.base_url());
    doctor(&test, &[])
        .env("HARNESS_BASE_URL", &bracketed)
        .exits(0);
    doctor(&test, &[])
        .env("HARNESS_BASE_URL", "https:/me:hunter2@app.harness.io")
        .exits(3)
        .hides("hunter2");
}
