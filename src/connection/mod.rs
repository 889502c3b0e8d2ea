//! What flags mean for the connection and the database. Everything that can be refused is refused here, before the first
//! request.

mod api_key;
mod unquoted;

use std::ffi::OsString;
use std::path::PathBuf;

use self::unquoted::unquoted;
use crate::api::client::{Client, ClientOptions};
use crate::api::http::base_url::BaseUrl;
use crate::api::http::proxy::Proxy;
use crate::api::http::redact::holds_key;
use crate::api::http::secret::ApiKey;
use crate::api::http::transport::{TransportSettings, UreqTransport};
use crate::cli::ConnectionFlags;
use crate::error::Error;
use crate::store::Identity;

const DEFAULT_DB: &str = "harness-access.db";
const DEFAULT_BASE_URL: &str = "https://app.harness.io";

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
    /// The proxy on the way.
    pub proxy: Option<Proxy>,
}

impl Connection {
    /// A client for the account; its time starts now.
    #[must_use]
    pub fn client(self, options: ClientOptions) -> Client {
        let settings = TransportSettings {
            proxy: self.proxy,
            ..TransportSettings::for_base(&self.base_url)
        };
        let transport = Box::new(UreqTransport::new(self.api_key, &settings));
        Client::new(transport, self.base_url, self.account_id, options)
    }

    /// Checks the flags, among which the settings are. The environment says which proxy is on the way.
    ///
    /// # Errors
    /// When something is missing, malformed or contradicts itself.
    pub fn resolve(flags: &ConnectionFlags<'_>, env: Lookup<'_>) -> Result<Self, Error> {
        let api_key = api_key::resolve(flags)?;
        let base_url = base_url(flags)?;
        let account_id = account_id(flags, &api_key)?;
        let proxy = proxy(&base_url, env)?;
        Ok(Self {
            base_url,
            account_id,
            api_key,
            proxy,
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

fn base_url(flags: &ConnectionFlags<'_>) -> Result<BaseUrl, Error> {
    let text = unquoted(flags.base_url.unwrap_or(DEFAULT_BASE_URL));
    BaseUrl::parse(text, flags.allow_http).map_err(|error| Error::Config {
        message: format!("--base-url: {error}"),
        hint: error.hint(),
    })
}

/// The proxy that the environment names for a host, as curl reads it.
fn proxy(base: &BaseUrl, env: Lookup<'_>) -> Result<Option<Proxy>, Error> {
    let value = |name: &'static str| {
        let value = variable(env, name).ok().flatten()?;
        let value = unquoted(&value);
        (!value.is_empty()).then(|| value.to_owned())
    };
    Proxy::for_base(base, &value).map_err(|error| Error::Config {
        message: error.to_string(),
        hint: Some(error.hint()),
    })
}

/// The account from the flags or the environment, and from the key where that names it; they must agree, since a key
/// of one account cannot read another.
fn account_id(flags: &ConnectionFlags<'_>, key: &ApiKey) -> Result<String, Error> {
    let given = flags.account_id.map(unquoted);
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
