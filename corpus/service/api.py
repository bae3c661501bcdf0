"""What the recommender is asked and what it answers, as models and as an OpenAPI description."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from corpus.doccano.layouts import LayoutName

BODY_BYTES = 4 * 1024 * 1024
"""Largest body of a request; JSON may need twelve bytes for a letter."""
TEXT_LETTERS = 200_000
"""Longest text, in code points; a long session of a parliament has less."""

PATH = "/label"


class LabelRequest(BaseModel):
    """The body of a request; other fields are not looked at."""

    model_config = ConfigDict(strict=True)

    text: str = Field(max_length=TEXT_LETTERS, description="of one example, exactly as it is on the server")


class Question(BaseModel):
    """What stands behind ``?`` in the address of a request; all of it may be left out."""

    model_config = ConfigDict(extra="forbid")

    layout: LayoutName | None = Field(default=None, description="default: as minber.toml says")
    relations: bool = Field(default=False, description="whether a project in layout spans shows quotations too")
    names: str | None = Field(
        default=None, pattern=r"^[A-Za-z-]{2,20}$", description="language of label names; default: as minber.toml says"
    )
    part: Literal["all", "cats", "spans"] = Field(default="all", description="only categories, only spans, or both")
    lane: int | None = Field(
        default=None,
        ge=1,
        le=20,
        description="only spans of this lane: within a lane none overlap, each lies in the first that has room",
    )
    project: str | None = Field(
        default=None,
        pattern=r"^\d{1,12}-\w{1,40}$",
        description="key of a project, written by 'minber doccano setup-autolabel': each of its texts is answered once",
    )


class ProposedCategory(BaseModel):
    """A label on the whole text."""

    label: str = Field(description="name of the label type")


class ProposedSpan(BaseModel):
    """A label on some words."""

    label: str = Field(description="name of the label type")
    start_offset: int = Field(ge=0, description="in UTF-16 code units, as Doccano's page counts")
    end_offset: int = Field(ge=1, description="in UTF-16 code units, behind the last one")


class LabelAnswer(BaseModel):
    """Labels proposed for a text."""

    cats: list[ProposedCategory] = Field(description="labels of the whole text")
    spans: list[ProposedSpan] = Field(description="in order of place; in layout themes none overlap")
    lang: str | None = Field(description="that the text was read in; null where that cannot be told")
    layout: LayoutName
    codebook: str = Field(description="id and version")
    before: bool = Field(
        default=False,
        description="whether this text of this project had labels before; then nothing is proposed again",
    )


class Problem(BaseModel):
    """Why a request was not answered."""

    code: str = Field(description="as in docs/errors.md")
    message: str
    cure: str


class Refusal(BaseModel):
    """The body of every answer but 200."""

    error: Problem


class Health(BaseModel):
    """That the service runs, and with what."""

    status: Literal["ok"]
    version: str
    codebook: str
    languages: list[str] = Field(description="that it can read")
    loaded: list[str] = Field(description="whose model is in memory already")


STATUSES = {
    400: "the body is no JSON, or fields are missing or wrong",
    401: "the token is missing or wrong",
    404: "there is no such address",
    405: "another method is needed",
    408: "the body did not arrive in time",
    413: "body or text are too large",
    415: "the body is not called application/json",
    500: "a component failed on this text",
    503: "too many requests wait",
}
"""HTTP status → when it is the answer."""


def openapi() -> dict[str, Any]:
    """Describe the service (OpenAPI 3.1); ``make docs`` saves it as docs/recommender.openapi.json.

    Returns:
        the description, JSON values only.

    Example:
        >>> sorted(openapi()["paths"])
        ['/health', '/label']
    """
    from pydantic.json_schema import models_json_schema

    _, shared = models_json_schema(
        [(model, "serialization") for model in (LabelRequest, LabelAnswer, Refusal, Health)],
        ref_template="#/components/schemas/{model}",
    )
    refused = {"application/json": {"schema": _ref("Refusal")}}
    fields = Question.model_json_schema()["properties"]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Minber recommender", "version": version("minber"), "license": {"name": "MIT"}},
        "paths": {
            PATH: {
                "post": {
                    "summary": "Propose labels for a text",
                    "security": [{"token": []}],
                    "parameters": [
                        {
                            "name": name,
                            "in": "query",
                            "description": schema.get("description", ""),
                            "schema": {key: value for key, value in schema.items() if key != "description"},
                        }
                        for name, schema in fields.items()
                    ],
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": _ref("LabelRequest")}},
                    },
                    "responses": {
                        "200": {
                            "description": "labels, maybe none",
                            "content": {"application/json": {"schema": _ref("LabelAnswer")}},
                        },
                        **{str(status): {"description": why, "content": refused} for status, why in STATUSES.items()},
                    },
                }
            },
            "/health": {
                "get": {
                    "summary": "Whether the service runs",
                    "responses": {
                        "200": {
                            "description": "it does",
                            "content": {"application/json": {"schema": _ref("Health")}},
                        }
                    },
                }
            },
        },
        "components": {
            "schemas": shared["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def openapi_page() -> str:
    """The description as a file."""
    import json

    return json.dumps(openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
