from odoo import fields, models


class ReleaseProbe(models.Model):
    _name = "release.probe"
    _description = "Something that can be lost"

    name = fields.Char(required=True)
