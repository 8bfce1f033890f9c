//! The Query protocol's XML.
//!
//! The form of answers and errors: <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>.

use bytes::Bytes;
use serde_json::Value;

use super::elements::Elements;
use super::refusal::Refusal;
use super::view::members;
use super::violation::Violation;
use super::xml::Xml;
use crate::aws::contract::{Contract, Operation};

/// The body of an answer.
pub(super) fn output(
    contract: &Contract,
    operation: &Operation,
    output: &Value,
    request_id: &str,
) -> Result<Bytes, Violation> {
    let root = format!("{}Response", operation.name);
    let mut xml = Xml::new("");
    open_root(&mut xml, contract, &root);
    if let Some(reference) = &operation.output {
        // IAM's and STS's times have whole seconds (see `time`), everybody else's have milliseconds.
        let milliseconds = !matches!(contract.metadata.endpoint_prefix.as_str(), "iam" | "sts");
        let elements = Elements { contract, item: "member", milliseconds };
        let wrapper = reference.result_wrapper.as_deref();
        wrapper.into_iter().for_each(|name| xml.open(name));
        elements.members(&mut xml, &members(contract.shape(reference), output)?)?;
        wrapper.into_iter().for_each(|name| xml.close(name));
    }
    xml.open("ResponseMetadata");
    xml.leaf("RequestId", request_id);
    xml.close("ResponseMetadata");
    xml.close(&root);
    Ok(xml.finish())
}

/// The body of a refusal.
pub(super) fn refusal(contract: &Contract, refusal: &Refusal<'_>, request_id: &str) -> Bytes {
    let mut xml = Xml::new("");
    open_root(&mut xml, contract, "ErrorResponse");
    refusal.error_as_xml(&mut xml);
    xml.leaf("RequestId", request_id);
    xml.close("ErrorResponse");
    xml.finish()
}

fn open_root(xml: &mut Xml, contract: &Contract, root: &str) {
    xml.open(root);
    if let Some(namespace) = &contract.metadata.xml_namespace {
        xml.attribute("xmlns", namespace);
    }
}
