//! Which handler a method has.

use super::call::Handler;
use super::contract::Method;
use super::contracts::Service;
use super::{compute, dns, iam, resource_manager, secrets};

/// A service's handlers by method, without the service: `projects.serviceAccounts.create`.
pub(crate) type Handlers = &'static [(&'static str, Handler)];

/// The handler of a method.
pub(crate) fn handler(service: &Service, method: &'static Method) -> Option<Handler> {
    let own: &[Handlers] = match service.name {
        "compute" => return compute::handler(method),
        "iam" => &[iam::HANDLERS, iam::ROLE_HANDLERS],
        "cloudresourcemanager" => &[resource_manager::HANDLERS],
        "secretmanager" => &[secrets::HANDLERS, secrets::VERSION_HANDLERS],
        "dns" => &[dns::ZONE_HANDLERS, dns::RECORD_HANDLERS, dns::CHANGE_HANDLERS],
        _ => &[],
    };
    let operation = method.operation();
    own.iter().flat_map(|handlers| handlers.iter()).find(|(name, _)| *name == operation).map(|(_, handler)| *handler)
}
