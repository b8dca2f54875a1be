"""`{% load govuk %}`: dates, sizes, navigation, error links, block tags. See docs/pages.md."""

from collections.abc import Iterator
from typing import Any

from django import forms, template
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from govuk import wording
from govuk.boundfields import ErrorLink, error_links
from govuk.navigation import NavigationLink, navigation_links, url_or_empty

register = template.Library()

register.filter("short_date", wording.short_date)
register.filter("long_date", wording.long_date)
register.filter("clock_time", wording.clock_time)
register.filter("date_and_time", wording.date_and_time)
register.filter("short_date_and_time", wording.short_date_and_time)
register.filter("file_size", wording.file_size)


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[NavigationLink]:
    """The service navigation: `{% navigation as links %}`; empty without a signed-in user."""
    request = context.get("request")
    return navigation_links(context.get("user"), request.path if request else "")


@register.simple_tag
def path_of(name: str) -> str:
    """The path of a URL name, empty where there is none: `{% path_of "logout" as sign_out %}`."""
    return url_or_empty(name)


@register.simple_tag(takes_context=True)
def title_prefix(context: Context) -> str:
    """ "Error: " for a page whose `form` has errors, as GOV.UK asks; else empty."""
    form = context.get("form")
    return "Error: " if isinstance(form, forms.BaseForm) and form.errors else ""


@register.filter(name="error_links")
def error_links_filter(form: forms.BaseForm | None) -> list[ErrorLink]:
    """The error summary's lines of any Django form; empty where there is no form."""
    return error_links(form) if isinstance(form, forms.BaseForm) else []


@register.filter
def is_success(message: Message) -> bool:
    """Whether a message of django.contrib.messages belongs in a green banner."""
    return message.level == constants.SUCCESS


@register.filter
def elided_pages(page: Page[Any]) -> Iterator[int | str]:
    """Page numbers around this one, with the paginator's ellipsis where some are left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.simple_block_tag
def details(content: SafeString, summary: str) -> SafeString:
    """Text that opens on a click: `{% details summary="What counts" %}...{% enddetails %}`."""
    return render_to_string("macros/details.html", {"summary": summary, "text": content})


@register.simple_block_tag
def inset(content: SafeString) -> SafeString:
    """Text set apart: `{% inset %}<p>...</p>{% endinset %}`."""
    return render_to_string("macros/inset.html", {"text": content})


@register.simple_block_tag
def summary_list(content: SafeString) -> SafeString:
    """Rows of `summary_row` outside a card."""
    return render_to_string("macros/summary_list.html", {"content": content})


@register.simple_block_tag
def summary_card(
    content: SafeString,
    title: str,
    href: str = "",
    action: str = "Change",
    second_href: str = "",
    second_action: str = "Remove",
) -> SafeString:
    """A card around rows of `summary_row`, with up to two links in its title bar."""
    offered = ((href, action), (second_href, second_action))
    links = [{"href": target, "text": text} for target, text in offered if target]
    context = {"title": title, "links": links, "content": content}
    return render_to_string("macros/summary_card.html", context)


@register.simple_block_tag
def summary_row(
    content: SafeString, key: str, href: str = "", action: str = "", about: str = ""
) -> SafeString:
    """One row: the block is the value, markup included; an empty one reads "Not entered yet"."""
    # The page's own block is escaped already; only `strip` forgot that.
    value = mark_safe(content.strip())
    row = {"key": key, "value": value, "href": href, "action": action, "about": about}
    return render_to_string("macros/summary_row.html", row)
