/* The whole book on one page: what is owed, how it is graded under each policy, whom to look at first.
 *
 * Customers arrive as arrays, one a row, in the columns that `customers.columns` names: thousands of them
 * stay quick, because only one page of the table is ever in the document.
 */
"use strict";

(() => {
  const GRADES = ["A", "B", "C", "D", "NR"];
  const GRADE_ORDER = { D: 0, C: 1, NR: 2, B: 3, A: 4 };
  const view = { text: "", grade: "", overdue: false, differs: false, changed: false, sort: "standing", descending: false, page: 0, size: Zixin.isPhone() ? 10 : 50 };

  Zixin.start((book) => {
    const { word, code, money, measure, days, number, isMissing, exactCompare, UNKNOWN } = Zixin;
    const { h, section, gradeBadge, table, bar, chart, decimal, facts } = Zixin;

    const at = Object.fromEntries(book.customers.columns.map((column, index) => [column, index]));
    const leading = Math.max(0, book.policies.findIndex((policy) => policy.is_active));
    const base = book.base_currency;
    const policyName = (policy) => code("policy", policy.policy_id);
    const href = (row) => `customers/${encodeURIComponent(row[at.file])}.html`;
    const nameOf = (row) => row[at.customer_name] || row[at.customer_id];
    const customerLink = (row) => [h("a", { href: href(row) }, nameOf(row)), row[at.customer_name] ? [h("br"), h("span.explain", {}, row[at.customer_id])] : null];
    const night = window.ZIXIN_CHANGES && window.ZIXIN_CHANGES.as_of === book.as_of ? window.ZIXIN_CHANGES : null;

    function changeOf(id) {
      if (!night || !night.compared_with || !Object.prototype.hasOwnProperty.call(night.customers, id)) return null;
      const wanted = `${book.policies[leading].policy_id}.final_grade`;
      return night.customers[id].find((change) => change.what === wanted) || null;
    }

    function changeText(change) {
      return change ? h("span.value", {}, change.from ? gradeBadge(change.from) : UNKNOWN, " → ", change.to ? gradeBadge(change.to) : UNKNOWN) : "";
    }

    /* ---- totals ---- */

    function heading() {
      const totals = book.totals;
      const cell = (title, value, small) => h("div", {}, h("dt", {}, title), h("dd", {}, value, small ? h("small", {}, " ", small) : null));
      const bad = book.grades.find((one) => one.policy_id === book.policies[leading].policy_id && one.grade === "D");
      return h("section.card", { "aria-label": word("page.portfolio") },
        h("p.eyebrow", {}, word("as_of.long", { date: book.as_of })),
        h("h1", {}, word("page.portfolio")),
        h("dl.figures", { style: "margin-top:1.2rem" },
          cell(word("portfolio.customers"), decimal(totals.customers)),
          cell(word("portfolio.open"), decimal(totals.open_amount), base),
          cell(word("portfolio.overdue"), decimal(totals.overdue_amount), [base, totals.overdue_share ? ` · ${measure(totals.overdue_share, "share")}` : ""].join("")),
          cell(word("portfolio.d_share"), bad ? decimal(bad.customers) : "0", `${word("grade.final")} · ${policyName(book.policies[leading])}`)),
        totals.no_fx_customers > 0 ? h("p.note", {}, word("portfolio.no_fx_note", { n: decimal(totals.no_fx_customers) })) : null,
        feedsLine());
    }

    function feedsLine() {
      const held = book.feeds.filter((feed) => feed.status === "held").length;
      return h("p.note", {}, held ? h("span.chip.alarm", {}, word("portfolio.feeds_held", { n: held })) : word("portfolio.feeds_ok"), book.quarantined_rows ? ` ${word("portfolio.quarantined", { n: decimal(book.quarantined_rows) })}` : "", " ",
        h("a", { href: "quality.html" }, word("nav.quality")));
    }

    /* ---- distribution ---- */

    const gradesOf = (policy) => GRADES.map((grade) => book.grades.find((one) => one.policy_id === policy.policy_id && one.grade === grade) || { grade, customers: 0, open_amount: "0.00", overdue_amount: "0.00" });

    function distribution() {
      const total = Math.max(1, book.totals.customers);
      return section("distribution", "portfolio.distribution", h("div.side-by-side", {}, book.policies.map((policy) => {
        const rows = gradesOf(policy);
        const most = Math.max(...rows.map((row) => number(row.open_amount)), 0);
        const title = `${policyName(policy)}${policy.is_active ? ` (${word("policy.deciding")})` : ""}`;
        return h("div", {}, h("h3", { style: "margin-top:0" }, title),
          h("div.stack", { role: "img", "aria-label": rows.map((row) => `${row.grade} ${row.customers}`).join(", ") }, rows.filter((row) => row.customers > 0).map((row) =>
            h(`span.grade-${row.grade}`, { "width%": (100 * row.customers) / total, title: `${row.grade}: ${row.customers}` }, (100 * row.customers) / total >= 5 ? row.grade : ""))),
          table(title, [
            { title: word("grade"), cell: (row) => gradeBadge(row.grade) },
            { title: word("column.count"), kind: "number", cell: (row) => decimal(row.customers) },
            { title: `${word("column.open")} ${base}`, kind: "number", cell: (row) => money(row.open_amount, "") },
            { title: `${word("column.overdue")} ${base}`, kind: "number", cell: (row) => money(row.overdue_amount, "") },
            { title: word("portfolio.exposure"), cell: (row) => bar(row.open_amount, most, `.grade-${row.grade}`) },
          ], rows));
      })), notRated());
    }

    function notRated() {
      const rows = book.not_rated.filter((row) => row.policy_id === book.policies[leading].policy_id);
      return rows.length ? [h("h3", {}, word("portfolio.not_rated")), facts(rows.map((row) => [code("nr", row.reason), decimal(row.customers)]))] : null;
    }

    /* ---- aging ---- */

    const COLOURS = ["#2f6fb1", "#d9a441", "#cf7f34", "#c4532c", "#9d1f17", "#7d8894", "#3d8f6b"];

    function aging() {
      return section("aging", "portfolio.aging", h("div.side-by-side", {}, book.aging.map((one) => {
        const most = Math.max(...one.buckets.map((bucket) => Math.abs(number(bucket.amount))), 0);
        return h("div", {}, h("h3", { style: "margin-top:0" }, one.currency),
          chart(`${word("chart.aging")} ${one.currency}`, 220, [{
            type: "bar", x: one.buckets.map((bucket) => code("bucket", bucket.bucket)), y: one.buckets.map((bucket) => number(bucket.amount)),
            marker: { color: one.buckets.map((bucket, index) => COLOURS[index % COLOURS.length]) }, hovertemplate: "%{x}: %{y:,.2f}<extra></extra>",
          }], { margin: { l: 56, r: 8, t: 8, b: 36 }, xaxis: { fixedrange: true }, yaxis: { fixedrange: true, gridcolor: "#e6eaef", tickformat: "~s" }, bargap: 0.35 }),
          table(`${word("portfolio.aging")} ${one.currency}`, [
            { title: word("aging.bucket"), cell: (row) => code("bucket", row.bucket) },
            { title: word("aging.items"), kind: "number", cell: (row) => decimal(row.items) },
            { title: word("aging.amount"), kind: "number", cell: (row) => money(row.amount, one.currency) },
            { title: word("aging.share"), cell: (row) => bar(row.amount, most, row.bucket.startsWith("overdue_") ? ".late" : "") },
          ], one.buckets, { foot: h("tfoot", {}, h("tr", {}, h("th", { scope: "row", colspan: "2" }, word("total")),
            h("td.number", { "data-label": word("aging.amount") }, h("span.value", {}, money(one.total_amount, one.currency))), h("td", {}))) }));
      })));
    }

    /* ---- customers ---- */

    const policyColumn = (index, title) => ({ key: `grade${index}`, title, cell: (row) => gradeCell(row, index) });

    function gradeCell(row, index) {
      const grade = row[at.final_grades][index];
      const reason = row[at.nr_reasons][index];
      return [gradeBadge(grade), row[at.provisional][index] ? h("span.explain", { title: word("grade.provisional") }, ` ${row[at.intervals][index]}`) : null,
        grade === "NR" && reason ? h("span.explain", {}, ` ${code("nr", reason)}`) : null];
    }

    function columns(sortable) {
      const list = [
        { key: "name", title: word("column.customer"), cell: customerLink },
        ...book.policies.map((policy, index) => policyColumn(index, policyName(policy))),
        { key: "letters", title: word("column.letters"), cell: (row) => h("span.triple", { title: ["collection", "overdue", "competitor"].map((letter) => word(`letter.${letter}`)).join(" · ") }, row[at.letters][leading]) },
        { key: "open", title: `${word("column.open")} ${base}`, kind: "number", cell: (row) => money(row[at.open_amount], "") },
        { key: "overdue", title: `${word("column.overdue")} ${base}`, kind: "number", cell: (row) => money(row[at.overdue_amount], "") },
        { key: "days", title: word("column.days"), kind: "number", cell: (row) => (isMissing(row[at.oldest_overdue_days]) ? UNKNOWN : days(row[at.oldest_overdue_days])) },
        night && night.compared_with ? { key: "change", title: word("column.change"), cell: (row) => changeText(changeOf(row[at.customer_id])) } : null,
      ].filter(Boolean);
      return sortable ? list : list.map(({ key, ...rest }) => rest);
    }

    const byGrade = (index) => (a, b) => GRADE_ORDER[a[at.final_grades][index]] - GRADE_ORDER[b[at.final_grades][index]];
    const byMoney = (column) => (a, b) => exactCompare(b[at[column]], a[at[column]]);
    const byId = (a, b) => (a[at.customer_id] < b[at.customer_id] ? -1 : 1);
    const byStanding = (a, b) => byGrade(leading)(a, b) || byMoney("overdue_amount")(a, b) || byMoney("open_amount")(a, b) || byId(a, b);

    const ORDERS = {
      standing: byStanding,
      name: (a, b) => nameOf(a).localeCompare(nameOf(b), Zixin.language() === "zh" ? "zh-CN" : "en") || byId(a, b),
      letters: (a, b) => (a[at.letters][leading] < b[at.letters][leading] ? -1 : a[at.letters][leading] > b[at.letters][leading] ? 1 : byId(a, b)),
      open: (a, b) => byMoney("open_amount")(a, b) || byId(a, b),
      overdue: (a, b) => byMoney("overdue_amount")(a, b) || byId(a, b),
      days: (a, b) => number(b[at.oldest_overdue_days]) - number(a[at.oldest_overdue_days]) || byId(a, b),
      change: (a, b) => (changeOf(b[at.customer_id]) ? 1 : 0) - (changeOf(a[at.customer_id]) ? 1 : 0) || byStanding(a, b),
    };
    book.policies.forEach((policy, index) => { ORDERS[`grade${index}`] = (a, b) => byGrade(index)(a, b) || byStanding(a, b); });

    function chosen() {
      const wanted = view.text.trim().toLowerCase();
      const rows = book.customers.rows.filter((row) =>
        (!wanted || String(row[at.customer_name] || "").toLowerCase().includes(wanted) || row[at.customer_id].toLowerCase().includes(wanted))
        && (!view.grade || row[at.final_grades][leading] === view.grade)
        && (!view.overdue || number(row[at.overdue_amount]) > 0)
        && (!view.differs || new Set(row[at.final_grades]).size > 1)
        && (!view.changed || changeOf(row[at.customer_id]))).sort(ORDERS[view.sort]);
      return view.descending ? rows.reverse() : rows;
    }

    function customers() {
      const body = h("div", { "aria-live": "polite" });
      const redraw = (keepPage) => { if (!keepPage) view.page = 0; body.replaceChildren(...listing(redraw)); };
      const check = (key, title) => {
        const input = h("input", { type: "checkbox", checked: view[key], onchange: (event) => { view[key] = event.target.checked; redraw(); } });
        return h("label", {}, input, title);
      };
      const search = h("input", { type: "search", placeholder: word("portfolio.find"), "aria-label": word("portfolio.find"), value: view.text, oninput: (event) => { view.text = event.target.value; redraw(); } });
      const select = h("select", { onchange: (event) => { view.grade = event.target.value; redraw(); } },
        h("option", { value: "" }, word("portfolio.filter_all")), GRADES.map((grade) => h("option", { value: grade, selected: view.grade === grade }, grade)));
      redraw(true);
      return section("customers", "portfolio.all",
        h("div.controls", {}, search, h("label", {}, word("portfolio.filter_grade"), select), check("overdue", word("portfolio.filter_overdue")),
          book.policies.length > 1 ? check("differs", word("portfolio.filter_differs")) : null, night && night.compared_with ? check("changed", word("portfolio.filter_changed")) : null),
        body);
    }

    function sortButton(column, redraw) {
      const active = view.sort === column.key;
      return {
        ...column,
        sorted: active ? (view.descending ? "descending" : "ascending") : null,
        header: h("button", { type: "button", "data-sort": column.key, onclick: () => {
          view.descending = active ? !view.descending : false;
          view.sort = column.key;
          redraw();
          document.querySelector(`[data-sort="${column.key}"]`).focus();
        } }, column.title, active ? (view.descending ? " ▲" : " ▼") : ""),
      };
    }

    function listing(redraw) {
      const rows = chosen();
      if (!rows.length) return [h("p.soft", {}, word("portfolio.no_match"))];
      const pages = Math.ceil(rows.length / view.size);
      view.page = Math.min(view.page, pages - 1);
      const first = view.page * view.size;
      const shown = rows.slice(first, first + view.size);
      const turn = (step) => () => { view.page += step; redraw(true); document.getElementById("customers").scrollIntoView(); };
      return [
        table(word("portfolio.all"), columns(true).map((column) => sortButton(column, redraw)), shown),
        h("div.pager", {},
          h("button", { type: "button", disabled: view.page === 0, onclick: turn(-1) }, word("portfolio.previous")),
          h("span", {}, word("portfolio.showing", { from: decimal(first + 1), to: decimal(first + shown.length), count: decimal(rows.length) })),
          h("button", { type: "button", disabled: view.page >= pages - 1, onclick: turn(1) }, word("portfolio.next"))),
      ];
    }

    function worst() {
      const rows = book.customers.rows.slice().sort(byStanding).filter((row) => ["C", "D"].includes(row[at.final_grades][leading])).slice(0, 10);
      return rows.length ? section("worst", "portfolio.worst", h("p.note", {}, word("portfolio.worst_note")), table(word("portfolio.worst"), columns(false), rows)) : null;
    }

    function changes() {
      if (!night) return null;
      if (!night.compared_with) return section("changes", "section.changes", h("p.soft", {}, word("changes.first")));
      const moved = book.customers.rows.map((row) => [row, changeOf(row[at.customer_id])]).filter(([, change]) => change && change.from && change.to);
      const worse = moved.filter(([, change]) => GRADE_ORDER[change.to] < GRADE_ORDER[change.from]);
      const better = moved.filter(([, change]) => GRADE_ORDER[change.to] > GRADE_ORDER[change.from]);
      const list = (title, pairs) => (pairs.length ? [h("h3", {}, `${title} (${pairs.length})`), table(title, [
        { title: word("column.customer"), cell: ([row]) => customerLink(row) },
        { title: word("column.change"), cell: ([, change]) => changeText(change) },
        { title: `${word("column.overdue")} ${base}`, kind: "number", cell: ([row]) => money(row[at.overdue_amount], "") },
      ], pairs.slice(0, 20))] : null);
      return section("changes", "section.changes",
        h("p", {}, `${word("changes.since", { date: night.compared_with })}: ${word("changes.customers", { n: decimal(Object.keys(night.customers).length) })}`),
        h("div.side-by-side", {}, [list(word("changes.worse"), worse), list(word("changes.better"), better)].filter(Boolean).map((block) => h("div", {}, block))));
    }

    const marts = Zixin.book(book);
    return { page: "portfolio", title: `${word("page.portfolio")} ${book.as_of}`, content: [heading(), distribution(), marts.alerts, worst(), marts.watch, changes(), marts.moves, customers(), ...[aging(), marts.risk, marts.cash, marts.provision, marts.concentration, marts.groups].map(Zixin.foldOnPhone), marts.policies] };
  });
})();
