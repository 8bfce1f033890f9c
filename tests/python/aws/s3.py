"""S3: buckets, objects, and operations that take effect only under a condition."""

import concurrent.futures
import hashlib

from botocore.exceptions import ClientError

from aws.behaviour import behaviour

API = "https://docs.aws.amazon.com/AmazonS3/latest/API"
GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
CONDITIONAL = f"{GUIDE}/conditional-writes.html"
READS = f"{GUIDE}/conditional-reads.html"
DELETES = f"{GUIDE}/conditional-deletes.html"
PUT = f"{API}/API_PutObject.html"
GET = f"{API}/API_GetObject.html"
CREATE = f"{API}/API_CreateBucket.html"
ERRORS = f"{API}/ErrorResponses.html"
MEBIBYTE = 1024 * 1024


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


@behaviour("s3/conditional/create-once", CONDITIONAL)
def create_once(aws):
    bucket = Bucket(aws)
    bucket.put(IfNoneMatch="*")
    call, arguments = bucket.client.put_object, bucket.put_arguments()
    error = aws.refused("PreconditionFailed", call, IfNoneMatch="*", **arguments)
    assert error["status"] == 412 and bucket.body() == b"1"


@behaviour("s3/conditional/create-after-delete", CONDITIONAL)
def create_after_delete(aws):
    bucket = Bucket(aws)
    bucket.put()
    bucket.client.delete_object(Bucket=bucket.name, Key="a")
    bucket.put(b"2", IfNoneMatch="*")
    assert bucket.body() == b"2"


@behaviour("s3/conditional/create-race", CONDITIONAL, emulator_only=True)
def create_race(aws):
    bucket = Bucket(aws)

    def attempt(number):
        try:
            bucket.put(str(number).encode(), IfNoneMatch="*")
        except ClientError as refusal:
            assert refusal.response["Error"]["Code"] in (
                "PreconditionFailed",
                "ConditionalRequestConflict",
            )
            return None
        return number

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        won = [number for number in pool.map(attempt, range(48)) if number is not None]
    assert len(won) == 1 and bucket.body() == str(won[0]).encode()


@behaviour("s3/conditional/update", CONDITIONAL)
def update(aws):
    bucket = Bucket(aws)
    first = bucket.put()["ETag"]
    second = bucket.put(b"2", IfMatch=first)["ETag"]
    assert second != first
    call, arguments = bucket.client.put_object, bucket.put_arguments(b"3")
    error = aws.refused("PreconditionFailed", call, IfMatch=first, **arguments)
    assert error["status"] == 412 and bucket.body() == b"2"


@behaviour("s3/conditional/update-unknown", CONDITIONAL)
def update_unknown(aws):
    bucket = Bucket(aws)
    call, arguments = bucket.client.put_object, bucket.put_arguments()
    etag = '"0123456789abcdef0123456789abcdef"'
    error = aws.refused("NoSuchKey", call, IfMatch=etag, **arguments)
    assert error["status"] == 404


@behaviour("s3/conditional/update-race", CONDITIONAL, emulator_only=True)
def update_race(aws):
    bucket = Bucket(aws)
    etag = bucket.put(b"start")["ETag"]

    def attempt(number):
        try:
            bucket.put(str(number).encode(), IfMatch=etag)
        except ClientError as refusal:
            assert refusal.response["Error"]["Code"] in (
                "PreconditionFailed",
                "ConditionalRequestConflict",
            )
            return None
        return number

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        won = [number for number in pool.map(attempt, range(48)) if number is not None]
    assert len(won) == 1 and bucket.body() == str(won[0]).encode()


@behaviour("s3/conditional/read", READS)
def read(aws):
    bucket = Bucket(aws)
    etag = bucket.put()["ETag"]
    call, names = bucket.client.get_object, {"Bucket": bucket.name, "Key": "a"}
    assert bucket.get(IfMatch=etag)["ETag"] == etag
    assert aws.refused("304", call, IfNoneMatch=etag, **names)["status"] == 304
    other = '"0123456789abcdef0123456789abcdef"'
    assert aws.refused("PreconditionFailed", call, IfMatch=other, **names)["status"] == 412
    assert bucket.get(IfNoneMatch=other)["ETag"] == etag


@behaviour("s3/conditional/delete", DELETES)
def delete(aws):
    bucket = Bucket(aws)
    etag = bucket.put()["ETag"]
    call, names = bucket.client.delete_object, {"Bucket": bucket.name, "Key": "a"}
    other = '"0123456789abcdef0123456789abcdef"'
    error = aws.refused("PreconditionFailed", call, IfMatch=other, **names)
    assert error["status"] == 412 and bucket.body() == b"1"
    call(IfMatch=etag, **names)
    aws.refused("NoSuchKey", bucket.client.get_object, **names)


@behaviour("s3/conditional/complete-upload", CONDITIONAL)
def complete_upload(aws):
    bucket = Bucket(aws)
    names = {"Bucket": bucket.name, "Key": "a"}
    upload = bucket.client.create_multipart_upload(**names)["UploadId"]
    part = bucket.client.upload_part(UploadId=upload, PartNumber=1, Body=b"2", **names)
    bucket.put()
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    aws.refused(
        "PreconditionFailed",
        bucket.client.complete_multipart_upload,
        UploadId=upload,
        MultipartUpload=parts,
        IfNoneMatch="*",
        **names,
    )
    assert bucket.body() == b"1"


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


@behaviour("s3/upload/parts", f"{API}/API_CompleteMultipartUpload.html")
def parts(aws):
    bucket = Bucket(aws)
    names = {"Bucket": bucket.name, "Key": "a"}
    upload = bucket.client.create_multipart_upload(**names)["UploadId"]
    bodies = [5 * MEBIBYTE * b"1", b"2"]
    made = [
        {
            "PartNumber": number,
            "ETag": bucket.client.upload_part(
                UploadId=upload, PartNumber=number, Body=body, **names
            )["ETag"],
        }
        for number, body in enumerate(bodies, 1)
    ]
    done = bucket.client.complete_multipart_upload(
        UploadId=upload, MultipartUpload={"Parts": made}, **names
    )
    digests = b"".join(hashlib.md5(body).digest() for body in bodies)
    assert done["ETag"] == f'"{hashlib.md5(digests).hexdigest()}-2"'
    assert bucket.body() == b"".join(bodies)


@behaviour("s3/upload/small-part", ERRORS)
def small_part(aws):
    bucket = Bucket(aws)
    names = {"Bucket": bucket.name, "Key": "a"}
    upload = bucket.client.create_multipart_upload(**names)["UploadId"]
    made = [
        {
            "PartNumber": number,
            "ETag": bucket.client.upload_part(
                UploadId=upload, PartNumber=number, Body=b"1", **names
            )["ETag"],
        }
        for number in (1, 2)
    ]
    error = aws.refused(
        "EntityTooSmall",
        bucket.client.complete_multipart_upload,
        UploadId=upload,
        MultipartUpload={"Parts": made},
        **names,
    )
    assert error["status"] == 400


@behaviour("s3/upload/unknown", f"{API}/API_UploadPart.html", moto="the server fails")
def unknown_upload(aws):
    bucket = Bucket(aws)
    error = aws.refused(
        "NoSuchUpload",
        bucket.client.upload_part,
        Bucket=bucket.name,
        Key="a",
        UploadId="none",
        PartNumber=1,
        Body=b"1",
    )
    assert error["status"] == 404


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
