"""What is known of the pages of one web site: where title, day, speaker, text, furniture and language links stand."""

from __future__ import annotations

import re
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from schemas.selectors import xpath_of


def _selector(value: str) -> str:
    xpath_of(value)
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"{value!r} is no regular expression: {error}") from error
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is no time zone such as Asia/Almaty") from error
    return value


Selector = Annotated[str, AfterValidator(_selector)]
"""A CSS selector (``schemas.selectors`` names what is taken)."""


class Rule(BaseModel):
    """Where on a page one value stands. In YAML a plain string is short for ``select``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    select: Selector | None = Field(
        default=None, description="CSS selector; of several elements the first with a value"
    )
    attribute: str | None = Field(default=None, description="the value is in this attribute, not in the text")
    label: str | None = Field(default=None, description="the value stands in the element after the one that says this")
    match: Annotated[str, AfterValidator(_pattern)] | None = Field(
        default=None, description="regular expression that the value must hold; its first group is the value"
    )
    value: str | None = Field(default=None, description="the value itself, where the page has what the rule asks for")
    origin: str = Field(default="site rules", description="where the value then says that it comes from")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        """``time@datetime`` is short for a selector and an attribute."""
        if not isinstance(data, str):
            return data
        select, at, attribute = data.rpartition("@")
        return {"select": select, "attribute": attribute} if at and select else {"select": data}

    @model_validator(mode="after")
    def _finds_something(self) -> Rule:
        if self.select is None and self.label is None:
            raise ValueError("a rule needs select or label")
        return self


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


Rules = Annotated[tuple[Rule, ...], BeforeValidator(_listed)]
"""Rules in the order in which they are tried."""
Selectors = Annotated[tuple[Selector, ...], BeforeValidator(_listed)]


class Layout(BaseModel):
    """One kind of page of a site. A site that was redesigned has several; the first whose body is there counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    body: Selectors = Field(description="the text; the selectors are tried in order, all elements of one are taken")
    title: Rules = ()
    date: Rules = ()
    speaker: Rules = ()
    kind: Rules = Field(default=(), description="rules whose value is transcript or report")
    occasion: Rules = ()
    place: Rules = ()
    chrome: dict[str, Selectors] = Field(
        default_factory=dict, description="furniture inside the text, by label: it is kept and marked"
    )
    drop: Selectors = Field(
        default=(), description="what stands inside the text and is none: buttons, banners, scripts"
    )
    alternates: Selectors = Field(default=(), description="links to the same text in other languages")


class Site(BaseModel):
    """A web site.

    Example:
        >>> site = Site(layouts=[{"body": "article", "date": ["time@datetime"]}])
        >>> site.layouts[0].date[0].attribute
        'datetime'
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    publisher: str | None = Field(default=None, description="who publishes; for the built-in sites see publishers.yaml")
    country: str | None = Field(
        default=None, pattern=r"^[A-Z]{2}$", description="ISO 3166 code: whose president «the president» in a title is"
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(default="UTC", description="by which its days are counted")
    languages: dict[str, str] = Field(
        default_factory=dict, description="what its addresses, host names and links call a language → ISO 639 code"
    )
    guess_date: bool = Field(default=True, description="whether a day may be guessed where the page states none")
    layouts: tuple[Layout, ...]

    @model_validator(mode="after")
    def _has_a_layout(self) -> Site:
        if not self.layouts:
            raise ValueError("a site needs at least one layout")
        return self
