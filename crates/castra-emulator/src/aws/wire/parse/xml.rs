//! XML documents, as far as requests have them: elements, attributes, text. Names are local: clients differ in whether
//! they declare the namespace.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

/// More levels than any operation has.
const LEVELS: usize = 32;
/// More elements than any operation takes (`DeleteObjects` has the most: 1,000 keys of up to five elements).
const ELEMENTS: usize = 20_000;

/// An element with what is in it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Element {
    pub(crate) name: String,
    /// With their prefixes, such as `xsi:type`.
    pub(crate) attributes: Vec<(String, String)>,
    /// The text directly in it.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

/// The document isn't well formed, or is larger or deeper than any request, or has a document type (which AWS doesn't
/// take either).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

impl From<quick_xml::Error> for Malformed {
    fn from(_: quick_xml::Error) -> Self {
        Self
    }
}

/// Reads a document; its root element.
pub(crate) fn parse(document: &[u8]) -> Result<Element, Malformed> {
    let document = std::str::from_utf8(document).map_err(|_| Malformed)?;
    let mut reader = Reader::from_str(document.trim_start_matches('\u{feff}'));
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let mut elements = 0_usize;
    loop {
        match reader.read_event()? {
            Event::Start(start) => {
                elements += 1;
                if elements > ELEMENTS || open.len() >= LEVELS || root.is_some() {
                    return Err(Malformed);
                }
                open.push(element(&start)?);
            }
            Event::Empty(start) => {
                elements += 1;
                if elements > ELEMENTS {
                    return Err(Malformed);
                }
                close(element(&start)?, &mut open, &mut root)?;
            }
            Event::End(_) => {
                let element = open.pop().ok_or(Malformed)?;
                close(element, &mut open, &mut root)?;
            }
            Event::Text(text) => write(&text.xml10_content().map_err(|_| Malformed)?, &mut open)?,
            Event::CData(text) => write(&text.xml10_content().map_err(|_| Malformed)?, &mut open)?,
            Event::GeneralRef(reference) => match reference.resolve_char_ref()? {
                Some(character) => write(character.encode_utf8(&mut [0; 4]), &mut open)?,
                None => {
                    let name = reference.decode().map_err(|_| Malformed)?;
                    write(resolve_predefined_entity(&name).ok_or(Malformed)?, &mut open)?;
                }
            },
            Event::DocType(_) => return Err(Malformed),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => break,
        }
    }
    if open.is_empty() { root.ok_or(Malformed) } else { Err(Malformed) }
}

fn element(start: &BytesStart<'_>) -> Result<Element, Malformed> {
    let name = std::str::from_utf8(start.local_name().into_inner()).map_err(|_| Malformed)?.to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| Malformed)?;
        let name = std::str::from_utf8(attribute.key.into_inner()).map_err(|_| Malformed)?.to_owned();
        let value = std::str::from_utf8(&attribute.value).map_err(|_| Malformed)?;
        attributes.push((name, quick_xml::escape::unescape(value).map_err(|_| Malformed)?.into_owned()));
    }
    Ok(Element { name, attributes, ..Element::default() })
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) -> Result<(), Malformed> {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None if root.is_none() => *root = Some(element),
        None => return Err(Malformed),
    }
    Ok(())
}

/// Text belongs into an element; around the root there may be blanks only.
fn write(text: &str, open: &mut [Element]) -> Result<(), Malformed> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(Malformed),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn document() {
        let document = "<?xml version=\"1.0\"?>\n<!-- c --><a xmlns='x' p:q='1 &amp; 2'>\
                        <b>x &lt; &#65;<![CDATA[<c>]]></b><n:d/></a>\n";
        let root = parse(document.as_bytes()).unwrap();
        assert_eq!(root.name, "a");
        assert!(root.attributes.contains(&("p:q".into(), "1 & 2".into())));
        assert_eq!(root.children[0].text, "x < A<c>");
        assert_eq!(root.children[1].name, "d");
    }

    #[test]
    fn malformed() {
        let deep = "<a>".repeat(LEVELS + 1) + &"</a>".repeat(LEVELS + 1);
        let many = format!("<a>{}</a>", "<b/>".repeat(ELEMENTS));
        for document in [
            "",
            " ",
            "a",
            "<a>",
            "<a></b>",
            "</a>",
            "<a/><b/>",
            "<a/>x",
            "<a>&x;</a>",
            "<a b=1/>",
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
            "<a>&#0;</a>",
            &deep,
            &many,
        ] {
            assert_eq!(parse(document.as_bytes()), Err(Malformed), "{document:.40}");
        }
        assert_eq!(parse(b"<a>\xff</a>"), Err(Malformed));
    }
}
