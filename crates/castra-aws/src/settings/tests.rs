#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use castra_core::spec::{Problems, Spec, schema};

use super::*;

const WHOLE: &str = r#"
name = "demo"

[provider]
name = "aws"
region = "eu-central-1"
image = { ssm_parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64" }

[network]
cidr = "10.20.0.0/16"

[primaries]
machine_type = "m7i.xlarge"

[secondaries]
count = 5
machine_type = "m7i.xlarge"

[load_balancer]
exposure = "public"
allowed_cidrs = ["0.0.0.0/0"]
certificate = "arn:aws:acm:eu-central-1:111122223333:certificate/a1"
"#;

fn parse(text: &str) -> Result<Spec, Problems> {
    Spec::parse(text, &[&AwsProvider])
}

fn with(provider: &str) -> String {
    WHOLE.replacen("region = \"eu-central-1\"", &format!("region = \"eu-central-1\"\n{provider}"), 1)
}

fn existing(provider: &str) -> String {
    with(provider).replace("cidr = \"10.20.0.0/16\"", "existing = true")
}

#[test]
fn the_usual_file() {
    let settings = Settings::of(&parse(WHOLE).unwrap()).unwrap();
    assert_eq!(settings.region, "eu-central-1");
    assert!(matches!(&settings.image, Image::SsmParameter(name) if name.starts_with("/aws/service/")));
    assert_eq!(settings.nat_gateways, NatGateways::PerZone);
    assert!(!settings.allow_fewer_zones && settings.zones.is_empty() && settings.vpc_id.is_none());
}

#[test]
fn an_existing_network() {
    let text = existing(
        "vpc_id = \"vpc-0123456789abcdef0\"\nprivate_subnet_ids = [\"subnet-00000001\", \"subnet-00000002\", \
         \"subnet-00000003\"]\npublic_subnet_ids = [\"subnet-00000004\", \"subnet-00000005\", \"subnet-00000006\"]",
    );
    let settings = Settings::of(&parse(&text).unwrap()).unwrap();
    assert_eq!(settings.vpc_id.as_deref(), Some("vpc-0123456789abcdef0"));
    assert_eq!((settings.private_subnet_ids.len(), settings.public_subnet_ids.len()), (3, 3));
}

#[test]
fn two_zones_where_that_is_accepted() {
    assert!(parse(&with("allow_fewer_zones = true\nzones = [\"eu-central-1a\", \"eu-central-1b\"]")).is_ok());
}

#[test]
fn the_forms_of_regions() {
    for region in ["eu-central-1", "us-gov-west-1", "cn-northwest-1", "us-isob-east-1", "ap-southeast-7", "eu-west-4"] {
        let text = WHOLE.replacen("region = \"eu-central-1\"", &format!("region = \"{region}\""), 1).replacen(
            "acm:eu-central-1",
            &format!("acm:{region}"),
            1,
        );
        assert!(parse(&text).is_ok(), "{region}: {:?}", parse(&text));
    }
}

#[test]
fn the_schema_takes_the_section() {
    let schema = schema(&[&AwsProvider]);
    let properties = &schema["properties"]["provider"]["properties"];
    for key in ["name", "region", "image", "vpc_id", "nat_gateways", "hosted_zone_id"] {
        assert!(properties.get(key).is_some(), "{key} in {properties}");
    }
    let required = schema["properties"]["provider"]["required"].to_string();
    assert!(required.contains("region") && required.contains("image") && !required.contains("zones"), "{required}");
}

/// Text to parse, path that must be refused, words that the message must have, words that the remedy must have.
#[test]
fn what_is_refused() {
    let image = "image = { ssm_parameter = \
                 \"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64\" }";
    let region = "region = \"eu-central-1\"";
    let arn = "arn:aws:acm:eu-central-1:111122223333:certificate/a1";
    let three = "private_subnet_ids = [\"subnet-00000001\", \"subnet-00000002\", \"subnet-00000003\"]";
    let cases: Vec<(String, &str, &str, &str)> = vec![
        (WHOLE.replace(region, ""), "provider.region", "is missing", "eu-central-1"),
        (WHOLE.replace(region, "region = \"eu-centrl-1\""), "provider.region", "eu-centrl-1", "\"eu-central-1\""),
        (WHOLE.replace(region, "region = \"mars-1\""), "provider.region", "mars-1", "region's name"),
        (WHOLE.replace(region, "region = 1"), "provider.region", "not a text", "quotes"),
        (WHOLE.replace(image, ""), "provider.image", "missing", "ssm_parameter"),
        (WHOLE.replace(image, "image = {}"), "provider.image.id", "no image", "ami-"),
        (WHOLE.replace(image, "image = { id = \"ubuntu\" }"), "provider.image.id", "ubuntu", "ami-"),
        (
            WHOLE.replace(image, "image = { ssm_parameter = \"latest\" }"),
            "provider.image.ssm_parameter",
            "latest",
            "starting with \"/\"",
        ),
        (
            WHOLE.replace(image, "image = { id = \"ami-01234567\", ssm_parameter = \"/a\" }"),
            "provider.image.id",
            "twice",
            "one of the two",
        ),
        (with("regions = \"x\""), "provider.regions", "no such field", "`region`"),
        (with("vpc_id = \"vpc-01234567\""), "provider.vpc_id", "existing network", "network.existing"),
        (existing(""), "provider.vpc_id", "missing", "vpc_id ="),
        (existing(""), "provider.private_subnet_ids", "missing", "private_subnet_ids ="),
        (existing(""), "provider.public_subnet_ids", "public load balancer", "internal"),
        (existing("vpc_id = \"my-vpc\""), "provider.vpc_id", "my-vpc", "vpc-"),
        (existing("private_subnet_ids = [\"sub-1\"]"), "provider.private_subnet_ids[0]", "sub-1", "subnet-"),
        (
            existing("private_subnet_ids = [\"subnet-00000001\", \"subnet-00000001\", \"subnet-00000002\"]"),
            "provider.private_subnet_ids[1]",
            "twice",
            "once",
        ),
        (
            existing("private_subnet_ids = [\"subnet-00000001\", \"subnet-00000002\"]"),
            "provider.private_subnet_ids",
            "losing it stops the cluster",
            "allow_fewer_zones",
        ),
        (
            existing("allow_fewer_zones = true\nprivate_subnet_ids = [\"subnet-00000001\"]"),
            "provider.private_subnet_ids",
            "1 subnets",
            "three",
        ),
        (
            existing(&format!("{three}\npublic_subnet_ids = [\"subnet-00000004\", \"subnet-00000005\"]")),
            "provider.public_subnet_ids",
            "2 public subnets",
            "each zone",
        ),
        (existing("nat_gateways = \"one\""), "provider.nat_gateways", "own", "remove nat_gateways"),
        (with("nat_gateways = \"two\""), "provider.nat_gateways", "two", "per_zone"),
        (with("zones = [\"eu-central-1\"]"), "provider.zones[0]", "eu-central-1", "eu-central-1a"),
        (
            with("zones = [\"eu-central-1a\", \"eu-central-1b\", \"eu-west-1c\"]"),
            "provider.zones[2]",
            "isn't in eu-central-1",
            "eu-central-1a",
        ),
        (with("allow_fewer_zones = \"yes\""), "provider.allow_fewer_zones", "not true or false", "without quotes"),
        (with("hosted_zone_id = \"Z01\""), "provider.record_name", "missing", "record_name ="),
        (with("record_name = \"a.example.com\""), "provider.hosted_zone_id", "missing", "hosted zone"),
        (with("hosted_zone_id = \"/hostedzone/Z01\""), "provider.hosted_zone_id", "hostedzone", "id alone"),
        (with("record_name = \"Runs\""), "provider.record_name", "host name", "lower case"),
        (WHOLE.replace(arn, "demo.pem"), "load_balancer.certificate", "isn't the ARN", "acm:eu-central-1"),
        (
            WHOLE.replace("acm:eu-central-1", "acm:us-east-1"),
            "load_balancer.certificate",
            "us-east-1",
            "acm:eu-central-1",
        ),
        (WHOLE.replacen("m7i.xlarge", "xlarge", 1), "primaries.machine_type", "xlarge", "m7i.xlarge"),
        (WHOLE.replace("\"demo\"", "\"internal-runs\""), "name", "AWS keeps", "another name"),
        (WHOLE.replace("\"demo\"", "\"sg-runs\""), "name", "sg-", "another name"),
    ];
    for (text, path, message, remedy) in cases {
        let problems = parse(&text).expect_err(&text);
        let found = problems.0.iter().find(|problem| problem.path == path && problem.message.contains(message));
        let found = found.unwrap_or_else(|| panic!("{path}: {message}: {problems}"));
        assert!(found.remedy.contains(remedy), "{found}");
    }
}

#[test]
fn tags_that_differ_only_in_case_are_one_to_iam() {
    let text = format!("{WHOLE}\n[tags]\nteam = \"a\"\nTeam = \"b\"\n");
    let problems = parse(&text).unwrap_err();
    assert!(problems.concern("tags") && problems.to_string().contains("`team`"), "{problems}");
}

#[test]
fn tags_begin_with_nothing_of_awss() {
    let problems = parse(&format!("{WHOLE}\n[tags]\n\"AWS:x\" = \"a\"\n")).unwrap_err();
    assert!(problems.concern("tags.AWS:x") && problems.to_string().contains("begins with aws:"), "{problems}");
}
