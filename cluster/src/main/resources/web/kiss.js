"use strict";
const $ = id => document.getElementById(id);
const number = (x, digits = 2) => x == null ? "–" : x.toLocaleString("en", { maximumFractionDigits: digits });
const percent = (x, digits = 1) => x == null ? "–" : (100 * x).toFixed(digits) + "%";
/* Month, day and time of day where the reader is, as ./kiss tells them. */
const time = seconds => { const t = new Date(seconds * 1000), two = x => String(x).padStart(2, "0"); return `${two(t.getMonth() + 1)}-${two(t.getDate())} ${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())}`; };
const place = address => address.replace(/^akka:\/\/[^@]*@/, "");
function cell(text, style, label) { const td = document.createElement("td"); td.textContent = text ?? "–"; if (style) td.className = style; if (label) td.dataset.label = label; return td; }
function row(...cells) { const tr = document.createElement("tr"); tr.append(...cells); return tr; }
function span(text, style) { const s = document.createElement("span"); s.className = style; s.textContent = text; return s; }
function fill(id, rows, none) { $(id).replaceChildren(...(rows.length ? rows : [row(cell(none, "dim wrap"))])); }

/* The token stays in this tab and goes nowhere but into the header of this page's own requests. */
const headers = () => { const token = sessionStorage.getItem("token"); return token ? { Authorization: "Bearer " + token } : {}; };
class Refused extends Error { constructor(status, detail) { super(detail); this.status = status; } }
async function request(path, more = {}) {
  const response = await fetch(path, { ...more, headers: { ...headers(), ...more.headers } });
  if (response.ok) return response;
  throw new Refused(response.status, (await response.json().catch(() => ({}))).detail ?? "the node answers " + response.status);
}
const get = async path => (await request("/api/v1/" + path)).json();
/* A list with all of its pages, as if it had come in one. */
async function whole(path, list) {
  const all = await get(path);
  for (let next = all.next; next;) { const page = await get(`${path}?after=${encodeURIComponent(next)}`); all[list].push(...page[list]); next = page.next; }
  return all;
}
function askForToken(why) {
  if ($("login").hidden) { $("login").hidden = false; $("token").focus(); }
  if (sessionStorage.getItem("token")) { $("refused").textContent = why; sessionStorage.removeItem("token"); }
  $("leave").hidden = true;
}
$("login").addEventListener("submit", event => {
  event.preventDefault();
  sessionStorage.setItem("token", $("token").value); $("token").value = "";
  $("login").hidden = true;
  start();
});
$("leave").addEventListener("click", () => { sessionStorage.removeItem("token"); location.reload(); });
const theme = localStorage.getItem("theme");
if (theme) document.documentElement.dataset.theme = theme;
$("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
});

/* EventSource sends no Authorization header, so the stream is read by hand; it goes on after the event it saw last. */
async function follow(path, type, take) {
  const mine = session;
  let last = null, pause = 1000;
  while (mine === session) {
    try {
      const response = await request("/api/v1/" + path, { headers: { Accept: "text/event-stream", ...(last ? { "Last-Event-ID": last } : {}) } });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      pause = 1000;
      for (let text = ""; mine === session;) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
        for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
          const event = {};
          for (const line of text.slice(0, end).split("\n")) { const at = line.indexOf(": "); if (at > 0) event[line.slice(0, at)] = line.slice(at + 2); }
          if (event.id) last = event.id;
          if (event.event === type) take(JSON.parse(event.data));
        }
      }
      reader.cancel().catch(() => {});
    } catch (e) { if (e.status === 401) return; }
    await new Promise(resolve => setTimeout(resolve, pause));
    pause = Math.min(2 * pause, 15000);
  }
}

const curve = [];
let run = null;
// What a budget does not limit is null; the run is done at whichever limit comes first.
const used = (now, limit) => limit == null ? 0 : Math.min(1, now / limit);
function training(p) {
  const figures = { State: p.state.toLowerCase(), "Environment steps": number(p.environmentSteps, 0), "Steps/s": number(p.stepsPerSecond, 0), Return: number(p.episodeReturn), "SLO attainment": percent(p.sloAttainment), "GPU-hours": number(p.gpuHours), Iteration: number(p.iteration, 0), Workers: number(p.workers, 0), "Seconds left": p.budget.seconds == null ? "–" : number(Math.max(0, p.budget.seconds - p.seconds), 0) };
  $("figures").replaceChildren(...Object.entries(figures).map(([k, v]) => { const div = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd"); dt.textContent = k; dd.textContent = v; div.append(dt, dd); return div; }));
  $("bar").value = Math.max(used(p.seconds, p.budget.seconds), used(p.environmentSteps, p.budget.environmentSteps));
  if (p.run !== run) {
    run = p.run; curve.length = 0; $("curve").setAttribute("hidden", ""); $("range").textContent = "";
  }
  // The first answer and the stream may overtake each other.
  if (p.episodeReturn == null || (curve.length && p.seconds <= curve[curve.length - 1][0])) return;
  curve.push([p.seconds, p.episodeReturn]);
  if (curve.length > 2000) curve.splice(0, 1000, ...curve.slice(0, 1000).filter((_, i) => i % 2 === 0));
  // One point is no curve: this page was opened after the training.
  if (curve.length < 2) return;
  $("curve").removeAttribute("hidden");
  const xs = curve.map(c => c[0]), ys = curve.map(c => c[1]);
  const x0 = Math.min(...xs), x1 = Math.max(...xs), y0 = Math.min(...ys), y1 = Math.max(...ys);
  $("curve").firstElementChild.setAttribute("points", curve.map(([x, y]) => `${100 * (x - x0) / (x1 - x0 || 1)},${98 - 96 * (y - y0) / (y1 - y0 || 1)}`).join(" "));
  $("range").textContent = `Mean episode return, ${number(y0)} to ${number(y1)}, over ${number(x1 - x0, 0)} s of training`;
}

let decisions = [];
function decision(d) {
  if (decisions.some(known => known.id === d.id)) return;
  decisions.unshift(d); decisions.length = Math.min(decisions.length, 200); showDecisions();
}
const outcomeStyle = { FAILED: "bad", CONFLICT: "bad", APPLIED: "good", HELD: "warn" };
function showDecisions() {
  const words = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = decisions.filter(d => (!$("changes").checked || d.current !== d.replicas) && words.every(word => `${d.cluster}/${d.namespace} ${d.deployment} ${d.outcome} ${d.reason} ${d.error ?? ""}`.toLowerCase().includes(word)));
  fill("decisions", shown.slice(0, 50).map(d => row(cell(time(d.timeSeconds)), cell(d.deployment), cell(d.current === d.replicas ? d.replicas : d.current + " → " + d.replicas, "num", "replicas"), cell(d.outcome.toLowerCase(), outcomeStyle[d.outcome] ?? "dim"), cell(d.error ? d.reason + " (" + d.error + ")" : d.reason, "wrap"))), decisions.length ? "no decision matches" : "no decision yet");
}
$("filter").addEventListener("input", showDecisions);
$("changes").addEventListener("change", showDecisions);

function showNamespaces(namespaces) {
  $("namespaces").replaceChildren(...namespaces.map(({ attachment: a, status: s }) => {
    const line = document.createElement("div"), name = document.createElement("strong");
    line.className = "namespace"; name.textContent = `${a.cluster}/${a.namespace}`;
    const [mode, meaning] = { ACTIVE: ["good", "sets replicas"], SHADOW: ["dim", "decides, changes nothing"], OFF: ["dim", "is left alone"] }[a.mode];
    line.append(name, " ", span(a.mode.toLowerCase(), "badge " + mode), span(meaning, "dim"));
    if (s.problem) line.append(span(s.problem, "bad"));
    return line;
  }));
}
/* Who decides beside the scalers of a namespace: a form to name them, and how they stand beside each Deployment. */
const beside = new Map();
function besideOf(path, name) {
  const block = document.createElement("div"), title = document.createElement("h3"), form = document.createElement("form"), input = document.createElement("input"), button = document.createElement("button"), said = document.createElement("p"), tables = document.createElement("div");
  block.className = "beside"; form.className = "line"; said.className = "dim"; said.setAttribute("role", "status");
  title.textContent = "Shadows of " + name; title.id = "shadows-" + name;
  input.setAttribute("aria-labelledby", title.id);
  input.type = "text"; input.autocomplete = "off"; input.spellcheck = false; input.placeholder = "None; such as hpa queueing hpa:target=0.6 or a policy's id";
  button.textContent = "Let these decide";
  form.append(input, button); block.append(title, form, said, tables);
  const mine = { block, input, said, tables, shown: "" };
  form.addEventListener("submit", async event => {
    event.preventDefault(); button.disabled = true;
    const names = input.value.split(/\s+/).filter(Boolean);
    try {
      await request(`/api/v1/${path}/shadows`, { method: "PUT", headers: { "Content-Type": "application/json", "If-Match": "*" }, body: JSON.stringify({ shadows: names }) });
      mine.shown = input.value;
      said.className = "dim"; said.textContent = names.length ? "They decide from the next tick on; a list that is new begins anew." : "Nobody decides beside the scalers any more.";
      await refresh();
    } catch (e) {
      if (e.status === 401) askForToken(e.message);
      said.className = "bad"; said.textContent = e instanceof TypeError ? "this node does not answer" : e.message;
    }
    button.disabled = false;
  });
  return mine;
}
function standing(s) {
  if (s.failure) { const why = cell(s.failure, "wrap bad"); why.colSpan = 8; return row(cell(s.name), why); }
  return row(cell(s.name), cell(number(s.replicas), "num", "replicas"), cell(number(s.meanReplicas), "num", "mean"), cell(percent(s.violatingShare, 2), "num", "late"), cell(number(s.cost, 3), "num", "cost"), cell(percent(s.fittedViolatingShare, 2), "num", "late, fitted"), cell(number(s.fittedCost, 3), "num", "cost, fitted"), cell(number(s.regretReplicaHours, 3), s.regretReplicaHours === 0 ? "num good" : "num", "regret in replica-hours"), cell(number(s.overRunningReplicaHours, 3), "num", "over running in replica-hours"));
}
function modelCheck(c) {
  if (c.observed == null) return "Model check: nothing measured yet that the model could be held against.";
  return `Model check: over ${number(c.seconds / 60, 0)} minutes of what really ran, the model calls ${percent(c.modelled, 2)} of requests late, and ${percent(c.observed, 2)} were measured late; fitted to that, it says ${percent(c.fitted, 2)}.`;
}
function standings(d) {
  const scroll = document.createElement("div"), table = document.createElement("table"), caption = table.createCaption(), head = document.createElement("thead"), body = document.createElement("tbody"), name = document.createElement("strong"), check = document.createElement("p");
  const r = d.shadows;
  scroll.className = "scroll"; scroll.tabIndex = 0; scroll.setAttribute("role", "region"); scroll.setAttribute("aria-label", "Shadows beside " + d.name);
  table.className = "cards"; name.textContent = d.name; check.className = "dim";
  caption.append(name, span(r ? `since ${time(r.sinceSeconds)}, ${number(r.countedSeconds / 60, 0)} minutes counted, the load needs ${number(r.neededReplicas)} replicas` : "no tick yet", "dim"));
  scroll.append(table);
  if (!r) return [scroll];
  head.append(row(...["Shadow", "Replicas", "Mean", "Late", "Cost", "Late, fitted", "Cost, fitted", "Regret, replica-h", "Over running, replica-h"].map((text, i) => { const th = document.createElement("th"); th.scope = "col"; th.textContent = text; if (i) th.className = "num"; return th; })));
  body.append(standing(r.running), ...r.shadows.map(standing)); table.append(head, body);
  check.textContent = modelCheck(r.check);
  return [scroll, check];
}
function showShadows(namespaces) {
  const there = new Set();
  for (const { attachment: a, status: s } of namespaces) {
    const name = `${a.cluster}/${a.namespace}`, names = a.shadows.map(each => each.name).join(" ");
    there.add(name);
    if (!beside.has(name)) { beside.set(name, besideOf(`clusters/${a.cluster}/namespaces/${a.namespace}`, name)); $("beside").append(beside.get(name).block); }
    const mine = beside.get(name);
    // What somebody is typing stays.
    if (mine.input.value === mine.shown) mine.input.value = names;
    mine.shown = names;
    mine.tables.replaceChildren(...(a.shadows.length ? s.deployments.filter(d => d.refusal == null).flatMap(standings) : []));
  }
  for (const [name, { block }] of beside) if (!there.has(name)) { block.remove(); beside.delete(name); }
  $("meant").hidden = namespaces.every(({ attachment: a }) => !a.shadows.length);
}
function showMembers(cluster) {
  const runs = address => [...Object.entries(cluster.singletons).filter(([, at]) => at === address).map(([name]) => name), ...Object.entries(cluster.shards).filter(([, by]) => by[address]).map(([type, by]) => `${by[address]} ${type}`)];
  fill("members", cluster.members.map(m => row(cell(place(m.address)), cell(m.roles.filter(r => !r.startsWith("dc-")).join(", "), "wrap", "roles"), cell(m.reachable ? m.status : "unreachable", m.reachable && m.status === "up" ? "good" : "bad"), cell(runs(m.address).join(", "), "wrap", "runs"))), "no node");
}
function showPolicies(all) {
  fill("policies", [...all.policies].reverse().map(p => {
    // An imported policy has no evaluation of its own, only what the gate found.
    const judged = p.gate?.standings ?? p.evaluation;
    const e = judged.find(x => x.autoscaler.startsWith("kis")) ?? judged[0] ?? {};
    const gate = p.gate ? (p.gate.checks.every(check => check.passed) ? "gate passed" : "gate not passed") : "";
    const place = p.champion ? "champion" : all.canary?.policy.id === p.id ? "canary" : p.rejected ? "rolled back" : p.id === all.previous ? "before" : "";
    const role = [place, gate].filter(part => part).join(", ");
    return row(cell(p.id), cell(time(Date.parse(p.registeredAt) / 1000), "", "registered"), cell(number(p.provenance.environmentSteps, 0), "num", "steps"), cell(percent(e.sloAttainment), "num", "SLO"), cell(number(e.gpuHours), "num", "GPU-h"), cell(number(e.costAtSlo), "num", "cost at SLO"), cell(role, place === "champion" ? "good" : "dim"));
  }), "none registered yet");
}
async function refresh() {
  try {
    const [cluster, policies, { clusters }, work] = await Promise.all([get("cluster"), whole("policies", "policies"), whole("clusters", "clusters"), get("jobs?limit=10")]);
    $("login").hidden = true;
    $("leave").hidden = !sessionStorage.getItem("token");
    $("node").textContent = `${cluster.members.length} node${cluster.members.length === 1 ? "" : "s"}, term ${policies.term}, champion ${policies.champion ?? "none"}`;
    showMembers(cluster);
    showPolicies(policies);
    $("work").hidden = !work.jobs.length;
    fill("jobs", work.jobs.map(j => row(cell(j.id), cell(j.kind), cell(j.state.toLowerCase(), j.state === "FAILED" ? "bad" : ""), cell(percent(j.progress), "num"), cell(j.problem ?? "", "wrap"))), "");
    const namespaces = await Promise.all(clusters.flatMap(c => c.namespaces.map(n => get(`clusters/${c.name}/namespaces/${n}`))));
    showNamespaces(namespaces);
    showShadows(namespaces);
    fill("deployments", namespaces.flatMap(n => n.status.deployments).map(d => row(cell(d.name), cell(number(d.desiredReplicas), "num", "wish"), cell(d.readyReplicas < 0 ? null : number(d.readyReplicas), "num", "ready"), cell(d.policy ?? "queueing rule", d.policy ? "" : "dim", "policy"), cell(number(d.decisions), "num", "decisions"), cell(d.refusal ?? d.lastReason, d.refusal ? "wrap bad" : "wrap"))), namespaces.length ? "no Deployment seen yet" : "no namespace attached yet");
  } catch (e) {
    if (e.status === 401) askForToken(e.message);
    $("node").textContent = e instanceof TypeError ? "this node does not answer" : e.message;
  }
}
async function past() {
  const { clusters } = await whole("clusters", "clusters");
  for (const c of clusters) for (const n of c.namespaces) decisions.push(...(await get(`clusters/${c.name}/namespaces/${n}/decisions?limit=50`)).decisions);
  decisions.sort((a, b) => b.timeSeconds - a.timeSeconds);
  showDecisions();
}
let session = 0;
async function start() {
  session++; decisions = [];
  await refresh();
  if (!$("login").hidden) return;
  await past().catch(() => showDecisions());
  get("training").then(training).catch(() => {});
  follow("decisions/events", "decision", decision);
  follow("training/events", "progress", training);
}
start();
setInterval(() => { if ($("login").hidden && !document.hidden) refresh(); }, 2000);
