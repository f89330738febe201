# Fed to `odoo shell` when the database is made, after a line that sets password (base64) and url. Never again: what a
# person changes later stays.
import base64

admin = env.ref("base.user_admin")  # noqa: F821
admin.password = base64.b64decode(password).decode()  # noqa: F821
parameters = env["ir.config_parameter"].sudo()  # noqa: F821
parameters.set_param("web.base.url", url)  # noqa: F821
# Else the next administrator who logs in by another name would change it.
parameters.set_param("web.base.url.freeze", "True")
env.cr.commit()  # noqa: F821
