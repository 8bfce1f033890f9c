#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::mutation::data;

/// Parameters made of the words that names are made of.
fn parameters() -> impl Strategy<Value = Vec<u8>> {
    let words = [
        "1",
        "2",
        "0",
        "07",
        "4294967296",
        "Filter",
        "Name",
        "Value",
        "Values",
        "Tag",
        "Tags",
        "Key",
        "TagSpecification",
        "member",
        "entry",
        "key",
        "value",
        "InstanceId",
        "VpcId",
        "MaxResults",
        "Dimensions",
        "MetricData",
        "StartTime",
        "LaunchTemplateData",
        "BlockDeviceMapping",
        "Ebs",
        "DryRun",
        "MinSize",
        "RoleName",
        "",
        "%41",
        "+",
    ];
    let texts =
        ["", "1", "true", "a", "-1", "1e9", "2026-01-01T00:00:00Z", "aGk=", "%FF", "%C3%A9", "99999999999999999999"];
    let name = vec(select(words.to_vec()), 1..6).prop_map(|segments| segments.join("."));
    let pair = (name, select(texts.to_vec())).prop_map(|(name, text)| format!("{name}={text}"));
    vec(pair, 0..12).prop_map(|pairs| pairs.join("&").into_bytes())
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let names =
        ["Name", "Value", "Tags", "Key", "MetricData", "Dimensions", "Timestamp", "Values", "SecretString", "a"];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(serde_json::Value::Array),
            vec((select(names.to_vec()), inner), 0..4)
                .prop_map(|entries| entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

fn json_or_cbor() -> impl Strategy<Value = Vec<u8>> {
    (json(), any::<bool>()).prop_map(|(value, cbor)| {
        let mut bytes = Vec::new();
        if cbor {
            ciborium::into_writer(&value, &mut bytes).expect("CBOR");
        } else {
            bytes = value.to_string().into_bytes();
        }
        bytes
    })
}

fn documents() -> impl Strategy<Value = Vec<u8>> {
    select(vec![
        "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <Object><Key>a</Key></Object><Quiet>true</Quiet></Delete>",
        "<?xml version=\"1.0\"?><Tagging>\
         <TagSet><Tag><Key>a</Key><Value>&#65;&amp;<![CDATA[b]]></Value></Tag></TagSet></Tagging>",
        "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
        "<CompleteMultipartUpload><Part><ETag>a</ETag><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>",
        "<ChangeResourceRecordSetsRequest><ChangeBatch><Changes><Change><Action>CREATE</Action><ResourceRecordSet>\
         <Name>a</Name><Type>A</Type><TTL>60</TTL><ResourceRecords>\
         <ResourceRecord><Value>1.2.3.4</Value></ResourceRecord>\
         </ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>",
        "<CreateHostedZoneRequest><Name>a.b</Name>\
         <VPC><VPCRegion>eu-west-1</VPCRegion></VPC></CreateHostedZoneRequest>",
        "5;chunk-signature=aa\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
        "/bucket/a//b%20c?list-type=2&prefix=x&max-keys=1&x-id=ListObjectsV2",
        "/2013-04-01/hostedzone/%2Fhostedzone%2FZ1/rrset?maxitems=1",
    ])
    .prop_map(|document| document.as_bytes().to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn forms(data in data(parameters())) {
        super::form(&data);
    }

    #[test]
    fn json_and_cbor(data in data(json_or_cbor())) {
        super::json_cbor(&data);
    }

    #[test]
    fn xml(data in data(documents())) {
        super::xml(&data);
    }
}
