/* One customer's credit file, drawn from the JSON inside the page (schema/credit_file.schema.json). */
"use strict";

Zixin.start((file) => {
  const { word, code, money, share, days, measure, exactly, number, isMissing, UNKNOWN } = Zixin;
  const { h, section, gradeBadge, facts, table, firstRows, bar, details, chart, shortened, small, decimal, trimmed } = Zixin;
  const SHOWN_ITEMS = 15;

  const leading = file.assessments.find((one) => one.is_active) || file.assessments[0];
  const base = file.standing.base_currency;
  const policyName = (policy) => code("policy", policy.policy_id);
  const interval = (one) => (one.grade_best === one.grade_worst ? one.grade_best : word("grade.interval_text", { best: one.grade_best, worst: one.grade_worst }));
  const letterName = (letter) => word(`letter.${letter}`);
  const name = file.customer.customer_name || file.customer.customer_id;

  /* What compares nights stands beside the file, in the night's changes.js. */
  const night = window.ZIXIN_CHANGES && window.ZIXIN_CHANGES.as_of === file.as_of ? window.ZIXIN_CHANGES : null;
  const ofMine = (listed) => (listed && Object.prototype.hasOwnProperty.call(listed, file.customer.customer_id) ? listed[file.customer.customer_id] : null);
  const last = night ? ofMine(night.last_letters) : null;

  /* ---- who, and what grade ---- */

  function verdict() {
    const lines = [];
    if (leading.final_grade === "NR") {
      lines.push(word("sentence.nr", { policy: policyName(leading), reason: code("nr", leading.nr_reason) }));
    } else {
      lines.push(word("sentence.grade", { policy: policyName(leading), grade: leading.final_grade }));
    }
    for (const reason of leading.veto_reasons) {
      lines.push(Zixin.word(`letter.${reason}`) === `letter.${reason}`
        ? word("sentence.veto_listed", { reason: code("veto", reason) })
        : word("sentence.veto", { letter: letterName(reason) }));
    }
    if (!leading.veto_reasons.length && leading.hard_combo && leading.final_grade !== "NR") {
      lines.push(word("sentence.combination", { letters: leading.hard_combo, grade: leading.hard_grade }));
      if (leading.combo_in_article === false) lines.push(word("sentence.combo_extension"));
    }
    if (leading.is_provisional) lines.push(word("sentence.provisional", { best: leading.grade_best, worst: leading.grade_worst }));
    if (last) {
      lines.push(word("sentence.last_letters", { date: last.on, age: days(String(last.age_days)), collection: last.collection || word("sentence.no_letter"), overdue: last.overdue || word("sentence.no_letter") }));
    }
    return lines.map((line) => h("p", {}, line));
  }

  function chips() {
    return [
      leading.is_provisional ? h("span.chip.warn", {}, word("grade.provisional")) : null,
      leading.veto_reasons.length ? h("span.chip.alarm", {}, word("grade.veto")) : null,
      file.standing.early_payment_flag ? h("span.chip.warn", { title: word("sentence.early") }, word("early.flag")) : null,
      leading.grade_3class ? h("span.chip", {}, `${word("grade.class")}: ${code("class", leading.grade_3class)}`) : null,
    ];
  }

  function heading() {
    const who = file.customer;
    return h("section.card", { "aria-label": name },
      h("div.title-block", {},
        h("div", {},
          h("p.eyebrow", {}, `${word("page.credit_file")} · ${word("as_of.long", { date: file.as_of })}`),
          h("h1", {}, name),
          h("p", {}, chips()),
          h("div.verdict", {}, verdict())),
        h("div.stamp", {},
          gradeBadge(leading.final_grade, "large"),
          h("p.note", {}, leading.is_provisional
            ? `${word("grade.interval")} ${interval(leading)}`
            : policyName(leading)))),
      facts([
        [word("customer.id"), who.customer_id],
        who.customer_name ? null : [word("customer.name"), word("customer.unnamed")],
        who.country ? [word("customer.country"), who.country] : null,
        who.customer_since ? [word("customer.since"), who.customer_since] : null,
        isMissing(who.payment_terms_days) ? null : [word("customer.terms"), days(who.payment_terms_days)],
        [word("customer.reseller"), isMissing(who.is_reseller) ? word("unknown") : word(who.is_reseller ? "yes" : "no")],
      ]));
  }

  /* The oldest open item may be one that no letter judges: then the two numbers differ, and here is why. */
  function oldestIs(worst) {
    const oldest = file.evidence.open_items.rows[0];
    return oldest && oldest.days_overdue === worst && oldest.excluded_reason ? code("item", oldest.excluded_reason) : null;
  }

  function standing() {
    const now = file.standing;
    const cell = (title, value, small) => h("div", {}, h("dt", {}, title), h("dd", {}, value, small ? h("small", {}, " ", small) : null));
    return h("section.card", { "aria-label": word("standing.open") }, h("dl.figures", {},
      cell(word("standing.open"), decimal(now.open_amount), now.open_amount === null ? code("reason", now.reason) : base),
      cell(word("standing.overdue"), decimal(now.overdue_amount), now.overdue_amount === null ? "" : base),
      cell(word("standing.worst_days"), isMissing(now.oldest_overdue_days) ? UNKNOWN : days(now.oldest_overdue_days), oldestIs(now.oldest_overdue_days)),
      cell(word("standing.items"), decimal(now.open_items))));
  }

  /* ---- why ---- */

  function letterCard(letter) {
    const limits = h("ul.scale", { "aria-label": word("letter.limits") }, letter.limits.map((limit) =>
      h(`li${limit.grade === letter.grade ? `.here.on-${limit.grade}` : ""}`, { "aria-current": limit.grade === letter.grade ? "true" : null },
        h("b", {}, limit.grade), `${limit.operator} ${letter.unit === "share" ? share(limit.value) : trimmed(limit.value)}`)));
    const pairs = [
      [word("letter.basis"), code("basis", letter.basis)],
      [word("letter.items"), isMissing(letter.item_count) ? UNKNOWN : decimal(letter.item_count)],
      [word("letter.amount"), money(letter.item_amount, isMissing(letter.item_amount) ? "" : base)],
      ...letter.also.map((one) => [code("basis", one.basis), measure(one.value, one.unit || letter.unit)]),
      letter.letter === "overdue" && number(leading.veto_weight) > 0 ? [word("letter.veto_weight"), measure(leading.veto_weight, "share")] : null,
      letter.letter === "overdue" && leading.veto_until ? [word("letter.veto_until"), leading.veto_until] : null,
      letter.reason ? [word("letter.reason"), code("reason", letter.reason)] : null,
    ].filter(Boolean);
    const shown = letter.grade || (letter.reason === "not_a_reseller" ? "n/a" : null);
    return h(`article.letter${letter.grade ? `.is-${letter.grade}` : ""}`, {},
      h("div.top", {}, h("div", {}, h("h3", {}, letterName(letter.letter)), h("span.explain", {}, word(`letter.${letter.letter}.what`))),
        letter.grade ? gradeBadge(letter.grade, "medium") : h("span.chip", {}, shown ? word("letter.not_applicable") : word("letter.none"))),
      h("p.reading", {}, exactly(letter.value, letter.unit)),
      limits,
      h("dl.small-facts", {}, pairs.map(([key, value]) => h("div", {}, h("dt", {}, key), h("dd", {}, value)))));
  }

  /* A combination has three letters; of who resells nothing, or of whom nobody knows it, the third is a B. */
  const countsAsB = () => leading.letters.some((letter) => letter.letter === "competitor" && !letter.grade) && leading.hard_combo.length === 3;

  function why() {
    return section("why", "section.why",
      h("div.letters", {}, leading.letters.map(letterCard)),
      facts([
        [word("grade.hard"), leading.hard_grade],
        leading.hard_combo ? [word("grade.combo"), [h("span.triple", {}, leading.hard_combo), countsAsB() ? h("span.explain", {}, ` ${word("letter.counts_as_b")}`) : null]] : null,
        leading.combo_in_article === false && leading.combo_extension ? [word("grade.rule"), code("rule", leading.combo_extension)] : null,
        [word("grade.interval"), interval(leading)],
        [word("policy"), `${policyName(leading)} (${leading.policy_version})`],
      ]));
  }

  /* ---- what would change it ---- */

  function outlook() {
    const kinds = { collect: [".up", "outlook.lifts"], pay_by: [".down", "outlook.drops"], leaves: ["", "outlook.waits"] };
    const sentence = (event) => word(`outlook.${event.kind}${event.to_letter || event.kind !== "leaves" ? "" : "_better"}`, {
      invoice: event.invoice_id, amount: money(event.amount, event.currency), date: event.date,
      letter: letterName(event.letter), from: event.from_letter || word("letter.none"), to: event.to_letter,
    });
    return section("outlook", "section.outlook", file.outlook.count
      ? [h("ul.outlook", {}, file.outlook.rows.map((event) => h(`li${kinds[event.kind][0]}`, {},
        h("span.kind", {}, word(kinds[event.kind][1])), h("span", {}, sentence(event))))), shortened(file.outlook)]
      : h("p.soft", {}, word("outlook.none")));
  }

  /* ---- what changed: outside the file itself, in the night's changes.js ---- */

  function changes() {
    if (!night) return null;
    if (!night.compared_with) return section("changes", "section.changes", h("p.soft", {}, word("changes.first")));
    const mine = ofMine(night.customers) || [];
    if (!mine.length) return section("changes", "section.changes", h("p.soft", {}, word("changes.none", { date: night.compared_with })));
    return section("changes", "section.changes",
      h("p.note", {}, word("changes.since", { date: night.compared_with })),
      table(word("section.changes"), [
        { title: word("changes.what"), cell: (row) => changeName(row.what) },
        { title: word("changes.from"), cell: (row) => changeValue(row.what, row.from) },
        { title: word("changes.to"), cell: (row) => changeValue(row.what, row.to) },
      ], mine));
  }

  function changeName(what) {
    const [policy, field] = what.includes(".") ? what.split(".") : [null, what];
    const title = { final_grade: "grade.final", hard_grade: "grade.hard", letter_collection: "letter.collection", letter_overdue: "letter.overdue",
      letter_competitor: "letter.competitor", open_amount: "standing.open", overdue_amount: "standing.overdue", new_customer: "changes.new_customer",
      customer_gone: "changes.gone", scorecard_grade: "fired.scorecard", credit_limit: "limit", gate: "gate" }[field];
    const text = title ? word(title) : field;
    return policy ? `${text} (${code("policy", policy)})` : text;
  }

  function changeValue(what, value) {
    if (what.endsWith("_grade") || what.includes(".letter_")) return value ? gradeBadge(value) : UNKNOWN;
    if (what === "gate") return code("gate", value);
    if (what === "credit_limit") return isMissing(value) ? code("reason", "none_set") : money(value, base);
    return what.endsWith("_amount") ? money(value, base) : value || UNKNOWN;
  }

  /* ---- the rows behind ---- */

  const itemStatus = (row) => (row.settled_date ? word("item.settled") : word("item.open"));

  function judgedIn(row) {
    const letters = ["collection", "overdue"].filter((letter) => row[`is_${letter}_judged`]).map(letterName);
    return letters.length ? letters.join(" · ") : row.excluded_reason ? code("item", row.excluded_reason) : word("none");
  }

  function items(list, title, open) {
    if (!list.count) return null;
    return details(`${title} (${decimal(list.count)})`, open,
      firstRows(title, [
        { title: word("item.invoice"), cell: (row) => row.invoice_id },
        { title: word("item.due_date"), cell: (row) => row.due_date || UNKNOWN },
        { title: word("item.settled_date"), cell: (row) => row.settled_date || itemStatus(row) },
        { title: word("item.amount"), kind: "number", cell: (row) => money(row.amount, row.currency) },
        { title: word("item.open_amount"), kind: "number", cell: (row) => money(row.open_amount, "") },
        { title: word("item.days_overdue"), kind: "number", cell: (row) => (isMissing(row.days_overdue) ? UNKNOWN : trimmed(row.days_overdue)) },
        { title: word("item.letter"), cell: (row) => (row.item_letter ? gradeBadge(row.item_letter) : UNKNOWN) },
        { title: word("item.judged"), cell: judgedIn },
        { title: word("item.leaves_on"), cell: (row) => row.leaves_on || UNKNOWN },
      ], list.rows, SHOWN_ITEMS, { rowClass: (row) => (number(row.open_amount) > 0 && row.days_overdue > 0 ? ".late" : "") }),
      shortened(list));
  }

  function evidence() {
    const rows = file.evidence;
    const amount = { title: word("item.amount"), kind: "number", cell: (row) => money(row.amount, row.currency) };
    const id = { title: word("item.id"), cell: (row) => row.id };
    const invoice = { title: word("item.invoice"), cell: (row) => row.invoice_id || UNKNOWN };
    const blocks = [
      items(rows.judged_items, word("evidence.judged"), !Zixin.isPhone()),
      items(rows.open_items, word("evidence.open"), false),
      small(rows.disputes, word("evidence.disputes"), [id, invoice, { title: word("item.opened"), cell: (row) => row.opened_date || UNKNOWN },
        { title: word("item.closed"), cell: (row) => row.closed_date || word("outcome.open") }, { title: word("item.outcome"), cell: (row) => code("outcome", row.outcome) }, amount]),
      small(rows.claims, word("evidence.claims"), [id, invoice, { title: word("item.date"), cell: (row) => row.date }, { title: word("item.kind"), cell: (row) => code("kind", row.kind) }, amount]),
      small(rows.unapplied, word("evidence.unapplied"), [id, { title: word("item.date"), cell: (row) => row.date }, { title: word("item.kind"), cell: (row) => code("kind", row.kind) }, amount]),
    ].filter(Boolean);
    return section("evidence", "section.evidence", blocks.length ? blocks : h("p.soft", {}, word("evidence.empty")));
  }

  /* ---- how it pays ---- */

  const indicatorText = (row, part) => {
    const known = window.ZIXIN_INDICATORS[row.indicator];
    return known ? known[part][Zixin.language() === "zh" ? 0 : 1] : part === "name" ? row.indicator : "";
  };

  function behaviour() {
    if (!file.indicators.length) return null;
    const known = file.indicators.filter((row) => !isMissing(row.value));
    const unknown = file.indicators.filter((row) => isMissing(row.value));
    const reasons = [...new Set(unknown.map((row) => row.reason))];
    const columns = [
      { title: word("measure.name"), cell: (row) => indicatorText(row, "name") },
      { title: word("measure.value"), kind: "number", cell: (row) => (isMissing(row.value) ? `${UNKNOWN} ${row.reason ? `(${code("reason", row.reason)})` : ""}` : measure(row.value, row.unit, base)) },
      { title: word("measure.n"), kind: "number", cell: (row) => (isMissing(row.sample_size) ? "" : decimal(row.sample_size)) },
      { title: word("measure.what"), cell: (row) => h("span.explain", {}, indicatorText(row, "meaning")) },
    ];
    const nothing = known.length ? null : h("p.soft", {}, word("measure.nothing", { reason: reasons.map((reason) => code("reason", reason)).join(" · ") }));
    return section("payment", "section.payment", nothing, known.length ? table(word("section.payment"), columns, known) : null,
      unknown.length ? details(`${word("measure.unknown")} (${decimal(String(unknown.length))})`, false, table(word("measure.unknown"), columns, unknown)) : null,
      h("p.note", {}, word("unknown_is_not_zero")));
  }

  /* ---- aging and history ---- */

  const BUCKET_COLOURS = { current: "#2f6fb1", overdue_1_30: "#d9a441", overdue_31_60: "#cf7f34", overdue_61_90: "#c4532c", overdue_over_90: "#9d1f17", no_due_date: "#7d8894", unapplied_credit: "#3d8f6b", unapplied_cash: "#5aa487", residue: "#b9c2cc" };

  function agingOf(book) {
    const most = Math.max(...book.buckets.map((one) => Math.abs(number(one.amount))), 0);
    const names = book.buckets.map((one) => code("bucket", one.bucket));
    const agrees = Zixin.exactCompare(book.total_amount, book.ledger_amount) === 0;
    return h("div", {},
      h("h3", {}, book.currency),
      book.buckets.length > 1 ? chart(`${word("chart.aging")} ${book.currency}`, 200, [{
        type: "bar", x: names, y: book.buckets.map((one) => number(one.amount)), marker: { color: book.buckets.map((one) => BUCKET_COLOURS[one.bucket] || "#7d8894") },
        hovertemplate: "%{x}: %{y:,.2f}<extra></extra>",
      }], { margin: { l: 56, r: 8, t: 8, b: 36 }, xaxis: { fixedrange: true }, yaxis: { fixedrange: true, gridcolor: "#e6eaef", tickformat: "~s" }, bargap: 0.35 }) : null,
      table(`${word("section.aging")} ${book.currency}`, [
        { title: word("aging.bucket"), cell: (row) => code("bucket", row.bucket) },
        { title: word("aging.items"), kind: "number", cell: (row) => decimal(row.items) },
        { title: word("aging.amount"), kind: "number", cell: (row) => money(row.amount, book.currency) },
        { title: word("aging.share"), cell: (row) => bar(row.amount, most, row.bucket.startsWith("overdue_") ? ".late" : "") },
      ], book.buckets, {
        foot: h("tfoot", {}, h("tr", {}, h("th", { scope: "row", colspan: "2" }, word("total")),
          h("td.number", { "data-label": word("aging.amount") }, h("span.value", {}, money(book.total_amount, book.currency))), h("td", {}))),
      }),
      h("p.note", {}, `${word("aging.ledger")} ${money(book.ledger_amount, book.currency)} · ${word(agrees ? "aging.agrees" : "aging.differs")}`));
  }

  function history() {
    const months = file.history;
    if (!months.length) return section("history", "section.history", h("p.soft", {}, word("history.empty")));
    const x = months.map((one) => one.month);
    const title = `${word("chart.history")} (${base})`;
    const series = (column) => months.map((one) => (isMissing(one[column]) ? null : number(one[column])));
    return section("history", "section.history", h("p.note", {}, title),
      chart(title, 280, [
        { type: "bar", name: word("history.billed"), x, y: series("billed_amount"), marker: { color: "#b9c9dc" }, hovertemplate: "%{x} %{y:,.2f}<extra></extra>" },
        { type: "bar", name: word("history.paid"), x, y: series("paid_amount"), marker: { color: "#1c4f8b" }, hovertemplate: "%{x} %{y:,.2f}<extra></extra>" },
        { type: "scatter", mode: "lines+markers", name: word("history.days_late"), x, y: series("days_overdue_wavg"), yaxis: "y2", line: { color: "#b3261e", width: 2 }, connectgaps: false, hovertemplate: "%{x} %{y:.1f}<extra></extra>" },
      ], {
        margin: { l: 56, r: 40, t: 8, b: 56 }, barmode: "group", xaxis: { type: "category", fixedrange: true, tickangle: -45, nticks: 12 },
        yaxis: { fixedrange: true, gridcolor: "#e6eaef", tickformat: "~s" },
        yaxis2: { overlaying: "y", side: "right", fixedrange: true, rangemode: "tozero", showgrid: false, zeroline: false, tickmode: "auto", nticks: 5, tickformat: "~g" },
      }),
      details(word("history.table"), false, table(title, [
        { title: word("history.month"), cell: (row) => row.month },
        { title: `${word("history.billed")} ${base}`, kind: "number", cell: (row) => money(row.billed_amount, "") },
        { title: `${word("history.paid")} ${base}`, kind: "number", cell: (row) => money(row.paid_amount, "") },
        { title: word("history.days_late"), kind: "number", cell: (row) => (isMissing(row.days_overdue_wavg) ? UNKNOWN : measure(row.days_overdue_wavg, "days")) },
      ], months)));
  }

  function ledger() {
    return section("aging", "section.aging",
      file.aging.length ? h("div.side-by-side", {}, file.aging.map(agingOf)) : h("p.soft", {}, word("aging.empty")));
  }

  /* ---- both policies ---- */

  function policies() {
    if (file.assessments.length < 2) return null;
    const lettersOf = (one, letter) => {
      const found = one.letters.find((each) => each.letter === letter);
      return found && found.grade ? gradeBadge(found.grade) : UNKNOWN;
    };
    return section("policies", "section.policies", table(word("section.policies"), [
      { title: word("policy"), cell: (row) => [policyName(row), row.is_active ? h("span.soft", {}, ` (${word("policy.deciding")})`) : ""] },
      { title: word("grade.final"), cell: (row) => gradeBadge(row.final_grade) },
      { title: letterName("collection"), cell: (row) => lettersOf(row, "collection") },
      { title: letterName("overdue"), cell: (row) => lettersOf(row, "overdue") },
      { title: letterName("competitor"), cell: (row) => lettersOf(row, "competitor") },
      { title: word("grade.interval"), cell: interval },
      { title: word("grade.veto"), cell: (row) => (row.veto_reasons.length ? row.veto_reasons.map((reason) => (word(`letter.${reason}`) === `letter.${reason}` ? code("veto", reason) : letterName(reason))).join(" · ") : word("none")) },
      { title: word("policy.version"), cell: (row) => row.policy_version },
    ], file.assessments));
  }

  /* ---- how sure ---- */

  function assurance() {
    const sure = file.assurance;
    const quarantined = sure.quarantined;
    return section("assurance", "section.assurance",
      isMissing(leading.coverage) ? null : h("p", {}, word("assurance.coverage_text", { share: measure(leading.coverage, "share") })),
      leading.letters.filter((letter) => letter.reason && letter.reason !== "not_a_reseller").length
        ? h("p", {}, `${word("assurance.missing")}: `, leading.letters.filter((letter) => letter.reason && letter.reason !== "not_a_reseller").map((letter) => `${letterName(letter.letter)} (${code("reason", letter.reason)})`).join(" · ")) : null,
      sources(sure.sources),
      h("h3", {}, word("assurance.quarantined")),
      quarantined.count ? [table(word("assurance.quarantined"), [
        { title: word("quality.entity"), cell: (row) => code("entity", row.entity) },
        { title: word("quality.key"), cell: (row) => row.key || UNKNOWN },
        { title: word("quality.rule"), cell: (row) => row.rule },
        { title: word("quality.reason"), cell: (row) => Zixin.refusal(row) },
        { title: word("quality.first_seen"), cell: (row) => row.first_seen || UNKNOWN },
      ], quarantined.rows), shortened(quarantined)] : h("p.soft", {}, word("assurance.no_quarantine")));
  }

  /* What is held, or never came, is shown; the feeds that are as they should be are counted and folded away. */
  function sources(rows) {
    if (!rows.length) return null;
    const isSound = (row) => row.status === "loaded" && !isMissing(row.known_on);
    const sound = rows.filter(isSound);
    const troubled = rows.filter((row) => !isSound(row));
    const columns = [
      { title: word("assurance.feed"), cell: (row) => row.feed },
      { title: word("assurance.known_on"), cell: (row) => row.known_on || UNKNOWN },
      { title: word("assurance.age"), kind: "number", cell: (row) => days(row.age_days) },
      { title: word("assurance.status"), cell: (row) => (isMissing(row.known_on) && row.status === "loaded" ? word("status.nothing_yet") : code("status", row.status)) },
      { title: word("assurance.last_batch"), cell: (row) => row.batch || UNKNOWN },
    ];
    const oldest = sound.map((row) => row.known_on).sort()[0];
    return [
      troubled.length ? table(word("assurance.sources"), columns, troubled) : null,
      sound.length ? Zixin.aside(word("assurance.sound", { count: decimal(String(sound.length)), date: oldest }), table(word("assurance.sources"), columns, sound)) : null,
    ];
  }

  function provenance() {
    return h("p.note", {}, word("provenance.night", { date: file.as_of }), ` ${word("provenance.code")} ${file.provenance.code_version}. `,
      h("a", { href: `${window.location.pathname.split("/").pop().replace(/\.html$/, "")}.json` }, word("nav.json")));
  }

  const decided = Zixin.decision(file);
  return {
    page: null,
    title: name,
    content: [heading(), standing(), decided.today, decided.alerts, why(), outlook(), changes(), decided.scores, Zixin.foldOnPhone(decided.limit), evidence(), Zixin.foldOnPhone(behaviour()), ledger(), history(),
      Zixin.outside(file), decided.more, policies(), assurance(), provenance()],
  };
});
