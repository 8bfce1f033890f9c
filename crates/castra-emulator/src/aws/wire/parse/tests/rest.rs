//! S3's and Route 53's requests.

use serde_json::json;

use super::*;

fn operation(line: &str, headers: &[(&str, &str)]) -> String {
    match identify(served("s3"), &request(line, headers, "")) {
        Ok(identified) => identified.operation.name.clone(),
        Err(unknown) => format!("{} {}", unknown.error.code, unknown.name),
    }
}

#[test]
fn s3_operations() {
    for (line, name) in [
        ("GET /", "ListBuckets"),
        ("PUT /b", "CreateBucket"),
        ("PUT /b/", "CreateBucket"),
        ("HEAD /b", "HeadBucket"),
        ("GET /b", "ListObjects"),
        ("GET /b?prefix=x&delimiter=/", "ListObjects"),
        ("GET /b?list-type=2&prefix=x", "ListObjectsV2"),
        ("GET /b?location", "GetBucketLocation"),
        ("GET /b?versioning=", "GetBucketVersioning"),
        ("POST /b?delete", "DeleteObjects"),
        ("GET /b/k", "GetObject"),
        ("GET /b/k?x-id=GetObject", "GetObject"),
        ("GET /b/k/", "GetObject"),
        ("GET /b/k?partNumber=1", "GetObject"),
        ("HEAD /b/k", "HeadObject"),
        ("PUT /b/k", "PutObject"),
        ("PUT /b/k?partNumber=1&uploadId=u", "UploadPart"),
        ("DELETE /b/k", "DeleteObject"),
        ("DELETE /b/k?uploadId=u", "AbortMultipartUpload"),
        ("POST /b/k?uploads", "CreateMultipartUpload"),
        ("POST /b/k?uploadId=u", "CompleteMultipartUpload"),
        // What isn't served is nothing else by mistake.
        ("GET /b?acl", "MethodNotAllowed GET /b?acl"),
        ("GET /b?website&x-id=GetBucketWebsite", "MethodNotAllowed GetBucketWebsite"),
        ("PUT /b/k?uploadId=u", "MethodNotAllowed PUT /b/k?uploadId"),
        ("POST /b/k", "MethodNotAllowed POST /b/k"),
        ("PATCH /b", "MethodNotAllowed PATCH /b"),
    ] {
        assert_eq!(operation(line, &[]), name, "{line}");
    }
    assert_eq!(operation("PUT /b/k", &[("x-amz-copy-source", "/b/other")]), "CopyObject");
    let unknown = identify(served("s3"), &request("GET /b?website&x-id=GetBucketWebsite", &[], "")).unwrap_err();
    assert!(unknown.unserved);
    assert_eq!(unknown.error.status, Some(405));
}

#[test]
fn s3_binds_headers_query_and_body() {
    let headers = [
        ("content-type", "text/plain"),
        ("if-none-match", "*"),
        ("x-amz-meta-Owner", "me"),
        ("x-amz-object-lock-retain-until-date", "2026-01-01T00:00:00Z"),
        ("expires", "Thu, 01 Jan 2026 00:00:00 GMT"),
        ("content-length", "5"),
    ];
    let (_, input) = read(served("s3"), &request("PUT /b/a%2Fb/c+d", &headers, "hello")).unwrap();
    assert_eq!(input["Bucket"], "b");
    assert_eq!(input["Key"], "a/b/c+d");
    assert_eq!(input["Body"], "aGVsbG8=");
    assert_eq!(input["IfNoneMatch"], "*");
    assert_eq!(input["Metadata"], json!({"owner": "me"}));
    assert_eq!(input["ObjectLockRetainUntilDate"], 1_767_225_600.0);
    assert_eq!(input["ContentLength"], 5);
    let (_, input) = read(served("s3"), &request("GET /b?list-type=2&max-keys=10&prefix=a+b%2F", &[], "")).unwrap();
    assert_eq!((&input["MaxKeys"], &input["Prefix"]), (&json!(10), &json!("a b/")));
    let error = read(served("s3"), &request("GET /b?list-type=2&max-keys=x", &[], "")).unwrap_err();
    assert_eq!((error.code.as_str(), &error.members["ArgumentName"]), ("InvalidArgument", &json!("max-keys")));
    // A date that is none is as if it weren't there: RFC 9110.
    let unmodified = [("if-unmodified-since", "yesterday")];
    let (_, input) = read(served("s3"), &request("GET /b/k", &unmodified, "")).unwrap();
    assert_eq!(input.get("IfUnmodifiedSince"), None);
}

#[test]
fn s3_chunked_upload() {
    let headers = [
        ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
        ("x-amz-decoded-content-length", "5"),
        ("content-encoding", "aws-chunked"),
        ("content-length", "50"),
        ("x-amz-trailer", "x-amz-checksum-crc32"),
    ];
    let body = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
    let (_, input) = read(served("s3"), &request("PUT /b/k", &headers, body)).unwrap();
    assert_eq!(input["Body"], "aGVsbG8=");
    assert_eq!(input["ChecksumCRC32"], "NhCmhg==");
    assert_eq!(input["ContentLength"], 5);
    assert_eq!(input.get("ContentEncoding"), None);
}

#[test]
fn s3_documents() {
    let delete = |body: &str| read(served("s3"), &request("POST /b?delete", &[], body.to_owned()));
    let body = "<?xml version=\"1.0\"?><Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                <Object><Key>a &amp; b</Key></Object><Object><Key>c</Key><VersionId>1</VersionId></Object>\
                <Quiet>true</Quiet></Delete>";
    assert_eq!(
        delete(body).unwrap().1["Delete"],
        json!({"Objects": [{"Key": "a & b"}, {"Key": "c", "VersionId": "1"}], "Quiet": true})
    );
    for body in
        ["<Delete>", "<Other/>", "x", "<Delete><Quiet>maybe</Quiet></Delete>", "<Delete><Quiet><a/></Quiet></Delete>"]
    {
        assert_eq!(delete(body).unwrap_err().code, "MalformedXML", "{body}");
    }
    assert_eq!(delete("").unwrap().1, json!({"Bucket": "b"}));
}

#[test]
fn route53_operations_and_documents() {
    let contract = served("route53");
    let create = "<CreateHostedZoneRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Name>a.b</Name>\
                  <CallerReference>r</CallerReference><HostedZoneConfig><PrivateZone>true</PrivateZone>\
                  </HostedZoneConfig></CreateHostedZoneRequest>";
    assert_eq!(
        read(contract, &request("POST /2013-04-01/hostedzone", &[], create)).unwrap(),
        (
            "CreateHostedZone".to_owned(),
            json!({"Name": "a.b", "CallerReference": "r", "HostedZoneConfig": {"PrivateZone": true}})
        )
    );
    let (name, input) =
        read(contract, &request("GET /2013-04-01/hostedzone/Z1/rrset?maxitems=1&name=a.b.", &[], "")).unwrap();
    assert_eq!(name, "ListResourceRecordSets");
    assert_eq!(input, json!({"HostedZoneId": "Z1", "MaxItems": "1", "StartRecordName": "a.b."}));
    let wrong = request("POST /2013-04-01/hostedzone/Z1/rrset", &[], "<ChangeBatch/>");
    assert_eq!(
        refused(contract, &wrong),
        ("MalformedInput".into(), "ChangeBatch is not valid, expected ChangeResourceRecordSetsRequest".into())
    );
    let unknown = identify(contract, &request("GET /2013-04-01/nothing", &[], "")).unwrap_err();
    assert_eq!((unknown.error.code.as_str(), unknown.error.status), ("UnknownOperationException", Some(404)));
}
