from odoo import api, fields, models


class ReleaseProbe(models.Model):
    _name = "release.probe"
    _description = "Something that can be lost"

    name = fields.Char(required=True)
    # What 1.0 writes lacks it, so 1.0 fails on this schema.
    size = fields.Integer(required=True)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{"size": len(vals["name"]), **vals} for vals in vals_list])
