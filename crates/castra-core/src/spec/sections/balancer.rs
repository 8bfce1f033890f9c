//! `[load_balancer]`.

use crate::spec::address::distinct_ranges;
use crate::spec::sensitive::shown;
use crate::spec::{Exposure, Field, HealthCheck, Invalid, LoadBalancer, Node, Reader, Span};

pub(in crate::spec) fn load_balancer(section: &mut Reader<'_>) -> Option<LoadBalancer> {
    let exposure = if section.has("exposure") {
        section.choice("exposure", &[("public", Exposure::Public), ("internal", Exposure::Internal)])
    } else {
        Some(Exposure::default())
    };
    let allowed_cidrs = distinct_ranges(section, "allowed_cidrs");
    let certificate = section.required("certificate", "\"REFERENCE\", as the cloud calls the certificate");
    let health_check = if section.has("health_check") {
        section.section("health_check", health_check).flatten()
    } else {
        Some(HealthCheck::default())
    };
    if exposure == Some(Exposure::Public) && allowed_cidrs.as_ref().is_some_and(Vec::is_empty) {
        section.refuse(
            "allowed_cidrs",
            "a public load balancer without ranges that may connect serves nobody",
            "add allowed_cidrs = [\"0.0.0.0/0\"] for everybody, or narrower ranges",
        );
        return None;
    }
    Some(LoadBalancer {
        exposure: exposure?,
        allowed_cidrs: allowed_cidrs?,
        certificate: certificate?,
        health_check: health_check?,
    })
}

fn health_check(section: &mut Reader<'_>) -> Option<HealthCheck> {
    let default = HealthCheck::default();
    let path = section.or("path", Path(default.path));
    let interval = section.or("interval", Within::<5, 300>(default.interval));
    let timeout = section.or("timeout", Within::<2, 120>(default.timeout));
    let healthy = section.or("healthy_threshold", Threshold(default.healthy_threshold));
    let unhealthy = section.or("unhealthy_threshold", Threshold(default.unhealthy_threshold));
    let (Within(interval), Within(timeout)) = (interval?, timeout?);
    if timeout >= interval {
        // The other may be the default, so that both are named.
        let key = if section.has("timeout") { "timeout" } else { "interval" };
        section.refuse(
            key,
            format!("a timeout of {timeout} isn't less than the interval of {interval}"),
            "write a shorter timeout or a longer interval",
        );
        return None;
    }
    Some(HealthCheck {
        path: path?.0,
        interval,
        timeout,
        healthy_threshold: healthy?.0,
        unhealthy_threshold: unhealthy?.0,
    })
}

/// The path of a health check: visible ASCII beginning with a slash, at most 1024 characters, which every cloud takes.
struct Path(String);

impl Field for Path {
    fn read(node: &Node) -> Result<Self, Invalid> {
        let text = node.text()?;
        if !text.starts_with('/') {
            return Err(Invalid::new(
                format!("{} doesn't start with /", shown(text)),
                "write a path, such as \"/_health_check\"",
            ));
        }
        if text.len() > 1024 || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Invalid::new(
                format!("{} isn't the path of a URL", shown(text)),
                "write up to 1024 visible ASCII characters without spaces",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

/// A span from `LEAST` to `MOST` seconds.
struct Within<const LEAST: u64, const MOST: u64>(Span);

impl<const LEAST: u64, const MOST: u64> Field for Within<LEAST, MOST> {
    fn read(node: &Node) -> Result<Self, Invalid> {
        let span = Span::read(node)?;
        if (LEAST..=MOST).contains(&span.as_secs()) {
            return Ok(Self(span));
        }
        let (least, most) = (Span::secs(LEAST), Span::secs(MOST));
        Err(Invalid::new(format!("{span} isn't from {least} to {most}"), format!("write \"{least}\" to \"{most}\"")))
    }
}

/// How many answers in a row: 2 to 10.
struct Threshold(u32);

impl Field for Threshold {
    fn read(node: &Node) -> Result<Self, Invalid> {
        match u32::read(node)? {
            threshold @ 2..=10 => Ok(Self(threshold)),
            other => Err(Invalid::new(format!("{other} isn't from 2 to 10"), "write 2 to 10")),
        }
    }
}
