"""SOP versions as PDF: made once by a function of its own, kept, and served by a signed address.

A document is kept under the mark of its whole form, so it is never out of date: where the form
says something else (another agency's name, a day of effect), it is another document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.domain.sop import Sop
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.ports import Jobs, Prints
from chalicelib.services.sop_forms import SopForms, form_mark

JOB = "document"
PDF = "application/pdf"
#: How long a signed address opens a document.
OPEN_FOR = timedelta(minutes=10)
MADE, KEPT = "made", "kept"
_NOW = timedelta()


@dataclass(frozen=True, slots=True)
class Printed:
    """A document: its mark, its name for saving, and its address once it has been made."""

    mark: str
    filename: str
    url: str | None


@dataclass(frozen=True)
class PrintSops:
    """Asks for documents, and makes them. *render*: from a form to the bytes of a PDF."""

    catalogue: Catalogue
    forms: SopForms
    prints: Prints
    jobs: Jobs
    render: Callable[[Mapping[str, Any]], bytes]

    def printed(self, sop: Sop) -> Printed:
        """Return the document of *sop*; if there is none yet, ask for it and return no address."""
        mark = form_mark(self.forms.form(sop))
        key, filename = key_of(sop, mark), f"SOP-{sop.id}-v{sop.version}.pdf"
        if self.prints.exists(key):
            return Printed(mark, filename, self.prints.address(key, filename, OPEN_FOR))
        self.jobs.put(JOB, [{"sop": sop.id, "version": sop.version}], _NOW)
        return Printed(mark, filename, None)

    def make(self, sop: str, version: int) -> str:
        """Make the document of a version unless it is kept already; raises NotInCatalogue."""
        found = self.catalogue.sop(sop, version)
        form = self.forms.form(found)
        key = key_of(found, form_mark(form))
        if self.prints.exists(key):
            return KEPT
        self.prints.put(key, self.render(form), PDF)
        return MADE


def key_of(sop: Sop, mark: str) -> str:
    """Return where a printed document lies in the bucket."""
    return f"printed/{sop.id}/v{sop.version}/{mark}.pdf"
