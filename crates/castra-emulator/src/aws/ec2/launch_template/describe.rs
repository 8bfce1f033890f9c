//! DescribeLaunchTemplates and DescribeLaunchTemplateVersions.

use serde_json::{Value, json};

use super::{LaunchTemplate, Version, find, show, show_version};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::filter::Filters;
use crate::aws::ec2::{Tags, image, page};
use crate::aws::error::Answer;

/// Filters of versions that are a text, a number or a flag of their data, by where it is there.
const OF_DATA: &[(&str, &str)] = &[
    ("ebs-optimized", "/EbsOptimized"),
    ("http-endpoint", "/MetadataOptions/HttpEndpoint"),
    ("http-protocol-ipv4", "/MetadataOptions/HttpProtocolIpv4"),
    ("http-tokens", "/MetadataOptions/HttpTokens"),
    ("iam-instance-profile", "/IamInstanceProfile/Arn"),
    ("image-id", "/ImageId"),
    ("instance-type", "/InstanceType"),
    ("kernel-id", "/KernelId"),
    ("license-configuration-arn", "/LicenseSpecifications/0/LicenseConfigurationArn"),
    ("network-card-index", "/NetworkInterfaces/0/NetworkCardIndex"),
    ("ram-disk-id", "/RamDiskId"),
];

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplates.html>
pub(super) fn templates(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, &["create-time", "launch-template-name"])?;
    let (ids, names) = (call.texts("LaunchTemplateIds"), call.texts("LaunchTemplateNames"));
    let (account, ec2) = (&*call.account, &call.look().ec2);
    let seen = |template: &LaunchTemplate| account.shows(&template.id, template.created);
    let found: Vec<&LaunchTemplate> = if ids.is_empty() && names.is_empty() {
        ec2.launch_templates.values().filter(|template| seen(template)).collect()
    } else {
        let ids = ids.iter().map(|id| find::template(ec2, Some(id), None, seen));
        let names = names.iter().map(|name| find::template(ec2, None, Some(name), seen));
        ids.chain(names).collect::<Result<_, _>>().map_err(plural)?
    };
    let wanted = found.into_iter().filter(|template| {
        filters.pass(&template.tags, |name| {
            vec![if name == "create-time" { template.created.to_string() } else { template.name.clone() }]
        })
    });
    page::of(call, "LaunchTemplates", wanted.map(show).collect())
}

/// Of a list of names, AWS doesn't say which is nobody's.
fn plural(error: ApiError) -> ApiError {
    if error.code == "InvalidLaunchTemplateName.NotFoundException" {
        return ApiError::new(
            &error.code,
            "At least one of the launch templates specified in the request does not exist.",
        );
    }
    error
}

/// Versions of one template, or, for `$Latest` and `$Default` without a template, of all
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html>).
pub(super) fn versions(call: &mut Call<'_>) -> Answer {
    let mut known: Vec<&str> = OF_DATA.iter().map(|(name, _)| *name).collect();
    known.extend(["create-time", "host-resource-group-arn", "is-default-version"]);
    let filters = Filters::of(call, &known)?;
    let wanted = call.texts("Versions");
    let bound = |member: &str| -> Result<Option<u64>, ApiError> {
        let Some(text) = call.text(member) else { return Ok(None) };
        let number = text.parse().map_err(|_| {
            ApiError::new("InvalidParameterValue", format!("Value ({text}) for parameter {member} is invalid."))
        })?;
        Ok(Some(number))
    };
    let (min, max) = (bound("MinVersion")?, bound("MaxVersion")?);
    if !wanted.is_empty() && (min.is_some() || max.is_some()) {
        let message = "The parameter Versions may not be used with MinVersion or MaxVersion";
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    let named = call.text("LaunchTemplateId").is_some() || call.text("LaunchTemplateName").is_some();
    let templates: Vec<&LaunchTemplate> = if named {
        vec![find::named(call)?]
    } else {
        if wanted.is_empty() || wanted.iter().any(|version| !matches!(*version, "$Latest" | "$Default")) {
            let message = "When no launch template is specified, the versions must be '$Latest' or '$Default'.";
            return Err(ApiError::new("MissingParameter", message));
        }
        let seen = |template: &&LaunchTemplate| call.account.shows(&template.id, template.created);
        call.look().ec2.launch_templates.values().filter(seen).collect()
    };
    let mut shown = Vec::new();
    for template in templates {
        let mut numbers: Vec<u64> = if wanted.is_empty() {
            template.versions.keys().copied().collect()
        } else {
            wanted.iter().map(|version| find::number(template, version)).collect::<Result<_, _>>()?
        };
        // The newest comes first.
        numbers.sort_unstable_by(|one, other| other.cmp(one));
        numbers.dedup();
        numbers.retain(|number| min.is_none_or(|min| *number >= min) && max.is_none_or(|max| *number <= max));
        for number in numbers {
            let Some(version) = template.versions.get(&number) else { continue };
            if filters.pass(&Tags::default(), |name| values(template, number, version, name)) {
                shown.push(show_version(template, number, version));
            }
        }
    }
    if call.flag("ResolveAlias") {
        shown.iter_mut().for_each(|version| resolve_alias(call, version));
    }
    page::of(call, "LaunchTemplateVersions", shown)
}

/// With `ResolveAlias`, a Systems Manager parameter is shown as the image that it names.
fn resolve_alias(call: &Call<'_>, version: &mut Value) {
    let alias = version.pointer("/LaunchTemplateData/ImageId").and_then(Value::as_str);
    let parameter = alias.and_then(|alias| alias.strip_prefix("resolve:ssm:"));
    if let Some(image) = parameter.and_then(|name| image::named_by_parameter(call.account, call.region, name)) {
        version["LaunchTemplateData"]["ImageId"] = image.into();
    }
}

fn values(template: &LaunchTemplate, number: u64, version: &Version, filter: &str) -> Vec<String> {
    match filter {
        "create-time" => vec![version.created.to_string()],
        "is-default-version" => vec![(number == template.default_version).to_string()],
        _ => {
            let pointer = OF_DATA.iter().find(|(name, _)| *name == filter).map(|(_, pointer)| *pointer);
            match pointer.and_then(|pointer| version.data.pointer(pointer)) {
                Some(Value::String(text)) => vec![text.clone()],
                Some(value) => vec![json!(value).to_string()],
                None => Vec::new(),
            }
        }
    }
}
