//! Inline policies of roles, users and groups
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html#inline-policies>).

use serde_json::json;

use super::document;
use super::entity::find;
use super::holder::{Holder, Written};
use super::{Group, Role, User, page};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[
    ("DeleteGroupPolicy", delete::<Group>),
    ("DeleteRolePolicy", delete::<Role>),
    ("DeleteUserPolicy", delete::<User>),
    ("GetGroupPolicy", get::<Group>),
    ("GetRolePolicy", get::<Role>),
    ("GetUserPolicy", get::<User>),
    ("ListGroupPolicies", list::<Group>),
    ("ListRolePolicies", list::<Role>),
    ("ListUserPolicies", list::<User>),
    ("PutGroupPolicy", put::<Group>),
    ("PutRolePolicy", put::<Role>),
    ("PutUserPolicy", put::<User>),
];

fn put<T: Holder>(call: &mut Call<'_>) -> Answer {
    let (policy, text) = (call.required("PolicyName"), call.required("PolicyDocument"));
    let name = T::name(call)?;
    let found = find::<T>(call, &name)?;
    found.check_changeable()?;
    let document = document::identity(text)?;
    let inline = &mut found.permissions_mut().inline;
    let others = inline.iter().filter(|(name, _)| *name != policy);
    let total = others.map(|(_, other)| document::size(&other.text)).sum::<usize>() + document::size(text);
    if total > T::INLINE {
        let noun = T::NOUN.to_ascii_lowercase();
        let message = format!("Maximum policy size of {} bytes exceeded for {noun} {name}", T::INLINE);
        return Err(ApiError::new("LimitExceeded", message));
    }
    inline.insert(policy.to_owned(), Written::new(text, document));
    Ok(json!({}))
}

fn not_found<T: Holder>(policy: &str) -> ApiError {
    let noun = T::NOUN.to_ascii_lowercase();
    ApiError::new("NoSuchEntity", format!("The {noun} policy with name {policy} cannot be found."))
}

fn get<T: Holder>(call: &mut Call<'_>) -> Answer {
    let policy = call.required("PolicyName");
    let name = T::name(call)?;
    let inline = &find::<T>(call, &name)?.permissions().inline;
    let written = inline.get(policy).ok_or_else(|| not_found::<T>(policy))?;
    let mut shown = json!({ "PolicyName": policy, "PolicyDocument": document::encoded(&written.text) });
    if let Some(shown) = shown.as_object_mut() {
        shown.insert(format!("{}Name", T::NOUN), name.into());
    }
    Ok(shown)
}

fn list<T: Holder>(call: &mut Call<'_>) -> Answer {
    let inline = find::<T>(call, &T::name(call)?)?.permissions().inline.clone();
    page::of(call, "PolicyNames", inline.into_keys().map(|name| (name.clone(), name.into())).collect())
}

fn delete<T: Holder>(call: &mut Call<'_>) -> Answer {
    let policy = call.required("PolicyName");
    let found = find::<T>(call, &T::name(call)?)?;
    found.check_changeable()?;
    found.permissions_mut().inline.remove(policy).ok_or_else(|| not_found::<T>(policy))?;
    Ok(json!({}))
}
