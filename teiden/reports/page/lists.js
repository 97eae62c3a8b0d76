// The lists

for (const link of $$("a[data-t]")) {
  link.addEventListener("click", event => {
    event.preventDefault();
    hold(+link.dataset.t);
    const box = stage.getBoundingClientRect();
    if (box.bottom < 80 || box.top > innerHeight - 80) $("#timeline").scrollIntoView({ block: "start" });
  });
  link.addEventListener("keydown", event => {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!way) return;
    const links = lists.find(list => list.includes(link)).filter(one => one.offsetParent);
    links[links.indexOf(link) + way]?.focus();
    event.preventDefault();
  });
}

const filter = $("#filter"), lines = $$("#stream tbody tr").map(row => ({
  row, text: row.textContent.toLowerCase(), name: row.cells[2].textContent.trim(), subject: row.cells[3].textContent.trim(),
}));
filter.addEventListener("input", () => {
  const text = filter.text.value.trim().toLowerCase(), kind = filter.kind.value, subject = filter.subject.value;
  let shown = 0;
  for (const line of lines) {
    const fits = line.text.includes(text) && (!kind || line.name.startsWith(`${kind}.`))
      && (!subject || line.subject === subject || line.subject.startsWith(`${subject} +`));
    line.row.hidden = !fits;
    shown += fits;
  }
  $("#none").hidden = shown > 0;
  const counted = $("#counted");
  counted.dataset.all ??= counted.textContent;
  counted.textContent = shown === lines.length ? counted.dataset.all : `${shown} / ${counted.dataset.of}`;
});
filter.addEventListener("submit", event => event.preventDefault());

for (const button of $$("[data-copy]")) button.addEventListener("click", async () => {
  const code = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = button.dataset.done;
  } catch {                                  // not allowed here: select it, so that the reader's keys copy it
    getSelection().selectAllChildren(code);
  }
});


// Off we go

for (const title of $$("title", svg)) {      // the browser's own tips come late, and would stand beside ours
  if (title.id) continue;
  title.parentNode.dataset.tip = title.textContent;
  title.remove();
}
for (const hidden of $$(".tools, .hint, #filter, [data-copy]")) hidden.hidden = false;
stage.classList.add("live");
for (const [name, value] of Object.entries({
  tabindex: 0, role: "slider", "aria-label": stage.dataset.cursor,
  "aria-valuemin": Math.round(run.run[0] - run.zero), "aria-valuemax": Math.round(run.run[1] - run.zero),
})) stage.setAttribute(name, value);
new ResizeObserver(layout).observe(stage);
layout();
