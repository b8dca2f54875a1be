"""The form of the case list."""

from govuk.forms import GovukForm, PlainField
from orders.rules import LONGEST_TEXT


class Search(GovukForm):
    """The search box of the case list. The words of an unusable search are ""."""

    q = PlainField(
        label="Search by case number or client name",
        type="search",
        max_length=LONGEST_TEXT,
        required=False,
        spellcheck=False,
    )

    @property
    def words(self) -> str:
        """What to search for."""
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""
