"""Signs of life, a row for each part of the service and each system it needs."""

from django.db import models


class Sign(models.Model):
    """When a part was last heard of, and whether it was well then."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    is_well = models.BooleanField()

    def __str__(self) -> str:
        return self.name
