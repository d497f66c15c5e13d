/* What was decided about one customer, and why: limit, gate, actions, scores. Sections of its credit file. */
"use strict";

Zixin.decision = (file) => {
  const { word, code, money, share, days, measure, rounded, number, trimmed, isMissing, UNKNOWN } = Zixin;
  const { h, section, gradeBadge, facts, table, bar, details } = Zixin;

  const made = file.decision;
  const base = file.standing.base_currency;
  const said = (pair) => (pair ? pair[Zixin.language() === "zh" ? 0 : 1] : UNKNOWN);
  const points = (value) => (isMissing(value) ? UNKNOWN : trimmed(rounded(value, 1)));
  const indicatorName = (name) => {
    const known = window.ZIXIN_INDICATORS[name];
    return known ? known.name[Zixin.language() === "zh" ? 0 : 1] : name;
  };
  const TONE = { hold: ".alarm", allow_prepaid: ".warn", red: ".alarm", amber: ".warn" };
  const chip = (tone, text) => h(`span.chip${TONE[tone] || ""}`, {}, text);

  /* No limit set is not a limit of 0, and a reader must see which it is. */
  const limitText = () => (isMissing(made.limit.amount)
    ? code("reason", made.limit.reason) : money(made.limit.amount, base));

  /* ---- what to do: the first thing a reader wants ---- */

  /* Where no money is meant there is nothing, not a dash: nothing is missing. A new limit is not a sum to ask for. */
  const actionAmount = (row) => (isMissing(row.amount) ? ""
    : row.code === "LIMIT_DOWN" ? word("action_amount.LIMIT_DOWN", { amount: money(row.amount, row.currency) }) : money(row.amount, row.currency));

  function today() {
    const { limit, gate, exposure, warning, dunning } = made;
    const cell = (title, value, small) => h("div", {}, h("dt", {}, title), h("dd", {}, value, small ? h("small", {}, " ", small) : null));
    const terms = [code("terms_code", limit.terms_code), limit.terms_days ? days(limit.terms_days) : null,
      number(limit.prepay_share) > 0 && limit.terms_code === "PART_PREPAY" ? share(limit.prepay_share) : null].filter(Boolean).join(" · ");
    return section("today", "section.today",
      h("dl.figures", {},
        cell(word("limit"), limitText(), isMissing(limit.amount) ? null : code("limit_source", limit.source)),
        cell(word("limit.exposure"), money(exposure.amount, base), isMissing(exposure.utilisation) ? null : measure(exposure.utilisation, "share")),
        cell(word("gate"), h(`span.chip${TONE[gate.gate] || ""}`, {}, code("gate", gate.gate))),
        cell(word("terms"), terms)),
      gate.reasons.length ? h("p", {}, `${word("gate")}: `, gate.reasons.map((one) => code("gate_reason", one)).join(" · ")) : null,
      warning.colour && warning.colour !== "green"
        ? h("p", {}, chip(warning.colour, `${word("warning")}: ${code("warning", warning.state)}`), code("warning_line", warning.line)) : null,
      number(dunning.stage_no) > 0 ? h("p", {}, `${word("dunning")}: `, code("dunning_stage", dunning.stage), isMissing(dunning.ask) ? "" : ` · ${money(dunning.ask, base)}`,
        dunning.next_date ? ` · ${word("dunning.next", { stage: code("dunning_stage", dunning.next_stage), date: dunning.next_date })}` : "") : null,
      made.override ? h("p", {}, chip("amber", word("override.live", { grade: made.override.grade, date: made.override.until })), `${made.override.override_id} · ${word("override.computed", { grade: made.computed_grade })}`) : null,
      made.actions.length ? table(word("action"), [
        { title: word("action"), cell: (row) => code("action", row.code) },
        { title: word("action.why"), cell: (row) => code("action_reason", row.reason) },
        { title: word("action.when"), cell: (row) => chip(row.urgency === 1 ? "red" : row.urgency === 2 ? "amber" : "", code("urgency", row.urgency)) },
        { title: word("action.whose"), cell: (row) => code("action_kind", row.kind) },
        { title: word("action.amount"), kind: "number", cell: actionAmount },
      ], made.actions) : h("p.soft", {}, word("action.none")));
  }

  /* ---- alerts: outside the file itself, in its part of the night's alerts ---- */

  function alerts() {
    const night = window.ZIXIN_ALERTS;
    if (!night || night.as_of !== file.as_of) return null;
    const mine = Object.prototype.hasOwnProperty.call(night.customers, file.customer.customer_id)
      ? night.customers[file.customer.customer_id] : [];
    return section("alerts", "section.alerts", mine.length ? table(word("section.alerts"), [
      { title: word("alert.what"), cell: (row) => [chip(row.state === "closed" ? "" : row.severity, `${row.rule_id} · ${word(`alert.${row.severity}`)}`), " ", said([row.title_zh, row.title_en])] },
      { title: word("alert.value"), cell: (row) => Zixin.alertSays(row) },
      { title: word("alert.since"), cell: (row) => row.first_seen },
      { title: word("alert.state"), cell: (row) => [h("span.whole", {}, code("alert_state", row.state)), row.ack_by ? h("span.explain", {}, ` ${row.ack_by} ${row.ack_on}`) : ""] },
      { title: word("alert.action"), cell: (row) => code("alert_action", row.action_code) },
    ], mine, { rowClass: (row) => (row.state === "closed" ? ".undone" : "") }) : h("p.soft", {}, word("alert.none")));
  }

  /* ---- scores ---- */

  const FACETS = ["facet_pay", "facet_perform", "facet_record", "facet_compliance", "facet_comm"];

  function scoreRow(one) {
    return [
      { title: word("score.name"), cell: (row) => said(row.title) },
      { title: word("score.score"), kind: "number", cell: (row) => points(row.score) },
      { title: word("score.bar"), cell: (row) => bar(row.score, 100, `.grade-${row.grade}`) },
      { title: word("grade"), cell: (row) => gradeBadge(row.grade) },
      { title: word("score.interval"), cell: (row) => (isMissing(row.score) ? UNKNOWN : `${points(row.score_worst)}–${points(row.score_best)}`) },
      { title: word("score.coverage"), kind: "number", cell: (row) => measure(row.coverage, "share") },
    ];
  }

  function scores() {
    const [main, ...others] = made.scores;
    if (!main) return null;
    const facets = FACETS.map((name) => others.find((one) => one.node === name)).filter(Boolean);
    const rest = others.filter((one) => !FACETS.includes(one.node));
    const gap = made.scorecard.gap;
    return section("scores", "section.scores",
      h("p", {}, gradeBadge(main.grade), " ", word("score.main", { title: said(main.title), score: points(main.score), coverage: measure(main.coverage, "share") }),
        isMissing(gap) || gap === 0 ? "" : ` ${word(`score.${gap > 0 ? "below" : "above"}${Math.abs(gap) === 1 ? "_one" : ""}`, { notches: String(Math.abs(gap)) })}`,
        made.scorecard.notches > 0 ? ` ${word(`score.lowered${made.scorecard.notches === 1 ? "_one" : ""}`, { notches: String(made.scorecard.notches) })}` : ""),
      table(word("section.scores"), scoreRow(), [main, ...facets]),
      made.contributions.length ? [h("h3", {}, word("score.contributions")), table(word("score.contributions"), contributionColumns(), made.contributions.slice(0, 8)),
        made.contributions.length > 8 ? details(`${word("score.all_contributions")} (${made.contributions.length - 8})`, false, table(word("score.contributions"), contributionColumns(), made.contributions.slice(8))) : null] : null,
      made.missing.length ? details(`${word("score.missing")} (${made.missing.length})`, false, table(word("score.missing"), [
        { title: word("measure.name"), cell: (row) => indicatorName(row.indicator) },
        { title: word("score.reason"), cell: (row) => code("reason", row.reason) },
        { title: word("score.weight"), kind: "number", cell: (row) => measure(row.weight, "share") },
      ], made.missing)) : null,
      details(`${word("score.others")} (${rest.length})`, false, table(word("score.others"), scoreRow(), rest)),
      h("p.note", {}, word("score.note")));
  }

  function contributionColumns() {
    const most = Math.max(...made.contributions.map((one) => number(one.contribution)), 0);
    return [
      { title: word("measure.name"), cell: (row) => indicatorName(row.indicator) },
      { title: word("measure.value"), kind: "number", cell: (row) => (row.unit === "flag" ? word(number(row.value) ? "yes" : "no") : measure(row.value, row.unit, base)) },
      { title: word("score.points"), kind: "number", cell: (row) => points(row.points) },
      { title: word("score.contribution"), kind: "number", cell: (row) => trimmed(rounded(row.contribution, 2)) },
      { title: word("score.bar"), cell: (row) => bar(row.contribution, most, "") },
      { title: word("score.date"), cell: (row) => row.source_date || UNKNOWN },
    ];
  }

  /* ---- the limit and how it was found ---- */

  const FACTOR_UNITS = { share: "share", days: "days" };
  const factorText = (row) => (FACTOR_UNITS[row.factor] ? measure(row.factor_value, FACTOR_UNITS[row.factor])
    : `${trimmed(row.factor_value)} (${code("limit_factor", row.factor)})`);

  function limit() {
    const one = made.limit;
    return section("limit", "section.limit",
      facts([
        [word("limit"), limitText()],
        isMissing(one.recommended) ? null : [word("limit.recommended"), `${money(one.recommended, base)} (${code("recommended_from", one.recommended_from)}${one.factor && one.recommended_from !== "rejected" ? ` × ${trimmed(one.factor)}` : ""})`],
        one.cap ? [word("limit.cap"), code("cap", one.cap)] : null,
        one.suspended ? [word("limit.suspended"), `${money(one.suspended, base)} (${code("suspended", one.suspended_reason)})`] : null,
        one.valid_until ? [word("limit.until"), one.valid_until] : null,
        one.requested ? [word("limit.requested"), money(one.requested, base)] : null,
        [word("limit.available"), money(made.exposure.available, base)],
        isMissing(one.deposit) || number(one.deposit) === 0 ? null : [word("terms.deposit"), money(one.deposit, base)],
        one.review_date ? [word("terms.review"), one.review_date] : null,
        made.exposure.group_id ? [word("limit.group"), `${made.exposure.group_id}: ${money(made.exposure.group_exposure, base)} / ${isMissing(made.exposure.group_limit) ? code("reason", "none_set") : money(made.exposure.group_limit, base)}`] : null,
      ]),
      h("h3", {}, word("exposure.made_of")),
      facts([
        [word("exposure.receivable"), money(made.exposure.receivable, base)],
        [word("exposure.open_orders"), money(made.exposure.open_orders, base)],
        isMissing(made.exposure.insured) ? null : [word("exposure.insured"), money(made.exposure.insured, base)],
        isMissing(made.exposure.secured) ? null : [word("exposure.secured"), money(made.exposure.secured, base)],
        [word("exposure.uncovered"), money(made.exposure.uncovered, base)],
      ]),
      h("h3", {}, word("limit.methods")),
      table(word("limit.methods"), [
        { title: word("limit.method"), cell: (row) => [code("limit_method", row.method), " ", row.is_deciding ? h("span.chip", {}, word("limit.deciding")) : row.is_used ? h("span.chip", {}, word("limit.used")) : ""] },
        { title: word("limit.input"), cell: (row) => (isMissing(row.input_amount) ? UNKNOWN : `${code("limit_input", row.input)} ${money(row.input_amount, base)}`) },
        { title: word("limit.times"), cell: (row) => (isMissing(row.factor_value) ? UNKNOWN : factorText(row)) },
        { title: `${word("limit.gives")} ${base}`, kind: "number", cell: (row) => (isMissing(row.amount) ? code("reason", row.reason) : money(rounded(row.amount, 2), "")) },
      ], one.methods));
  }

  /* ---- admission, value, rules ---- */

  /* A letter rests on a way of counting or says why there is none; everything else names a record. */
  function evidence(row) {
    if (row.rule === "combination") return code("nr", row.evidence);
    if (!row.rule.startsWith("letter_")) return row.evidence || UNKNOWN;
    const known = word(`basis.${row.evidence}`);
    return known === `basis.${row.evidence}` ? code("reason", row.evidence) : known;
  }

  function more() {
    const { admission, value } = made;
    const checks = Object.entries(admission.checks).map(([name, there]) => chip(there ? "" : "amber", `${code("adm_check", name)}: ${word(there ? "yes" : "no")}`));
    const stale = made.freshness.filter((one) => one.is_stale);
    return section("more", "section.more",
      admission.applies ? [h("h3", {}, word("admission")), h("p", {}, chip({ reject: "red", conditional: "amber" }[admission.decision], code("adm", admission.decision)),
        admission.reasons.map((one) => code("adm_reason", one)).join(" · ")), h("p", {}, checks)] : null,
      h("h3", {}, word("value")),
      value.cell ? h("p", {}, word("value.cell", { cell: String(value.cell), band: code("value_band", value.band), loyalty: code("loyalty", value.loyalty) }), " ", said(value.strategy))
        : h("p.soft", {}, code("reason", value.reason)),
      facts([
        value.abc ? [word("value.abc"), value.abc] : null,
        isMissing(value.is_key_customer) ? null : [word("value.key"), word(value.is_key_customer ? "yes" : "no")],
        isMissing(value.priority_rank) ? null : [word("value.rank"), String(value.priority_rank)],
        [word("value.tier"), code("tier", made.benefit_tier)],
        made.segment && made.segment !== "default" ? [word("value.segment"), made.segment] : null,
      ]),
      stale.length ? h("p", {}, chip("amber", word("freshness.stale")), stale.map((one) => `${code("fresh", one.source)} ${one.date}`).join(" · ")) : null,
      made.rules.length ? details(`${word("rules")} (${made.rules.length})`, false, table(word("rules"), [
        { title: word("rules.rule"), cell: (row) => code("fired", row.rule) },
        { title: word("measure.value"), kind: "number", cell: (row) => (row.unit === "score" || row.unit === "points" ? points(row.value) : measure(row.value, row.unit)) },
        { title: word("rules.threshold"), kind: "number", cell: (row) => (row.unit === "score" || row.unit === "points" ? points(row.threshold) : measure(row.threshold, row.unit)) },
        { title: word("rules.result"), cell: (row) => (!row.result ? UNKNOWN : row.result === "lifted" ? code("fired_result", row.result) : gradeBadge(row.result)) },
        { title: word("rules.effect"), cell: (row) => [gradeBadge(row.effect), row.did_decide ? h("span.chip", {}, word("rules.decided")) : ""] },
        { title: word("rules.evidence"), cell: (row) => evidence(row) },
      ], made.rules)) : null);
  }

  return { today: today(), alerts: alerts(), scores: scores(), limit: limit(), more: more() };
};
