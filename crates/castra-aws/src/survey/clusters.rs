//! The names of all clusters of which anything shows, by a few lists of the whole region, and what has a name and no uid.
//!
//! What carries owner tags is asked for by the tag's key. Elastic Load Balancing and IAM can't be asked so: of the one
//! everything is listed with its tags, of the other the names are read, which the survey then holds against the tags.

use std::collections::BTreeMap;

use aws_sdk_autoscaling::types::Filter as GroupFilter;
use aws_sdk_ec2::types::Filter;
use castra_core::spec::ClusterName;
use castra_core::{Call, Context, Owner, Result, Sign};
use futures::future::{try_join, try_join5};

use crate::call::send;
use crate::client::Clients;
use crate::elb_tags;
use crate::kinds::Anchor;
use crate::kinds::load_balancing::SERVICE as BALANCING;
use crate::names::Names;
use crate::tags::OwnerTags;

/// Looks. A text that is no cluster's name is somebody else's. With each name are the ids of what has it and no uid; what
/// IAM has without one is nobody's too, and isn't told, as its lists have no tags.
pub(crate) async fn clusters(cx: &dyn Context, clients: &Clients) -> Result<BTreeMap<ClusterName, Vec<String>>> {
    let found = try_join5(
        tagged_in_ec2(cx, clients),
        tagged_groups(cx, clients),
        tagged_in_balancing(cx, clients),
        anchored(cx, clients),
        try_join(of_roles(cx, clients), of_instance_profiles(cx, clients)),
    );
    let (ec2, groups, balancing, anchors, (roles, profiles)) = found.await?;
    let identities = roles.into_iter().chain(profiles);
    let identities = identities.filter_map(|name| Names::cluster_of_identity(&name, &clients.region));
    let named = anchors.into_iter().chain(identities.map(|name| name.to_string()));
    let named = named.map(|name| Sign::new(name, None, None));
    Ok(Sign::clusters([ec2, groups, balancing].into_iter().flatten().chain(named)))
}

/// What the tags of objects say, each tag with the id of its object, its key and its value.
fn signs(tags: impl IntoIterator<Item = (String, String, String)>) -> Vec<Sign> {
    let mut objects = BTreeMap::<String, BTreeMap<String, String>>::new();
    for (id, key, value) in tags {
        objects.entry(id).or_default().insert(key, value);
    }
    let sign = |(id, tags): (String, BTreeMap<String, String>)| {
        let owner = OwnerTags::read(&tags);
        Some(Sign::new(owner.cluster?, owner.uid, Some(id)))
    };
    objects.into_iter().filter_map(sign).collect()
}

/// Collects a list page by page: `$page` asks for the page that `$next` leads to, and is its entries with the next
/// token. Each service says "no more" by none, and some by an empty one.
macro_rules! pages {
    (|$next:ident| $page:expr) => {{
        let (mut all, mut $next) = (Vec::new(), None::<String>);
        loop {
            let (entries, token) = $page;
            all.extend(entries);
            $next = token.filter(|token: &String| !token.is_empty());
            if $next.is_none() {
                break Ok(all);
            }
        }
    }};
}

/// Of everything that EC2 has, in one list.
async fn tagged_in_ec2(cx: &dyn Context, clients: &Clients) -> Result<Vec<Sign>> {
    let keys = Filter::builder().name("key").values(Owner::CLUSTER).values(Owner::UID).build();
    let request = clients.ec2.describe_tags().filters(keys).max_results(1000);
    let tags: Result<Vec<_>> = pages!(|next| {
        let answer = send!(cx, Call::read("ec2", "DescribeTags"), request.clone().set_next_token(next))?;
        let tags = answer.tags.unwrap_or_default().into_iter();
        (tags.filter_map(|tag| Some((tag.resource_id?, tag.key?, tag.value?))), answer.next_token)
    });
    tags.map(signs)
}

async fn tagged_groups(cx: &dyn Context, clients: &Clients) -> Result<Vec<Sign>> {
    let keys = GroupFilter::builder().name("key").values(Owner::CLUSTER).values(Owner::UID).build();
    let request = clients.autoscaling.describe_tags().filters(keys).max_records(100);
    let tags: Result<Vec<_>> = pages!(|next| {
        let answer = send!(cx, Call::read("autoscaling", "DescribeTags"), request.clone().set_next_token(next))?;
        let tags = answer.tags.unwrap_or_default().into_iter();
        (tags.filter_map(|tag| Some((tag.resource_id?, tag.key?, tag.value?))), answer.next_token)
    });
    tags.map(signs)
}

async fn tagged_in_balancing(cx: &dyn Context, clients: &Clients) -> Result<Vec<Sign>> {
    let (balancers, groups) = try_join(all_balancers(cx, clients), all_target_groups(cx, clients)).await?;
    let tags = elb_tags::read(cx, clients, &[balancers, groups].concat()).await?;
    Ok(signs(
        tags.into_iter().flat_map(|(arn, tags)| tags.into_iter().map(move |(key, value)| (arn.clone(), key, value))),
    ))
}

async fn all_balancers(cx: &dyn Context, clients: &Clients) -> Result<Vec<String>> {
    let request = clients.elb.describe_load_balancers().page_size(400);
    pages!(|next| {
        let answer = send!(cx, Call::read(BALANCING, "DescribeLoadBalancers"), request.clone().set_marker(next))?;
        let balancers = answer.load_balancers.unwrap_or_default();
        (balancers.into_iter().filter_map(|one| one.load_balancer_arn), answer.next_marker)
    })
}

async fn all_target_groups(cx: &dyn Context, clients: &Clients) -> Result<Vec<String>> {
    let request = clients.elb.describe_target_groups().page_size(400);
    pages!(|next| {
        let answer = send!(cx, Call::read(BALANCING, "DescribeTargetGroups"), request.clone().set_marker(next))?;
        (
            answer.target_groups.unwrap_or_default().into_iter().filter_map(|one| one.target_group_arn),
            answer.next_marker,
        )
    })
}

/// The clusters that have an anchor.
async fn anchored(cx: &dyn Context, clients: &Clients) -> Result<Vec<String>> {
    let request = clients.ssm.get_parameters_by_path().path(Anchor::FOLDER).recursive(false).max_results(10);
    pages!(|next| {
        let answer = send!(cx, Call::read("ssm", "GetParametersByPath"), request.clone().set_next_token(next))?;
        let names = answer.parameters.unwrap_or_default().into_iter().filter_map(|one| one.name);
        let names = names.filter_map(|name| Some(name.strip_prefix(Anchor::FOLDER)?.to_owned()));
        (names.collect::<Vec<_>>(), answer.next_token)
    })
}

/// The names of all roles: the list has no tags, and no way to ask for some.
async fn of_roles(cx: &dyn Context, clients: &Clients) -> Result<Vec<String>> {
    let request = clients.iam.list_roles().max_items(1000);
    pages!(|next| {
        let answer = send!(cx, Call::read("iam", "ListRoles"), request.clone().set_marker(next))?;
        (answer.roles.into_iter().map(|role| role.role_name), answer.marker)
    })
}

async fn of_instance_profiles(cx: &dyn Context, clients: &Clients) -> Result<Vec<String>> {
    let request = clients.iam.list_instance_profiles().max_items(1000);
    pages!(|next| {
        let answer = send!(cx, Call::read("iam", "ListInstanceProfiles"), request.clone().set_marker(next))?;
        (answer.instance_profiles.into_iter().map(|profile| profile.instance_profile_name), answer.marker)
    })
}
