//! Parameters read by hierarchy
//! (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html>).

use super::filter::{Filters, Use};
use super::{name, page, public};
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("GetParametersByPath", get)];

fn get(call: &mut Call<'_>) -> Answer {
    let (path, recursive) = (call.required("Path"), call.flag("Recursive"));
    let decrypted = call.flag("WithDecryption");
    name::check_path(path)?;
    let filters = Filters::of(call, Use::ByPath)?;
    let here = call.account.regions.get(call.region);
    let own = here.into_iter().flat_map(|here| here.ssm.parameters.values());
    let own = own.filter(|parameter| name::below(&parameter.name, path, recursive)).filter_map(|parameter| {
        let version = filters.version(parameter)?;
        Some((parameter.name.clone(), version.shown(call, &parameter.name, None, decrypted)))
    });
    let public = public::parameters(call, path).into_iter().filter(|(name, _)| name::below(name, path, recursive));
    let public = public.map(|(name, version)| {
        let shown = version.shown(call, &name, None, decrypted);
        (name, shown)
    });
    let mut found: Vec<_> = own.chain(public).collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    page::of(call, "Parameters", found, 10)
}
