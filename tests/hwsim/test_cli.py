"""``hwsim serve`` as a process."""

import os
import signal
import socket
from pathlib import Path

import pytest

from hwsim.cli import main
from tests.hwsim.serving import Serving


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "modems"


@pytest.mark.slow
def test_it_serves_until_it_is_told_to_stop_and_leaves_no_links(folder: Path) -> None:
    serving = Serving(folder, "--modems", "2", "--personality", "huawei,sim800")
    modems = serving.addresses["modems"]
    assert [modem["msisdn"] for modem in modems] == ["+79160000001", "+79160000002"]
    assert [modem["personality"] for modem in modems] == ["huawei", "sim800"]
    assert [modem["port"] for modem in modems] == [
        str(folder / "modem1"),
        str(folder / "modem2"),
    ]
    for modem in modems:
        descriptor = os.open(modem["port"], os.O_RDWR | os.O_NOCTTY)
        assert os.isatty(descriptor)
        os.close(descriptor)
    serving.process.send_signal(signal.SIGHUP)
    assert len(serving.state()["modems"]) == 2
    assert serving.stop(signal.SIGTERM) == 0
    assert list(folder.iterdir()) == []


@pytest.mark.slow
def test_sockets_are_opened_when_asked(folder: Path) -> None:
    serving = Serving(folder, "--modems", "1", "--tcp", "--unix")
    [modem] = serving.addresses["modems"]
    assert len(modem["sockets"]) == 2
    assert serving.stop(signal.SIGINT) == 0
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--http", "nowhere"],
        ["--smpp", "127.0.0.1"],
        ["--personality", "nokia"],
        ["--modems", "-1"],
        ["--latency", "soon"],
        ["--scenario", "/nonexistent"],
    ],
)
def test_wrong_usage_is_status_2(
    folder: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--dir", str(folder), *arguments])
    assert ended.value.code == 2
    assert capsys.readouterr().err


@pytest.mark.slow
def test_the_smsc_is_where_the_line_says(folder: Path) -> None:
    serving = Serving(folder, "--modems", "0", "--smpp", "127.0.0.1:0")
    smpp = serving.addresses["smpp"]
    host, port = smpp["address"].split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(bytes.fromhex("00000010000000150000000000000007"))
        answer = connection.recv(100)
        assert answer == bytes.fromhex("00000010800000150000000000000007")
        assert len(serving.state()["smpp"]["binds"]) == 1
    assert (smpp["system_id"], smpp["short_code"]) == ("esme", "2345")
    assert len(smpp["password"]) <= 8
    assert serving.stop() == 0


@pytest.mark.slow
def test_it_outlives_the_one_that_started_it(folder: Path) -> None:
    serving = Serving(folder, "--modems", "1")
    assert serving.process.stdout is not None
    serving.process.stdout.close()
    serving.process.send_signal(signal.SIGHUP)
    assert len(serving.state()["modems"]) == 1
    serving.process.send_signal(signal.SIGTERM)
    assert serving.process.wait(20) == 0
