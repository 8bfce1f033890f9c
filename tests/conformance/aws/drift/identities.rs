//! The anchor and what nodes are to the cloud.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::world::{Case, World, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("anchor/main", "protected", |w| anchor(w, |body| body["protected"] = true.into())),
        case("anchor/main", "alias", |w| {
            anchor(w, |body| {
                body.as_object_mut().unwrap().remove("alias");
            })
        }),
        case("anchor/main", "tags", |w| async move {
            let tag = aws_sdk_ssm::types::Tag::builder().key("owner").value("me").build()?;
            let kind = aws_sdk_ssm::types::ResourceTypeForTagging::Parameter;
            w.cloud.ssm.add_tags_to_resource().resource_type(kind).resource_id(w.me).tags(tag).send().await?;
            Ok(())
        }),
        case("iam_role/primary", "trust", |w| async move {
            let trust = json!({
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
            });
            let request = w.cloud.iam.update_assume_role_policy().role_name(w.me);
            request.policy_document(trust.to_string()).send().await?;
            Ok(())
        }),
        case("iam_role/primary", "policies", |w| async move {
            let policy = json!({
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
            });
            let request = w.cloud.iam.put_role_policy().role_name(w.me).policy_name("more");
            request.policy_document(policy.to_string()).send().await?;
            Ok(())
        }),
        case("iam_role/secondary", "policies", |w| async move {
            w.cloud.iam.delete_role_policy().role_name(w.me).policy_name("session-service").send().await?;
            Ok(())
        }),
        case("iam_role/primary", "managed", |w| async move {
            let arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
            w.cloud.iam.attach_role_policy().role_name(w.me).policy_arn(arn).send().await?;
            Ok(())
        }),
        case("iam_role/primary", "tags", |w| async move {
            let tag = aws_sdk_iam::types::Tag::builder().key("owner").value("me").build()?;
            w.cloud.iam.tag_role().role_name(w.me).tags(tag).send().await?;
            Ok(())
        }),
        case("iam_instance_profile/secondary", "role", |w| async move {
            let role = w.id("iam_role/secondary");
            let request = w.cloud.iam.remove_role_from_instance_profile().instance_profile_name(w.me);
            request.role_name(role).send().await?;
            Ok(())
        }),
        case("iam_instance_profile/secondary", "tags", |w| async move {
            let tag = aws_sdk_iam::types::Tag::builder().key("owner").value("me").build()?;
            w.cloud.iam.tag_instance_profile().instance_profile_name(w.me).tags(tag).send().await?;
            Ok(())
        }),
    ]
}

/// Edits what the anchor says.
async fn anchor(w: World, edit: fn(&mut Value)) -> Result<()> {
    let read = w.cloud.ssm.get_parameter().name(&w.me).send().await?;
    let text = read.parameter().and_then(|one| one.value()).context("the anchor's text")?;
    let mut body: Value = serde_json::from_str(text)?;
    edit(&mut body);
    w.cloud.ssm.put_parameter().name(w.me).value(body.to_string()).overwrite(true).send().await?;
    Ok(())
}
