"""In which language a page is: what the reader chose, else what his browser asks for, else English."""

from __future__ import annotations

from starlette.requests import Request

from teiden.language.say import LANGUAGES

COOKIE = "language"


def language_of(request: Request) -> str:
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for wanted in request.headers.get("accept-language", "").split(",")[:20]:
        name = wanted.partition(";")[0].strip().lower().partition("-")[0]
        if name in LANGUAGES:
            return name
    return "en"
