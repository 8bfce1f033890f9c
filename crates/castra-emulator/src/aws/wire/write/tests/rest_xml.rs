use serde_json::json;

use super::*;

fn rest(endpoint_prefix: &str, method: &str, output: &str) -> Contract {
    contract(
        json!({ "apiVersion": "1", "endpointPrefix": endpoint_prefix, "protocols": ["rest-xml"] }),
        json!({
            "http": { "method": method, "requestUri": "/", "responseCode": 201 }, "output": { "shape": output },
        }),
        json!({
            "Listed": { "type": "structure", "members": {
                "Count": { "shape": "Integer" },
                "Contents": { "shape": "Objects" },
                "Owner": { "shape": "Grantee" },
                "Location": { "shape": "String", "location": "header", "locationName": "Location" },
            } },
            "Objects": { "type": "list", "member": { "shape": "Object" }, "flattened": true },
            "Object": { "type": "structure", "members": { "Key": { "shape": "String" }, "At": { "shape": "Time" } } },
            "Grantee": {
                "type": "structure",
                "xmlNamespace": { "prefix": "xsi", "uri": "http://www.w3.org/2001/XMLSchema-instance" },
                "members": {
                    "ID": { "shape": "String" },
                    "Type": { "shape": "String", "locationName": "xsi:type", "xmlAttribute": true },
                },
            },
            "Got": { "type": "structure", "payload": "Body", "members": {
                "Body": { "shape": "Blob", "streaming": true },
                "Length": { "shape": "Long", "location": "header", "locationName": "Content-Length" },
                "Range": { "shape": "String", "location": "header", "locationName": "Content-Range" },
                "Modified": { "shape": "Time", "location": "header", "locationName": "Last-Modified" },
                "Missing": { "shape": "Boolean", "location": "header", "locationName": "x-amz-missing" },
                "Metadata": { "shape": "Metadata", "location": "headers", "locationName": "x-amz-meta-" },
                "Code": { "shape": "Integer", "location": "statusCode" },
            } },
            "Metadata": { "type": "map", "key": { "shape": "String" }, "value": { "shape": "String" } },
            "Copied": { "type": "structure", "payload": "CopyObjectResult", "members": {
                "CopyObjectResult": { "shape": "Copy" },
                "VersionId": { "shape": "String", "location": "header", "locationName": "x-amz-version-id" },
            } },
            "Copy": { "type": "structure", "members": { "ETag": { "shape": "String" } } },
            "Policy": {
                "type": "structure", "payload": "Policy", "members": { "Policy": { "shape": "String" } },
            },
            "Nothing": { "type": "structure", "members": {} },
            "Where": { "type": "structure", "members": { "LocationConstraint": { "shape": "String" } } },
            "String": { "type": "string" }, "Time": { "type": "timestamp" }, "Blob": { "type": "blob" },
            "Integer": { "type": "integer" }, "Long": { "type": "long" }, "Boolean": { "type": "boolean" },
            "NoSuchHostedZone": {
                "type": "structure", "exception": true, "members": { "message": { "shape": "String" } },
                "error": { "httpStatusCode": 404 },
            },
        }),
    )
}

#[test]
fn members_in_body_header_and_attribute() {
    let output = json!({
        "Count": 2, "Location": "/x", "Contents": [{ "Key": "a" }, { "At": 0 }], "Owner": { "ID": "i", "Type": "User" },
    });
    let response = answer(&rest("s3", "GET", "Listed"), output.clone()).unwrap();
    assert_eq!(response.status, 201);
    assert_eq!(header(&response, "location"), "/x");
    assert_eq!(header(&response, "content-type"), "application/xml");
    assert_eq!(header(&response, "x-amz-request-id"), "id-1");
    assert!(!header(&response, "x-amz-id-2").is_empty());
    let inner = "<Count>2</Count><Contents><Key>a</Key></Contents><Contents><At>1970-01-01T00:00:00.000Z</At></Contents>\
                 <Owner xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"User\"><ID>i</ID></Owner>";
    assert_eq!(
        text(&response),
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Listed xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
             {inner}</Listed>"
        )
    );
    let response = answer(&rest("route53", "GET", "Listed"), output).unwrap();
    assert_eq!(header(&response, "content-type"), "text/xml");
    assert_eq!(header(&response, "x-amzn-requestid"), "id-1");
    assert_eq!(
        text(&response),
        format!(
            "<?xml version=\"1.0\"?>\n<Listed xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">{inner}</Listed>"
        )
    );
}

#[test]
fn an_object() {
    let output = json!({
        "Body": "aGk=", "Length": 2, "Modified": 1_767_225_600, "Missing": true, "Metadata": { "Owner": "me" },
    });
    let response = answer(&rest("s3", "GET", "Got"), output.clone()).unwrap();
    assert_eq!(response.status, 201);
    assert_eq!(text(&response), "hi");
    assert_eq!(header(&response, "last-modified"), "Thu, 01 Jan 2026 00:00:00 GMT");
    assert_eq!(header(&response, "x-amz-missing"), "true");
    assert_eq!(header(&response, "x-amz-meta-owner"), "me");
    assert!(!response.headers.contains_key("content-length"), "the server's business");
    let response = answer(&rest("s3", "HEAD", "Got"), output).unwrap();
    assert_eq!((text(&response), header(&response, "content-length")), ("", "2"));
}

#[test]
fn a_part_of_an_object_and_a_status_of_its_own() {
    let contract = rest("s3", "GET", "Got");
    let response = answer(&contract, json!({ "Body": "aGk=", "Range": "bytes 0-1/9" })).unwrap();
    assert_eq!((response.status.as_u16(), header(&response, "content-range")), (206, "bytes 0-1/9"));
    assert_eq!(answer(&contract, json!({ "Code": 204 })).unwrap().status, 204);
    for (output, violation) in [
        (json!({ "Code": 99_999 }), "Code: 99999 is no status"),
        (json!({ "Body": "hi!" }), "Body: not base64"),
        (json!({ "Body": "aGk=", "Length": 3 }), "the output: a content length of \"3\" with 2 bytes"),
        (json!({ "Range": "a\nb" }), "Range.Content-Range: no header"),
        (json!({ "Metadata": { "a b": "" } }), "Metadata.x-amz-meta-a b: no header"),
    ] {
        let said = answer(&contract, output).unwrap_err();
        assert!(said.starts_with(violation), "{said}");
    }
}

#[test]
fn payloads() {
    let response = answer(&rest("s3", "PUT", "Copied"), json!({ "CopyObjectResult": { "ETag": "\"e\"" } })).unwrap();
    assert!(text(&response).ends_with(
        "<CopyObjectResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><ETag>&quot;e&quot;</ETag></CopyObjectResult>"
    ));
    let response = answer(&rest("s3", "GET", "Policy"), json!({ "Policy": "{}" })).unwrap();
    assert_eq!((text(&response), header(&response, "content-type")), ("{}", "application/json"));
}

#[test]
fn nothing_to_say() {
    for service in ["s3", "route53"] {
        let response = answer(&rest(service, "PUT", "Nothing"), json!({})).unwrap();
        assert!(response.body.is_empty() && !response.headers.contains_key("content-type"));
    }
}

#[test]
fn a_buckets_location_is_the_root_itself() {
    let mut contract = rest("s3", "GET", "Where");
    contract.operations.get_mut("Do").unwrap().name = "GetBucketLocation".to_owned();
    let root = "LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
    let response = answer(&contract, json!({ "LocationConstraint": "eu-west-1" })).unwrap();
    assert!(text(&response).ends_with(&format!("\n<{root}>eu-west-1</LocationConstraint>")));
    assert!(text(&answer(&contract, json!({})).unwrap()).ends_with(&format!("\n<{root}/>")));
}

#[test]
fn refusals() {
    let response = refuse(&rest("s3", "GET", "Got"), &ApiError::new("NoSuchKey", "No.").with("Key", "a&b"));
    assert_eq!(response.status, 404);
    let body = text(&response);
    assert!(
        body.starts_with(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Message>No.</Message>\
             <Key>a&amp;b</Key><RequestId>id-1</RequestId><HostId>"
        ),
        "{body}"
    );
    let response = refuse(&rest("route53", "GET", "Listed"), &ApiError::new("NoSuchHostedZone", "No."));
    assert_eq!(response.status, 404);
    assert_eq!(
        text(&response),
        "<?xml version=\"1.0\"?>\n<ErrorResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Error>\
         <Type>Sender</Type><Code>NoSuchHostedZone</Code><Message>No.</Message></Error><RequestId>id-1</RequestId>\
         </ErrorResponse>"
    );
}

#[test]
fn refusals_without_a_body() {
    let response = refuse(&rest("s3", "HEAD", "Got"), &ApiError::new("NotFound", ""));
    assert_eq!((response.status.as_u16(), text(&response)), (404, ""));
    let response = refuse(&rest("s3", "GET", "Got"), &ApiError::new("NotModified", ""));
    assert_eq!((response.status.as_u16(), text(&response)), (304, ""));
}

#[test]
fn statuses_of_refusals() {
    for (code, status) in [
        ("AccessDenied", 403),
        ("ExpiredToken", 400),
        ("MethodNotAllowed", 405),
        ("ConditionalRequestConflict", 409),
        ("PreconditionFailed", 412),
        ("InvalidRange", 416),
        ("InternalError", 500),
        ("SlowDown", 503),
        ("NoSuchBucketPolicy", 404),
    ] {
        assert_eq!(refuse(&rest("s3", "GET", "Got"), &ApiError::new(code, "")).status, status, "{code}");
    }
}
