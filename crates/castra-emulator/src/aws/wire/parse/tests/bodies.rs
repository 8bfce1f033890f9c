//! JSON and CBOR bodies.

use std::io::Write as _;

use ciborium::cbor;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use super::*;

const CBOR: &str = "POST /service/GraniteServiceVersion20100801/operation/PutMetricData";

fn ssm(operation: &str, body: &str) -> Result<(String, Value), ApiError> {
    let target = format!("AmazonSSM.{operation}");
    read(served("ssm"), &request("POST /", &[("x-amz-target", &target)], body.to_owned()))
}

#[test]
fn json_keeps_what_the_contract_knows() {
    let body = r#"{"Name": "/a", "Value": "b", "Overwrite": false, "Tags": [{"Key": "k", "Value": "v"}],
                   "Tier": null, "Nothing": {"a": [1]}}"#;
    let (operation, input) = ssm("PutParameter", body).unwrap();
    assert_eq!(operation, "PutParameter");
    assert_eq!(input, json!({"Name": "/a", "Value": "b", "Overwrite": false, "Tags": [{"Key": "k", "Value": "v"}]}));
    assert_eq!(ssm("DescribeParameters", "").unwrap().1, json!({}));
}

#[test]
fn json_refuses_other_types() {
    let message = |body: &str| {
        let error = ssm("PutParameter", body).unwrap_err();
        assert_eq!(error.code, "SerializationException", "{body}");
        error.message
    };
    assert_eq!(message(r#"{"Name": 1}"#), "NUMBER_VALUE can not be converted to a String");
    assert_eq!(message(r#"{"Name": {}}"#), "Start of structure or map found where not expected.");
    assert_eq!(message(r#"{"Name": []}"#), "Start of list found where not expected");
    assert_eq!(message(r#"{"Tags": "a"}"#), "Expected list or null");
    for broken in ["{", "[]", "1", "\"a\"", "{\"Name\": \"\\ud800\"}", "{} {}", &"[".repeat(100_000)] {
        message(broken);
    }
    assert_eq!(ssm("GetParametersByPath", r#"{"MaxResults": 1.5}"#).unwrap_err().code, "SerializationException");
    assert_eq!(ssm("GetParametersByPath", r#"{"MaxResults": 5.0}"#).unwrap().1, json!({"MaxResults": 5}));
}

#[test]
fn json_unknown_operations() {
    let unknown =
        |target: &str| identify(served("ssm"), &request("POST /", &[("x-amz-target", target)], "{}")).unwrap_err();
    assert!(unknown("AmazonSSM.SendCommand").unserved);
    assert_eq!(unknown("AmazonSSM.SendCommand").name, "SendCommand");
    for target in ["AmazonSSM.Nothing", "Nothing", "Other.PutParameter", ""] {
        assert_eq!(unknown(target).error.code, "UnknownOperationException");
        assert!(!unknown(target).unserved);
    }
}

#[test]
fn cbor_types() {
    let mut body = Vec::new();
    let value = cbor!({
        "Namespace" => "n", "Other" => 1,
        "MetricData" => [{ "MetricName" => "m", "Value" => 1, "StorageResolution" => 60, "Unit" => null }]
    })
    .unwrap();
    let mut value = value;
    // Tag 1 is a timestamp.
    let data = value.as_map_mut().unwrap()[2].1.as_array_mut().unwrap()[0].as_map_mut().unwrap();
    data.push(("Timestamp".into(), ciborium::Value::Tag(1, Box::new(1_700_000_000.into()))));
    ciborium::into_writer(&value, &mut body).unwrap();
    let expected = json!({"Namespace": "n", "MetricData": [
        {"MetricName": "m", "Value": 1.0, "StorageResolution": 60, "Timestamp": 1_700_000_000.0}]});
    assert_eq!(read(served("monitoring"), &request(CBOR, &[], body.clone())).unwrap().1, expected);

    let mut compressed = GzEncoder::new(Vec::new(), Compression::default());
    compressed.write_all(&body).unwrap();
    let compressed = compressed.finish().unwrap();
    let gzip = [("content-encoding", "gzip")];
    assert_eq!(read(served("monitoring"), &request(CBOR, &gzip, compressed)).unwrap().1, expected);
    assert_eq!(refused(served("monitoring"), &request(CBOR, &gzip, body)).0, "SerializationException");
}

#[test]
fn cbor_refusals() {
    let deep = [0x81_u8; 100_000];
    // An array, a byte string and a text that claim to be huge.
    let huge = [[0x9b, 0xff], [0x5b, 0xff], [0x7b, 0xff]].map(|[kind, byte]| [[kind].as_slice(), &[byte; 8]].concat());
    let bodies = [&deep[..], &[0xa1, 0x01, 0x02], &[0xa0, 0x00], &[0x80], &[0xff]];
    for body in bodies.into_iter().chain(huge.iter().map(Vec::as_slice)) {
        let asked = request(CBOR, &[("smithy-protocol", "rpc-v2-cbor")], body.to_vec());
        assert_eq!(refused(served("monitoring"), &asked).0, "SerializationException");
    }
}

#[test]
fn a_bomb_is_refused() {
    let mut compressed = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..20 {
        compressed.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let asked = request(CBOR, &[("content-encoding", "gzip")], compressed.finish().unwrap());
    assert_eq!(refused(served("monitoring"), &asked).0, "RequestEntityTooLarge");
}
