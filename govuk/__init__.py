"""The GOV.UK look: form fields, renderer, template tags. It knows no other app and no model."""
