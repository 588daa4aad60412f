"use strict";
const ORDER_OF_LIGHTS = ["red", "yellow", "green", "none"];
const NUMERIC = ["number", "percent", "days"];
const CHOSEN = ["light", "word"];
const CHOSEN_KEYS = ["lead", "category", "place", "document"];
const FEW = 8;
const MOST_CHOICES = 80;
const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
const state = new URLSearchParams(location.search);

const remember = (key, value) => {
  if (value) state.set(key, value);
  else state.delete(key);
  const query = state.toString();
  try {
    history.replaceState(null, "", (query ? `?${query}` : location.pathname) + location.hash);
  } catch {
    // A page may be shown where its address must not change; it works all the same.
  }
};

const valueOf = (row, at) => {
  const cell = row.cells[at];
  return cell.getAttribute("data-value")
    ?? cell.firstElementChild?.getAttribute("data-value") ?? cell.textContent;
};

const sortKeyOf = (kind, value) => {
  if (value === "") return null;
  if (kind === "light") return ORDER_OF_LIGHTS.indexOf(value) + 1 || ORDER_OF_LIGHTS.length + 1;
  if (!NUMERIC.includes(kind)) return value;
  const number = Number(value.replace("%", ""));
  return Number.isNaN(number) ? null : number;
};

const compare = (one, other) =>
  typeof one === "number" && typeof other === "number"
    ? one - other
    : collator.compare(String(one), String(other));

const element = (tag, text = "", className = "") => {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
};

const save = (name, type, text) => {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};

// The data are packed as a link, so that they can be had without a script; see page_data.py.
const readData = async (name) => {
  const packed = document.getElementById("page-data").getAttribute("href").split(",")[1];
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const HEAD = 0x04034b50;
  for (let at = 0, end; view.getUint32(at, true) === HEAD; at = end) {
    const nameEnd = at + 30 + view.getUint16(at + 26, true);
    const start = nameEnd + view.getUint16(at + 28, true);
    end = start + view.getUint32(at + 18, true);
    if (new TextDecoder().decode(bytes.subarray(at + 30, nameEnd)) !== name) continue;
    const own = new Blob([bytes.subarray(start, end)]).stream();
    return new Response(own.pipeThrough(new DecompressionStream("deflate-raw"))).text();
  }
  return "";
};

for (const table of document.querySelectorAll("table.list")) {
  // Each group of rows is a body of its own, and its first row is its title.
  const bodies = [...table.tBodies];
  const isRow = (row) => row.className !== "group";
  const listRows = () => bodies.flatMap((body) => [...body.rows].filter(isRow));
  const rows = listRows();
  const groups = new Map(rows.map((row) => [row, row.parentElement]));
  const heads = [...table.tHead.rows[0].cells];
  const titles = heads.map((head) => head.textContent);
  const kinds = heads.map((head) => head.className);
  const words = table.dataset;
  const nameOf = (what) => `${table.id}.${what}`;

  const sortBy = (at, down) => {
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[at].setAttribute("aria-sort", down ? "descending" : "ascending");
    const keyed = rows.map((row) => [sortKeyOf(kinds[at], valueOf(row, at)), row]);
    // What is empty stays at the end, whichever way it is sorted.
    const full = keyed.filter(([key]) => key !== null);
    // To compare texts takes long, so each text is compared once.
    const order = [...new Set(full.map(([key]) => key))].sort(compare);
    const places = new Map(order.map((key, place) => [key, place]));
    full.sort(([one], [other]) => (places.get(one) - places.get(other)) * (down ? -1 : 1));
    // Every row stays in its group.
    const sorted = new Map(bodies.map((body) => [body, document.createDocumentFragment()]));
    const empty = keyed.filter(([key]) => key === null);
    for (const [, row] of [...full, ...empty]) sorted.get(groups.get(row)).append(row);
    for (const [body, own] of sorted) body.append(own);
    remember(nameOf("sort"), (down ? "-" : "") + heads[at].dataset.key);
  };

  heads.forEach((head, at) => {
    // Beside the title and not around it: a head that is printed again leaves buttons out.
    const button = element("button");
    button.type = "button";
    button.setAttribute("aria-label", `${words.sort}: ${titles[at]}`);
    head.append(button);
    head.addEventListener("click", () => sortBy(at, head.getAttribute("aria-sort") === "ascending"));
  });
  const wanted = state.get(nameOf("sort"));
  const sortedAt = heads.findIndex((head) => head.dataset.key === wanted?.replace(/^-/, ""));
  if (wanted && sortedAt >= 0) sortBy(sortedAt, wanted.startsWith("-"));

  if (rows.length < FEW) continue;
  const line = element("div", "", "filter");
  const found = element("output");
  const input = element("input");
  input.type = "search";
  const filters = [];
  const label = (text, control, className = "") => {
    const around = element("label", `${text} `, className);
    around.append(control);
    line.append(around);
  };
  label(words.filter, input);

  const addChoice = (at) => {
    const values = new Map();
    for (const row of rows) {
      const value = valueOf(row, at);
      if (value) values.set(value, row.cells[at].textContent);
    }
    if (values.size < 2 || values.size > MOST_CHOICES) return;
    const select = element("select");
    select.append(new Option(words.all, ""));
    const order = [...values].sort(([one], [other]) =>
      compare(sortKeyOf(kinds[at], one), sortKeyOf(kinds[at], other)));
    for (const [value, text] of order) select.append(new Option(text, value));
    select.value = state.get(nameOf(heads[at].dataset.key)) ?? "";
    if (select.selectedIndex < 0) select.value = "";
    select.addEventListener("change", () => {
      remember(nameOf(heads[at].dataset.key), select.value);
      show();
    });
    filters.push([at, select]);
    label(titles[at], select);
  };

  let texts = null;
  const show = () => {
    const terms = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = filters.filter(([, select]) => select.value);
    if (terms.length && texts === null) texts = rows.map((row) => row.textContent.toLowerCase());
    let shown = 0;
    rows.forEach((row, at) => {
      row.hidden = !terms.every((term) => texts[at].includes(term))
        || !chosen.every(([column, select]) => valueOf(row, column) === select.value);
      shown += row.hidden ? 0 : 1;
    });
    for (const body of bodies) body.hidden = ![...body.rows].some((row) => isRow(row) && !row.hidden);
    found.value = words.found.replace("{shown}", shown).replace("{found}", rows.length);
  };
  heads.forEach((head, at) => {
    if (CHOSEN.includes(kinds[at]) || CHOSEN_KEYS.includes(head.dataset.key)) addChoice(at);
  });

  const sorting = element("select");
  sorting.append(new Option("", ""));
  heads.forEach((head, at) => sorting.append(new Option(titles[at], at)));
  sorting.addEventListener("change", () => sorting.value !== "" && sortBy(Number(sorting.value), false));
  label(words.sort, sorting, "sorting");

  // The rows that are shown, in their order.
  const places = new Map(rows.map((row, place) => [row, place]));
  const listShown = () => listRows().filter((row) => !row.hidden).map((row) => places.get(row));
  const pick = {
    csv: (text) => {
      const [head, ...lines] = text.match(/(?:"[^"]*"|[^"\n])*\n/g);
      return `\ufeff${head}${listShown().map((place) => lines[place]).join("")}`;
    },
    json: (text) => {
      const data = JSON.parse(text);
      data.items = listShown().map((place) => data.items[place]);
      return `${JSON.stringify(data, null, 1)}\n`;
    },
  };
  for (const [form, pickRows] of Object.entries(pick)) {
    const button = element("button", `${words.save} ${form.toUpperCase()}`);
    button.type = "button";
    button.addEventListener("click", async () => {
      const text = await readData(`${table.id.replace(/^table-/, "")}.${form}`);
      save(`${document.title}.${form}`, form === "csv" ? "text/csv" : "application/json", pickRows(text));
    });
    line.append(button);
  }
  line.append(found);
  table.parentElement.before(line);
  input.value = state.get(nameOf("q")) ?? "";
  input.addEventListener("input", () => {
    remember(nameOf("q"), input.value);
    show();
  });
  if (input.value || filters.some(([, select]) => select.value)) show();
}
// Histories are a text until one is wanted: thousands of them would take seconds to be there.
const histories = document.querySelector(".histories noscript");
const showHistory = () => {
  document.querySelector(".history")?.remove();
  const place = decodeURIComponent(location.hash.slice(1));
  const start = histories && place.startsWith("history-")
    ? histories.textContent.indexOf(`<article class="history" id="${place}"`) : -1;
  if (start < 0) return;
  const end = histories.textContent.indexOf("</article>", start);
  const own = new DOMParser().parseFromString(histories.textContent.slice(start, end), "text/html");
  const article = own.body.firstElementChild;
  article.classList.add("open");
  histories.before(article);
  article.focus();
};
addEventListener("hashchange", showHistory);
addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector(".history .close a")?.click();
});
showHistory();
// Rows may have moved since the browser went to the one that the address names.
if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
