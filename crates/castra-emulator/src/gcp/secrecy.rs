//! What is kept out of the log.

use serde_json::{Map, Value};

/// What stands in a secret's place.
const HIDDEN: &str = "(hidden)";

/// Fields that hold secrets: keys of certificates, payloads of secrets; and metadata's values, where startup scripts
/// hold what people put there.
const SECRET: &[&str] = &["privateKey", "privateKeyData", "payload", "access_token", "oauth_token", "key"];

/// Parameters and body as the log shows them: the body's fields under `body`, as names of parameters recur there.
pub(crate) fn logged(parameters: &Map<String, Value>, body: &Map<String, Value>) -> Value {
    let mut logged = without(parameters);
    if !body.is_empty() {
        logged.insert("body".to_owned(), Value::Object(without(body)));
    }
    Value::Object(logged)
}

fn without(map: &Map<String, Value>) -> Map<String, Value> {
    // An entry of metadata is a key and a value: the key is no secret there, and the value may be.
    let entry = map.contains_key("key") && map.contains_key("value");
    let shown = |(name, value): (&String, &Value)| {
        let hidden = if entry { name == "value" } else { SECRET.contains(&name.as_str()) };
        (name.clone(), if hidden { HIDDEN.into() } else { shown(value) })
    };
    map.iter().map(shown).collect()
}

fn shown(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(without(map)),
        Value::Array(items) => items.iter().map(shown).collect(),
        value => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_not_logged() {
        let body = json!({
            "selfManaged": { "certificate": "c", "privateKey": "S" }, "payload": { "data": "S" },
            "metadata": { "items": [{ "key": "startup-script", "value": "S" }] },
        });
        let (Value::Object(body), Value::Object(parameters)) = (body, json!({ "key": "S", "size": 3 })) else {
            unreachable!()
        };
        let logged = logged(&parameters, &body);
        assert!(!logged.to_string().contains("\"S\""), "{logged}");
        assert_eq!(logged.pointer("/body/metadata/items/0/key"), Some(&json!("startup-script")));
        assert_eq!(logged.get("size"), Some(&json!(3)));
    }
}
