/* What the portfolio marts say of the whole book: risk, provision, concentration, cash, moves, alerts. Sections of the portfolio page. */
"use strict";

Zixin.book = (book) => {
  const { word, code, money, share, measure, rounded, number, trimmed, isMissing, decimal, UNKNOWN } = Zixin;
  const { h, section, gradeBadge, table, bar, details, shortened } = Zixin;

  const made = book.marts;
  const base = book.base_currency;
  const SHOWN_WEEKS = 8;
  const GRADES = ["A", "B", "C", "D", "NR"];
  const chip = (tone, text) => h(`span.chip${{ red: ".alarm", amber: ".warn" }[tone] || ""}`, {}, text);
  const said = (row) => row[Zixin.language() === "zh" ? "title_zh" : "title_en"];
  const night = window.ZIXIN_COMPARE && window.ZIXIN_COMPARE.as_of === book.as_of ? window.ZIXIN_COMPARE : null;
  const percent = (value) => measure(value, "share");
  const counted = (count) => (count ? decimal(count) : "");
  const most = (rows, of) => Math.max(...rows.map((row) => number(row[of])), 0);
  const currencies = (rows) => [...new Set(rows.map((row) => row.currency))];

  /* ---- alerts and the watch list: whom to look at ---- */

  function alerts() {
    if (!night) return null;
    return section("alerts", "book.alerts", night.alerts.length ? [table(word("book.alerts"), [
      { title: word("alert.what"), cell: (row) => [chip(row.red ? "red" : "amber", row.rule_id), " ", said(row)] },
      { title: word("alert.red"), kind: "number", cell: (row) => counted(row.red) },
      { title: word("alert.amber"), kind: "number", cell: (row) => counted(row.amber) },
      { title: word("alert.customers"), kind: "number", cell: (row) => counted(row.customers) },
      { title: `${word("alert.stake")} ${base}`, kind: "number", cell: (row) => (isMissing(row.exposure_amount) ? "" : money(row.exposure_amount, "")) },
      { title: word("book.new"), kind: "number", cell: (row) => counted(row.is_new) },
      { title: word("alert_state.ack"), kind: "number", cell: (row) => counted(row.acknowledged) },
    ], night.alerts), night.alerts.map(firstOf)] : h("p.soft", {}, word("alert.none")));
  }

  /* One rule unfolded: the weightiest of its alerts, whom they are about and what was found. */
  function firstOf(rule) {
    const title = word("alert.first_of", { rule: `${rule.rule_id} ${said(rule)}`, shown: decimal(rule.shown.length) });
    return details(`${rule.rule_id} ${said(rule)} (${decimal(rule.alerts)})`, false, table(title, [
      { title: word("alert.who"), cell: about },
      { title: word("book.severity"), cell: (row) => chip(row.severity, word(`alert.${row.severity}`)) },
      { title: word("alert.found"), cell: (row) => Zixin.alertSays(row) },
      { title: `${word("alert.stake")} ${base}`, kind: "number", cell: (row) => (isMissing(row.exposure_amount) ? "" : money(row.exposure_amount, "")) },
      { title: word("alert.since"), cell: (row) => row.first_seen },
    ], rule.shown), shortened({ count: rule.alerts, rows: rule.shown }));
  }

  function about(row) {
    if (row.file) return [h("a", { href: `customers/${encodeURIComponent(row.file)}.html` }, row.customer_name || row.customer_id), row.customer_name ? [h("br"), h("span.explain", {}, row.customer_id)] : null];
    const known = `alert_subject.${row.subject_kind === "book" ? row.subject_id : row.subject_kind}`;
    return word(known, { id: row.subject_id });
  }

  /* The detail of a reason is a number, a grade or codes of other lists: only the first two read well. */
  const because = (one) => (one.reason === "overdue" && /^[\d.]+$/.test(one.detail || "") ? word("watch.overdue_days", { days: measure(one.detail, "days") })
    : [code("watch", one.reason), /^[\d.]+$|^[ABCD]$/.test(one.detail || "") ? ` ${trimmed(one.detail)}` : ""]);

  function watch() {
    const listed = made.watch_list;
    return section("watch", "book.watch", listed.count ? [table(word("book.watch"), [
      { title: word("column.customer"), cell: (row) => [h("a", { href: `customers/${encodeURIComponent(row.file)}.html` }, row.customer_name || row.customer_id), row.customer_name ? [h("br"), h("span.explain", {}, row.customer_id)] : null] },
      { title: word("grade"), cell: (row) => gradeBadge(row.grade) },
      { title: word("book.because"), cell: (row) => row.reasons.map((one, index) => [index ? " · " : "", because(one)]) },
      { title: `${word("limit.exposure")} ${base}`, kind: "number", cell: (row) => money(row.exposure_amount, "") },
    ], listed.rows), shortened(listed)] : h("p.soft", {}, word("book.nobody")));
  }

  /* ---- moves since an earlier night ---- */

  function moves() {
    if (!night || !night.migration.length) return null;
    return section("migration", "book.migration", h("div.side-by-side", {}, night.migration.map((one) => {
      const title = word("book.since", { since: code("since", one.since), date: one.from_date });
      const from = ["A", "B", "C", "D", "NR", "new"].filter((grade) => one.moves.some((move) => move.from === grade));
      const to = [...GRADES, "gone"].filter((grade) => one.moves.some((move) => move.to === grade));
      const count = (row, column) => one.moves.filter((move) => move.from === row && move.to === column).reduce((sum, move) => sum + move.customers, 0);
      const badge = (grade) => (GRADES.includes(grade) ? gradeBadge(grade) : code("move", grade));
      return h("div", {}, h("h3", { style: "margin-top:0" }, title), table(title, [
        { title: word("book.from"), cell: (row) => badge(row) },
        ...to.map((grade) => ({ title: GRADES.includes(grade) ? `→ ${grade}` : code("move", grade), kind: "number",
          cell: (row) => { const found = count(row, grade); return found ? (row === grade ? decimal(found) : h("strong", {}, decimal(found))) : ""; } })),
      ], from));
    })), h("p.note", {}, word("book.migration_note")));
  }

  /* ---- money at risk ---- */

  function risk() {
    const rows = made.ar_at_risk;
    if (!rows.length) return null;
    return section("risk", "book.risk", currencies(rows).map((currency) => {
      const mine = rows.filter((row) => row.currency === currency);
      const title = `${word("book.risk")} ${currency}`;
      return [h("h3", {}, currency), table(title, [
        { title: word("grade"), cell: (row) => gradeBadge(row.grade) },
        { title: word("column.count"), kind: "number", cell: (row) => decimal(row.customers) },
        { title: word("column.open"), kind: "number", cell: (row) => money(row.open_amount, "") },
        { title: word("book.book_share"), kind: "number", cell: (row) => percent(row.book_share) },
        { title: word("book.bar"), cell: (row) => bar(row.open_amount, most(mine, "open_amount"), `.grade-${row.grade}`) },
        { title: word("column.overdue"), kind: "number", cell: (row) => money(row.overdue_amount, "") },
        { title: word("book.overdue_share"), kind: "number", cell: (row) => percent(row.overdue_share) },
        { title: word("book.over_90"), kind: "number", cell: (row) => money(row.over_90_amount, "") },
      ], mine)];
    }));
  }

  function provision() {
    if (!made.provision.some((one) => one.buckets.length)) return null;
    const shown = (one) => {
      const title = code("provision", one.method);
      return table(title, [
        { title: word("aging.bucket"), cell: (row) => code("age", row.bucket) },
        { title: `${word("column.open")} ${base}`, kind: "number", cell: (row) => money(row.exposure_amount, "") },
        { title: word("book.loss_rate"), kind: "number", cell: (row) => percent(row.loss_rate) },
        { title: word("book.rate_from"), cell: (row) => word(`rate_from.${row.rate_from}`) },
        { title: `${word("book.provided")} ${base}`, kind: "number", cell: (row) => money(row.provision_amount, "") },
      ], one.buckets, { foot: h("tfoot", {}, h("tr", {}, h("th", { scope: "row", colspan: "4" }, word("total")),
        h("td.number", { "data-label": word("book.provided") }, h("span.value", {}, money(one.total_amount, ""))))) });
    };
    const [used, ...others] = made.provision;
    return section("provision", "book.provision",
      h("p", {}, word("book.provision_used", { method: code("provision", used.method), amount: money(used.total_amount, base), factor: trimmed(used.factor) })),
      shown(used), others.map((one) => details(`${code("provision", one.method)}: ${money(one.total_amount, base)}`, false, shown(one))));
  }

  /* A customer by its name; a group by its number, which is that of no customer. */
  function largest(row) {
    const at = Object.fromEntries(book.customers.columns.map((column, index) => [column, index]));
    const who = book.customers.rows.find((one) => one[at.customer_id] === row.largest_id);
    return who ? h("a", { href: `customers/${encodeURIComponent(who[at.file])}.html` }, who[at.customer_name] || row.largest_id) : word("alert_subject.group", { id: row.largest_id });
  }

  function concentration() {
    const rows = made.concentration.filter((row) => !isMissing(row.hhi));
    if (!rows.length) return null;
    return section("concentration", "book.concentration", table(word("book.concentration"), [
      { title: word("book.level"), cell: (row) => `${word(`level.${row.level}`)}, ${word(`basis_of.${row.basis}`)}` },
      { title: word("book.parties"), kind: "number", cell: (row) => decimal(row.parties) },
      { title: `${word("limit.exposure")} ${base}`, kind: "number", cell: (row) => money(row.exposure_amount, "") },
      { title: word("book.hhi"), kind: "number", cell: (row) => [trimmed(rounded(row.hhi, 0)), " ", chip({ high: "red", middle: "amber" }[row.hhi_band], word(`hhi.${row.hhi_band}`))] },
      { title: word("book.top_1"), kind: "number", cell: (row) => [percent(row.top_1_share), " ", row.is_single_over_line ? chip("amber", word("book.over_line")) : ""] },
      { title: word("book.top_5"), kind: "number", cell: (row) => [percent(row.top_5_share), " ", row.is_top_five_over_line ? chip("amber", word("book.over_line")) : ""] },
      { title: word("book.largest"), cell: (row) => [largest(row), ` ${money(row.largest_amount, base)}`] },
    ], rows));
  }

  /* Customers under one parent are one risk: who they are, and how much of it. */
  function groups() {
    const listed = made.customer_groups;
    const link = (one) => h("a", { href: `customers/${encodeURIComponent(one.file)}.html` }, one.customer_name || one.customer_id);
    return section("groups", "book.groups", listed.count ? [table(word("book.groups"), [
      { title: word("book.group"), cell: (row) => (row.group_name ? [row.group_name, h("br"), h("span.explain", {}, row.group_id)] : word("alert_subject.group", { id: row.group_id })) },
      { title: word("book.members"), isWide: true, cell: (row) => row.members.map((one, index) => [index ? " · " : "", link(one)]) },
      { title: word("book.worst_grade"), cell: (row) => gradeBadge(row.worst_grade) },
      { title: `${word("limit.exposure")} ${base}`, kind: "number", cell: (row) => money(row.exposure_amount, "") },
      { title: `${word("limit")} ${base}`, kind: "number", cell: (row) => (isMissing(row.limit_amount) ? code("reason", "none_set") : money(row.limit_amount, "")) },
      { title: word("book.used"), kind: "number", cell: (row) => (row.is_over_limit ? chip("red", isMissing(row.utilisation) ? word("book.over_limit") : percent(row.utilisation)) : percent(row.utilisation)) },
    ], listed.rows), shortened(listed)] : h("p.soft", {}, word("book.no_groups")));
  }

  /* ---- what is expected to come in ---- */

  function cash() {
    const rows = made.cash_forecast;
    if (!rows.length) return null;
    return section("cash", "book.cash", h("div.side-by-side", {}, currencies(rows).map((currency) => {
      const mine = rows.filter((row) => row.currency === currency);
      const title = `${word("book.cash")} ${currency}`;
      const late = mine.filter((row) => row.kind !== "expected");
      const weeks = mine.filter((row) => row.kind === "expected");
      const columns = [
        { title: word("book.week"), cell: (row) => (row.kind === "expected" ? word("book.week_of", { date: row.week_start }) : code("cash", row.kind)) },
        { title: word("aging.items"), kind: "number", cell: (row) => decimal(row.items) },
        { title: word("aging.amount"), kind: "number", cell: (row) => money(row.amount, "") },
        { title: word("book.bar"), cell: (row) => bar(row.amount, most(mine, "amount"), row.kind === "expected" ? "" : ".late") },
      ];
      return h("div", {}, h("h3", { style: "margin-top:0" }, currency), table(title, columns, [...late, ...weeks.slice(0, SHOWN_WEEKS)]),
        weeks.length > SHOWN_WEEKS ? details(word("book.later_weeks", { count: String(weeks.length - SHOWN_WEEKS) }), false, table(title, columns, weeks.slice(SHOWN_WEEKS))) : null);
    })), h("p.note", {}, word("book.cash_note")));
  }

  function policies() {
    const rows = made.policy_performance;
    if (!rows.length) return null;
    const worst = most(rows, "bad_now_rate");
    return section("performance", "book.performance", details(word("book.performance_open"), false, table(word("book.performance"), [
      { title: word("policy"), cell: (row) => [code("policy", row.policy_id), " ", gradeBadge(row.grade)] },
      { title: word("column.count"), kind: "number", cell: (row) => decimal(row.customers) },
      { title: word("book.customer_share"), kind: "number", cell: (row) => percent(row.customer_share) },
      { title: word("book.bad_now"), kind: "number", cell: (row) => (isMissing(row.bad_now_rate) ? UNKNOWN : `${decimal(row.bad_now)} · ${share(rounded(row.bad_now_rate, 4))}`) },
      { title: word("book.bar"), cell: (row) => bar(row.bad_now_rate, worst, `.grade-${row.grade}`) },
      { title: word("book.better"), kind: "number", cell: (row) => decimal(row.better_than_active) },
      { title: word("book.worse"), kind: "number", cell: (row) => decimal(row.worse_than_active) },
      { title: word("book.overdue_share"), kind: "number", cell: (row) => percent(row.overdue_share) },
    ], rows)), h("p.note", {}, word("book.performance_note")));
  }

  return {
    alerts: alerts(), watch: watch(), moves: moves(), risk: risk(), provision: provision(),
    concentration: concentration(), groups: groups(), cash: cash(), policies: policies(),
  };
};
