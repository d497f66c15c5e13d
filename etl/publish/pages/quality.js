/* What arrived, what was kept out and why: the run's own account, so that nothing is lost in silence. */
"use strict";

Zixin.start((report) => {
  const { word, code, money, measure, UNKNOWN } = Zixin;
  const { h, section, table, firstRows, aside, decimal, exactCompare, isMissing } = Zixin;
  const SHOWN = 20;

  const statusChip = (status) => h(`span.chip${["held", "failed", "broken"].includes(status) ? ".alarm" : ["warned"].includes(status) ? ".warn" : ""}`, {}, code("status", status));
  const held = report.feeds.filter((feed) => feed.status === "held");

  const heading = h("section.card", { "aria-label": word("page.quality") },
    h("p.eyebrow", {}, word("as_of.long", { date: report.as_of })),
    h("h1", {}, word("page.quality")),
    h("p", {}, held.length ? h("span.chip.alarm", {}, word("portfolio.feeds_held", { n: held.length })) : word("portfolio.feeds_ok")));

  const feedColumns = [
    { title: word("assurance.feed"), cell: (row) => row.feed },
    { title: word("assurance.status"), cell: (row) => (row.status === "loaded" && isMissing(row.known_on) ? word("status.nothing_yet") : statusChip(row.status)) },
    { title: word("assurance.known_on"), cell: (row) => row.known_on || UNKNOWN },
    { title: word("assurance.last_batch"), cell: (row) => row.batch || UNKNOWN },
    { title: word("item.note"), cell: (row) => (Zixin.language() === "zh" && row.reason_zh ? h("span", { title: row.reason }, row.reason_zh) : row.reason || "") },
  ];
  /* What is held, or never came, or has something to say of itself; the others are counted and folded away. */
  const isSound = (row) => row.status === "loaded" && !isMissing(row.known_on) && !row.reason;
  const sound = report.feeds.filter(isSound);
  const troubled = report.feeds.filter((row) => !isSound(row));
  const feeds = report.feeds.length ? section("feeds", "portfolio.feeds",
    troubled.length ? table(word("portfolio.feeds"), feedColumns, troubled) : null,
    sound.length ? aside(word("assurance.sound", { count: decimal(String(sound.length)), date: sound.map((row) => row.known_on).sort()[0] }), table(word("portfolio.feeds"), feedColumns, sound)) : null) : null;

  /* Amounts are a checksum over all currencies, so they stand without one. */
  const PARTS = ["received", "loaded", "duplicate", "quarantined", "held"];
  const hasAmount = (row) => PARTS.some((part) => exactCompare(row[part].amount, "0.00") !== 0);
  const comes = ["received", "loaded"];
  const both = (row, part) => (!comes.includes(part) && row[part].rows === 0 ? "" : [decimal(row[part].rows), hasAmount(row) ? h("span.explain", {}, h("br"), money(row[part].amount, "")) : null]);
  const accounts = [
    { title: word("assurance.feed"), cell: (row) => row.feed },
    { title: word("quality.batch"), cell: (row) => h("span.explain", {}, row.batch) },
    { title: word("quality.entity"), cell: (row) => code("entity", row.entity) },
    ...PARTS.map((part) => ({ title: word(`quality.${part}`), kind: "number", cell: (row) => both(row, part) })),
    { title: word("quality.balances"), cell: (row) => (row.is_balanced ? word("yes") : h("span.chip.alarm", {}, word("no"))) },
  ];
  /* What was kept out is shown; what came and was loaded whole is counted and folded away. */
  const isWhole = (row) => row.is_balanced && ["duplicate", "quarantined", "held"].every((part) => row[part].rows === 0);
  const whole = report.balance.filter(isWhole);
  const kept = report.balance.filter((row) => !isWhole(row));
  const balance = section("balance", "quality.balance", report.balance.length ? [
    kept.length ? table(word("quality.balance"), accounts, kept) : h("p", {}, word("quality.all_whole")),
    whole.length ? aside(word("quality.whole", { count: decimal(String(whole.length)) }), table(word("quality.balance"), accounts, whole)) : null,
  ] : h("p.soft", {}, word("quality.no_batches")), h("p.note", {}, word("quality.checksum")));

  /* Rules speak English, numbers included; the Chinese page has their meaning, and the English where the pointer rests. */
  const isChinese = Zixin.language() === "zh";
  const untold = (text) => (isChinese && text ? { title: text } : {});
  const told = (row) => (isChinese && row.sentence_zh ? h("span", untold(row.sentence), row.sentence_zh) : h("span", {}, row.sentence));

  /* What needs somebody comes first; the rest keeps the order in which it ran. */
  const urgency = ["failed", "warned", "noted"];
  const place = (row) => (urgency.indexOf(row.state) + urgency.length + 1) % (urgency.length + 1);
  const ordered = report.rules.slice().sort((a, b) => place(a) - place(b));
  const ruleColumns = [
    { title: word("quality.rule"), cell: (row) => [h("span", untold(row.why), row.rule), h("br"), h("span.explain", {}, row.suite)] },
    { title: word("quality.severity"), cell: (row) => h("span.whole", {}, code("severity", row.severity)) },
    { title: word("quality.result"), cell: (row) => statusChip(row.state) },
    { title: word("quality.count"), kind: "number", cell: (row) => decimal(row.count) },
    { title: word("quality.note"), isWide: true, cell: (row) => [row.sentence ? told(row) : null, isChinese && row.sentence_zh ? null : [row.sentence ? h("br") : null, h("span.explain", {}, row.why || "")]] },
  ];
  const passedColumns = isChinese ? ruleColumns.slice(0, -1) : ruleColumns;
  const passed = ordered.filter((row) => row.state === "passed");
  const broken = ordered.filter((row) => row.state !== "passed");
  const late = { rowClass: (row) => (row.state === "failed" ? ".late" : "") };
  const rules = section("rules", "quality.rules", report.rules.length ? [
    broken.length ? table(word("quality.rules"), ruleColumns, broken, late) : h("p", {}, word("quality.all_passed")),
    passed.length ? aside(word("quality.passed", { count: decimal(String(passed.length)) }), table(word("quality.rules"), passedColumns, passed)) : null,
  ] : h("p.soft", {}, word("none")));

  const list = report.quarantine;
  const quarantine = section("quarantine", "quality.list", list.count ? [
    h("p", {}, h("a", { href: "quarantine.csv", download: true }, word("quality.csv"))),
    firstRows(word("quality.list"), [
      { title: word("quality.key"), cell: (row) => [`${code("entity", row.entity)} ${row.key || UNKNOWN}`, h("br"), h("span.explain", {}, row.batch || UNKNOWN)] },
      { title: word("quality.reason"), cell: (row) => [Zixin.refusal(row), h("br"), h("span.explain", {}, row.rule)] },
      { title: word("quality.raw"), isWide: true, cell: (row) => h("span.explain", {}, row.raw || UNKNOWN) },
      { title: word("quality.first_seen"), cell: (row) => row.first_seen || UNKNOWN },
    ], list.rows, SHOWN),
    list.count > list.rows.length ? h("p.note", {}, word("more.rows", { count: decimal(list.count), shown: decimal(list.rows.length) })) : null,
  ] : h("p.soft", {}, word("quality.empty")));

  const links = report.matching;
  const recordKind = (kind) => (code("record", kind) === kind ? code("entity", kind) : code("record", kind));
  const evidence = (row) => [h("span.explain", {}, row.evidence), row.difference ? h("span.explain", {}, h("br"), row.difference) : null];
  const matching = links.states.length ? section("matching", "quality.matching", h("p.note", {}, word("quality.matching.note")),
    table(word("quality.matching"), [
      { title: word("quality.entity"), cell: (row) => recordKind(row.record_kind) },
      { title: word("quality.result"), cell: (row) => h(`span.chip${row.state === "review" ? ".warn" : ""}`, {}, code("link", row.state)) },
      { title: word("quality.rows"), kind: "number", cell: (row) => decimal(row.count) },
    ], links.states),
    links.waiting.count ? [
      h("p", {}, h("a", { href: "match_review.csv", download: true }, word("quality.csv"))),
      firstRows(word("quality.waiting"), [
        { title: word("quality.customer"), cell: (row) => [row.customer_name || UNKNOWN, h("br"), h("span.explain", {}, row.customer_id)] },
        { title: word("quality.party"), cell: (row) => [row.party_name || UNKNOWN, h("br"), h("span.explain", {}, row.record_key)] },
        { title: word("quality.entity"), cell: (row) => [recordKind(row.record_kind), h("br"), row.role ? h("span.explain", {}, code("role", row.role)) : null] },
        { title: word("quality.score"), kind: "number", cell: (row) => measure(row.score, "share") },
        { title: word("quality.evidence"), cell: evidence },
      ], links.waiting.rows, SHOWN),
      links.waiting.count > links.waiting.rows.length ? h("p.note", {}, word("more.rows", { count: decimal(links.waiting.count), shown: decimal(links.waiting.rows.length) })) : null,
    ] : h("p.soft", {}, word("quality.nothing_waits"))) : null;

  return { page: "quality", title: `${word("page.quality")} ${report.as_of}`, content: [heading, ...[balance, rules, quarantine, matching, feeds].map(Zixin.foldOnPhone)] };
});
