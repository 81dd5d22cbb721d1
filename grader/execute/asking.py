"""Asks a kernel the questions of a rubric's probes, one after the other, and reads what comes back."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence

from grader.execute import answers, oracles, redaction
from grader.execute.answers import ProbeQuestion
from grader.execute.cell_client import GRACE_S, CellClient
from grader.execute.earlier_states import EarlierStates, is_alike
from grader.execute.fair_time import OUTER
from grader.execute.trained import QUESTION, read_trained
from grader.language import _
from grader.model import Answer, Cause, TrainedNetwork

OracleAsk = Callable[[socket.socket, ProbeQuestion], Answer]
"""Asks the copy of a kernel behind a connection, with the reference's helpers."""


class NotebookAsker:
    """Asks one notebook's kernel, for as long as it lives; `answers` fills up as they come."""

    def __init__(
        self,
        client: CellClient,
        words: frozenset[str],
        dead: asyncio.Future[None],
        answered: dict[str, Answer],
        explain: answers.Explain | None = None,
        states: EarlierStates | None = None,
        oracle: OracleAsk | None = None,
    ) -> None:
        self.client = client
        self.words = words
        self.dead = dead
        self.answered = answered
        self.explain = explain
        self.killed_by: str | None = None
        """the question during which the kernel died, or the first that found it dead"""
        self.states = states
        self.oracle = oracle

    async def recording(self) -> tuple[bool, tuple[TrainedNetwork, ...]]:
        """Whether training was watched, and what was seen of it, where the notebook speaks of torch at all."""
        return read_trained(await self.answer(QUESTION)) if "torch" in self.words else (False, ())

    async def ask(self, questions: Sequence[ProbeQuestion]) -> None:
        """Ask every question, those that students see first; what cannot be asked any more is answered by the reason.

        Between the two the gate is closed: whatever the notebook learns of a hidden input, it can only answer with it.
        """
        again = [question for question in questions if question.oracle]
        questions = [question for question in questions if not question.oracle]
        for question in questions:
            if not question.hidden:
                self.answered[question.name] = await self._answer_with_earlier(question)
        described = {
            question.name: await self._answer_with_earlier(redaction.describing(question))
            for question in questions
            if redaction.needs_description(question)
        }
        provisioner = self.client.km.provisioner
        await asyncio.to_thread(provisioner.server.close_gate, provisioner.fork)
        for question in questions:
            if question.hidden:
                self.answered[question.name] = await self._answer_hidden(question, described.get(question.name))
        for question in again:
            self.answered[question.name] = await self._answer_with_oracle(question)

    async def _answer_hidden(self, question: ProbeQuestion, described: Answer | None) -> Answer:
        if described is None:
            return await self._answer_with_earlier(question)
        if self.killed_by == question.name:
            return described  # the kernel did not live through its description
        return _describe(question, described, await self._answer_with_earlier(question))

    async def _answer_with_oracle(self, question: ProbeQuestion) -> Answer:
        """What a copy of the kernel answers, that is thrown away, with the reference's helpers in it."""
        copy = self.states.end if self.states is not None else None
        if copy is None or self.oracle is None:
            return oracles.not_asked(question)
        if copy.connection.fileno() < 0:
            # A question before this one has broken it; that this one was not asked is no fault of ours.
            return question.unanswered(_("the notebook has broken the connection over which it is asked"))
        return await asyncio.to_thread(self.oracle, copy.connection, question)

    async def _answer_with_earlier(self, question: ProbeQuestion) -> Answer:
        """What the kernel answers now, and what it answered before cells used the question's names again."""
        states = self.states
        if states is None or self.dead.done():
            return await self.answer(question)
        if states.end is not None and states.is_stateful(question):
            answer = await states.ask_end(question, self.explain)
        else:
            answer = await self.answer(question)
        earlier = [one for one in await states.ask(question, self.explain) if not is_alike(one, answer)]
        return answer.model_copy(update={"earlier": tuple(earlier)})

    async def answer(self, question: ProbeQuestion) -> Answer:
        if self.dead.done():
            self.killed_by = question.name if self.killed_by is None else self.killed_by
            return question.unanswered(_("the kernel died before it was asked"))
        if self.client.connection.fileno() < 0:
            return question.unanswered(_("the notebook has broken the connection over which it is asked"))
        was_held_up = self.client.was_held_up
        answer, ended_itself = await self._ask_one(self.client.connection, question)
        if self.client.was_held_up and not was_held_up:
            answer = answer.model_copy(update={"cause": Cause(kind="grader", what="time")})
        if not self.dead.done():
            return answer
        self.killed_by = question.name
        overran = self.client.km.provisioner.fork.overran
        if ended_itself and overran.done():
            return question.unanswered(overran.result())
        # Of a hidden question, an end and a lack of time read the same: which one it was could tell of the input.
        return question.unanswered(_("it ended the kernel")) if ended_itself and not question.hidden else answer

    async def _ask_one(self, connection: socket.socket, question: ProbeQuestion) -> tuple[Answer, bool]:
        """The question goes over a connection of its own; a line that we have the kernel run answers it there.

        Also whether the kernel came to its end, if it did, by itself.
        """
        connection.settimeout(OUTER * (question.limit_s + 3 * GRACE_S))
        exchange = asyncio.ensure_future(asyncio.to_thread(answers.exchange, connection, question, self.explain))
        line = "__import__('grader.inside.answering', fromlist=['ask']).ask()"
        ended_itself = await self.client.request(line, question.limit_s, self.dead)
        done, _waiting = await asyncio.wait({exchange}, timeout=OUTER * GRACE_S)
        if not done:
            # The kernel says that it is done and has not answered: its notebook has meddled with our code.
            with contextlib.suppress(OSError):  # it may have closed its end already
                connection.shutdown(socket.SHUT_RDWR)
        return await exchange, ended_itself


def _describe(question: ProbeQuestion, described: Answer, answer: Answer) -> Answer:
    """The hidden answer in the words of the open one, state by state."""
    states = {(one.after, one.line): one for one in described.earlier}
    earlier = [
        redaction.with_description(question, states.get((one.after, one.line), described), one)
        for one in answer.earlier
    ]
    now = redaction.with_description(question, described, answer)
    return now.model_copy(update={"earlier": tuple(earlier)})
