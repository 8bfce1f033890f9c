#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::aws::testing::{Lab, REGION};

fn lab() -> Lab {
    let mut lab = Lab::new();
    lab.ok(
        "s3",
        "CreateBucket",
        json!({ "Bucket": "box", "CreateBucketConfiguration": { "LocationConstraint": REGION } }),
    );
    lab
}

/// An input about key `a` in the bucket, with these members too.
fn input(more: Value) -> Value {
    let mut input = Map::from_iter([("Bucket".to_owned(), json!("box")), ("Key".to_owned(), json!("a"))]);
    input.extend(more.as_object().unwrap().clone());
    input.into()
}

fn put(lab: &mut Lab, body: &str, more: Value) -> Value {
    let mut input = input(more);
    input["Body"] = STANDARD.encode(body).into();
    lab.ok("s3", "PutObject", input)
}

fn put_refused(lab: &mut Lab, more: Value, code: &str) {
    let mut input = input(more);
    input["Body"] = STANDARD.encode("other").into();
    lab.refused("s3", "PutObject", input, code);
}

fn body(answer: &Value) -> String {
    String::from_utf8(STANDARD.decode(Lab::text(answer, "/Body")).unwrap()).unwrap()
}

fn read(lab: &mut Lab) -> String {
    body(&lab.ok("s3", "GetObject", input(json!({}))))
}

#[test]
fn buckets_are_made_where_the_endpoint_is() {
    let mut lab = lab();
    let there =
        |region: &str| json!({ "Bucket": "other", "CreateBucketConfiguration": { "LocationConstraint": region } });
    lab.refused("s3", "CreateBucket", json!({ "Bucket": "other" }), "IllegalLocationConstraintException");
    lab.refused("s3", "CreateBucket", there("eu-west-1"), "IllegalLocationConstraintException");
    lab.refused("s3", "CreateBucket", json!({ "Bucket": "Other" }), "InvalidBucketName");
    let again = json!({ "Bucket": "box", "CreateBucketConfiguration": { "LocationConstraint": REGION } });
    lab.refused("s3", "CreateBucket", again, "BucketAlreadyOwnedByYou");
    lab.region = "us-east-1".to_owned();
    lab.ok("s3", "CreateBucket", there("eu-west-1"));
    lab.ok("s3", "CreateBucket", json!({ "Bucket": "first" }));
    lab.ok("s3", "CreateBucket", json!({ "Bucket": "first" }));
    assert_eq!(lab.ok("s3", "GetBucketLocation", json!({ "Bucket": "first" })), json!({}));
    let elsewhere = lab.call("s3", "HeadBucket", json!({ "Bucket": "box" })).unwrap_err();
    assert_eq!((elsewhere.code.as_str(), elsewhere.status), ("PermanentRedirect", Some(301)));
    assert_eq!(elsewhere.members["x-amz-bucket-region"], REGION);
}

#[test]
fn buckets_go_when_they_are_empty() {
    let mut lab = lab();
    put(&mut lab, "1", json!({}));
    lab.refused("s3", "DeleteBucket", json!({ "Bucket": "box" }), "BucketNotEmpty");
    lab.ok("s3", "DeleteObject", input(json!({})));
    lab.ok("s3", "DeleteBucket", json!({ "Bucket": "box" }));
    lab.refused("s3", "DeleteBucket", json!({ "Bucket": "box" }), "NoSuchBucket");
}

#[test]
fn objects_come_back_as_they_were_put() {
    let mut lab = lab();
    let more = json!({ "ContentType": "text/plain", "Metadata": { "colour": "red" }, "Tagging": "a=1&b=2" });
    let made = put(&mut lab, "hello", more);
    assert_eq!(made["ETag"], "\"5d41402abc4b2a76b9719d911017c592\"");
    assert_eq!(made["ServerSideEncryption"], "AES256");
    let shown = lab.ok("s3", "GetObject", input(json!({ "ChecksumMode": "ENABLED" })));
    assert_eq!((body(&shown).as_str(), &shown["ContentType"]), ("hello", &json!("text/plain")));
    assert_eq!((&shown["Metadata"], &shown["TagCount"]), (&json!({ "colour": "red" }), &json!(2)));
    assert_eq!(shown["ChecksumCRC64NVME"], made["ChecksumCRC64NVME"]);
    let part = lab.ok("s3", "GetObject", input(json!({ "Range": "bytes=1-2" })));
    assert_eq!((body(&part).as_str(), &part["ContentRange"]), ("el", &json!("bytes 1-2/5")));
    lab.refused("s3", "GetObject", input(json!({ "Range": "bytes=5-" })), "InvalidRange");
    lab.refused("s3", "GetObject", json!({ "Bucket": "box", "Key": "b" }), "NoSuchKey");
    lab.refused("s3", "HeadObject", json!({ "Bucket": "none", "Key": "b" }), "NoSuchBucket");
}

#[test]
fn uploads_are_held_against_their_digests() {
    let mut lab = lab();
    put(&mut lab, "123456789", json!({ "ChecksumCRC32": "y/Q5Jg==" }));
    put_refused(&mut lab, json!({ "ChecksumCRC32": "y/Q5Jg==" }), "BadDigest");
    put_refused(&mut lab, json!({ "ChecksumCRC32": "x" }), "InvalidRequest");
    put_refused(&mut lab, json!({ "ChecksumCRC32": "y/Q5Jg==", "ChecksumCRC32C": "y/Q5Jg==" }), "InvalidRequest");
    put_refused(&mut lab, json!({ "ChecksumSHA1": "y/Q5Jg==" }), "NotImplemented");
    put_refused(&mut lab, json!({ "ContentMD5": "x" }), "InvalidDigest");
    put_refused(&mut lab, json!({ "ContentMD5": "rL0Y20zC+Fzt72VPzMSk2A==" }), "BadDigest");
}

#[test]
fn writes_hold_their_conditions() {
    let mut lab = lab();
    put_refused(&mut lab, json!({ "IfMatch": "\"0\"" }), "NoSuchKey");
    let made = put(&mut lab, "1", json!({ "IfNoneMatch": "*" }));
    put_refused(&mut lab, json!({ "IfNoneMatch": "*" }), "PreconditionFailed");
    put_refused(&mut lab, json!({ "IfNoneMatch": "\"0\"" }), "NotImplemented");
    put_refused(&mut lab, json!({ "IfMatch": "\"0\"" }), "PreconditionFailed");
    put(&mut lab, "2", json!({ "IfMatch": made["ETag"] }));
    put_refused(&mut lab, json!({ "IfMatch": made["ETag"] }), "PreconditionFailed");
    assert_eq!(read(&mut lab), "2");
    lab.refused("s3", "DeleteObject", input(json!({ "IfMatch": made["ETag"] })), "PreconditionFailed");
    lab.ok("s3", "DeleteObject", input(json!({ "IfMatch": "*" })));
    lab.refused("s3", "DeleteObject", input(json!({ "IfMatch": "*" })), "PreconditionFailed");
    put(&mut lab, "3", json!({ "IfNoneMatch": "*" }));
}

#[test]
fn reads_hold_their_conditions() {
    let mut lab = lab();
    let tag = put(&mut lab, "1", json!({}))["ETag"].clone();
    let now = lab.account.now.as_second();
    let mut refused = |more: Value, code: &str| lab.refused("s3", "GetObject", input(more), code);
    refused(json!({ "IfNoneMatch": tag }), "NotModified");
    refused(json!({ "IfMatch": "\"0\"" }), "PreconditionFailed");
    refused(json!({ "IfModifiedSince": now }), "NotModified");
    refused(json!({ "IfUnmodifiedSince": now - 1 }), "PreconditionFailed");
    for held in [
        json!({ "IfMatch": tag, "IfUnmodifiedSince": now - 1 }),
        json!({ "IfNoneMatch": "\"0\"", "IfModifiedSince": now }),
        json!({ "IfModifiedSince": now - 1 }),
    ] {
        lab.ok("s3", "GetObject", input(held));
    }
}

#[test]
fn versions_are_kept() {
    let mut lab = lab();
    put(&mut lab, "0", json!({}));
    let versioning = |status: &str| json!({ "Bucket": "box", "VersioningConfiguration": { "Status": status } });
    lab.ok("s3", "PutBucketVersioning", versioning("Enabled"));
    let first = put(&mut lab, "1", json!({}));
    let marker = lab.ok("s3", "DeleteObject", input(json!({})));
    assert_eq!(marker["DeleteMarker"], true);
    let hidden = lab.call("s3", "GetObject", input(json!({}))).unwrap_err();
    assert_eq!((hidden.code.as_str(), &hidden.members["x-amz-delete-marker"]), ("NoSuchKey", &json!("true")));
    let of = |id: &Value| input(json!({ "VersionId": id }));
    assert_eq!(body(&lab.ok("s3", "GetObject", of(&first["VersionId"]))), "1");
    assert_eq!(body(&lab.ok("s3", "GetObject", of(&json!("null")))), "0");
    lab.refused("s3", "GetObject", of(&marker["VersionId"]), "MethodNotAllowed");
    lab.refused("s3", "GetObject", of(&json!("none")), "InvalidArgument");
    lab.refused("s3", "GetObject", of(&json!("A".repeat(32))), "NoSuchVersion");
    let listed = lab.ok("s3", "ListObjectVersions", json!({ "Bucket": "box", "MaxKeys": 2 }));
    assert_eq!(
        (listed["Versions"].as_array().unwrap().len(), listed["DeleteMarkers"].as_array().unwrap().len()),
        (1, 1)
    );
    assert_eq!(listed["NextVersionIdMarker"], first["VersionId"]);
    let rest = json!({ "Bucket": "box", "KeyMarker": "a", "VersionIdMarker": first["VersionId"] });
    assert_eq!(lab.ok("s3", "ListObjectVersions", rest)["Versions"][0]["VersionId"], "null");
    assert!(lab.ok("s3", "ListObjectsV2", json!({ "Bucket": "box" })).get("Contents").is_none_or(Value::is_null));
    lab.ok("s3", "DeleteObject", of(&marker["VersionId"]));
    assert_eq!(read(&mut lab), "1");
    lab.ok("s3", "PutBucketVersioning", versioning("Suspended"));
    assert_eq!(put(&mut lab, "2", json!({}))["VersionId"], "null");
    lab.refused("s3", "DeleteBucket", json!({ "Bucket": "box" }), "BucketNotEmpty");
}

#[test]
fn lists_group_and_page() {
    let mut lab = lab();
    for key in ["a", "b/1", "b/2", "c d", "d/1"] {
        put(&mut lab, "1", json!({ "Key": key }));
    }
    let mut list = |more: Value| {
        let mut input = more;
        input["Bucket"] = "box".into();
        let answer = lab.ok("s3", "ListObjectsV2", input);
        let names = |list: &str, member: &str| -> Vec<String> {
            let entries = answer[list].as_array().cloned().unwrap_or_default();
            entries.iter().map(|entry| entry[member].as_str().unwrap().to_owned()).collect()
        };
        (names("Contents", "Key"), names("CommonPrefixes", "Prefix"), answer["NextContinuationToken"].clone())
    };
    let (keys, prefixes, _) = list(json!({ "Delimiter": "/" }));
    assert_eq!((keys, prefixes), (vec!["a".into(), "c d".into()], vec!["b/".to_owned(), "d/".to_owned()]));
    assert_eq!(list(json!({ "Prefix": "b/" })).0, ["b/1", "b/2"]);
    assert_eq!(list(json!({ "StartAfter": "b/1", "EncodingType": "url" })).0, ["b/2", "c+d", "d/1"]);
    let (keys, prefixes, token) = list(json!({ "Delimiter": "/", "MaxKeys": 2 }));
    assert_eq!((keys, prefixes), (vec!["a".to_owned()], vec!["b/".to_owned()]));
    let (keys, prefixes, token) = list(json!({ "Delimiter": "/", "ContinuationToken": token }));
    assert_eq!((keys, prefixes, token), (vec!["c d".to_owned()], vec!["d/".to_owned()], Value::Null));
    assert_eq!(list(json!({ "MaxKeys": 0 })).0, [""; 0]);
    lab.refused("s3", "ListObjectsV2", json!({ "Bucket": "box", "MaxKeys": -1 }), "InvalidArgument");
    let first = lab.ok("s3", "ListObjects", json!({ "Bucket": "box", "Delimiter": "/", "MaxKeys": 2 }));
    assert_eq!(first["NextMarker"], "b/");
    let rest = lab.ok("s3", "ListObjects", json!({ "Bucket": "box", "Delimiter": "/", "Marker": "b/" }));
    assert_eq!(rest["Contents"][0]["Key"], "c d");
}

#[test]
fn uploads_in_parts() {
    let mut lab = lab();
    let id = lab.ok("s3", "CreateMultipartUpload", input(json!({ "ContentType": "text/plain" })))["UploadId"].clone();
    let big = vec![b'1'; 5 << 20];
    let given =
        json!({ "UploadId": id, "PartNumber": 9, "Body": STANDARD.encode("123456789"), "ChecksumCRC32": "y/Q5Jg==" });
    assert_eq!(lab.ok("s3", "UploadPart", input(given))["ChecksumCRC32"], "y/Q5Jg==");
    let mut part = |number: u32, body: &[u8]| {
        let more = json!({ "UploadId": id, "PartNumber": number, "Body": STANDARD.encode(body) });
        lab.ok("s3", "UploadPart", input(more))["ETag"].clone()
    };
    let tags = [part(1, &big), part(2, b"2"), part(3, b"3")];
    let complete = |numbers: &[usize]| {
        let parts: Vec<Value> =
            numbers.iter().map(|number| json!({ "PartNumber": number, "ETag": tags[*number - 1] })).collect();
        input(json!({ "UploadId": id, "MultipartUpload": { "Parts": parts } }))
    };
    assert_eq!(lab.ok("s3", "ListParts", input(json!({ "UploadId": id })))["Parts"].as_array().unwrap().len(), 4);
    lab.refused("s3", "CompleteMultipartUpload", complete(&[1, 2, 3]), "EntityTooSmall");
    lab.refused("s3", "CompleteMultipartUpload", complete(&[2, 1]), "InvalidPartOrder");
    let mut wrong = complete(&[1, 2]);
    wrong["MultipartUpload"]["Parts"][1]["ETag"] = "\"0\"".into();
    lab.refused("s3", "CompleteMultipartUpload", wrong, "InvalidPart");
    let mut late = complete(&[1, 2]);
    late["IfNoneMatch"] = "*".into();
    put(&mut lab, "first", json!({}));
    lab.refused("s3", "CompleteMultipartUpload", late, "PreconditionFailed");
    let done = lab.ok("s3", "CompleteMultipartUpload", complete(&[1, 3]));
    assert!(Lab::text(&done, "/ETag").ends_with("-2\""));
    lab.refused("s3", "CompleteMultipartUpload", complete(&[1, 3]), "NoSuchUpload");
    let shown = lab.ok("s3", "HeadObject", input(json!({ "PartNumber": 2 })));
    assert_eq!((&shown["ContentLength"], &shown["PartsCount"]), (&json!(1), &json!(2)));
    assert_eq!(shown["ContentType"], "text/plain");
}

#[test]
fn copies() {
    let mut lab = lab();
    put(&mut lab, "1", json!({ "Key": "b c", "Metadata": { "colour": "red" } }));
    lab.ok("s3", "CopyObject", input(json!({ "CopySource": "box/b%20c" })));
    assert_eq!(lab.ok("s3", "GetObject", input(json!({})))["Metadata"]["colour"], "red");
    lab.refused("s3", "CopyObject", input(json!({ "CopySource": "box/a" })), "InvalidRequest");
    lab.refused("s3", "CopyObject", input(json!({ "CopySource": "box/none" })), "NoSuchKey");
    lab.ok("s3", "CopyObject", input(json!({ "CopySource": "box/a", "MetadataDirective": "REPLACE" })));
    assert_eq!(lab.ok("s3", "GetObject", input(json!({})))["Metadata"], json!({}));
    let condition = json!({ "CopySource": "box/a", "CopySourceIfMatch": "\"0\"", "Key": "d" });
    lab.refused("s3", "CopyObject", input(condition), "PreconditionFailed");
}

#[test]
fn several_are_deleted_each_for_itself() {
    let mut lab = lab();
    put(&mut lab, "1", json!({}));
    let objects = json!([{ "Key": "a", "ETag": "\"0\"" }, { "Key": "none" }]);
    let answer = lab.ok("s3", "DeleteObjects", json!({ "Bucket": "box", "Delete": { "Objects": objects } }));
    assert_eq!(answer["Deleted"][0]["Key"], "none");
    assert_eq!(answer["Errors"][0]["Code"], "PreconditionFailed");
    assert_eq!(read(&mut lab), "1");
}

#[test]
fn configurations_that_are_not_there_are_said_so() {
    let mut lab = lab();
    let bucket = || json!({ "Bucket": "box" });
    lab.refused("s3", "GetBucketPolicy", bucket(), "NoSuchBucketPolicy");
    lab.refused("s3", "GetBucketTagging", bucket(), "NoSuchTagSet");
    let block = lab.ok("s3", "GetPublicAccessBlock", bucket());
    assert_eq!(block["PublicAccessBlockConfiguration"]["BlockPublicPolicy"], true);
    let policy = json!({
        "Statement": { "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::box/*" },
    });
    let policy = json!({ "Bucket": "box", "Policy": policy.to_string() });
    lab.refused("s3", "PutBucketPolicy", policy.clone(), "AccessDenied");
    lab.ok("s3", "DeletePublicAccessBlock", bucket());
    lab.refused("s3", "GetPublicAccessBlock", bucket(), "NoSuchPublicAccessBlockConfiguration");
    lab.ok("s3", "PutBucketPolicy", policy);
    lab.refused("s3", "PutBucketPolicy", json!({ "Bucket": "box", "Policy": "[]" }), "MalformedPolicy");
    let encryption = |algorithm: &str, key: Value| {
        let rule =
            json!({ "ApplyServerSideEncryptionByDefault": { "SSEAlgorithm": algorithm, "KMSMasterKeyID": key } });
        json!({ "Bucket": "box", "ServerSideEncryptionConfiguration": { "Rules": [rule] } })
    };
    lab.ok("s3", "PutBucketEncryption", encryption("aws:kms", Value::Null));
    let made = put(&mut lab, "1", json!({}));
    assert!(Lab::text(&made, "/SSEKMSKeyId").contains(":key/"));
    lab.ok("s3", "PutBucketEncryption", encryption("aws:kms", json!("alias/none")));
    put_refused(&mut lab, json!({}), "KMS.NotFoundException");
    lab.ok("s3", "DeleteBucketEncryption", bucket());
    put(&mut lab, "1", json!({}));
}

#[test]
fn memory_is_bounded() {
    let mut lab = lab();
    lab.account.settings.s3_limits.stored_bytes = 8;
    put(&mut lab, "12345", json!({}));
    put_refused(&mut lab, json!({ "Key": "b" }), "EntityTooLarge");
    lab.account.settings.s3_limits.stored_items = 1;
    lab.refused("s3", "CreateMultipartUpload", input(json!({})), "EntityTooLarge");
}
