"""The form renderer (settings.FORM_RENDERER). What a field looks like lives in templates/govuk/."""

from django.forms.renderers import TemplatesSetting


class GovukRenderer(TemplatesSetting):
    """Forms as GOV.UK Frontend draws them, from templates/govuk/.

    Only whole forms and whole field groups change. Widgets keep Django's own templates, so the
    Django admin, which draws widgets one by one, is left alone.
    """

    form_template_name = "govuk/form.html"
    field_template_name = "govuk/plain_field.html"
