//! Instance profiles
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html>).

use jiff::Timestamp;

use super::State;
use super::entity::{Entities, Entity, Kind, Named};
use crate::aws::ec2::Tags;

/// An instance profile: what gives instances a role.
#[derive(Debug, Clone)]
pub(crate) struct InstanceProfile {
    pub(crate) entity: Entity,
    /// The name of its role.
    pub(crate) role: Option<String>,
    /// When it was created, or its role last changed.
    pub(crate) changed: Timestamp,
    pub(crate) tags: Tags,
}

impl Named for InstanceProfile {
    const KIND: Kind = Kind::InstanceProfile;

    fn entity(&self) -> &Entity {
        &self.entity
    }

    fn all(state: &State) -> &Entities<Self> {
        &state.profiles
    }

    fn all_mut(state: &mut State) -> &mut Entities<Self> {
        &mut state.profiles
    }
}
