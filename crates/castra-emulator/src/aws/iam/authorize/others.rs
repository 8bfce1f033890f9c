//! Actions and resources of the smaller services.

use super::access::{Access, at, tags};
use crate::aws::call::Call;

/// What the actions of a service begin with: signatures name CloudWatch differently.
pub(crate) fn vendor(service: &str) -> &str {
    if service == "monitoring" { "cloudwatch" } else { service }
}

pub(super) fn needed(call: &mut Call<'_>, service: &str, operation: &str) -> Vec<Access> {
    let vendor = vendor(service);
    let list = call.list("Tags");
    let resources = match service {
        "ssm" => ssm(call, operation),
        "secretsmanager" => secrets(call, operation),
        "acm" => acm(call, operation),
        "monitoring" => cloudwatch(call, operation),
        "route53" => route53(call, operation),
        "kms" => kms(call),
        "sts" => call.text("RoleArn").map(str::to_owned).into_iter().collect(),
        _ => Vec::new(),
    };
    let resources = if resources.is_empty() { vec!["*".to_owned()] } else { resources };
    let mut needed = Vec::new();
    for resource in &resources {
        needed.push(Access::new(call, format!("{vendor}:{operation}"), resource.clone()).with_tags(tags(list)));
    }
    // Tags on creation need the permission to tag, too.
    let tagging = match (service, operation) {
        ("ssm", "PutParameter") => "AddTagsToResource",
        ("secretsmanager", "CreateSecret") | ("kms", "CreateKey") => "TagResource",
        ("acm", "RequestCertificate" | "ImportCertificate") => "AddTagsToCertificate",
        _ => return needed,
    };
    for resource in resources.into_iter().filter(|_| !list.is_empty()) {
        needed.push(Access::new(call, format!("{vendor}:{tagging}"), resource).with_tags(tags(list)));
    }
    needed
}

/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html>
fn ssm(call: &Call<'_>, operation: &str) -> Vec<String> {
    let member = match operation {
        "DescribeParameters" => return Vec::new(),
        "GetParametersByPath" => "Path",
        "GetParameters" | "DeleteParameters" => "Names",
        "AddTagsToResource" | "ListTagsForResource" | "RemoveTagsFromResource" => "ResourceId",
        _ => "Name",
    };
    // `name:3` and `name:label` are about the parameter.
    let name = |name: &str| name.split(':').next().unwrap_or_default().trim_start_matches('/').to_owned();
    let arn = |given: &&str| match given.starts_with("arn:") {
        true => (*given).to_owned(),
        false => call.arn("ssm", &format!("parameter/{}", name(given))),
    };
    at(call.input, member).iter().map(arn).collect()
}

/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
fn secrets(call: &Call<'_>, operation: &str) -> Vec<String> {
    match operation {
        "ListSecrets" | "GetRandomPassword" | "BatchGetSecretValue" => Vec::new(),
        // The six characters that the ARN shall end with aren't known yet.
        "CreateSecret" => vec![call.arn("secretsmanager", &format!("secret:{}-??????", call.required("Name")))],
        _ => {
            let id = call.required("SecretId");
            let here = call.account.regions.get(call.region);
            let known = here.and_then(|here| here.secrets.arn(id));
            vec![known.unwrap_or_else(|| call.arn("secretsmanager", &format!("secret:{id}-??????")))]
        }
    }
}

/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscertificatemanager.html>
fn acm(call: &Call<'_>, operation: &str) -> Vec<String> {
    match (call.text("CertificateArn"), operation) {
        (Some(arn), _) => vec![arn.to_owned()],
        (None, "RequestCertificate" | "ImportCertificate") => vec![call.arn("acm", "certificate/*")],
        _ => Vec::new(),
    }
}

/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html>
fn cloudwatch(call: &Call<'_>, operation: &str) -> Vec<String> {
    let members = match operation {
        "DeleteAlarms" | "DisableAlarmActions" | "EnableAlarmActions" => "AlarmNames",
        "PutMetricAlarm" | "SetAlarmState" | "DescribeAlarmHistory" => "AlarmName",
        "ListTagsForResource" | "TagResource" | "UntagResource" => {
            return at(call.input, "ResourceARN").into_iter().map(str::to_owned).collect();
        }
        _ => return Vec::new(),
    };
    at(call.input, members).iter().map(|name| call.arn("cloudwatch", &format!("alarm:{name}"))).collect()
}

/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html>
fn route53(call: &Call<'_>, operation: &str) -> Vec<String> {
    let last = |id: &str| id.rsplit('/').next().unwrap_or_default().to_owned();
    let arn = |kind: &str, id: &str| vec![format!("arn:aws:route53:::{kind}/{}", last(id))];
    match operation {
        "GetChange" => arn("change", call.required("Id")),
        "ChangeTagsForResource" | "ListTagsForResource" => {
            arn(call.required("ResourceType"), call.required("ResourceId"))
        }
        _ => match (call.text("HostedZoneId").or_else(|| call.text("Id")), call.text("HealthCheckId")) {
            (Some(id), _) => arn("hostedzone", id),
            (None, Some(id)) => arn("healthcheck", id),
            (None, None) => Vec::new(),
        },
    }
}

/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html>
fn kms(call: &Call<'_>) -> Vec<String> {
    let key = call.text("KeyId").or_else(|| call.text("TargetKeyId"));
    key.map(|key| match key.starts_with("arn:") {
        true => key.to_owned(),
        false if key.starts_with("alias/") => call.arn("kms", key),
        false => call.arn("kms", &format!("key/{key}")),
    })
    .into_iter()
    .collect()
}
