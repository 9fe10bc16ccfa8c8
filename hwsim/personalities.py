"""The makes of modem that can be played, each with what it is known for.

Relies on ``personality`` for what the fields mean. The evidence for each oddity is in
the table of the specification and named beside it.

Spec: modem.md 4, 10.10
"""

from collections.abc import Mapping

from hwsim.personality import (
    BootLine,
    Chatter,
    Cnmi,
    Cpms,
    Personality,
    UnknownCommand,
)

GENERIC = Personality(
    name="generic",
    manufacturer="SIMULATED",
    model="GSM-1",
    revision="1.0",
    tac="35400001",
    ati=("Manufacturer: SIMULATED", "Model: GSM-1", "Revision: 1.0"),
    attempts_command="+CPINR",
)

HUAWEI = Personality(
    name="huawei",
    manufacturer="huawei",
    model="E173",
    revision="11.126.85.00.209",
    tac="35384104",
    ati=("Manufacturer: huawei", "Model: E173", "Revision: 11.126.85.00.209"),
    capabilities="+CGSM,+DS,+ES",
    # ModemManager's parser knows this final result of Huawei's.
    unknown=UnknownCommand.COMMAND_NOT_SUPPORT,
    first_index=0,  # gammu: SMS_LOCATION_0
    me_capacity=23,
    cnmi=Cnmi(bm=(0, 1, 2, 3)),
    cpms=Cpms(mem1=("ME", "MT", "SM", "SR"), mem2=("ME", "MT", "SM", "SR")),
    empty_slot_is_ok=True,  # chan_dongle 31, serialport-gsm 12
    stale_count=True,  # E3531 in gammu's at-sms.c: CPMS 0 right after CMTI
    acknowledge_pdu=False,  # oFono drivers/atmodem/sms.c
    full_notice='^SMMEMFULL: "{storage}"',
    chatter=(
        Chatter(every_s=10.0, text="^RSSI:21", switch="^CURC"),
        Chatter(
            every_s=20.0, text="^BOOT:24135589,0,0,0,6", switch="^CURC"
        ),  # gammu issues 4, 266
        Chatter(
            every_s=30.0,
            text="^DSFLOWRPT:0000003C,00000000,00000000,0,0,0,0",
            switch="^CURC",
        ),
        Chatter(every_s=45.0, text='^HCSQ:"WCDMA",46,41,42', switch="^CURC"),
    ),
    chatter_suffix="\r\r\n",  # gammu issue 286: CR CR LF
    boot=(
        BootLine(after_s=0.1, text="^SIMST:1", needs_sim=True),
        BootLine(after_s=0.2, text="^SRVST:2", needs_sim=True),
        BootLine(after_s=0.3, text="^MODE:5,4", needs_sim=True),
    ),
    attempts_command="^CPIN",
    iccid_commands=(("^ICCID", "^ICCID: "),),
    missing=frozenset({"+CPINR", "+CEREG", "+CCID", "+CTZU", "+CTZR", "+CESQ"}),
    creg_quoted=False,  # hex without quotes
    creg_technology=False,
    ussd_packed=True,
    extra={
        "^CURC=0": (),
        "^CURC=1": (),
        "^CURC=2": (),
        "^CURC?": ("^CURC: 1",),
        "^CURC=?": ("^CURC: (0,1,2)",),
        "^PORTSEL=0": (),
        "^PORTSEL=1": (),
        "^SYSINFO": ("^SYSINFO:2,3,0,5,1,,4",),
        "^SYSCFG?": ("^SYSCFG:2,0,3FFFFFFF,1,2",),
        "^SYSCFG=?": ('^SYSCFG:(2,13,14,16),(0-3),((400000,"WCDMA2100")),(0-2),(0-4)',),
        "^SYSCFG=": (),
        "^HCSQ?": ('^HCSQ:"WCDMA",46,41,42',),
        "^HCSQ=?": ('^HCSQ: "NOSERVICE","GSM","WCDMA"',),
        "^GETPORTMODE": ("^GETPORTMODE: TYPE: WCDMA: huawei", "MDM:0,NDIS:1,DIAG:2"),
        "^U2DIAG?": ("^U2DIAG: 276",),
        "^U2DIAG=": (),
        "^CVOICE?": ("^CVOICE:0,8000,16,20",),
        "^DDSETEX=2": (),
        "^VERSION?": ("^VERSION:BDT:Nov 21 2011", "^VERSION:EXTS:11.126.85.00.209"),
        "^CARDLOCK?": ("^CARDLOCK: 2,10,0",),
        "^RFSWITCH?": ("^RFSWITCH:1,1",),
        "^BOOT=": (),
        "^DSCI=0": (),
        "^DSCI=1": (),
    },
)

SIM800 = Personality(
    name="sim800",
    manufacturer="SIMCOM_Ltd",
    model="SIMCOM_SIM800L",
    revision="Revision:1418B05SIM800L24",
    tac="86674505",
    ati=("SIM800 R14.18",),
    capabilities="+FCLASS,+CGSM",
    sim_capacity=20,
    # faucamp issue 60: CNMI ds=2 refused, reports only as +CDS
    cnmi=Cnmi(mode=(0, 1, 2), mt=(0, 1, 2, 3), bm=(0, 2), ds=(0, 1)),
    cpms=Cpms(
        mem1=("SM", "ME", "SM_P", "ME_P", "MT"),
        mem2=("SM", "ME", "SM_P", "ME_P", "MT"),
        mem3=("SM", "ME", "SM_P", "ME_P", "MT"),
        default="SM",
    ),
    empty_slot_is_ok=True,
    acknowledge_cmt=False,  # oFono: SimCom must not be acknowledged for CMT
    boot=(
        BootLine(after_s=0.5, text="RDY"),
        BootLine(after_s=0.6, text="+CFUN: 1"),
        BootLine(after_s=0.8, text="+CPIN: {pin}"),
        BootLine(after_s=2.0, text="Call Ready", needs_sim=True),
        BootLine(after_s=3.0, text="SMS Ready", needs_sim=True),
    ),
    sim_ready_after_s=0.8,
    sms_ready_after_s=3.0,  # Seeed 39: errors until SMS Ready
    registered_after_s=1.5,
    before_sms_ready=None,
    attempts_command="+SPIC",
    iccid_commands=(("+CCID", ""), ("+ICCID", "+ICCID: ")),
    iccid_padded=True,
    creg_technology=False,
    technology=0,
    missing=frozenset({"+CEREG", "+CPINR", "+CESQ", "+CGEREP", "+CVHU"}),
    extra={
        "+CSCLK=0": (),
        "+CSCLK?": ("+CSCLK: 0",),
        "+CENG?": ("+CENG: 0,0",),
        "+CIURC=1": (),
        "+CIURC?": ("+CIURC: 1",),
        "+CPSI?": ("+CPSI: GSM,Online,250-01,0xc5,6835,21 EGSM 900,-67,0,30-30",),
        "+CSMINS?": ("+CSMINS: 0,1",),
        "+EXUNSOL=": (),
        "+CMTE?": ("+CMTE: 0,27.00",),
    },
)

SIM7600 = Personality(
    name="sim7600",
    manufacturer="SIMCOM INCORPORATED",
    model="SIMCOM_SIM7600E-H",
    revision="+CGMR: LE20B03SIM7600M22",
    tac="86820005",
    ati=(
        "Manufacturer: SIMCOM INCORPORATED",
        "Model: SIMCOM_SIM7600E-H",
        "Revision: SIM7600M22_V2.0",
    ),
    capabilities="+CGSM",
    first_index=0,
    cnmi=Cnmi(mode=(0, 1, 2), mt=(0, 1, 2, 3), bm=(0, 2), ds=(0, 1, 2)),
    cpms=Cpms(
        mem1=("ME", "MT", "SM", "SR"),
        mem2=("ME", "MT", "SM", "SR"),
        mem3=("ME", "MT", "SM", "SR"),
        default="SM",
    ),
    acknowledge_cmt=False,
    empty_slot_is_ok=True,
    boot=(
        # LilyGO 247; ModemManager plugins/simtech
        BootLine(after_s=0.5, text="RDY"),
        BootLine(after_s=0.8, text="+CPIN: {pin}"),
        BootLine(after_s=0.5, text="SMS DONE", needs_sim=True),
        BootLine(after_s=1.0, text="PB DONE", needs_sim=True),
        BootLine(after_s=1.1, text="*ATREADY: 1"),
    ),
    sim_ready_after_s=0.8,
    sms_ready_after_s=0.5,
    registered_after_s=1.0,
    attempts_command="+SPIC",
    iccid_commands=(("+CICCID", "+ICCID: "), ("+CCID", "+CCID: ")),
    technology=7,
    lte_sms_only=True,
    extra={
        "+CPSI?": (
            "+CPSI: LTE,Online,250-01,0x5A29,35499393,358,EUTRAN-BAND3,1850,"
            "5,5,-94,-850,-545,15",
        ),
        "+CPSI=?": ("+CPSI: (0-255)",),
        "+CPSI=": (),
        "+CNMP?": ("+CNMP: 2",),
        "+CNMP=?": ("+CNMP: (2,13,14,38)",),
        "+CNMP=": (),
        "+CNSMOD?": ("+CNSMOD: 0,8",),
        "+CNSMOD=": (),
        "+CNAOP?": ("+CNAOP: 0",),
        "+CUSBPIDSWITCH?": ("+CUSBPIDSWITCH: 9001",),
        "+AUTOCSQ=": (),
        "+AUTOCSQ?": ("+AUTOCSQ: 0,0",),
        "+CMSSN?": ("+CMSSN: 1",),
        "+SIMEI?": ("+SIMEI: {imei}",),
    },
)

EC25 = Personality(
    name="ec25",
    manufacturer="Quectel",
    model="EC25",
    revision="EC25EFAR06A08M4G",
    tac="86175103",
    ati=("Quectel", "EC25", "Revision: EC25EFAR06A08M4G"),
    capabilities="+CGSM",
    first_index=0,
    me_capacity=255,
    cnmi=Cnmi(mode=(0, 1, 2), mt=(0, 1, 2, 3), bm=(0, 2), ds=(0, 1, 2)),
    cpms=Cpms(
        mem1=("ME", "MT", "SM", "SR"),
        mem2=("ME", "MT", "SM"),
        mem3=("ME", "MT", "SM"),
        default="ME",
    ),
    empty_slot_is_ok=True,
    wrong_report_index=True,  # asterisk-chan-quectel PR 75
    full_notice='+QIND: "smsfull","{storage}"',
    boot=(
        BootLine(after_s=0.3, text="RDY"),
        BootLine(after_s=0.6, text="+CPIN: {pin}"),
        BootLine(after_s=0.7, text="+QUSIM: 1"),
        BootLine(after_s=0.8, text="+CFUN: 1"),
        BootLine(after_s=0.5, text="+QIND: SMS DONE", needs_sim=True),
        BootLine(after_s=1.0, text="+QIND: PB DONE", needs_sim=True),
    ),
    sim_ready_after_s=0.6,
    sms_ready_after_s=0.5,
    registered_after_s=0.8,
    chatter=(
        Chatter(
            every_s=15.0, text='+QIND: "csq",21,99', switch='+QINDCFG="csq"', on=False
        ),
        Chatter(
            every_s=60.0, text='+QIND: "act","LTE"', switch='+QINDCFG="act"', on=False
        ),
    ),
    attempts_command="+QPINC",
    iccid_commands=(("+QCCID", "+QCCID: "), ("+ICCID", "+ICCID: ")),
    iccid_padded=True,
    missing=frozenset({"+CPINR"}),
    technology=7,
    extra={
        '+QCFG="nwscanmode"': ('+QCFG: "nwscanmode",0',),
        '+QCFG="urc/ri/smsincoming"': ('+QCFG: "urc/ri/smsincoming","pulse",120',),
        "+QCFG=": (),
        '+QINDCFG="all"': ('+QINDCFG: "all",1',),
        '+QINDCFG="csq"': ('+QINDCFG: "csq",1',),
        '+QINDCFG="smsfull"': ('+QINDCFG: "smsfull",1',),
        "+QINDCFG=": (),
        "+QINDCFG=?": ('+QINDCFG: "all",(0,1),(0,1)', '+QINDCFG: "csq",(0,1),(0,1)'),
        '+QURCCFG="urcport"': ('+QURCCFG: "urcport","usbat"',),
        "+QURCCFG=": (),
        "+QURCCFG=?": ('+QURCCFG: "urcport",("usbat","usbmodem","uart1")',),
        "+QNWINFO": ('+QNWINFO: "FDD LTE","25001","LTE BAND 3",1850',),
        "+QCSQ": ('+QCSQ: "LTE",58,-90,120,-13',),
        "+QSPN": ('+QSPN: "SimNet","SimNet","",0,"25001"',),
        "+QSIMSTAT?": ("+QSIMSTAT: 0,1",),
        "+QSIMSTAT=": (),
        "+QSIMDET?": ("+QSIMDET: 0,0",),
        "+QINISTAT": ("+QINISTAT: 7",),
        '+QENG="servingcell"': (
            '+QENG: "servingcell","NOCONN","LTE","FDD",250,01,21D9C41,358,1850,'
            "3,5,5,5A29,-94,-11,-64,15,31",
        ),
        "+QGMR": ("EC25EFAR06A08M4G_01.001.01.001",),
    },
)

ZTE = Personality(
    name="zte",
    manufacturer="ZTE CORPORATION",
    model="MF192",
    revision="BD_TGP0056MF192V1.0.0B01",
    tac="35938503",
    ati=(
        "Manufacturer: ZTE CORPORATION",
        "Model: MF192",
        "Revision: BD_TGP0056MF192V1.0.0B01",
    ),
    sim_capacity=20,
    me_capacity=100,
    first_index=0,
    cnmi=Cnmi(bm=(0, 2), refused={0: (2,)}),  # oFono: claims 2 and refuses it
    cpms=Cpms(mem1=("SM", "ME", "SR"), mem2=("SM", "ME"), default="ME"),
    acknowledge_pdu=False,
    report_extra_octet=True,  # python-gsmmodem's own test has this report
    cds_comma=True,  # oFono: +CDS: ,n
    cmgr_alpha=False,  # gammu: CMGR with a field fewer
    chatter=(
        # ModemManager plugins/zte: the flood that fills the device
        Chatter(every_s=20.0, text="+ZUSIMR:2"),
        Chatter(every_s=25.0, text='+ZPASR: "UMTS"'),
        Chatter(every_s=35.0, text='+ZDONR: "SimNet",250,1,"CS_PS","ROAM_OFF"'),
    ),
    boot=(BootLine(after_s=0.2, text="+ZUSIMR:2", needs_sim=True),),
    attempts_command="+ZPINPUK",
    iccid_commands=(("+ICCID", "ICCID: "),),
    missing=frozenset({"+CPINR", "+CCID", "+CEREG", "+CESQ"}),
    prefix_blank=" ",
    creg_technology=False,
    extra={
        "+ZPAS?": ('+ZPAS: "UMTS","CS_PS"',),
        "+ZCDRUN=8": ("Close autorun state result(0:FAIL 1:SUCCESS):1",),
        "+ZCDRUN=9": ("Open autorun state result(0:FAIL 1:SUCCESS):1",),
        "+ZOPRT=5": (),
        "+ZSNT?": ("+ZSNT: 0,0,0",),
        "+ZSNT=": (),
        "+ZDON?": ('+ZDON: "SimNet",250,1',),
    },
)

TELIT = Personality(
    name="telit",
    manufacturer="Telit",
    model="HE910",
    revision="12.00.006",
    tac="35164204",
    ati=("332",),
    capabilities="+CGSM,+DS,+FCLASS,+MS,+ES",
    identity_prefix=False,
    unknown=UnknownCommand.CME_OPERATION_NOT_SUPPORTED,
    cnmi=Cnmi(mode=(0, 1, 2, 3), bm=(0, 2, 3)),
    cpms=Cpms(
        mem1=("SM", "SR"), mem2=("SM",), mem3=("SM",), test='("SM","SR"),("SM"),("SM")'
    ),
    full_notice="#SMSFULL",
    boot=(BootLine(after_s=0.3, text="#QSS: 3", needs_sim=True),),
    attempts_command="#PCT",
    iccid_commands=(("#CCID", "#CCID: "),),
    missing=frozenset({"+CPINR", "+CESQ"}),
    extra={
        "#SELINT=2": (),
        "#SELINT?": ("#SELINT: 2",),
        "#QSS?": ("#QSS: 2,1",),
        "#QSS=": (),
        "#CIMI": ("#CIMI: {imsi}",),
        "#MONI": ("#MONI: SimNet RSCP:-71 LAC:00C5 Id:0001A2B3",),
        "#RFSTS": ('#RFSTS:"250 01",1850,-94,-67,-11,5A29,FF,,128,19,0,2',),
        "#PORTCFG?": ("#PORTCFG: 8,8",),
        "#CFLO?": ("#CFLO: 0",),
        "#AUTOBND=": (),
        "#BND?": ("#BND: 3,11",),
        "#E2SMSRI=": (),
        "#SIMDET?": ("#SIMDET: 2,1",),
        "#NITZ?": ("#NITZ: 7,0",),
        "#PSNT?": ("#PSNT: 0,2",),
        "#CEER": ("#CEER: 0",),
    },
)

WAVECOM = Personality(
    name="wavecom",
    manufacturer=" WAVECOM MODEM",
    model=" MULTIBAND  900E  1800 ",
    revision="641b09gg.Q2403A 1320676 061804 14:38",
    tac="33206605",
    ati=(" WAVECOM MODEM", " MULTIBAND  900E  1800 "),
    capabilities="+CGSM,+FCLASS",
    unknown=UnknownCommand.ERROR,
    sim_capacity=15,
    # gammu tests/at-cnmi: the mode list holds one value
    cnmi=Cnmi(mode=(0, 1, 2), bm=(0, 1, 2, 3), test="(2),(0-3),(0-3),(0-2),(0,1)"),
    # oFono: Wavecom Q2 knows one parameter
    cpms=Cpms(
        mem1=("SM", "SR"),
        mem2=("SM", "SR"),
        mem3=("SM", "SR"),
        max_parameters=1,
        test='("SM","SR")',
    ),
    delete_flag=False,  # one-parameter CMGD, as TC35
    pin_without_ok=True,  # smstools3's history, AT-Emulator
    refuse_after_sends=255,  # Falcom A2, smstools forum 498
    boot=(
        BootLine(after_s=0.1, text="+WIND: 1"),
        BootLine(after_s=0.1, text="+WIND: 7", needs_sim=True),
        BootLine(after_s=0.3, text="+WIND: 4", needs_sim=True),
    ),
    sms_ready_after_s=0.4,
    iccid_commands=(("+CCID", '+CCID: "'),),
    missing=frozenset(
        {"+CPINR", "+CGREG", "+CEREG", "+CESQ", "+CTZU", "+CTZR", "+WS46", "+CGEREP"}
    ),
    creg_technology=False,
    technology=0,
    extra={
        "+WIND?": ("+WIND: 255",),
        "+WIND=": (),
        "+WOPEN?": ("+WOPEN: 0",),
        "+WMSN": ("Serial Number 123456789012345",),
        "+CPWC?": ("+CPWC: 0",),
        "+WHCNF=": (),
        "+CCED=0": ("+CCED: 250,01,00c5,01a2,23,663,43,,,0,,,0",),
    },
)

SIERRA = Personality(
    name="sierra",
    manufacturer="Sierra Wireless, Incorporated",
    model="MC7304",
    revision="SWI9X15C_05.05.58.00 r27038 carmd-fwbuild1",
    tac="35877805",
    ati=(
        "Manufacturer: Sierra Wireless, Incorporated",
        "Model: MC7304",
        "Revision: SWI9X15C_05.05.58.00 r27038 carmd-fwbuild1",
        "ESN: 0x00000000",
    ),
    capabilities="+CGSM",
    first_index=0,
    me_capacity=255,
    # ModemManager: many Qualcomm devices claim ds=1 and refuse it
    cnmi=Cnmi(mode=(0, 1, 2), bm=(0, 2), ds=(0, 1, 2), refused={3: (1,)}),
    cpms=Cpms(
        mem1=("ME", "MT", "SM", "SR"), mem2=("ME", "MT", "SM", "SR"), default="ME"
    ),
    boot=(
        BootLine(after_s=0.2, text="+PACSP0"),
        BootLine(after_s=0.4, text="+PACSP1", needs_sim=True),
    ),
    chatter=(Chatter(every_s=60.0, text='+NITZ: "26/01/15,12:00:00+12,0"'),),
    iccid_commands=(("!ICCID", "!ICCID: "), ("+CCID", "+CCID: ")),
    attempts_command="+CPINR",
    technology=7,
    extra={
        "!ENTERCND=": (),
        "!GSTATUS?": ("!GSTATUS: ", "Mode: ONLINE", "System mode: LTE"),
        "!SELRAT?": ("!SELRAT: 00, Automatic",),
        "!BAND?": ("Index, Name", "00, All bands"),
        "!PCTEMP?": ("Temp state: Normal", "Temperature: 32"),
        "!UDINFO?": ("!UDINFO: 1199,68C0",),
    },
)

ODD = Personality(
    name="odd",
    manufacturer="ODD",
    model="ODD-1",
    revision="0.1",
    tac="35400099",
    # Not one make: forms of answers that gammu's tests hold of many.
    prefix_blank="",  # no blank behind the colon
    pin_prefix="+CPIN:",
    pin_quoted=True,
    identity_prefix=True,
    unknown=UnknownCommand.CME_UNKNOWN,
    cnmi=Cnmi(mode=(2,), bm=(0,), ds=(0, 1), bfr=(0,), test="2,(0-3),0,(0,1),0"),
    cpms=Cpms(
        mem1=("SM", "ME"),
        mem2=("SM", "ME"),
        mem3=("SM",),
        test='"SM","ME"',
    ),
    csms=(0,),
    cmgr_alpha=False,
    pdu_suffix="FF",
    empty_slot_is_ok=True,
    creg_quoted=False,
    creg_technology=False,
    iccid_commands=(("+CCID", ""),),
    missing=frozenset({"+CEREG", "+CLAC"}),
    default_cmee=2,
)

PERSONALITIES: Mapping[str, Personality] = {
    personality.name: personality
    for personality in (
        GENERIC,
        HUAWEI,
        SIM800,
        SIM7600,
        EC25,
        ZTE,
        TELIT,
        WAVECOM,
        SIERRA,
        ODD,
    )
}
