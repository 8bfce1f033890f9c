use serde_json::json;

use super::*;

fn query(endpoint_prefix: &str) -> Contract {
    contract(
        json!({
            "apiVersion": "1", "endpointPrefix": endpoint_prefix, "protocols": ["query"], "xmlNamespace": "urn:query",
        }),
        json!({
            "http": { "method": "POST", "requestUri": "/" },
            "output": { "shape": "Out", "resultWrapper": "DoResult" },
            "errors": [{ "shape": "Second" }],
        }),
        json!({
            "Out": { "type": "structure", "members": {
                "Names": { "shape": "Names" },
                "Limits": { "shape": "Limits" },
                "Flat": { "shape": "Flat" },
                "FlatNamed": { "shape": "FlatNamed" },
                "FlatLimits": { "shape": "FlatLimits" },
                "At": { "shape": "Time" },
                "Blob": { "shape": "Blob" },
            } },
            "Names": { "type": "list", "member": { "shape": "String" } },
            "Flat": { "type": "list", "member": { "shape": "String" }, "flattened": true },
            "FlatNamed": {
                "type": "list", "member": { "shape": "String", "locationName": "Item" }, "flattened": true,
            },
            "Limits": { "type": "map", "key": { "shape": "String" }, "value": { "shape": "Integer" } },
            "FlatLimits": {
                "type": "map",
                "key": { "shape": "String", "locationName": "Name" },
                "value": { "shape": "Integer", "locationName": "Limit" },
                "flattened": true,
            },
            "String": { "type": "string" }, "Integer": { "type": "integer" }, "Time": { "type": "timestamp" },
            "Blob": { "type": "blob" },
            "Empty": { "type": "structure", "members": {} },
            "NoSuchThing": {
                "type": "structure", "members": { "message": { "shape": "String" } }, "exception": true,
                "error": { "code": "NoSuch", "httpStatusCode": 404, "senderFault": true },
            },
            "First": {
                "type": "structure", "exception": true, "error": { "code": "Twice", "httpStatusCode": 409 },
            },
            "Second": {
                "type": "structure", "exception": true, "error": { "code": "Twice", "httpStatusCode": 410 },
            },
        }),
    )
}

#[test]
fn lists_maps_and_their_flattened_kinds() {
    let output = json!({
        "Names": ["a", "b"], "Limits": { "x": 1 }, "Flat": ["c"], "FlatNamed": ["d", "e"],
        "FlatLimits": { "y": 2, "z": 3 }, "At": 1.2345, "Blob": "AAE=",
    });
    let response = answer(&query("autoscaling"), output).unwrap();
    assert_eq!(header(&response, "content-type"), "text/xml");
    assert_eq!(
        text(&response),
        "<DoResponse xmlns=\"urn:query\"><DoResult><Names><member>a</member><member>b</member></Names>\
         <Limits><entry><key>x</key><value>1</value></entry></Limits><Flat>c</Flat><Item>d</Item><Item>e</Item>\
         <FlatLimits><Name>y</Name><Limit>2</Limit></FlatLimits><FlatLimits><Name>z</Name><Limit>3</Limit></FlatLimits>\
         <At>1970-01-01T00:00:01.235Z</At><Blob>AAE=</Blob></DoResult>\
         <ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></DoResponse>"
    );
}

#[test]
fn identity_services_show_whole_seconds() {
    for (prefix, at) in [("iam", "1970-01-01T00:00:01Z"), ("sts", "1970-01-01T00:00:01Z")] {
        let response = answer(&query(prefix), json!({ "At": 1.75 })).unwrap();
        assert!(text(&response).contains(&format!("<At>{at}</At>")), "{}", text(&response));
    }
}

#[test]
fn without_members_and_without_an_output() {
    let mut contract = query("iam");
    contract.operations.get_mut("Do").unwrap().output.as_mut().unwrap().shape = "Empty".to_owned();
    let metadata = "<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></DoResponse>";
    let response = answer(&contract, json!({})).unwrap();
    assert_eq!(text(&response), format!("<DoResponse xmlns=\"urn:query\"><DoResult/>{metadata}"));
    contract.operations.get_mut("Do").unwrap().output = None;
    let response = answer(&contract, json!({})).unwrap();
    assert_eq!(text(&response), format!("<DoResponse xmlns=\"urn:query\">{metadata}"));
}

#[test]
fn a_refusal_by_shape_and_by_code() {
    for name in ["NoSuchThing", "NoSuch"] {
        let response = refuse(&query("iam"), &ApiError::new(name, "There is none."));
        assert_eq!(response.status, 404);
        assert_eq!(
            text(&response),
            "<ErrorResponse xmlns=\"urn:query\"><Error><Type>Sender</Type><Code>NoSuch</Code><Message>There is \
             none.</Message></Error><RequestId>id-1</RequestId></ErrorResponse>"
        );
    }
    assert_eq!(refuse(&query("iam"), &ApiError::new("Twice", "")).status, 410, "the operation's own goes first");
}

#[test]
fn a_refusal_that_the_contract_does_not_know() {
    for (code, status, fault) in [
        ("ValidationError", 400, "Sender"),
        ("Throttling", 400, "Sender"),
        ("AccessDenied", 403, "Sender"),
        ("ExpiredToken", 403, "Sender"),
        ("InvalidClientTokenId", 403, "Sender"),
        ("InternalFailure", 500, "Receiver"),
        ("ServiceUnavailable", 503, "Receiver"),
    ] {
        let response = refuse(&query("iam"), &ApiError::new(code, ""));
        assert_eq!(response.status, status, "{code}");
        assert!(text(&response).contains(&format!("<Type>{fault}</Type><Code>{code}</Code><Message/>")));
    }
}
