//! S3: buckets, objects with their versions, conditional operations, uploads in parts. What was written can be read at
//! once, lists included (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel>).

mod bucket;
mod bucket_list;
mod checksum;
mod condition;
mod configuration;
mod content;
mod copy;
mod delete;
mod encryption;
mod error;
mod get;
mod history;
mod list;
mod list_versions;
mod listing;
mod name;
mod policy;
mod put;
mod range;
mod state;
mod tag;
mod upload;
mod upload_list;
mod upload_part;

pub(crate) use state::State;

use super::call::Operations;

/// The operations that are served, file by file.
pub(crate) const OPERATIONS: &[Operations] = &[
    bucket::OPERATIONS,
    bucket_list::OPERATIONS,
    configuration::OPERATIONS,
    copy::OPERATIONS,
    delete::OPERATIONS,
    encryption::OPERATIONS,
    get::OPERATIONS,
    list::OPERATIONS,
    list_versions::OPERATIONS,
    policy::OPERATIONS,
    put::OPERATIONS,
    tag::OPERATIONS,
    upload::OPERATIONS,
    upload_list::OPERATIONS,
    upload_part::OPERATIONS,
];

#[cfg(test)]
mod tests;
