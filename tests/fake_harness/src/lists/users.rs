//! Users: refused without the blanket permission, unordered without a sort.

use serde::Serialize;
use serde_json::Value;

use crate::account::{Account, User};
use crate::context::Context;
use crate::http::Answer;
use crate::scope::Scope;
use crate::shapes::Result;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    name: Option<&'a str>,
    email: &'a str,
    uuid: &'a str,
    locked: bool,
    disabled: bool,
    externally_managed: bool,
    two_factor_authentication_enabled: bool,
    #[serde(flatten)]
    extra: &'a serde_json::Map<String, Value>,
}

pub(crate) fn wire(user: &User) -> impl Serialize + '_ {
    Wire {
        name: user.name.as_deref(),
        email: &user.email,
        uuid: &user.uuid,
        locked: user.locked,
        disabled: user.disabled,
        externally_managed: user.externally_managed,
        two_factor_authentication_enabled: user.two_factor,
        extra: &user.extra,
    }
}

pub(crate) fn batch(cx: &Context<'_>) -> Result<Answer> {
    let page = cx.page_request()?;
    cx.require_scope(&cx.scope)?;
    let parents = cx.body_text("parentFilter").unwrap_or("NO_PARENT_SCOPES");
    let scopes: Vec<Scope> = match parents {
        "INCLUDE_PARENT_SCOPES" => cx.scope.upwards(),
        "STRICTLY_PARENT_SCOPES" => cx.scope.upwards().split_off(1),
        _ => vec![cx.scope.clone()],
    };
    for scope in &scopes {
        cx.require("core_user_view", "USER", scope)?;
    }
    let (uuids, emails) = (cx.body_texts("identifiers"), cx.body_texts("emails"));
    let key = format!("users {} {parents} {uuids:?} {emails:?}", cx.scope);
    let rows = &cx.account.users;
    let matching = cx.filtered(&key, rows, |user| {
        scopes.iter().any(|scope| Account::is_member(user, scope))
            && (uuids.is_empty() || uuids.contains(&&*user.uuid))
            && (emails.is_empty() || emails.contains(&&*user.email))
    });
    let sorted = cx.sorted(&key, rows, &matching, &page.sort, &[]);
    Ok(cx.page(&page, rows, &sorted, wire))
}
