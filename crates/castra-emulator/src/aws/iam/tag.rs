//! Tags of roles, users, policies and instance profiles
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>).

use serde_json::{Value, json};

use super::entity::{Named, find};
use super::holder::Addressed;
use super::{InstanceProfile, Policy, Role, User, page};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[
    ("ListInstanceProfileTags", list::<InstanceProfile>),
    ("ListPolicyTags", list::<Policy>),
    ("ListRoleTags", list::<Role>),
    ("ListUserTags", list::<User>),
    ("TagInstanceProfile", tag::<InstanceProfile>),
    ("TagPolicy", tag::<Policy>),
    ("TagRole", tag::<Role>),
    ("TagUser", tag::<User>),
    ("UntagInstanceProfile", untag::<InstanceProfile>),
    ("UntagPolicy", untag::<Policy>),
    ("UntagRole", untag::<Role>),
    ("UntagUser", untag::<User>),
];

/// Something with tags.
pub(super) trait Tagged: Addressed {
    fn tags(&self) -> &Tags;

    fn tags_mut(&mut self) -> &mut Tags;
}

/// How many tags one may have
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entities>).
const MOST: usize = 50;

/// The tags of a call that creates something.
pub(super) fn given(call: &Call<'_>) -> Result<Tags, ApiError> {
    let mut tags = Tags::default();
    add(&mut tags, call.list("Tags"))?;
    Ok(tags)
}

/// Adds tags from a list. Keys that differ by case only are the same; what is there under such a key is replaced
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules>).
fn add(tags: &mut Tags, list: &[Value]) -> Result<(), ApiError> {
    let mut seen = Vec::new();
    for tag in list {
        let text = |member| tag.get(member).and_then(Value::as_str).unwrap_or_default();
        let (key, value) = (text("Key"), text("Value"));
        let folded = key.to_lowercase();
        if folded.starts_with("aws:") {
            let message = "Tag keys beginning with aws: are reserved for AWS use.";
            return Err(ApiError::new("InvalidInput", message));
        }
        if seen.contains(&folded) {
            let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
            return Err(ApiError::new("InvalidInput", message));
        }
        let same = tags.keys().find(|has| has.to_lowercase() == folded).map(str::to_owned);
        if let Some(same) = same {
            tags.remove(&same);
        }
        tags.insert(key, value);
        seen.push(folded);
    }
    if tags.len() > MOST {
        let message = format!("The number of tags has reached the maximum limit of {MOST}.");
        return Err(ApiError::new("LimitExceeded", message));
    }
    Ok(())
}

fn tag<T: Tagged + Named>(call: &mut Call<'_>) -> Answer {
    let list = call.list("Tags");
    let found: &mut T = find(call, &T::name(call)?)?;
    let mut tags = found.tags().clone();
    add(&mut tags, list)?;
    *found.tags_mut() = tags;
    Ok(json!({}))
}

fn untag<T: Tagged + Named>(call: &mut Call<'_>) -> Answer {
    let keys = call.texts("TagKeys");
    let found: &mut T = find(call, &T::name(call)?)?;
    let gone = |has: &&str| keys.iter().any(|key| key.to_lowercase() == has.to_lowercase());
    let gone: Vec<String> = found.tags().keys().filter(gone).map(str::to_owned).collect();
    gone.iter().for_each(|key| found.tags_mut().remove(key));
    Ok(json!({}))
}

fn list<T: Tagged + Named>(call: &mut Call<'_>) -> Answer {
    let name = T::name(call)?;
    let tags = find::<T>(call, &name)?.tags().clone();
    let shown = tags.iter().map(|(key, value)| (key.to_owned(), json!({ "Key": key, "Value": value })));
    page::of(call, "Tags", shown.collect())
}
