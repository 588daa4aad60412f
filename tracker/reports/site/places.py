"""Where the pages of a site are, by what they are about. All names are ASCII."""

from hashlib import sha256

INDEX, METHOD = "index.html", "method.html"
CSV, JSON, FEED = "data/indicators.csv", "data/indicators.json", "data/changes.atom"
_DIGITS = 12


def find_initiative_place(initiative_id: str) -> str:
    """Return the page of an initiative."""
    return f"initiatives/{initiative_id}.html"


def find_document_place(document_id: str) -> str:
    """Return the page of a document."""
    return f"documents/{document_id}.html"


def find_lead_place(lead: str) -> str:
    """Return the page of a lead; it stays the same whatever other leads there are."""
    return f"leads/{sha256(lead.encode()).hexdigest()[:_DIGITS]}.html"


def find_way_up(place: str) -> str:
    """Return the way from a page to the folder of the site."""
    return "../" * place.count("/")
