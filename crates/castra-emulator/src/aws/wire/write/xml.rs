//! XML text.

use bytes::Bytes;

/// A document as it is being written.
pub(super) struct Xml {
    text: String,
    /// The last tag still lacks its `>`: it may turn out to be empty.
    open: bool,
}

impl Xml {
    /// A document that starts with this declaration, which the services differ in and some leave out.
    pub(super) fn new(declaration: &str) -> Self {
        Self { text: declaration.to_owned(), open: false }
    }

    /// A start tag.
    pub(super) fn open(&mut self, name: &str) {
        self.end_tag();
        self.text.push('<');
        self.text.push_str(name);
        self.open = true;
    }

    /// An attribute of the element that was just opened.
    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        debug_assert!(self.open, "attributes follow their start tag");
        self.text.push(' ');
        self.text.push_str(name);
        self.text.push_str("=\"");
        escape(value, &mut self.text);
        self.text.push('"');
    }

    /// Text within the current element.
    pub(super) fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.end_tag();
            escape(text, &mut self.text);
        }
    }

    /// The end tag; an element without content is written as one empty tag, as AWS does.
    pub(super) fn close(&mut self, name: &str) {
        if self.open {
            self.text.push_str("/>");
            self.open = false;
        } else {
            self.text.push_str("</");
            self.text.push_str(name);
            self.text.push('>');
        }
    }

    /// An element with nothing but text.
    pub(super) fn leaf(&mut self, name: &str, text: &str) {
        self.open(name);
        self.text(text);
        self.close(name);
    }

    /// The whole document.
    pub(super) fn finish(self) -> Bytes {
        self.text.into()
    }

    fn end_tag(&mut self) {
        if self.open {
            self.text.push('>');
            self.open = false;
        }
    }
}

/// Escapes markup; a carriage return too, which parsers would turn into a line feed
/// (<https://www.w3.org/TR/xml/#sec-line-ends>). A character that XML 1.0 can't carry in any form
/// (<https://www.w3.org/TR/xml/#charsets>) is replaced, so that a document always is well formed.
fn escape(text: &str, into: &mut String) {
    for character in text.chars() {
        match character {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\r' => into.push_str("&#xD;"),
            '\t' | '\n' => into.push(character),
            '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => into.push(char::REPLACEMENT_CHARACTER),
            _ => into.push(character),
        }
    }
}
