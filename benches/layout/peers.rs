//! The engines others use, run on the same graphs in the same run: elkjs and dagre in node, dot, and elkrs, a port of ELK.
//!
//! Nothing of theirs is part of Lintel. A folder named by `LINTEL_PEERS` holds what is installed
//! (`npm install elkjs @dagrejs/dagre` there, Graphviz on the path); elkrs is built there by cargo. Whatever is missing is named.
//! A new peer is an entry of [`PEERS`] and an arm of [`run`].

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use lintel::domain::{
    layout::{End, FrameKey, Graph},
    model::ElementKey,
};
use serde_json::{Value, json};

use super::measure::{At, Picture, name};

pub(crate) const PEERS: [&str; 4] = ["elkjs", "elkrs", "dagre", "dot"];

/// Peers that can run here, and why the others cannot.
pub(crate) struct Peers {
    pub(crate) folder: PathBuf,
    pub(crate) here: Vec<&'static str>,
    pub(crate) missing: Vec<String>,
}

pub(crate) fn find(wanted: &[String]) -> Peers {
    let folder = std::env::var_os("LINTEL_PEERS").map_or_else(|| PathBuf::from("target/layout-peers"), PathBuf::from);
    let mut peers = Peers { folder, here: Vec::new(), missing: Vec::new() };
    for peer in PEERS.into_iter().filter(|peer| wanted.is_empty() || wanted.iter().any(|name| name == peer)) {
        let answer = match peer {
            "dot" => program("dot").then_some(()).ok_or("graphviz is not installed".to_owned()),
            "elkrs" => build_elkrs(&peers.folder),
            package => {
                let path = if package == "dagre" { "@dagrejs/dagre" } else { package };
                let there = program("node") && peers.folder.join("node_modules").join(path).exists();
                there.then_some(()).ok_or(format!("no node, or no {path} in {}/node_modules", peers.folder.display()))
            }
        };
        match answer {
            Ok(()) => peers.here.push(peer),
            Err(why) => peers.missing.push(format!("{peer} ({why})")),
        }
    }
    peers
}

fn program(name: &str) -> bool {
    Command::new(name).arg(if name == "dot" { "-V" } else { "--version" }).output().is_ok_and(|output| output.status.success())
}

const ELKRS: &str = r#"fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let source = std::fs::read_to_string(&arguments[1]).unwrap();
    let runs: usize = arguments[2].parse().unwrap();
    let cpu = || std::fs::read_to_string("/proc/thread-self/schedstat").unwrap().split(' ').next().unwrap().parse::<f64>().unwrap() / 1e6;
    let mut times = Vec::new();
    let mut result = String::new();
    for _ in 0..runs {
        let start = cpu();
        result = elkrs::create_elk().layout_json(&source).unwrap().to_string();
        times.push(cpu() - start);
    }
    println!("{{\"times\":{times:?},\"elk\":{result}}}");
}
"#;

fn elkrs_folder(folder: &Path) -> PathBuf {
    folder.join("elkrs")
}

fn build_elkrs(folder: &Path) -> Result<(), String> {
    let place = elkrs_folder(folder);
    let program = place.join("elkrs-peer");
    if program.exists() {
        return Ok(());
    }
    if !folder.exists() {
        return Err(format!("no folder {}", folder.display()));
    }
    let manifest = "[workspace]\n[package]\nname = \"elkrs-peer\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\
                    [dependencies]\nelkrs = \"0.1\"\n";
    fs::create_dir_all(place.join("src")).map_err(|error| error.to_string())?;
    fs::write(place.join("Cargo.toml"), manifest).map_err(|error| error.to_string())?;
    fs::write(place.join("src/main.rs"), ELKRS).map_err(|error| error.to_string())?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| place.join("target"), PathBuf::from);
    let built = Command::new("cargo")
        .args(["build", "--release", "--quiet"])
        .env("CARGO_TARGET_DIR", &target)
        .current_dir(&place)
        .stderr(Stdio::null())
        .status();
    if !built.is_ok_and(|status| status.success()) {
        return Err("its crate could not be built".to_owned());
    }
    fs::copy(target.join("release/elkrs-peer"), &program).map(drop).map_err(|error| error.to_string())
}

/// The picture and the median CPU time in ms, or why there is none.
pub(crate) fn run(peers: &Peers, peer: &str, graph: &Graph, runs: usize) -> Result<(Picture, f64), String> {
    fs::create_dir_all(&peers.folder).map_err(|error| error.to_string())?;
    let file = peers.folder.join(format!("graph.{}", if peer == "dot" { "dot" } else { "json" }));
    let text = if peer == "dot" { dot_text(graph) } else { elk_json(graph).to_string() };
    fs::write(&file, text).map_err(|error| error.to_string())?;
    let file = fs::canonicalize(&file).map_err(|error| error.to_string())?;
    // Nobody waits longer than this for one picture.
    let mut command = Command::new("timeout");
    command.arg("240");
    match peer {
        "dot" => {
            let start = children_cpu();
            let output = command.args(["dot", "-Tjson"]).arg(&file).output().map_err(|error| error.to_string())?;
            let time = children_cpu() - start;
            let value = serde_json::from_slice(&output.stdout).map_err(|_| format!("no picture ({})", output.status))?;
            return Ok((from_dot(graph, &value), time));
        }
        "elkrs" => command.arg(fs::canonicalize(elkrs_folder(&peers.folder).join("elkrs-peer")).map_err(|error| error.to_string())?),
        _ => command.args(["node", "--stack-size=4000", "--input-type=module", "-e", include_str!("peers.mjs"), peer]),
    };
    let output = command.arg(&file).arg(runs.to_string()).current_dir(&peers.folder).output().map_err(|error| error.to_string())?;
    let value: Value = serde_json::from_slice(&output.stdout).map_err(|_| {
        let reason = String::from_utf8_lossy(&output.stderr);
        format!("no picture ({}) {}", output.status, reason.lines().last().unwrap_or_default())
    })?;
    let mut times: Vec<f64> = value["times"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    times.sort_by(f64::total_cmp);
    let time = times.get(times.len() / 2).copied().unwrap_or(f64::NAN);
    let picture = if peer == "dagre" { from_dagre(&value["dagre"]) } else { from_elk(graph, &value["elk"]) };
    Ok((picture, time))
}

/// CPU time in ms of child processes that ended, on Linux; in ticks of 10 ms.
fn children_cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> =
        stat.rsplit(')').next().unwrap_or_default().split_whitespace().map(|field| field.parse().unwrap_or(0.0)).collect();
    10.0 * (fields.get(13).unwrap_or(&0.0) + fields.get(14).unwrap_or(&0.0))
}

fn end_name(end: &End) -> String {
    match end {
        End::Node(key) => key.0.clone(),
        End::Frame(key) => name(key),
    }
}

fn elk_json(graph: &Graph) -> Value {
    fn children(graph: &Graph, parent: Option<&FrameKey>) -> Vec<Value> {
        let frames = graph.frames.iter().filter(|(_, frame)| frame.parent.as_ref() == parent).map(|(key, _)| {
            let options = json!({"elk.padding": "[top=32,left=16,bottom=16,right=16]", "elk.nodeLabels.placement": "INSIDE V_TOP H_LEFT"});
            let label = json!([{"text": name(key), "width": 70, "height": 16}]);
            json!({"id": name(key), "labels": label, "layoutOptions": options, "children": children(graph, Some(key))})
        });
        let nodes = graph.nodes.iter().filter(|(_, node)| node.frame.as_ref() == parent);
        frames.chain(nodes.map(|(key, node)| json!({"id": key.0, "width": node.width, "height": node.height}))).collect()
    }
    let edges: Vec<Value> = graph
        .edges
        .iter()
        .map(|(key, edge)| {
            let mut value = json!({"id": key.as_str(), "sources": [end_name(&edge.source)], "targets": [end_name(&edge.target)]});
            if let Some((width, height)) = edge.label {
                value["labels"] = json!([{"text": "label", "width": width, "height": height}]);
            }
            value
        })
        .collect();
    let options = json!({
        "elk.algorithm": "layered", "elk.direction": "DOWN", "elk.hierarchyHandling": "INCLUDE_CHILDREN", "elk.edgeRouting": "ORTHOGONAL",
        "elk.spacing.nodeNode": "40", "elk.layered.spacing.nodeNodeBetweenLayers": "40",
        "elk.json.edgeCoords": "ROOT", "elk.json.shapeCoords": "ROOT",
    });
    json!({"id": "root", "layoutOptions": options, "children": children(graph, None), "edges": edges})
}

fn number(value: &Value) -> f64 {
    value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse().ok())).unwrap_or(0.0)
}

fn from_elk(graph: &Graph, value: &Value) -> Picture {
    fn boxes(value: &Value, offset: At, relative: bool, picture: &mut Picture, is_node: &dyn Fn(&str) -> bool) {
        for child in value["children"].as_array().into_iter().flatten() {
            let id = child["id"].as_str().unwrap_or_default();
            let at = [offset[0] + number(&child["x"]), offset[1] + number(&child["y"])];
            let area = [at[0], at[1], number(&child["width"]), number(&child["height"])];
            if is_node(id) {
                picture.nodes.insert(id.to_owned(), area)
            } else {
                picture.frames.insert(id.to_owned(), area)
            };
            boxes(child, if relative { at } else { [0.0; 2] }, relative, picture, is_node);
        }
    }
    fn routes(value: &Value, relative: bool, picture: &mut Picture) {
        let container = value["id"].as_str().and_then(|id| picture.frames.get(id)).copied().unwrap_or_default();
        let offset = if relative { [container[0], container[1]] } else { [0.0; 2] };
        for edge in value["edges"].as_array().into_iter().flatten() {
            let id = edge["id"].as_str().unwrap_or_default().to_owned();
            let section = &edge["sections"][0];
            let at = |point: &Value| [number(&point["x"]) + offset[0], number(&point["y"]) + offset[1]];
            let mut points = vec![at(&section["startPoint"])];
            points.extend(section["bendPoints"].as_array().into_iter().flatten().map(at));
            points.push(at(&section["endPoint"]));
            let label = &edge["labels"][0];
            if label.is_object() {
                let corner = at(label);
                picture.labels.insert(id.clone(), [corner[0], corner[1], number(&label["width"]), number(&label["height"])]);
            }
            picture.routes.insert(id, points);
        }
        for child in value["children"].as_array().into_iter().flatten() {
            routes(child, relative, picture);
        }
    }
    let is_node = |id: &str| graph.nodes.contains_key(&ElementKey(id.to_owned()));
    // elkrs answers in coordinates of the parent, elkjs in those of the page: whichever keeps the members inside.
    let outside = |picture: &Picture| {
        let frame = |key: &ElementKey| graph.nodes.get(key).and_then(|node| node.frame.as_ref()).map(name);
        let wrong = picture.nodes.iter().filter(|(key, at)| {
            let area = frame(&ElementKey((*key).clone())).and_then(|frame| picture.frames.get(&frame).copied());
            area.is_some_and(|area| {
                at[0] < area[0] || at[1] < area[1] || at[0] + at[2] > area[0] + area[2] || at[1] + at[3] > area[1] + area[3]
            })
        });
        wrong.count()
    };
    let mut best = Picture::default();
    for relative in [false, true] {
        let mut picture = Picture::default();
        boxes(value, [0.0; 2], relative, &mut picture, &is_node);
        routes(value, relative, &mut picture);
        if !relative || outside(&picture) < outside(&best) {
            best = picture;
        }
    }
    best
}

fn from_dagre(value: &Value) -> Picture {
    let area = |item: &Value| {
        let (width, height) = (number(&item["width"]), number(&item["height"]));
        [number(&item["x"]) - width / 2.0, number(&item["y"]) - height / 2.0, width, height]
    };
    let named = |list: &Value| -> Vec<(String, Value)> {
        list.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    Picture {
        nodes: named(&value["nodes"]).iter().map(|(key, item)| (key.clone(), area(item))).collect(),
        frames: named(&value["frames"]).iter().map(|(key, item)| (key.clone(), area(item))).collect(),
        routes: named(&value["edges"])
            .iter()
            .map(|(key, item)| {
                (key.clone(), item["points"].as_array().into_iter().flatten().map(|at| [number(&at["x"]), number(&at["y"])]).collect())
            })
            .collect(),
        labels: named(&value["edges"])
            .iter()
            .filter(|(_, item)| number(&item["width"]) > 0.0)
            .map(|(key, item)| (key.clone(), area(item)))
            .collect(),
    }
}

fn dot_text(graph: &Graph) -> String {
    use std::fmt::Write;
    fn members(graph: &Graph, parent: Option<&FrameKey>, text: &mut String) {
        for (key, node) in graph.nodes.iter().filter(|(_, node)| node.frame.as_ref() == parent) {
            let (width, height) = (f64::from(node.width) / 72.0, f64::from(node.height) / 72.0);
            let _ = writeln!(text, "{} [shape=box,fixedsize=true,width={width:.4},height={height:.4}];", key.0);
        }
        for (key, _) in graph.frames.iter().filter(|(_, frame)| frame.parent.as_ref() == parent) {
            let _ = writeln!(text, "subgraph cluster_{} {{ label=\"{}\"; margin=16;", name(key), name(key));
            members(graph, Some(key), text);
            text.push_str("}\n");
        }
    }
    let mut text = "digraph G { rankdir=TB; nodesep=0.55; ranksep=0.55; fontsize=14;\nedge [fontsize=11];\n".to_owned();
    members(graph, None, &mut text);
    for (key, edge) in &graph.edges {
        let label =
            edge.label.map_or(String::new(), |(width, _)| format!(",label=\"{}\"", "x".repeat(usize::try_from(width / 6).unwrap_or(1))));
        let _ = writeln!(text, "{} -> {} [id={}{label}];", end_name(&edge.source), end_name(&edge.target), key.as_str());
    }
    text.push_str("}\n");
    text
}

fn from_dot(graph: &Graph, value: &Value) -> Picture {
    let numbers = |text: &Value, skip: &str| -> Vec<f64> {
        text.as_str().unwrap_or_default().trim_start_matches(skip).split(',').map(|part| part.parse().unwrap_or(0.0)).collect()
    };
    let bottom = numbers(&value["bb"], "").get(3).copied().unwrap_or(0.0);
    let mut picture = Picture::default();
    for item in value["objects"].as_array().into_iter().flatten() {
        let id = item["name"].as_str().unwrap_or_default();
        if let Some(frame) = id.strip_prefix("cluster_") {
            if let [left, low, right, high] = numbers(&item["bb"], "")[..] {
                picture.frames.insert(frame.to_owned(), [left, bottom - high, right - left, high - low]);
            }
        } else if let [x, y] = numbers(&item["pos"], "")[..] {
            let (width, height) = (number(&item["width"]) * 72.0, number(&item["height"]) * 72.0);
            picture.nodes.insert(id.to_owned(), [x - width / 2.0, bottom - y - height / 2.0, width, height]);
        }
    }
    for edge in value["edges"].as_array().into_iter().flatten() {
        let id = edge["id"].as_str().unwrap_or_default().to_owned();
        let knots: Vec<At> = edge["pos"]
            .as_str()
            .unwrap_or_default()
            .split_whitespace()
            .filter(|part| !part.starts_with("e,") && !part.starts_with("s,"))
            .filter_map(|part| part.split_once(',').and_then(|(x, y)| Some([x.parse().ok()?, bottom - y.parse::<f64>().ok()?])))
            .collect();
        let mut points: Vec<At> = knots.first().copied().into_iter().collect();
        for start in (0..knots.len().saturating_sub(3)).step_by(3) {
            for step in 1..=8 {
                let t = f64::from(step) / 8.0;
                let weight = [(1.0 - t).powi(3), 3.0 * (1.0 - t).powi(2) * t, 3.0 * (1.0 - t) * t * t, t.powi(3)];
                points.push([0, 1].map(|axis| (0..4).map(|knot| weight[knot] * knots[start + knot][axis]).sum()));
            }
        }
        let label = graph.edges.iter().find(|(key, _)| key.as_str() == id).and_then(|(_, edge)| edge.label);
        if let (Some((width, height)), [x, y]) = (label, &numbers(&edge["lp"], "")[..]) {
            let (width, height) = (f64::from(width), f64::from(height));
            picture.labels.insert(id.clone(), [x - width / 2.0, bottom - y - height / 2.0, width, height]);
        }
        picture.routes.insert(id, points);
    }
    picture
}
