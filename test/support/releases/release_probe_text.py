"""A library beside the add-on: what changes here changes no add-on."""

TEXT = "ready"
