"""How Django knows this room."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The app `orders`."""

    name = "orders"
