/* What arrived, what was kept out and why: the run's own account, so that nothing is lost in silence. */
"use strict";

Zixin.start((report) => {
  const { word, code, money, UNKNOWN } = Zixin;
  const { h, section, table, decimal } = Zixin;

  const statusChip = (status) => h(`span.chip${["held", "failed", "broken"].includes(status) ? ".alarm" : ["warned"].includes(status) ? ".warn" : ""}`, {}, code("status", status));
  const held = report.feeds.filter((feed) => feed.status === "held");

  const heading = h("section.card", { "aria-label": word("page.quality") },
    h("p.eyebrow", {}, word("as_of.long", { date: report.as_of })),
    h("h1", {}, word("page.quality")),
    h("p", {}, held.length ? h("span.chip.alarm", {}, word("portfolio.feeds_held", { n: held.length })) : word("portfolio.feeds_ok")));

  const feeds = report.feeds.length ? section("feeds", "portfolio.feeds", table(word("portfolio.feeds"), [
    { title: word("assurance.feed"), cell: (row) => row.feed },
    { title: word("assurance.status"), cell: (row) => statusChip(row.status) },
    { title: word("assurance.known_on"), cell: (row) => row.known_on || UNKNOWN },
    { title: word("assurance.last_batch"), cell: (row) => row.batch || UNKNOWN },
    { title: word("item.note"), cell: (row) => row.reason || "" },
  ], report.feeds)) : null;

  /* Amounts are a checksum over all currencies, so they stand without one. */
  const both = (tally) => [decimal(tally.rows), h("span.explain", {}, h("br"), money(tally.amount, ""))];
  const balance = section("balance", "quality.balance", report.balance.length ? table(word("quality.balance"), [
    { title: word("assurance.feed"), cell: (row) => row.feed },
    { title: word("quality.batch"), cell: (row) => h("span.explain", {}, row.batch) },
    { title: word("quality.entity"), cell: (row) => row.entity },
    ...["received", "loaded", "duplicate", "quarantined", "held"].map((part) => ({ title: word(`quality.${part}`), kind: "number", cell: (row) => both(row[part]) })),
    { title: word("quality.balances"), cell: (row) => (row.is_balanced ? word("yes") : h("span.chip.alarm", {}, word("no"))) },
  ], report.balance) : h("p.soft", {}, word("quality.no_batches")), h("p.note", {}, word("quality.checksum")));

  /* What needs somebody comes first; the rest keeps the order in which it ran. */
  const urgency = ["failed", "warned", "noted"];
  const place = (row) => (urgency.indexOf(row.state) + urgency.length + 1) % (urgency.length + 1);
  const ordered = report.rules.slice().sort((a, b) => place(a) - place(b));
  const rules = section("rules", "quality.rules", report.rules.length ? table(word("quality.rules"), [
    { title: word("quality.rule"), cell: (row) => [h("span.whole", {}, row.rule), h("br"), h("span.explain", {}, row.suite)] },
    { title: word("quality.severity"), cell: (row) => h("span.whole", {}, code("severity", row.severity)) },
    { title: word("quality.result"), cell: (row) => statusChip(row.state) },
    { title: word("quality.count"), kind: "number", cell: (row) => decimal(row.count) },
    { title: word("quality.note"), cell: (row) => [row.sentence ? h("span", {}, row.sentence, h("br")) : null, h("span.explain", {}, row.why || "")] },
  ], ordered, { rowClass: (row) => (row.state === "failed" ? ".late" : "") }) : h("p.soft", {}, word("none")));

  const list = report.quarantine;
  const quarantine = section("quarantine", "quality.list", list.count ? [
    h("p", {}, h("a", { href: "quarantine.csv", download: true }, word("quality.csv"))),
    table(word("quality.list"), [
      { title: word("quality.key"), cell: (row) => row.key || UNKNOWN },
      { title: word("quality.entity"), cell: (row) => row.entity },
      { title: word("quality.rule"), cell: (row) => row.rule },
      { title: word("quality.reason"), cell: (row) => row.reason || UNKNOWN },
      { title: word("quality.raw"), cell: (row) => h("span.explain", {}, row.raw || UNKNOWN) },
      { title: word("quality.first_seen"), cell: (row) => row.first_seen || UNKNOWN },
      { title: word("quality.batch"), cell: (row) => row.batch || UNKNOWN },
    ], list.rows),
    list.count > list.rows.length ? h("p.note", {}, word("more.rows", { count: decimal(list.count), shown: decimal(list.rows.length) })) : null,
  ] : h("p.soft", {}, word("quality.empty")));

  const links = report.matching;
  const evidence = (row) => [h("span.explain", {}, row.evidence), row.difference ? h("span.explain", {}, h("br"), row.difference) : null];
  const matching = links.states.length ? section("matching", "quality.matching", h("p.note", {}, word("quality.matching.note")),
    table(word("quality.matching"), [
      { title: word("quality.entity"), cell: (row) => row.record_kind },
      { title: word("quality.result"), cell: (row) => h(`span.chip${row.state === "review" ? ".warn" : ""}`, {}, code("link", row.state)) },
      { title: word("quality.rows"), kind: "number", cell: (row) => decimal(row.count) },
    ], links.states),
    links.waiting.count ? [
      h("p", {}, h("a", { href: "match_review.csv", download: true }, word("quality.csv"))),
      table(word("quality.waiting"), [
        { title: word("quality.customer"), cell: (row) => [row.customer_name || UNKNOWN, h("br"), h("span.explain", {}, row.customer_id)] },
        { title: word("quality.party"), cell: (row) => [row.party_name || UNKNOWN, h("br"), h("span.explain", {}, row.record_key)] },
        { title: word("quality.entity"), cell: (row) => [row.record_kind, h("br"), h("span.explain", {}, row.role)] },
        { title: word("quality.score"), kind: "number", cell: (row) => row.score },
        { title: word("quality.evidence"), cell: evidence },
      ], links.waiting.rows),
      links.waiting.count > links.waiting.rows.length ? h("p.note", {}, word("more.rows", { count: decimal(links.waiting.count), shown: decimal(links.waiting.rows.length) })) : null,
    ] : h("p.soft", {}, word("quality.nothing_waits"))) : null;

  return { page: "quality", title: `${word("page.quality")} ${report.as_of}`, content: [heading, balance, rules, quarantine, matching, feeds] };
});
