//! Filters of lists
//! (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html>).

use serde_json::Value;

use super::name;
use super::parameter::{Parameter, Version};
use crate::aws::ApiError;
use crate::aws::call::Call;

/// Where filters are used, which decides what may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Describe,
    ByPath,
}

/// The filters of one call: all must match, each by any of its values.
pub(super) struct Filters(Vec<Filter>);

struct Filter {
    key: String,
    option: String,
    values: Vec<String>,
}

impl Filters {
    /// The call's filters, of the new form or the old.
    pub(super) fn of(call: &Call<'_>, of: Use) -> Result<Self, ApiError> {
        let (new, old) = (call.list("ParameterFilters"), call.list("Filters"));
        if !new.is_empty() && !old.is_empty() {
            let message = "You can use either Filters or ParameterFilters in a single request.";
            return Err(name::invalid(message));
        }
        let mut filters: Vec<Filter> = Vec::new();
        for given in new.iter().chain(old) {
            let filter = Filter::read(given, !old.is_empty());
            filter.check(of)?;
            if filters.iter().any(|other| other.key == filter.key) {
                let message = format!(
                    "The following filter is duplicated in the request: {}. A request can contain only one \
                     occurrence of a specific filter.",
                    filter.key
                );
                return Err(ApiError::new("InvalidFilterKey", message));
            }
            filters.push(filter);
        }
        Ok(Self(filters))
    }

    /// The version of a parameter that is wanted, if any is: the newest, or that which has a label.
    pub(super) fn version<'a>(&self, parameter: &'a Parameter) -> Option<&'a Version> {
        let label = self.0.iter().find(|filter| filter.key == "Label");
        let version = match label {
            Some(filter) => {
                let wanted = |version: &&Version| filter.values.iter().any(|label| version.labels.contains(label));
                parameter.versions.values().find(wanted)?
            }
            None => parameter.latest()?,
        };
        self.0.iter().all(|filter| filter.passes(parameter, version)).then_some(version)
    }
}

impl Filter {
    fn read(given: &Value, old: bool) -> Self {
        let text = |member| given.get(member).and_then(Value::as_str);
        let key = text("Key").unwrap_or_default().to_owned();
        // The old filters compare names by their beginnings.
        let usual = match key.as_str() {
            "Path" => "OneLevel",
            "Name" if old => "BeginsWith",
            _ => "Equals",
        };
        let values = given.get("Values").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        Self {
            option: text("Option").unwrap_or(usual).to_owned(),
            values: values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            key,
        }
    }

    fn check(&self, of: Use) -> Result<(), ApiError> {
        let key = self.key.as_str();
        let keys: &[&str] = match of {
            Use::Describe => &["Path", "Name", "Type", "KeyId", "Tier", "DataType"],
            Use::ByPath => &["Type", "KeyId", "Label", "DataType"],
        };
        let tag = of == Use::Describe && key.starts_with("tag:");
        if !tag && !keys.contains(&key) {
            let message = format!(
                "The following filter key is not valid: {key}. Valid filter keys include: [{}].",
                keys.join(", ")
            );
            return Err(ApiError::new("InvalidFilterKey", message));
        }
        let options: &[&str] = match key {
            "Path" => &["Recursive", "OneLevel"],
            "Name" => &["BeginsWith", "Equals", "Contains"],
            "Label" => &["Equals"],
            _ => &["BeginsWith", "Equals"],
        };
        if !options.contains(&self.option.as_str()) {
            let message = format!(
                "The following filter option is not valid: {}. Valid options include: [{}].",
                self.option,
                options.join(", ")
            );
            return Err(ApiError::new("InvalidFilterOption", message));
        }
        if self.values.is_empty() && !tag {
            let message = format!("The following filter values are missing : null for filter key {key}.");
            return Err(ApiError::new("InvalidFilterValue", message));
        }
        let known: &[&str] = match key {
            "Type" => &["String", "StringList", "SecureString"],
            "Tier" => &["Standard", "Advanced", "Intelligent-Tiering"],
            _ => &[],
        };
        if let Some(value) = self.values.iter().find(|value| !known.is_empty() && !known.contains(&value.as_str())) {
            let message = format!(
                "The following filter value is not valid: {value}. Valid values include: [{}].",
                known.join(", ")
            );
            return Err(ApiError::new("InvalidFilterOption", message));
        }
        if key == "Path" {
            self.values.iter().try_for_each(|path| name::check_path(path))?;
        }
        Ok(())
    }

    fn passes(&self, parameter: &Parameter, version: &Version) -> bool {
        let has: Option<&str> = match self.key.as_str() {
            "Name" => Some(&parameter.name),
            "Type" => Some(&version.kind),
            "KeyId" => version.key.as_deref(),
            "Tier" => Some(version.tier),
            "DataType" => Some(&version.data_type),
            "Label" => return true,
            "Path" => {
                let recursive = self.option == "Recursive";
                return self.values.iter().any(|path| name::below(&parameter.name, path, recursive));
            }
            tag => parameter.tags.get(tag.strip_prefix("tag:").unwrap_or(tag)),
        };
        let Some(has) = has else { return false };
        if self.values.is_empty() {
            return true;
        }
        // Names compare with and without the slash in front.
        let bare =
            |text: &str| if self.key == "Name" { text.trim_start_matches('/').to_owned() } else { text.to_owned() };
        let has = bare(has);
        self.values.iter().map(|value| bare(value)).any(|value| match self.option.as_str() {
            "BeginsWith" => has.starts_with(&value),
            "Contains" => has.contains(&value),
            _ => has == value,
        })
    }
}
