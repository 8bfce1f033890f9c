//! Tags on Elastic Load Balancing's objects, which it keeps apart from the objects themselves.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_elasticloadbalancingv2::types::{Tag, TagDescription};
use castra_core::resource::At;
use castra_core::{Call, Context, FieldChange, Result};
use futures::future::try_join_all;

use crate::call::send;
use crate::client::Clients;
use crate::kinds::load_balancing::{SERVICE, present};
use crate::tags::unwanted;

/// How many objects one `DescribeTags` takes: "up to 20 resources in a single call" (Elastic Load Balancing API
/// reference, `DescribeTags`).
const BATCH: usize = 20;

/// Tags by ARN.
pub(crate) type Tags = HashMap<String, BTreeMap<String, String>>;

/// Tags as Elastic Load Balancing wants them.
pub(crate) fn to_elb(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

fn from_elb(tags: &[Tag]) -> BTreeMap<String, String> {
    tags.iter()
        .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned())))
        .filter(|(key, _)| !key.starts_with("aws:"))
        .collect()
}

/// The tags of these objects, without those that AWS itself sets. One that is gone has none.
pub(crate) async fn read(cx: &dyn Context, clients: &Clients, arns: &[String]) -> Result<Tags> {
    let batches = arns.chunks(BATCH).map(|batch| present(batch, |arns| describe(cx, clients, arns)));
    let answers = try_join_all(batches).await?;
    let described = answers.iter().flatten();
    Ok(described.filter_map(|of| Some((of.resource_arn()?.to_owned(), from_elb(of.tags())))).collect())
}

async fn describe(cx: &dyn Context, clients: &Clients, arns: Vec<String>) -> Result<Vec<TagDescription>> {
    let request = clients.elb.describe_tags().set_resource_arns(Some(arns));
    let answer = send!(cx, Call::read(SERVICE, "DescribeTags"), request)?;
    Ok(answer.tag_descriptions.unwrap_or_default())
}

/// Brings an object's tags to the wanted ones: sets what is missing or differs, removes what isn't wanted.
pub(crate) async fn sync(
    at: &At<'_, Clients>,
    arn: &str,
    wanted: &BTreeMap<String, String>,
    change: &FieldChange,
) -> Result<()> {
    let set = at.cloud.elb.add_tags().resource_arns(arn).set_tags(Some(to_elb(wanted)));
    send!(at.cx, Call::idempotent(SERVICE, "AddTags"), set)?;
    let extra = unwanted(change, wanted);
    if !extra.is_empty() {
        let remove = at.cloud.elb.remove_tags().resource_arns(arn).set_tag_keys(Some(extra));
        send!(at.cx, Call::idempotent(SERVICE, "RemoveTags"), remove)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn tags_survive_the_round_trip_and_those_of_aws_are_left_out() {
        let ours = tags(&[("Name", "demo"), ("castra:cluster", "demo")]);
        let mut live = to_elb(&ours);
        live.push(Tag::builder().key("aws:cloudformation:stack-name").value("theirs").build());
        assert_eq!(from_elb(&live), ours);
    }
}
