"""One PDU of every kind, with every field away from its default where it may be."""

from smpp import pdu as p

ADDRESSES = {
    "source_addr_ton": 5,
    "source_addr_npi": 0,
    "source_addr": "Seventy",
}
TO = {"dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": "79161234567"}
REFERENCE = p.Tlv(tag=0x0204, value=b"\x00\x07")
VENDOR = p.Tlv(tag=0x1400, value=b"1001")

SUBMIT = p.SubmitSm(
    service_type="CMT",
    **ADDRESSES,  # type: ignore[arg-type]
    **TO,  # type: ignore[arg-type]
    esm_class=0x40,
    protocol_id=1,
    priority_flag=2,
    schedule_delivery_time="261122080000000+",
    validity_period="000001000000000R",
    registered_delivery=1,
    replace_if_present_flag=1,
    data_coding=8,
    sm_default_msg_id=3,
    short_message=b"\x05\x00\x03\x07\x02\x01\x04\x1f",
    tlvs=(REFERENCE, VENDOR, VENDOR),
)
DELIVER = p.DeliverSm(
    **TO,  # type: ignore[arg-type]
    source_addr_ton=1,
    source_addr_npi=1,
    source_addr="79160000001",
    esm_class=4,
    short_message=b"id:1 stat:DELIVRD",
    tlvs=(
        p.Tlv(tag=p.Tag.RECEIPTED_MESSAGE_ID, value=b"1\0"),
        p.Tlv(tag=p.Tag.MESSAGE_STATE, value=b"\x02"),
    ),
)
_BIND = {
    "system_id": "seventy",
    "password": "secret",
    "system_type": "VMA",
    "addr_ton": 1,
    "addr_npi": 1,
    "address_range": "^7",
}

ALL: tuple[p.Pdu, ...] = (
    p.BindTransceiver(**_BIND),  # type: ignore[arg-type]
    p.BindReceiver(**_BIND),  # type: ignore[arg-type]
    p.BindTransmitter(**_BIND),  # type: ignore[arg-type]
    p.BindTransceiverResp(
        system_id="SMSC", tlvs=(p.Tlv(tag=p.Tag.SC_INTERFACE_VERSION, value=b"\x34"),)
    ),
    p.BindReceiverResp(system_id=""),
    p.BindTransmitterResp(status=0x0E),
    SUBMIT,
    DELIVER,
    p.SubmitSmResp(message_id="0A6f"),
    p.SubmitSmResp(status=0x58),
    p.SubmitSmResp(status=0x45, tlvs=(p.Tlv(tag=0x001D, value=b"no money\0"),)),
    p.DeliverSmResp(message_id=""),
    p.SubmitMulti(
        service_type="CMT",
        **ADDRESSES,  # type: ignore[arg-type]
        destinations=(
            p.Destination(ton=1, npi=1, text="79161234567"),
            p.ListName(name="friends"),
        ),
        registered_delivery=1,
        short_message=b"to all",
        tlvs=(REFERENCE,),
    ),
    p.SubmitMultiResp(
        message_id="7",
        unsuccessful=(p.Unsuccessful(ton=1, npi=1, text="79161234567", error=0x0B),),
    ),
    p.SubmitMultiResp(status=0x58),
    p.DataSm(
        **TO,  # type: ignore[arg-type]
        source_addr="1",
        data_coding=4,
        tlvs=(p.Tlv(tag=p.Tag.MESSAGE_PAYLOAD, value=b"x" * 300),),
    ),
    p.DataSmResp(message_id="7"),
    p.QuerySm(message_id="7", source_addr="1"),
    p.QuerySmResp(message_id="7", final_date="", message_state=2, error_code=0),
    p.CancelSm(message_id="7", **TO),  # type: ignore[arg-type]
    p.CancelSmResp(),
    p.ReplaceSm(message_id="7", short_message=b"new"),
    p.ReplaceSmResp(),
    p.Outbind(system_id="SMSC", password="secret"),
    p.AlertNotification(source_addr="79161234567", esme_addr="seventy"),
    p.EnquireLink(),
    p.EnquireLinkResp(),
    p.Unbind(),
    p.UnbindResp(),
    p.GenericNack(status=3),
)
