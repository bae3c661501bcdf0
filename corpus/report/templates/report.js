"use strict";
(() => {
  // Sorts, filters and shortens tables; all rows are in the page, so it reads the same without this.
  const SHORT = 20, said = document.body.dataset, order = new Intl.Collator(document.documentElement.lang);
  const made = (name, properties) => Object.assign(document.createElement(name), properties);
  for (const box of document.querySelectorAll(".table")) {
    const table = box.querySelector("table"), body = table.tBodies[0], rows = [...body.rows];
    if (rows.length < 2) continue;
    let whole = rows.length <= SHORT + 5, wanted = "";
    const more = made("button", { type: "button", className: "more" });
    const count = made("span", { role: "status" });
    const show = () => {
      let found = 0;
      for (const row of body.rows) {
        const fits = !wanted || row.textContent.toLowerCase().includes(wanted);
        row.hidden = !fits || (!whole && !wanted && found >= SHORT);
        if (fits) found += 1;
      }
      count.textContent = wanted ? said.found.replace("{n}", found) : "";
      more.textContent = whole ? said.less : said.all.replace("{n}", rows.length);
      more.hidden = Boolean(wanted) || rows.length <= SHORT + 5;
      more.setAttribute("aria-expanded", String(whole));
    };
    more.addEventListener("click", () => { whole = !whole; show(); });
    box.append(more);
    if (rows.length > 15) {
      const tools = made("div", { className: "tools" }), label = made("label", { textContent: said.search + " " });
      const field = made("input", { type: "search" });
      field.addEventListener("input", () => { wanted = field.value.trim().toLowerCase(); show(); });
      label.append(field);
      tools.append(label, count);
      box.querySelector(".scroll").before(tools);
    }
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => {
      if (!head.textContent.trim()) return;
      const button = made("button", { type: "button", textContent: head.textContent, title: said.sort });
      const number = head.classList.contains("n");
      const value = row => row.cells[place].dataset.v;
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        const up = now ? now === "descending" : !number;
        heads.forEach(other => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const sorted = rows.slice().sort((one, two) => {
          const apart = number ? Number(value(one)) - Number(value(two)) : order.compare(value(one), value(two));
          return up ? apart : -apart;
        });
        body.append(...sorted);
        show();
      });
      head.textContent = "";
      head.append(button);
    });
    show();
  }
})();
