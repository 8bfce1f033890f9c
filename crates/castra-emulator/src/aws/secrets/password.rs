//! Random passwords
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html>).

use serde_json::json;

use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("GetRandomPassword", get)];

/// Kinds of characters, each with the member that leaves it out.
const KINDS: [(&str, &str); 4] = [
    ("ExcludeLowercase", "abcdefghijklmnopqrstuvwxyz"),
    ("ExcludeUppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ("ExcludeNumbers", "0123456789"),
    ("ExcludePunctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
];

fn get(call: &mut Call<'_>) -> Answer {
    let length = call.number("PasswordLength").and_then(|length| usize::try_from(length).ok()).unwrap_or(32);
    let excluded = call.text("ExcludeCharacters").unwrap_or_default();
    let kinds = KINDS.iter().filter(|(exclude, _)| !call.flag(exclude)).map(|(_, characters)| *characters);
    let space = call.flag("IncludeSpace").then_some(" ");
    let kept = |kind: &str| kind.chars().filter(|character| !excluded.contains(*character)).collect::<Vec<char>>();
    let kinds: Vec<Vec<char>> = kinds.chain(space).map(kept).filter(|kind| !kind.is_empty()).collect();
    let all: Vec<char> = kinds.concat();
    if all.is_empty() {
        let message = "You can't exclude all of the character types.";
        return Err(ApiError::new("InvalidParameterException", message));
    }
    let each = call.input.get("RequireEachIncludedType").and_then(serde_json::Value::as_bool).unwrap_or(true);
    if each && length < kinds.len() {
        let message = format!("A password of {length} characters can't have one of each included type.");
        return Err(ApiError::new("InvalidParameterException", message));
    }
    let chance = &mut call.account.chance;
    let mut pick = |from: &[char]| {
        let index = usize::try_from(chance.below(from.len() as u64)).unwrap_or(0);
        from.get(index).copied().unwrap_or('x')
    };
    let mut password: Vec<char> = kinds.iter().filter(|_| each).map(|kind| pick(kind)).collect();
    while password.len() < length {
        password.push(pick(&all));
    }
    // Shuffled, so that the required characters aren't always in front.
    for last in (1..password.len()).rev() {
        let other = usize::try_from(chance.below(last as u64 + 1)).unwrap_or(0);
        password.swap(last, other);
    }
    Ok(json!({ "RandomPassword": password.into_iter().collect::<String>() }))
}
