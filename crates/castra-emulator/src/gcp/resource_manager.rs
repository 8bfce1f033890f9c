//! Resource Manager: the project itself, and its policy
//! (<https://cloud.google.com/resource-manager/reference/rest/v3/projects>).

use serde_json::json;

use super::call::Call;
use super::error::Answer;
use super::handlers::Handlers;
use super::{policy, project};

pub(crate) static HANDLERS: Handlers = &[
    ("projects.get", get),
    ("projects.getIamPolicy", |call| Ok(call.project.policy.show(call.project))),
    ("projects.setIamPolicy", |call| policy::set(call, |project| Some(&mut project.policy), |_| true)),
    ("projects.testIamPermissions", |call| Ok(policy::test(call, None))),
];

fn get(call: &mut Call<'_>) -> Answer {
    let project = &*call.project;
    let created = project::utc(project.created);
    Ok(json!({
        "name": format!("projects/{}", project.number),
        "projectId": project.id,
        "displayName": project.id,
        "state": "ACTIVE",
        "createTime": created,
        "updateTime": created,
        "etag": policy::etag(0),
    }))
}
