// Runs elkjs or dagre on a graph in ELK's JSON and prints the picture with CPU times: node -e ... PEER FILE RUNS
import fs from "fs";
const [peer, file, runs] = process.argv.slice(-3);
const text = fs.readFileSync(file, "utf8");
const times = [];
// A pipe takes part of a large text at a time, and exit would not wait for the rest.
function print(value) {
  let left = Buffer.from(JSON.stringify(value));
  while (left.length) {
    try {
      left = left.subarray(fs.writeSync(1, left));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}
async function timed(work) {
  let result;
  const warm = +runs > 1 ? 1 : 0;
  for (let run = 0; run < +runs + warm; run++) {
    const start = process.cpuUsage();
    result = await work();
    const used = process.cpuUsage(start);
    if (run >= warm) times.push((used.user + used.system) / 1000);
  }
  return result;
}
if (peer === "elkjs") {
  const { default: ELK } = await import("elkjs/lib/elk.bundled.js");
  const engine = new ELK();
  const elk = await timed(() => engine.layout(JSON.parse(text)));
  print({ times, elk });
} else {
  const module = await import("@dagrejs/dagre");
  const dagre = module.default ?? module;
  const graph = JSON.parse(text);
  const done = await timed(async () => {
    const g = new dagre.graphlib.Graph({ multigraph: true, compound: true });
    g.setGraph({ rankdir: "TB", nodesep: 40, ranksep: 40, edgesep: 20 });
    const add = (item, parent) => {
      g.setNode(item.id, item.children ? {} : { width: item.width, height: item.height });
      if (parent) g.setParent(item.id, parent);
      for (const child of item.children ?? []) add(child, item.id);
    };
    for (const item of graph.children) add(item);
    for (const edge of graph.edges) {
      const label = edge.labels?.[0] ?? { width: 0, height: 0 };
      g.setEdge(edge.sources[0], edge.targets[0], { width: label.width, height: label.height, labelpos: "c", minlen: 1, weight: 1 }, edge.id);
    }
    dagre.layout(g);
    return g;
  });
  const out = { nodes: {}, frames: {}, edges: {} };
  for (const id of done.nodes()) (done.children(id).length ? out.frames : out.nodes)[id] = done.node(id);
  for (const edge of done.edges()) out.edges[edge.name] = done.edge(edge);
  print({ times, dagre: out });
}
process.exit(0);
