"""The tray: where filled-in forms are laid down, and papers made of them one after another."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bitewing.dialects.nexhealth.writing import forms
from bitewing.engine.operations.writing import WritingDesk
from bitewing.model.errors import NotFoundError
from bitewing.model.pending import PendingWrite
from bitewing.web.nexhealth.writes.form_paper import make_paper

Press = Callable[[str, Sequence[tuple[str, str]], datetime], bytes]
"""Makes a PDF of a title, the questions with their answers, and when they were given."""


@dataclass(frozen=True, slots=True)
class FormTray:
    """Takes filled-in forms.

    A paper takes up to a second to make. It is made in a thread, so that everything else goes on,
    and one at a time: whoever hands in the same form a hundred times has one made.
    """

    desk: WritingDesk
    press: Press = make_paper
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def find(self, form: str, subdomain: str | None = None) -> PendingWrite:
        """Give a form by its id, of this institution if one is named.

        Raises:
            NotFoundError: there is none.
        """
        found = await self.desk.keyed(forms.OWNER, form) if form.isascii() else None
        if found is None or subdomain not in {None, found.institution}:
            raise NotFoundError("Form request not found")
        return found

    async def hand_in(self, form: str, given: Mapping[str, object]) -> PendingWrite:
        """Make the paper of the answers, and let it be filed.

        Raises:
            InvalidRequestError: it was handed in before, or an answer cannot be taken.
        """
        async with self._turn:
            write = await self.find(form)
            answers = forms.answers_of(write, given)
            now = self.desk.clock.now()
            paper = await asyncio.to_thread(self.press, write.shown["title"], answers, now)

            def change(found: PendingWrite) -> PendingWrite:
                forms.answers_of(found, given)  # another process may have been quicker
                return forms.handed_in(found, paper, now)

            return await self.desk.amend(write.id, change)
