//! Names (<https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html#sysman-parameter-name-constraints>).

use crate::aws::ApiError;

/// Levels of a hierarchy.
const MOST_LEVELS: usize = 15;

/// Characters of a name, the rest of its ARN included.
const MOST_CHARACTERS: usize = 1_011;

/// A refusal without a code of its own.
pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("ValidationException", message)
}

/// Refuses a name that no parameter can have.
pub(super) fn check(name: &str, arn: &str) -> Result<(), ApiError> {
    let bare = name.trim_start_matches('/').to_ascii_lowercase();
    if bare.starts_with("aws") && name.starts_with('/') && name.get(1..).is_some_and(|rest| rest.contains('/')) {
        let message = format!("No access to reserved parameter name: {name}.");
        return Err(ApiError::new("AccessDeniedException", message).status(400));
    }
    let levels = name.trim_start_matches('/').split('/');
    let well_formed = levels.clone().all(|level| {
        !level.is_empty() && level.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
    });
    if bare.starts_with("aws") || bare.starts_with("ssm") || !well_formed {
        let message = "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). If formed as a \
                       path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a \
                       mix of letters, numbers and the following 3 symbols .-_";
        return Err(invalid(message));
    }
    if name.contains('/') && !name.starts_with('/') {
        return Err(invalid("Parameter name must be a fully qualified name."));
    }
    if levels.count() > MOST_LEVELS {
        let message = format!(
            "Hierarchy level for {name} exceeds the limit: a hierarchy can have a maximum of {MOST_LEVELS} levels."
        );
        return Err(ApiError::new("HierarchyLevelLimitExceededException", message));
    }
    if arn.len() > MOST_CHARACTERS {
        return Err(invalid(format!(
            "Parameter name exceeds the limit of {MOST_CHARACTERS} characters, which include the rest of its ARN."
        )));
    }
    Ok(())
}

/// A path to look below.
pub(super) fn check_path(path: &str) -> Result<(), ApiError> {
    let lower = path.to_ascii_lowercase();
    let reserved = (lower.starts_with("/aws") || lower.starts_with("/ssm")) && !lower.starts_with("/aws/");
    let characters = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte));
    if path.starts_with('/') && !path.contains("//") && characters && !reserved {
        return Ok(());
    }
    Err(invalid(
        "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward \
         slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). It must use only letters, \
         numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not \
         allowed. All sub-paths, if specified, must use the forward slash symbol \"/\". Valid example: \
         /get/parameters2-/by1./path0_.",
    ))
}

/// Whether a name is below a path; directly below it, unless all levels are wanted.
pub(super) fn below(name: &str, path: &str, recursive: bool) -> bool {
    let prefix = format!("{}/", path.trim_end_matches('/'));
    // A name at the root needs no slash.
    let rooted = if name.starts_with('/') { name.to_owned() } else { format!("/{name}") };
    rooted.strip_prefix(&prefix).is_some_and(|rest| !rest.is_empty() && (recursive || !rest.contains('/')))
}
