"""The web application of a model: two addresses, limits, and errors that are sentences in JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

from unrolled.sentiment.commands.formats import json_of
from unrolled.sentiment.predictor import Answer, Predictor

REASON = "The model knows no word of this text."
DROPPED = 16  # times the limit of a body: so much of a larger one is read before it is refused


class ServeError(RuntimeError):
    """The model cannot be served; the message says why and what to do."""


@dataclass(frozen=True)
class Limits:
    """What one request may hold, and how long it may take to come."""

    texts: int = 1_000
    characters: int = 20_000  # of one text
    bytes: int = 4_000_000  # of the body
    seconds: float = 30.0


class Refused(Exception):
    """A request is refused: a status from 400 to 499, and a sentence."""

    def __init__(self, status: int, sentence: str):
        super().__init__(sentence)
        self.status = status


def application(model: Predictor, limits: Limits, *, at_once: int = 1):
    """Return the Starlette application of a model.

    ``GET /health`` answers at any time: texts are answered in threads of their own.
    ``POST /predict`` takes ``{"texts": [...]}`` and returns ``{"answers": [...]}`` in their order.

    Parameters
    ----------
    model : Predictor
    limits : Limits
    at_once : int
        Requests that are computed at the same time; others wait.

    Raises
    ------
    ServeError
        If Starlette is not installed.
    """
    try:
        from anyio import CapacityLimiter, to_thread
        from starlette.applications import Starlette
        from starlette.exceptions import HTTPException
        from starlette.requests import ClientDisconnect, Request
        from starlette.responses import JSONResponse, Response
        from starlette.routing import Route
    except ModuleNotFoundError as error:
        raise missing(error) from None
    turn = CapacityLimiter(at_once)

    def refusal(status: int, sentence: str, headers: dict | None = None) -> Response:
        return JSONResponse({"error": sentence}, status, headers)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "classes": list(model.classes)})

    async def predict(request: Request) -> Response:
        try:
            body = await read_body(request.stream(), limits)
            texts = texts_in(body, limits)
        except Refused as error:
            return refusal(error.status, str(error), {"connection": "close"})
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        answers = await to_thread.run_sync(model.predict, texts, limiter=turn)
        return JSONResponse({"answers": list(map(told, answers))})

    async def on_http(request: Request, error: HTTPException) -> Response:
        known = {
            404: "There is nothing here. Ask GET /health, or POST /predict.",
            405: f"{request.url.path} does not take {request.method}. "
            "Ask GET /health, or POST /predict.",
        }
        said = known.get(error.status_code, str(error.detail))
        return refusal(error.status_code, said, error.headers)

    async def on_fault(_: Request, __: Exception) -> Response:
        return refusal(500, "Something went wrong in the server; who runs it finds more there.")

    return Starlette(
        routes=[
            Route("/health", health, methods=["GET"]),
            Route("/predict", predict, methods=["POST"]),
        ],
        exception_handlers={HTTPException: on_http, Exception: on_fault},
    )


def missing(error: ModuleNotFoundError) -> ServeError:
    """Return the error for a library that is not installed."""
    name = (error.name or "A library").partition(".")[0]
    return ServeError(
        f"{name}, which `serve` needs, is not installed: pip install 'unrolled[serve]'"
    )


def told(answer: Answer) -> dict:
    """Return an answer as JSON has it; with a reason where it says nothing."""
    return json_of(answer) | ({"reason": REASON} if answer.label is None else {})


async def read_body(pieces, limits: Limits) -> bytes:
    """Return the body of a request, of which no more than its limit is ever kept.

    Of a larger one, `DROPPED` times as much is read and dropped: most programs send all before they
    read, and would lose the answer if nobody took it.

    Parameters
    ----------
    pieces : async iterator of bytes
    limits : Limits

    Raises
    ------
    Refused
        If it is larger than its limit, or comes too slowly.
    """
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(limits.seconds):
            async for piece in pieces:
                size += len(piece)
                if size <= limits.bytes:
                    body += piece
                elif size > DROPPED * limits.bytes:
                    break
    except TimeoutError:
        raise Refused(
            408, f"The body did not come within {limits.seconds:g} seconds. Send it again."
        ) from None
    if size > limits.bytes:
        raise Refused(
            413, f"The body is larger than {limits.bytes} bytes. Send fewer texts at a time."
        )
    return bytes(body)


def texts_in(body: bytes, limits: Limits) -> list[str]:
    """Return the texts in the body of a request.

    Raises
    ------
    Refused
        If it is not what `/predict` takes, or there are too many, or one is too long.
    """
    expected = 'expected JSON such as {"texts": ["A fine film."]}'
    try:
        found = json.loads(body)
    except RecursionError:
        raise Refused(400, f"The body is nested too deeply; {expected}.") from None
    except UnicodeDecodeError:
        raise Refused(400, f"The body is not in UTF-8; {expected} in UTF-8.") from None
    except ValueError as error:
        place = getattr(error, "pos", None)
        where = "" if place is None else f" (at character {place + 1})"
        raise Refused(400, f"The body is no JSON{where}; {expected}.") from None
    if not isinstance(found, dict) or set(found) != {"texts"}:
        raise Refused(422, f"The body is {_kind(found)}; {expected}, with that key alone.")
    texts = found["texts"]
    if not isinstance(texts, list):
        raise Refused(422, f'"texts" is {_kind(texts)}; expected a list of texts.')
    if len(texts) > limits.texts:
        raise Refused(
            413, f'"texts" has {len(texts)} texts; at most {limits.texts} are answered at a time.'
        )
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise Refused(422, f"Text {row + 1} is {_kind(text)}; expected a string.")
        if len(text) > limits.characters:
            raise Refused(
                413,
                f"Text {row + 1} has {len(text)} characters; at most {limits.characters} are read.",
            )
    return [text.encode("utf-8", "replace").decode() for text in texts]  # halves of pairs go


def _kind(value) -> str:
    """Return what a value of JSON is, in words."""
    words: dict[type, Callable[[], str]] = {
        dict: lambda: "an object without the key texts alone",
        list: lambda: "a list",
        str: lambda: "a string",
        bool: lambda: json.dumps(value),
        int: lambda: "a number",
        float: lambda: "a number",
    }
    return words.get(type(value), lambda: "null")()
