//! What EC2's objects have in common: an id, tags, a moment of creation; how one is found and how many are described.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::filter::Filters;
use super::{State, Tags, id, page};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// A kind of objects that EC2 keeps by id. Its error codes are those of
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>, which spells them differently from
/// kind to kind.
pub(crate) trait Resource: Sized {
    /// What its ids begin with, `vpc`.
    const PREFIX: &'static str;
    /// The code for what isn't an id of this kind.
    const MALFORMED: &'static str;
    /// The code for an id that nothing has.
    const NOT_FOUND: &'static str;

    /// The message for an id that nothing has.
    fn missing(id: &str) -> String;
    /// All of them.
    fn all(ec2: &State) -> &BTreeMap<String, Self>;
    fn id(&self) -> &str;
    fn created(&self) -> Timestamp;
    fn tags(&self) -> &Tags;

    /// The refusal of an id that nothing has.
    fn not_found(id: &str) -> ApiError {
        ApiError::new(Self::NOT_FOUND, Self::missing(id))
    }
}

/// Makes a type a [`Resource`] with fields `id`, `created` and `tags`.
macro_rules! resource {
    ($type:ty, $all:ident, $prefix:literal, $malformed:literal, $not_found:literal, $missing:literal) => {
        impl $crate::aws::ec2::resource::Resource for $type {
            const PREFIX: &'static str = $prefix;
            const MALFORMED: &'static str = $malformed;
            const NOT_FOUND: &'static str = $not_found;

            fn missing(id: &str) -> String {
                format!($missing, id)
            }

            fn all(ec2: &$crate::aws::ec2::State) -> &std::collections::BTreeMap<String, Self> {
                &ec2.$all
            }

            fn id(&self) -> &str {
                &self.id
            }

            fn created(&self) -> jiff::Timestamp {
                self.created
            }

            fn tags(&self) -> &$crate::aws::ec2::Tags {
                &self.tags
            }
        }
    };
}
pub(super) use resource;

/// The object of that id, if it is there and shows; refused as EC2 does otherwise.
pub(crate) fn find<'a, R: Resource>(call: &'a Call<'_>, id: &str) -> Result<&'a R, ApiError> {
    if !id::well_formed(R::PREFIX, id) {
        let message = format!("Invalid id: \"{id}\" (expecting \"{}-...\")", R::PREFIX);
        return Err(ApiError::new(R::MALFORMED, message));
    }
    let found = R::all(&call.look().ec2).get(id).filter(|object| call.account.shows(id, object.created()));
    found.ok_or_else(|| R::not_found(id))
}

/// The object that the call's member names.
pub(crate) fn named<'a, R: Resource>(call: &'a Call<'_>, member: &str) -> Result<&'a R, ApiError> {
    find(call, call.required(member))
}

/// Those that the call's list of ids names, or all that show if it is empty. An id that nothing has is refused, which
/// tells a list of ids from a filter
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html>).
pub(crate) fn listed<'a, R: Resource>(call: &'a Call<'_>, member: &str) -> Result<Vec<&'a R>, ApiError> {
    let mut ids = call.texts(member);
    if ids.is_empty() {
        let shown = |object: &&R| call.account.shows(object.id(), object.created());
        return Ok(R::all(&call.look().ec2).values().filter(shown).collect());
    }
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().map(|id| find(call, id)).collect()
}

/// How a kind of objects is described.
pub(super) struct Description<'a, R> {
    /// The output's member.
    pub(super) output: &'a str,
    /// The input's list of ids.
    pub(super) ids: &'a str,
    /// Names of the filters beside those about tags.
    pub(super) filters: &'a [&'a str],
    /// What an object has under a filter's name.
    pub(super) values: &'a dyn Fn(&R, &str) -> Vec<String>,
    pub(super) show: &'a dyn Fn(&R) -> Value,
}

impl<R: Resource> Description<'_, R> {
    /// The answer to a describe: ids and filters that both must match, page by page.
    pub(super) fn answer(&self, call: &Call<'_>) -> Answer {
        let filters = Filters::of(call, self.filters)?;
        let objects = listed::<R>(call, self.ids)?.into_iter();
        let passing = objects.filter(|object| filters.pass(object.tags(), |name| (self.values)(object, name)));
        page::of(call, self.output, passing.map(self.show).collect())
    }
}
