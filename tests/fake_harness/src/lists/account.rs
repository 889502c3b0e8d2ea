//! The account itself and its authentication settings.

use serde_json::{Value, json};

use crate::context::Context;
use crate::http::Answer;
use crate::scope::Scope;
use crate::shapes::{Result, with_extra};

pub(crate) fn get(cx: &Context<'_>) -> Result<Answer> {
    cx.require("core_account_view", "ACCOUNT", &Scope::account())?;
    let account = json!({
        "identifier": cx.account.id, "name": cx.account.name, "companyName": cx.account.name, "cluster": "prod-2",
        "defaultExperience": "NG", "authenticationMechanism": "SAML",
        "serviceAccountConfig": {"apiKeyLimit": 5, "tokenLimit": 5}, "nextGenEnabled": true, "productLed": false,
        "twoFactorAdminEnforced": false, "publicAccessEnabled": false, "createdAt": 1_600_000_000_000_i64
    });
    Ok(cx.ok(with_extra(account, &cx.account.details)))
}

/// Another envelope than everywhere else, and secrets inside.
pub(crate) fn authentication_settings(cx: &Context<'_>) -> Result<Answer> {
    cx.require("core_authsetting_view", "AUTHSETTING", &Scope::account())?;
    let mut resource = cx.account.authentication_settings.clone();
    if resource.is_null() {
        resource = json!({
            "ngAuthSettings": [{"settingsType": "USER_PASSWORD"}], "whitelistedDomains": [],
            "authenticationMechanism": "USER_PASSWORD", "twoFactorEnabled": false, "sessionTimeoutInMinutes": 60,
            "publicAccessEnabled": false, "oauthEnabled": false
        });
    }
    let envelope: Value = json!({"metaData": {}, "resource": resource, "responseMessages": []});
    Ok(Answer::json(200, &envelope))
}
