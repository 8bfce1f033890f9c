use serde_json::json;

use super::*;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

fn ec2() -> Contract {
    contract(
        json!({ "apiVersion": "2016-11-15", "endpointPrefix": "ec2", "protocols": ["ec2"], "xmlNamespace": "urn:ec2" }),
        post("Out"),
        json!({
            "Out": { "type": "structure", "members": {
                "Things": { "shape": "Things", "locationName": "thingSet" },
                "NextToken": { "shape": "String", "locationName": "nextToken" },
                "At": { "shape": "Time", "locationName": "at" },
                "Share": { "shape": "Double", "locationName": "share" },
            } },
            "Things": { "type": "list", "member": { "shape": "Thing", "locationName": "item" } },
            "Thing": { "type": "structure", "members": {
                "ThingId": { "shape": "String", "locationName": "thingId" },
                "Ready": { "shape": "Boolean", "locationName": "ready" },
                "Count": { "shape": "Integer", "locationName": "count" },
            } },
            "String": { "type": "string" }, "Time": { "type": "timestamp" }, "Boolean": { "type": "boolean" },
            "Integer": { "type": "integer" }, "Double": { "type": "double" },
        }),
    )
}

#[test]
fn an_output_in_the_contracts_order_and_names() {
    let response = answer(
        &ec2(),
        json!({
            "Share": 1, "At": 1_767_225_600,
            "NextToken": null,
            "Things": [{ "ThingId": "a<&>\"\r\u{1}", "Ready": true }, { "Count": -3 }],
        }),
    )
    .unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(header(&response, "content-type"), "text/xml;charset=UTF-8");
    assert_eq!(header(&response, "x-amzn-requestid"), "id-1");
    assert_eq!(
        text(&response),
        format!(
            "{HEAD}<DoResponse xmlns=\"urn:ec2\"><requestId>id-1</requestId><thingSet><item>\
             <thingId>a&lt;&amp;&gt;&quot;&#xD;\u{fffd}</thingId><ready>true</ready></item><item><count>-3</count></item>\
             </thingSet><at>2026-01-01T00:00:00.000Z</at><share>1.0</share></DoResponse>"
        )
    );
}

#[test]
fn an_empty_list_is_an_empty_element_and_an_absent_one_is_none() {
    let response = answer(&ec2(), json!({ "Things": [] })).unwrap();
    assert!(text(&response).contains("<requestId>id-1</requestId><thingSet/></DoResponse>"));
    let response = answer(&ec2(), Value::Null).unwrap();
    assert!(text(&response).ends_with("<requestId>id-1</requestId></DoResponse>"));
}

#[test]
fn an_action_without_an_output_returns_true() {
    let mut contract = ec2();
    contract.operations.get_mut("Do").unwrap().output = None;
    assert!(text(&answer(&contract, json!({})).unwrap()).contains("</requestId><return>true</return></DoResponse>"));
    assert_eq!(answer(&contract, json!({ "Things": [] })).unwrap_err(), "the output: the contract has no output");
}

#[test]
fn what_the_contract_does_not_know_is_a_violation() {
    for (output, violation) in [
        (json!({ "Thing": 1 }), "the output: the contract has no member Thing"),
        (json!({ "Thing": null }), "the output: the contract has no member Thing"),
        (json!({ "Things": [{}, { "Thingid": 1 }] }), "Things.1: the contract has no member Thingid"),
        (json!({ "Things": "a" }), "Things: text where the contract has a List"),
        (json!({ "Things": [{ "Ready": "true" }] }), "Things.0.Ready: text where the contract has a Boolean"),
        (json!({ "Things": [null] }), "Things.0: null where the contract has a Structure"),
        (json!({ "At": "now" }), "At: text where the contract has a Timestamp"),
        (json!([]), "the output: a list where the contract has a Structure"),
    ] {
        assert_eq!(answer(&ec2(), output).unwrap_err(), violation);
    }
    assert!(answer(&ec2(), json!({ "At": 1e15 })).unwrap_err().starts_with("At: 1000000000000000000 ms is no time"));
}

#[test]
fn a_refusal() {
    let response = refuse(&ec2(), &ApiError::new("InvalidVpcID.NotFound", "The vpc ID 'vpc-1' does not exist"));
    assert_eq!(response.status, 400);
    assert_eq!(header(&response, "content-type"), "text/xml;charset=UTF-8");
    assert_eq!(
        text(&response),
        format!(
            "{HEAD}<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code><Message>The vpc ID 'vpc-1' does not \
             exist</Message></Error></Errors><RequestID>id-1</RequestID></Response>"
        )
    );
}

#[test]
fn statuses_of_refusals() {
    for (code, status) in [
        ("InvalidParameterValue", 400),
        ("AuthFailure", 401),
        ("UnauthorizedOperation", 403),
        ("DryRunOperation", 412),
        ("InternalError", 500),
        ("InsufficientInstanceCapacity", 500),
        ("RequestLimitExceeded", 503),
        ("Unavailable", 503),
    ] {
        assert_eq!(refuse(&ec2(), &ApiError::new(code, "")).status, status, "{code}");
    }
    assert_eq!(refuse(&ec2(), &ApiError::new("AuthFailure", "").status(418)).status, 418);
    assert_eq!(refuse(&ec2(), &ApiError::new("AuthFailure", "").status(7)).status, 500);
}
