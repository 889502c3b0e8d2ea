//! What flags mean for the connection and the database. Everything that can be refused is refused here, before the first
//! request.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::api::client::clock::Clock;
use crate::api::client::{Client, ClientOptions};
use crate::api::http::base_url::BaseUrl;
use crate::api::http::redact::holds_key;
use crate::api::http::secret::ApiKey;
use crate::api::http::transport::{TransportSettings, UreqTransport};
use crate::cli::ConnectionFlags;
use crate::error::Error;
use crate::store::Identity;

const DEFAULT_DB: &str = "harness-access.db";
const DEFAULT_BASE_URL: &str = "https://app.harness.io";

/// A key has some hundred bytes; a disk image named by mistake is not read to its end.
const KEY_FILE_LIMIT: u64 = 64 * 1024;

/// Looks up a variable of the environment.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// How to reach an account, checked.
#[derive(Debug)]
pub struct Connection {
    /// Where Harness is.
    pub base_url: BaseUrl,
    /// The account.
    pub account_id: String,
    /// The key.
    pub api_key: ApiKey,
}

impl Connection {
    /// A client for the account, with so many requests a minute (0 = not paced); its time starts now.
    #[must_use]
    pub fn client(self, timeout: Duration, max_per_minute: u32, clock: Arc<dyn Clock>) -> Client {
        let settings = TransportSettings::for_base(&self.base_url);
        let transport = Box::new(UreqTransport::new(self.api_key, &settings));
        let options = ClientOptions {
            max_per_minute,
            timeout,
            clock,
            ..ClientOptions::default()
        };
        Client::new(transport, self.base_url, self.account_id, options)
    }

    /// Checks the flags, among which the settings are.
    ///
    /// # Errors
    /// When something is missing, malformed or contradicts itself.
    pub fn resolve(flags: &ConnectionFlags<'_>) -> Result<Self, Error> {
        let api_key = api_key(flags)?;
        let base_url = flags.base_url.unwrap_or(DEFAULT_BASE_URL);
        let base_url =
            BaseUrl::parse(base_url, flags.allow_http).map_err(|error| Error::Config {
                message: error.to_string(),
                hint: None,
            })?;
        let account_id = account_id(flags, &api_key)?;
        Ok(Self {
            base_url,
            account_id,
            api_key,
        })
    }

    /// Account and base URL, as the database records them.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity {
            account_id: self.account_id.clone(),
            base_url: self.base_url.as_str().to_owned(),
        }
    }
}

/// The database file.
///
/// # Errors
/// When its name is empty.
pub fn database(flag: Option<&str>) -> Result<PathBuf, Error> {
    if flag.is_some_and(str::is_empty) {
        return Err(Error::Usage("--db is empty".to_owned()));
    }
    Ok(flag.unwrap_or(DEFAULT_DB).into())
}

/// A variable of the environment. A variable that is not UTF-8 is an error, not an unset one.
pub(crate) fn variable(env: Lookup<'_>, name: &str) -> Result<Option<String>, Error> {
    let text = env(name).map(OsString::into_string).transpose();
    text.map_err(|_| Error::Config {
        message: format!("the environment variable {name} is not UTF-8"),
        hint: None,
    })
}

fn api_key(flags: &ConnectionFlags<'_>) -> Result<ApiKey, Error> {
    let text = match (flags.api_key_file, flags.api_key) {
        (Some(_), Some(_)) => {
            return Err(Error::Usage(
                "give either --api-key-file or --api-key, not both".to_owned(),
            ));
        }
        (Some(path), None) => read_key_file(path)?,
        (None, Some(key)) => key.to_owned(),
        (None, None) => {
            return Err(Error::config(
                "no API key",
                "name a file that holds one with --api-key-file, or set HARNESS_API_KEY",
            ));
        }
    };
    ApiKey::new(text).map_err(|error| Error::Config {
        message: error.to_string(),
        hint: None,
    })
}

fn read_key_file(path: &str) -> Result<String, Error> {
    let failed = |error: std::io::Error| Error::Config {
        message: format!("cannot read the API key from {path}: {error}"),
        hint: None,
    };
    let mut text = String::new();
    if path == "-" {
        std::io::stdin()
            .take(KEY_FILE_LIMIT)
            .read_to_string(&mut text)
    } else {
        fs::File::open(path)
            .map_err(failed)?
            .take(KEY_FILE_LIMIT)
            .read_to_string(&mut text)
    }
    .map_err(failed)?;
    Ok(text)
}

/// The account from the flags or the environment, and from the key where that names it; they must agree, since a key
/// of one account cannot read another.
fn account_id(flags: &ConnectionFlags<'_>, key: &ApiKey) -> Result<String, Error> {
    let given = flags.account_id.map(str::trim);
    if given.is_some_and(holds_key) {
        return Err(Error::config(
            "the account looks like an API key",
            "name the account with --account-id, and the key with --api-key-file or HARNESS_API_KEY",
        ));
    }
    match (given, key.account_id()) {
        (Some(given), Some(of_key)) if given != of_key => Err(Error::config(
            format!("the key belongs to account {of_key}, but account {given} was asked for"),
            "use a key of that account, or leave out --account-id",
        )),
        (Some(given), _) => Ok(given.to_owned()),
        (None, Some(of_key)) => Ok(of_key.to_owned()),
        (None, None) => Err(Error::config(
            "no account: this key does not name one",
            "name it with --account-id or HARNESS_ACCOUNT_ID; it is in the address of any page of Harness, after /account/",
        )),
    }
}
