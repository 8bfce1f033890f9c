use ciborium::Value as Cbor;
use serde_json::json;

use super::*;

fn json_service(metadata: Value) -> Contract {
    let mut all = json!({ "apiVersion": "1", "endpointPrefix": "x", "protocols": ["json"], "jsonVersion": "1.1" });
    for (name, value) in metadata.as_object().unwrap() {
        all[name] = value.clone();
    }
    contract(
        all,
        post("Out"),
        json!({
            "Out": { "type": "structure", "members": {
                "At": { "shape": "Time" }, "Then": { "shape": "Iso" }, "Data": { "shape": "Blob" },
                "Tags": { "shape": "Tags" }, "Renamed": { "shape": "String", "locationName": "renamed" },
                "Shares": { "shape": "Shares" },
            } },
            "Tags": { "type": "map", "key": { "shape": "String" }, "value": { "shape": "String" } },
            "Shares": { "type": "list", "member": { "shape": "Double" } },
            "String": { "type": "string" }, "Time": { "type": "timestamp" }, "Double": { "type": "double" },
            "Iso": { "type": "timestamp", "timestampFormat": "iso8601" }, "Blob": { "type": "blob" },
            "ThingNotFound": { "type": "structure", "members": {}, "exception": true },
            "BigM": {
                "type": "structure", "members": { "Message": { "shape": "String" }, "Id": { "shape": "String" } },
                "exception": true, "error": { "code": "Big", "httpStatusCode": 404, "senderFault": true },
            },
        }),
    )
}

fn sample() -> Value {
    json!({
        "At": 1_700_000_000, "Then": 0, "Data": "AAH/", "Tags": { "k": "v" }, "Renamed": "r", "Shares": [0.1, 2],
    })
}

#[test]
fn json_output() {
    let contract = json_service(json!({}));
    let response = answer(&contract, sample()).unwrap();
    assert_eq!(header(&response, "content-type"), "application/x-amz-json-1.1");
    assert_eq!(header(&response, "x-amzn-requestid"), "id-1");
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    let expected = json!({
        "At": 1_700_000_000, "Then": "1970-01-01T00:00:00.000Z", "Data": "AAH/", "Tags": { "k": "v" }, "renamed": "r",
        "Shares": [0.1, 2.0],
    });
    assert_eq!(body, expected);
    let body: Value = serde_json::from_slice(&answer(&contract, json!({ "At": 1.5004 })).unwrap().body).unwrap();
    assert_eq!(body, json!({ "At": 1.5 }));
    assert_eq!(text(&answer(&contract, json!({ "At": null })).unwrap()), "{}");
    assert_eq!(
        answer(&contract, json!({ "Shares": [1, "a"] })).unwrap_err(),
        "Shares.1: text where the contract has a Double"
    );
}

#[test]
fn json_without_an_output_is_empty() {
    let mut contract = json_service(json!({ "jsonVersion": "1.0" }));
    contract.operations.get_mut("Do").unwrap().output = None;
    let response = answer(&contract, json!({})).unwrap();
    assert_eq!((text(&response), header(&response, "content-type")), ("", "application/x-amz-json-1.0"));
}

#[test]
fn json_refusals() {
    let contract = json_service(json!({}));
    for (error, status, body) in [
        (ApiError::new("ThingNotFound", ""), 400, json!({ "__type": "ThingNotFound" })),
        (ApiError::new("BigM", "m").with("Id", "i"), 404, json!({ "__type": "BigM", "Message": "m", "Id": "i" })),
        (ApiError::new("ValidationException", "v"), 400, json!({ "__type": "ValidationException", "message": "v" })),
        (
            ApiError::new("AccessDeniedException", "a"),
            400,
            json!({ "__type": "AccessDeniedException", "Message": "a" }),
        ),
        (ApiError::new("InternalServerError", "i"), 500, json!({ "__type": "InternalServerError", "message": "i" })),
    ] {
        let response = refuse(&contract, &error);
        assert_eq!(response.status, status);
        assert_eq!(serde_json::from_slice::<Value>(&response.body).unwrap(), body);
        assert!(!response.headers.contains_key("x-amzn-query-error"));
    }
}

fn cbor(bytes: &[u8]) -> Cbor {
    ciborium::from_reader(bytes).unwrap()
}

#[test]
fn cbor_output() {
    let contract = json_service(json!({ "protocols": ["smithy-rpc-v2-cbor", "json"] }));
    let response = answer(&contract, sample()).unwrap();
    assert_eq!(header(&response, "content-type"), "application/cbor");
    assert_eq!(header(&response, "smithy-protocol"), "rpc-v2-cbor");
    let time = |seconds: f64| Cbor::Tag(1, Box::new(seconds.into()));
    let expected = Cbor::Map(vec![
        ("At".into(), time(1_700_000_000.0)),
        ("Then".into(), time(0.0)),
        ("Data".into(), Cbor::Bytes(vec![0, 1, 255])),
        ("Tags".into(), Cbor::Map(vec![("k".into(), "v".into())])),
        ("Renamed".into(), "r".into()),
        ("Shares".into(), Cbor::Array(vec![0.1.into(), 2.0.into()])),
    ]);
    assert_eq!(cbor(&response.body), expected);
    assert!(answer(&contract, json!({ "Data": "%" })).unwrap_err().starts_with("Data: not base64"));
}

#[test]
fn cbor_without_an_output_has_no_content_type() {
    let mut contract = json_service(json!({ "protocols": ["smithy-rpc-v2-cbor"] }));
    contract.operations.get_mut("Do").unwrap().output = None;
    let response = answer(&contract, json!({})).unwrap();
    assert_eq!(header(&response, "smithy-protocol"), "rpc-v2-cbor");
    assert!(response.body.is_empty() && !response.headers.contains_key("content-type"));
}

#[test]
fn query_compatible_refusals_carry_the_old_code() {
    for protocol in ["smithy-rpc-v2-cbor", "json"] {
        let contract = json_service(json!({ "protocols": [protocol], "awsQueryCompatible": {} }));
        for (name, header_value) in
            [("Big", "Big;Sender"), ("BigM", "Big;Sender"), ("InternalFailure", "InternalFailure;Receiver")]
        {
            let response = refuse(&contract, &ApiError::new(name, "m"));
            assert_eq!(header(&response, "x-amzn-query-error"), header_value);
        }
    }
    let contract = json_service(json!({ "protocols": ["smithy-rpc-v2-cbor"], "awsQueryCompatible": {} }));
    let response = refuse(&contract, &ApiError::new("Big", "m").with("Id", "i"));
    assert_eq!(response.status, 404);
    let expected =
        Cbor::Map(vec![("__type".into(), "BigM".into()), ("Message".into(), "m".into()), ("Id".into(), "i".into())]);
    assert_eq!(cbor(&response.body), expected);
}
