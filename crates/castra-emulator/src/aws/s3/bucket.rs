//! Buckets.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::encryption::Encryption;
use super::error;
use super::history::{History, Versioning};
use super::name;
use super::state::{bucket, owner};
use super::upload::Upload;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

/// A bucket.
#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) created: Timestamp,
    pub(crate) tags: Tags,
    pub(super) versioning: Versioning,
    pub(super) encryption: Encryption,
    /// As JSON text.
    pub(super) policy: Option<String>,
    /// As the contract has it.
    pub(super) public_access_block: Option<Value>,
    /// Whether objects have access control lists.
    pub(super) lists_of_access: bool,
    /// By key.
    pub(super) objects: BTreeMap<String, History>,
    /// Uploads in parts that are under way, by key and id.
    pub(super) uploads: BTreeMap<(String, String), Upload>,
}

pub(super) const OPERATIONS: Operations =
    &[("CreateBucket", create), ("DeleteBucket", delete), ("GetBucketLocation", location), ("HeadBucket", head)];

/// The region whose endpoint is the global one, with rules of its own.
const FIRST: &str = "us-east-1";

impl Bucket {
    /// Its policy, as JSON text.
    pub(crate) fn policy(&self) -> Option<&str> {
        self.policy.as_deref()
    }

    fn new(name: &str, region: &str, created: Timestamp) -> Self {
        // Since April 2023 new buckets block public access and have no access control lists:
        // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html>.
        let block = json!({
            "BlockPublicAcls": true,
            "IgnorePublicAcls": true,
            "BlockPublicPolicy": true,
            "RestrictPublicBuckets": true,
        });
        Self {
            name: name.to_owned(),
            region: region.to_owned(),
            created,
            tags: Tags::default(),
            versioning: Versioning::Never,
            encryption: Encryption::default(),
            policy: None,
            public_access_block: Some(block),
            lists_of_access: false,
            objects: BTreeMap::new(),
            uploads: BTreeMap::new(),
        }
    }

    /// How many versions, uploads and parts it has, and their bytes.
    pub(super) fn stored(&self) -> (usize, usize) {
        let all = self.objects.values().map(History::stored).chain(self.uploads.values().map(Upload::stored));
        all.fold((0, 0), |(items, bytes), (more, larger)| (items + more, bytes + larger))
    }

    /// What the block on public access says, if there is one.
    pub(super) fn blocks(&self, member: &str) -> bool {
        let block = self.public_access_block.as_ref();
        block.and_then(|block| block.get(member)).and_then(Value::as_bool).unwrap_or(false)
    }
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>
fn create(call: &mut Call<'_>) -> Answer {
    let name = call.required("Bucket");
    name::check(name)?;
    let configuration = call.input.get("CreateBucketConfiguration").unwrap_or(&Value::Null);
    let region = region(call, configuration)?;
    if configuration.get("Location").is_some() || configuration.get("Bucket").is_some() {
        // Directory buckets, which are a service of their own.
        return Err(error::invalid_request("Directory buckets are created at a zonal endpoint."));
    }
    if call.flag("ObjectLockEnabledForBucket") {
        return Err(error::not_implemented("x-amz-bucket-object-lock-enabled"));
    }
    let lists_of_access = call.text("ObjectOwnership").is_some_and(|ownership| ownership != "BucketOwnerEnforced");
    let acl = call.text("ACL").unwrap_or("private");
    if acl != "private" {
        // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>
        return Err(if lists_of_access {
            error::access_denied()
        } else {
            let message = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
            ApiError::new("InvalidBucketAclWithObjectOwnership", message)
        });
    }
    let tags = super::tag::read(configuration.get("Tags").and_then(Value::as_array).map_or(&[], Vec::as_slice))?;
    if let Some(mine) = call.account.s3.buckets.get(name) {
        // "For legacy compatibility, if you re-create an existing bucket that you already own in us-east-1, Amazon S3
        // returns 200 OK and resets the bucket access control lists (ACLs)."
        if mine.region == FIRST && call.region == FIRST {
            return Ok(json!({ "Location": format!("/{name}") }));
        }
        let message = "Your previous request to create the named bucket succeeded and you already own it.";
        return Err(ApiError::new("BucketAlreadyOwnedByYou", message).with("BucketName", name));
    }
    if call.account.s3.buckets.len() >= call.account.settings.s3_limits.buckets {
        return Err(ApiError::new("TooManyBuckets", "You have attempted to create more buckets than allowed"));
    }
    let mut made = Bucket::new(name, &region, call.now());
    made.tags = tags;
    made.lists_of_access = lists_of_access;
    call.account.s3.buckets.insert(name.to_owned(), made);
    let location = if region == FIRST { format!("/{name}") } else { format!("http://{name}.s3.amazonaws.com/") };
    Ok(json!({ "Location": location }))
}

/// Where a bucket is to be: the region of the endpoint, which must be said; only `us-east-1`'s endpoint makes buckets
/// anywhere, and there nothing said is `us-east-1` itself.
fn region(call: &Call<'_>, configuration: &Value) -> Result<String, ApiError> {
    let constraint = configuration.get("LocationConstraint").and_then(Value::as_str).filter(|text| !text.is_empty());
    // The old name of `eu-west-1`.
    let constraint = constraint.map(|constraint| if constraint == "EU" { "eu-west-1" } else { constraint });
    match constraint {
        None if call.region == FIRST => Ok(FIRST.to_owned()),
        Some(constraint) if call.region == FIRST || call.region == constraint => Ok(constraint.to_owned()),
        other => {
            let message = format!(
                "The {} location constraint is incompatible for the region specific endpoint this request was sent to.",
                other.unwrap_or("unspecified")
            );
            Err(ApiError::new("IllegalLocationConstraintException", message))
        }
    }
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html>: "All objects (including all object versions
/// and delete markers) in the bucket must be deleted before the bucket itself can be deleted."
fn delete(call: &mut Call<'_>) -> Answer {
    let bucket = bucket(call)?;
    let name = bucket.name.clone();
    if !bucket.objects.is_empty() {
        let message = if bucket.versioning == Versioning::Never {
            "The bucket you tried to delete is not empty"
        } else {
            "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
        };
        return Err(ApiError::new("BucketNotEmpty", message).with("BucketName", name));
    }
    call.account.s3.buckets.remove(&name);
    Ok(json!({}))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html>
fn head(call: &mut Call<'_>) -> Answer {
    let bucket = bucket(call)?;
    Ok(json!({ "BucketRegion": bucket.region, "AccessPointAlias": false }))
}

/// "Buckets in Region us-east-1 have a LocationConstraint of null"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html>). It is asked to learn the region, so
/// that any region's endpoint answers it.
fn location(call: &mut Call<'_>) -> Answer {
    let name = call.required("Bucket");
    let bucket = call.account.s3.buckets.get(name).ok_or_else(|| error::no_such_bucket(name))?;
    if call.text("ExpectedBucketOwner").is_some_and(|owner| owner != call.account.id) {
        return Err(error::access_denied());
    }
    Ok(if bucket.region == FIRST { json!({}) } else { json!({ "LocationConstraint": bucket.region }) })
}

/// The owner of everything here. Its display name is no longer shown
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_Owner.html>).
pub(super) fn shown_owner(call: &Call<'_>) -> Value {
    json!({ "ID": owner(&call.account.id) })
}
