"""S3: operations that take effect only under a condition, and uploads in parts."""

import concurrent.futures
import hashlib

from botocore.exceptions import ClientError

from aws.behaviour import behaviour
from aws.s3 import API, GUIDE, Bucket

CONDITIONAL = f"{GUIDE}/conditional-writes.html"
READS = f"{GUIDE}/conditional-reads.html"
DELETES = f"{GUIDE}/conditional-deletes.html"
ERRORS = f"{API}/ErrorResponses.html"
MEBIBYTE = 1024 * 1024


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
