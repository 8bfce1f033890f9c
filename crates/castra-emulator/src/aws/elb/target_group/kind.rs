//! Protocols and types of targets.

/// A protocol of target groups, listeners and health checks. GENEVE, QUIC and TCP_QUIC aren't emulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http,
    Https,
    Tcp,
    Tls,
    Udp,
    TcpUdp,
}

impl Protocol {
    /// The protocol that the API names so.
    pub(crate) fn named(text: &str) -> Option<Self> {
        [Self::Http, Self::Https, Self::Tcp, Self::Tls, Self::Udp, Self::TcpUdp]
            .into_iter()
            .find(|it| it.text() == text)
    }

    /// As the API says it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Udp => "UDP",
            Self::TcpUdp => "TCP_UDP",
        }
    }

    /// Whether it is one of application load balancers.
    pub(crate) fn is_http(self) -> bool {
        matches!(self, Self::Http | Self::Https)
    }

    /// Whether a listener with it needs a certificate.
    pub(crate) fn is_secure(self) -> bool {
        matches!(self, Self::Https | Self::Tls)
    }
}

/// What targets are named by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TargetType {
    Instance,
    Ip,
    Lambda,
    Alb,
}

impl TargetType {
    /// The type that the API names so.
    pub(crate) fn named(text: &str) -> Self {
        match text {
            "ip" => Self::Ip,
            "lambda" => Self::Lambda,
            "alb" => Self::Alb,
            _ => Self::Instance,
        }
    }

    /// As the API says it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Ip => "ip",
            Self::Lambda => "lambda",
            Self::Alb => "alb",
        }
    }
}
