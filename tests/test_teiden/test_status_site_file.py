"""`teiden status` names the file that waits, what it needs, and which node has which (R6-44, R6-45)."""

from __future__ import annotations

from dataclasses import replace

from realtime.status import ChangeView, ConfigurationView, PeerView, Status
from realtime.status_json import from_json, to_json
from teiden.language.say import speaking
from teiden.status.picture import picture
from tests.test_realtime.statuses import calm_day

PENDING = ConfigurationView(
    "/etc/teiden/site.yaml",
    "77" * 32,
    "/var/lib/teiden/site/received/7777777777777777/site.yaml",
    "control2",
    not_armed="it was proved with Teiden 0.0.9; run `teiden prove` again",
    changes=(
        ChangeView("cluster.port", "servers", ("control1", "blade1")),
        ChangeView("upses.ups3.confirm", "service", ("control1",)),
    ),
    changed=3,
    need="servers",
)


def shown(status: Status) -> str:
    return "\n".join(line.plain for line in picture(status, 200))


def test_r6_45_what_waits_is_shown_with_what_it_needs() -> None:
    text = shown(replace(calm_day(), configuration=PENDING))
    assert "SITE FILE" in text
    assert (
        "pending: 777777777777 (/var/lib/teiden/site/received/7777777777777777/site.yaml, sent by control2)"
        in text
    )
    assert "it could not be armed: it was proved with Teiden 0.0.9" in text


def test_r7_06_the_servers_that_have_to_reboot_are_named() -> None:
    text = shown(replace(calm_day(), configuration=PENDING))
    assert "it needs a reboot of all servers, and a restart of the service on each control node" in text
    assert "cluster.port        control1, blade1  a reboot of all servers" in text
    assert "... and 1 more" in text


def test_nothing_is_said_where_nothing_waits() -> None:
    assert "SITE FILE" not in shown(replace(calm_day(), configuration=ConfigurationView("/etc/site.yaml")))


def test_a_wrong_file_and_mere_comments_are_said() -> None:
    wrong = replace(PENDING, wrong="site.yaml:3:1: unknown key", not_armed="")
    assert "it cannot be gone by: site.yaml:3:1" in shown(replace(calm_day(), configuration=wrong))
    comments = replace(PENDING, changes=(), changed=0, need="reload")
    assert "no key has changed" in shown(replace(calm_day(), configuration=comments))


def test_r6_44_which_node_has_which_file() -> None:
    peer = PeerView("control2", True, False, False, site_hash="ab" * 32)
    text = shown(replace(calm_day(), site_hash="cd" * 32, peers=(peer,)))
    assert "ITS SITE FILE DIFFERS: it may not command (abababababab, here cdcdcdcdcdcd)" in text


def test_r7_10_it_goes_over_the_socket_and_an_older_service_tells_none() -> None:
    status = replace(calm_day(), configuration=PENDING)
    assert from_json(to_json(status)) == status
    told = to_json(status)
    del told["configuration"]
    assert from_json(told).configuration == ConfigurationView()


def test_it_is_said_in_japanese() -> None:
    with speaking("ja"):
        text = shown(replace(calm_day(), configuration=PENDING))
    assert "設定ファイル" in text
    assert "全サーバの再起動" in text
