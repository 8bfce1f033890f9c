//! Values as XML elements.
//!
//! The rules are those of Smithy's XML binding traits (<https://smithy.io/2.0/spec/xml.html>): an element a member,
//! lists wrapped in their member's element unless flattened, maps as `entry` with `key` and `value`.

use super::time::{epoch_seconds, http_date, iso8601_milliseconds, iso8601_seconds};
use super::view::{Member, View};
use super::violation::Violation;
use super::xml::Xml;
use crate::aws::contract::{Contract, Reference, Shape, ShapeKind, TimestampFormat};
use serde_json::Value;

/// What the XML of one protocol has of its own.
#[derive(Clone, Copy)]
pub(super) struct Elements<'a> {
    pub(super) contract: &'a Contract,
    /// The element around a list's elements that the contract gives no name.
    pub(super) item: &'static str,
    /// Whether times carry milliseconds.
    pub(super) milliseconds: bool,
}

impl<'a> Elements<'a> {
    /// The members that travel in the body, as elements within the current one.
    pub(super) fn members(self, xml: &mut Xml, members: &[Member<'a>]) -> Result<(), Violation> {
        for member in members.iter().filter(|member| member.reference.location.is_none()) {
            self.member(xml, member).map_err(|violation| violation.within(member.name))?;
        }
        Ok(())
    }

    /// A value as an element of this name.
    pub(super) fn element(
        self,
        xml: &mut Xml,
        name: &str,
        reference: &'a Reference,
        value: &'a Value,
    ) -> Result<(), Violation> {
        let shape = self.contract.shape(reference);
        let view = View::of(self.contract, shape, value)?;
        xml.open(name);
        self.namespace(xml, reference, shape);
        match view {
            View::Structure(members) => {
                let (attributes, inner): (Vec<_>, Vec<_>) =
                    members.into_iter().partition(|member| member.reference.xml_attribute);
                for member in attributes {
                    let shape = self.contract.shape(member.reference);
                    let text = self.text(member.reference, &View::of(self.contract, shape, member.value)?);
                    let text = text.map_err(|violation| violation.within(member.name))?;
                    xml.attribute(member.wire_name(), &text);
                }
                self.members(xml, &inner)?;
            }
            View::List(element, values) => {
                self.list(xml, element.location_name.as_deref().unwrap_or(self.item), element, values)?;
            }
            View::Map(key, held, entries) => {
                for (name, value) in entries {
                    xml.open("entry");
                    self.entry(xml, (key, name), (held, value))?;
                    xml.close("entry");
                }
            }
            scalar => xml.text(&self.text(reference, &scalar)?),
        }
        xml.close(name);
        Ok(())
    }

    /// A scalar as text. Structures, lists and maps have none.
    pub(super) fn text(self, reference: &Reference, view: &View<'_>) -> Result<String, Violation> {
        Ok(match view {
            View::Text(text) | View::Blob(text) => (*text).to_owned(),
            View::Integer(number) => number.to_string(),
            // With a fraction even where it is zero, as AWS writes them.
            View::Float(number) => format!("{number:?}"),
            View::Boolean(truth) => truth.to_string(),
            View::Timestamp(milliseconds) => {
                let format = reference.timestamp_format.or(self.contract.shape(reference).timestamp_format);
                match format {
                    Some(TimestampFormat::Rfc822) => http_date(*milliseconds)?,
                    Some(TimestampFormat::Unix) => epoch_seconds(*milliseconds).to_string(),
                    None | Some(TimestampFormat::Iso8601) if self.milliseconds => iso8601_milliseconds(*milliseconds)?,
                    None | Some(TimestampFormat::Iso8601) => iso8601_seconds(*milliseconds)?,
                }
            }
            View::Structure(_) | View::List(..) | View::Map(..) => {
                return Err(Violation::new("the contract wants text where there is an aggregate"));
            }
        })
    }

    fn member(self, xml: &mut Xml, member: &Member<'a>) -> Result<(), Violation> {
        let shape = self.contract.shape(member.reference);
        if !(shape.flattened || member.reference.flattened) {
            return self.element(xml, member.wire_name(), member.reference, member.value);
        }
        match View::of(self.contract, shape, member.value)? {
            // A flattened list has no element of its own, so a name for its elements stands in the list's place.
            View::List(element, values) => {
                self.list(xml, element.location_name.as_deref().unwrap_or(member.wire_name()), element, values)
            }
            View::Map(key, held, entries) => entries.iter().try_for_each(|(name, value)| {
                xml.open(member.wire_name());
                self.entry(xml, (key, name), (held, value))?;
                xml.close(member.wire_name());
                Ok(())
            }),
            _ => self.element(xml, member.wire_name(), member.reference, member.value),
        }
    }

    fn list(self, xml: &mut Xml, name: &str, element: &'a Reference, values: &'a [Value]) -> Result<(), Violation> {
        for (index, value) in values.iter().enumerate() {
            self.element(xml, name, element, value).map_err(|violation| violation.within(index.to_string()))?;
        }
        Ok(())
    }

    fn entry(
        self,
        xml: &mut Xml,
        (key, name): (&Reference, &str),
        (held, value): (&'a Reference, &'a Value),
    ) -> Result<(), Violation> {
        xml.leaf(key.location_name.as_deref().unwrap_or("key"), name);
        self.element(xml, held.location_name.as_deref().unwrap_or("value"), held, value)
            .map_err(|violation| violation.within(name))
    }

    fn namespace(self, xml: &mut Xml, reference: &Reference, shape: &Shape) {
        // Botocore has a structure's namespace with its uses as well as with itself.
        let of_shape = shape.xml_namespace.as_ref().filter(|_| shape.kind == ShapeKind::Structure);
        if let Some(namespace) = reference.xml_namespace.as_ref().or(of_shape) {
            match &namespace.prefix {
                Some(prefix) => xml.attribute(&format!("xmlns:{prefix}"), &namespace.uri),
                None => xml.attribute("xmlns", &namespace.uri),
            }
        }
    }
}
