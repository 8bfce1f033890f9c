//! Managed instance groups: groups that make, keep and renew their instances themselves.

mod asks;
mod converge;
mod health;
mod level;
mod manager;
mod member;
mod observe;
mod plan;
mod policy;
mod report;
mod spread;
#[cfg(test)]
mod tests;
mod verbs;
mod versions;
mod wants;

use std::collections::BTreeMap;

pub(crate) use converge::converge;
pub(crate) use manager::Managers;
pub(crate) use member::Managed;
pub(crate) use verbs::{is_regional, set_size};

use crate::gcp::project::Project;
use crate::gcp::resource::Resource;
use crate::gcp::scope::Key;

/// What managers hold besides their documents.
pub(crate) type Groups = BTreeMap<Key, Managed>;

/// The manager that still has members of a template, whatever its own template is by now.
pub(crate) fn template_user<'p>(project: &'p Project, template: &Resource) -> Option<&'p Key> {
    let link = template.link();
    let uses = |group: &Managed| group.members.values().any(|member| member.version.template == link);
    project.managers.iter().find(|(_, group)| uses(group)).map(|(key, _)| key)
}
