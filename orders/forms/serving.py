"""The form behind "Serve order"."""

from django import forms

from govuk.forms import GovukForm


class Declaration(GovukForm):
    """Nothing is asked; the form carries what was shown, and what the service refuses."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)
