#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::json;

use super::*;

fn contract(protocol: &str, prefix: &str) -> Contract {
    serde_json::from_value(json!({
        "metadata": {"apiVersion": "2010-05-08", "endpointPrefix": prefix, "protocols": [protocol]},
        "operations": {"Make": {
            "name": "Make", "http": {"method": "POST", "requestUri": "/"},
            "input": {"shape": "MakeRequest"}, "output": {"shape": "Thing"}}},
        "shapes": {
            "MakeRequest": {"type": "structure", "required": ["RoleName"], "members": {
                "RoleName": {"shape": "Name", "locationName": "roleName"},
                "Kind": {"shape": "Kind"},
                "MaxResults": {"shape": "Size"},
                "Names": {"shape": "Names"},
                "Tags": {"shape": "Tags", "locationName": "Tag"},
                "Secret": {"shape": "Secret"},
                "Settings": {"shape": "Settings"}}},
            "Name": {"type": "string", "min": 1, "max": 4, "pattern": "[\\w]+"},
            "Kind": {"type": "string", "enum": ["a", "b"]},
            "Size": {"type": "integer", "min": 5, "max": 1000},
            "Names": {"type": "list", "member": {"shape": "Name"}, "max": 2},
            "Tags": {"type": "list", "member": {"shape": "Tag"}},
            "Tag": {"type": "structure", "required": ["Key"], "members": {"Key": {"shape": "Name"}}},
            "Secret": {"type": "string", "max": 3, "sensitive": true},
            "Settings": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Kind"}},
            "Thing": {"type": "structure", "required": ["Id"], "members": {
                "Id": {"shape": "Name"}, "Kind": {"shape": "Kind"}, "Names": {"shape": "Names"},
                "Size": {"shape": "Size"}}}}
    }))
    .unwrap()
}

fn refused(protocol: &str, prefix: &str, value: Value) -> ApiError {
    let contract = contract(protocol, prefix);
    let operation = contract.operations.get("Make").unwrap();
    input(&contract, contract.metadata.protocols[0], operation, &value).unwrap_err()
}

#[test]
fn query_names_all_problems() {
    let error = refused("query", "iam", json!({"Kind": "c", "MaxResults": 3, "Secret": "long"}));
    assert_eq!(error.code, "ValidationError");
    assert_eq!(
        error.message,
        "4 validation errors detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null; \
         Value 'c' at 'kind' failed to satisfy constraint: Member must satisfy enum value set: [a, b]; \
         Value '3' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 5; \
         Value at 'secret' failed to satisfy constraint: Member must have length less than or equal to 3"
    );
}

#[test]
fn json_nested() {
    let message = |value| {
        let error = refused("json", "ssm", value);
        assert_eq!(error.code, "ValidationException");
        error.message
    };
    assert_eq!(
        message(json!({"RoleName": "a", "Tags": [{"Key": "a"}, {}]})),
        "1 validation error detected: Value null at 'tags.2.member.key' failed to satisfy constraint: Member must not \
         be null"
    );
    assert_eq!(
        message(json!({"RoleName": "a", "Names": ["a", "b-"]})),
        "1 validation error detected: Value '[a, b-]' at 'names' failed to satisfy constraint: Member must satisfy \
         constraint: [Member must have length less than or equal to 4, Member must have length greater than or equal \
         to 1, Member must satisfy regular expression pattern: [\\w]+]"
    );
    assert_eq!(
        message(json!({"RoleName": ""})),
        "2 validation errors detected: Value '' at 'roleName' failed to satisfy constraint: Member must have length \
         greater than or equal to 1; Value '' at 'roleName' failed to satisfy constraint: Member must satisfy regular \
         expression pattern: [\\w]+"
    );
    assert!(message(json!({"RoleName": "a", "Settings": {"a": "c"}})).contains(
        "at 'settings' failed to satisfy \
         constraint: Map value must satisfy constraint: [Member must satisfy enum value set: [a, b]]"
    ));
}

#[test]
fn ec2_names_one_missing_first() {
    let error = refused("ec2", "ec2", json!({"Kind": "c"}));
    assert_eq!(
        (error.code.as_str(), error.message.as_str()),
        ("MissingParameter", "The request must contain the parameter RoleName")
    );
    let error = refused("ec2", "ec2", json!({"RoleName": "a", "Tags": [{}]}));
    assert_eq!(error.message, "The request must contain the parameter Tag.1.Key");
    let error = refused("ec2", "ec2", json!({"RoleName": "a", "Kind": "c"}));
    assert_eq!(
        (error.code.as_str(), error.message.as_str()),
        ("InvalidParameterValue", "Value (c) for parameter kind is invalid.")
    );
    let error = refused("ec2", "ec2", json!({"RoleName": "a", "MaxResults": 3}));
    assert_eq!(
        error.message,
        "Value ( 3 ) for parameter MaxResults is invalid. Expecting a value greater than or equal to 5."
    );
}

#[test]
fn route53_and_fine() {
    assert_eq!(refused("rest-xml", "route53", json!({})).code, "InvalidInput");
    let contract = contract("query", "iam");
    let operation = contract.operations.get("Make").unwrap();
    let fine = json!({
        "RoleName": "abcd", "Kind": "a", "MaxResults": 5, "Names": ["a"], "Tags": [{"Key": "k"}],
        "Settings": {"a": "b"}});
    input(&contract, Protocol::Query, operation, &fine).unwrap();
}

#[test]
fn outputs() {
    let contract = contract("query", "iam");
    let operation = contract.operations.get("Make").unwrap();
    assert_eq!(output(&contract, operation, &json!({"Id": "a", "Kind": null, "Names": ["x"], "Size": 1})), [""; 0]);
    let found = output(&contract, operation, &json!({"Kind": "c", "Names": [1], "Size": 1.5, "Other": 1}));
    assert_eq!(
        found,
        [
            "Make.Other: Thing has no such member",
            "Make.Id: is required and missing",
            "Make.Kind: \"c\" is not in the enum Kind",
            "Make.Names[0]: 1 is not a String",
            "Make.Size: 1.5 is not a Integer",
        ]
    );
}
