//! RunInstances (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html>).

use super::{Instance, carry_out, merge, plan, show, token};
use crate::aws::call::Call;
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

pub(super) fn run(call: &mut Call<'_>) -> Answer {
    if let Some(answer) = token::earlier(call) {
        return answer;
    }
    let (parameters, template) = merge::merged(call)?;
    let plan = plan::of(call, &parameters, template, &Tags::default())?;
    let made = carry_out::launch(call, plan)?;
    token::remember(call, &made);
    let ec2 = &call.look().ec2;
    let instances: Vec<&Instance> = made.iter().filter_map(|id| ec2.instances.get(id)).collect();
    Ok(show::launched(ec2, &instances))
}
