"use strict";
// The page shows everything without this script. It only zooms, points, and filters.
// Its three files are one script: draw.js, cursor.js, lists.js.
// Along the time axis the drawing counts in pixels of the unzoomed panel ("u"); X() takes them to the screen.

const $ = (selector, inside = document) => inside.querySelector(selector);
const $$ = (selector, inside = document) => [...inside.querySelectorAll(selector)];
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

const stage = $("#stage"), svg = $(".timeline", stage), panel = $(".panel", svg), tip = $(".tip", stage);
const run = JSON.parse(stage.dataset.run), knots = run.knots;
const is = Object.fromEntries(["left", "names", "wide", "low", "full", "top"].map(k => [k, +panel.dataset[k]]));
const pieces = knots.flatMap((knot, n) => n % 2 ? [[knots[n - 1], knot]] : []);  // what is not cut out
const LEVEL = 17, LEVELS = 7, PAD = 5, HEAD = 2, RIGHT = 150, NARROW = 720, MOST_ZOOM = 400;

let left = is.left, wide = is.wide;          // where the panel begins, and how wide it is now
let zoom = 1, from = 0, scale = 1;           // times the whole, u at the left edge, screen pixels for one u
let hover = null, held = null;               // seconds since the start of the run


// Times

const along = (value, a, b) => {             // from one side of the knots to the other
  let n = knots.findIndex(knot => value <= knot[a]);
  if (n === 0) return knots[0][b];
  if (n < 0) return knots.at(-1)[b];
  const [k, l] = [knots[n - 1], knots[n]];
  return k[b] + (l[b] - k[b]) * (value - k[a]) / (l[a] - k[a] || 1);
};
const uOf = t => along(t, 0, 1), tOf = u => along(u, 1, 0);
const X = u => (u - from) * scale;

const two = number => String(number).padStart(2, "0");
const since = t => {                         // m:ss, from an hour on h:mm:ss
  const whole = Math.round(Math.abs(t - run.zero)), sign = t < run.zero && whole ? "-" : "";
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return sign + (h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`);
};
const wall = t => {                          // the site's clock, whatever the reader's is
  const [, ahead] = run.offsets.findLast(([begin]) => begin <= t) ?? run.offsets[0];
  return new Date(run.start + Math.round(t) * 1000 + ahead * 60000);
};
const clock = (t, short = false) => {
  if (run.start === null) return "";
  const at = wall(t), day = at.toISOString().slice(5, 10);
  const time = at.toISOString().slice(11, short && !at.getUTCSeconds() ? 16 : 19);
  return day === wall(run.zero).toISOString().slice(5, 10) ? time : `${day} ${time}`;
};


// Drawing

const make = (name, attributes = {}, text = "") => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
};
const brush = document.createElement("canvas").getContext("2d"), widths = new Map();
const widthOf = (text, weight = 400, size = 11) => {
  const key = `${weight} ${size} ${text}`;
  if (!widths.has(key)) {
    brush.font = `${weight} ${size}px ${getComputedStyle(svg).fontFamily}`;
    widths.set(key, brush.measureText(text).width);
  }
  return widths.get(key);
};
const visible = (a, b) => pieces             // the parts of a stretch that are on the screen
  .map(([p, q]) => [Math.max(X(Math.max(a, p[1])), 0), Math.min(X(Math.min(b, q[1])), wide)])
  .filter(([x0, x1]) => x1 > x0);
const longest = parts => parts.reduce((best, part) => part[1] - part[0] > best[1] - best[0] ? part : best, [0, 0]);
const fitting = (texts, room, weight) => texts.split("|").find(text => widthOf(text, weight) + 8 <= room) ?? "";

function layout() {                          // for this width of the page
  const all = stage.clientWidth, narrow = all < NARROW;
  left = narrow ? Math.min(is.names + 14, 0.3 * all) : is.left;
  wide = Math.max(120, all - left - (narrow ? 6 : RIGHT));
  svg.classList.toggle("narrow", narrow);
  panel.setAttribute("x", left);
  panel.setAttribute("width", wide);
  $(".base", svg).setAttribute("d", $(".base", svg).getAttribute("d").replace(/H[\d.]+/g, `H${wide}`));
  for (const [name, x] of [["names", left], ["flags", left], ["now", left + wide]])
    $(`.${name}`, svg).setAttribute("transform", `translate(${x},0)`);
  $(".axis", svg).setAttribute("transform", `translate(${left},${is.low})`);
  for (const name of $$(".names .name", svg)) {
    name.dataset.whole ??= name.textContent;
    const room = (left - 12) / (6.6 * Math.max(1, is.names / (is.names + 1)));
    name.textContent = narrow && name.dataset.whole.length > room ? name.dataset.whole.slice(0, room - 1) + "…" : name.dataset.whole;
  }
  states.hidden = !narrow;
  draw();
}

function draw() {
  scale = zoom * wide / is.wide;
  from = clamp(from, 0, is.wide - wide / scale);
  for (const group of $$(".stretch", panel)) group.setAttribute("transform", `matrix(${scale} 0 0 1 ${-from * scale} 0)`);
  for (const pattern of $$("pattern[id^=h-]", svg)) pattern.setAttribute("patternTransform", `scale(${1 / scale},1)`);
  for (const mark of $$(".marks > g", panel)) mark.setAttribute("transform", `translate(${X(+mark.dataset.u)},0)`);
  const lowest = $(".lowest", panel);
  if (lowest) {
    const first = X(+lowest.parentNode.dataset.u) < widthOf(lowest.textContent, 700) + 14;
    lowest.setAttribute("x", first ? 9 : -9);
    lowest.classList.toggle("right", first);
  }
  svg.classList.toggle("zoomed", zoom > 1);
  drawTexts();
  drawOff();
  drawSpare();
  drawCuts();
  drawTicks();
  drawFlags();
  point();
}

function drawTexts() {
  for (const text of $$(".texts > text", panel)) {
    const [x0, x1] = longest(visible(+text.dataset.a, +text.dataset.b));
    text.textContent = fitting(text.dataset.w, x1 - x0);
    text.setAttribute("x", (x0 + x1) / 2);
  }
}

function drawOff() {                         // dashes, open for the text in the longest of them
  for (const off of $$(".is-off", panel)) {
    const parts = off.dataset.pieces.split(" ").flatMap(piece => visible(...piece.split(",").map(Number)));
    const best = longest(parts), y = off.dataset.y, text = fitting(off.dataset.w, best[1] - best[0] - 16);
    const middle = (best[0] + best[1]) / 2, half = text ? widthOf(text) / 2 + 5 : 0;
    const open = parts.flatMap(part => part === best && text ? [[part[0], middle - half], [middle + half, part[1]]] : [part]);
    $("path", off).setAttribute("d", open.map(([a, b]) => `M${a},${y}H${b}`).join(""));
    $("text", off).textContent = text;
    $("text", off).setAttribute("x", middle);
  }
}

function drawSpare() {                       // a dimension line; nothing where it is too narrow
  for (const spare of $$(".spare", panel)) {
    const { y, half, w } = spare.dataset, a = X(+spare.dataset.a), b = X(+spare.dataset.b);
    const room = widthOf(w, 700) / 2 + 3, middle = (Math.max(a, 0) + Math.min(b, wide)) / 2, fits = b - a >= 2 * room + 16;
    const ends = [a, b].map(x => `M${x},${y - half}v${2 * half}`).join("");
    const lines = `M${middle - room},${y}H${a + 1}M${middle + room},${y}H${b - 1}`;
    const heads = `M${a + 6},${y - 3}l-5,3l5,3M${b - 6},${y - 3}l5,3l-5,3`;
    $("path", spare).setAttribute("d", fits ? ends + lines + heads : "");
    $("text", spare).textContent = fits ? w : "";
    $("text", spare).setAttribute("x", middle);
  }
}

function drawCuts() {
  for (const cut of $$(".cuts > g", panel)) {
    const a = X(+cut.dataset.a), b = X(+cut.dataset.b), [box, edges, text] = cut.children;
    box.setAttribute("x", a);
    box.setAttribute("width", b - a);
    edges.setAttribute("d", `M${a},0V${is.low}M${b},0V${is.low}`);
    text.setAttribute("transform", text.getAttribute("transform").replace(/\([^,]+,/, `(${(Math.max(a, 0) + Math.min(b, wide)) / 2},`));
  }
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 604800];
function drawTicks() {
  const grid = $(".grid", panel), axis = $(".axis", svg), apart = wide < 500 ? 62 : 78;
  const perSecond = scale * (knots[1][1] - knots[0][1]) / (knots[1][0] - knots[0][0]);
  const step = STEPS.find(s => s * perSecond >= apart) ?? STEPS.at(-1);
  grid.replaceChildren();
  axis.replaceChildren();
  pieces.forEach(([[t0, u0], [t1, u1]], n) => {
    const low = Math.max(t0, tOf(from)), high = Math.min(t1, tOf(from + wide / scale));
    for (let k = Math.ceil((low - run.zero) / step - 1e-9); run.zero + k * step <= high + 1e-6; k++) {
      const t = run.zero + k * step, x = X(uOf(t));
      if ((n > 0 && x < X(u0) + 33) || (n < pieces.length - 1 && x > X(u1) - 33)) continue;
      grid.append(make("path", { d: `M${x},0V${is.low}` }));
      const tick = make("g", { transform: `translate(${x},0)` });
      tick.append(make("path", { d: "M0,0v5" }), make("text", { y: 18 }, since(t)), make("text", { y: 32, class: "clock" }, clock(t, true)));
      axis.append(tick);
    }
  });
}

const moments = $$("i", $("#moments").content).map(i => ({
  u: +i.dataset.u, rank: +i.dataset.rank, bad: i.className === "bad", label: i.textContent, at: i.dataset.at,
}));
const crosses = (a, b) => b.level >= a.level && a.x0 - PAD < b.x && b.x < a.x1 + PAD;
const hides = (a, b) => (a.level === b.level && a.x0 < b.x1 && b.x0 < a.x1) || crosses(a, b) || crosses(b, a);

const flagWidth = (moment, text) => widthOf(text, moment.rank ? 400 : 700, 11.5);
function cut(moment, room) {                 // a label that would not fit alone loses its end
  let label = moment.label;
  while (label && flagWidth(moment, `${label}…  ${moment.at}`) > room) label = label.slice(0, -1);
  const whole = `${moment.label}  ${moment.at}`;
  return flagWidth(moment, whole) <= room ? whole : `${label}…  ${moment.at}`;
}

function placed(wanted, limit) {             // as low as they can; the least important gives way
  const found = [];
  for (const moment of [...wanted].reverse()) {
    const x = X(moment.u), right = limit - x - 2 * PAD;
    const text = cut(moment, wide < 500 && right > 80 ? right : Math.max(right, x + left - 2 * PAD));
    const room = flagWidth(moment, text);
    let flag = null;
    for (const flipped of [false, true])     // left of its pole only where it must
      for (let level = 0; level < LEVELS && !flag; level++) {
        const [x0, x1] = flipped ? [x - PAD - room, x - PAD] : [x + PAD, x + PAD + room];
        const one = { ...moment, text, x, x0, x1, level, flipped };
        const inside = flipped ? x0 > -left : x1 <= (level < HEAD ? wide + 8 : limit);
        if (inside && !found.some(other => hides(one, other))) flag = one;
      }
    if (!flag) {
      const least = wanted.reduce((worst, m) => m.rank > worst.rank || (m.rank === worst.rank && m.u > worst.u) ? m : worst);
      return placed(wanted.filter(m => m !== least), limit);
    }
    found.push(flag);
  }
  return found;
}

let levels = 0;
function drawFlags() {
  const group = $(".flags", svg), poles = $(".poles", panel);
  const found = placed(moments.filter(m => X(m.u) >= 0 && X(m.u) <= wide), stage.clientWidth - left - 4);
  const needed = Math.max(1, ...found.map(flag => flag.level + 1));
  levels = zoom === 1 ? needed : Math.max(levels, needed);  // the rows stay where they are while zooming
  const top = Math.max(LEVEL * levels + 8, 40), high = top + is.low + 50;
  $(".body", svg).setAttribute("transform", `translate(0,${top})`);
  svg.setAttribute("viewBox", `0 0 ${stage.clientWidth} ${high}`);
  poles.replaceChildren(...found.map(flag => make("path", { d: `M${flag.x},0V${is.low}` })));
  group.replaceChildren(...found.map(flag => {
    const one = make("g", { class: `flag${flag.bad ? " bad" : ""}${flag.rank ? "" : " first"}` });
    const text = make("text", { x: flag.flipped ? flag.x - PAD : flag.x + PAD, y: -(LEVEL * flag.level + 8) }, flag.text);
    if (flag.flipped) text.setAttribute("text-anchor", "end");
    one.append(make("path", { d: `M${flag.x},0V${-(LEVEL * (flag.level + 1) + 2)}` }), text);
    return one;
  }));
}
