//! Outputs of all operations that are served.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::*;
use crate::aws::contracts;
use crate::http::Response;

fn well_formed(response: &Response) -> bool {
    let mut reader = Reader::from_reader(response.body.as_ref());
    let (mut depth, mut roots) = (0, 0);
    loop {
        match reader.read_event().expect("XML") {
            Event::Start(_) => {
                roots += i32::from(depth == 0);
                depth += 1;
            }
            Event::Empty(_) => roots += i32::from(depth == 0),
            Event::End(_) => depth -= 1,
            Event::Text(text) => assert!(depth > 0 || text.iter().all(u8::is_ascii_whitespace), "text outside"),
            Event::Eof => return depth == 0 && roots == 1,
            _ => {}
        }
    }
}

#[test]
fn every_output_is_written_in_every_protocol_of_its_service() {
    for served in contracts::all() {
        let contract = &*served.contract;
        for operation in contract.operations.values() {
            for protocol in &contract.metadata.protocols {
                for output in [sample::full(contract, operation), sample::hollow(contract, operation), Value::Null] {
                    let response = super::super::answer(contract, *protocol, operation, &output, "id-1")
                        .unwrap_or_else(|violation| panic!("{}, {}: {violation}", served.name, operation.name));
                    let kind = header(&response, "content-type").to_owned();
                    if kind.contains("xml") && !response.body.is_empty() && response.body.first() == Some(&b'<') {
                        assert!(well_formed(&response), "{}: {}", operation.name, text(&response));
                    }
                    if kind.contains("json") && !response.body.is_empty() {
                        assert!(
                            serde_json::from_slice::<Value>(&response.body).is_ok()
                                || operation.name.contains("Policy")
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn every_output_that_breaks_the_contract_is_a_violation() {
    for served in contracts::all() {
        let contract = &*served.contract;
        for operation in contract.operations.values() {
            for protocol in &contract.metadata.protocols {
                let output = json!({ "NoMemberIsCalledThis": null });
                assert!(super::super::answer(contract, *protocol, operation, &output, "id-1").is_err());
            }
        }
    }
}

#[test]
fn every_error_is_written_in_every_protocol_of_its_service() {
    for served in contracts::all() {
        let contract = &*served.contract;
        for operation in contract.operations.values() {
            for (protocol, error) in contract
                .metadata
                .protocols
                .iter()
                .flat_map(|protocol| operation.errors.iter().map(move |error| (protocol, error)))
            {
                let said = ApiError::new(&error.shape, "a <b> & c");
                let response = super::super::refuse(contract, *protocol, Some(operation), &said, "id-1");
                assert!(!response.status.is_success(), "{}", error.shape);
                if !response.body.is_empty() && !matches!(protocol, Protocol::Json | Protocol::Cbor) {
                    assert!(well_formed(&response), "{}", text(&response));
                }
            }
        }
    }
}
