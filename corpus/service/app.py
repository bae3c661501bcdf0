"""The HTTP side of the recommender: what may be asked, how large, by whom; and what is written to the log.

Texts never appear in the log or in an error. They are read one at a time in a thread of their own, so that the health
page answers whatever they cost.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from corpus.service.api import BODY_BYTES, PATH, TEXT_LETTERS, Health, LabelRequest, Problem, Question, Refusal, openapi
from schemas.errors import MinberError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from corpus.service.labelling import Labeller
    from corpus.service.token import Token

MOST_WAITING = 64
"""Requests that may wait for their turn; Doccano itself has two or three at a time."""
BODY_SECONDS = 15.0
"""How long a body may take to arrive."""
_THROWN_AWAY = 8 * BODY_BYTES  # bytes of a body too large that are read, so that its sender hears why
_PATHS = (PATH, "/health", "/openapi.json")

log = logging.getLogger("minber.service")


class Refused(Exception):
    """A request that is not answered, with its HTTP status."""

    def __init__(self, status: int, error: MinberError) -> None:
        super().__init__(status)
        self.status, self.error = status, error


def make_app(labeller: Labeller, token: Token) -> Starlette:
    """Build the service.

    Parameters:
        labeller: answers.
        token: that each question must carry.

    Returns:
        an ASGI application.
    """
    reader = ThreadPoolExecutor(1, thread_name_prefix="minber-reader")
    waiting = 0

    async def health(_: Request) -> Response:
        return _json(
            Health(
                status="ok",
                version=version("minber"),
                codebook=labeller.codebook_name,
                languages=list(labeller.languages),
                loaded=labeller.loaded,
            )
        )

    async def description(_: Request) -> Response:
        return Response(json.dumps(openapi(), ensure_ascii=False), media_type="application/json")

    async def label(request: Request) -> Response:
        nonlocal waiting
        if not token.fits(request.headers.get("authorization")):
            raise Refused(401, MinberError("MB464"))
        question = _question(request)
        text = _text(await _body(request))
        if waiting >= MOST_WAITING:
            raise Refused(503, MinberError("MB465", count=waiting))
        waiting += 1
        try:
            answer = await asyncio.get_running_loop().run_in_executor(reader, labeller.answer, text, question)
        finally:
            waiting -= 1
        had = ", had labels before" if answer.before else ""
        counts = f"{len(answer.cats)} categories, {len(answer.spans)} spans"
        request.scope["minber.note"] = f", {len(text)} letters, {answer.lang or 'no language'}, {counts}{had}"
        return _json(answer)

    return Starlette(
        routes=[
            Route(PATH, _guarded(label), methods=["POST"]),
            Route("/health", health, methods=["GET"]),
            Route("/openapi.json", description, methods=["GET"]),
        ],
        middleware=[Middleware(_AccessLog)],
        exception_handlers={HTTPException: _unknown},
    )


def _guarded(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Turn every failure into a refusal in JSON; what nobody foresaw is named by its type, for it may quote a text."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refused as refused:
            return _refusal(refused.status, refused.error)
        except ClientDisconnect:
            return Response(status_code=400)
        except MinberError as error:
            failure = error
            if error.code in ("MB390", "MB391"):  # their messages say what the component said, which may quote a text
                problem = type(error.__cause__).__name__ if error.__cause__ else "no reason told"
                failure = MinberError(error.code, component=error.values.get("component"), problem=problem)
        except Exception as error:
            failure = _bad(f"the service failed with {type(error).__name__}")
        log.error("%s", failure)
        return _refusal(500, failure)

    return answer


def _question(request: Request) -> Question:
    given = request.query_params.multi_items()
    if len({name for name, _ in given}) != len(given):
        raise Refused(400, _bad("a parameter stands in the address twice"))
    try:
        return Question.model_validate(dict(given))
    except ValidationError as error:
        raise Refused(400, _bad(_first(error))) from None


async def _body(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(415, _bad("its content type must be application/json"))
    data, size = bytearray(), 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size <= BODY_BYTES:
                    data += chunk
                elif size > _THROWN_AWAY:
                    break
    except TimeoutError:
        raise Refused(408, _bad(f"its body did not arrive within {BODY_SECONDS:.0f} s")) from None
    if size > BODY_BYTES:
        raise Refused(413, _bad(f"its body is larger than {BODY_BYTES} bytes"))
    return bytes(data)


def _text(body: bytes) -> str:
    try:
        value = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise Refused(400, _bad("its body is not UTF-8")) from None
    except (ValueError, RecursionError):
        raise Refused(400, _bad("its body is not JSON")) from None
    if not isinstance(value, dict):
        raise Refused(400, _bad('its body must be an object such as {"text": "…"}'))
    try:
        text = LabelRequest.model_validate(value).text
    except ValidationError as error:
        kind = error.errors(include_input=False)[0]["type"]
        if kind == "string_too_long":
            raise Refused(413, _bad(f"its text is longer than {TEXT_LETTERS} letters")) from None
        problem = "its text holds half of a surrogate pair" if kind == "string_unicode" else _first(error)
        raise Refused(400, _bad(problem)) from None
    if "\0" in text:
        raise Refused(400, _bad("its text holds a NUL"))
    return text


def _first(error: ValidationError) -> str:
    """The first thing wrong, without the value that it was found in."""
    found = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(map(str, found['loc']))[:60]}: {found['msg']}"


def _bad(problem: str) -> MinberError:
    return MinberError("MB463", problem=problem)


def _json(model: BaseModel, status: int = 200) -> Response:
    return Response(model.model_dump_json(), status, media_type="application/json")


def _refusal(status: int, error: MinberError) -> Response:
    answer = _json(Refusal(error=Problem(code=error.code, message=error.message, cure=error.cure)), status)
    if status == 401:
        answer.headers["www-authenticate"] = "Bearer"
    if status == 503:
        answer.headers["retry-after"] = "1"
    return answer


async def _unknown(_: Request, error: Exception) -> Response:
    """No such address, or not with this method."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = {404: "there is nothing at this address", 405: "this address takes another method"}
    answer = _refusal(status, _bad(said.get(status, "it is not understood")))
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


class _AccessLog:
    """One line a request: method, address without what stands behind ``?``, status, sizes, time; never a text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, watch)
        path = scope["path"] if scope["path"] in _PATHS else "(another address)"
        method = scope["method"] if scope["method"] in ("GET", "POST", "HEAD", "PUT", "DELETE") else "(another method)"
        taken = 1000 * (time.perf_counter() - started)
        log.info("%s %s %d, %.0f ms%s", method, path, status, taken, scope.get("minber.note", ""))
