//! The API's description, made from the table of routes.

use axum::{Json, response::IntoResponse, routing::get};
use serde_json::{Map, Value, json};

use crate::server::http::rest::{
    Answers, Needs, Outcome, PREFIX, Route, Sends, agents, conversion, decision_log, decisions, documents, history, members, projects,
    request::reference, reviews, routes, search, talks,
};

pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/openapi.json",
    endings: &[],
    needs: Needs::Nothing,
    summary: "This description",
    query: &[],
    sends: Sends::Nothing,
    status: 200,
    answers: Answers::Json(|| json!({"type": "object"})),
    handler: || get(describe),
}];

async fn describe() -> Outcome {
    Ok(Json(description()).into_response())
}

/// The description, in the format `OpenAPI` 3.1, of every route.
pub fn description() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let mut add = |path: &str, route: &Route, answers: Answers| {
        let path = paths.entry(format!("{PREFIX}{path}")).or_insert_with(|| json!({}));
        if let Some(methods) = path.as_object_mut() {
            methods.insert(route.method.to_ascii_lowercase(), operation(route, answers));
        }
    };
    for route in routes() {
        // A view is always asked for with an ending; a review may be.
        let bare = matches!(route.answers, Answers::Json(_)) || route.endings.is_empty();
        if bare {
            add(route.path, route, route.answers);
        }
        for (ending, media) in route.endings {
            let answers = if *media == "application/json" { route.answers } else { Answers::Bytes(media) };
            add(&format!("{}{ending}", route.path), route, answers);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Lintel", "version": env!("CARGO_PKG_VERSION"), "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "sid", "description": "`__Host-sid` over https"},
            },
        },
    })
}

fn schemas() -> Value {
    let problem = json!({"Problem": {
        "type": "object",
        "required": ["type", "title", "status", "code", "detail", "request_id"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "description": "Stable: `not-found`, `forbidden`, `invalid`, `conflict`, `too-many`, …"},
            "detail": {"type": "string", "description": "For people"},
            "field": {"type": "string", "description": "What of the request was invalid"},
            "request_id": {"type": "string"},
        },
    }});
    let areas = [
        problem,
        projects::schemas(),
        members::schemas(),
        documents::schemas(),
        history::schemas(),
        decisions::schemas(),
        conversion::schemas(),
        decision_log::schemas(),
        search::schemas(),
        reviews::schemas(),
        talks::schemas(),
        agents::schemas(),
    ];
    areas.into_iter().filter_map(|area| if let Value::Object(map) = area { Some(map) } else { None }).flatten().collect()
}

fn operation(route: &Route, answers: Answers) -> Value {
    let named = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = named.map(|name| {
        let schema = match name {
            "number" | "version" => json!({"type": "integer"}),
            "id" | "user" | "invite" => json!({"type": "string", "format": "uuid"}),
            _ => json!({"type": "string"}),
        };
        json!({"name": name, "in": "path", "required": true, "schema": schema})
    });
    let in_query = route.query.iter().map(|(name, meaning)| {
        let schema = if *name == "limit" { json!({"type": "integer", "minimum": 1, "maximum": 200}) } else { json!({"type": "string"}) };
        json!({"name": name, "in": "query", "description": meaning, "schema": schema})
    });
    let success = match answers {
        Answers::Nothing => json!({"description": "Done"}),
        Answers::Json(schema) => json!({"description": "Done", "content": {"application/json": {"schema": schema()}}}),
        Answers::Bytes(media) => json!({"description": "Done", "content": {media: {}}}),
    };
    let problem = json!({"description": "What went wrong", "content": {"application/problem+json": {"schema": reference("Problem")}}});
    let mut operation = json!({
        "summary": route.summary,
        "description": needs(route.needs),
        "parameters": in_path.chain(in_query).collect::<Vec<_>>(),
        "responses": {route.status.to_string(): success, "default": problem},
        "security": if route.needs == Needs::Nothing { json!([]) } else { json!([{"token": []}, {"session": []}]) },
    });
    let body = match route.sends {
        Sends::Nothing => None,
        Sends::Json(schema) => Some(json!({"required": true, "content": {"application/json": {"schema": schema()}}})),
        Sends::Files(words) => {
            let words = words.iter().map(|(name, meaning)| ((*name).to_owned(), json!({"type": "string", "description": meaning})));
            let file = ("file".to_owned(), json!({"type": "array", "items": {"type": "string", "format": "binary"}}));
            let properties: Map<String, Value> = [file].into_iter().chain(words).collect();
            let schema = json!({"type": "object", "properties": properties});
            Some(json!({"required": true, "content": {"multipart/form-data": {"schema": schema}}}))
        }
    };
    if let (Some(body), Some(map)) = (body, operation.as_object_mut()) {
        map.insert("requestBody".to_owned(), body);
    }
    operation
}

fn needs(needs: Needs) -> String {
    match needs {
        Needs::Nothing => "Open to everybody.".to_owned(),
        Needs::SignIn => "For everybody who is signed in.".to_owned(),
        Needs::Administrator => "For administrators of the server.".to_owned(),
        Needs::Membership(role) => format!("For members with the role {} or a stronger one.", role.slug()),
    }
}
