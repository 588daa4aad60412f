"""Digests and the channels that carry them, against real servers on loopback."""

import hashlib
import hmac
import json
import os
import socket
import ssl
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from servers import Reply, run_web_server

from tracker.errors import DeliveryFailed, InvalidInput
from tracker.model.assessment import Assessment
from tracker.reminders import delivery, messages
from tracker.reminders.channels import apprise, dingtalk, feishu, https, mailto, stdout, wecom
from tracker.reminders.channels import exec as exec_channel
from tracker.reminders.channels.dingtalk import sign_bot_address as signed_for_dingtalk
from tracker.reminders.channels.feishu import sign_bot_message as signed_for_feishu
from tracker.reminders.delivery import Channel, DeliverySettings, MailServer, NotDelivered, Sender
from tracker.reminders.digest_texts import (
    escape_digest_marks,
    widen_digest_marks,
    write_digest_html,
    write_digest_subject,
    write_digest_text,
)
from tracker.reminders.messages import Digest, ReminderLine
from tracker.reminders.secrets import Secrets

DAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 8, 47, tzinfo=UTC)
SECRET = "k3y0f5ecret"  # noqa: S105  # it opens nothing


def line(number: int = 1, **fields: Any) -> ReminderLine:  # noqa: ANN401  # of a line
    given: dict[str, Any] = dict.fromkeys(Assessment.__struct_fields__) | {
        "id": f"pipes.km-{number}",
        "initiative": "老旧管网改造",
        "name": f"改造长度{number}",
        "measure": "number",
        "lead": "区住建局",
        "step": "weekly",
        "rule": "weekly",
        "stage": "red",
        "on": DAY,
        "target": Decimal("62.10"),
        "op": ">=",
        "unit": "公里",
        "value": Decimal(20),
        "done": Decimal("32.2"),
        "expected": Decimal("100.0"),
        "gap": Decimal("-67.8"),
        "light": "red",
        "why": "overdue by 15 days",
        "deadline": date(2026, 5, 31),
        "deadline_wording": "5月底前",
        "days_late": 15,
        "workdays_late": 11,
        "workdays_provisional": False,
        "owed": 0,
        "first_owed": None,
        "command": f"tracker update pipes.km-{number} VALUE",
    }
    return ReminderLine(**given | fields)


def due(**fields: Any) -> ReminderLine:  # noqa: ANN401  # of a line
    own = {"rule": "before", "days_late": None, "days_left": 7, "target": Decimal(1)}
    return line(2, **own | {"op": "range", "target_high": Decimal(2), "lead": None} | fields)


def unreported() -> ReminderLine:
    fields: dict[str, Any] = dict.fromkeys(
        ("days_late", "target", "value", "done", "expected", "deadline", "unit")
    )
    return line(3, rule="unreported", owed=2, first_owed=date(2026, 4, 30), **fields)


def digest(*lines: ReminderLine, address: str = "stdout:", **fields: Any) -> Digest:  # noqa: ANN401
    made = Digest(address=address, lang="en", as_of=DAY, provisional=False, lines=lines)
    return messages.with_digest_id(msgspec.structs.replace(made, **fields))


# What is said


def test_a_digest_says_all_that_a_lead_has_to_know() -> None:
    said = write_digest_text(digest(line(), due(), unreported(), provisional=True))
    assert said == (
        """\
Reminder of 2026-06-15: overdue 1, due 1, unreported 1

overdue (1)

  老旧管网改造: 改造长度1 [pipes.km-1]
    target: ≥ 62.10 公里
    value: 20 公里
    done: 32.2%
    expected: 100.0%
    light: red: overdue by 15 days
    deadline: 2026-05-31 (“5月底前”), 15 days late (11 working days)
    lead: 区住建局
    report: tracker update pipes.km-1 VALUE

due (1)

  老旧管网改造: 改造长度2 [pipes.km-2]
    target: 1–2 公里
    value: 20 公里
    done: 32.2%
    expected: 100.0%
    light: red: overdue by 15 days
    deadline: 2026-05-31 (“5月底前”), 7 days left
    report: tracker update pipes.km-2 VALUE

unreported (1)

  老旧管网改造: 改造长度3 [pipes.km-3]
    light: red: overdue by 15 days
    reports: 2 owed, the first since 2026-04-30
    lead: 区住建局
    report: tracker update pipes.km-3 VALUE

As of 2026-06-15. Working days of this year are provisional: Monday to Friday.
"""
    )
    late = write_digest_text(digest(line(workdays_provisional=True, name="老旧管网改造")))
    assert "(11 working days, provisional)" in late
    assert "  老旧管网改造 [pipes.km-1]\n" in late
    met = write_digest_text(
        digest(due(days_left=None, deadline_wording=None, light="none", why="no unit"))
    )
    assert "deadline: 2026-05-31\n" in met


HOSTILE = (
    "<script>alert(1)</script> [here](https://evil.org) <@all> **bold** @所有人 `x` "
    "<at id=all></at> # | \x1b[31m \u202e \n> quoted\nBcc: x"
)


def test_a_digest_says_what_is_under_way_and_who_is_in_charge() -> None:
    under_way: dict[str, Any] = {
        "latest_status": "in_progress",
        "latest_value": Decimal(25),
        "share_of_plan": Decimal(48),
        "person": "王强",
        "notes": "汛期停工",
    }
    text = write_digest_text(digest(line(**under_way)))
    for words in (
        "newest report: 25 公里; in progress",
        "share of plan: 48%",
        "person in charge: 王强",
        "notes: 汛期停工",
    ):
        assert words in text, text
    started = line(latest_status="in_progress", latest_value=None)
    assert "newest report: in progress" in write_digest_text(digest(started))


def test_what_somebody_wrote_is_only_text() -> None:
    made = digest(line(name=HOSTILE, lead=HOSTILE, unit=HOSTILE, why=HOSTILE))
    html = write_digest_html(made)
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "<a " not in html
    for address in ("wecom:a", "dingtalk:a", "feishu:a"):
        channel_says = delivery.compose_delivery_message(
            msgspec.structs.replace(made, address=address)
        ).body
        assert not any(each in channel_says for each in ("<", "](", "**bold", "@所", "://", "`x`"))
        assert "\n> quoted" not in channel_says
    for said in (
        html,
        write_digest_text(made),
        widen_digest_marks(HOSTILE),
        escape_digest_marks(HOSTILE),
    ):
        assert "alert" in said
    for said in (html, write_digest_text(made)):
        assert not any(each in said for each in ("\x1b", "\u202e", "\nBcc"))
    assert "\n" not in write_digest_subject(made)


def test_the_same_content_has_the_same_id() -> None:
    one = digest(line(), due())
    assert one.id == digest(line(value=Decimal(30)), due()).id
    others = [digest(line()), digest(line(), due(), address="mailto:a@b.org")]
    others += [digest(line(on=date(2026, 6, 16)), due()), digest(line(), due(), as_of=date.max)]
    assert len({one.id, *(each.id for each in others)}) == 5


# Division


@pytest.mark.parametrize("address", ["wecom:a", "dingtalk:a", "feishu:a", "apprise:a"])
def test_a_long_digest_is_divided_between_lines(address: str) -> None:
    lines = [line(number, name="名" * (number % 300)) for number in range(150)]
    whole = digest(*lines, *(unreported() for _ in range(20)), address=address)
    parts = delivery.divide_digest_for_delivery(whole)
    channel = sys.modules[f"tracker.reminders.channels.{address.partition(':')[0]}"]
    assert len(parts) > 1
    assert [each for part in parts for each in part.lines] == list(whole.lines)
    assert [(each.part, each.parts) for each in parts] == [
        (number, len(parts)) for number in range(1, len(parts) + 1)
    ]
    sizes = [len(delivery.compose_delivery_message(each).body.encode()) for each in parts]
    assert max(sizes) <= channel.LIMIT
    assert min(sizes[:-1]) > channel.LIMIT / 2
    assert f"(1/{len(parts)})" in delivery.compose_delivery_message(parts[0]).subject


@pytest.mark.parametrize("address", ["wecom:a", "feishu:a"])
def test_no_line_is_too_long_for_a_bot(address: str) -> None:
    words = "［" * 10_000 + "*" * 10_000
    worst = line(name=words, initiative=words, lead=words, unit=words, why=words)
    (part,) = delivery.divide_digest_for_delivery(digest(worst, address=address))
    assert len(delivery.compose_delivery_message(part).body.encode()) <= (
        4096 if address == "wecom:a" else 15_000
    )


def test_what_knows_no_limit_is_one_message() -> None:
    whole = digest(*(line(number) for number in range(500)), address="mailto:a@b.org")
    assert delivery.divide_digest_for_delivery(whole) == [whole]


# Pace


@pytest.mark.parametrize(
    ("sent", "now", "wait"),
    [
        ([], 0.0, 0.0),
        ([0.0], 0.0, 0.0),
        ([0.0, 1.0], 1.0, 9.0),
        ([0.0, 1.0], 10.0, 0.0),
        ([0.0, 1.0, 9.5, 9.6], 9.7, 9.8),
    ],
)
def test_a_bot_is_not_asked_more_often_than_it_allows(
    sent: list[float], now: float, wait: float
) -> None:
    assert delivery.compute_delivery_wait(sent, now, ((2, 10.0),)) == pytest.approx(wait)
    assert delivery.compute_delivery_wait(sent, now, ()) == 0


# Channels


class Office:
    """A desk with the secrets and limits of one test, and the sentences of its failures."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.put: list[str] = []
        self.waited: list[float] = []
        self.smtp = MailServer("127.0.0.1:1", "none", "督查室 <duban@example.org>", None, None)

    def desk(self, **fields: Any) -> DeliverySettings:  # noqa: ANN401  # of a desk
        given = {"timeout": 1.0, "attempts": 2, "pause": 0.01} | fields
        keys = Secrets(self.folder / "secrets.toml")
        return DeliverySettings(
            secrets=keys, smtp=self.smtp, write=self.put.append, now=NOW, **given
        )

    def keep(self, **secrets: str) -> None:
        file = self.folder / "secrets.toml"
        file.write_text("".join(f'{name} = "{text}"\n' for name, text in secrets.items()))
        file.chmod(0o600)

    def send(self, address: str, **fields: Any) -> None:  # noqa: ANN401  # of a desk
        made = digest(line(), unreported(), address=address)
        Sender(self.desk(**fields), self.waited.append).deliver(made)

    def refused(self, address: str, **fields: Any) -> str:  # noqa: ANN401  # of a desk
        with pytest.raises(NotDelivered) as caught:
            self.send(address, **fields)
        assert caught.value.__suppress_context__
        assert SECRET not in repr(caught.value)
        return str(caught.value)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_every_channel_has_what_the_protocol_lists() -> None:
    channels: dict[str, Channel] = {
        "apprise": apprise,
        "dingtalk": dingtalk,
        "exec": exec_channel,
        "feishu": feishu,
        "https": https,
        "mailto": mailto,
        "stdout": stdout,
        "wecom": wecom,
    }
    assert tuple(channels) == delivery.SCHEMES


def test_every_channel_is_a_file() -> None:
    assert (
        *("apprise", "dingtalk", "exec", "feishu", "https", "mailto", "stdout", "wecom"),
    ) == delivery.SCHEMES
    with pytest.raises(InvalidInput, match="There is no channel fax; choose one of: apprise, "):
        delivery.check_delivery_address("fax:1")


def test_stdout_is_written_to(office: Office) -> None:
    office.send("stdout:")
    assert office.put == [write_digest_text(digest(line(), unreported()))]


@pytest.mark.parametrize("scheme", ["wecom", "dingtalk", "feishu"])
def test_a_bot_is_told_in_markdown(office: Office, scheme: str) -> None:
    with run_web_server() as server:
        office.keep(zjj=f"{server.url}?key={SECRET} {SECRET}" if scheme != "wecom" else server.url)
        office.send(f"{scheme}:zjj")
        (got,) = server.received
    said = delivery.compose_delivery_message(digest(line(), unreported(), address=f"{scheme}:zjj"))
    assert got.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "Reminder of 2026-06-15: overdue 1, unreported 1" in said.subject
    if scheme == "wecom":
        assert got.json == {"msgtype": "markdown", "markdown": {"content": said.body}}
    elif scheme == "dingtalk":
        assert got.json["markdown"] == {"title": said.subject, "text": said.body}
        query = parse_qs(urlsplit(got.path).query)
        moment, sign = query["timestamp"][0], query["sign"][0]
        seal = hmac.new(SECRET.encode(), f"{moment}\n{SECRET}".encode(), hashlib.sha256).digest()
        assert sign == b64encode(seal).decode()
        assert query["key"] == [SECRET]
    else:
        assert got.json["card"]["elements"] == [{"tag": "markdown", "content": said.body}]
        moment = got.json["timestamp"]
        key = f"{moment}\n{SECRET}".encode()
        assert got.json["sign"] == b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


def test_signatures_are_what_they_were() -> None:
    """Worked by hand with openssl dgst -sha256 -hmac."""
    assert signed_for_dingtalk("SEC", 1_750_000_000_000) == (
        "&timestamp=1750000000000&sign=7WXirf6DAtd9rwMPGLtMTWw%2BZ32wRz2ML5dL%2BgEZaW8%3D"
    )
    assert signed_for_feishu("SEC", 1_750_000_000) == {
        "timestamp": "1750000000",
        "sign": "Bw44MnEMBpmRdHc9qMLYV60WdgEqvwVlh0ZUCK2+zgA=",
    }


def test_bots_without_a_key_are_not_signed(office: Office) -> None:
    with run_web_server() as server:
        office.keep(zjj=server.url)
        office.send("dingtalk:zjj")
        office.send("feishu:zjj")
        first, second = server.received
    assert "sign" not in first.path
    assert "sign" not in second.json


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (b'{"errcode":93000,"errmsg":"invalid webhook url, hint: k3y0f5ecret"}', "93000 invalid"),
        (b'{"errcode":45002,"errmsg":"content size out of limit"}', "it refused: 45002 content"),
        (b'{"errcode":"0"}', "it refused: 0"),
        (b'{"errcode":false}', "it refused: False"),
        (b'{"errcode":null}', "it refused: None"),
        (b"{}", "its answer is not understood"),
        (b"[0]", "its answer is not understood"),
        (b"<html>OK</html>", "its answer is not understood"),
        (b"\xff", "its answer is not understood"),
        (b"", "its answer is not understood"),
        (b"[" * 70_000, "its answer is not understood"),
    ],
)
@pytest.mark.parametrize("scheme", ["wecom", "dingtalk"])
def test_only_errcode_0_is_delivered(
    office: Office, scheme: str, reply: bytes, reason: str
) -> None:
    with run_web_server(Reply(reply)) as server:
        office.keep(zjj=f"{server.url}?k={SECRET}")
        said = office.refused(f"{scheme}:zjj")
        assert reason in said
        assert len(server.received) == 1


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (b'{"code":19024,"msg":"Key Words Not Found"}', "it refused: 19024 Key Words Not Found"),
        (b'{"StatusCode":1,"StatusMessage":"no"}', "it refused: 1 no"),
        (b'{"StatusCode":0}', None),
        (b'{"code":0,"msg":"success"}', None),
    ],
)
def test_feishu_says_it_in_two_ways(office: Office, reply: bytes, reason: str | None) -> None:
    with run_web_server(Reply(reply)) as server:
        office.keep(zjj=server.url)
        if reason is None:
            office.send("feishu:zjj")
        else:
            assert office.refused("feishu:zjj") == reason


TOO_OFTEN = [
    *(("wecom", "errcode", code) for code in (45009, 45033)),
    *(("dingtalk", "errcode", code) for code in (130101, 410100)),
    *(("feishu", "code", code) for code in (11232, 99991400)),
    ("feishu", "StatusCode", 11232),
]


@pytest.mark.parametrize(("scheme", "field", "code"), TOO_OFTEN)
def test_a_bot_that_is_asked_too_often_is_asked_again(
    office: Office, scheme: str, field: str, code: int
) -> None:
    busy = Reply(f'{{"{field}":{code},"errmsg":"too often"}}'.encode())
    with run_web_server(*[busy] * 5, Reply()) as server:
        office.keep(zjj=server.url)
        office.send(f"{scheme}:zjj", attempts=1, pause=0.001)
        assert len(server.received) == 6
        assert len({got.data for got in server.received}) == 1
    with run_web_server(busy) as server:
        office.keep(zjj=server.url)
        refused = office.refused(f"{scheme}:zjj", pause=0.001)
        assert refused == f"it refused: {code} too often"
        assert len(server.received) == 6


@pytest.mark.parametrize(
    ("scheme", "code"), [("wecom", 130101), ("dingtalk", 45009), ("feishu", 9499)]
)
def test_the_code_of_another_bot_says_nothing(office: Office, scheme: str, code: int) -> None:
    field = "code" if scheme == "feishu" else "errcode"
    with run_web_server(Reply(f'{{"{field}":{code}}}'.encode()), Reply()) as server:
        office.keep(zjj=server.url)
        assert office.refused(f"{scheme}:zjj") == f"it refused: {code}"
        assert len(server.received) == 1


def test_the_pause_before_a_busy_bot_is_asked_again_is_a_setting(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    with run_web_server(Reply(b'{"errcode":45009}')) as server:
        office.keep(zjj=server.url)
        office.refused("wecom:zjj", pause=2.0)
        office.refused("wecom:zjj", pause=30.0)
    pauses = [wait for wait in waits if wait >= 1]
    assert pauses == [2.0, 4.0, 8.0, 16.0, 32.0, 30.0, 60.0, 60.0, 60.0, 60.0]


@pytest.mark.parametrize(
    ("replies", "attempts", "reason"),
    [
        ([Reply(status=503), Reply()], 2, None),
        ([Reply(status=500), Reply()], 1, "it answered with status 500"),
        (
            [Reply(status=502), Reply()],
            1,
            "it answered with status 502; the message may have arrived",
        ),
        (
            [Reply(status=504), Reply()],
            1,
            "it answered with status 504; the message may have arrived",
        ),
        ([Reply(status=503), Reply(status=503)], 2, "it answered with status 503"),
        ([Reply(status=429, headers={"Retry-After": "0"}), Reply()], 2, None),
        ([Reply(status=429, headers={"Retry-After": "3600"})], 1, "it answered with status 429"),
        ([Reply(status=429, headers={"Retry-After": "soon"}), Reply()], 2, None),
        ([Reply(status=404)], 1, "it answered with status 404"),
        (
            [Reply(status=302, headers={"Location": "http://127.0.0.1:1/"})],
            1,
            "it sends elsewhere (status 302), which is not followed",
        ),
        ([Reply(delay=0.5)], 1, "it did not answer in time; the message may have arrived"),
        (
            [Reply(drip=0.05, data=b"x" * 99)],
            1,
            "it did not answer in time; the message may have arrived",
        ),
        (
            [Reply(headers={"Content-Length": "x\x00"}, status=700)],
            1,
            "it answered with status 700",
        ),
    ],
)
def test_trouble_on_the_way(
    office: Office, replies: list[Reply], attempts: int, reason: str | None
) -> None:
    with run_web_server(*replies) as server:
        office.keep(zjj=server.url)
        if reason is None:
            office.send("wecom:zjj")
        else:
            assert office.refused("wecom:zjj", timeout=0.2) == reason
        assert len(server.received) == attempts


def test_a_connection_that_breaks_is_not_tried_again(office: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            connection, _address = listening.accept()
            connection.recv(10)
            connection.close()

        thread = Thread(target=hang_up)
        thread.start()
        office.keep(zjj=f"http://127.0.0.1:{listening.getsockname()[1]}/")
        assert "the connection broke; the message may have arrived" in office.refused("wecom:zjj")
        thread.join()


def test_nobody_there_is_tried_again(office: Office) -> None:
    office.keep(zjj="http://127.0.0.1:1/", far="https://nowhere.invalid/", wide="https://例.org/")
    assert office.refused("wecom:zjj") == "it cannot be reached: Connection refused"
    assert "it cannot be reached: " in office.refused("wecom:far", attempts=0)
    assert office.refused("wecom:wide") == "the secret holds no https:// address"


@pytest.mark.parametrize(
    "secret", ["ftp://x.org/", "https://", "https://[x/", "https://x.org:99999/", "http:///x"]
)
def test_a_secret_that_is_no_address(office: Office, secret: str) -> None:
    office.keep(zjj=secret)
    assert "the secret holds no " in office.refused("https:zjj")


def test_plain_http_stays_on_this_machine(office: Office) -> None:
    office.keep(zjj="http://192.0.2.1/", me="http://localhost:1/")
    reason = "plain http is not allowed; use https, or set allow_http"
    assert office.refused("wecom:zjj") == reason
    assert office.refused("wecom:me") == "it cannot be reached: Connection refused"
    assert "cannot be reached" in office.refused(
        "wecom:zjj", allow_http=True, attempts=1, timeout=0.01
    )


def test_a_secret_that_is_missing_is_named(office: Office) -> None:
    assert office.refused("wecom:zjj").startswith("There is no secret zjj; set TRACKER_SECRET_ZJJ")


def test_bots_have_servers_of_their_own(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that is only a key is put behind the address that all bots share."""
    posted: list[str] = []

    def lookup(host: str, *_words: object, **_more: object) -> list[Any]:
        posted.append(host)
        raise socket.gaierror(8, "not here")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    office.keep(zjj=SECRET)
    for scheme in ("wecom", "dingtalk", "feishu"):
        assert office.refused(f"{scheme}:zjj", attempts=1) == "it cannot be reached: not here"
    assert posted == ["qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn"]


# Webhooks


def test_a_webhook_gets_json_and_a_seal(office: Office) -> None:
    with run_web_server(Reply(b"", status=204)) as server:
        office.keep(hook=f"{server.url} {SECRET}", bare=server.url)
        office.send("https:hook")
        office.send("https:bare")
        sealed, bare = server.received
    seal = hmac.new(SECRET.encode(), sealed.data, hashlib.sha256).hexdigest()
    assert sealed.headers["X-Tracker-Signature"] == f"sha256={seal}"
    assert "X-Tracker-Signature" not in bare.headers
    told = bare.json
    assert told["schema"] == 1
    assert told["digest"]["as_of"] == "2026-06-15"
    first = told["digest"]["lines"][0]
    assert (first["id"], first["target"], first["light"]) == ("pipes.km-1", 62.10, "red")
    judged = {"judged", "judged_by", "judged_on", "judged_why"}
    assert set(first) == set(ReminderLine.__struct_fields__) - judged


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> trustme.CA:
    """An authority that this machine trusts."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


def secured(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_certificates_are_verified(
    office: Office, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with run_web_server(secure=secured(authority)) as server:
        office.keep(zjj=server.url)
        office.send("wecom:zjj")
        office.send(server.url)
        assert len(server.received) == 2
    with run_web_server(secure=secured(authority, "elsewhere.org")) as server:
        office.keep(zjj=server.url)
        assert "its certificate is not trusted: IP address mismatch" in office.refused("wecom:zjj")
    monkeypatch.delenv("SSL_CERT_FILE")
    with run_web_server(secure=secured(authority)) as server:
        office.keep(zjj=server.url)
        assert "its certificate is not trusted: " in office.refused("wecom:zjj")
        assert server.received == []
    with run_web_server() as server:
        office.keep(zjj=server.url.replace("http:", "https:"))
        assert office.refused("wecom:zjj").startswith("no secure connection: ")


# Programs


def program(folder: Path, text: str, mode: int = 0o700) -> Path:
    path = folder / "notify"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(mode)
    return path


def test_a_program_gets_the_digest_on_stdin(office: Office, tmp_path: Path) -> None:
    path = program(tmp_path, f"cat > {tmp_path}/got; echo said")
    office.send(f"exec:{path}")
    told = json.loads((tmp_path / "got").read_bytes())
    assert [each["id"] for each in told["digest"]["lines"]] == ["pipes.km-1", "pipes.km-3"]


@pytest.mark.parametrize(
    ("text", "mode", "reason"),
    [
        ("exit 3", 0o700, "it ended with code 3"),
        ("echo one >&2; echo the disk is full >&2; exit 1", 0o700, "code 1 the disk is full"),
        ("sleep 9", 0o700, "it took longer than 0.2 seconds"),
        ("exit 0", 0o600, "it cannot be started: Permission denied"),
        ("exit 0", 0o720, "others may write to "),
    ],
)
def test_a_program_that_fails(
    office: Office, tmp_path: Path, text: str, mode: int, reason: str
) -> None:
    path = program(tmp_path, text, mode)
    assert reason in office.refused(f"exec:{path}", timeout=0.2)


def test_a_program_that_is_not_there_or_not_ours(office: Office, tmp_path: Path) -> None:
    missing = office.refused(f"exec:{tmp_path}/none")
    assert missing == "it cannot be started: No such file or directory"
    shared = tmp_path / "shared"
    shared.mkdir()
    path = program(shared, "exit 0")
    shared.chmod(0o777)
    assert office.refused(f"exec:{path}") == (
        f"others may write to {shared}; run: chmod go-w {shared}"
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_a_program_of_somebody_else_is_not_run(office: Office, tmp_path: Path) -> None:
    path = program(tmp_path, "exit 0")
    os.chown(path, 65534, 65534)
    assert office.refused(f"exec:{path}") == f"{path} belongs to somebody else"


# Mail


class Post:
    """A mail server that keeps what it was sent, or refuses it."""

    def __init__(self) -> None:
        self.got: list[Envelope] = []
        self.mails: list[bytes] = []
        self.refusal = ""

    async def handle_RCPT(  # noqa: N802  # the name that the library asks for
        self, *told: object
    ) -> str:
        _server, _session, envelope, address, _options = told
        assert isinstance(envelope, Envelope)
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(str(address))
        return "250 OK"

    async def handle_DATA(self, *told: object) -> str:  # noqa: N802  # as above
        envelope = told[2]
        assert isinstance(envelope, Envelope)
        assert isinstance(envelope.content, bytes)
        self.got.append(envelope)
        self.mails.append(envelope.content)
        return "250 OK"


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def running(post: Post) -> Iterator[Callable[..., int]]:
    started: list[Controller] = []

    def run(**options: Any) -> int:  # noqa: ANN401  # of the mail server
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        own = {"hostname": "127.0.0.1"} | options
        controller = Controller(post, port=port, **own)
        controller.start()
        started.append(controller)
        return port

    yield run
    for each in started:
        each.stop()


def knows(*told: object) -> AuthResult:
    login = told[-1]
    assert isinstance(login, LoginPassword)
    is_known = (login.login, login.password) == (b"duban", SECRET.encode())
    return AuthResult(success=is_known, handled=False)


def test_a_mail_is_text_and_html(office: Office, running: Callable[..., int], post: Post) -> None:
    office.smtp = office.smtp._replace(server=f"127.0.0.1:{running()}")
    office.send("mailto:zjj@example.org")
    office.send("mailto:zjj@example.org")
    first, second = (message_from_bytes(each, policy=default) for each in post.mails)
    assert post.got[0].rcpt_tos == ["zjj@example.org"]
    assert post.got[0].mail_from == "duban@example.org"
    assert (first["To"], first["From"]) == ("zjj@example.org", "督查室 <duban@example.org>")
    assert first["Subject"] == "Reminder of 2026-06-15: overdue 1, unreported 1"
    assert first["Date"] == "Mon, 15 Jun 2026 08:47:00 +0000"
    same = digest(line(), unreported(), address="mailto:zjj@example.org")
    assert first["Message-ID"] == second["Message-ID"] == f"<{same.id}.1@example.org>"
    assert first["Auto-Submitted"] == "auto-generated"
    text, html = first.get_body(("plain",)), first.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == write_digest_text(same)
    assert "<b>老旧管网改造: 改造长度1</b>" in html.get_content()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_is_sent_securely_with_a_login(
    office: Office,
    running: Callable[..., int],
    post: Post,
    authority: trustme.CA,
    monkeypatch: pytest.MonkeyPatch,
    security: str,
) -> None:
    own = {"tls_context": secured(authority), "require_starttls": True}
    if security == "tls":
        own = {"ssl_context": secured(authority), "auth_require_tls": False}
    port = running(authenticator=knows, **own)
    office.smtp = MailServer(f"127.0.0.1:{port}", security, "duban@example.org", "duban", "mail")
    office.keep(mail=SECRET)
    office.send("mailto:zjj@example.org")
    assert len(post.got) == 1
    office.keep(mail="wrong")
    assert office.refused("mailto:zjj@example.org").startswith("it refused: 535 ")
    monkeypatch.delenv("SSL_CERT_FILE")
    said = office.refused("mailto:zjj@example.org")
    assert said.startswith("its certificate is not trusted: ")
    assert len(post.got) == 1


def test_mail_that_is_refused(office: Office, running: Callable[..., int], post: Post) -> None:
    port = running()
    office.smtp = office.smtp._replace(server=f"127.0.0.1:{port}")
    post.refusal = "550 no such mailbox"
    assert office.refused("mailto:zjj@example.org") == "it refused: 550 no such mailbox"
    office.smtp = office.smtp._replace(security="starttls")
    assert office.refused("mailto:zjj@example.org") == (
        "the mail server cannot be used: STARTTLS extension not supported by server."
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "the mail server cannot be used: Connection refused"),
        ({"security": "tls"}, "the mail server cannot be used: Connection refused"),
        ({"server": "mail.example.org:25"}, "mail without encryption stays on this machine"),
        ({"server": "mail.example.org"}, "smtp is no host:port"),
        ({"server": "mail:x"}, "smtp is no host:port"),
        ({"server": "[::1]:1"}, "the mail server cannot be used: Connection refused"),
        ({"server": "[]:25"}, "smtp is no host:port"),
        ({"server": "127.0.0.1:65536"}, "smtp is no host:port"),
        ({"server": "127.0.0.1:0"}, "smtp is no host:port"),
        ({"server": "127.0.0.1:" + "9" * 5000}, "smtp is no host:port"),
        ({"server": "a..b:25", "security": "starttls"}, "smtp is no host:port"),
        ({"server": "a" * 64 + ".org:25", "security": "starttls"}, "smtp is no host:port"),
        ({"sender": None}, "no sender is set; set smtp_from"),
        ({"sender": "a@b.org\nBcc: c@d.org"}, "smtp_from is no mail address"),
    ],
)
def test_mail_settings_that_are_wrong(office: Office, fields: dict[str, Any], reason: str) -> None:
    office.smtp = office.smtp._replace(**fields)
    assert reason in office.refused("mailto:zjj@example.org")


@pytest.mark.parametrize("farewell", [b"421 too busy\r\n", b"what?\r\n", b""])
def test_a_mail_that_was_taken_is_delivered_whatever_follows(
    office: Office, farewell: bytes
) -> None:
    """A server of a few lines, because a good one says goodbye."""
    taken: list[bytes] = []

    def serve(listening: socket.socket) -> None:
        connection, _address = listening.accept()
        # Whoever is sent away may hang up at once.
        with connection, connection.makefile("rb") as lines, suppress(OSError):
            connection.sendall(b"220 here\r\n")
            for said in lines:
                if said == b"quit\r\n":
                    connection.sendall(farewell)
                    return
                if said == b"data\r\n":
                    connection.sendall(b"354 go on\r\n")
                    taken.append(b"".join(iter(lines.readline, b".\r\n")))
                connection.sendall(b"250 OK\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=serve, args=(listening,))
        thread.start()
        office.smtp = office.smtp._replace(server=f"127.0.0.1:{listening.getsockname()[1]}")
        office.send("mailto:zjj@example.org")
        thread.join()
    assert len(taken) == 1


def test_a_mail_server_of_the_newer_internet(
    office: Office, running: Callable[..., int], post: Post
) -> None:
    port = running(hostname="::1")
    office.smtp = office.smtp._replace(server=f"[::1]:{port}")
    office.send("mailto:zjj@example.org")
    assert len(post.got) == 1


@pytest.mark.parametrize("fields", [{"user": "督查室"}, {"secret": "wide"}])
def test_a_login_that_mail_servers_do_not_take(
    office: Office,
    running: Callable[..., int],
    authority: trustme.CA,
    fields: dict[str, Any],
) -> None:
    port = running(authenticator=knows, tls_context=secured(authority), require_starttls=True)
    office.keep(mail=SECRET, wide=f"{SECRET}密码")
    smtp = MailServer(f"127.0.0.1:{port}", "starttls", "duban@example.org", "duban", "mail")
    office.smtp = smtp._replace(**fields)
    assert office.refused("mailto:zjj@example.org") == (
        "smtp_user or its password holds characters that a mail server does not take"
    )


def test_a_mail_server_that_says_nothing(office: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        office.smtp = office.smtp._replace(server=f"127.0.0.1:{silent.getsockname()[1]}")
        said = office.refused("mailto:zjj@example.org", timeout=0.05, attempts=2)
    assert said == "the connection broke; the message may have arrived"


# Apprise


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_apprise_delivers_what_it_knows(office: Office) -> None:
    with run_web_server() as server:
        office.keep(any=server.url.replace("http://", "json://"), odd="nothing", none="json://x:1")
        office.send("apprise:any")
        assert "pipes.km-1" in server.received[0].json["message"]
        assert office.refused("apprise:odd") == "the secret is no address that Apprise knows"
    with run_web_server(Reply(status=500)) as server:
        office.keep(any=server.url.replace("http://", "json://"))
        assert office.refused("apprise:any") == "Apprise could not deliver it"


def test_without_the_extra_it_is_named(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    office.keep(any="json://x")
    assert office.refused("apprise:any") == "it needs: pip install 'policy-tracker[apprise]'"


# The mailman


def test_the_mailman_waits_where_a_bot_asks_for_it(office: Office) -> None:
    with run_web_server() as server:
        office.keep(zjj=server.url, other=server.url)
        mailman = Sender(office.desk(), office.waited.append)
        for number in range(21):
            mailman.deliver(digest(line(number), address="wecom:zjj"))
        mailman.deliver(digest(line(), address="wecom:other"))
        assert len(server.received) == 22
    (waited,) = office.waited
    assert 50 < waited <= 60


class Broken(Secrets):
    """Secrets that cannot be looked up, for a reason that nobody foresaw."""

    def get(self, name: str) -> str:
        raise ZeroDivisionError(SECRET + name)


def test_what_nobody_foresaw_stops_no_other_channel(office: Office, tmp_path: Path) -> None:
    mailman = Sender(office.desk()._replace(secrets=Broken(tmp_path / "secrets.toml")))
    with pytest.raises(NotDelivered) as caught:
        mailman.deliver(digest(line(), address="wecom:zjj"))
    assert str(caught.value) == "its channel failed: ZeroDivisionError"
    assert caught.value.__suppress_context__


def test_whoever_ends_the_output_ends_the_program(office: Office) -> None:
    def ended(_text: str) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        Sender(office.desk()._replace(write=ended)).deliver(digest(line()))


def test_stdout_that_is_full_is_a_failure(office: Office) -> None:
    reason = "The output could not be written: No space left on device."

    def full(_text: str) -> None:
        raise DeliveryFailed(reason)

    with pytest.raises(NotDelivered, match="No space left"):
        Sender(office.desk()._replace(write=full)).deliver(digest(line()))
