from odoo import api, fields, models


class ReleaseProbe(models.Model):
    _name = "release.probe"
    _description = "Something that can be lost"

    name = fields.Char(required=True)
    size = fields.Integer(required=True)
    colour = fields.Char()

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{"size": len(vals["name"]), **vals} for vals in vals_list])
