//! The ARNs of load balancers and what belongs to them
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html>).

use super::refuse::invalid;
use crate::aws::ApiError;

/// What an ARN of the service names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    LoadBalancer,
    TargetGroup,
    Listener,
    Rule,
}

impl Resource {
    /// What that ARN names, by its form.
    pub(super) fn of(arn: &str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let (Some("arn"), Some(_), Some("elasticloadbalancing")) = (parts.next(), parts.next(), parts.next()) else {
            return None;
        };
        let path = parts.nth(2)?;
        let pieces: Vec<_> = path.split('/').collect();
        match *pieces.as_slice() {
            ["targetgroup", _, _] => Some(Self::TargetGroup),
            ["loadbalancer", "app" | "net" | "gwy", _, _] => Some(Self::LoadBalancer),
            ["listener", "app" | "net" | "gwy", _, _, _] => Some(Self::Listener),
            ["listener-rule", "app" | "net" | "gwy", _, _, _, _] => Some(Self::Rule),
            _ => None,
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::LoadBalancer => "load balancer",
            Self::TargetGroup => "target group",
            Self::Listener => "listener",
            Self::Rule => "listener rule",
        }
    }

    /// Refuses what isn't such an ARN.
    pub(super) fn check(self, arn: &str) -> Result<(), ApiError> {
        if Self::of(arn) == Some(self) {
            return Ok(());
        }
        Err(invalid(format!("'{arn}' is not a valid {} ARN", self.noun())))
    }

    /// The refusal of an ARN that nothing has.
    pub(super) fn not_found(self, arn: &str) -> ApiError {
        let (code, subject) = match self {
            Self::LoadBalancer => ("LoadBalancerNotFound", "Load balancer"),
            Self::TargetGroup => ("TargetGroupNotFound", "Target groups"),
            Self::Listener => ("ListenerNotFound", "Listener"),
            Self::Rule => ("RuleNotFound", "Rule"),
        };
        ApiError::new(code, format!("{subject} '{arn}' not found"))
    }

    /// As [`Resource::not_found`], of a describe that was asked for several.
    pub(super) fn some_not_found(self) -> ApiError {
        let (code, subject) = match self {
            Self::LoadBalancer => ("LoadBalancerNotFound", "load balancers"),
            Self::TargetGroup => ("TargetGroupNotFound", "target groups"),
            Self::Listener => ("ListenerNotFound", "listeners"),
            Self::Rule => ("RuleNotFound", "rules"),
        };
        ApiError::new(code, format!("One or more {subject} not found"))
    }
}

#[cfg(test)]
mod tests {
    use super::Resource;

    #[test]
    fn forms() {
        let arn = |path: &str| format!("arn:aws:elasticloadbalancing:eu-central-1:111122223333:{path}");
        for (path, resource) in [
            ("loadbalancer/app/web/50dc6c495c0c9188", Some(Resource::LoadBalancer)),
            ("targetgroup/web/50dc6c495c0c9188", Some(Resource::TargetGroup)),
            ("listener/net/web/50dc6c495c0c9188/0467ef3c8400ae65", Some(Resource::Listener)),
            ("listener-rule/app/web/50dc6c495c0c9188/0467ef3c8400ae65/1291d13826f405c3", Some(Resource::Rule)),
            ("loadbalancer/web", None),
            ("", None),
        ] {
            assert_eq!(Resource::of(&arn(path)), resource, "{path}");
        }
        assert_eq!(Resource::of("web"), None);
    }
}
