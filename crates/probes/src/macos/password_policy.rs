//! The rules for the passwords of accounts on this Mac.

use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::{macos::password_length, plist},
};
use closedset_core::fact::{Body, device::PasswordPolicy};
use serde_json::Value;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<PasswordPolicy> {
    let output = look.output("pwpolicy -getaccountpolicies")?;
    let policies = plist::parse(&output).ok_or_else(|| {
        Why::new("pwpolicy shows no account policies in a form that is understood")
    })?;
    let of = |category: &str| {
        policies.get(category).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let content = |policy: &Value| {
        policy.get("policyContent").and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    // All policies hold together, so the strictest counts.
    let minimum_length = of("policyCategoryPasswordContent")
        .iter()
        .filter_map(|policy| password_length(&content(policy)))
        .max();
    let locks_after_failures = of("policyCategoryAuthentication")
        .iter()
        .filter(|policy| content(policy).contains("policyAttributeFailedAuthentications"))
        .filter_map(|policy| {
            policy
                .get("policyParameters")?
                .get("policyAttributeMaximumFailedAuthentications")?
                .as_i64()
        })
        .min();
    Ok(Reading {
        record: PasswordPolicy {
            minimum_length,
            locks_after_failures,
            seen: "the account policies of macOS".into(),
        },
        unread: Vec::new(),
    })
}
