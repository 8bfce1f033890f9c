//! A managed group's update policy: its rules and defaults
//! (<https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers>, `updatePolicy`).

use serde_json::{Value, json};

use super::level::Level;
use crate::gcp::error::ApiError;
use crate::gcp::resource::{Document, text};

/// A number of members, or a share of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FixedOrPercent {
    Fixed(usize),
    Percent(usize),
}

impl FixedOrPercent {
    pub(super) fn of(document: &Document) -> Option<Self> {
        let number = |name: &str| document.get(name).and_then(Value::as_u64).and_then(|it| usize::try_from(it).ok());
        number("fixed").map(Self::Fixed).or_else(|| number("percent").map(Self::Percent))
    }

    /// Of so many, to the nearest.
    pub(super) fn rounded(self, size: usize) -> usize {
        match self {
            Self::Fixed(count) => count,
            Self::Percent(percent) => size.saturating_mul(percent).saturating_add(50) / 100,
        }
    }

    /// Of so many, upwards: a roll goes on whatever the share.
    pub(super) fn upwards(self, size: usize) -> usize {
        match self {
            Self::Fixed(count) => count,
            Self::Percent(percent) => size.saturating_mul(percent).div_ceil(100),
        }
    }
}

/// A group's update policy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Policy {
    /// Whether members are updated by themselves.
    pub(super) proactive: bool,
    pub(super) minimal: Level,
    pub(super) most: Level,
    pub(super) surge: usize,
    pub(super) unavailable: usize,
    pub(super) keeps_names: bool,
    pub(super) redistributes: bool,
}

impl Policy {
    /// The policy of a group's document.
    pub(super) fn of(document: &Document, size: usize) -> Self {
        let none = Document::new();
        let policy = document.get("updatePolicy").and_then(Value::as_object).unwrap_or(&none);
        let share = |name: &str| policy.get(name).and_then(Value::as_object).and_then(FixedOrPercent::of);
        let amount = |name: &str| share(name).map_or(0, |share| share.upwards(size));
        Self {
            proactive: text(policy, "type") == "PROACTIVE",
            minimal: Level::parse(text(policy, "minimalAction")).unwrap_or(Level::Replace),
            most: Level::parse(text(policy, "mostDisruptiveAllowedAction")).unwrap_or(Level::Replace),
            surge: amount("maxSurge"),
            unavailable: amount("maxUnavailable"),
            keeps_names: text(policy, "replacementMethod") == "RECREATE",
            redistributes: text(policy, "instanceRedistributionType") == "PROACTIVE",
        }
    }
}

/// Completes a group's update policy, or refuses it. `zones` is how many a regional group has; none = it is zonal.
pub(super) fn complete(document: &mut Document, zones: Option<usize>, size: usize) -> Result<(), ApiError> {
    let shape = document.get("distributionPolicy").and_then(|policy| policy.get("targetShape")?.as_str());
    let even = shape.is_none_or(|shape| shape == "EVEN");
    let Some(policy) = document.entry("updatePolicy").or_insert_with(|| json!({})).as_object_mut() else {
        return Ok(());
    };
    let field =
        |name: &str, value: &Value, why: &str| Err(ApiError::field(&format!("updatePolicy.{name}"), value, why));
    policy.entry("type").or_insert("OPPORTUNISTIC".into());
    policy.entry("minimalAction").or_insert("REPLACE".into());
    policy.entry("replacementMethod").or_insert("SUBSTITUTE".into());
    if zones.is_some() {
        let redistribution = policy.entry("instanceRedistributionType");
        let redistribution = redistribution.or_insert(if even { "PROACTIVE" } else { "NONE" }.into()).clone();
        // https://cloud.google.com/compute/docs/instance-groups/regional-mig-distribution-shape#limitations
        if redistribution == "PROACTIVE" && !even {
            let why = "Proactive instance redistribution is only supported for the EVEN target shape.";
            return field("instanceRedistributionType", &redistribution, why);
        }
    }
    let level = |name: &str| Level::parse(text(policy, name));
    if let (Some(minimal), Some(most)) = (level("minimalAction"), level("mostDisruptiveAllowedAction"))
        && minimal > most
    {
        let value = Value::from(text(policy, "mostDisruptiveAllowedAction"));
        let why = "The most disruptive allowed action must not be less disruptive than the minimal action.";
        return field("mostDisruptiveAllowedAction", &value, why);
    }
    let recreates = text(policy, "replacementMethod") == "RECREATE";
    let default = zones.unwrap_or(1);
    let mut none = 0;
    for name in ["maxSurge", "maxUnavailable"] {
        let usual = if recreates && name == "maxSurge" { 0 } else { default };
        let given = policy.entry(name).or_insert_with(|| json!({ "fixed": usual }));
        let value = given.clone();
        let Some(parts) = given.as_object_mut() else { continue };
        parts.remove("calculated");
        let number = |part: &str| parts.get(part).and_then(Value::as_i64);
        let (fixed, percent) = (number("fixed"), number("percent"));
        let amount = match (fixed, percent) {
            (Some(_), Some(_)) => return field(name, &value, "Only one of fixed and percent can be specified."),
            (None, None) => {
                parts.insert("fixed".to_owned(), usual.into());
                i64::try_from(usual).unwrap_or(0)
            }
            (Some(fixed), None) => {
                let at = format!("{name}.fixed");
                if fixed < 0 {
                    return field(&at, &fixed.into(), "Must be greater than or equal to 0.");
                }
                // The text is of github.com/terraform-google-modules/terraform-example-foundation/pull/427.
                if fixed > 0 && zones.is_some_and(|zones| i64::try_from(zones).is_ok_and(|zones| fixed < zones)) {
                    let why = format!(
                        "Fixed updatePolicy.{name} for regional managed instance group has to be either 0 or at least \
                         equal to the number of zones."
                    );
                    return field(&at, &fixed.into(), &why);
                }
                fixed
            }
            (None, Some(percent)) => {
                let at = format!("{name}.percent");
                if !(0..=100).contains(&percent) {
                    return field(&at, &percent.into(), "Must be between 0 and 100.");
                }
                if zones.is_some() && size < 10 {
                    let why = format!(
                        "Percent updatePolicy.{name} for regional managed instance group is allowed only if the target \
                         size is at least 10."
                    );
                    return field(&at, &percent.into(), &why);
                }
                percent
            }
        };
        // The text is of github.com/GoogleCloudPlatform/magic-modules/pull/8210.
        if recreates && name == "maxSurge" && amount > 0 {
            return field(name, &value, "maxSurge must be equal to 0 when replacement method is set to RECREATE");
        }
        none += i32::from(amount == 0);
    }
    if none == 2 {
        let value = policy.get("maxUnavailable").cloned().unwrap_or_default();
        return field("maxUnavailable", &value, "At least one of maxSurge and maxUnavailable must be greater than 0.");
    }
    Ok(())
}

/// Shows what shares come to at a group's size.
pub(super) fn calculated(document: &mut Document, size: usize) {
    if let Some(policy) = document.get_mut("updatePolicy").and_then(Value::as_object_mut) {
        for name in ["maxSurge", "maxUnavailable"] {
            if let Some(parts) = policy.get_mut(name).and_then(Value::as_object_mut)
                && let Some(share) = FixedOrPercent::of(parts)
            {
                parts.insert("calculated".to_owned(), share.upwards(size).into());
            }
        }
    }
    for version in document.get_mut("versions").and_then(Value::as_array_mut).into_iter().flatten() {
        let parts = version.get_mut("targetSize").and_then(Value::as_object_mut);
        if let Some(parts) = parts
            && let Some(share) = FixedOrPercent::of(parts)
        {
            parts.insert("calculated".to_owned(), share.rounded(size).min(size).into());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn completed(policy: Value, zones: Option<usize>, size: usize) -> Result<Value, String> {
        let Value::Object(mut document) = json!({ "updatePolicy": policy }) else { unreachable!() };
        complete(&mut document, zones, size).map_err(|error| error.message)?;
        Ok(document.remove("updatePolicy").unwrap())
    }

    #[test]
    fn defaults_are_one_for_each_zone() {
        let policy = completed(json!({}), Some(3), 6).unwrap();
        assert_eq!(policy["maxSurge"], json!({ "fixed": 3 }));
        assert_eq!(policy["maxUnavailable"], json!({ "fixed": 3 }));
        assert_eq!(policy["type"], "OPPORTUNISTIC");
        assert_eq!(policy["instanceRedistributionType"], "PROACTIVE");
        let policy = completed(json!({ "maxSurge": { "fixed": 0 } }), None, 6).unwrap();
        assert_eq!((&policy["maxSurge"], &policy["maxUnavailable"]), (&json!({ "fixed": 0 }), &json!({ "fixed": 1 })));
        assert_eq!(policy.get("instanceRedistributionType"), None);
    }

    #[test]
    fn surge_and_unavailable_have_rules() {
        let surge = |surge: Value, unavailable: Value| json!({ "maxSurge": surge, "maxUnavailable": unavailable });
        for (policy, zones, size, right) in [
            (surge(json!({ "fixed": 3 }), json!({ "fixed": 0 })), Some(3), 6, true),
            (surge(json!({ "fixed": 2 }), json!({ "fixed": 0 })), Some(3), 6, false),
            (surge(json!({ "fixed": 2 }), json!({ "fixed": 0 })), None, 6, true),
            (surge(json!({ "fixed": 0 }), json!({ "fixed": 0 })), Some(3), 6, false),
            (surge(json!({ "fixed": 0 }), json!({ "fixed": 0 })), None, 6, false),
            (surge(json!({ "percent": 20 }), json!({ "fixed": 0 })), Some(3), 9, false),
            (surge(json!({ "percent": 20 }), json!({ "fixed": 0 })), Some(3), 10, true),
            (surge(json!({ "percent": 101 }), json!({ "fixed": 0 })), Some(3), 10, false),
            (surge(json!({ "percent": 20, "fixed": 3 }), json!({ "fixed": 0 })), Some(3), 10, false),
            (surge(json!({ "fixed": -1 }), json!({ "fixed": 0 })), None, 6, false),
            (json!({ "replacementMethod": "RECREATE" }), Some(3), 6, true),
            (json!({ "replacementMethod": "RECREATE", "maxSurge": { "fixed": 3 } }), Some(3), 6, false),
            (json!({ "minimalAction": "REPLACE", "mostDisruptiveAllowedAction": "RESTART" }), None, 6, false),
        ] {
            let answer = completed(policy.clone(), zones, size);
            assert_eq!(answer.is_ok(), right, "{policy} {answer:?}");
        }
    }
}
