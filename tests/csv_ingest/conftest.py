"""Orders in every stage, as the tests of `orders` make them."""

from tests.orders.conftest import (
    attach,
    declared,
    pending_order,
    policy,
    ready_order,
    store,
    worker,
)

__all__ = ["attach", "declared", "pending_order", "policy", "ready_order", "store", "worker"]
