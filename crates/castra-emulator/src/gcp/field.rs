//! Places in documents: `backends[].group`.

use serde_json::{Map, Value};

/// Calls `with` for each value at a path, with where exactly it is: `backends[0].group`. A part that ends in `[]` is a
/// list; one that is `*` is every entry of a map.
pub(crate) fn each<'d>(document: &'d Map<String, Value>, path: &str, with: &mut dyn FnMut(&str, &'d Value)) {
    walk(document, path, String::new(), with);
}

fn walk<'d>(map: &'d Map<String, Value>, path: &str, at: String, with: &mut dyn FnMut(&str, &'d Value)) {
    let (part, rest) = path.split_once('.').map_or((path, None), |(part, rest)| (part, Some(rest)));
    let join = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    let mut visit = |at: String, value: &'d Value| match rest {
        None => with(&at, value),
        Some(rest) => {
            if let Value::Object(map) = value {
                walk(map, rest, at, with);
            }
        }
    };
    if part == "*" {
        map.iter().for_each(|(name, value)| visit(join(name), value));
    } else if let Some(name) = part.strip_suffix("[]") {
        if let Some(Value::Array(items)) = map.get(name) {
            items.iter().enumerate().for_each(|(place, item)| visit(format!("{}[{place}]", join(name)), item));
        }
    } else if let Some(value) = map.get(part) {
        visit(join(part), value);
    }
}

/// As [`each`], to change them; `with` may refuse.
pub(crate) fn each_mut<E>(
    map: &mut Map<String, Value>,
    path: &str,
    with: &mut dyn FnMut(&str, &mut Value) -> Result<(), E>,
) -> Result<(), E> {
    walk_mut(map, path, String::new(), with)
}

fn walk_mut<E>(
    map: &mut Map<String, Value>,
    path: &str,
    at: String,
    with: &mut dyn FnMut(&str, &mut Value) -> Result<(), E>,
) -> Result<(), E> {
    let (part, rest) = path.split_once('.').map_or((path, None), |(part, rest)| (part, Some(rest)));
    let join = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    let mut visit = |at: String, value: &mut Value| match rest {
        None => with(&at, value),
        Some(rest) => match value {
            Value::Object(map) => walk_mut(map, rest, at, with),
            _ => Ok(()),
        },
    };
    if part == "*" {
        return map.iter_mut().try_for_each(|(name, value)| visit(join(name), value));
    }
    if let Some(name) = part.strip_suffix("[]") {
        if let Some(Value::Array(items)) = map.get_mut(name) {
            for (place, item) in items.iter_mut().enumerate() {
                visit(format!("{}[{place}]", join(name)), item)?;
            }
        }
        return Ok(());
    }
    map.get_mut(part).map_or(Ok(()), |value| visit(join(part), value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_lead_through_lists_and_maps() {
        let document = json!({ "a": [{ "b": 1 }, { "c": 2 }, { "b": 3 }], "m": { "x": { "b": 4 } }, "p": { "q": 5 } });
        let Value::Object(mut document) = document else { unreachable!() };
        for (path, expected) in [
            ("a[].b", vec!["a[0].b=1", "a[2].b=3"]),
            ("m.*.b", vec!["m.x.b=4"]),
            ("p.q", vec!["p.q=5"]),
            ("p.q.r", vec![]),
            ("none", vec![]),
        ] {
            let mut found = Vec::new();
            each(&document, path, &mut |at, value| found.push(format!("{at}={value}")));
            assert_eq!(found, expected, "{path}");
            let mut found = Vec::new();
            let seen = each_mut::<()>(&mut document, path, &mut |at, value| {
                found.push(format!("{at}={value}"));
                Ok(())
            });
            assert_eq!((found, seen), (expected.into_iter().map(str::to_owned).collect(), Ok(())), "{path}");
        }
    }
}
