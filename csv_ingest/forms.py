"""The forms of the upload pages."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from govuk.forms import CheckboxesField, FileField, GovukForm


class UploadForm(GovukForm):
    """One file. What is in it, `parsing` says."""

    file = FileField(
        label="Upload a CSV or XLSX file",
        hint="The court's export, up to 50MB and 200,000 orders",
        accept=".csv,.xlsx",
        missing="Select a CSV or XLSX file",
        # An empty file and a long name have words of their own further in.
        allow_empty_file=True,
        max_length=None,
    )


class DifferencesForm(GovukForm):
    """Which differences to take over, by their places in the upload; none chosen beforehand."""

    chosen = CheckboxesField(
        label="Which orders do you want to update?",
        hint="Only those you choose are changed.",
        choices=(),
        coerce=int,
        size="m",
        missing="Select the orders to update",
    )

    def __init__(self, *args: Any, places: Sequence[int], **kwargs: Any) -> None:
        """`places`: those that may be answered, also where they are no longer open."""
        super().__init__(*args, **kwargs)
        self._chosen.choices = [(place, "") for place in places]

    def offer(self, labels: Mapping[int, str], hints: Mapping[int, str]) -> None:
        """Show these alone, with their words."""
        self._chosen.choices = list(labels.items())
        self._chosen.item_hints = {str(place): hint for place, hint in hints.items()}

    @property
    def _chosen(self) -> CheckboxesField:
        """The field of this form alone: Django copies each form's fields."""
        return cast(CheckboxesField, self.fields["chosen"])
