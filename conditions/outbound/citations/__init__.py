"""Documents as citations in the forms that others read: plain, Wikitext, RIS, BibTeX."""

from conditions.outbound.citations.forms import FORMS, Form, UnknownForm, form_named, written

__all__ = ["FORMS", "Form", "UnknownForm", "form_named", "written"]
