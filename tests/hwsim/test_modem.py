"""Claims about the modem as a whole: state, its end, messages without power."""

import json

from hwsim.mailbox import Mailbox
from hwsim.sim_card import make_sim
from tests.hwsim.host import OWN_NUMBER, Host


async def test_the_state_says_what_a_person_wants_to_know() -> None:
    host = await Host().quiet()
    await host.send_text("x")
    host.modem.faults.add("stuck", match="never")
    state = json.loads(json.dumps(host.modem.state()))
    assert state["msisdn"] == OWN_NUMBER
    assert state["registered"] is True
    assert state["signal"] == 21
    assert state["sent"] == 1
    assert state["next_reference"] == 1
    assert state["storages"]["SM"] == {"used": 0, "capacity": 30}
    assert state["faults"][0]["kind"] == "stuck"


async def test_cards_with_other_numbers_have_other_identities() -> None:
    one, two = Host(), Host(sim=make_sim("+79160000002", ""))
    assert one.modem.imsi != two.modem.imsi
    assert one.modem.sim.iccid != two.modem.sim.iccid


async def test_a_closed_modem_leaves_the_network_and_nothing_behind() -> None:
    host = Host("huawei")
    await host.modem.close()
    mailbox = host.network.mailbox(OWN_NUMBER)
    assert isinstance(mailbox, Mailbox)
    assert mailbox.radio is None
    await host.clock.pass_time(3600)
    assert await host.hear() == b""


async def test_a_message_for_a_modem_without_power_waits_for_it() -> None:
    host = Host()
    host.modem.unplug()
    host.phone_sends("waits")
    await host.clock.pass_time(60)
    assert host.modem.sim.messages.used == 0
    host.modem.plug()
    await host.clock.pass_time(1)
    assert host.modem.sim.messages.used == 1
