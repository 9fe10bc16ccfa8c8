"""Claims about the card's counters, references and identities."""

from hwsim.sim_card import SimState, Verdict, make_sim, with_check_digit


def test_check_digits_are_luhns() -> None:
    assert with_check_digit("7992739871") == "79927398713"


def test_identities_follow_from_the_number_and_differ() -> None:
    one, two = (make_sim(f"+7916000000{i}", "") for i in (1, 2))
    assert one.imsi != two.imsi
    assert one.iccid != two.iccid
    assert len(one.imsi) == 15
    assert len(one.iccid) in (19, 20)
    assert with_check_digit(one.iccid[:-1]) == one.iccid


def test_a_right_pin_gives_the_attempts_back() -> None:
    sim = make_sim("+79160000001", "")
    sim.locked = True
    sim.power_on()
    assert sim.enter_pin("0") is Verdict.WRONG
    assert sim.enter_pin("1234") is Verdict.ACCEPTED
    assert sim.code.pin_left == 3
    assert sim.state is SimState.READY
    assert sim.enter_pin("1234") is Verdict.REFUSED


def test_references_wrap_at_255() -> None:
    sim = make_sim("+79160000001", "")
    references = [sim.take_reference() for _ in range(257)]
    assert references[254:] == [254, 255, 0]
