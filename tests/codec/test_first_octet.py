"""3GPP TS 23.040 9.2.3.1 and following: the bits of the first octet."""

from gateway.codec import first_octet


def test_flags_are_the_sum_of_the_bits_that_are_set() -> None:
    assert first_octet.flags() == 0
    assert first_octet.flags((0x04, True), (0x40, False), (0x80, True)) == 0x84


def test_the_bits_of_a_submit_are_those_of_9_2_2_2() -> None:
    bits = [
        first_octet.MTI_MASK,
        first_octet.REJECT_DUPLICATES,
        first_octet.VALIDITY_MASK << first_octet.VALIDITY_SHIFT,
        first_octet.STATUS_REPORT_REQUEST,
        first_octet.HEADER_INDICATION,
        first_octet.REPLY_PATH,
    ]
    assert bits == [0b11, 0b100, 0b11000, 0b100000, 0b1000000, 0b10000000]
