// The cursor: where the pointer is, else where somebody has put it

const rows = $$(".rows .row", panel).map((row, n) => ({
  name: row.dataset.name,
  bars: $$("[data-s]", row).map(bar => [...bar.dataset.t.split(" ").map(Number), bar.dataset.s]),
  now: $$(".now > text:not(.when, .end)", svg)[n],
}));
const curves = $$(".curves polyline", panel).map(line => ({
  name: line.dataset.name, line,
  points: line.getAttribute("points").split(" ").map(point => point.split(",").map(Number)),
  now: $$(".now .end", svg).find(text => text.dataset.curve === line.dataset.name),
}));
for (const one of [...rows, ...curves]) if (one.now) one.atEnd = one.now.textContent;
const states = $("#states");

const stateAt = (row, t) => row.bars.find(([t0, t1]) => t0 <= t && t < t1)?.[2] ?? row.bars.at(-1)?.[2] ?? "";
const chargeAt = (curve, u) => {
  const n = curve.points.findIndex(([x]) => x >= u), [a, b] = [curve.points[n - 1], curve.points[n]];
  const y = n < 0 ? curve.points.at(-1)[1] : a ? a[1] + (b[1] - a[1]) * (u - a[0]) / (b[0] - a[0] || 1) : b[1];
  return 100 * (is.low - y) / (is.low - is.full);
};

function point() {
  const t = hover ?? held, line = $(".cursor", svg), [head, headClock] = $$(".now .when", svg);
  const u = t === null ? 0 : uOf(t), x = X(u), shown = t !== null && x >= -1 && x <= wide + 1;
  line.setAttribute("visibility", shown ? "visible" : "hidden");
  if (shown) {
    const text = $("text", line), said = [since(t), clock(t)].filter(Boolean).join(" · "), half = widthOf(said, 700) / 2;
    line.setAttribute("transform", `translate(${left + x},0)`);
    text.textContent = said;
    text.setAttribute("x", clamp(left + x, half + 2, stage.clientWidth - half - 2) - left - x);
  }
  head.textContent = t === null ? stage.dataset.end : since(t);
  headClock.textContent = t === null ? "" : clock(t);
  for (const row of rows) row.now.textContent = t === null ? row.atEnd : stateAt(row, t);
  for (const curve of curves)
    if (curve.now) curve.now.textContent = t === null ? curve.atEnd : `${curve.name} ${chargeAt(curve, u).toFixed(0)} %`;
  tell(t, u);
  mark(t);
}

function tell(t, u) {                        // for narrow pages and for screen readers
  const at = t ?? run.run[1], said = t === null ? stage.dataset.end : `${since(t)} ${clock(t)}`;
  stage.setAttribute("aria-valuenow", Math.round(at - run.zero));
  stage.setAttribute("aria-valuetext", said);
  if (states.hidden) return;
  $(".when", states).textContent = said;
  const items = rows.map(row => [row.name, stateAt(row, at)]);
  for (const curve of curves) if (curve.now) items.push([curve.name, `${chargeAt(curve, t === null ? is.wide : u).toFixed(0)} %`]);
  $("ul", states).replaceChildren(...items.map(([name, state]) => {
    const item = document.createElement("li"), b = document.createElement("b"), span = document.createElement("span");
    b.textContent = name;
    span.textContent = state;
    item.append(b, span);
    return item;
  }));
}

const lists = [".told", ".stream"].map(table => $$(`${table} a[data-t]`)).filter(links => links.length);
function mark(t) {                           // the last row of each list that has happened by then
  for (const links of lists) {
    links.here?.classList.remove("here");
    links.here = null;
    if (t === null) continue;
    let low = 0, high = links.length;        // the lists are in the order of time
    while (low < high) {
      const middle = (low + high) >> 1;
      if (+links[middle].dataset.t <= t + 0.5) low = middle + 1; else high = middle;
    }
    links.here = low ? links[low - 1].closest("tr") : null;
    links.here?.classList.add("here");
  }
}

function hold(t) {                           // put the cursor there, bring it into view, the list of events too
  held = t === null ? null : clamp(t, run.run[0], run.run[1]);
  if (held !== null) {
    const x = X(uOf(held));
    if (x < 0 || x > wide) from = uOf(held) - wide / scale / 2;
  }
  draw();
  const row = lists.at(-1)?.here, scroll = $(".scroll");
  if (held !== null && row) scroll.scrollTop = row.offsetTop - scroll.clientHeight / 2;
}

const changes = [...new Set([...rows.flatMap(row => row.bars.map(bar => bar[0])), run.zero])]
  .filter(t => t > run.run[0]).sort((a, b) => a - b)
  .filter((t, n, all) => !(all[n + 1] - t < 1));  // what changes together is over with the last of it
const near = t => {                          // a change close by is meant
  const best = changes.reduce((a, b) => Math.abs(b - t) < Math.abs(a - t) ? b : a, Infinity);
  return Math.abs(X(uOf(best)) - X(uOf(t))) < 5 ? best : t;
};
const step = way => {                        // to the next change, or to the one before
  const t = held ?? (way > 0 ? run.run[0] : run.run[1]);
  hold((way > 0 ? changes.find(c => c > t + 0.5) : changes.findLast(c => c < t - 0.5)) ?? t);
};


// Zooming and moving

function zoomTo(times, x = wide / 2) {       // what is at x stays there
  const u = from + x / scale;
  zoom = clamp(times, 1, MOST_ZOOM);
  from = u - x / (zoom * wide / is.wide);
  draw();
}
const whole = () => { zoom = 1; from = 0; draw(); };
const cursorX = () => held === null ? wide / 2 : clamp(X(uOf(held)), 0, wide);
const doing = {
  in: () => zoomTo(zoom * 1.6, cursorX()), out: () => zoomTo(zoom / 1.6, cursorX()),
  earlier: () => step(-1), later: () => step(1), whole,
};
for (const button of $$("[data-do]")) button.addEventListener("click", doing[button.dataset.do]);

const placeOf = event => event.clientX - stage.getBoundingClientRect().left - left;
let scrolled = -1e9;
addEventListener("scroll", () => { scrolled = performance.now(); }, { passive: true });
stage.addEventListener("wheel", event => {
  // Who scrolls through the page and passes over the picture wants to go on; so does who zooms out of the whole.
  if (!event.ctrlKey && performance.now() - scrolled < 400) return;
  if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    if (zoom === 1) return;
    from += event.deltaX / scale;
    draw();
  } else {
    if (event.deltaY > 0 && zoom === 1 && !event.ctrlKey) return;
    zoomTo(zoom * Math.exp(-clamp(event.deltaY, -240, 240) / (event.ctrlKey ? 120 : 400)), placeOf(event));
  }
  event.preventDefault();
}, { passive: false });

const fingers = new Map();                   // pointers that are down: one drags, two pinch
let pressed = null;
stage.addEventListener("pointerdown", event => {
  if (event.button) return;
  fingers.set(event.pointerId, event.clientX);
  pressed = { x: event.clientX, from, zoom, moved: fingers.size > 1, apart: spread() };
});
stage.addEventListener("pointermove", event => {
  if (fingers.has(event.pointerId)) fingers.set(event.pointerId, event.clientX);
  if (!fingers.size) return look(event);
  if (fingers.size === 2) return zoomTo(pressed.zoom * spread() / Math.max(pressed.apart, 20), placeOf(event));
  if (!pressed.moved && Math.abs(event.clientX - pressed.x) < 4) return;
  if (!pressed.moved) stage.setPointerCapture(event.pointerId);
  pressed.moved = true;
  hover = null;
  tip.hidden = true;
  stage.classList.add("dragging");
  from = pressed.from - (event.clientX - pressed.x) / scale;
  draw();
});
const spread = () => { const xs = [...fingers.values()]; return xs.length < 2 ? 0 : Math.abs(xs[0] - xs[1]); };
const released = event => {
  if (!fingers.delete(event.pointerId)) return;
  stage.classList.remove("dragging");
  const x = placeOf(event), click = event.type === "pointerup" && !pressed.moved && x >= 0 && x <= wide;
  if (click) hold(near(tOf(from + x / scale)));
};
stage.addEventListener("pointerup", released);
stage.addEventListener("pointercancel", released);
stage.addEventListener("pointerleave", () => { hover = null; tip.hidden = true; point(); });
stage.addEventListener("dblclick", whole);

function look(event) {
  const x = placeOf(event), inside = x >= 0 && x <= wide;
  if (event.pointerType !== "touch") {
    hover = inside ? near(tOf(from + x / scale)) : null;
    point();
  }
  const about = event.target.closest?.("[data-tip]");
  tip.hidden = !about;
  if (!about) return;
  const curve = curves.find(one => one.line === about), box = stage.getBoundingClientRect();
  tip.textContent = curve ? `${about.dataset.tip}: ${chargeAt(curve, from + x / scale).toFixed(1)} %` : about.dataset.tip;
  tip.style.left = `${clamp(event.clientX - box.left + 14, 0, Math.max(0, box.width - tip.offsetWidth - 4))}px`;
  tip.style.top = `${event.clientY - box.top + 18}px`;
}

stage.addEventListener("keydown", event => {
  if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
  const by = way => event.shiftKey ? step(way) : hold(tOf(uOf(held ?? run.zero) + way * 4 / scale));
  const keys = {
    ArrowLeft: () => by(-1), ArrowRight: () => by(1), Home: () => hold(knots[0][0]), End: () => hold(knots.at(-1)[0]),
    "+": doing.in, "=": doing.in, "-": doing.out, "0": whole, Escape: () => { hover = null; hold(null); },
  };
  if (!keys[event.key]) return;
  keys[event.key]();
  event.preventDefault();
});
