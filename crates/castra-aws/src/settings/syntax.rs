//! The forms of AWS's own names.

use castra_core::form;
use castra_core::spec::Invalid;

form!(
    /// A region's name. New regions keep to the form, so the list below serves suggestions only.
    RegionName,
    |text| (!is_region(text)).then(|| Invalid::isnt_among(
        text,
        "a region of AWS",
        &REGIONS,
        "write a region's name, such as \"eu-central-1\" or \"us-east-1\""
    ))
);
form!(VpcId, |text| id(text, "vpc", "a VPC"));
form!(SubnetId, |text| id(text, "subnet", "a subnet"));
form!(AmiId, |text| id(text, "ami", "a machine image"));
form!(ZoneName, |text| {
    let region = text.strip_suffix(|c: char| c.is_ascii_lowercase()).unwrap_or_default();
    (!is_region(region))
        .then(|| Invalid::isnt(text, "an availability zone", "write the zone's name, such as \"eu-central-1a\""))
});
form!(
    /// A parameter's name (Systems Manager API reference, `PutParameter`: at most 1,011 characters), possibly with a
    /// version or label after a colon. At most 256 here, the length of a tag's value, which records it.
    ParameterName,
    |text| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "/_.-:".contains(c);
        let valid = text.starts_with('/') && text.len() > 1 && text.len() <= 256 && text.chars().all(allowed);
        (!valid).then(|| {
            Invalid::isnt(text, "the path of a Systems Manager parameter",
                "write its whole name, starting with \"/\", such as \
                 \"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64\"",
            )
        })
    }
);
form!(
    /// A hosted zone's id (Route 53 API reference: at most 32 characters).
    HostedZoneId,
    |text| {
        let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        let valid = !text.is_empty() && text.len() <= 32 && text.chars().all(allowed);
        (!valid).then(|| {
            Invalid::isnt(text, "the id of a hosted zone",
                "write the id alone, such as \"Z0123456789ABCDEFGHIJ\", without \"/hostedzone/\"",
            )
        })
    }
);
form!(
    /// A host name of at least two labels, without the final dot.
    DnsName,
    |text| {
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        let valid = text.len() <= 253 && text.contains('.') && text.split('.').all(label);
        (!valid).then(|| {
            Invalid::isnt(text, "a host name",
                "write the whole name in lower case without a final dot, such as \"runs.example.com\"",
            )
        })
    }
);

/// The regions of the standard partition that need no list to be right, for suggestions only.
const REGIONS: [&str; 34] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// The parts of a country or continent that regions are named after.
const DIRECTIONS: [&str; 9] =
    ["central", "east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west"];

/// Whether a text has the form of a region's name: an area, for governments a partition, a direction and a number.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let (area, middle, direction, number) = match parts.as_slice() {
        [area, direction, number] => (*area, None, *direction, *number),
        [area, middle, direction, number] => (*area, Some(*middle), *direction, *number),
        _ => return false,
    };
    area.len() == 2
        && area.bytes().all(|b| b.is_ascii_lowercase())
        && middle.is_none_or(|middle| middle == "gov" || middle.starts_with("iso"))
        && DIRECTIONS.contains(&direction)
        && matches!(number.as_bytes(), [b'1'..=b'9'])
}

/// What is wrong with an id of EC2: a prefix and 8 or 17 hexadecimal digits.
fn id(text: &str, prefix: &str, what: &str) -> Option<Invalid> {
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default();
    let valid = (8..=17).contains(&digits.len()) && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (!valid).then(|| {
        Invalid::isnt(
            text,
            &format!("the id of {what}"),
            format!("write its id, such as \"{prefix}-0123456789abcdef0\""),
        )
    })
}
