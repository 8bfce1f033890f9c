"""S3: buckets and objects."""

import hashlib

from aws.behaviour import behaviour

API = "https://docs.aws.amazon.com/AmazonS3/latest/API"
GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
PUT = f"{API}/API_PutObject.html"
GET = f"{API}/API_GetObject.html"
CREATE = f"{API}/API_CreateBucket.html"
ERRORS = f"{API}/ErrorResponses.html"


class Bucket:
    """A bucket of the account."""

    def __init__(self, aws):
        self.client, self.name = aws.client("s3"), f"bucket-{aws.account}"
        self.client.create_bucket(
            Bucket=self.name, CreateBucketConfiguration={"LocationConstraint": aws.region}
        )

    def put(self, body=b"1", key="a", **conditions):
        return self.client.put_object(Bucket=self.name, Key=key, Body=body, **conditions)

    def get(self, key="a", **conditions):
        return self.client.get_object(Bucket=self.name, Key=key, **conditions)

    def body(self, key="a"):
        return self.get(key)["Body"].read()

    def put_arguments(self, body=b"2", key="a"):
        return {"Bucket": self.name, "Key": key, "Body": body}


@behaviour("s3/bucket/create", CREATE)
def create(aws):
    bucket = Bucket(aws)
    location = bucket.client.get_bucket_location(Bucket=bucket.name)
    assert location["LocationConstraint"] == aws.region
    assert bucket.name in [entry["Name"] for entry in bucket.client.list_buckets()["Buckets"]]


@behaviour("s3/bucket/mine-already", CREATE)
def mine_already(aws):
    bucket = Bucket(aws)
    error = aws.refused(
        "BucketAlreadyOwnedByYou",
        bucket.client.create_bucket,
        Bucket=bucket.name,
        CreateBucketConfiguration={"LocationConstraint": aws.region},
    )
    assert error["status"] == 409


@behaviour("s3/bucket/location-missing", ERRORS)
def location_missing(aws):
    call = aws.client("s3").create_bucket
    error = aws.refused("IllegalLocationConstraintException", call, Bucket=f"b-{aws.account}")
    assert error["status"] == 400


@behaviour("s3/bucket/name", f"{GUIDE}/bucketnamingrules.html", moto="capitals are accepted")
def bucket_name(aws):
    for name in ("Upper-Case", "ab", "192.168.5.4"):
        aws.refused(
            "InvalidBucketName",
            aws.client("s3").create_bucket,
            Bucket=name,
            CreateBucketConfiguration={"LocationConstraint": aws.region},
        )


@behaviour("s3/bucket/unknown", ERRORS)
def unknown_bucket(aws):
    call = aws.client("s3").list_objects_v2
    error = aws.refused("NoSuchBucket", call, Bucket=f"none-{aws.account}")
    assert error["status"] == 404


@behaviour("s3/bucket/not-empty", f"{API}/API_DeleteBucket.html")
def not_empty(aws):
    bucket = Bucket(aws)
    bucket.put()
    error = aws.refused("BucketNotEmpty", bucket.client.delete_bucket, Bucket=bucket.name)
    assert error["status"] == 409
    bucket.client.delete_object(Bucket=bucket.name, Key="a")
    bucket.client.delete_bucket(Bucket=bucket.name)
    error = aws.refused("404", bucket.client.head_bucket, Bucket=bucket.name)
    assert error["status"] == 404


@behaviour("s3/object/put", PUT)
def put(aws):
    bucket = Bucket(aws)
    made = bucket.put(b"hello", ContentType="text/plain", Metadata={"colour": "red"})
    etag = f'"{hashlib.md5(b"hello").hexdigest()}"'
    assert made["ETag"] == etag
    shown = bucket.get()
    assert (shown["ETag"], shown["ContentLength"]) == (etag, 5)
    assert (shown["ContentType"], shown["Metadata"]) == ("text/plain", {"colour": "red"})
    assert shown["Body"].read() == b"hello"


@behaviour("s3/object/unknown", GET)
def unknown(aws):
    bucket = Bucket(aws)
    error = aws.refused("NoSuchKey", bucket.client.get_object, Bucket=bucket.name, Key="none")
    assert error["status"] == 404
    aws.refused("404", bucket.client.head_object, Bucket=bucket.name, Key="none")


@behaviour("s3/object/delete-unknown", f"{API}/API_DeleteObject.html")
def delete_unknown(aws):
    bucket = Bucket(aws)
    answer = bucket.client.delete_object(Bucket=bucket.name, Key="none")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204


@behaviour("s3/object/range", GET)
def ranges(aws):
    bucket = Bucket(aws)
    bucket.put(b"0123456789")
    part = bucket.get(Range="bytes=2-4")
    assert part["ContentRange"] == "bytes 2-4/10" and part["Body"].read() == b"234"
    assert part["ResponseMetadata"]["HTTPStatusCode"] == 206
    call = bucket.client.get_object
    error = aws.refused("InvalidRange", call, Bucket=bucket.name, Key="a", Range="bytes=10-")
    assert error["status"] == 416


@behaviour("s3/object/digest", ERRORS, moto="it is accepted")
def digest(aws):
    bucket = Bucket(aws)
    arguments = bucket.put_arguments()
    call = bucket.client.put_object
    error = aws.refused("BadDigest", call, ContentMD5="rL0Y20zC+Fzt72VPzMSk2A==", **arguments)
    assert error["status"] == 400


@behaviour("s3/list/delimiter", f"{API}/API_ListObjectsV2.html")
def delimiter(aws):
    bucket = Bucket(aws)
    for key in ("a", "b/1", "b/2", "c/1"):
        bucket.put(key=key)
    found = bucket.client.list_objects_v2(Bucket=bucket.name, Delimiter="/")
    assert [entry["Key"] for entry in found["Contents"]] == ["a"]
    assert [entry["Prefix"] for entry in found["CommonPrefixes"]] == ["b/", "c/"]
    found = bucket.client.list_objects_v2(Bucket=bucket.name, Prefix="b/")
    assert [entry["Key"] for entry in found["Contents"]] == ["b/1", "b/2"]


@behaviour("s3/list/pages", f"{API}/API_ListObjectsV2.html")
def pages(aws):
    bucket = Bucket(aws)
    for key in "cab":
        bucket.put(key=key)
    first = bucket.client.list_objects_v2(Bucket=bucket.name, MaxKeys=2)
    assert first["IsTruncated"] is True and first["KeyCount"] == 2
    rest = bucket.client.list_objects_v2(
        Bucket=bucket.name, ContinuationToken=first["NextContinuationToken"]
    )
    assert [entry["Key"] for entry in first["Contents"] + rest["Contents"]] == ["a", "b", "c"]
    assert rest["IsTruncated"] is False


@behaviour("s3/versions/kept", f"{GUIDE}/Versioning.html")
def versions(aws):
    bucket = Bucket(aws)
    bucket.client.put_bucket_versioning(
        Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"}
    )
    first = bucket.put()["VersionId"]
    bucket.put(b"2")
    assert bucket.body() == b"2"
    assert bucket.get(VersionId=first)["Body"].read() == b"1"
    marker = bucket.client.delete_object(Bucket=bucket.name, Key="a")
    assert marker["DeleteMarker"] is True
    aws.refused("NoSuchKey", bucket.client.get_object, Bucket=bucket.name, Key="a")
    bucket.client.delete_object(Bucket=bucket.name, Key="a", VersionId=marker["VersionId"])
    assert bucket.body() == b"2"


@behaviour("s3/object/copy", f"{API}/API_CopyObject.html")
def copy(aws):
    bucket = Bucket(aws)
    etag = bucket.put()["ETag"]
    source = {"Bucket": bucket.name, "Key": "a"}
    made = bucket.client.copy_object(Bucket=bucket.name, Key="b", CopySource=source)
    assert made["CopyObjectResult"]["ETag"] == etag and bucket.body("b") == b"1"


@behaviour("s3/object/delete-several", f"{API}/API_DeleteObjects.html")
def delete_several(aws):
    bucket = Bucket(aws)
    for key in "ab":
        bucket.put(key=key)
    answer = bucket.client.delete_objects(
        Bucket=bucket.name, Delete={"Objects": [{"Key": key} for key in ("a", "b", "none")]}
    )
    assert sorted(entry["Key"] for entry in answer["Deleted"]) == ["a", "b", "none"]
    assert bucket.client.list_objects_v2(Bucket=bucket.name)["KeyCount"] == 0
