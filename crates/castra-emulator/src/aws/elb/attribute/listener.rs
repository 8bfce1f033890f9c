//! Attributes of listeners
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html>).

use super::value::Rule::{Flag, Number, OneOf, Text};
use super::{Attribute, attribute};
use crate::aws::elb::load_balancer::Kind;
use crate::aws::elb::target_group::Protocol;

/// Those that such a listener has.
pub(super) fn attributes(kind: Kind, protocol: Protocol) -> Vec<Attribute> {
    match (kind, protocol) {
        // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html
        (Kind::Network, Protocol::Tcp) => vec![attribute("tcp.idle_timeout.seconds", "350", Number(60, 6000))],
        (Kind::Network, _) => Vec::new(),
        (Kind::Application, _) => {
            let mut attributes = vec![
                attribute(
                    "routing.http.response.access_control_allow_credentials.header_value",
                    "",
                    OneOf(&["", "true"]),
                ),
                attribute("routing.http.response.access_control_allow_headers.header_value", "", Text),
                attribute("routing.http.response.access_control_allow_methods.header_value", "", Text),
                attribute("routing.http.response.access_control_allow_origin.header_value", "", Text),
                attribute("routing.http.response.access_control_expose_headers.header_value", "", Text),
                attribute("routing.http.response.access_control_max_age.header_value", "", Text),
                attribute("routing.http.response.content_security_policy.header_value", "", Text),
                attribute("routing.http.response.server.enabled", "true", Flag),
                attribute("routing.http.response.strict_transport_security.header_value", "", Text),
                attribute("routing.http.response.x_content_type_options.header_value", "", OneOf(&["", "nosniff"])),
                attribute("routing.http.response.x_frame_options.header_value", "", OneOf(&["", "DENY", "SAMEORIGIN"])),
            ];
            // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html: names of
            // headers about TLS can be changed where there is TLS.
            if protocol == Protocol::Https {
                attributes.extend([
                    attribute("routing.http.request.x_amzn_mtls_clientcert.header_name", "", Text),
                    attribute("routing.http.request.x_amzn_mtls_clientcert_issuer.header_name", "", Text),
                    attribute("routing.http.request.x_amzn_mtls_clientcert_leaf.header_name", "", Text),
                    attribute("routing.http.request.x_amzn_mtls_clientcert_serial_number.header_name", "", Text),
                    attribute("routing.http.request.x_amzn_mtls_clientcert_subject.header_name", "", Text),
                    attribute("routing.http.request.x_amzn_mtls_clientcert_validity.header_name", "", Text),
                    attribute("routing.http.request.x_amzn_tls_cipher_suite.header_name", "", Text),
                    attribute("routing.http.request.x_amzn_tls_version.header_name", "", Text),
                ]);
            }
            attributes
        }
    }
}
