//! The JSON Schema of the file.

use serde_json::{Map, Value, json};

use super::ProviderParser;
use super::file::SpecFile;

/// The JSON Schema (draft 2020-12) of a spec file, with the sections of these providers in it.
///
/// It serves editors: it knows fields, types, forms and choices. What ties fields to one another beyond that is
/// [`super::Spec::parse`]'s.
pub fn schema(providers: &[&dyn ProviderParser]) -> Value {
    let mut schema = schemars::schema_for!(SpecFile).to_value();
    if !providers.is_empty() {
        let sections: Vec<Value> = providers.iter().map(|parser| section(*parser, &mut schema)).collect();
        let provider = match <[Value; 1]>::try_from(sections) {
            Ok([only]) => only,
            Err(sections) => json!({ "oneOf": sections }),
        };
        schema["properties"]["provider"] = provider;
        if let Some(definitions) = schema["$defs"].as_object_mut() {
            definitions.remove("ProviderFile");
        }
    }
    schema
}

/// A provider's section with `name` added; its definitions move to the file's, under the provider's name.
fn section(parser: &dyn ProviderParser, file: &mut Value) -> Value {
    let name = parser.name();
    let mut section = parser.schema().to_value();
    rename(&mut section, name);
    let Some(object) = section.as_object_mut() else { return section };
    object.remove("$schema");
    if let Some(Value::Object(definitions)) = object.remove("$defs") {
        for (key, definition) in definitions {
            file["$defs"][format!("{name}.{key}")] = definition;
        }
    }
    object.insert("type".to_owned(), json!("object"));
    if let Some(properties) = object.entry("properties").or_insert_with(|| json!({})).as_object_mut() {
        properties.insert("name".to_owned(), json!({ "const": name, "description": "The backend's name." }));
    }
    if let Some(required) = object.entry("required").or_insert_with(|| json!([])).as_array_mut() {
        required.push(json!("name"));
    }
    section
}

fn rename(value: &mut Value, prefix: &str) {
    match value {
        Value::Object(object) => rename_in(object, prefix),
        Value::Array(list) => list.iter_mut().for_each(|value| rename(value, prefix)),
        _ => {}
    }
}

fn rename_in(object: &mut Map<String, Value>, prefix: &str) {
    for (key, value) in object.iter_mut() {
        match value.as_str().and_then(|text| text.strip_prefix("#/$defs/")) {
            Some(name) if key == "$ref" => *value = json!(format!("#/$defs/{prefix}.{name}")),
            _ => rename(value, prefix),
        }
    }
}
