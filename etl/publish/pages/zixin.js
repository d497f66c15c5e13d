/* What every page shares: words, numbers, elements, tables, charts. No network, no framework.
 *
 * Text from outside (names, ids, reasons) only ever becomes a text node: nothing here builds HTML from
 * a string. Money and ratios arrive as decimal strings and are formatted as text, so that no cent
 * passes through a floating-point number; Number() is used for the length of a bar and nothing else.
 */
"use strict";

const Zixin = (() => {
  const LANGUAGES = ["zh", "en"];
  const STORAGE_KEY = "zixin.language";
  const UNKNOWN = "—";

  let language = startingLanguage();

  function startingLanguage() {
    try {
      const kept = window.localStorage.getItem(STORAGE_KEY);
      if (LANGUAGES.includes(kept)) return kept;
    } catch (error) { /* storage is off for files on some browsers: the browser's language decides */ }
    const asked = new URLSearchParams(window.location.search).get("lang");
    if (LANGUAGES.includes(asked)) return asked;
    return (navigator.language || "zh").toLowerCase().startsWith("zh") ? "zh" : "en";
  }

  function keepLanguage(chosen) {
    language = chosen;
    try { window.localStorage.setItem(STORAGE_KEY, chosen); } catch (error) { /* see above */ }
  }

  /* ---- words ---- */

  const has = (key) => Object.prototype.hasOwnProperty.call(window.ZIXIN_WORDS, key);

  function word(key, values) {
    if (!has(key)) return key;
    const text = window.ZIXIN_WORDS[key][language === "zh" ? 0 : 1];
    return values ? text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all)) : text;
  }

  /* A code from the data: its words when we have them, else the code itself. */
  function code(prefix, value) {
    if (value === null || value === undefined || value === "") return UNKNOWN;
    return has(`${prefix}.${value}`) ? word(`${prefix}.${value}`) : String(value);
  }

  /* ---- numbers: decimal strings in, text out ---- */

  const isMissing = (value) => value === null || value === undefined || value === "";

  function grouped(digits) {
    return digits.replace(/\B(?=(\d{3})+$)/g, ",");
  }

  function decimal(value) {
    if (isMissing(value)) return UNKNOWN;
    const [, sign, whole, fraction] = /^(-?)(\d+)(\.\d+)?$/.exec(String(value)) || [];
    return whole === undefined ? String(value) : `${sign}${grouped(whole)}${fraction || ""}`;
  }

  function money(value, currency) {
    if (isMissing(value)) return UNKNOWN;
    return currency ? `${decimal(value)} ${currency}` : decimal(value);
  }

  /* "0.950000" -> "95%": the point moves two places in the text; trailing zeros go. */
  function share(value) {
    if (isMissing(value)) return UNKNOWN;
    const [, sign, whole, fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value)) || [];
    if (whole === undefined) return String(value);
    const digits = fraction.padEnd(2, "0");
    const left = (whole + digits.slice(0, 2)).replace(/^0+(?=\d)/, "");
    const right = digits.slice(2).replace(/0+$/, "");
    return `${sign}${grouped(left)}${right ? "." + right : ""}%`;
  }

  function trimmed(value) {
    const text = decimal(value);
    return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  }

  /* A decimal string to so many places, half away from zero, in whole numbers of any size. */
  function rounded(value, places) {
    const [, sign, whole, fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value)) || [];
    if (whole === undefined || fraction.length <= places) return String(value);
    const up = fraction[places] >= "5" ? 1n : 0n;
    const digits = (BigInt(whole + fraction.slice(0, places)) + up).toString().padStart(places + 1, "0");
    const cut = digits.length - places;
    const text = places ? `${digits.slice(0, cut)}.${digits.slice(cut)}` : digits;
    return /^[0.]+$/.test(text) ? text : sign + text;
  }

  function days(value) {
    if (isMissing(value)) return UNKNOWN;
    const text = trimmed(value);
    return language === "zh" ? `${text} 天` : `${text} ${/^-?1$/.test(text) ? "day" : "days"}`;
  }

  /* For reading: two decimals are enough. What a letter was compared on is shown whole (`exactly`). */
  function exactly(value, unit) {
    if (isMissing(value)) return UNKNOWN;
    return unit === "share" ? share(value) : days(value);
  }

  function measure(given, unit, currency) {
    if (isMissing(given)) return UNKNOWN;
    if (unit === "money") return money(rounded(given, 2), currency);
    const value = rounded(given, { share: 4, rate: 6 }[unit] || 2);
    if (unit === "share") return share(value);
    if (unit === "days") return days(value);
    if (unit === "flag") return value === true || value === "true" ? word("yes") : word("no");
    if (unit === "percent") return `${trimmed(value)}%`;
    const text = trimmed(value);
    const one = unit && /^-?1$/.test(text) ? unit.replace(/s$/, "") : unit;
    return one && has(`unit.${one}`) ? `${text} ${word(`unit.${one}`)}` : text;
  }

  /* What an alert found, in its units, and what it is compared with (publish/sql/alert.sql). */
  function alertSays(row) {
    const value = (given, unit) => measure(given, unit, row.currency);
    const part = (kind, given, values) => (isMissing(given) || !has(`alert_${kind}.${row.measure}`) ? null : word(`alert_${kind}.${row.measure}`, values));
    const named = isMissing(row.value_text) || row.value_text === row.measure ? null
      : `${isMissing(row.previous_text) ? "" : `${code("alert_value", row.previous_text)} → `}${code("alert_value", row.value_text)}`;
    return [named, part("now", row.value, { value: value(row.value, row.unit) }),
      part("before", row.previous_value, { previous: value(row.previous_value, row.previous_unit) }),
      part("line", row.threshold, { threshold: value(row.threshold, row.threshold_unit) })].filter(Boolean).join(" · ") || UNKNOWN;
  }

  const number = (value) => (isMissing(value) ? 0 : Number(value));

  function exactCompare(left, right) {
    /* Decimal strings, compared without floats: sign, then whole length, then digits. */
    if (isMissing(left)) return isMissing(right) ? 0 : -1;
    if (isMissing(right)) return 1;
    const [a, b] = [String(left), String(right)];
    const [negativeA, negativeB] = [a.startsWith("-"), b.startsWith("-")];
    if (negativeA !== negativeB) return negativeA ? -1 : 1;
    const [wholeA, fractionA = ""] = a.replace("-", "").split(".");
    const [wholeB, fractionB = ""] = b.replace("-", "").split(".");
    const size = wholeA.length - wholeB.length;
    const width = Math.max(fractionA.length, fractionB.length);
    const [textA, textB] = [wholeA + fractionA.padEnd(width, "0"), wholeB + fractionB.padEnd(width, "0")];
    const order = size !== 0 ? Math.sign(size) : textA < textB ? -1 : textA > textB ? 1 : 0;
    return negativeA ? -order : order;
  }

  /* ---- elements ---- */

  function append(parent, children) {
    for (const child of children.flat(Infinity)) {
      if (child === null || child === undefined || child === false) continue;
      parent.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
    return parent;
  }

  function h(tag, attributes, ...children) {
    const [name, ...classes] = tag.split(".");
    const element = document.createElement(name || "div");
    if (classes.length) element.className = classes.join(" ");
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (key === "width%") element.style.width = `${Math.max(0, Math.min(100, value))}%`;
      else element.setAttribute(key, value === true ? "" : String(value));
    }
    return append(element, children);
  }

  function section(id, titleKey, ...children) {
    return h("section.card", { id, "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, word(titleKey)), children);
  }

  function gradeBadge(grade, size) {
    const shown = isMissing(grade) ? "NR" : grade;
    const known = ["A", "B", "C", "D"].includes(shown);
    return h(`span.badge.${size || "small"}.grade-${known ? shown : "NR"}`, {
      title: known ? `${word("grade")} ${shown}` : word("grade.nr"),
    }, shown);
  }

  function facts(pairs) {
    return h("dl.facts", {}, pairs.filter(Boolean).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
  }

  /* A date is never broken over two lines. */
  const isDay = (shown) => typeof shown === "string" && /^\d{4}-\d{2}-\d{2}$/.test(shown);
  const cellOf = (shown) => h(`span.value${isDay(shown) ? ".whole" : ""}`, {}, shown);

  /* columns: [{title, kind: text|number, isWide: takes half the table, cell: row => text or node}] ; a phone shows each row as a card. */
  function table(caption, columns, rows, options = {}) {
    const head = h("tr", {}, columns.map((column) => h(`th${column.kind === "number" ? ".number" : ""}${column.isWide ? ".wide" : ""}`, { scope: "col", "aria-sort": column.sorted }, column.header || column.title)));
    const body = rows.map((row) => h(`tr${options.rowClass ? options.rowClass(row) : ""}`, {}, columns.map((column, index) =>
      h(`${index === 0 ? "th" : "td"}${column.kind === "number" ? ".number" : ""}`, { scope: index === 0 ? "row" : null, "data-label": column.title }, cellOf(column.cell(row))))));
    return h("div.table-wrap", { role: "region", "aria-label": caption, tabindex: "0" },
      h(`table${options.className || ""}`, {}, h("caption.visually-hidden", {}, caption), h("thead", {}, head), h("tbody", {}, body), options.foot || null));
  }

  function bar(value, most, className) {
    const part = most > 0 ? (100 * Math.abs(number(value))) / most : 0;
    return h("span.bar", { "aria-hidden": "true" }, h(`span.fill${className || ""}`, { "width%": part > 0 && part < 0.5 ? 0.5 : part }));
  }

  /* A long table: its first rows, the others folded away. */
  function firstRows(title, columns, rows, shown, options) {
    const rest = rows.slice(shown);
    return [table(title, columns, rows.slice(0, shown), options),
      rest.length ? details(word("more.unfold", { count: decimal(String(rest.length)) }), false, table(title, columns, rest, options)) : null];
  }

  function details(title, open, ...children) {
    return h("details", { open }, h("summary", {}, title), children);
  }

  /* What is as it should be: counted in one line, which is all that is printed of it. */
  function aside(title, ...children) {
    return h("details", { "data-aside": true }, h("summary", {}, title), children);
  }

  /* On a phone a long section is a heading to open; printing opens it. */
  const isPhone = () => window.matchMedia("(max-width: 760px)").matches;

  function foldOnPhone(element) {
    if (!element || !isPhone()) return element;
    const [title, ...rest] = element.children;
    append(element, [details(word("nav.show"), false, rest)]);
    return element;
  }

  /* list: {count, rows}; a long one says how much of it is shown. */
  function shortened(list) {
    return list.count > list.rows.length
      ? h("p.note", {}, word("more.rows", { count: decimal(list.count), shown: decimal(list.rows.length) })) : null;
  }

  function small(list, title, columns) {
    return list.count ? details(`${title} (${decimal(list.count)})`, false, table(title, columns, list.rows), shortened(list)) : null;
  }

  /* ---- charts: the library is large, so it is fetched from beside the page only when a chart comes near ---- */

  let library = null;

  function chartLibrary() {
    if (!library) {
      library = new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = `${document.body.dataset.assets}plotly.min.js`;
        script.onload = () => resolve(window.Plotly);
        script.onerror = reject;
        document.head.append(script);
      });
    }
    return library;
  }

  const FONT = { family: "-apple-system, 'Segoe UI', 'Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif", size: 12, color: "#3b4754" };

  function chart(label, height, traces, layout) {
    const note = h("p.chart-note", {}, word("chart.loading"));
    const box = h("div.chart", { role: "img", "aria-label": label }, note);
    box.style.minHeight = `${height}px`;
    const draw = () => chartLibrary().then((plotly) => {
      note.remove();
      box.dataset.drawn = "yes";
      return plotly.newPlot(box, traces, {
        height, font: FONT, autosize: true, dragmode: false, hovermode: "closest",
        margin: { l: 8, r: 8, t: 8, b: 8 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
        legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 }, ...layout,
      }, { displayModeBar: false, responsive: true, showTips: false });
    }).catch(() => { note.textContent = word("chart.missing"); box.classList.add("chart-absent"); box.style.minHeight = ""; });
    if ("IntersectionObserver" in window) {
      const watcher = new IntersectionObserver((entries) => {
        if (entries.some((entry) => entry.isIntersecting)) { watcher.disconnect(); draw(); }
      }, { rootMargin: "200px" });
      watcher.observe(box);
    } else {
      draw();
    }
    return box;
  }

  /* ---- the frame around every page ---- */

  /* Why a row was refused. Rules and the mapper speak English; the Chinese page has their meaning, with the field
     and what stood in it, and the sentence itself where the pointer rests. */
  function refusal(row) {
    const said = row.reason || UNKNOWN;
    const known = code("refused", row.rule);
    if (language !== "zh" || known === String(row.rule)) return said;
    const [field] = /^[a-z][A-Za-z0-9_]*(?: "[^"]*")?(?= )/.exec(said) || [""];
    return h("span", { title: said }, field && !known.endsWith("。") ? `${known}：${field}` : known);
  }

  function languageSwitch(redraw) {
    return h("div.languages", { role: "group", "aria-label": word("nav.language") }, [["zh", "中文"], ["en", "English"]].map(([key, name]) =>
      h("button", { type: "button", lang: key === "zh" ? "zh-CN" : "en", "aria-pressed": String(key === language), onclick: () => { keepLanguage(key); redraw(); } }, name)));
  }

  function frame(options, redraw) {
    const root = document.body.dataset.root;
    const link = (key, href) => h("a", { href: root + href, "aria-current": options.page === key ? "page" : null }, word(`nav.${key}`));
    return [
      h("a.skip", { href: "#main" }, word("nav.skip")),
      h("header.masthead", {}, h("div.inside", {},
        h("a.brand", { href: `${root}index.html` }, h("span.mark", { "aria-hidden": "true" }, "信"), word("product")),
        h("nav", { "aria-label": word("product") }, link("portfolio", "index.html"), link("quality", "quality.html")),
        h("span.tools", {}, languageSwitch(redraw), h("button.print", { type: "button", onclick: () => window.print() }, word("nav.print"))))),
    ];
  }

  function readDocument() {
    return JSON.parse(document.getElementById("document").textContent);
  }

  /* draw(document) returns {page, title, content}; it is called again whenever the language changes. */
  function start(draw) {
    const data = readDocument();
    const redraw = () => {
      document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
      const { page, title, content } = draw(data);
      document.title = `${title} · ${word("product")}`;
      for (const old of document.querySelectorAll("body > :not(script)")) old.remove();
      append(document.body, [frame({ page }, redraw), h("main", { id: "main", tabindex: "-1" }, content)]);
    };
    redraw();
    window.addEventListener("beforeprint", () => { for (const fold of document.querySelectorAll("details:not([data-aside])")) fold.open = true; });
  }

  return {
    UNKNOWN, word, code, decimal, money, share, days, measure, exactly, alertSays, rounded, number, trimmed, isMissing, exactCompare,
    h, section, gradeBadge, facts, table, firstRows, bar, details, aside, foldOnPhone, isPhone, shortened, small, chart, start,
    language: () => language, refusal,
  };
})();
