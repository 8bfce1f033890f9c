//! The policies that decide for a caller.

use std::sync::Arc;

use super::access::Access;
use crate::aws::account::Account;
use crate::aws::call::Call;
use crate::aws::caller::Principal;
use crate::aws::ec2::Tags;
use crate::aws::iam::document::{Context, Document, Statement};
use crate::aws::iam::holder::Permissions;
use crate::aws::iam::policy;
use crate::aws::sts::Session;
use crate::pattern::like;

/// What a caller is allowed, by layers that must all allow.
pub(super) struct Authority {
    /// Inline and managed policies of the user, its groups, or the role.
    identity: Vec<Arc<Document>>,
    /// None = no bounds; a boundary that is gone bounds everything.
    boundary: Option<Vec<Arc<Document>>>,
    session: Option<Vec<Arc<Document>>>,
    /// What every request of the caller has.
    pub(super) context: Context,
}

/// Why something isn't allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Denial {
    pub(super) layer: Layer,
    /// Whether a statement denies, rather than none allowing.
    pub(super) explicit: bool,
}

/// Kinds of policies that decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    Identity,
    Boundary,
    Session,
}

/// What policies say about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Denied,
    Allowed,
    Silent,
}

impl Authority {
    pub(super) fn of(call: &Call<'_>) -> Self {
        let account = &*call.account;
        let mut permissions: Vec<&Permissions> = Vec::new();
        match &call.caller.principal {
            Principal::User(name) => {
                permissions.extend(account.iam.users.get(name).map(|user| &user.permissions));
                let groups = account.iam.groups.iter().filter(|group| group.users.contains(name));
                permissions.extend(groups.map(|group| &group.permissions));
            }
            Principal::Role(name) => permissions.extend(account.iam.roles.get(name).map(|role| &role.permissions)),
            Principal::Root => {}
        }
        let document = |arn: &String| policy::managed(account, arn).and_then(|policy| policy.document());
        let attached = permissions.iter().flat_map(|permissions| &permissions.attached).filter_map(document);
        let inline = permissions.iter().flat_map(|permissions| permissions.inline.values());
        let identity = attached.chain(inline.map(|written| Arc::clone(&written.document))).collect();
        let boundary = permissions.first().and_then(|permissions| permissions.boundary.as_ref());
        Self {
            identity,
            boundary: boundary.map(|arn| document(arn).into_iter().collect()),
            session: account.sts.session(&call.caller.access_key).and_then(|session| session.policies.clone()),
            context: principal_context(call),
        }
    }

    /// Whether the caller may do it.
    pub(super) fn decide(&self, access: &Access) -> Result<(), Denial> {
        let mut context = self.context.clone();
        context.extend(&access.context);
        let mut layers = vec![(Layer::Identity, self.identity.as_slice())];
        layers.extend(self.boundary.as_deref().map(|boundary| (Layer::Boundary, boundary)));
        layers.extend(self.session.as_deref().map(|session| (Layer::Session, session)));
        let verdicts: Vec<_> = layers
            .into_iter()
            .map(|(layer, documents)| (layer, verdict(documents, &access.action, &access.resource, &context)))
            .collect();
        let first = |wanted: Verdict| verdicts.iter().find(|(_, verdict)| *verdict == wanted).map(|(layer, _)| *layer);
        match (first(Verdict::Denied), first(Verdict::Silent)) {
            (Some(layer), _) => Err(Denial { layer, explicit: true }),
            (None, Some(layer)) => Err(Denial { layer, explicit: false }),
            (None, None) => Ok(()),
        }
    }
}

/// What these policies say: an explicit deny wins over every allow.
pub(super) fn verdict(documents: &[Arc<Document>], action: &str, resource: &str, context: &Context) -> Verdict {
    let mut verdict = Verdict::Silent;
    for document in documents {
        for statement in &document.statements {
            if !applies(document, statement, action, resource, context) {
                continue;
            }
            if !statement.allows {
                return Verdict::Denied;
            }
            verdict = Verdict::Allowed;
        }
    }
    verdict
}

/// Whether a statement is about an action on a resource, under its conditions.
pub(super) fn applies(
    document: &Document,
    statement: &Statement,
    action: &str,
    resource: &str,
    context: &Context,
) -> bool {
    let fill = |text: &str| fill(document, text, context);
    let resources = statement.resources.as_ref();
    statement.actions.take_action(action)
        && resources.is_none_or(|resources| resources.take(|pattern| like(&fill(pattern), resource)))
        && statement.conditions.iter().all(|condition| condition.holds(context, fill))
}

/// A text of a policy with values in the place of its variables
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>), as a pattern: what values
/// hold of wildcards stands for itself. A variable without a value matches nothing.
fn fill(document: &Document, text: &str, context: &Context) -> String {
    let plain = |text: &str| text.replace('\\', "\\\\");
    if !document.variables {
        return plain(text);
    }
    let literal = |text: &str| plain(text).replace('*', "\\*").replace('?', "\\?");
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        filled.push_str(&plain(before));
        let Some((variable, after)) = after.split_once('}') else {
            rest = after;
            filled.push_str("${");
            break;
        };
        let (key, default) = match variable.split_once(',') {
            Some((key, default)) => (key.trim(), Some(default.trim().trim_matches('\''))),
            None => (variable, None),
        };
        match (key, context.get(key).and_then(|values| values.first()), default) {
            ("*" | "?" | "$", _, _) => filled.push_str(&literal(key)),
            (_, Some(value), _) => filled.push_str(&literal(value)),
            (_, None, Some(default)) => filled.push_str(&literal(default)),
            // Nothing that is compared with it has this character.
            (_, None, None) => filled.push('\u{0}'),
        }
        rest = after;
    }
    filled.push_str(&plain(rest));
    filled
}

/// Keys that every request has
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>).
pub(super) fn principal_context(call: &Call<'_>) -> Context {
    let (account, caller) = (&*call.account, call.caller);
    let mut context = Context::default();
    context.set("aws:PrincipalAccount", caller.account.as_str());
    context.set("aws:userid", caller.user_id.as_str());
    context.set("aws:RequestedRegion", call.region);
    context.set("aws:CurrentTime", account.now.to_string());
    context.set("aws:EpochTime", account.now.as_second().to_string());
    // The loopback connection stands for one to AWS's endpoints, which speak TLS.
    context.set("aws:SecureTransport", "true");
    context.set("aws:SourceIp", "127.0.0.1");
    context.set("aws:ViaAWSService", "false");
    let session = account.sts.session(&caller.access_key);
    if let Some(session) = session {
        context.set("aws:MultiFactorAuthPresent", "false");
        context.set("aws:TokenIssueTime", session.issued.to_string());
    }
    let own: Option<(&str, &Tags)> = match &caller.principal {
        Principal::Root => {
            context.set("aws:PrincipalType", "Account");
            None
        }
        Principal::User(name) => {
            context.set("aws:PrincipalType", "User");
            context.set("aws:username", name.as_str());
            account.iam.users.get(name).map(|user| (user.entity.arn.as_str(), &user.tags))
        }
        Principal::Role(name) => {
            context.set("aws:PrincipalType", "AssumedRole");
            account.iam.roles.get(name).map(|role| (role.entity.arn.as_str(), &role.tags))
        }
    };
    context.set("aws:PrincipalArn", own.map_or(caller.arn.as_str(), |(arn, _)| arn));
    let tags = own.into_iter().map(|(_, tags)| tags).chain(session.map(|session: &Session| &session.tags));
    for (key, value) in tags.flat_map(Tags::iter) {
        context.set(&format!("aws:PrincipalTag/{key}"), value);
    }
    context
}

/// The ARN of the role or user behind a caller, which is what policies name.
pub(super) fn principal_arn<'a>(account: &'a Account, call: &'a Call<'_>) -> &'a str {
    let role = match &call.caller.principal {
        Principal::Role(name) => account.iam.roles.get(name),
        Principal::Root | Principal::User(_) => None,
    };
    role.map_or(call.caller.arn.as_str(), |role| role.entity.arn.as_str())
}
