"""The forms of the running app: every page is walked as the admin, and each form read as a browser reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing.exceptions import HTTPException, RequestRedirect
from werkzeug.test import TestResponse

BOOKKEEPING = frozenset({"csrf_token", "idempotency_key"})
FREE = frozenset({"text", "search", "textarea"})


@dataclass
class Field:
    """One field of a form: what it is ("text", "select", …) and the value with which the page shows it."""

    name: str
    kind: str
    value: str
    sent: bool = True
    """Whether a browser sends it as the page stands: an empty box and a second button are offered, not sent."""


@dataclass
class Form:
    """One form: where it is, where it is sent to, and its fields."""

    page: str
    action: str
    fields: list[Field] = field(default_factory=list)
    multipart: bool = False

    @property
    def own(self) -> list[Field]:
        """Return the fields beside token and key."""
        return [one for one in self.fields if one.name not in BOOKKEEPING]

    @property
    def values(self) -> dict[str, str]:
        """Return what a browser would send if nothing were typed."""
        return {one.name: one.value for one in self.fields if one.sent and one.kind != "file"}


class _Reader(HTMLParser):
    """Collects the links and the forms of one page, with what stands outside a form but belongs to it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._named: dict[str, Form] = {}
        self._elsewhere: list[tuple[dict[str, str], Field | None]] = []
        self._form: Form | None = None
        self._choice: list[str] | None = None
        self._text: Field | None = None
        self._name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(urlsplit(urljoin(self.page, given["href"]))._replace(fragment="").geturl())
        elif tag == "form" and given.get("method", "get").lower() == "post":
            action = urljoin(self.page, given.get("action") or self.page)
            self._form = Form(self.page, action, multipart=given.get("enctype") == "multipart/form-data")
            self._named[given.get("id", "")] = self._form
        elif tag == "select" and self._form is not None:
            self._choice, self._name = [], given.get("name", "")
        elif tag == "option" and self._choice is not None:
            self._choice.insert(0 if "selected" in given else len(self._choice), given.get("value", ""))
        elif tag in {"input", "textarea", "button"}:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        found = _field_of(tag, given) if given.get("name") else None
        if tag == "textarea":
            self._text = found
        if "form" in given:
            self._elsewhere.append((given, found))
        elif self._form is not None and found is not None:
            self._form.fields.append(found)

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = None
        elif tag == "form" and self._form is not None:
            self.forms.append(self._form)
            self._form = None
        elif tag == "select" and self._choice is not None and self._form is not None:
            if self._name:
                self._form.fields.append(Field(self._name, "select", (self._choice or [""])[0]))
            self._choice = None

    def close(self) -> None:
        super().close()
        for given, found in self._elsewhere:
            form = self._named.get(given["form"])
            if form is not None and found is not None:
                form.fields.append(found)
            if form is not None and "formaction" in given:
                self.forms.append(replace(form, action=urljoin(self.page, given["formaction"])))


def _field_of(tag: str, given: dict[str, str]) -> Field:
    kind = tag if tag in {"textarea", "button"} else given.get("type", "text")
    sent = kind != "button" and (kind not in {"checkbox", "radio"} or "checked" in given)
    return Field(given["name"], kind, given.get("value", ""), sent)


def read(page: str, html: str) -> tuple[list[str], list[Form]]:
    """Return the links and the POST forms of a page."""
    reader = _Reader(page)
    reader.feed(html)
    reader.close()
    return reader.links, reader.forms


class Walk:
    """A walk through the app that opens one or two examples of each address and remembers the forms found there."""

    def __init__(self, app: Flask, client: FlaskClient, *, examples: int = 2) -> None:
        self.client, self.examples = client, examples
        self.adapter = app.url_map.bind("localhost")
        self.seen: dict[str, list[str]] = {}
        self.forms: dict[tuple[str, tuple[str, ...]], Form] = {}
        self.answers: dict[str, TestResponse] = {}

    def go(self) -> Walk:
        """Walk from the home page and from each address without arguments."""
        rules = [rule.rule for rule in self.adapter.map.iter_rules() if not rule.arguments and "GET" in rule.methods]
        waiting = ["/", *sorted(rules)]
        while waiting:
            waiting += [link for address in [waiting.pop(0)] if self._is_new(address) for link in self._open(address)]
        return self

    def endpoint(self, address: str, method: str = "GET") -> str:
        """Return the endpoint that serves an address, or "" when none of ours does."""
        split = urlsplit(address)
        if split.netloc not in {"", "localhost"}:
            return ""
        try:
            return str(self.adapter.match(split.path, method)[0])
        except (HTTPException, RequestRedirect):
            return ""

    def _is_new(self, address: str) -> bool:
        endpoint = self.endpoint(address)
        seen = self.seen.setdefault(endpoint, [])
        if not endpoint or endpoint == "static" or address in seen or len(seen) >= self.examples:
            return False
        seen.append(address)
        return True

    def _open(self, address: str) -> Iterator[str]:
        answer = self.client.get(address)
        self.answers[address] = answer
        if answer.location:
            yield urljoin(address, answer.location)
        if answer.mimetype != "text/html":
            return
        links, forms = read(address, answer.text)
        for form in forms:
            endpoint = self.endpoint(form.action, "POST")
            if endpoint:
                self.forms.setdefault((endpoint, tuple(sorted({one.name for one in form.fields}))), form)
        yield from links


def visible(html: str) -> str:
    """Return the words of a page."""
    html = re.sub(r"<(script|style|template|noscript)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
