"""The set of the inbox' files: its name, its packing, its first modules."""

import gzip

from web.static_file import first_modules, imports_of, inbox_set, make_set, static_file

PAGE = b"""<head>
{{preload}}
<link rel="stylesheet" href="{{base}}/inbox/frame.css">
<script type="module" src="{{base}}/inbox/app.js"></script>
</head>"""
FILES = {
    "inbox/index.html": PAGE,
    "inbox/app.js": b"""import { html } from "../vendor/h.js";
import { list,
  row } from "./list.js";
export { later } from "./later.js";
const path = "./not.js";
const admin = () => import("./admin/board.js");
""",
    "inbox/list.js": b'import "./app.js"; import {t} from "./i18n.js";',
    "inbox/later.js": b"",
    "inbox/i18n.js": b"",
    "inbox/not.js": b"",
    "inbox/admin/board.js": b'import { html } from "../../vendor/h.js";',
    "vendor/h.js": b"export const html = 1;",
}


def test_the_prefix_is_a_digest_of_every_file() -> None:
    build = make_set(FILES).build
    assert make_set(dict(reversed(FILES.items()))).build == build
    for name, content in FILES.items():
        assert make_set(FILES | {name: content + b" "}).build != build
    assert make_set(FILES | {"inbox/new.js": b""}).build != build


def test_the_page_is_told_its_prefix_and_hints_at_what_it_needs_first() -> None:
    made = make_set(FILES)
    page = made.index.content.decode()
    base = f"/static/{made.build}"
    assert f'<script type="module" src="{base}/inbox/app.js">' in page
    for name in ("inbox/app.js", "vendor/h.js", "inbox/list.js", "inbox/i18n.js"):
        assert f'<link rel="modulepreload" href="{base}/{name}">' in page
    assert "admin/board.js" not in page
    assert "not.js" not in page
    assert "{{" not in page


def test_imports_are_followed_once_nearest_first() -> None:
    assert first_modules(FILES) == [
        "inbox/app.js",
        "vendor/h.js",
        "inbox/list.js",
        "inbox/later.js",
        "inbox/i18n.js",
    ]
    code = 'import { html } from "../../vendor/h.js";\nimport "./x.js";'
    assert imports_of("inbox/admin/a.js", code) == ["vendor/h.js", "inbox/admin/x.js"]


def test_a_file_is_packed_where_that_makes_it_smaller() -> None:
    text = static_file("a.js", b"let a = 1;\n" * 100)
    assert text.packed is not None
    assert gzip.decompress(text.packed) == text.content
    assert static_file("a.js", b"x").packed is None
    assert static_file("a.png", bytes(1000)).packed is None
    again = static_file("b.js", text.content)
    assert (again.packed, again.etag) == (text.packed, text.etag)


def test_every_file_that_the_inbox_imports_is_there() -> None:
    made = inbox_set()
    missing = [
        f"{name}: {target}"
        for name, file in made.files.items()
        if name.endswith(".js") and name.startswith("inbox/")
        for target in imports_of(name, file.content.decode())
        if target not in made.files
    ]
    assert missing == []


# The spec's budget: log in, open a dialogue with its contact, in one language.
FIRST_USE_OCTETS = 150_000
FIRST_USE = ("app.js", "dialogue.js", "contact_panel.js", "i18n/ru.js")


def test_what_the_first_use_needs_is_small() -> None:
    made = inbox_set()
    ahead = [f"inbox/{name}" for name in FIRST_USE]
    needed = {name: file for name, file in made.files.items() if name.endswith(".css")}
    while ahead:
        name = ahead.pop()
        if name not in needed:
            needed[name] = made.files[name]
            ahead += imports_of(name, made.files[name].content.decode())
    octets = sum(len(one.packed or one.content) for one in needed.values())
    assert octets + len(made.index.packed or b"") < FIRST_USE_OCTETS
