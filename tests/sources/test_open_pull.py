"""The folder of a pull in progress, after deaths at awkward moments."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from etl.sources.connector import Ask, Reply, Subject
from etl.sources.open_pull import OpenPull
from etl.sources.order import Order
from tests.sources.scripted import MovingTicker, Scripted, puller, serving

ASK = Ask("/ask", params={"page": "1"})
NEXT = Ask("/ask", params={"page": "2"})


def came(text: bytes) -> Reply:
    return Reply(200, {"content-type": "application/json"}, text)


@pytest.fixture
def opened(tmp_path: Path) -> OpenPull:
    pull = OpenPull(tmp_path / "open")
    pull.start({"subjects": [{"customer_id": "C-1"}, {"customer_id": "C-2"}]})
    return pull


def landed(pull: OpenPull, ask: Ask, text: bytes, following: Ask | None, subject: int) -> None:
    pull.keep(ask, came(text), subject)
    pull.settle(ask, came(text), "page", following, subject)


def test_what_is_left_out_gives_its_number_to_nobodys_page(opened: OpenPull) -> None:
    """C-1 was asked half, C-2 to the end; asked anew, C-1 must not come to lie on C-2's page."""
    landed(opened, ASK, b"[1]", NEXT, 1)
    landed(opened, ASK, b"[2]", None, 2)

    opened.forget(1)
    landed(opened, ASK, b"[3]", None, 1)

    listed = [json.loads(line) for line in (opened.folder / "pages.jsonl").open()]
    files = {line["subject"]: (opened.folder / line["file"]).read_bytes() for line in listed}
    assert files == {2: b"[2]", 1: b"[3]"}
    assert len({line["n"] for line in listed}) == 2


def test_an_answer_is_there_until_it_is_settled(opened: OpenPull) -> None:
    opened.keep(ASK, came(b"[1]"), 1)

    again = OpenPull(opened.folder)
    reply = again.arrived(ASK)
    assert reply is not None
    assert (reply.status, dict(reply.headers), reply.content) == (
        200, {"content-type": "application/json"}, b"[1]",
    )  # fmt: skip
    assert again.has_begun(1)
    assert again.arrived(NEXT) is None

    again.settle(ASK, reply, "page", NEXT, 1)
    assert OpenPull(opened.folder).arrived(ASK) is None


@pytest.mark.parametrize(
    "heads", [b"", b'{"n": 1, "ask', b"null\n", b"[]\n", b'{"n": 2}\n', b"\xff"]
)
def test_half_a_head_is_none(opened: OpenPull, heads: bytes) -> None:
    opened.keep(ASK, came(b"[1]"), 1)
    (opened.folder / "heads.jsonl").write_bytes(heads)

    again = OpenPull(opened.folder)

    assert again.arrived(ASK) is None
    assert not again.has_begun(1)
    again.keep(ASK, came(b"[1]"), 1)
    assert OpenPull(opened.folder).arrived(ASK) is not None


@pytest.mark.parametrize("page", [None, b"", b"["])
def test_a_page_that_a_power_cut_took_is_asked_for_again(
    opened: OpenPull, page: bytes | None
) -> None:
    opened.keep(ASK, came(b"[1]"), 1)
    file = opened.folder / "000001.json"
    file.unlink() if page is None else file.write_bytes(page)

    assert OpenPull(opened.folder).arrived(ASK) is None


def test_what_was_forgotten_does_not_come_back_with_a_crash(opened: OpenPull) -> None:
    landed(opened, ASK, b"[1]", None, 1)
    opened.forget(1)

    assert OpenPull(opened.folder).arrived(ASK) is None


def test_a_page_of_a_batch_is_never_written_into(opened: OpenPull, tmp_path: Path) -> None:
    """Landing links pages; a link that stayed must not become another page."""
    (opened.folder / "000001.json").write_bytes(b"landed")
    (tmp_path / "batch.json").hardlink_to(opened.folder / "000001.json")

    opened.keep(ASK, came(b"new"), 1)

    assert (tmp_path / "batch.json").read_bytes() == b"landed"
    assert (opened.folder / "000001.json").read_bytes() == b"new"


def test_payments_count_on_after_a_crash(opened: OpenPull) -> None:
    opened.spend()
    opened.spend()

    again = OpenPull(opened.folder)
    again.spend()

    assert (opened.spent, again.spent, OpenPull(opened.folder).spent) == (2, 3, 3)


def test_killed_while_tidying_up_nothing_is_bought_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a folder that landed must not look like a pull that has brought nothing yet."""
    real = shutil.rmtree

    def half(folder: Path, *given: Any, **named: Any) -> None:
        if not (folder / "pages.jsonl").exists():
            return real(folder, *given, **named)
        (folder / "pages.jsonl").unlink()
        raise KeyboardInterrupt

    def bought() -> Order:
        return Order((Subject("C-1"),), budget=9)

    with serving(MovingTicker()) as server:
        server.answers = lambda *_: (200, {"data": [{"id": "x"}]})
        with monkeypatch.context() as patched:
            patched.setattr(shutil, "rmtree", half)
            with pytest.raises(KeyboardInterrupt):
                puller(tmp_path, server, Scripted(by_subject=True)).run(bought)

        pulled = puller(tmp_path, server, Scripted(by_subject=True)).run(Order)

        assert pulled.batch is None
        assert set(server.calls.values()) == {1}
    (batch,) = (one for one in (tmp_path / "landing").iterdir() if one.name[:6].isdigit())
    assert json.loads((batch / "000001.json").read_bytes()) == {"data": [{"id": "x"}]}
