//! What nodes are to Google Cloud.

use std::time::Duration;

use async_trait::async_trait;
use castra_core::resource::{At, Found, Kind, Output, Recovery};
use castra_core::spec::ClusterName;
use castra_core::topology::Role;
use castra_core::{Call, ContextExt as _, ErrorKind, FieldChange, Item, Owner, Result, Seen, Wait};
use google_cloud_iam_admin_v1::model::ServiceAccount as IamServiceAccount;
use google_cloud_wkt::FieldMask;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::live::Live;
use crate::call::{Seam, gone, maybe, send};
use crate::client::Clients;
use crate::names::Names;
use crate::survey::Look;
use crate::tags::{self, Mark};

/// A service account. Its name is the project's, in all regions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ServiceAccount {
    /// Its id: 6 to 30 characters.
    pub(crate) name: String,
    /// Its name for people.
    pub(crate) display_name: String,
    /// Whether nothing can be done with it.
    pub(crate) disabled: bool,
}

/// What a service account gives to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct AccountOutput {
    /// Its address, by which machines, rules and policies name it.
    pub(crate) email: String,
}

impl Output for AccountOutput {
    fn id(&self) -> &str {
        &self.email
    }
}

/// For how long a new account must be seen without a break until it counts as known: others are refused it before
/// that, and reads come from several replicas.
const SEEN: Duration = Duration::from_secs(6);
/// How often it is looked for meanwhile.
const LOOK: Duration = Duration::from_secs(2);
/// Google says "60 seconds or more" (<https://cloud.google.com/iam/docs/service-accounts-create>).
const KNOWN_BY: Duration = Duration::from_secs(420);

#[async_trait]
impl Kind for ServiceAccount {
    const KIND: &'static str = "service_account";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name"];
    type Output = AccountOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<AccountOutput>>> {
        Ok(maybe(get(at, &at.cloud.email(&self.name)).await)?.map(|account| live(&account).found(at)))
    }

    /// Waits until the account is known: "returns as soon as others can refer to it".
    async fn create(&self, at: &At<'_, Clients>) -> Result<AccountOutput> {
        let account = IamServiceAccount::new()
            .set_display_name(&self.display_name)
            .set_description(Mark::new(at.owner, at.address).to_string());
        let request = at
            .cloud
            .iam
            .create_service_account()
            .set_name(format!("projects/{}", at.cloud.project))
            .set_account_id(&self.name)
            .set_service_account(account);
        let email = at.cloud.email(&self.name);
        let made = send!(at, Call::idempotent("iam", "projects.serviceAccounts.create"), request);
        match made {
            // One that was made a moment ago, by whomever, doesn't show before it is known.
            Ok(_) => known(at, &email).await?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                known(at, &email).await?;
                return Err(error);
            }
            Err(error) => return Err(error),
        }
        Ok(AccountOutput { email })
    }

    async fn update(
        &self,
        at: &At<'_, Clients>,
        live: &AccountOutput,
        changes: &[FieldChange],
    ) -> Result<AccountOutput> {
        let name = at.cloud.account(&live.email);
        for change in changes {
            match change.field.as_str() {
                "disabled" if self.disabled => {
                    let request = at.cloud.iam.disable_service_account().set_name(&name);
                    send!(at, Call::idempotent("iam", "projects.serviceAccounts.disable"), request)?;
                }
                "disabled" => {
                    let request = at.cloud.iam.enable_service_account().set_name(&name);
                    send!(at, Call::idempotent("iam", "projects.serviceAccounts.enable"), request)?;
                }
                _ => {
                    let account = IamServiceAccount::new().set_name(&name).set_display_name(&self.display_name);
                    let request = at
                        .cloud
                        .iam
                        .patch_service_account()
                        .set_service_account(account)
                        .set_update_mask(FieldMask::default().set_paths(["display_name"]));
                    send!(at, Call::idempotent("iam", "projects.serviceAccounts.patch"), request)?;
                }
            }
        }
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &AccountOutput) -> Result<()> {
        let request = at.cloud.iam.delete_service_account().set_name(at.cloud.account(&live.email));
        gone(send!(at, Call::idempotent("iam", "projects.serviceAccounts.delete"), request))
    }
}

impl Clients {
    /// The address of the project's service account with that id.
    pub(crate) fn email(&self, id: &str) -> String {
        format!("{id}@{}.iam.gserviceaccount.com", self.project)
    }

    /// The path of a service account.
    fn account(&self, email: &str) -> String {
        format!("projects/{}/serviceAccounts/{email}", self.project)
    }
}

async fn get(seam: &impl Seam, email: &str) -> Result<IamServiceAccount> {
    let request = seam.clients().iam.get_service_account().set_name(seam.clients().account(email));
    send!(seam, Call::read("iam", "projects.serviceAccounts.get"), request)
}

/// Waits until a new account is known everywhere.
async fn known(at: &At<'_, Clients>, email: &str) -> Result<()> {
    let wait = Wait::new(format!("{email} to be known")).every(LOOK).stable_for(SEEN).deadline(KNOWN_BY);
    at.cx
        .wait(&wait, || async {
            Ok(match maybe(get(at, email).await)? {
                Some(_) => Seen::Done(()),
                None => Seen::Not("it isn't found yet".to_owned()),
            })
        })
        .await
}

fn live(account: &IamServiceAccount) -> Live<AccountOutput> {
    let fields = json!({
        "name": account.email.split('@').next(),
        "display_name": account.display_name,
        "disabled": account.disabled,
    });
    Live::described(AccountOutput { email: account.email.clone() }, fields, Some(&account.description))
}

/// Every service account of the project. One call for each hundred, which is how many a project has unless it asked for
/// more.
pub(crate) async fn all(seam: &impl Seam) -> Result<Vec<IamServiceAccount>> {
    let clients = seam.clients();
    let request =
        clients.iam.list_service_accounts().set_name(format!("projects/{}", clients.project)).set_page_size(100);
    let (mut accounts, mut token) = (Vec::new(), String::new());
    loop {
        let request = request.clone().set_page_token(token);
        let page = send!(seam, Call::read("iam", "projects.serviceAccounts.list"), request)?;
        accounts.extend(page.accounts);
        token = page.next_page_token;
        if token.is_empty() {
            return Ok(accounts);
        }
    }
}

/// Whether an account is, going by its description and its id, that of a cluster of the region.
pub(crate) fn is_here(look: &Look<'_>, account: &IamServiceAccount) -> bool {
    let cluster = tags::value(&account.description, Owner::CLUSTER).and_then(|name| name.parse::<ClusterName>().ok());
    cluster.is_some_and(|cluster| {
        let names = Names { cluster: &cluster, region: &look.clients.region };
        Role::ALL.into_iter().any(|role| look.clients.email(&names.account(role.as_str())) == account.email)
    })
}

/// The accounts of a cluster, and those of others that stand where one of its should.
pub(crate) fn items(look: &Look<'_>, accounts: &[IamServiceAccount]) -> Vec<Item> {
    Role::ALL
        .into_iter()
        .filter_map(|role| {
            let email = look.clients.email(&look.names().account(role.as_str()));
            let account = accounts.iter().find(|account| account.email == email)?;
            Some(live(account).item_at::<ServiceAccount>(look, role.as_str()))
        })
        .collect()
}
