//! What parameters there are
//! (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html>).

use super::filter::{Filters, Use};
use super::page;
use super::parameter::arn;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("DescribeParameters", describe)];

fn describe(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, Use::Describe)?;
    let here = call.account.regions.get(call.region);
    let parameters = here.into_iter().flat_map(|here| here.ssm.parameters.values());
    let found = parameters.filter_map(|parameter| {
        let mut shown = filters.version(parameter)?.metadata(&parameter.name);
        shown.insert("ARN".to_owned(), arn(call, &parameter.name).into());
        Some((parameter.name.clone(), shown.into()))
    });
    page::of(call, "Parameters", found.collect(), 50)
}
