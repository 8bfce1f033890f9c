//! What can be seen of an instance besides itself.

use serde_json::{Value, json};

use crate::gcp::call::Call;
use crate::gcp::compute::{instance_group, lists, place_methods, target};
use crate::gcp::error::Answer;
use crate::gcp::resource::Document;
use crate::gcp::scope::BASE;

/// What an instance has written to a serial port: nothing, as emulated machines run nothing.
pub(super) fn serial_port(call: &mut Call<'_>) -> Answer {
    let instance = target::visible(call)?;
    let start = call.text("start").unwrap_or("0");
    Ok(json!({
        "kind": "compute#serialPortOutput",
        "selfLink": format!("{}/serialPort", instance.link()),
        "contents": "",
        "start": start,
        "next": start,
    }))
}

/// The groups that an instance is a member of.
pub(super) fn referrers(call: &mut Call<'_>) -> Answer {
    let instance = target::visible(call)?;
    let link = instance.link();
    let groups =
        call.project.resources.of("instanceGroups").filter(|group| instance_group::members(group).contains(&link));
    let shown: Vec<Document> = groups
        .map(|group| {
            place_methods::document(json!({
                "kind": "compute#reference", "referenceType": "MEMBER_OF", "referrer": group.link(), "target": link,
            }))
        })
        .collect();
    let path = format!("{}/referrers", link.strip_prefix(BASE).unwrap_or_default());
    let path = path.split_once('/').and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, rest)| rest).to_owned();
    let (documents, token) = lists::choose(call, shown)?;
    let mut answer = lists::envelope(call, &path, (documents, token));
    if let Value::Object(answer) = &mut answer {
        answer.insert("kind".to_owned(), "compute#instanceListReferrers".into());
    }
    Ok(answer)
}
