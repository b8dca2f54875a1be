"""A form with a field of each kind, for the tests of fields and forms."""

from govuk.forms import (
    CheckboxField,
    DateField,
    FileField,
    GovukForm,
    MultipleFilesField,
    RadioField,
    SelectField,
    TextField,
)


class DeputyForm(GovukForm):
    kind = RadioField(label="Deputy type", choices=[("LAY", "Lay"), ("PRO", "Professional")])
    email = TextField(label="Email address", type="email", max_length=20, required=False)
    phone = TextField(label="Mobile number", type="tel", min_length=3, required=False)
    password = TextField(label="Password", type="password", required=False)
    born = DateField(label="Date of birth", limit="past", required=False)
    agreed = CheckboxField(label="I agree", required=False)
    county = SelectField(
        label="County", choices=[("K", "Kent")], nothing="Choose a county", required=False
    )
    order = FileField(label="Court order", required=False)
    others = MultipleFilesField(label="Additional documents", max_files=2, required=False)


def born(day, month, year):
    return {"born-day": day, "born-month": month, "born-year": year}
