//! Requests to the control API, answered.

use std::collections::HashMap;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Seconds;
use crate::clock::Pace;
use crate::faults::{Fault, Faults};
use crate::gcp;
use crate::http::{Request, Response};
use crate::log::{Entry, Log, Outcome};
use crate::merge::merge;
use crate::registry::{Holding, Registry};
use crate::world::World;

/// A refusal: what is wrong with the request.
struct Wrong(StatusCode, String);

type Answer = Result<Value, Wrong>;

fn bad(error: impl ToString) -> Wrong {
    Wrong(StatusCode::BAD_REQUEST, error.to_string())
}

fn missing(what: impl ToString) -> Wrong {
    Wrong(StatusCode::NOT_FOUND, what.to_string())
}

/// Answers a request to `/_castra/` and that path on an emulator.
pub(crate) async fn answer(world: &World, path: &str, request: &Request) -> Response {
    written(route(world, path, request).await)
}

/// Answers a request to `/_castra/` and that path on a proxy.
pub(crate) async fn answer_proxy(faults: &Faults, log: &Log, path: &str, request: &Request) -> Response {
    let answer = common(faults, log, &parts(path), request).await;
    written(answer.unwrap_or_else(|| Err(no_route(&request.method, path))))
}

fn written(answer: Answer) -> Response {
    let (status, body) = match answer {
        Ok(body) => (StatusCode::OK, body),
        Err(Wrong(status, error)) => (status, json!({ "error": error })),
    };
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Response { status, headers, body: body.to_string().into() }
}

fn parts(path: &str) -> Vec<&str> {
    path.trim_end_matches('/').split('/').collect()
}

fn no_route(method: &Method, path: &str) -> Wrong {
    missing(format!("there is no {method} /_castra/{path}"))
}

fn body(request: &Request) -> Result<Value, Wrong> {
    if request.body.is_empty() { Ok(json!({})) } else { serde_json::from_slice(&request.body).map_err(bad) }
}

fn query(request: &Request) -> HashMap<String, String> {
    url::form_urlencoded::parse(request.query.as_bytes()).into_owned().collect()
}

/// What emulator and proxy both have.
async fn common(faults: &Faults, log: &Log, parts: &[&str], request: &Request) -> Option<Answer> {
    let query = query(request);
    Some(match (&request.method, parts) {
        (&Method::GET, ["health"]) => Ok(json!({ "ok": true })),
        (&Method::GET, ["faults"]) => Ok(json!({ "faults": faults.in_force() })),
        (&Method::POST, ["faults"]) => body(request).and_then(|body| {
            let fault: Fault = serde_json::from_value(body).map_err(bad)?;
            Ok(json!({ "id": faults.inject(fault) }))
        }),
        (&Method::DELETE, ["faults"]) => {
            faults.clear();
            Ok(json!({}))
        }
        (&Method::DELETE, ["faults", id]) => match id.parse() {
            Ok(number) if faults.remove(number) => Ok(json!({})),
            _ => Err(missing(format!("no fault {id} is in force"))),
        },
        (&Method::GET, ["held"]) => {
            let held = match query.get("at_least").map(|calls| calls.parse()) {
                None => faults.held(),
                Some(Ok(calls)) => faults.until_held(calls).await,
                Some(Err(error)) => return Some(Err(bad(format!("at_least: {error}")))),
            };
            Ok(json!({ "held": held }))
        }
        (&Method::POST, ["held", id, "release"]) => match id.parse() {
            Ok(number) if faults.release(number) => Ok(json!({})),
            _ => Err(missing(format!("no call {id} is held"))),
        },
        (&Method::GET, ["log"]) => entries(log, &query),
        (&Method::DELETE, ["log"]) => {
            log.clear();
            Ok(json!({}))
        }
        _ => return None,
    })
}

async fn route(world: &World, path: &str, request: &Request) -> Answer {
    let parts = parts(path);
    if let Some(answer) = common(&world.faults, &world.log, &parts, request).await {
        return answer;
    }
    match (&request.method, parts.as_slice()) {
        (&Method::GET, ["clock"]) => {
            if let Some(until) = query(request).get("until") {
                let until: Timestamp = until.parse().map_err(|error| bad(format!("until: {error}")))?;
                world.clock.sleep_until(until).await;
            }
            Ok(clock(world))
        }
        (&Method::POST, ["clock"]) => set_clock(world, body(request)?),
        (&Method::GET, ["accounts"]) => {
            let accounts: Vec<String> = world.aws.accounts.ids().into_iter().chain(world.gcp.projects.ids()).collect();
            Ok(json!({ "accounts": accounts }))
        }
        (method, ["accounts", id, rest @ ..]) => {
            // Any other number would be an account that no access key leads to.
            if !gcp::is_project(id) && (id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit())) {
                return Err(bad(format!("{id:?} is no account and no project: twelve digits are one, or a legal id")));
            }
            account(world, method, id, rest, body(request)?)
        }
        (method, _) => Err(no_route(method, path)),
    }
}

fn clock(world: &World) -> Value {
    let now = world.clock.now();
    match world.clock.pace() {
        Pace::Scaled(scale) => json!({ "now": now, "scale": scale }),
        Pace::Jumping => json!({ "now": now, "jumping": true }),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pacing {
    scale: Option<f64>,
    #[serde(default)]
    jumping: bool,
    advance_seconds: Option<Seconds>,
}

fn set_clock(world: &World, body: Value) -> Answer {
    let Pacing { scale, jumping, advance_seconds } = serde_json::from_value(body).map_err(bad)?;
    match scale {
        Some(_) if jumping => return Err(bad("either scale or jumping")),
        Some(scale) if !(scale >= 0.0 && scale.is_finite()) => return Err(bad("scale is a number from 0")),
        Some(scale) => world.clock.set_pace(Pace::Scaled(scale)),
        None if jumping => world.clock.set_pace(Pace::Jumping),
        None => {}
    }
    if let Some(seconds) = advance_seconds {
        world.clock.advance(Duration::from(seconds));
    }
    Ok(clock(world))
}

fn entries(log: &Log, query: &HashMap<String, String>) -> Answer {
    let after: u64 = query.get("after").map_or(Ok(0), |number| number.parse()).map_err(bad)?;
    let unknown = query.get("unknown").is_some_and(|unknown| unknown != "0");
    let is = |name: &str, has: &str| query.get(name).is_none_or(|wanted| wanted == has);
    let wanted = |entry: &Entry| {
        entry.number > after
            && is("account", &entry.subject.account)
            && is("service", &entry.subject.service)
            && is("operation", &entry.subject.operation)
            && (!unknown || matches!(entry.outcome, Outcome::Unknown { .. }))
    };
    Ok(json!({ "entries": log.entries(wanted) }))
}

fn account(world: &World, method: &Method, id: &str, rest: &[&str], body: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Which {
        snapshot: u64,
    }
    match (method, rest) {
        (&Method::GET, []) => Ok(json!({ "objects": world.objects(id) })),
        (&Method::DELETE, []) => {
            world.forget(id);
            Ok(json!({}))
        }
        (&Method::GET | &Method::PATCH, ["settings"]) => {
            let patch = (method == Method::PATCH).then_some(body);
            match gcp::is_project(id) {
                true => settings(&world.gcp.projects, id, patch),
                false => settings(&world.aws.accounts, id, patch),
            }
        }
        (&Method::POST, ["snapshots"]) => Ok(json!({ "snapshot": world.snapshots.keep(world.snapshot(id)) })),
        (&Method::POST, ["restore"]) => {
            let Which { snapshot } = serde_json::from_value(body).map_err(bad)?;
            let kept = world.snapshots.get(snapshot).ok_or_else(|| missing(format!("no snapshot {snapshot}")))?;
            world.restore(id, &kept);
            Ok(json!({}))
        }
        (method, rest) => Err(missing(format!("there is no {method} /_castra/accounts/ID/{}", rest.join("/")))),
    }
}

/// What is set for an account or a project, or nothing once it is changed by a merge patch.
fn settings<H: Holding>(registry: &Registry<H>, id: &str, patch: Option<Value>) -> Answer {
    let mut settings = serde_json::to_value(registry.settings(id)).map_err(bad)?;
    let Some(patch) = patch else { return Ok(settings) };
    merge(&mut settings, patch);
    registry.set(id, serde_json::from_value(settings).map_err(bad)?);
    Ok(json!({}))
}
