//! How a target group checks its targets
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html>,
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html>).

use serde_json::{Value, json};

use super::{Protocol, TargetType};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::elb::refuse::{invalid, misconfigured};

/// Settings of health checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HealthCheck {
    pub(crate) enabled: bool,
    /// None for functions.
    pub(crate) protocol: Option<Protocol>,
    /// `traffic-port` or a number; none for functions.
    pub(crate) port: Option<String>,
    pub(crate) interval: i64,
    pub(crate) timeout: i64,
    pub(crate) healthy_threshold: i64,
    pub(crate) unhealthy_threshold: i64,
    /// Checks by HTTP and HTTPS only, as is the matcher.
    pub(crate) path: Option<String>,
    /// The codes that pass.
    pub(crate) matcher: Option<String>,
    /// Whether those codes are gRPC's.
    pub(crate) grpc: bool,
}

impl HealthCheck {
    /// What a target group checks if its creation says nothing of it
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html>).
    pub(super) fn default(group: Option<Protocol>, target_type: TargetType, grpc: bool) -> Self {
        let mut check = Self {
            enabled: target_type != TargetType::Lambda,
            protocol: None,
            port: None,
            interval: 30,
            timeout: 10,
            healthy_threshold: 5,
            unhealthy_threshold: 2,
            path: None,
            matcher: None,
            grpc,
        };
        match group {
            None => {
                check.path = Some("/".to_owned());
                check.matcher = Some("200".to_owned());
                check.interval = 35;
                check.timeout = 30;
            }
            Some(group) => {
                check.port = Some("traffic-port".to_owned());
                // An application load balancer as a target is checked by HTTP
                // (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html).
                let http = group.is_http() || target_type == TargetType::Alb;
                check.switch(if http { Protocol::Http } else { Protocol::Tcp }, group);
            }
        }
        check
    }

    /// Checks by another protocol from now on: with its own path, codes and patience.
    fn switch(&mut self, protocol: Protocol, group: Protocol) {
        if self.protocol == Some(protocol) {
            return;
        }
        let was_http = self.protocol.is_some_and(Protocol::is_http);
        self.protocol = Some(protocol);
        self.timeout = match (group.is_http(), protocol) {
            (true, _) => 5,
            (false, Protocol::Http) => 6,
            (false, _) => 10,
        };
        if !protocol.is_http() {
            self.path = None;
            self.matcher = None;
        } else if !was_http {
            self.path = Some(if self.grpc { "/AWS.ALB/healthcheck" } else { "/" }.to_owned());
            let codes = if self.grpc {
                "12"
            } else if group.is_http() {
                "200"
            } else {
                "200-399"
            };
            self.matcher = Some(codes.to_owned());
        }
    }

    /// As changed by what the call says of it.
    pub(super) fn changed(
        mut self,
        call: &Call<'_>,
        group: Option<Protocol>,
        target_type: TargetType,
    ) -> Result<Self, ApiError> {
        if let Some(enabled) = call.input.get("HealthCheckEnabled").and_then(Value::as_bool) {
            if !enabled && target_type != TargetType::Lambda {
                let kind = target_type.text();
                let message = format!("Health check enabled must be true with groups with target type \"{kind}\"");
                return Err(misconfigured(message));
            }
            self.enabled = enabled;
        }
        if let Some(text) = call.text("HealthCheckProtocol") {
            let group = group.ok_or_else(|| {
                invalid("Health check protocol cannot be specified for target groups with target type 'lambda'")
            })?;
            self.switch(protocol(text, group, target_type)?, group);
        }
        if let Some(port) = call.text("HealthCheckPort") {
            let number = port.parse::<u16>().is_ok_and(|number| number > 0);
            if self.port.is_none() || !(number || port == "traffic-port") {
                let message = format!("Health check port '{port}' must be 'traffic-port' or in the range '1-65535'");
                return Err(invalid(message));
            }
            self.port = Some(port.to_owned());
        }
        if let Some(path) = call.text("HealthCheckPath") {
            if self.path.is_none() {
                return Err(invalid(self.only_http("Health check path")));
            }
            if !path.starts_with('/') {
                return Err(invalid(format!("Health check path '{path}' must begin with a '/' character")));
            }
            self.path = Some(path.to_owned());
        }
        if let Some(matcher) = call.input.get("Matcher") {
            self.matcher = Some(self.codes(matcher, group)?);
        }
        let take = |member: &str, held: &mut i64| {
            if let Some(number) = call.number(member) {
                *held = number;
            }
        };
        take("HealthCheckIntervalSeconds", &mut self.interval);
        take("HealthCheckTimeoutSeconds", &mut self.timeout);
        take("HealthyThresholdCount", &mut self.healthy_threshold);
        take("UnhealthyThresholdCount", &mut self.unhealthy_threshold);
        let http = group.is_none_or(Protocol::is_http);
        let (timeout, interval) = (self.timeout, self.interval);
        if (http && timeout >= interval) || timeout > interval {
            let bound = if http { "smaller than" } else { "smaller than or equal to" };
            let message = format!("Health check timeout '{timeout}' must be {bound} the interval '{interval}'");
            return Err(invalid(message));
        }
        Ok(self)
    }

    fn only_http(&self, subject: &str) -> String {
        let protocol = self.protocol.map_or("", Protocol::text);
        format!("{subject} cannot be specified for health checks with the {protocol} protocol")
    }

    /// The codes that pass, out of a `Matcher`
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html>).
    fn codes(&self, matcher: &Value, group: Option<Protocol>) -> Result<String, ApiError> {
        if self.matcher.is_none() {
            return Err(invalid(self.only_http("Health check matcher")));
        }
        let (member, other) = if self.grpc { ("GrpcCode", "HttpCode") } else { ("HttpCode", "GrpcCode") };
        if matcher.get(other).is_some() {
            let message = format!("A {other} matcher does not fit the protocol version of the target group");
            return Err(invalid(message));
        }
        let codes = matcher.get(member).and_then(Value::as_str).unwrap_or_default();
        let (least, most) = match (self.grpc, group) {
            (true, _) => (0, 99),
            (false, Some(group)) if !group.is_http() => (200, 599),
            _ => (200, 499),
        };
        let good = ranges(codes)
            .is_some_and(|ranges| ranges.iter().all(|(first, last)| least <= *first && first <= last && *last <= most));
        if !good {
            let message = format!("Health check matcher code '{codes}' must be within '{least}-{most}' inclusive");
            return Err(invalid(message));
        }
        Ok(codes.to_owned())
    }

    /// Whether an answer with that code passes.
    pub(crate) fn passes(&self, code: u16) -> bool {
        let Some(codes) = &self.matcher else { return true };
        // A service that speaks gRPC answers with its own codes; a workload says no more than that it is well.
        self.grpc
            || ranges(codes).is_some_and(|ranges| ranges.iter().any(|(first, last)| (*first..=*last).contains(&code)))
    }

    /// Tells the members of a target group that show it.
    pub(super) fn show(&self, put: &mut impl FnMut(&str, Option<Value>)) {
        put("HealthCheckEnabled", Some(self.enabled.into()));
        put("HealthCheckProtocol", self.protocol.map(|protocol| protocol.text().into()));
        put("HealthCheckPort", self.port.clone().map(Value::from));
        put("HealthCheckIntervalSeconds", Some(self.interval.into()));
        put("HealthCheckTimeoutSeconds", Some(self.timeout.into()));
        put("HealthyThresholdCount", Some(self.healthy_threshold.into()));
        put("UnhealthyThresholdCount", Some(self.unhealthy_threshold.into()));
        put("HealthCheckPath", self.path.clone().map(Value::from));
        let member = if self.grpc { "GrpcCode" } else { "HttpCode" };
        put("Matcher", self.matcher.as_ref().map(|codes| json!({ member: codes })));
    }
}

/// The protocol of health checks that a target group is to have: TCP isn't one for groups with HTTP or HTTPS.
fn protocol(text: &str, group: Protocol, target_type: TargetType) -> Result<Protocol, ApiError> {
    let allowed: &[Protocol] = if group.is_http() || target_type == TargetType::Alb {
        &[Protocol::Http, Protocol::Https]
    } else {
        &[Protocol::Http, Protocol::Https, Protocol::Tcp]
    };
    Protocol::named(text).filter(|protocol| allowed.contains(protocol)).ok_or_else(|| {
        let names: Vec<_> = allowed.iter().map(|protocol| protocol.text()).collect();
        let group = group.text();
        invalid(format!(
            "Health check protocol '{text}' not supported for target groups with the {group} protocol. Must be one of \
             the following values '[{}]'.",
            names.join(", ")
        ))
    })
}

/// `200`, `200,202` and `200-299` as ranges.
fn ranges(codes: &str) -> Option<Vec<(u16, u16)>> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
    };
    codes.split(',').map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn codes() {
        assert_eq!(ranges("200"), Some(vec![(200, 200)]));
        assert_eq!(ranges("200,300-399"), Some(vec![(200, 200), (300, 399)]));
        assert_eq!(ranges(""), None);
        assert_eq!(ranges("2xx"), None);
        assert_eq!(ranges("200-"), None);
    }
}
