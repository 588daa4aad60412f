"use strict";
for (const table of document.querySelectorAll("table.list")) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });

  const keyOf = (row, at) => {
    const cell = row.cells[at];
    const sort = cell.getAttribute("data-sort");
    if (sort === null) return cell.textContent;
    return sort === "" ? NaN : Number(sort);
  };
  const isEmpty = (key) => key === "" || Number.isNaN(key);
  const compare = (one, other) =>
    typeof one === "number" ? one - other : order.compare(one, other);

  heads.forEach((head, at) => {
    // Beside the title and not around it: a head that is printed again leaves buttons out.
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", `${table.dataset.sort}: ${head.textContent}`);
    head.append(button);
    head.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const keyed = rows.map((row) => [keyOf(row, at), row]);
      // What is empty stays at the end, whichever way it is sorted.
      const full = keyed.filter(([key]) => !isEmpty(key));
      full.sort(([one], [other]) => (down ? compare(other, one) : compare(one, other)));
      const empty = keyed.filter(([key]) => isEmpty(key));
      body.append(...[...full, ...empty].map(([, row]) => row));
    });
  });

  if (rows.length < 8) continue;
  const label = document.createElement("label");
  const input = document.createElement("input");
  const found = document.createElement("output");
  input.type = "search";
  label.append(`${table.dataset.filter} `, input);
  const line = document.createElement("div");
  line.className = "filter";
  line.append(label, found);
  table.parentElement.before(line);
  const texts = rows.map((row) => row.textContent.toLowerCase());
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    let shown = 0;
    rows.forEach((row, at) => {
      row.hidden = !words.every((word) => texts[at].includes(word));
      shown += row.hidden ? 0 : 1;
    });
    found.value = table.dataset.found.replace("{shown}", shown).replace("{found}", rows.length);
  });
}
