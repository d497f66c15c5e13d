"""The published pages in a real browser, from disk: headless Chromium, where there is one.

A probe script is put into a copy of a page. It counts script errors, does what a person would do and
leaves what it saw in the page, which Chromium then prints.
"""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from etl.publish.alert_list import write_alerts
from etl.publish.assets import inline_json
from etl.publish.names import file_stem
from etl.publish.wording import Words, alert_says, refusal_says
from tests.alert_rows import night_with_all
from tests.published_night import (
    AS_OF,
    BOOK,
    HOSTILE_CAUSE,
    HOSTILE_ID,
    HOSTILE_NAME,
    publish,
)  # fmt: skip
from tests.small_night import build_night

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--virtual-time-budget=20000",
]
MANY = 3000

pytestmark = pytest.mark.skipif(
    CHROMIUM is None,
    reason="No Chromium here, so nobody has looked at the pages: install the chromium package.",
)

WATCH = """
window.problems = [];
// Nothing is painted when a page is only printed as text, so no chart would ever come into view.
delete window.IntersectionObserver;
window.addEventListener("error", (event) => window.problems.push(String(event.message || event.target.src)), true);
window.addEventListener("securitypolicyviolation", (event) => window.problems.push("CSP " + event.blockedURI));
window.alert = () => window.problems.push("alert");
"""

REPORT = """
window.addEventListener("load", () => setTimeout(() => {
  const seen = (() => { %s })();
  seen.problems = window.problems;
  seen.width = document.documentElement.scrollWidth;
  document.body.dataset.seen = JSON.stringify(seen);
}, %d));
"""


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published folder of the small book."""
    root = tmp_path_factory.mktemp("pages")
    return publish(build_night(root / "lake", BOOK, AS_OF), root / "published")[0]


def look(
    page: Path, tmp_path: Path, script: str, *, lang: str = "zh", width: int = 1280, wait: int = 50
) -> Any:
    """What `script` (a function body that returns an object) saw on `page`."""
    probed = page.with_name(f"probed-{page.name}")
    text = page.read_text(encoding="utf-8")
    for name, content in (("watch.js", WATCH), ("report.js", REPORT % (script, wait))):
        (page.parent / name).write_text(content, encoding="utf-8")
    text = text.replace("<title>", '<script src="watch.js"></script><title>', 1)
    text = text.replace("</body>", '<script src="report.js"></script></body>')
    probed.write_text(text, encoding="utf-8")
    try:
        printed = subprocess.run(
            [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path / 'profile'}",
             f"--window-size={width},3000", "--dump-dom", f"{probed.as_uri()}?lang={lang}"],
            capture_output=True, text=True, timeout=120, check=True,
        ).stdout  # fmt: skip
    finally:
        for path in (probed, page.parent / "watch.js", page.parent / "report.js"):
            path.unlink()
    seen = re.search(r'data-seen="([^"]*)"', printed)
    assert seen, printed[-2000:]
    return json.loads(html.unescape(seen[1]))


def page_of(night: Path, customer_id: str) -> Path:
    """A customer's page."""
    return night / "customers" / f"{file_stem(customer_id)}.html"


def test_a_credit_file_draws_itself_and_its_charts(night: Path, tmp_path: Path) -> None:
    seen = look(
        page_of(night, "C-1"), tmp_path,
        """return {
          title: document.title, h1: document.querySelector("h1").textContent,
          badge: document.querySelector(".badge.large").textContent,
          sections: [...document.querySelectorAll("main > section")].map((one) => one.id).filter(Boolean),
          charts: document.querySelectorAll(".chart[data-drawn]").length, lang: document.documentElement.lang,
          rows: document.querySelectorAll("#evidence tbody tr").length,
          missing: document.body.innerText.includes("undefined"),
        };""",
        wait=6000,
    )  # fmt: skip
    assert seen["problems"] == []
    assert seen["lang"] == "zh-CN"
    assert seen["h1"] == "宁波海曙精密机械有限公司"
    assert seen["badge"] == "D"
    assert {
        "today",
        "alerts",
        "scores",
        "limit",
        "more",
        "why",
        "outlook",
        "changes",
        "evidence",
        "payment",
        "aging",
        "history",
        "outside",
        "policies",
        "assurance",
    } == set(seen["sections"])
    assert seen["charts"] >= 1
    assert seen["rows"] >= 3
    assert not seen["missing"]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", {"today": "订单闸门", "alerts": "EW01", "scores": "覆盖率", "limit": "各种方法", "more": "准入"}),
        ("en", {"today": "Order gate", "alerts": "EW01", "scores": "Known", "limit": "Every method", "more": "Value"}),
    ],
)  # fmt: skip
def test_what_was_decided_is_drawn_in_both_languages(
    night: Path, tmp_path: Path, lang: str, said: dict[str, str]
) -> None:
    seen = look(
        page_of(night, "C-1"), tmp_path,
        """const ids = ["today", "alerts", "scores", "limit", "more"];
        return {texts: Object.fromEntries(ids.map((id) => [id, document.getElementById(id).textContent])),
          // A code without words is printed as it is.
          raw: ids.flatMap((id) => document.getElementById(id).textContent.match(/\\b[a-z]+_[a-z_]+\\b/g) || [])};""",
        lang=lang,
    )  # fmt: skip
    assert seen["problems"] == []
    for part, text in said.items():
        assert text in seen["texts"][part], part
    assert seen["raw"] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_alert_says_on_a_page_what_it_says_on_a_terminal(
    night: Path, tmp_path: Path, lang: str
) -> None:
    """One of every kind: each number with its unit, and with what it is compared with."""
    folder = tmp_path / "alerts"
    write_alerts(night_with_all(folder), folder, AS_OF)
    several = json.loads((folder / "alerts.json").read_bytes())["customers"].values()
    alerts = [one for mine in several for one in mine]
    seen = look(
        page_of(night, "C-1"), tmp_path,
        f"return {{texts: {inline_json(json.dumps(alerts))}.map(Zixin.alertSays)}};", lang=lang,
    )  # fmt: skip
    assert seen["problems"] == []
    assert seen["texts"] == [alert_says(Words(lang), one) for one in alerts]


REFUSED = [
    {"rule": "not_a_date", "reason": 'due_date "31.4." is not a date as year-month-day'},
    {"rule": "missing", "reason": "customer_id is missing: column 客户 says nothing"},
    {"rule": "ragged_line", "reason": "3 fields where the header has 4"},
    {
        "rule": "dispute.closed_before_opened",
        "reason": "The dispute was closed before it was opened.",
    },
    {"rule": "invoice.currency_code", "reason": "currency is not an ISO 4217 code"},
    {"rule": "of.another_time", "reason": "Nobody knows this rule any more."},
    {"rule": "of.another_time", "reason": None},
]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_why_a_row_was_refused_is_said_in_the_readers_language(
    night: Path, tmp_path: Path, lang: str
) -> None:
    seen = look(
        page_of(night, "C-1"), tmp_path,
        f"""const said = {inline_json(json.dumps(REFUSED))}.map(Zixin.refusal);
        return {{texts: said.map((one) => one.textContent || one), titles: said.map((one) => one.title || null)}};""",
        lang=lang,
    )  # fmt: skip

    assert seen["texts"] == [refusal_says(Words(lang), row) for row in REFUSED]
    if lang == "en":
        assert seen["texts"][:-1] == [row["reason"] for row in REFUSED[:-1]]
        return
    assert seen["texts"][:4] == [
        '日期无法识别：due_date "31.4."', "缺少必填内容：customer_id", "该行列数与表头不符",
        "争议的解决日期早于提出日期。",
    ]  # fmt: skip
    assert seen["texts"][4] == "发票的币种不是三位 ISO 代码（如 CNY）。"
    assert seen["titles"][0] == REFUSED[0]["reason"], "the sentence itself is at hand"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_alerts_of_the_book_unfold_by_rule(night: Path, tmp_path: Path, lang: str) -> None:
    seen = look(
        night / "index.html", tmp_path,
        """const folds = [...document.querySelectorAll("#alerts details")];
        return {rules: document.querySelectorAll("#alerts > .table-wrap tbody tr").length, folds: folds.length,
          first: folds[0].querySelector("tbody tr").textContent,
          links: folds[0].querySelectorAll("tbody a").length};""",
        lang=lang,
    )  # fmt: skip
    assert seen["problems"] == []
    assert seen["rules"] == seen["folds"] > 0
    assert "CNY" in seen["first"]
    assert seen["links"] > 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_portfolio_shows_the_marts(night: Path, tmp_path: Path, lang: str) -> None:
    seen = look(
        night / "index.html", tmp_path,
        """const rows = (id) => document.querySelectorAll(`#${id} tbody tr`).length;
        const ids = ["alerts", "watch", "risk", "provision", "concentration", "cash", "performance"];
        return {rows: Object.fromEntries(ids.map((id) => [id, rows(id)])), images: document.images.length,
          raw: (document.querySelector("main").innerText.match(/\\b(?:book|watch|cash|age|hhi)\\.[a-z_]+/g) || []),
          missing: document.body.innerText.includes("undefined")};""",
        lang=lang,
    )  # fmt: skip
    assert seen["problems"] == []
    assert all(seen["rows"].values()), seen["rows"]
    assert seen["rows"]["watch"] == len(BOOK["customer"])
    assert seen["images"] == 0
    assert seen["raw"] == []
    assert not seen["missing"]


def test_a_hostile_name_is_only_ever_text(night: Path, tmp_path: Path) -> None:
    seen = look(
        page_of(night, HOSTILE_ID), tmp_path,
        """return {h1: document.querySelector("h1").textContent, images: document.images.length,
          scripts: [...document.scripts].filter((one) => !one.src && one.type !== "application/json").length};""",
    )  # fmt: skip
    assert seen["problems"] == []
    assert seen["h1"] == HOSTILE_NAME
    assert seen["images"] == 0
    assert seen["scripts"] == 0


def test_a_hostile_court_is_only_ever_text_and_a_reader_sees_whom_to_ask(
    night: Path, tmp_path: Path
) -> None:
    seen = look(
        page_of(night, "C-2"), tmp_path,
        """const part = document.querySelector("#outside");
        return {text: part.textContent, images: document.images.length,
          links: [...part.querySelectorAll("a")].map((one) => one.getAttribute("href")),
          scripts: [...document.scripts].filter((one) => !one.src && one.type !== "application/json").length,
          alarms: [...part.querySelectorAll(".chip.alarm")].map((one) => one.textContent),
          folds: part.querySelectorAll("details").length};""",
        lang="en",
    )  # fmt: skip
    assert seen["problems"] == []
    assert (seen["images"], seen["scripts"]) == (0, 0)
    assert HOSTILE_CAUSE in seen["text"]
    assert "90,071,992,547,409.93 CNY" in seen["text"]
    assert seen["alarms"] == ["defendant", "revoked"]
    assert seen["links"] == ["../quality.html#matching"]
    assert seen["folds"] == 1
    silent = look(
        page_of(night, "C-1"), tmp_path,
        """return {text: document.querySelector("#outside").textContent};""", lang="en",
    )  # fmt: skip
    assert "Nobody outside was asked about this customer." in silent["text"]
    waiting = look(
        page_of(night, "c-1"), tmp_path,
        """return {text: document.querySelector("#outside").textContent};""", lang="en",
    )  # fmt: skip
    assert "Nothing is accepted; 1 wait(s) for a person." in waiting["text"]


def test_the_language_switch_redraws_everything_and_is_kept(night: Path, tmp_path: Path) -> None:
    seen = look(
        page_of(night, "C-1"), tmp_path,
        """const before = document.querySelector("#why h2").textContent;
        [...document.querySelectorAll(".languages button")].find((one) => one.lang === "en").click();
        let kept = null; try { kept = localStorage.getItem("zixin.language"); } catch (error) { kept = "off"; }
        const left = (document.querySelector("main").innerText.match(/[\\u4e00-\\u9fff]+/g) || []);
        return {before, after: document.querySelector("#why h2").textContent,
          lang: document.documentElement.lang, kept, left};""",
    )  # fmt: skip
    assert (seen["before"], seen["after"], seen["lang"]) == (
        "为什么是这个等级",
        "Why this grade",
        "en",
    )
    assert seen["kept"] in ("en", "off")
    # What is left in Chinese is the customer's own name.
    assert set(seen["left"]) == {"宁波海曙精密机械有限公司"}
    assert seen["problems"] == []


@pytest.mark.parametrize(
    "page",
    [
        "customers/C-1.html",
        "customers/C-2.html",
        f"customers/{file_stem('CON')}.html",
        "index.html",
        "quality.html",
    ],
)
def test_nobody_scrolls_sideways_on_a_phone(night: Path, tmp_path: Path, page: str) -> None:
    seen = look(
        night / page, tmp_path,
        """const folds = [...document.querySelectorAll("details")];
        for (const fold of folds) fold.open = true;
        return {inner: window.innerWidth};""",
        width=360, lang="en",
    )  # fmt: skip
    assert seen["problems"] == []
    assert seen["width"] <= seen["inner"]


@pytest.mark.parametrize(
    ("lang", "said"),
    [("zh", "最近一次的字母在 2026-11-10（10 天前）"), ("en", "of 2026-11-10, 10 days ago: net collection B")],
)  # fmt: skip
def test_who_has_no_letters_is_shown_the_last_ones(
    night: Path, tmp_path: Path, lang: str, said: str
) -> None:
    script = night / "changes.js"
    kept = script.read_bytes()
    changes = json.loads((night / "changes.json").read_bytes())
    changes["last_letters"]["CON"] = {
        "overdue": None, "collection": "B", "grade": "NR", "on": "2026-11-10", "age_days": 10,
        "reason": "dormant",
    }  # fmt: skip
    script.write_text(f"window.ZIXIN_CHANGES = {json.dumps(changes)};", encoding="utf-8")
    try:
        seen = look(
            page_of(night, "CON"), tmp_path,
            """return {verdict: document.querySelector(".verdict").textContent};""", lang=lang,
        )  # fmt: skip
    finally:
        script.write_bytes(kept)
    assert seen["problems"] == []
    assert said in seen["verdict"]


@pytest.mark.parametrize("customer", ["C-1", "C-2", "c-1", "CON"])
def test_nobody_reads_a_code(night: Path, tmp_path: Path, customer: str) -> None:
    """Nowhere on a credit file, unfolded, stands a word of the database."""
    seen = look(
        page_of(night, customer), tmp_path,
        """for (const fold of document.querySelectorAll("details")) fold.open = true;
        // The sentence of a refused row names the field that is wrong.
        for (const row of document.querySelectorAll("#assurance > .table-wrap")) row.remove();
        const text = document.querySelector("main").innerText;
        return {raw: text.match(/\\b[a-z0-9]+_[a-z0-9_]+\\b/g) || [], missing: /undefined|NaN/.test(text)};""",
        lang="en",
    )  # fmt: skip
    assert seen["problems"] == []
    assert seen["raw"] == []
    assert not seen["missing"]


def test_the_quality_page_shows_what_was_kept_out(night: Path, tmp_path: Path) -> None:
    seen = look(
        night / "quality.html", tmp_path,
        """return {refused: document.querySelectorAll("#quarantine tbody tr").length,
          held: document.querySelectorAll(".chip.alarm").length, text: document.querySelector("#rules").innerText};""",
    )  # fmt: skip
    assert seen["refused"] == 3
    assert seen["held"] >= 1
    assert "A bill of nothing is not a bill." in seen["text"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_as_it_should_be_is_counted_and_folded_away(
    night: Path, tmp_path: Path, lang: str
) -> None:
    file = look(
        page_of(night, "C-1"), tmp_path,
        """const all = (path) => [...document.querySelectorAll(path)];
        const isDay = (one) => /^\\d{4}-\\d{2}-\\d{2}$/.test(one.textContent);
        return {
          troubled: all("#assurance > .table-wrap")[0].querySelectorAll("tbody tr").length,
          sound: all("#assurance details tbody tr").length, unknown: all("#payment details tbody tr").length,
          dashes: all("#payment > .table-wrap td.number:nth-child(2)").filter((one) => one.textContent === "—").length,
          broken: all("td .value").filter((one) => isDay(one) && getComputedStyle(one).whiteSpace !== "nowrap").length,
          amounts: all("#today td:last-child").filter((one) => /^0.00|—/.test(one.textContent)).length};""",
        lang=lang,
    )  # fmt: skip
    quality = look(
        night / "quality.html", tmp_path,
        """const kinds = [...document.querySelectorAll("#balance tbody td:nth-child(3)")];
        return {entities: kinds.map((one) => one.textContent),
          open: document.querySelectorAll("#rules > .table-wrap tbody tr").length};""",
        lang=lang,
    )  # fmt: skip

    assert file["problems"] == quality["problems"] == []
    assert (file["troubled"], file["sound"]) == (1, 1)
    assert file["unknown"] > 0
    assert file["broken"] == file["amounts"] == file["dashes"] == 0
    assert {"发票" if lang == "zh" else "invoices"} <= set(quality["entities"])
    assert quality["open"] == 1


def test_a_book_of_thousands_is_searched_sorted_and_filtered_at_once(
    night: Path, tmp_path: Path
) -> None:
    book = json.loads((night / "portfolio.json").read_bytes())
    row = book["customers"]["rows"][0]
    book["customers"]["rows"] = [
        [f"C-{n:05d}", f"Customer {n}", f"C-{n:05d}", f"{n * 7919 % 100000}.10", "0.00", *row[5:]]
        for n in range(MANY)
    ]
    text = (night / "index.html").read_text(encoding="utf-8")
    text = re.sub(
        r'(id="document">).*?(</script>)',
        lambda found: found[1] + inline_json(json.dumps(book)) + found[2],
        text,
        flags=re.DOTALL,
    )
    page = night / "many.html"
    page.write_text(text, encoding="utf-8")
    seen = look(
        page, tmp_path,
        """const shown = () => [...document.querySelectorAll("#customers tbody tr th")].map((one) => one.textContent);
        const started = performance.now();
        const first = shown().length;
        document.querySelector('[data-sort="open"]').click();
        const highest = document.querySelector('#customers tbody td[data-label^="Open"]').textContent;
        const search = document.querySelector('#customers input[type="search"]');
        search.value = "customer 2999"; search.dispatchEvent(new Event("input"));
        const found = shown();
        search.value = "nobody at all"; search.dispatchEvent(new Event("input"));
        return {first, highest, found, none: shown().length, took: performance.now() - started};""",
        lang="en",
    )  # fmt: skip
    page.unlink()
    assert seen["problems"] == []
    assert seen["first"] == 50
    assert seen["highest"].replace(",", "") == f"{max(n * 7919 % 100000 for n in range(MANY))}.10"
    assert seen["found"] == ["Customer 2999C-02999"]
    assert seen["none"] == 0
    assert seen["took"] < 5000


def test_everything_can_be_reached_and_read_without_seeing_it(night: Path, tmp_path: Path) -> None:
    seen = look(
        page_of(night, "C-1"), tmp_path,
        """return {
          unnamed: [...document.querySelectorAll("button, a, [role=region], section, select, input")].filter(
            (one) => !(one.textContent.trim() || one.getAttribute("aria-label")
              || one.getAttribute("aria-labelledby"))).length,
          heads: document.querySelectorAll("th:not([scope])").length,
          h1: document.querySelectorAll("h1").length, main: document.querySelectorAll("main").length,
          outside: [...document.querySelectorAll("[src], [href]")].map(
            (one) => one.getAttribute("src") || one.getAttribute("href")).filter(
            (link) => /^([a-z]+:|\\/\\/)/.test(link) && !link.startsWith("data:") && !link.startsWith("file:")),
        };""",
    )  # fmt: skip
    assert seen["unnamed"] == 0
    assert seen["heads"] == 0
    assert (seen["h1"], seen["main"]) == (1, 1)
    assert seen["outside"] == []


def test_a_page_away_from_its_assets_says_so(night: Path, tmp_path: Path) -> None:
    lonely = tmp_path / "sent-by-mail.html"
    lonely.write_bytes(page_of(night, "C-1").read_bytes())
    printed = subprocess.run(
        [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", lonely.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    ).stdout  # fmt: skip
    assert 'class="unstarted"' in printed
