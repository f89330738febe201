from pathlib import Path
from time import monotonic

from odoo import http
from odoo.http import request
from release_probe_text import TEXT


class ReleaseProbe(http.Controller):
    @http.route("/release_probe", type="http", auth="public", save_session=False, readonly=True)
    def tell(self):
        """Which image answers, which version of the add-on the database has, and what it holds."""
        request.env.cr.execute("SELECT latest_version FROM ir_module_module WHERE name = 'release_probe'")
        (module,) = request.env.cr.fetchone()
        probes = request.env["release.probe"].sudo()
        return request.make_json_response(
            {
                "version": Path("/release.txt").read_text().strip(),
                "text": TEXT,
                "module": module,
                "fields": sorted(set(probes._fields) & {"name", "size", "colour"}),
                "rows": probes.search_count([]),
            }
        )

    @http.route("/release_probe/add", type="http", auth="public", save_session=False, methods=["POST"], csrf=False)
    def add(self, name, file=""):
        """Writes a row, and with `file` a file of that content beside it, in the filestore."""
        probe = request.env["release.probe"].sudo().create({"name": name})
        if file:
            request.env["ir.attachment"].sudo().create(
                {"name": name, "raw": file.encode(), "res_model": probe._name, "res_id": probe.id}
            )
        return request.make_json_response({"id": probe.id})

    @http.route("/release_probe/slow", type="http", auth="public", save_session=False, readonly=True)
    def slow(self, seconds="10"):
        """A long report: one transaction, reading all the while."""
        until = monotonic() + float(seconds)
        steps = 0
        while monotonic() < until:
            request.env.cr.execute("SELECT count(*) FROM release_probe, pg_sleep(0.1)")
            steps += 1
        return request.make_json_response({"steps": steps})
