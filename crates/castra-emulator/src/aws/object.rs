//! What an account holds, as one list: for tests that ask what is left.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::ec2::Tags;

/// One object that an account holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Object {
    /// The service that holds it, as a signature's scope names it.
    pub service: String,
    /// What it is, as AWS's tags name kinds: `instance`, `security-group`.
    pub kind: String,
    /// Its id, or what stands for one: a name, an ARN.
    pub id: String,
    /// The region; none = the account as a whole.
    pub region: Option<String>,
    /// Its state, where it has one that outlives it: `terminated`.
    pub state: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// What it says of itself: on Google Cloud the only mark that kinds without labels can carry. None = nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The number that Google gives it, which another one of its name hasn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
}

/// Collects the objects of one service in one place.
pub(crate) struct Objects<'a> {
    service: &'a str,
    region: Option<&'a str>,
    collected: &'a mut Vec<Object>,
}

impl Objects<'_> {
    /// Adds one.
    pub(crate) fn add(&mut self, kind: &str, id: &str, state: Option<&str>, tags: BTreeMap<String, String>) {
        self.collected.push(Object {
            service: self.service.to_owned(),
            kind: kind.to_owned(),
            id: id.to_owned(),
            region: self.region.map(str::to_owned),
            state: state.map(str::to_owned),
            tags,
            description: None,
            number: None,
        });
    }
}

/// Tags as objects show them.
pub(crate) fn texts(tags: &Tags) -> BTreeMap<String, String> {
    tags.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

impl Account {
    /// Everything that it holds, by service and kind; what AWS gives every account and every VPC left out.
    pub(crate) fn objects(&self) -> Vec<Object> {
        let mut collected = Vec::new();
        let mut of = |service, region, collect: &dyn Fn(&mut Objects<'_>)| {
            collect(&mut Objects { service, region, collected: &mut collected });
        };
        of("iam", None, &|objects| self.iam.objects(objects));
        of("route53", None, &|objects| self.route53.objects(objects));
        of("s3", None, &|objects| self.s3.objects(objects));
        for (name, region) in &self.regions {
            let here = Some(name.as_str());
            of("ec2", here, &|objects| region.ec2.objects(objects));
            of("autoscaling", here, &|objects| region.autoscaling.objects(objects));
            of("elasticloadbalancing", here, &|objects| region.elb.objects(objects));
            of("monitoring", here, &|objects| region.cloudwatch.objects(objects));
            of("acm", here, &|objects| region.acm.objects(objects));
            of("ssm", here, &|objects| region.ssm.objects(objects));
            of("secretsmanager", here, &|objects| region.secrets.objects(objects, self.now));
            of("kms", here, &|objects| region.kms.objects(objects, self.now));
        }
        collected
    }
}
