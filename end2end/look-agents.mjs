import { chromium } from "@playwright/test";
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
const dir = mkdtempSync("/tmp/look-"); const port = 3900 + Math.floor(Math.random()*90);
const srv = spawn("../target/debug/lintel", ["serve", "--addr", "127.0.0.1:"+port, "--data", dir], {env: {...process.env, LINTEL_LLM_PROVIDER: "scripted", LINTEL_LLM_SCRIPT: "/tmp/script.json"}});
let out = ""; srv.stdout.on("data", d => out += d); srv.stderr.on("data", d => out += d);
srv.on("exit", c => console.log("exit", c, out.slice(-500)));
while (!/setup\S+/.test(out)) await new Promise(r => setTimeout(r, 100));
const link = out.match(/http:\/\/\S*setup\S*/)[0];
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--headless", "--disable-gpu"] });
const cx = await b.newContext({ viewport: { width: 1440, height: 900 } });
const p = await cx.newPage();
p.on("console", m => ["error","warning"].includes(m.type()) && console.log("console", m.text()));
await p.goto(link); await p.getByLabel("Name").fill("Ann Roe"); await p.getByLabel("E-mail").fill("a@b.co"); await p.getByLabel("Password", { exact: false }).first().fill("correct horse battery"); 
await p.keyboard.press("Enter"); await p.waitForURL(/welcome/);
await p.getByRole("button", { name: /sample/i }).first().click(); await p.waitForURL(/\/p\//, {timeout: 20000});
const proj = p.url().split("?")[0];
await p.goto(proj + "/reviews/1?ask=1"); await p.waitForTimeout(500);
await p.screenshot({ path: "/tmp/a-ask.png" });
await p.getByLabel(/go-architect/).check();
await p.getByRole("button", { name: "Start review" }).click();
await p.waitForURL(/reviews\/2/);
await p.waitForTimeout(1800); await p.screenshot({ path: "/tmp/a-1.png" });
await p.reload(); await p.waitForTimeout(1500); await p.screenshot({ path: "/tmp/a-2.png" });
await p.waitForTimeout(5000); await p.screenshot({ path: "/tmp/a-3.png" });
const j = await cx.request.get(proj.replace("/p/", "/api/v1/projects/") + "/reviews/2"); const r = await j.json();
console.log(r.status, r.verdict, JSON.stringify(r.runs.map(x => [x.status, x.reason, x.unverified, x.usage])), r.suggestions.length);
const rec = await (await cx.request.get(proj.replace("/p/", "/api/v1/projects/") + "/runs/" + r.runs[0].id + ".jsonl")).text();
import("node:fs").then(f=>f.writeFileSync("/tmp/rec.jsonl",rec));
console.log(rec.match(/the design is at revision \w+/)?.[0]); console.log([...rec.matchAll(/"text\\?":\\?"(Not taken|model_[^"]{0,200}|Taken[^"]{0,100})/g)].map(m=>m[0]).slice(0,6));
if (r.suggestions.length) {
  const f = r.findings.find(x => x.finding.source?.type === "agent");
  await p.goto(proj + "/reviews/2?finding=" + f.id); await p.waitForTimeout(800); await p.screenshot({ path: "/tmp/a-4.png" });
  await p.getByRole("button", { name: "Accept edit" }).first().click(); await p.waitForTimeout(1500); await p.screenshot({ path: "/tmp/a-5.png" });
  for (const [w,t] of [[1024,"dark"],[390,"light"]]) { await p.setViewportSize({width:w,height:w<500?844:900}); await p.emulateMedia({colorScheme:t}); await p.goto(proj + "/reviews/2?pane=run"); await p.waitForTimeout(700); await p.screenshot({path:`/tmp/a-run-${w}-${t}.png`}); }
}
await b.close(); srv.kill();
