/* What courts, lists, bureaus and registers say of one customer, and who was asked: a section of its file. */
"use strict";

Zixin.outside = (file) => {
  const { word, code, money, measure, isMissing, UNKNOWN } = Zixin;
  const { h, section, table, shortened, small, decimal, trimmed } = Zixin;

  const provider = (name) => code("provider", name);
  const twoLines = (first, second) => (second ? [first, h("br"), h("span.explain", {}, second)] : first);
  const linked = (row) => twoLines(code("method", row.method), measure(row.link_score, "share"));
  const told = (row) => twoLines(row.providers.map(provider).join(" · "),
    row.provider_count > row.providers.length ? word("outside.more_providers", { count: decimal(row.provider_count) }) : null);
  const stake = (row) => twoLines(money(row.amount, row.currency),
    isMissing(row.unperformed_amount) ? null : word("outside.unperformed", { amount: money(row.unperformed_amount, row.currency) }));

  /* A debtor in an open case is what the reader looks for; a plaintiff is not one. */
  function side(row) {
    const roles = [row.role, row.other_role].filter(Boolean).map((role) => code("role", role)).join(" · ");
    return h(`span.chip${row.is_claimed_from && row.status !== "closed" ? ".alarm" : ""}`, {}, roles);
  }

  const linkColumn = { title: word("outside.link"), cell: linked };
  const providerColumn = { title: word("outside.provider"), cell: (row) => provider(row.provider) };
  const OUTSIDE = {
    cases: [
      { title: word("outside.case"), cell: (row) => twoLines(row.case_no || UNKNOWN, row.court) },
      { title: word("outside.role"), cell: side },
      { title: word("outside.cause"), cell: (row) => twoLines(row.cause || UNKNOWN, code("case", row.kind)) },
      { title: word("outside.filed_on"), cell: (row) => row.filed_on || UNKNOWN },
      { title: word("outside.progress"), cell: (row) => twoLines([code("stage", row.stage), row.judged_on ? ` ${row.judged_on}` : ""], [code("proceeding", row.status), row.ended_on ? ` ${row.ended_on}` : ""]) },
      { title: word("outside.amount"), kind: "number", cell: stake },
      { title: word("outside.provider"), cell: told },
      linkColumn,
    ],
    listings: [
      { title: word("outside.list"), cell: (row) => h(`span.chip${row.status === "closed" ? "" : ".alarm"}`, {}, code("list", row.kind)) },
      { title: word("outside.reason"), cell: (row) => twoLines(row.cause || UNKNOWN, row.court) },
      { title: word("outside.since"), cell: (row) => row.filed_on || UNKNOWN },
      { title: word("outside.until"), cell: (row) => row.ended_on || word(row.status === "closed" ? "unknown" : "outside.still") },
      { title: word("outside.amount"), kind: "number", cell: stake },
      { title: word("outside.provider"), cell: told },
      linkColumn,
    ],
    scores: [
      providerColumn,
      /* A scale with both its ends needs no name. */
      { title: word("outside.score"), cell: (row) => (isMissing(row.score_min) || isMissing(row.score_max) ? twoLines(isMissing(row.score) ? UNKNOWN : trimmed(row.score), row.scale)
        : word("outside.out_of", { score: isMissing(row.score) ? UNKNOWN : trimmed(row.score), worst: trimmed(row.score_min), best: trimmed(row.score_max) })) },
      { title: word("outside.band"), cell: (row) => twoLines(row.band || UNKNOWN, row.band_meaning) },
      { title: word("outside.limit"), kind: "number", cell: (row) => money(row.recommended_limit, row.currency) },
      { title: word("outside.report_date"), cell: (row) => row.report_date },
      linkColumn,
    ],
    tax_levels: [
      { title: word("outside.year"), cell: (row) => row.year },
      { title: word("outside.level"), cell: (row) => row.level },
      { title: word("outside.authority"), cell: (row) => row.authority || UNKNOWN },
      providerColumn,
      linkColumn,
    ],
    registrations: [
      providerColumn,
      { title: word("outside.status"), cell: (row) => twoLines(h(`span.chip${["active", "moved", "unknown"].includes(row.status) ? "" : ".alarm"}`, {}, code("registration", row.status)), row.status_text) },
      { title: word("outside.party_name"), cell: (row) => twoLines(row.party_name || UNKNOWN, row.record_id) },
      { title: word("outside.stated_on"), cell: (row) => row.stated_on },
      linkColumn,
    ],
  };

  const WAITS_AS = { cases: "court_party", listings: "listing", scores: "bureau_score", tax_levels: "tax_credit", registrations: "registration" };

  /* Why a list is empty: what waits is not nothing, and neither is what nobody asked for. */
  function silence(part) {
    const waits = file.outside.waiting.rows.find((row) => row.record_kind === WAITS_AS[part]);
    const list = file.outside[part];
    return waits ? word("topic.waits", { count: decimal(waits.count) }) : word(`topic.${list.state}`, { answered: list.answered_on });
  }

  function answer(row) {
    const found = row.outcome === "hits" && !isMissing(row.hits) ? word("outside.hits", { hits: decimal(row.hits) }) : code("asked", row.outcome);
    const shown = h(`span.chip${row.outcome === "failed" ? ".warn" : ""}`, {}, found);
    return row.outcome !== "failed" ? shown
      : twoLines(shown, row.answered_on ? word("outside.last_answer", { answered: row.answered_on }) : word("outside.never_answered"));
  }

  const said = file.outside;
  const blocks = Object.entries(OUTSIDE).map(([part, columns]) => {
    const title = word(`outside.${part}`);
    const list = said[part];
    return [h("h3", {}, title), list.count ? [table(title, columns, list.rows), shortened(list)]
      : h("p.soft", {}, silence(part))];
  });
  const waits = said.waiting;
  const isSilent = said.state === "not_asked" && !Object.keys(OUTSIDE).some((part) => said[part].count);
  return section("outside", "section.outside",
    h("p", {}, said.state === "answered" ? null : h("span.chip.warn", {}, word("assurance.missing")), word(`outside.${said.state}`, { asked: said.asked_on, answered: said.answered_on })),
    waits.count ? h("p", {}, h("span.chip.warn", {}, code("link", "review")), word("outside.waiting", { count: decimal(waits.count) }),
      ` (${waits.rows.map((row) => `${code("record", row.record_kind)} ${decimal(row.count)}`).join(" · ")}). `, h("a", { href: `${document.body.dataset.root}quality.html#matching` }, word("outside.review"))) : null,
    isSilent ? null : [h("p.note", {}, word("outside.not_graded")), blocks],
    small(said.inquiries, word("outside.inquiries"), [
      providerColumn,
      { title: word("outside.product"), cell: (row) => twoLines(code("product", row.product), row.asked_customer_id ? word("outside.asked_as", { customer: row.asked_customer_id }) : null) },
      { title: word("outside.asked_on"), cell: (row) => row.asked_on },
      { title: word("outside.outcome"), cell: answer },
    ]));
};
