//! What nodes may do in the project.

mod policy;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use castra_core::inventory::Ownership;
use castra_core::resource::{At, Found, Kind, Output, Recovery, Ref};
use castra_core::topology::Role;
use castra_core::{Address, Call, ContextExt as _, ErrorKind, FieldChange, Item, Result, Seen, Wait};
use google_cloud_iam_v1::model::{GetPolicyOptions, Policy};
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::policy::Bindings;
use super::ServiceAccount;
use crate::call::{Seam, send};
use crate::client::Clients;
use crate::error::changed_meanwhile;
use crate::survey::Look;

/// The roles that service accounts have in the project's allow policy: exactly these.
///
/// The policy is one object for the whole project, so it is read, changed and written back, and written only if nobody
/// else has changed it meanwhile (<https://cloud.google.com/iam/docs/allow-policies#etag>). Bindings of others, their
/// conditions included, stay as they are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ProjectIamMember {
    /// The accounts that have each role.
    pub(crate) bindings: BTreeMap<String, Vec<Ref<ServiceAccount>>>,
}

/// What it gives to others: nothing but who the members are, for its deletion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct MemberOutput {
    /// Whose policy it is: the project's path.
    pub(crate) id: String,
    /// The accounts' addresses.
    pub(crate) accounts: BTreeSet<String>,
}

impl Output for MemberOutput {
    fn id(&self) -> &str {
        &self.id
    }
}

#[async_trait]
impl Kind for ProjectIamMember {
    const KIND: &'static str = "project_iam_member";
    const RECOVERY: Recovery = Recovery::Part;
    const REPLACE: &'static [&'static str] = &[];
    type Output = MemberOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<MemberOutput>>> {
        let output = self.output(at)?;
        let bindings = policy::bindings(&get(at).await?, &output.accounts);
        let found = Found { fields: json!({ "bindings": bindings }), output, ownership: Ownership::Ours };
        Ok((!bindings.is_empty()).then_some(found))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<MemberOutput> {
        let output = self.output(at)?;
        sync(at, &output.accounts, &self.wanted(at)?).await?;
        Ok(output)
    }

    async fn update(&self, at: &At<'_, Clients>, live: &MemberOutput, _: &[FieldChange]) -> Result<MemberOutput> {
        sync(at, &live.accounts, &self.wanted(at)?).await?;
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &MemberOutput) -> Result<()> {
        sync(at, &live.accounts, &Bindings::new()).await
    }
}

impl ProjectIamMember {
    fn wanted(&self, at: &At<'_, Clients>) -> Result<Bindings> {
        let email = |account: &Ref<ServiceAccount>| -> Result<String> { Ok(at.get(account)?.email) };
        let emails = |accounts: &[Ref<ServiceAccount>]| accounts.iter().map(email).collect::<Result<_>>();
        self.bindings.iter().map(|(role, accounts)| Ok((role.clone(), emails(accounts)?))).collect()
    }

    fn output(&self, at: &At<'_, Clients>) -> Result<MemberOutput> {
        let accounts = self.wanted(at)?.into_values().flatten().collect();
        Ok(MemberOutput { id: project(at.cloud), accounts })
    }
}

fn project(clients: &Clients) -> String {
    format!("projects/{}", clients.project)
}

/// The project's policy with its conditions. One call.
pub(crate) async fn get(seam: &impl Seam) -> Result<Policy> {
    let clients = seam.clients();
    let options = GetPolicyOptions::new().set_requested_policy_version(policy::WITH_CONDITIONS);
    let request = clients.resource_manager.get_iam_policy().set_resource(project(clients)).set_options(options);
    send!(seam, Call::read("cloudresourcemanager", "projects.getIamPolicy"), request)
}

/// Gives the accounts exactly the wanted roles.
async fn sync(at: &At<'_, Clients>, accounts: &BTreeSet<String>, wanted: &Bindings) -> Result<()> {
    let wait = Wait::new("the project's policy to be written before somebody else changes it")
        .every(Duration::from_secs(2))
        .deadline(Duration::from_secs(180));
    at.cx
        .wait(&wait, || async {
            let Some(policy) = policy::rebound(get(at).await?, accounts, wanted) else { return Ok(Seen::Done(())) };
            let request = at.cloud.resource_manager.set_iam_policy().set_resource(project(at.cloud)).set_policy(policy);
            // The etag makes it repeatable: what was written once is refused the second time, and found as wanted.
            match send!(at, Call::idempotent("cloudresourcemanager", "projects.setIamPolicy"), request) {
                Ok(_) => Ok(Seen::Done(())),
                Err(error) if changed_meanwhile(&error) || error.kind() == ErrorKind::NotYetPropagated => {
                    Ok(Seen::Hindered(error))
                }
                Err(error) => Err(error),
            }
        })
        .await
}

/// What a cluster's accounts have in the policy, given the survey's items of those accounts. One that was deleted may still
/// have something there; one that isn't ours has nothing of ours.
pub(crate) fn item(look: &Look<'_>, policy: &Policy, accounts: &[Item]) -> Option<Item> {
    let ours = Role::ALL.map(|role| {
        let address = Address::of::<ServiceAccount>(role.as_str());
        let found = accounts.iter().find(|item| item.address == address);
        let ours = found.is_none_or(|item| item.ownership == Ownership::Ours);
        ours.then(|| look.clients.email(&look.names().account(role.as_str())))
    });
    let output = MemberOutput { id: project(look.clients), accounts: ours.into_iter().flatten().collect() };
    let bindings = policy::bindings(policy, &output.accounts);
    let uid = accounts.iter().filter(|item| item.ownership == Ownership::Ours).find_map(|item| item.uid);
    let item = || Item::new::<ProjectIamMember>("nodes", json!({ "bindings": bindings }), output).uid(uid);
    (!bindings.is_empty()).then(item)
}
