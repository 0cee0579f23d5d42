
"use strict";
// Sorts, filters and pages the table, and switches the theme. Texts of others only ever become text: textContent.
(() => {
  const byId = (id) => document.getElementById(id);
  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const number = (value) => value.toLocaleString("en-US");

  const theme = byId("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
  const nameTheme = () => { theme.textContent = isDark() ? "Light theme" : "Dark theme"; };
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    nameTheme();
  });
  dark.addEventListener("change", nameTheme);
  nameTheme();
  theme.hidden = false;

  if (!byId("table")) return;
  const data = JSON.parse(byId("data").textContent);
  const rows = data.rows.map((row, order) => {
    const [name, linked, outcome, reason, message, pull, pullUrl, files, requests, log, started, seconds, state,
      counts] = row;
    const said = { name, linked, outcome, reason, pull, pullUrl, files, requests, log, started, seconds, order,
      state: data.states[state], counts: data.counts[counts],
      outcomeName: data.outcomes[outcome][0], colour: data.outcomes[outcome][1],
      reasonName: data.reasons[reason], message: data.messages[message] };
    said.sortName = name.toLowerCase();
    said.text = [said.sortName, said.outcomeName, said.reasonName.toLowerCase(), said.message.toLowerCase(),
      said.state].join("\n");
    return said;
  });
  // One key per column; null is nothing known, and always last.
  const keys = [(row) => row.sortName, (row) => row.outcome, (row) => row.reasonName, (row) => row.pull || null,
    (row) => row.files || null, (row) => row.requests, (row) => row.started, (row) => row.seconds];

  const search = byId("search"), outcome = byId("outcome"), reason = byId("reason");
  let sorted = { column: -1, direction: 1 }, shown = rows, page = 0;

  const span = (seconds) => {
    if (seconds < 60) return `${seconds} s`;
    let minutes = Math.floor(seconds / 60);
    seconds %= 60;
    if (minutes < 60) return seconds ? `${minutes} min ${seconds} s` : `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    minutes %= 60;
    return minutes ? `${hours} h ${minutes} min` : `${hours} h`;
  };
  const anchor = (text, url) => {
    const made = element("a", "", text);
    made.href = url;
    return made;
  };
  const cell = (className, content) => {
    const made = element("td", className);
    made.append(content);
    return made;
  };

  const line = (row) => {
    const made = element("tr"), name = element("th");
    name.scope = "row";
    name.append(row.linked ? anchor(row.name, `${data.server}/${row.name}`) : row.name);
    const dot = element("span", `dot ${row.colour}`);
    dot.setAttribute("aria-hidden", "true");
    const fared = cell("", dot);
    fared.append(row.outcomeName);
    const why = cell("", row.reasonName ? element("code", "", row.reasonName) : "–");
    if (row.log) {
      const log = anchor("log", data.logs[row.log]);
      log.className = "log";
      why.append(" ", log);
    }
    if (row.message) why.append(element("span", "message", row.message));
    const pull = row.pull ? `#${row.pull}` : "–";
    const pullCell = cell("number", row.pullUrl && row.pull ? anchor(pull, row.pullUrl) : pull);
    if (row.pull && row.state) pullCell.append(element("span", "message", row.state));
    made.append(name, fared, why,
      pullCell,
      cell("number", row.counts || "–"),
      cell("number", number(row.requests)),
      cell("number", row.started === null ? "–" : new Date(row.started * 1000).toISOString().slice(11, 19)),
      cell("number", row.seconds === null ? "–" : span(row.seconds)));
    return made;
  };

  const show = () => {
    const first = page * data.pageRows, part = shown.slice(first, first + data.pageRows);
    byId("rows").replaceChildren(...part.map(line));
    const pages = Math.max(1, Math.ceil(shown.length / data.pageRows));
    const range = part.length && pages > 1 ? `${number(first + 1)}–${number(first + part.length)} of ` : "";
    const of = shown.length === rows.length ? "" : ` that match, of ${number(rows.length)}`;
    byId("showing").textContent = `Showing ${range}${number(shown.length)}${range ? "" : ` of ${number(rows.length)}`} targets${range ? of : ""}`;
    byId("pager").hidden = pages === 1;
    byId("page").textContent = `Page ${number(page + 1)} of ${number(pages)}`;
    byId("previous").setAttribute("aria-disabled", String(page === 0));
    byId("next").setAttribute("aria-disabled", String(page === pages - 1));
  };

  const select = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    shown = rows.filter((row) => (!outcome.value || row.outcome === Number(outcome.value))
      && (!reason.value || row.reason === Number(reason.value)) && words.every((word) => row.text.includes(word)));
    if (sorted.column >= 0) {
      const key = keys[sorted.column];
      shown.sort((a, b) => {
        const x = key(a), y = key(b);
        if (x === y) return a.order - b.order;
        if (x === null || y === null) return x === null ? 1 : -1;
        return (x < y ? -1 : 1) * sorted.direction;
      });
    }
    page = 0;
    show();
  };

  const heads = [...document.querySelectorAll("#table thead th")];
  const sortBy = (column, direction) => {
    sorted = { column, direction };
    heads.forEach((head, index) => {
      if (index === column) head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
    select();
  };
  heads.forEach((head, column) => {
    const button = element("button", "", head.textContent);
    button.type = "button";
    button.addEventListener("click", () => {
      const usual = head.dataset.kind === "number" ? -1 : 1;
      sortBy(column, sorted.column === column ? -sorted.direction : usual);
    });
    head.replaceChildren(button);
  });

  const choices = (list, names, key) => {
    const counts = new Map();
    for (const row of rows) counts.set(row[key], (counts.get(row[key]) || 0) + 1);
    for (const [value, count] of [...counts].sort((a, b) => a[0] - b[0])) {
      const option = element("option", "", `${names(value) || "no reason"} (${number(count)})`);
      option.value = String(value);
      list.append(option);
    }
  };
  choices(outcome, (value) => data.outcomes[value][0], "outcome");
  choices(reason, (value) => data.reasons[value], "reason");

  search.addEventListener("input", select);
  outcome.addEventListener("change", select);
  reason.addEventListener("change", select);
  const turn = (by) => () => {
    const last = Math.ceil(shown.length / data.pageRows) - 1;
    if (page + by < 0 || page + by > last) return;
    page += by;
    show();
    byId("targets-title").scrollIntoView();
  };
  byId("previous").addEventListener("click", turn(-1));
  byId("next").addEventListener("click", turn(1));
  const reset = () => {
    search.value = outcome.value = reason.value = "";
    sortBy(-1, 1);
  };
  byId("reset").addEventListener("click", reset);
  for (const button of document.querySelectorAll(".show")) {
    button.addEventListener("click", () => {
      search.value = outcome.value = "";
      reason.value = button.dataset.reason;
      select();
      byId("targets").focus();
    });
    button.hidden = false;
  }

  byId("controls").hidden = false;
  show();
})();
