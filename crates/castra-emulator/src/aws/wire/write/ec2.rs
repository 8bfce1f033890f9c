//! EC2's XML.
//!
//! The form of answers and errors: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/making-api-requests.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html#api-error-response> and
//! <https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html>.

use bytes::Bytes;
use serde_json::Value;

use super::elements::Elements;
use super::refusal::Refusal;
use super::view::members;
use super::violation::Violation;
use super::xml::Xml;
use crate::aws::contract::{Contract, Operation};

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// The body of an answer.
pub(super) fn output(
    contract: &Contract,
    operation: &Operation,
    output: &Value,
    request_id: &str,
) -> Result<Bytes, Violation> {
    let root = format!("{}Response", operation.name);
    let mut xml = Xml::new(DECLARATION);
    xml.open(&root);
    if let Some(namespace) = &contract.metadata.xml_namespace {
        xml.attribute("xmlns", namespace);
    }
    xml.leaf("requestId", request_id);
    match &operation.output {
        Some(reference) => {
            let elements = Elements { contract, item: "item", milliseconds: true };
            elements.members(&mut xml, &members(contract.shape(reference), output)?)?;
        }
        // Documented for every action that answers nothing else, though absent from the published models; see
        // <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html>.
        None => xml.leaf("return", "true"),
    }
    xml.close(&root);
    Ok(xml.finish())
}

/// The body of a refusal.
pub(super) fn refusal(refusal: &Refusal<'_>, request_id: &str) -> Bytes {
    let mut xml = Xml::new(DECLARATION);
    xml.open("Response");
    xml.open("Errors");
    xml.open("Error");
    xml.leaf("Code", refusal.code);
    xml.leaf("Message", refusal.message);
    refusal.members_as_xml(&mut xml);
    xml.close("Error");
    xml.close("Errors");
    xml.leaf("RequestID", request_id);
    xml.close("Response");
    xml.finish()
}
